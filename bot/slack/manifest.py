"""The app manifest: everything an admin would otherwise click together on Slack's pages.

Scopes and events are those of the product page, each for a feature that exists. Format: Slack's app manifest,
docs.slack.dev/reference/app-manifest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from bot.errors import Failure
from bot.slack.command_line import SlashCommand
from bot.slack.request import Shortcut

SCOPES = (
    "app_mentions:read",
    "channels:history",
    "channels:join",
    "channels:read",
    "chat:write",
    "chat:write.customize",
    "commands",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "mpim:history",
    "mpim:read",
    "reactions:read",
    "users:read",
    "users:read.email",
)
"""Without `chat:write.public` on purpose: where the bot is no member, a post could not be found again."""

EVENTS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "channel_archive",
    "channel_rename",
    "channel_unarchive",
    "group_archive",
    "group_rename",
    "group_unarchive",
    "member_joined_channel",
    "member_left_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "reaction_added",
    "team_join",
    "tokens_revoked",
    "user_change",
)

_PREFIX = re.compile(r"[a-z0-9_-]{0,20}")
"""Slack takes commands in lower case of up to 32 characters (docs.slack.dev/reference/app-manifest)."""
_ADDRESS = re.compile(r"https://[^\s/?#]+(?:/[^\s?#]*)?")


def build(
    commands: Iterable[SlashCommand],
    shortcuts: Sequence[Shortcut],
    *,
    prefix: str = "",
    public_url: str | None = None,
) -> dict[str, Any]:
    """The manifest as a JSON object.

    `prefix` (such as `x-`) is put before each command's name, where a workspace has a `/task` already. With
    `public_url` Slack delivers over HTTP to `<public_url>/slack/events`; without it over Socket Mode.
    Raises `Failure` for what Slack would not take.
    """
    if not _PREFIX.fullmatch(prefix):
        raise Failure(
            f'"{prefix}" cannot be put before a command: up to 20 small letters, digits, - and _ can, for example x-'
        )
    if public_url and not _ADDRESS.fullmatch(public_url):
        raise Failure(
            f'Slack delivers only to an address that starts with https://, and "{public_url}" is none; '
            "for example https://bot.example.com"
        )
    address = f"{public_url.rstrip('/')}/slack/events" if public_url else None
    request_url = {"url": address} if address else {}
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": "Scrum Bot",
            "description": "Tasks, triage and chat records for software teams, with alerts that come once and in time.",
            "background_color": "#2b3a67",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Scrum Bot", "always_online": True},
            "shortcuts": [
                {
                    "name": shortcut.name,
                    "type": shortcut.kind,
                    "callback_id": shortcut.callback_id,
                    "description": shortcut.description,
                }
                for shortcut in shortcuts
            ],
            "slash_commands": [
                {
                    "command": f"/{prefix}{command.name.removeprefix('/')}",
                    "description": command.description,
                    "usage_hint": command.usage_hint,
                    "should_escape": True,
                    **request_url,
                }
                for command in commands
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {
                "bot_events": list(EVENTS),
                **({"request_url": address} if address else {}),
            },
            "interactivity": {
                "is_enabled": True,
                **({"request_url": address, "message_menu_options_url": address} if address else {}),
            },
            "org_deploy_enabled": False,
            "socket_mode_enabled": not public_url,
            "token_rotation_enabled": False,
        },
    }
