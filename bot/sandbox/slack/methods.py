"""What a Web API method is: its handler, the scope it needs, and the token it takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.model import Json
from bot.sandbox.slack.platform import Platform

Handler = Callable[[Platform, Arguments], Json]


@dataclass(frozen=True, slots=True)
class Method:
    """`handler` gives the answer without `ok`, or raises `SlackError`. Handlers that need other scopes check them."""

    handler: Handler
    scope: str | None = None
    token: Literal["bot", "app", "none"] = "bot"
