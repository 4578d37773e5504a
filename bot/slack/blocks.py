"""Building messages and modals out of Block Kit; pure.

Limits are Slack's (docs.slack.dev/reference/block-kit/blocks): 50 blocks a message, 100 a modal; a section's text
3,000 characters, a button's text 75 and value 2,000, a modal's title 24. Text that people wrote goes through `quoted`
and nothing else does: it escapes once, and lets only mentions of people and channels stay what they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

Block = dict[str, Any]

VALUE_VERSION = 1
SECTION_LIMIT = 3000
BLOCK_LIMIT = 50
TEXT_LIMIT = 12_500
"""What all blocks of a message may hold together, with room for buttons: Slack takes about 13,200 characters
(slackapi/bolt-js issue 2509)."""
_COMPACT = json.JSONEncoder(separators=(",", ":")).encode

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Written out because `strftime` follows the machine's locale, and takes longer than a whole card otherwise would.

_KEPT = re.compile(r"&lt;([@#][A-Z0-9]{3,})&gt;")


def escape(text: str) -> str:
    """`text` as Slack shows it letter by letter."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def quoted(text: str, limit: int | None = None) -> str:
    """Somebody's words as mrkdwn: escaped, mentions (`<@U…>`, `<#C…>`) kept; cut with … beyond `limit` characters."""
    if limit is not None and len(text) > limit:
        text = text[: limit - 1].rstrip() + "…"
    return _KEPT.sub(r"<\1>", escape(text))


def mention(slack_id: str | None, name: str) -> str:
    """A person as a mention; by name where they are not in Slack."""
    return f"<@{slack_id}>" if slack_id else escape(name)


def moment(when: datetime, zone: str = "UTC", style: str = "{date_short_pretty} at {time}") -> str:
    """A moment that each reader sees in their own zone; the fallback text is in `zone` (an IANA name)."""
    local = when.astimezone(ZoneInfo(zone))
    spelled = f"{_day(local)} {local.year} {_clock(local)} {local.tzname()}"
    return f"<!date^{int(when.timestamp())}^{style}|{spelled}>"


def spoken(when: datetime, zone: str) -> str:
    """A moment in plain words for the top-level text, for example `Fri 27 Nov 18:00`."""
    local = when.astimezone(ZoneInfo(zone))
    year = f" {local.year}" if local.year != datetime.now(UTC).year else ""
    return f"{_day(local)}{year} {_clock(local)}"


def _day(local: datetime) -> str:
    return f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]}"


def _clock(local: datetime) -> str:
    return f"{local.hour:02}:{local.minute:02}"


def value(**ids: Any) -> str:
    """A button's value: small versioned JSON with ids only, because cards outlive releases."""
    return _COMPACT({"v": VALUE_VERSION, **ids})


