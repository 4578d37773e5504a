"""The app's manifest, read as Slack reads it: docs.slack.dev/reference/app-manifest"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.model import Json


@dataclass(frozen=True, slots=True)
class SlashCommand:
    command: str
    description: str
    usage_hint: str
    should_escape: bool


@dataclass(frozen=True, slots=True)
class Shortcut:
    callback_id: str
    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the app may do and what it is told. `events` are event types such as `message.channels`."""

    bot_name: str
    commands: dict[str, SlashCommand]
    shortcuts: dict[str, Shortcut]
    scopes: tuple[str, ...]
    events: frozenset[str]

    @property
    def may_see_email(self) -> bool:
        return "users:read.email" in self.scopes

    def require(self, scope: str) -> None:
        """Raises `missing_scope`, with what is needed and what is provided, as Slack does."""
        if scope not in self.scopes:
            raise SlackError("missing_scope", more={"needed": scope, "provided": ",".join(self.scopes)})


def read_manifest(manifest: Json) -> Manifest:
    """Raises ValueError, with one sentence, if the manifest lacks what Slack requires."""
    features = _dict(manifest, "features")
    bot_user = _dict(features, "bot_user")
    display = _dict(manifest, "display_information")
    name = bot_user.get("display_name") or display.get("name")
    if not name:
        raise ValueError("The app manifest names neither features.bot_user.display_name nor display_information.name.")
    commands = {}
    for each in features.get("slash_commands", []):
        command = str(each["command"])
        if not command.startswith("/"):
            raise ValueError(f"The slash command {command!r} of the app manifest has to begin with a slash.")
        commands[command] = SlashCommand(
            command,
            str(each.get("description", "")),
            str(each.get("usage_hint", "")),
            bool(each.get("should_escape", False)),
        )
    shortcuts = {
        str(each["callback_id"]): Shortcut(str(each["callback_id"]), str(each["name"]), str(each["type"]))
        for each in features.get("shortcuts", [])
    }
    scopes = _dict(_dict(manifest, "oauth_config"), "scopes").get("bot", [])
    events = _dict(_dict(manifest, "settings"), "event_subscriptions").get("bot_events", [])
    return Manifest(str(name), commands, shortcuts, tuple(map(str, scopes)), frozenset(map(str, events)))


def _dict(parent: Json, key: str) -> dict[str, Any]:
    value = parent.get(key) or {}
    if not isinstance(value, dict):
        raise ValueError(f"{key} of the app manifest has to be an object.")
    return value
