"""Signing in at GitHub by the device flow: two requests, and what their answers mean.

No scopes are asked for: the token that comes back can only tell who its owner is.
Documented at docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#device-flow.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bot.github.failures import GitHubRefused, GitHubUnavailable

_TIMEOUT = aiohttp.ClientTimeout(total=10)
_GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
_SLOW_DOWN_SECONDS = 5


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """A sign-in that was begun: the person enters `user_code` at `verification_uri`, the rest is for polling."""

    device_code: str = field(repr=False)
    user_code: str
    verification_uri: str
    interval_seconds: int
    expires_in_seconds: int


@dataclass(frozen=True, slots=True)
class Pending:
    """Nobody has approved it yet: ask again after the interval."""


@dataclass(frozen=True, slots=True)
class SlowDown:
    """Asked too early: from now on wait this long between two polls."""

    interval_seconds: int


@dataclass(frozen=True, slots=True)
class Denied:
    """The person pressed Cancel."""


@dataclass(frozen=True, slots=True)
class Expired:
    """The code is too old, or was used up by a poll whose answer was lost: begin again."""


@dataclass(frozen=True, slots=True)
class Token:
    """Approved. The token is for reading the account once; it is not to be kept."""

    access_token: str = field(repr=False)


Poll = Pending | SlowDown | Denied | Expired | Token


async def start(session: aiohttp.ClientSession, *, github_url: str, client_id: str) -> DeviceCode:
    """Begin a sign-in.

    Raises `GitHubRefused` when the app is unknown or its device flow is switched off, `GitHubUnavailable`
    when GitHub does not answer or its answer cannot be read.
    """
    status, answer = await _post(session, f"{github_url}/login/device/code", {"client_id": client_id})
    error = answer.get("error")
    if error == "device_flow_disabled":
        raise GitHubRefused("Signing in is switched off in the GitHub App: an admin has to enable its device flow.")
    if error is not None or status == 404:
        raise GitHubRefused("GitHub does not know this bot's app: an admin has to check GITHUB_CLIENT_ID.")
    return DeviceCode(
        device_code=_text(answer, "device_code"),
        user_code=_text(answer, "user_code"),
        verification_uri=_text(answer, "verification_uri"),
        interval_seconds=_seconds(answer, "interval"),
        expires_in_seconds=_seconds(answer, "expires_in"),
    )


async def poll(
    session: aiohttp.ClientSession,
    *,
    github_url: str,
    client_id: str,
    device_code: str,
    interval_seconds: int,
) -> Poll:
    """Ask once whether the sign-in was approved. `interval_seconds` is the wait that was kept before this
    poll.

    Raises `GitHubRefused` when the app itself is at fault, `GitHubUnavailable` when GitHub does not answer
    or its answer cannot be read; the sign-in may then be polled again.
    """
    fields = {"client_id": client_id, "device_code": device_code, "grant_type": _GRANT_TYPE}
    _, answer = await _post(session, f"{github_url}/login/oauth/access_token", fields)
    match answer.get("error"):
        case None:
            return Token(_text(answer, "access_token"))
        case "authorization_pending":
            return Pending()
        case "slow_down":
            told = answer.get("interval")
            longer = told if isinstance(told, int) else interval_seconds + _SLOW_DOWN_SECONDS
            return SlowDown(max(longer, interval_seconds))
        case "access_denied":
            return Denied()
        case "expired_token" | "incorrect_device_code" | "bad_verification_code":
            return Expired()
        case error:
            # The code is GitHub's own word, such as incorrect_client_credentials; it holds nothing secret.
            raise GitHubRefused(f"GitHub refused the sign-in ({str(error)[:60]}): an admin has to check the app.")


async def _post(session: aiohttp.ClientSession, url: str, fields: dict[str, str]) -> tuple[int, dict[str, Any]]:
    headers = {"Accept": "application/json"}
    try:
        async with session.post(url, data=fields, headers=headers, timeout=_TIMEOUT, allow_redirects=False) as answer:
            status, raw = answer.status, await answer.read()
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise GitHubUnavailable("GitHub does not answer. Try again in a few minutes.") from error
    if status >= 500 or status == 429:
        raise GitHubUnavailable("GitHub has trouble at the moment. Try again in a few minutes.")
    try:
        body = json.loads(raw)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise _unreadable()
    return status, body


def _text(answer: dict[str, Any], name: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str) or not value:
        raise _unreadable()
    return value


def _seconds(answer: dict[str, Any], name: str) -> int:
    value = answer.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise _unreadable()
    return value


def _unreadable() -> GitHubUnavailable:
    return GitHubUnavailable("GitHub's answer cannot be read. Try again in a few minutes.")