def read_value(text: str | None) -> dict[str, Any]:
    """What `value` wrote; `{}` where there is none or it is not ours."""
    try:
        read = json.loads(text or "")
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def plain_text(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": True}


def mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": text}


def section(
    text: str, *, fields: Sequence[str] = (), accessory: Block | None = None, block_id: str | None = None
) -> Block:
    """A paragraph of mrkdwn, with up to ten short fields in two columns and one element at its right."""
    block: Block = {"type": "section"}
    if text:
        block["text"] = mrkdwn(text[:SECTION_LIMIT])
    if fields:
        block["fields"] = [mrkdwn(field[:2000]) for field in fields[:10]]
    if accessory:
        block["accessory"] = accessory
    if block_id:
        block["block_id"] = block_id
    return block


def sections(lines: Iterable[str]) -> list[Block]:
    """Lines as paragraphs: as many of them in each section as Slack takes there, so that none is cut in two."""
    found: list[str] = []
    for line in lines:
        if found and len(found[-1]) + 1 + len(line) <= SECTION_LIMIT:
            found[-1] += f"\n{line}"
        else:
            found.append(line)
    return [section(text) for text in found]


def context(*texts: str) -> Block:
    """Small grey text."""
    return {"type": "context", "elements": [mrkdwn(text[:2000]) for text in texts[:10]]}


def header(text: str) -> Block:
    return {"type": "header", "text": plain_text(text[:150])}


def divider() -> Block:
    return {"type": "divider"}


def actions(*elements: Block, block_id: str | None = None) -> Block:
    """A row of buttons and menus."""
    block: Block = {"type": "actions", "elements": list(elements)}
    return {**block, "block_id": block_id} if block_id else block


def confirm(title: str, text: str, yes: str, no: str = "Cancel") -> Block:
    """The question Slack asks before a button acts."""
    return {
        "title": plain_text(title),
        "text": mrkdwn(text),
        "confirm": plain_text(yes),
        "deny": plain_text(no),
    }


def button(
    text: str,
    action_id: str,
    value: str = "",
    *,
    style: str | None = None,
    url: str | None = None,
    label: str | None = None,
    confirm: Block | None = None,
) -> Block:
    """A button. `style` is None, `primary` or `danger`; `label` is what a screen reader says instead of `text`."""
    element: Block = {"type": "button", "text": plain_text(text[:75]), "action_id": action_id}
    for name, given in (
        ("value", value),
        ("style", style),
        ("url", url),
        ("accessibility_label", label),
        ("confirm", confirm),
    ):
        if given:
            element[name] = given
    return element


def option(text: str, value: str) -> Block:
    return {"text": plain_text(text[:75]), "value": value}


def select(action_id: str, placeholder: str, choices: Mapping[str, str], chosen: str | None = None) -> Block:
    """A menu of `choices` (value → text); `chosen` is the value it starts with."""
    element: Block = {
        "type": "static_select",
        "action_id": action_id,
        "placeholder": plain_text(placeholder),
        "options": [option(text, key) for key, text in choices.items()],
    }
    if chosen is not None and chosen in choices:
        element["initial_option"] = option(choices[chosen], chosen)
    return element


def text_input(
    action_id: str,
    *,
    initial: str = "",
    multiline: bool = False,
    max_length: int = 3000,
    placeholder: str = "",
) -> Block:
    element: Block = {
        "type": "plain_text_input",
        "action_id": action_id,
        "multiline": multiline,
        "max_length": max_length,
    }
    if initial:
        element["initial_value"] = initial[:max_length]
    if placeholder:
        element["placeholder"] = plain_text(placeholder[:150])
    return element


def people_select(action_id: str, placeholder: str, chosen: str | None = None) -> Block:
    element: Block = {"type": "users_select", "action_id": action_id, "placeholder": plain_text(placeholder)}
    return {**element, "initial_user": chosen} if chosen else element


def channel_select(action_id: str, placeholder: str, chosen: str | None = None) -> Block:
    element: Block = {
        "type": "conversations_select",
        "action_id": action_id,
        "placeholder": plain_text(placeholder),
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    return {**element, "initial_conversation": chosen} if chosen else element


def moment_input(action_id: str, chosen: datetime | None = None) -> Block:
    """A date and time picker; people see and choose it in their own zone."""
    element: Block = {"type": "datetimepicker", "action_id": action_id}
    return {**element, "initial_date_time": int(chosen.timestamp())} if chosen else element


def field(block_id: str, label: str, element: Block, *, optional: bool = False, hint: str = "") -> Block:
    """An input of a form. Its element's `action_id` is by custom the same as `block_id`."""
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain_text(label),
        "element": element,
        "optional": optional,
    }
    return {**block, "hint": plain_text(hint)} if hint else block


def modal(
    title: str,
    blocks: Sequence[Block],
    *,
    callback_id: str = "",
    submit: str | None = None,
    close: str = "Cancel",
    metadata: Mapping[str, Any] | None = None,
) -> Block:
    """A modal view. `metadata` comes back with the submission, at most 3,000 characters of JSON."""
    view: Block = {
        "type": "modal",
        "title": plain_text(title[:24]),
        "close": plain_text(close[:24]),
        "blocks": list(blocks)[:100],
    }
    if submit:
        view["submit"] = plain_text(submit[:24])
    if callback_id:
        view["callback_id"] = callback_id
    if metadata:
        view["private_metadata"] = _COMPACT(metadata)
    return view


def fitting(blocks: Sequence[Block]) -> list[Block]:
    """The blocks as far as Slack takes them in one message; of those behind, the rows of buttons stay.

    For answers that cannot be sent again: Slack would drop the whole of one that is too long.
    """
    room = TEXT_LIMIT
    for place, block in enumerate(blocks):
        room -= sum(len(text) for text in _texts(block))
        if room < 0 or (place == BLOCK_LIMIT - 1 and len(blocks) > BLOCK_LIMIT):
            buttons = [later for later in blocks[place:] if later["type"] == "actions"][-2:]
            kept = blocks[: min(place, BLOCK_LIMIT - 1 - len(buttons))]
            return [*kept, context("… there is more than one message of Slack's holds."), *buttons]
    return list(blocks)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, part in value.items():
            if name == "text" and isinstance(part, str):
                yield part
            else:
                yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def message(text: str, blocks: Sequence[Block] = ()) -> dict[str, Any]:
    """What `chat.postMessage` and `chat.update` take; `text` is a whole sentence, which screen readers read out."""
    return {"text": text, "blocks": list(blocks)[:BLOCK_LIMIT]} if blocks else {"text": text}
