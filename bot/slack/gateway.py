"""Calling Slack: one shared connection pool, no automatic retries, and three kinds of trouble.

Posting is not idempotent, so a call that got no answer must not be repeated by a library that cannot know whether it
took effect. Retrying is the ledger's business.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SlackRateLimited, SlackRefused, SlackUnavailable

CALL_SECONDS = 10.0
"""After this long without an answer a call's fate is unknown; shorter than a lane's lease."""

_SERVER_TROUBLE = {
    "internal_error",
    "fatal_error",
    "service_unavailable",
    "request_timeout",
    "team_added_to_org",
}


class Gateway:
    """Slack's Web API with the bot's token."""

    def __init__(self, session: aiohttp.ClientSession, api_url: str, token: str) -> None:
        self._session = session
        self.client = AsyncWebClient(token=token, base_url=api_url, session=session, retry_handlers=[])
        if urlsplit(api_url).hostname in ("127.0.0.1", "localhost", "::1"):
            # The SDK sends even this through a proxy named in the environment, which has no way to us.
            self.client.proxy = None

    async def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Call a method by Slack's name, for example `chat.postMessage`; returns the answer's body.

        Raises `SlackRefused` (nothing was done), `SlackRateLimited` (nothing was done, with the seconds to wait) or
        `SlackUnavailable` (nobody knows).
        """
        try:
            answer = await getattr(self.client, method.replace(".", "_"))(**arguments)
        except SlackApiError as error:
            raise _trouble(method, error) from error
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            # A body that is no JSON comes from something between us and Slack.
            raise SlackUnavailable(f"{method}: {type(error).__name__}") from error
        body: dict[str, Any] = answer.data
        return body

    async def respond(self, response_url: str, message: dict[str, Any]) -> None:
        """Answer an interaction by its `response_url` (five times within thirty minutes).

        The address must come from a request whose origin Slack has proved. Raises as `call` does.
        """
        try:
            async with self._session.post(response_url, json=message) as response:
                if response.status == 429:
                    raise SlackRateLimited("response_url", float(response.headers.get("Retry-After", "1")))
                if response.status >= 500:
                    raise SlackUnavailable(f"response_url: {response.status}")
                if response.status >= 400:
                    raise SlackRefused("response_url", (await response.text())[:80])
        except (aiohttp.ClientError, TimeoutError) as error:
            raise SlackUnavailable(f"response_url: {type(error).__name__}") from error


def _trouble(method: str, error: SlackApiError) -> Exception:
    response = error.response
    status = getattr(response, "status_code", 200)
    if status == 429:
        return SlackRateLimited(method, float(response.headers.get("Retry-After", "1")))
    body = response.data if isinstance(getattr(response, "data", None), dict) else {}
    code = str(body.get("error", f"http_{status}"))
    if status >= 500 or code in _SERVER_TROUBLE:
        return SlackUnavailable(f"{method}: {code}")
    details = tuple(str(line) for line in (body.get("response_metadata") or {}).get("messages", ()))
    return SlackRefused(method, code, details)


def open_session() -> aiohttp.ClientSession:
    """The one HTTP session of the process."""
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=CALL_SECONDS))
