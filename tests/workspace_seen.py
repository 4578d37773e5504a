"""What a person of the local workspace sees: messages, modals, and the controls in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.slack.block_kit import elements_of

Json = dict[str, Any]


class Refused(AssertionError):
    """Slack or the app refused what a person did: `code`, and the sentence that the person is shown."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code
        self.sentence = sentence


@dataclass(frozen=True)
class Message:
    """A message as a person reads it. `text` is rendered from its blocks, `body` is Slack's own object."""

    channel: str
    text: str
    body: Json

    @property
    def ts(self) -> str:
        return self.body.get("ts", "")

    @property
    def blocks(self) -> list[Json]:
        return self.body.get("blocks", [])

    @property
    def container(self) -> Json:
        return {"channel": self.channel, "ts": self.ts}

    def __contains__(self, words: str) -> bool:
        return words in self.text

    def __bool__(self) -> bool:
        return bool(self.body)


@dataclass
class Modal:
    """An open modal, or a Home view. `body` is the view as it was when it was seen."""

    body: Json
    text: str
    kind: str = field(default="modal")

    @property
    def id(self) -> str:
        return self.body["id"]

    @property
    def blocks(self) -> list[Json]:
        return self.body["blocks"]

    @property
    def container(self) -> Json:
        return {"view_id": self.id}

    def __contains__(self, words: str) -> bool:
        return words in self.text


def shown_instead(messages: list[Message]) -> str:
    if not messages:
        return "it shows nothing."
    return "it shows:\n" + "\n".join(
        f"- {message.text!r}{' (only to them)' if message.body.get('ephemeral') else ''}" for message in messages[-20:]
    )


def find_control(blocks: list[Json], label: str, kinds: tuple[str, ...] | None) -> tuple[Json, Json]:
    """The block and element that a person would call `label`."""
    known = []
    for block in blocks:
        for element in elements_of(block):
            if kinds is not None and element["type"] not in kinds:
                continue
            names = [
                (element.get("text") or {}).get("text"),
                (block.get("label") or {}).get("text"),
                (element.get("placeholder") or {}).get("text"),
                element["action_id"],
            ]
            if label in names:
                return block, element
            known.append(next(name for name in names if name))
    raise AssertionError(f"there is no {label!r} here, only {known}")


def option_value(options: list[Json], choice: Any) -> str:
    for option in options:
        if choice in (option["text"]["text"], option["value"]):
            return option["value"]
    raise AssertionError(f"{choice!r} is not offered, only {[option['text']['text'] for option in options]}")
