"""What a person entered into an element, in the shape that Slack's `actions` and `state.values` have.

Source: docs.slack.dev/reference/interaction-payloads
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from bot.sandbox.slack.block_kit import elements_of
from bot.sandbox.slack.model import Json

# For each kind of element the field that holds what was entered. `multi_…` menus have lists, named in the plural.
FIELDS = {
    "plain_text_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "number_input": "value",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "overflow": "selected_option",
    "checkboxes": "selected_options",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}
# Elements that keep what was entered; a button and an overflow menu only fire.
STATEFUL = frozenset(FIELDS) - {"overflow"}


def entered(element: Json, value: Any, offered: Iterable[Json] = ()) -> Json:
    """The state of `element` after a person entered `value`; None or an empty value clears it.

    `offered` are the options that the app gave to an external menu. Raises ValueError with a sentence.
    """
    kind = element["type"]
    if kind not in FIELDS:
        raise ValueError(f"Nothing can be entered into a {kind}.")
    field = FIELDS[kind]
    state: Json = {"type": kind}
    if field == "value":
        state[field] = str(value) if value not in (None, "") else None
    elif field.endswith("s"):
        values = value if isinstance(value, list) else [value] if value not in (None, "") else []
        state[field] = [_option(element, v, offered) for v in values] if field == "selected_options" else values
        if len(state[field]) > element.get("max_selected_items", 100):
            raise ValueError(f"At most {element['max_selected_items']} can be chosen here.")
    elif value in (None, ""):
        state[field] = None
    elif field == "selected_option":
        state[field] = _option(element, value, offered)
    else:
        state[field] = _moment(kind, value)
    return state


def _moment(kind: str, value: Any) -> Any:
    if kind == "datepicker":
        try:
            return date.fromisoformat(str(value)).isoformat()
        except ValueError:
            raise ValueError(f"{value!r} is not a date like 2026-12-01.") from None
    if kind == "timepicker":
        if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", str(value)):
            raise ValueError(f"{value!r} is not a time like 17:30.")
        return str(value)
    if kind == "datetimepicker":
        try:
            return int(value)
        except (TypeError, ValueError):
            raise ValueError(f"{value!r} is not a number of seconds since 1970.") from None
    return str(value)


def options_of(element: Json) -> list[Json]:
    """All options that an element lists itself, in groups or not."""
    groups = element.get("option_groups") or []
    return [*(element.get("options") or []), *(option for group in groups for option in group.get("options", []))]


def _option(element: Json, value: Any, offered: Iterable[Json]) -> Json:
    chosen = value.get("value") if isinstance(value, dict) else value
    initial = element.get("initial_options") or [element.get("initial_option") or {}]
    listed: list[Json] = [*options_of(element), *offered, *initial]
    for option in listed:
        if option.get("value") == chosen:
            return option
    raise ValueError(f"{chosen!r} is not among the options.")


def initial(element: Json) -> Json:
    """The state that an element has before anybody touched it."""
    kind = element["type"]
    field = FIELDS[kind]
    name = "initial_value" if field == "value" else field.replace("selected_", "initial_")
    default: Any = [] if field.endswith("s") else None
    return {"type": kind, field: element.get(name, default)}


def is_empty(state: Json) -> bool:
    return state.get(FIELDS[state["type"]]) in (None, "", [])


def state_values(blocks: list[Json], touched: dict[tuple[str, str], Json]) -> Json:
    """`state.values`: what every element of `blocks` holds, as `touched` or as it began."""
    values: Json = {}
    for block in blocks:
        for element in elements_of(block):
            if element["type"] in STATEFUL:
                key = (block["block_id"], element["action_id"])
                state = touched.get(key)
                if state is None or state["type"] != element["type"]:
                    state = initial(element)
                values.setdefault(key[0], {})[key[1]] = state
    return values


def action(block: Json, element: Json, state: Json | None, action_ts: str) -> Json:
    """One entry of `actions` for an element that a person used."""
    entry: Json = {"action_id": element["action_id"], "block_id": block["block_id"]}
    if element["type"] == "button":
        for key in ("text", "value", "style", "url"):
            if key in element:
                entry[key] = element[key]
        entry["type"] = "button"
    else:
        entry.update(state or {})
        if "placeholder" in element:
            entry["placeholder"] = element["placeholder"]
        entry["type"] = element["type"]
    entry["action_ts"] = action_ts
    return entry
