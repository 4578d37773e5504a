"""What a handler is given, and what it may answer."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.errors import Refusal
from bot.slack.blocks import Block, fitting, read_value
from bot.slack.command_line import SlashCommand, Subcommand, storable

if TYPE_CHECKING:
    from bot.context import Context


@dataclass(frozen=True, slots=True)
class Request:
    """One thing a person (or Slack) did.

    `name` is the key under which its handler is registered: `/task new` for a command, the `action_id`, the view's or
    shortcut's `callback_id`, or the event's type. `text` is the decoded rest of a command. `value` is a button's value
    (see `blocks.value`) or, for other elements, `{"chosen": …}`. `fields` holds a form's inputs by `block_id`,
    each a string, a list of strings, a number (seconds since 1970) or None. `metadata` is the view's private JSON.
    """

    kind: str
    name: str
    user_id: str
    team_id: str = ""
    channel_id: str | None = None
    text: str = ""
    typed: str = ""
    trigger_id: str = ""
    response_url: str = ""
    value: Mapping[str, Any] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    view_id: str | None = None
    message_ts: str | None = None
    is_ephemeral: bool = False
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """An ephemeral message for who asked. `replace` puts it in the place of the ephemeral that was pressed."""

    text: str
    blocks: tuple[Block, ...] = ()
    replace: bool = False

    def body(self) -> dict[str, Any]:
        """The message as Slack takes it in an acknowledgement and at a `response_url`."""
        body: dict[str, Any] = {"text": self.text, "response_type": "ephemeral"}
        if self.blocks:
            body["blocks"] = fitting(self.blocks)
        return body


@dataclass(frozen=True, slots=True)
class FieldErrors:
    """A form stays open, with a sentence at each input that is at fault (by `block_id`)."""

    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ShowView:
    """A form is replaced by another view."""

    view: Block


@dataclass(frozen=True, slots=True)
class CloseForms:
    """Every form closes; `reply` then tells the person what was done."""

    reply: Reply | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """The choices of a menu that asks while somebody types."""

    options: tuple[Block, ...]


Answer = Reply | FieldErrors | ShowView | CloseForms | Options | None
Handler = Callable[["Context", Request], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Shortcut:
    """An entry of Slack's shortcut menu; `kind` is `message` or `global`."""

    callback_id: str
    name: str
    description: str
    kind: str = "message"


@dataclass(frozen=True, slots=True)
class Surface:
    """What one feature offers in Slack.

    `commands` are the slash commands it owns, `words` what it adds to somebody else's (`/scrum`), `handlers` what
    answers: `("command", "/task new")`, `("action", "task.done")`, `("view", "task.create")`, `("closed", …)`,
    `("options", …)`, `("shortcut", …)`, `("event", "user_change")`. A command without a word is `("command", "/task")`;
    a line whose first word is unknown goes to `("command", "/chat *")` where that exists.
    """

    handlers: Mapping[tuple[str, str], Handler]
    commands: tuple[SlashCommand, ...] = ()
    words: Mapping[str, tuple[Subcommand, ...]] = field(default_factory=dict)
    shortcuts: tuple[Shortcut, ...] = ()


def named_id(request: Request, kind: str) -> int:
    """The id of the record of this `kind` that the pressed button names. Raises `Refusal` where it names none."""
    found = request.value.get(kind)
    if not isinstance(found, int) or found <= 0:
        raise Refusal("This button is of an earlier version of me. Type the command again to see how things are now.")
    return found


def input_value(state: Mapping[str, Any]) -> Any:
    """What an element of a form holds: text, an option's value, a list of values, an id, a date, or seconds.

    Text is what was typed there, letter by letter: Slack escapes nothing in forms.
    """
    kind = state.get("type", "")
    if kind in ("static_select", "external_select", "radio_buttons"):
        return (state.get("selected_option") or {}).get("value")
    if kind in ("checkboxes", "multi_static_select", "multi_external_select"):
        return [option["value"] for option in state.get("selected_options") or ()]
    for name in ("selected_user", "selected_conversation", "selected_channel", "selected_date", "selected_time",
                 "selected_date_time", "selected_users", "selected_conversations"):  # fmt: skip
        if name in state:
            return state[name]
    typed = state.get("value")
    return storable(typed) if isinstance(typed, str) else typed


def form_fields(view: Mapping[str, Any]) -> dict[str, Any]:
    """A submitted form's inputs by `block_id`; by custom each input block holds one element."""
    values = (view.get("state") or {}).get("values") or {}
    return {block: input_value(next(iter(elements.values()))) for block, elements in values.items() if elements}


def metadata_of(view: Mapping[str, Any]) -> dict[str, Any]:
    """A view's private JSON; `{}` where there is none."""
    try:
        read = json.loads(view.get("private_metadata") or "{}")
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def action_value(action: Mapping[str, Any]) -> dict[str, Any]:
    """A pressed button's value; or what was chosen in another element, `{"chosen": …}`, and its `block_id`'s ids."""
    if action.get("type") == "button":
        return read_value(action.get("value"))
    if action.get("type") == "overflow":
        return read_value((action.get("selected_option") or {}).get("value"))
    return {"chosen": input_value(action), **read_value(action.get("block_id"))}
