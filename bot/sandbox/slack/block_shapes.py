"""Block Kit's blocks, elements and views as data, with Slack's limits.

Sources: docs.slack.dev/reference/block-kit (blocks, block-elements, composition-objects) and docs.slack.dev/surfaces.
"""

from __future__ import annotations

from typing import Any

from bot.sandbox.slack.shapes import Check, Shape, anything, by_type, flag, items, number, one_of, string, text

BLOCKS_PER_MESSAGE = 50
BLOCKS_PER_VIEW = 100
# No page of Slack's states this one; above it a message is refused with `msg_blocks_too_long`.
TEXT_OF_ALL_BLOCKS = 13_200
TABLES_PER_MESSAGE = 1

ID = string(255)
PLAIN = "plain_text"
URL = string(3000, 1, r"[a-zA-Z][a-zA-Z0-9+.-]*:.+")
DATE = string(10, 10, r"\d{4}-\d\d-\d\d")
TIME = string(5, 5, r"\d\d:\d\d")
STYLE = one_of("primary", "danger")

CONFIRM = Shape(
    {"title": text(100, PLAIN), "text": text(300), "confirm": text(30, PLAIN), "deny": text(30, PLAIN), "style": STYLE},
    required=("title", "text", "confirm", "deny"),
)
DISPATCH = Shape({"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"), 1, 2)})


def _option(*kinds: str, with_url: bool = False) -> Shape:
    fields: dict[str, Check] = {"text": text(75, *kinds), "value": string(75, 1), "description": text(75, *kinds)}
    if with_url:
        fields["url"] = URL
    return Shape(fields, required=("text", "value"))


OPTION = _option(PLAIN)
RICH_OPTION = _option()
OPTION_GROUP = Shape({"label": text(75, PLAIN), "options": items(OPTION, 1, 100)}, required=("label", "options"))

_COMMON: dict[str, Check] = {"type": anything, "action_id": string(255, 1)}
_ASKING: dict[str, Check] = {**_COMMON, "confirm": CONFIRM, "focus_on_load": flag}
_MENU: dict[str, Check] = {**_ASKING, "placeholder": text(150, PLAIN)}


def _one_source(element: dict[str, Any]) -> str | None:
    if ("options" in element) == ("option_groups" in element):
        return "must define either `options` or `option_groups`, and not both"
    return None


def _image_source(element: dict[str, Any]) -> str | None:
    if ("image_url" in element) == ("slack_file" in element):
        return "must define either `image_url` or `slack_file`, and not both"
    return None


def _menu(one: str, value: Check, **more: Check) -> dict[str, Check]:
    """A menu for one choice and the `multi_` menu for several, whose first choices are in `initial_<one>(s)`."""
    return {
        f"{one}s_select": Shape({**_MENU, f"initial_{one}": value, **more}),
        f"multi_{one}s_select": Shape(
            {
                **_MENU,
                f"initial_{one}s": items(value, 0, 100),
                "max_selected_items": number(1, 100),
                **{name: check for name, check in more.items() if name != "response_url_enabled"},
            }
        ),
    }


_STATIC: dict[str, Check] = {**_MENU, "options": items(OPTION, 1, 100), "option_groups": items(OPTION_GROUP, 1, 100)}
_EXTERNAL: dict[str, Check] = {**_MENU, "min_query_length": number(0, 1000)}
_SEVERAL: dict[str, Check] = {"initial_options": items(OPTION, 1, 100), "max_selected_items": number(1, 100)}
_TYPED: dict[str, Check] = {
    **_COMMON,
    "focus_on_load": flag,
    "placeholder": text(150, PLAIN),
    "dispatch_action_config": DISPATCH,
}

MENUS: dict[str, Check] = {
    "static_select": Shape({**_STATIC, "initial_option": OPTION}, also=_one_source),
    "multi_static_select": Shape({**_STATIC, **_SEVERAL}, also=_one_source),
    "external_select": Shape({**_EXTERNAL, "initial_option": OPTION}),
    "multi_external_select": Shape({**_EXTERNAL, **_SEVERAL}),
    **_menu("user", ID),
    **_menu("channel", ID, response_url_enabled=flag),
    **_menu("conversation", ID, response_url_enabled=flag, default_to_current_conversation=flag, filter=anything),
}
CHOICES: dict[str, Check] = {
    "checkboxes": Shape(
        {**_ASKING, "options": items(RICH_OPTION, 1, 10), "initial_options": items(RICH_OPTION, 1, 10)},
        required=("options",),
    ),
    "radio_buttons": Shape(
        {**_ASKING, "options": items(RICH_OPTION, 1, 10), "initial_option": RICH_OPTION}, required=("options",)
    ),
    "datepicker": Shape({**_MENU, "initial_date": DATE}),
    "timepicker": Shape({**_MENU, "initial_time": TIME, "timezone": string(100)}),
    "datetimepicker": Shape({**_ASKING, "initial_date_time": number(1_000_000_000, 9_999_999_999)}),
}
INPUTS: dict[str, Check] = {
    "plain_text_input": Shape(
        {
            **_TYPED,
            "initial_value": string(3000),
            "multiline": flag,
            "min_length": number(0, 3000),
            "max_length": number(1, 3000),
        }
    ),
    "email_text_input": Shape({**_TYPED, "initial_value": string(3000)}),
    "url_text_input": Shape({**_TYPED, "initial_value": string(3000)}),
    "number_input": Shape(
        {
            **_TYPED,
            "is_decimal_allowed": flag,
            "initial_value": string(100),
            "min_value": string(100),
            "max_value": string(100),
        },
        required=("is_decimal_allowed",),
    ),
}
BUTTON = Shape(
    {
        **_COMMON,
        "confirm": CONFIRM,
        "text": text(75, PLAIN),
        "value": string(2000),
        "url": URL,
        "style": STYLE,
        "accessibility_label": string(75),
    },
    required=("text",),
)
OVERFLOW = Shape(
    {**_COMMON, "confirm": CONFIRM, "options": items(_option(PLAIN, with_url=True), 1, 5)}, required=("options",)
)
IMAGE_ELEMENT = Shape(
    {"type": anything, "image_url": URL, "slack_file": anything, "alt_text": string(2000)},
    required=("alt_text",),
    also=_image_source,
)

