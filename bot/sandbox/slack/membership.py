"""Who is in which conversation, and the conversations and people themselves."""

from __future__ import annotations

import hashlib
import re
from base64 import b32encode
from dataclasses import asdict, replace

from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.events import Events
from bot.sandbox.slack.live import Live
from bot.sandbox.slack.manifest import Manifest
from bot.sandbox.slack.model import BOT_USER_ID, TEAM_ID, Channel, Json, Person
from bot.sandbox.slack.profiles import slack_user
from bot.sandbox.slack.state import Workspace
from bot.sandbox.slack.timeline import Timeline

# Slack's rule for channel names: docs.slack.dev/reference/methods/conversations.create
CHANNEL_NAME = re.compile(r"[\w-]{1,80}")


class Membership:
    """Joining, leaving, creating, renaming, archiving, and people who come or change."""

    def __init__(
        self, manifest: Manifest, workspace: Workspace, live: Live, events: Events, timeline: Timeline
    ) -> None:
        self._manifest = manifest
        self._workspace = workspace
        self._live = live
        self._events = events
        self._timeline = timeline
        # Known once the server listens; avatars are addresses below it.
        self.base_url = ""

    def join(self, channel: Channel, user: str, inviter: str | None = None) -> Channel:
        """Add a person or the bot to a channel; nothing happens to a member. Raises `is_archived`."""
        if user in channel.members:
            return channel
        if channel.is_archived:
            raise SlackError("is_archived")
        channel = replace(channel, members=(*channel.members, user))
        self._workspace.save_channel(channel)
        said: Json = {"subtype": "channel_join", "text": f"<@{user}> has joined the channel"}
        if inviter is not None:
            said["inviter"] = inviter
        self._timeline.post(channel, {"user": user}, said)
        event = {"type": "member_joined_channel", "user": user, **self._place(channel)}
        if inviter is not None:
            event["inviter"] = inviter
        if BOT_USER_ID in channel.members:
            self._events.send(event)
        self._live.channels_changed(self._workspace.people)
        return channel

    def leave(self, channel: Channel, user: str, kicked_by: str | None = None) -> Channel:
        """Remove a person or the bot from a channel. Raises `not_in_channel`."""
        if user not in channel.members:
            raise SlackError("not_in_channel")
        self._timeline.post(
            channel, {"user": user}, {"subtype": "channel_leave", "text": f"<@{user}> has left the channel"}
        )
        channel = replace(channel, members=tuple(member for member in channel.members if member != user))
        self._workspace.save_channel(channel)
        if BOT_USER_ID in channel.members or user == BOT_USER_ID:
            self._events.send({"type": "member_left_channel", "user": user, **self._place(channel)})
        if user == BOT_USER_ID:
            kind = "channel_left" if channel.kind == "channel" else "group_left"
            self._events.send({"type": kind, "channel": channel.id, "actor_id": kicked_by or user})
        self._live.channels_changed(self._workspace.people)
        return channel

    @staticmethod
    def _place(channel: Channel) -> Json:
        return {"channel": channel.id, "channel_type": "C" if channel.kind == "channel" else "G", "team": TEAM_ID}

    def create(self, name: str, creator: str, *, private: bool) -> Channel:
        """A new channel with its creator in it. Raises `invalid_name` or `name_taken`."""
        name = self._free_name(name)
        channel = Channel(
            "C" + b32encode(hashlib.sha256(name.encode()).digest()).decode()[:9],
            "private" if private else "channel",
            name,
            creator=creator,
            created=int(self._workspace.now()),
            members=(creator,),
        )
        self._workspace.save_channel(channel)
        if not private:
            about = {"id": channel.id, "name": name, "created": channel.created, "creator": creator}
            self._events.send({"type": "channel_created", "channel": about})
        self._live.channels_changed(self._workspace.people)
        return channel

    def rename(self, channel: Channel, name: str) -> Channel:
        channel = replace(channel, name=self._free_name(name))
        self._workspace.save_channel(channel)
        about = {"id": channel.id, "name": channel.name, "created": channel.created}
        self._tell_about(channel, "rename", {"channel": about})
        self._live.channels_changed(self._workspace.people)
        return channel

    def archive(self, channel: Channel, user: str, *, archived: bool) -> Channel:
        channel = replace(channel, is_archived=archived)
        self._workspace.save_channel(channel)
        self._tell_about(channel, "archive" if archived else "unarchive", {"channel": channel.id, "user": user})
        self._live.channels_changed(self._workspace.people)
        return channel

    def _tell_about(self, channel: Channel, what: str, more: Json) -> None:
        """Public channels are everybody's; of a private one the app hears only as a member."""
        if channel.kind == "channel":
            self._events.send({"type": f"channel_{what}", **more})
        elif BOT_USER_ID in channel.members:
            self._events.send({"type": f"group_{what}", **more})

    def _free_name(self, name: str) -> str:
        name = name.removeprefix("#").strip().lower()
        if not CHANNEL_NAME.fullmatch(name):
            raise SlackError("invalid_name")
        if self._workspace.channel_named(name) is not None:
            raise SlackError("name_taken")
        return name

    def change_person(self, person: Person, changes: Json) -> Person:
        """Raises `invalid_arguments` if `changes` holds something a profile has not."""
        allowed = asdict(person).keys() - {"id", "name", "is_bot", "updated"}
        if not changes or changes.keys() - allowed:
            raise SlackError("invalid_arguments")
        person = replace(person, **changes, updated=int(self._workspace.now()))
        self._workspace.save_person(person)
        self._events.send({"type": "user_change", "user": self._user(person), "cache_ts": person.updated})
        return person

    def add_person(self, name: str, real_name: str, tz: str) -> Person:
        """Somebody joins the workspace, and its public `general`. Raises `invalid_name` or `name_taken`."""
        if not CHANNEL_NAME.fullmatch(name):
            raise SlackError("invalid_name")
        if self._workspace.person_named(name) is not None:
            raise SlackError("name_taken")
        user_id = "U" + b32encode(hashlib.sha256(name.encode()).digest()).decode()[:9]
        person = Person(
            user_id, name, real_name, email=f"{name}@example.com", tz=tz, updated=int(self._workspace.now())
        )
        self._workspace.save_person(person)
        self._events.send({"type": "team_join", "user": self._user(person), "cache_ts": person.updated})
        general = self._workspace.channel_named("general")
        if general is not None:
            self.join(general, person.id)
        return person

    def _user(self, person: Person) -> Json:
        return slack_user(person, self.base_url, with_email=self._manifest.may_see_email)
