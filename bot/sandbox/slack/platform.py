"""The parts of the local Slack, for those who answer requests with them."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.sandbox.faults import Faults
from bot.sandbox.slack.answers import Answers
from bot.sandbox.slack.delivery import Delivery
from bot.sandbox.slack.ephemerals import Ephemerals
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.events import Events
from bot.sandbox.slack.live import Live
from bot.sandbox.slack.manifest import Manifest
from bot.sandbox.slack.membership import Membership
from bot.sandbox.slack.model import APP_ID, BOT_ID, BOT_USER_ID, Channel, Json
from bot.sandbox.slack.profiles import page_channel
from bot.sandbox.slack.rates import Rates
from bot.sandbox.slack.socket_mode import SocketMode
from bot.sandbox.slack.state import Workspace
from bot.sandbox.slack.timeline import Timeline
from bot.sandbox.slack.triggers import Triggers
from bot.sandbox.slack.views import Views


@dataclass(frozen=True, slots=True)
class Platform:
    manifest: Manifest
    workspace: Workspace
    faults: Faults
    rates: Rates
    live: Live
    delivery: Delivery
    socket_mode: SocketMode
    events: Events
    timeline: Timeline
    membership: Membership
    ephemerals: Ephemerals
    triggers: Triggers
    answers: Answers
    views: Views
    # What people entered into elements of messages, by person, conversation and ts: gone after a restart.
    touched: dict[tuple[str, str, str], dict[tuple[str, str], Json]] = field(default_factory=dict)
    # What external menus offered, by person, view id or ts, and action_id.
    offered: dict[tuple[str, str, str], list[Json]] = field(default_factory=dict)

    @property
    def base_url(self) -> str:
        """The server's address, without a slash at the end; known once it listens."""
        return self.answers.base_url

    def bot_state(self) -> Json:
        """The bot as the page knows it."""
        return {
            "id": BOT_ID,
            "bot_user_id": BOT_USER_ID,
            "name": self.manifest.bot_name,
            "connected": self.delivery.connected,
            "app_id": APP_ID,
        }

    def channel_for_bot(self, name: str) -> Channel:
        """The conversation that the app calls `name`: an id, or `#name`. Raises `channel_not_found`."""
        channel = self.workspace.channels.get(name) or self.workspace.channel_named(name)
        if channel is None or (channel.kind != "channel" and BOT_USER_ID not in channel.members):
            raise SlackError("channel_not_found")
        return channel


def visible_channels(workspace: Workspace, user: str) -> list[Json]:
    """The conversations of a person's page: their own, and all public ones (guests: their own)."""
    return [
        page_channel(workspace, channel, user)
        for channel in workspace.channels.values()
        if workspace.may_see(user, channel)
    ]
