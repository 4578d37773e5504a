"""A message or view as plain text, as a person reads it: for the tests, and for a sandbox without a page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo

from bot.sandbox.slack.block_kit import elements_of
from bot.sandbox.slack.element_values import FIELDS
from bot.sandbox.slack.formatting import unescape
from bot.sandbox.slack.model import Json

_SPECIAL = re.compile(r"<([^<>]*)>")

# Slack's tokens within `<!date^…^{token}|…>`, in the patterns of `strftime`:
# docs.slack.dev/messaging/formatting-message-text#date-formatting
_DATE_TOKENS = {
    "date_num": "%Y-%m-%d",
    "date": "%B %-d, %Y",
    "date_short": "%b %-d, %Y",
    "date_long": "%A, %B %-d, %Y",
    "date_pretty": "%B %-d, %Y",
    "date_short_pretty": "%b %-d, %Y",
    "date_long_pretty": "%A, %B %-d, %Y",
    "date_slash": "%m/%d/%Y",
    "day_divider_pretty": "%A, %B %-d",
    "time": "%-I:%M %p",
    "time_secs": "%-I:%M:%S %p",
    "ago": "%Y-%m-%d %H:%M",
}


def render_text(message: Json, names: Mapping[str, str] | None = None, tz: tzinfo = UTC) -> str:
    """The words of a message or view: blocks where it has any, else its text; buttons as `[Done]`.

    `names` turns ids of people and channels into names; dates are shown in `tz`.
    """
    names = names or {}
    lines: list[str] = []
    if title := message.get("title"):
        lines.append(_text(title, names, tz))
    blocks = message.get("blocks") or []
    if not blocks and message.get("text"):
        lines.append(render_mrkdwn(message["text"], names, tz))
    for block in blocks:
        lines += _block(block, names, tz)
    for attachment in message.get("attachments") or []:
        lines += [render_mrkdwn(attachment[key], names, tz) for key in ("title", "text") if attachment.get(key)]
        for block in attachment.get("blocks") or []:
            lines += _block(block, names, tz)
    for button in ("close", "submit"):
        if message.get(button):
            lines.append(f"[{_text(message[button], names, tz)}]")
    return "\n".join(line for line in lines if line)


def render_mrkdwn(text: str, names: Mapping[str, str] | None = None, tz: tzinfo = UTC) -> str:
    """Slack's text with its mentions, links and dates spelled out and its escapes undone."""
    known = names or {}
    return unescape(_SPECIAL.sub(lambda match: _special(match.group(1), known, tz), text))


def _special(inner: str, names: Mapping[str, str], tz: tzinfo) -> str:
    target, _, label = inner.partition("|")
    if target.startswith("@"):
        return "@" + (names.get(target[1:]) or label or target[1:])
    if target.startswith("#"):
        return "#" + (label or names.get(target[1:]) or target[1:])
    if target.startswith("!date^"):
        return _date(target, label, tz)
    if target.startswith("!"):
        return label or "@" + target[1:].partition("^")[0]
    return label or target


def _date(target: str, fallback: str, tz: tzinfo) -> str:
    parts = target.split("^")
    try:
        moment = datetime.fromtimestamp(int(parts[1]), UTC).astimezone(tz)
        return re.sub(r"\{(\w+)\}", lambda match: moment.strftime(_DATE_TOKENS[match.group(1)]), parts[2])
    except (ValueError, IndexError, KeyError, OverflowError):
        return fallback


def _text(text: Json, names: Mapping[str, str], tz: tzinfo) -> str:
    words = str(text.get("text", ""))
    return words if text.get("type") == "plain_text" else render_mrkdwn(words, names, tz)


def _block(block: Json, names: Mapping[str, str], tz: tzinfo) -> list[str]:
    kind = block["type"]
    if kind == "divider":
        return ["---"]
    if kind == "section":
        lines = [_text(block["text"], names, tz)] if block.get("text") else []
        lines += [_text(each, names, tz) for each in block.get("fields") or []]
        return lines + _elements(block, names, tz)
    if kind == "header":
        return [_text(block["text"], names, tz)]
    if kind == "context":
        parts = [e.get("alt_text", "") if e["type"] == "image" else _text(e, names, tz) for e in block["elements"]]
        return [" ".join(parts)]
    if kind == "actions":
        return [" ".join(_elements(block, names, tz))]
    if kind == "image":
        return [f"[image: {block['alt_text']}]"]
    if kind == "input":
        optional = " (optional)" if block.get("optional") else ""
        return [f"{_text(block['label'], names, tz)}{optional}: {' '.join(_elements(block, names, tz))}"]
    if kind == "rich_text":
        return [_rich(block, names)]
    if kind == "table":
        return [
            " | ".join(cell["text"] if cell["type"] == "raw_text" else _rich(cell, names) for cell in row)
            for row in block["rows"]
        ]
    return []


def _elements(block: Json, names: Mapping[str, str], tz: tzinfo) -> list[str]:
    return [f"[{_element(element, names, tz)}]" for element in elements_of(block)]


def _element(element: Json, names: Mapping[str, str], tz: tzinfo) -> str:
    if element["type"] == "button":
        return _text(element["text"], names, tz)
    options = element.get("options")
    if element["type"] in ("checkboxes", "radio_buttons", "overflow") and options:
        return " / ".join(_text(option["text"], names, tz) for option in options)
    first = element.get("initial_option")
    if first:
        return _text(first["text"], names, tz)
    field = FIELDS[element["type"]]
    chosen = element.get("initial_value" if field == "value" else field.replace("selected_", "initial_"))
    if isinstance(chosen, list):
        return ", ".join(_text(o["text"], names, tz) if isinstance(o, dict) else names.get(o, o) for o in chosen)
    if chosen:
        return names.get(str(chosen), str(chosen))
    return _text(element["placeholder"], names, tz) if element.get("placeholder") else ""


def _rich(part: Json, names: Mapping[str, str]) -> str:
    """The words of a rich_text block or of a part of one."""
    kind = part.get("type", "")
    if kind == "user":
        return "@" + names.get(part["user_id"], part["user_id"])
    if kind == "channel":
        return "#" + names.get(part["channel_id"], part["channel_id"])
    if kind == "emoji":
        return f":{part['name']}:"
    if kind == "broadcast":
        return f"@{part['range']}"
    if kind == "link":
        return str(part.get("text") or part["url"])
    if kind == "date":
        return str(part.get("fallback", ""))
    if "elements" not in part:
        return str(part.get("text", ""))
    between = "\n" if kind in ("rich_text", "rich_text_list") else ""
    return between.join(_rich(each, names) for each in part["elements"])
