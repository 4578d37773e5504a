"""Slack's text: escaping, and what the composer makes of `@name`, `#channel` and addresses."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.sandbox.slack.model import BOT_USER_ID
from bot.sandbox.slack.state import Workspace

# Slack cuts a message's text above this number of characters: docs.slack.dev/reference/methods/chat.postMessage
TEXT_LIMIT = 40_000

_CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)
_ADDRESS = re.compile(r"https?://[^\s<>|]*[^\s<>|.,;:!?)\]'\"]")
_PERSON = re.compile(r"(?<![\w@.])@([\w][\w.-]*)")
_CHANNEL = re.compile(r"(?<![\w#&])#([\w][\w-]*)")
_EVERYBODY = {"here": "<!here>", "channel": "<!channel>", "everyone": "<!everyone>"}


def escape(text: str) -> str:
    """Slack's three escapes: docs.slack.dev/messaging/formatting-message-text"""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def as_message(workspace: Workspace, typed: str) -> str:
    """What a person typed, as Slack stores it. Code is left alone, apart from the escapes."""
    parts = _CODE.split(typed)
    return "".join(
        escape(part) if index % 2 else _with_mentions(workspace, part, labels=False) for index, part in enumerate(parts)
    )


def as_command_text(workspace: Workspace, typed: str, *, should_escape: bool) -> str:
    """What a person typed behind a slash command, as the app receives it.

    With `should_escape` people, channels and addresses arrive as `<@U…|name>`, `<#C…|name>` and `<https://…>`:
    docs.slack.dev/interactivity/implementing-slash-commands
    """
    return _with_mentions(workspace, typed, labels=True) if should_escape else escape(typed)


def _with_mentions(workspace: Workspace, typed: str, *, labels: bool) -> str:
    # Addresses first and apart: an `@` or `#` within one is no mention.
    result: list[str] = []
    position = 0
    for match in _ADDRESS.finditer(typed):
        result.append(_mentions(workspace, typed[position : match.start()], labels=labels))
        result.append(f"<{escape(match.group())}>")
        position = match.end()
    result.append(_mentions(workspace, typed[position:], labels=labels))
    return "".join(result)


def _mentions(workspace: Workspace, typed: str, *, labels: bool) -> str:
    def person(match: re.Match[str]) -> str:
        name, rest = _known(match.group(1), lambda n: workspace.person_named(n) is not None or n.lower() in _EVERYBODY)
        if name is None:
            return match.group()
        if name.lower() in _EVERYBODY:
            return _EVERYBODY[name.lower()] + rest
        found = workspace.person_named(name)
        assert found is not None
        return (f"<@{found.id}|{found.name}>" if labels else f"<@{found.id}>") + rest

    def channel(match: re.Match[str]) -> str:
        name, rest = _known(match.group(1), lambda n: workspace.channel_named(n) is not None)
        if name is None:
            return match.group()
        found = workspace.channel_named(name)
        assert found is not None
        return f"<#{found.id}|{found.name}>" + rest

    # Escaping first is safe: the names that are matched cannot hold an escape, and `&amp;#x` is excluded.
    return _CHANNEL.sub(channel, _PERSON.sub(person, escape(typed)))


def _known(name: str, is_known: Callable[[str], bool]) -> tuple[str | None, str]:
    """The longest known name that `name` begins with, up to punctuation, and what stands behind it ("ana." → ".")."""
    rest = ""
    while name:
        if is_known(name):
            return name, rest
        if name[-1] not in ".-_":
            break
        name, rest = name[:-1], name[-1] + rest
    return None, ""


def mentions_bot(text: str) -> bool:
    return f"<@{BOT_USER_ID}>" in text or f"<@{BOT_USER_ID}|" in text
