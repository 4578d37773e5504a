"""Events to the app: which ones it hears of, in which envelope, and again when it did not acknowledge.

Sources: docs.slack.dev/apis/events-api, docs.slack.dev/reference/events
"""

from __future__ import annotations

import asyncio
import logging
import secrets

from bot.errors import Failure
from bot.sandbox.slack.delivery import Attempt, Delivery, NotDelivered
from bot.sandbox.slack.formatting import mentions_bot
from bot.sandbox.slack.manifest import Manifest
from bot.sandbox.slack.model import APP_ID, BOT_USER_ID, TEAM_ID, Channel, Json
from bot.sandbox.slack.state import Workspace

log = logging.getLogger(__name__)

# Slack sends an event again at once, after one minute and after five (seconds).
RETRY_DELAYS = (0.0, 60.0, 300.0)

# The scope without which Slack does not let an app subscribe to an event.
SCOPES = {
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "app_mention": "app_mentions:read",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    "channel_left": "channels:read",
    "group_left": "groups:read",
    "channel_created": "channels:read",
    "channel_rename": "channels:read",
    "channel_archive": "channels:read",
    "channel_unarchive": "channels:read",
    "group_rename": "groups:read",
    "group_archive": "groups:read",
    "group_unarchive": "groups:read",
    "team_join": "users:read",
    "user_change": "users:read",
}
_MESSAGE_EVENTS = {
    "channel": ("message.channels", "channel"),
    "private": ("message.groups", "group"),
    "im": ("message.im", "im"),
    "mpim": ("message.mpim", "mpim"),
}


class Events:
    """Sends events until they are acknowledged or given up. An event is kept from when it happens until then."""

    def __init__(
        self,
        manifest: Manifest,
        workspace: Workspace,
        delivery: Delivery,
        *,
        token: str,
        retry_delays: tuple[float, ...] = RETRY_DELAYS,
    ) -> None:
        self._manifest = manifest
        self._workspace = workspace
        self._delivery = delivery
        self._token = token
        self._retry_delays = retry_delays
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def is_subscribed(self, name: str) -> bool:
        scope = SCOPES.get(name)
        return name in self._manifest.events and (scope is None or scope in self._manifest.scopes)

    def send(self, event: Json, *, name: str | None = None) -> None:
        """Send an event if the app is subscribed to it; `name` is the subscription, by default the event's type."""
        if not self.is_subscribed(name or event["type"]):
            return
        now = self._workspace.now()
        event.setdefault("event_ts", f"{now:.6f}")
        event_id = f"Ev{secrets.token_hex(5).upper()}"
        body: Json = {
            "token": self._token,
            "team_id": TEAM_ID,
            "context_team_id": TEAM_ID,
            "context_enterprise_id": None,
            "api_app_id": APP_ID,
            "event": event,
            "type": "event_callback",
            "event_id": event_id,
            "event_time": int(now),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": TEAM_ID,
                    "user_id": BOT_USER_ID,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": f"4-{event_id}",
        }
        self._workspace.save_event(event_id, body)
        self._start(event_id, body)

    def resume(self) -> None:
        """Send again what the app had not acknowledged before a restart, once it can be reached."""
        if not self._delivery.connected:
            return
        waiting = [(event_id, body) for event_id, body in self._workspace.unacknowledged.items()]
        for event_id, body in sorted(waiting, key=lambda each: str(each[1]["event"]["event_ts"])):
            if event_id not in self._tasks:
                self._start(event_id, body)

    def message(self, channel: Channel, message: Json) -> None:
        """Tell of a new message, and of a mention in it, if the app is a member of the conversation."""
        if BOT_USER_ID not in channel.members:
            return
        name, channel_type = _MESSAGE_EVENTS[channel.kind]
        event = {key: value for key, value in message.items() if key != "metadata"}
        event |= {"channel": channel.id, "event_ts": message["ts"], "channel_type": channel_type}
        self.send(event, name=name)
        is_by_person = message.get("user") != BOT_USER_ID and not message.get("subtype")
        if is_by_person and not channel.is_direct and mentions_bot(message.get("text", "")):
            mention = {key: value for key, value in event.items() if key != "channel_type"}
            self.send({**mention, "type": "app_mention"})

    def message_changed(self, channel: Channel, message: Json, previous: Json) -> None:
        self._about_message(channel, {"subtype": "message_changed", "message": message, "previous_message": previous})

    def message_deleted(self, channel: Channel, previous: Json) -> None:
        self._about_message(
            channel,
            {"subtype": "message_deleted", "deleted_ts": previous["ts"], "previous_message": previous},
        )

    def _about_message(self, channel: Channel, more: Json) -> None:
        if BOT_USER_ID not in channel.members:
            return
        name, channel_type = _MESSAGE_EVENTS[channel.kind]
        event_ts = self._workspace.next_ts()
        for key in ("message", "previous_message"):
            if key in more:
                more[key] = {k: v for k, v in more[key].items() if k != "metadata"}
        event = {
            "type": "message",
            **more,
            "hidden": True,
            "channel": channel.id,
            "ts": event_ts,
            "event_ts": event_ts,
            "channel_type": channel_type,
        }
        self.send(event, name=name)

    def _start(self, event_id: str, body: Json) -> None:
        task = asyncio.get_running_loop().create_task(self._deliver(event_id, body))
        self._tasks[event_id] = task
        task.add_done_callback(lambda _: self._tasks.pop(event_id, None))

    async def _deliver(self, event_id: str, body: Json) -> None:
        reason = ""
        for number in range(len(self._retry_delays) + 1):
            if number:
                await asyncio.sleep(self._retry_delays[number - 1])
            try:
                await self._delivery.send("events_api", body, Attempt(number, reason))
            except NotDelivered as error:
                log.info("event not acknowledged event=%s attempt=%d reason=%s", event_id, number, error.reason)
                reason = error.reason
                if not error.may_retry:
                    break
            else:
                break
        try:
            self._workspace.save_event(event_id, None)
        except Failure as error:
            # It will come once more after a restart; apps have to recognise an event by its id anyway.
            log.error("event not forgotten event=%s: %s", event_id, error)

    async def close(self) -> None:
        """Stop sending; what is not acknowledged yet stays in the store."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
