"""One request of a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.sandbox.slack.errors import PersonError, SlackError
from bot.sandbox.slack.interactions import Interactions
from bot.sandbox.slack.model import Channel, Json
from bot.sandbox.slack.platform import Platform


@dataclass(frozen=True, slots=True)
class Asked:
    """`user` is the acting person's id, `body` what they sent."""

    slack: Platform
    interactions: Interactions
    user: str
    body: Json

    def text(self, name: str) -> str:
        """A string that has to be there. Raises `PersonError`."""
        value = self.body.get(name)
        if not isinstance(value, str):
            raise PersonError("invalid_request", f"`{name}` is missing, or not a text.")
        return value

    def optional(self, name: str) -> str | None:
        value = self.body.get(name)
        return value if isinstance(value, str) and value else None

    def channel(self, channel_id: str | None = None) -> Channel:
        """A conversation that this person may see, by default that of the request. Raises `channel_not_found`."""
        channel = self.slack.workspace.channels.get(channel_id or self.text("channel"))
        if channel is None or not self.slack.workspace.may_see(self.user, channel):
            raise SlackError("channel_not_found")
        return channel

    def own_channel(self) -> Channel:
        """A conversation that this person is a member of. Raises `not_in_channel`."""
        channel = self.channel()
        if self.user not in channel.members:
            raise SlackError("not_in_channel")
        return channel

    def message(self, channel: Channel, ts: str | None = None) -> Json:
        """A message as this person sees it, ephemeral ones too. Raises `message_not_found`."""
        ts = ts or self.text("ts")
        found = self.slack.workspace.message(channel.id, ts) or self.slack.ephemerals.find(self.user, channel.id, ts)
        if found is None:
            raise SlackError("message_not_found")
        return found

    def container(self) -> Any:
        container = self.body.get("container")
        if not isinstance(container, dict):
            raise PersonError("invalid_request", '`container` is {"channel", "ts"} or {"view_id"}.')
        return container
