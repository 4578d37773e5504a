"""Signed HTTP requests to the app's request URL: docs.slack.dev/authentication/verifying-requests-from-slack"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bot.sandbox.slack.delivery import ACK_SECONDS, Attempt, NotDelivered, PayloadKind
from bot.sandbox.slack.model import Json


class HttpMode:
    """Events as JSON, commands and interactions as forms. `clock` gives seconds since 1970 (UTC).

    `request_url` may be set later, when the app's address is known; until then the app counts as not connected.
    """

    def __init__(
        self,
        request_url: str,
        signing_secret: str,
        clock: Callable[[], float],
        *,
        ack_seconds: float = ACK_SECONDS,
    ) -> None:
        self.request_url = request_url
        self._signing_secret = signing_secret
        self._clock = clock
        self._ack_seconds = ack_seconds
        self._session: aiohttp.ClientSession | None = None

    @property
    def connected(self) -> bool:
        return bool(self.request_url)

    async def send(self, kind: PayloadKind, payload: Json, attempt: Attempt) -> Any:
        if kind == "events_api":
            content_type, body = "application/json", json.dumps(payload)
        elif kind == "slash_commands":
            content_type, body = "application/x-www-form-urlencoded", urlencode(payload)
        else:
            content_type = "application/x-www-form-urlencoded"
            body = urlencode({"payload": json.dumps(payload)})
        headers = {"Content-Type": content_type}
        if attempt.number:
            headers["x-slack-retry-num"] = str(attempt.number)
            headers["x-slack-retry-reason"] = attempt.reason
        return await self._post(body, headers)

    async def verify_url(self) -> bool:
        """Slack's `url_verification`: the app has to give the challenge back, as JSON or plain text."""
        challenge = secrets.token_urlsafe(32)
        body = json.dumps({"type": "url_verification", "challenge": challenge})
        try:
            answer = await self._post(body, {"Content-Type": "application/json"})
        except NotDelivered:
            return False
        return bool(answer == challenge or (isinstance(answer, dict) and answer.get("challenge") == challenge))

    async def _post(self, body: str, headers: dict[str, str]) -> Any:
        if not self.request_url:
            raise NotDelivered("connection_failed", "app_not_connected")
        timestamp = str(int(self._clock()))
        raw = body.encode()
        digest = hmac.new(self._signing_secret.encode(), f"v0:{timestamp}:".encode() + raw, hashlib.sha256)
        signed = {
            **headers,
            "x-slack-request-timestamp": timestamp,
            "x-slack-signature": f"v0={digest.hexdigest()}",
            "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        }
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self._ack_seconds))
        try:
            async with self._session.post(self.request_url, data=raw, headers=signed) as response:
                text = await response.text()
                if response.status != 200:
                    may_retry = response.headers.get("x-slack-no-retry") != "1"
                    raise NotDelivered("http_error", "dispatch_failed", may_retry=may_retry)
                is_json = "json" in response.headers.get("content-type", "")
        except TimeoutError:
            raise NotDelivered("http_timeout") from None
        except aiohttp.ClientError:
            raise NotDelivered("connection_failed", "dispatch_failed") from None
        if not is_json:
            return text or None
        try:
            return json.loads(text) if text else None
        except ValueError:
            return text

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None
