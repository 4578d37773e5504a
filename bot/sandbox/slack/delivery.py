"""What the two ways to reach an app have in common: Socket Mode and HTTP requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

from bot.sandbox.slack.model import Json

# Slack waits this many seconds for an acknowledgement: docs.slack.dev/interactivity/handling-user-interaction
ACK_SECONDS = 3.0

# The envelope types of Socket Mode: docs.slack.dev/apis/events-api/using-socket-mode
PayloadKind = Literal["events_api", "slash_commands", "interactive"]


class NotDelivered(Exception):
    """The app did not acknowledge. `reason` is Slack's: `timeout`, `connection_failed`, `http_error`, …

    `code` is what a person is shown, `may_retry` whether the app allows Slack to send an event again.
    """

    def __init__(self, reason: str, code: str = "operation_timeout", *, may_retry: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code
        self.may_retry = may_retry


@dataclass(frozen=True, slots=True)
class Attempt:
    """Which attempt to deliver an event this is (0 is the first) and why the one before failed."""

    number: int = 0
    reason: str = ""


class Delivery(Protocol):
    @property
    def connected(self) -> bool: ...

    async def send(self, kind: PayloadKind, payload: Json, attempt: Attempt) -> Any:
        """Hand `payload` to the app and give back the body of its acknowledgement. Raises `NotDelivered`."""

    async def close(self) -> None: ...
