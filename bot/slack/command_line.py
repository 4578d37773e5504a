"""What people type: how Slack hands it over, and which words a command knows.

Slack escapes `&`, `<` and `>` in what people type and turns mentions into ids (docs.slack.dev, "Formatting message
text"). Phones and macOS turn quotes and dashes into curly and long ones. All of that is undone here, once, on the way
in; the text that the features see and store is plain, with mentions as `<@U…>` and channels as `<#C…>`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

MENTION = re.compile(r"<@([UW][A-Z0-9]{2,})>")

_TOKEN = re.compile(
    r"<(?:@(?P<user>[UW][A-Z0-9]{2,})(?:\|[^>]*)?"
    r"|#(?P<channel>[CGD][A-Z0-9]{2,})(?:\|[^>]*)?"
    r"|!(?P<special>[^>|]*)(?:\|(?P<special_label>[^>]*))?"
    r"|(?P<link>[^>|@#!][^>|]*)(?:\|(?P<label>[^>]*))?)>"
)
_LITERAL_TOKEN = re.compile(r"<(?=[@#!])")
_CURLY = str.maketrans(
    {"\u201c": '"', "\u201d": '"', "\u201e": '"', "\u2018": "'", "\u2019": "'", "\u00a0": " ", "\u202f": " "}
)
_LONG_DASH = re.compile(r"(?<=\s)[\u2013\u2014](?=\s)")


def decode(text: str) -> str:
    """Slack's escaped text as plain text, mentions kept as ids.

    What somebody typed letter by letter to look like a mention is kept apart from a real one by a word joiner, so that
    drawing the text cannot ping anybody.
    """
    text = storable(text)
    plain: list[str] = []
    end = 0
    for found in _TOKEN.finditer(text):
        plain.append(_unescape(text[end : found.start()]))
        plain.append(_token(found))
        end = found.end()
    plain.append(_unescape(text[end:]))
    return _LONG_DASH.sub("--", "".join(plain).translate(_CURLY))


def storable(text: str) -> str:
    """The text without what PostgreSQL's `text` cannot hold: zero bytes and halves of surrogate pairs."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")


def _unescape(text: str) -> str:
    raw = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return _LITERAL_TOKEN.sub("<\u2060", raw)


def _token(found: re.Match[str]) -> str:
    if user := found["user"]:
        return f"<@{user}>"
    if channel := found["channel"]:
        return f"<#{channel}>"
    if found["special"] is not None:
        return _unescape(found["special_label"] or f"@{found['special']}")
    link, label = _unescape(found["link"]), _unescape(found["label"] or "")
    if link.startswith("mailto:"):
        return label or link.removeprefix("mailto:")
    bare = re.sub(r"^https?://", "", link)
    return link if not label or label in (link, bare) else f"{label} ({link})"


@dataclass(frozen=True, slots=True)
class Subcommand:
    """One word a command knows. `usage` and `example` are whole lines to copy; `does` is one short sentence.

    `hidden` words are understood and left out of the help.
    """

    word: str
    usage: str
    does: str
    example: str
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class SlashCommand:
    """A command as Slack's menu shows it, and the words it knows. `bare` says what it does with no word at all."""

    name: str
    description: str
    bare: str
    words: tuple[Subcommand, ...] = ()

    @property
    def usage_hint(self) -> str:
        """What Slack shows beside the command while somebody types: what may come next."""
        known = [word.word for word in self.words if not word.hidden]
        return f"[{'|'.join(dict.fromkeys([*known, 'help']))}]"

    def split(self, text: str) -> tuple[str, str]:
        """The subcommand (lower case, `""` for none) and the rest of the line with its line breaks."""
        parts = text.strip().split(maxsplit=1)
        if not parts:
            return "", ""
        return parts[0].lower(), parts[1] if len(parts) > 1 else ""

    def nearest(self, word: str) -> Subcommand | None:
        """The known word that `word` was probably meant to be; every command knows `help`."""
        line = f"{self.name} help"
        words = (*self.words, Subcommand("help", line, "shows this", line, hidden=True))
        close = difflib.get_close_matches(word.lower(), [known.word for known in words], n=1, cutoff=0.6)
        return next((known for known in words if known.word in close), None)


def mentions(text: str) -> Sequence[str]:
    """The Slack ids of the people mentioned in decoded text, each once, in order."""
    return tuple(dict.fromkeys(MENTION.findall(text)))
