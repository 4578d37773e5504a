"""What Slack says about a person, read into what is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

SLACKBOT = "USLACKBOT"
"""Slack's own helper, the one bot that `users.info` does not call a bot."""


@dataclass(frozen=True, slots=True)
class SlackProfile:
    """A person as Slack describes them. `time_zone` is an IANA name that this computer knows, else UTC.

    `is_provisional` means that Slack has not been heard yet: everything but the ids is assumed.
    """

    slack_id: str
    team_id: str
    username: str
    email: str | None = None
    avatar_url: str | None = None
    time_zone: str = "UTC"
    is_active: bool = True
    is_guest: bool = False
    is_bot: bool = False
    runs_workspace: bool = False
    is_provisional: bool = False


def slack_profile(user: Mapping[str, Any]) -> SlackProfile:
    """Read Slack's user object (docs.slack.dev/reference/objects/user-object).

    The time zone is kept by name, because Slack sends no `user_change` when only daylight saving moves the offset.
    People of another workspace, who are here through a shared channel, count as guests.
    """
    profile = user.get("profile") or {}
    names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
    pictures = (profile.get(f"image_{size}") for size in (192, 512, 72, 48))
    email, avatar = profile.get("email"), next((one for one in pictures if one), None)
    return SlackProfile(
        slack_id=user["id"],
        team_id=user.get("team_id") or profile.get("team") or "",
        username=str(next((name for name in names if name), user["id"]))[:100],
        email=email if email and len(email) <= 255 else None,
        avatar_url=avatar if avatar and len(avatar) <= 500 else None,
        time_zone=known_zone(user.get("tz")),
        is_active=not user.get("deleted"),
        is_guest=any(user.get(name) for name in ("is_restricted", "is_ultra_restricted", "is_stranger")),
        is_bot=bool(user.get("is_bot")) or user["id"] == SLACKBOT,
        runs_workspace=any(user.get(name) for name in ("is_admin", "is_owner", "is_primary_owner")),
    )


def known_zone(name: str | None) -> str:
    """`name` if it is a time zone that can be computed with, else UTC."""
    try:
        ZoneInfo(name or "UTC")
    except (ValueError, OSError, LookupError):
        return "UTC"
    return name or "UTC"


def provisional_github_id(team_id: str, slack_id: str) -> str:
    """What stands in `users.github_id` of somebody who has not linked a GitHub account."""
    return f"slack:{team_id}:{slack_id}"
