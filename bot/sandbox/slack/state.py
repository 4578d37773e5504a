"""The state of the workspace: people, conversations, messages, Home views, read marks; written through to the store."""

from __future__ import annotations

import hashlib
from base64 import b32encode
from collections.abc import Callable, Iterable
from dataclasses import asdict

from bot.sandbox.slack.conversation_log import ConversationLog
from bot.sandbox.slack.model import BOT_USER_ID, Channel, Json, Person, WorkspaceData, normal_ts
from bot.sandbox.slack.store import Change, Store


class Workspace:
    """Everything that survives a restart. `clock` gives seconds since 1970 (UTC)."""

    def __init__(self, store: Store, data: WorkspaceData, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self._last_ts = 0
        self.team: Json = data.team
        self.people: dict[str, Person] = {}
        self.channels: dict[str, Channel] = {}
        self.logs: dict[str, ConversationLog] = {}
        self.homes: dict[str, Json] = {}
        self.reads: dict[tuple[str, str], str] = {}
        # Events that the app has not acknowledged yet, by event id: they are sent again after a restart.
        self.unacknowledged: dict[str, Json] = {}
        self._read_store()
        if not self.channels:
            self._begin(data)

    def _read_store(self) -> None:
        for kind, key, body in self._store.read():
            if kind == "team":
                self.team = body
            elif kind == "person":
                self.people[key] = Person(**body)
            elif kind == "channel":
                channel = Channel(**{**body, "members": tuple(body["members"])})
                self.channels[key] = channel
                self.logs.setdefault(key, ConversationLog())
            elif kind == "message":
                self.logs.setdefault(key.partition("/")[0], ConversationLog()).put(body)
            elif kind == "home":
                self.homes[key] = body
            elif kind == "read":
                user, _, channel_id = key.partition("/")
                self.reads[user, channel_id] = body["ts"]
            elif kind == "event":
                self.unacknowledged[key] = body
        newest = max((log.newest for log in self.logs.values()), default="")
        self._last_ts = int(newest.replace(".", "")) if newest else 0

    def _begin(self, data: WorkspaceData) -> None:
        now = self._clock()
        changes: list[Change] = [("team", data.team["id"], data.team)]
        for person in data.people:
            self.people[person.id] = person
            changes.append(("person", person.id, asdict(person)))
        for channel in data.channels:
            self.channels[channel.id] = channel
            self.logs[channel.id] = ConversationLog()
            changes.append(("channel", channel.id, asdict(channel)))
        for index, first in enumerate(sorted(data.messages, key=lambda m: -m.minutes_ago)):
            ts = f"{int(now - first.minutes_ago * 60)}.{index:06d}"
            message = {"type": "message", "user": first.user, "text": first.text, "ts": ts, "team": data.team["id"]}
            self.logs[first.channel].put(message)
            changes.append(("message", f"{first.channel}/{ts}", message))
        self._store.write(changes)

    def next_ts(self) -> str:
        """A new message's `ts`: the time now, and never one that was given out before."""
        self._last_ts = max(self._last_ts + 1, int(self._clock() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def now(self) -> float:
        return self._clock()

    def save_person(self, person: Person) -> None:
        self._store.write([("person", person.id, asdict(person))])
        self.people[person.id] = person

    def save_channel(self, channel: Channel) -> None:
        self._store.write([("channel", channel.id, asdict(channel))])
        self.channels[channel.id] = channel
        self.logs.setdefault(channel.id, ConversationLog())

    def save_messages(self, channel_id: str, messages: Iterable[Json]) -> None:
        """Add or replace messages of one conversation, all of them or none."""
        kept = list(messages)
        self._store.write([("message", f"{channel_id}/{message['ts']}", message) for message in kept])
        for message in kept:
            self.logs[channel_id].put(message)

    def remove_message(self, channel_id: str, ts: str, *, changed: Iterable[Json] = ()) -> None:
        """Remove a message and, in the same step, replace those it `changed` (the one it replied to)."""
        kept = list(changed)
        self._store.write(
            [
                ("message", f"{channel_id}/{ts}", None),
                *(("message", f"{channel_id}/{message['ts']}", message) for message in kept),
            ]
        )
        self.logs[channel_id].remove(ts)
        for message in kept:
            self.logs[channel_id].put(message)

    def save_home(self, user: str, view: Json) -> None:
        self._store.write([("home", user, view)])
        self.homes[user] = view

    def save_read(self, user: str, channel_id: str, ts: str) -> None:
        self._store.write([("read", f"{user}/{channel_id}", {"ts": ts})])
        self.reads[user, channel_id] = ts

    def save_event(self, event_id: str, body: Json | None) -> None:
        """Remember an event until the app has acknowledged it; None forgets it."""
        self._store.write([("event", event_id, body)])
        if body is None:
            self.unacknowledged.pop(event_id, None)
        else:
            self.unacknowledged[event_id] = body

    def close(self) -> None:
        self._store.close()

    def message(self, channel_id: str, ts: str) -> Json | None:
        """The message with this timestamp, if there is one; `ts` may be in any form Slack accepts."""
        log = self.logs.get(channel_id)
        try:
            return log.by_ts.get(normal_ts(ts)) if log else None
        except ValueError:
            return None

    def channel_named(self, name: str) -> Channel | None:
        """The public or private channel `name` (with or without `#`)."""
        wanted = name.removeprefix("#").lower()
        return next((c for c in self.channels.values() if not c.is_direct and c.name == wanted), None)

    def person_named(self, name: str) -> Person | None:
        """The person whose handle is `name` (with or without `@`, in any case)."""
        wanted = name.removeprefix("@").lower()
        return next((p for p in self.people.values() if p.name.lower() == wanted), None)

    def direct(self, users: Iterable[str]) -> Channel:
        """The direct message between these people, opened if there was none yet."""
        members = tuple(sorted(set(users)))
        kind = "im" if len(members) <= 2 else "mpim"
        # The id follows from the members, so that it is the same in every fresh workspace.
        digest = b32encode(hashlib.sha256("+".join(members).encode()).digest()).decode()[:9]
        channel_id = ("D" if kind == "im" else "G") + digest
        channel = self.channels.get(channel_id)
        if channel is None:
            names = "--".join(self.people[user].name for user in members)
            channel = Channel(
                channel_id,
                "im" if kind == "im" else "mpim",
                "" if kind == "im" else f"mpdm-{names}-1",
                creator=members[0],
                created=int(self._clock()),
                members=members,
            )
            self.save_channel(channel)
        return channel

    def may_see(self, user: str, channel: Channel) -> bool:
        """Members see their conversations; everybody but guests sees the public channels."""
        person = self.people.get(user)
        if user in channel.members:
            return True
        return channel.kind == "channel" and person is not None and not person.is_restricted

    def viewers(self, channel: Channel) -> list[str]:
        """The people who see a conversation: `may_see` for everybody at once."""
        members = frozenset(channel.members)
        return [
            user
            for user, person in self.people.items()
            if user != BOT_USER_ID and (user in members or (channel.kind == "channel" and not person.is_restricted))
        ]

    def unread(self, user: str, channel: Channel) -> int:
        """How many top-level messages of others are newer than this person's read mark."""
        after = self.reads.get((user, channel.id), "")
        return sum(message.get("user") != user for message in self.logs[channel.id].top_level(after=after))
