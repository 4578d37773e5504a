"""The kinds of value that Block Kit consists of, and how each one is checked.

A check adds sentences to a list, each ending in a JSON pointer, in the words of Slack's own `invalid_blocks` answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Problems = list[str]


class Check(Protocol):
    def __call__(self, value: Any, pointer: str, problems: Problems) -> None: ...


def _add(problems: Problems, sentence: str, pointer: str) -> None:
    problems.append(f"{sentence} [json-pointer:{pointer}]")


def _check_length(value: Sequence[Any], low: int, high: int, pointer: str, problems: Problems, unit: str) -> None:
    if unit == "items":
        if len(value) > high:
            _add(problems, f"no more than {high} items allowed", pointer)
        elif len(value) < low:
            _add(problems, f"no fewer than {low} items allowed", pointer)
    elif len(value) > high:
        _add(problems, f"must be less than {high + 1} characters", pointer)
    elif len(value) < low:
        _add(problems, f"must be more than {low - 1} characters", pointer)


def string(high: int, low: int = 0, pattern: str = "") -> Check:
    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, str):
            _add(problems, "must provide a string", pointer)
            return
        _check_length(value, low, high, pointer, problems, "characters")
        if pattern and not re.fullmatch(pattern, value):
            _add(problems, f"must match {pattern}", pointer)

    return check


def flag(value: Any, pointer: str, problems: Problems) -> None:
    if not isinstance(value, bool):
        _add(problems, "must provide a boolean", pointer)


def number(low: int, high: int) -> Check:
    def check(value: Any, pointer: str, problems: Problems) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            _add(problems, "must provide a number", pointer)
        elif not low <= value <= high:
            _add(problems, f"must be between {low} and {high}", pointer)

    return check


def one_of(*allowed: str) -> Check:
    def check(value: Any, pointer: str, problems: Problems) -> None:
        if value not in allowed:
            _add(problems, f"must be one of: {', '.join(allowed)}", pointer)

    return check


def anything(value: Any, pointer: str, problems: Problems) -> None:
    """For parts that Slack takes and the local Slack only hands on."""


def items(of: Check, low: int, high: int) -> Check:
    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, list):
            _add(problems, "must provide a list", pointer)
            return
        _check_length(value, low, high, pointer, problems, "items")
        for index, item in enumerate(value):
            of(item, f"{pointer}/{index}", problems)

    return check


def text(high: int, *kinds: str, low: int = 1) -> Check:
    """A text object of one of `kinds`, both of them when none is given."""
    allowed = kinds or ("plain_text", "mrkdwn")

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            _add(problems, "must provide an object", pointer)
            return
        if value.get("type") not in allowed:
            _add(problems, f"must be one of: {', '.join(allowed)}", f"{pointer}/type")
        string(high, low)(value.get("text"), f"{pointer}/text", problems)
        extra = {"plain_text": "emoji", "mrkdwn": "verbatim"}.get(str(value.get("type")), "emoji")
        for key in value.keys() - {"type", "text", extra}:
            _add(problems, f"invalid additional property: {key}", pointer)
        if extra in value:
            flag(value[extra], f"{pointer}/{extra}", problems)

    return check


@dataclass(frozen=True, slots=True)
class Shape:
    """An object: its fields, which of them are required, and rules that concern several fields."""

    fields: Mapping[str, Check]
    required: tuple[str, ...] = ()
    also: Callable[[dict[str, Any]], str | None] | None = None

    def __call__(self, value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            _add(problems, "must provide an object", pointer)
            return
        for name in self.required:
            if value.get(name) is None:
                _add(problems, f"missing required field: {name}", pointer)
        for name, part in value.items():
            if name not in self.fields:
                _add(problems, f"invalid additional property: {name}", pointer)
            elif part is not None:
                self.fields[name](part, f"{pointer}/{name}", problems)
        if self.also is not None and (sentence := self.also(value)):
            _add(problems, sentence, pointer)


def by_type(shapes: Mapping[str, Check]) -> Check:
    """An object whose `type` says which of `shapes` it has."""

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            _add(problems, "must provide an object", pointer)
        elif "type" not in value:
            _add(problems, "missing required field: type", pointer)
        elif not isinstance(value["type"], str) or value["type"] not in shapes:
            _add(problems, f"unsupported type: {value['type']}", f"{pointer}/type")
        else:
            shapes[value["type"]](value, pointer, problems)

    return check