_BLOCK: dict[str, Check] = {"type": anything, "block_id": ID}


def _section_has_words(block: dict[str, Any]) -> str | None:
    return None if "text" in block or "fields" in block else "must define either `text` or `fields`"


def _context_element(value: Any, pointer: str, problems: list[str]) -> None:
    if isinstance(value, dict) and value.get("type") in ("plain_text", "mrkdwn"):
        text(3000)(value, pointer, problems)
    else:
        by_type({"image": IMAGE_ELEMENT})(value, pointer, problems)


RICH_TEXT_PARTS: dict[str, Check] = {
    kind: Shape({"type": anything, "elements": items(anything, 0, 1000), "border": anything, **more})
    for kind, more in {
        "rich_text_section": {},
        "rich_text_list": {"style": one_of("bullet", "ordered"), "indent": number(0, 8), "offset": number(0, 100_000)},
        "rich_text_quote": {},
        "rich_text_preformatted": {"language": string(100)},
    }.items()
}
RICH_TEXT = Shape({**_BLOCK, "elements": items(by_type(RICH_TEXT_PARTS), 0, 1000)}, required=("elements",))
TABLE_CELL = by_type(
    {"raw_text": Shape({"type": anything, "text": string(3000)}, required=("text",)), "rich_text": RICH_TEXT}
)

BLOCKS: dict[str, Check] = {
    "section": Shape(
        {
            **_BLOCK,
            "text": text(3000),
            "fields": items(text(2000), 1, 10),
            "accessory": by_type({"button": BUTTON, "image": IMAGE_ELEMENT, "overflow": OVERFLOW, **MENUS, **CHOICES}),
            "expand": flag,
        },
        also=_section_has_words,
    ),
    "context": Shape({**_BLOCK, "elements": items(_context_element, 1, 10)}, required=("elements",)),
    "divider": Shape(_BLOCK),
    "header": Shape({**_BLOCK, "text": text(150, PLAIN)}, required=("text",)),
    "actions": Shape(
        {**_BLOCK, "elements": items(by_type({"button": BUTTON, "overflow": OVERFLOW, **MENUS, **CHOICES}), 1, 25)},
        required=("elements",),
    ),
    "image": Shape(
        {
            **_BLOCK,
            "image_url": URL,
            "slack_file": anything,
            "alt_text": string(2000),
            "title": text(2000, PLAIN),
        },
        required=("alt_text",),
        also=_image_source,
    ),
    "input": Shape(
        {
            **_BLOCK,
            "label": text(2000, PLAIN),
            "element": by_type({**MENUS, **CHOICES, **INPUTS}),
            "hint": text(2000, PLAIN),
            "optional": flag,
            "dispatch_action": flag,
        },
        required=("label", "element"),
    ),
    "rich_text": RICH_TEXT,
    "table": Shape(
        {**_BLOCK, "rows": items(items(TABLE_CELL, 1, 20), 1, 100), "column_settings": items(anything, 0, 20)},
        required=("rows",),
    ),
}
BLOCK = by_type(BLOCKS)

_VIEW: dict[str, Check] = {
    "type": anything,
    "blocks": items(BLOCK, 0, BLOCKS_PER_VIEW),
    "private_metadata": string(3000),
    "callback_id": ID,
    "external_id": ID,
}


def _input_needs_submit(view: dict[str, Any]) -> str | None:
    blocks = view.get("blocks")
    has_input = isinstance(blocks, list) and any(isinstance(b, dict) and b.get("type") == "input" for b in blocks)
    return "missing required field: submit" if has_input and not view.get("submit") else None


VIEWS: dict[str, Check] = {
    "modal": Shape(
        {
            **_VIEW,
            "title": text(24, PLAIN),
            "submit": text(24, PLAIN),
            "close": text(24, PLAIN),
            "clear_on_close": flag,
            "notify_on_close": flag,
            "submit_disabled": flag,
        },
        required=("title", "blocks"),
        also=_input_needs_submit,
    ),
    "home": Shape(_VIEW, required=("blocks",)),
}
VIEW = by_type(VIEWS)
