"""The arguments of a Web API call: from JSON, a form, the query string, or several of them."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Any, TypeVar

from aiohttp import web

from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.model import Json

T = TypeVar("T")


async def read_arguments(request: web.Request) -> Json:
    """All arguments of a request. Raises `invalid_json`, `json_not_object` or `invalid_form_data`."""
    arguments: Json = dict(request.query)
    if request.method != "POST":
        return arguments
    if request.content_type == "application/json":
        raw = await request.read()
        if not raw:
            return arguments
        try:
            body = json.loads(raw)
        except ValueError:
            raise SlackError("invalid_json") from None
        if not isinstance(body, dict):
            raise SlackError("json_not_object")
        return {**arguments, **body}
    try:
        form = await request.post()
    except ValueError:
        raise SlackError("invalid_form_data") from None
    return {**arguments, **{key: value for key, value in form.items() if isinstance(value, str)}}


class Arguments:
    """Typed access; everything that has the wrong form is `invalid_arguments` with a sentence, as Slack says it."""

    def __init__(self, values: Json) -> None:
        self._values = {key: value for key, value in values.items() if value is not None}

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str, default: str = "") -> str:
        value = self._values.get(name, default)
        if isinstance(value, bool | dict | list):
            raise _invalid(f"must provide a string [json-pointer:/{name}]")
        return str(value)

    def required(self, name: str) -> str:
        value = self.text(name)
        if not value:
            raise _invalid(f"missing required field: {name}")
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        value = self._values.get(name, default)
        if isinstance(value, bool):
            return value
        return str(value).lower() in ("1", "true", "yes")

    def number(self, name: str, default: int, *, low: int = 1, high: int = 1000) -> int:
        value = self._values.get(name, default)
        try:
            number = int(value)
        except (TypeError, ValueError):
            raise _invalid(f"must provide a number [json-pointer:/{name}]") from None
        if number < low:
            raise SlackError("invalid_limit")
        return min(number, high)

    def names(self, name: str, default: str = "") -> list[str]:
        """A comma-separated list, or a JSON list."""
        value = self._values.get(name, default)
        items = value if isinstance(value, list) else str(value).split(",")
        return [str(item).strip() for item in items if str(item).strip()]

    def json(self, name: str) -> Any:
        """A value that forms carry as a JSON string and JSON bodies as it is. Raises ValueError if it is no JSON."""
        value = self._values.get(name)
        return json.loads(value) if isinstance(value, str) and value else value


def _invalid(message: str) -> SlackError:
    return SlackError("invalid_arguments", messages=[message])


def page_of(items: Sequence[T], arguments: Arguments, *, default: int, high: int = 1000) -> tuple[list[T], Json]:
    """One page of `items` by Slack's `cursor` and `limit`, and the `response_metadata` that leads to the next."""
    limit = arguments.number("limit", default, high=high)
    start = 0
    if cursor := arguments.text("cursor"):
        try:
            start = int(urlsafe_b64decode(cursor.encode()).decode().removeprefix("offset:"))
        except ValueError:
            raise SlackError("invalid_cursor") from None
    end = start + limit
    following = urlsafe_b64encode(f"offset:{end}".encode()).decode() if end < len(items) else ""
    return list(items[start:end]), {"next_cursor": following}
