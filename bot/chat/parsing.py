"""What people type after `/chat`, as values; pure.

Every function returns its value or raises `Refusal` with a sentence for the person.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.errors import Refusal
from bot.tasks import dates

LONGEST_TEXT = 3000
"""What a section block holds, escapes included (docs.slack.dev/reference/block-kit/blocks/section-block)."""
MOST_AT_ONCE = 20
"""So many messages, two blocks each, fit beside heading and buttons into a message's 50 blocks."""

SEND_EXAMPLE = "/chat @bo The build is green"
HISTORY_EXAMPLE = "/chat history @bo since:monday 20"

_TO = re.compile(
    r"<(?:@(?P<person>[UW][A-Z0-9]{2,})|#(?P<channel>[CG][A-Z0-9]{2,}))>[:,]?(?:\s+|$)(?P<text>.*)", re.DOTALL
)
_PERSON = re.compile(r"<@([UW][A-Z0-9]{2,})>")
_CHANNEL = re.compile(r"<#[CG][A-Z0-9]{2,}>")
_WITHOUT_YEAR = re.compile(
    r"(?<![\d/.])\d{1,2}[/.]\d{1,2}(?![/.]?\d)|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec", re.IGNORECASE
)
_SINCE = re.compile(r'since:(?:"(?P<quoted>[^"]*)"|(?P<rest>.*))', re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message about to be sent: to a person or to a channel, by Slack id; one of the two is None."""

    text: str
    person: str | None
    channel: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A stretch of history: with `person` (Slack id), or None for the channel it is asked in.

    `since` is a date in the person's words, read by `since_when`; `count` is how many messages a page holds.
    """

    person: str | None
    since: str | None = None
    count: int = MOST_AT_ONCE


def outgoing(text: str) -> Outgoing:
    """`@bo The build is green` or `#design Mock-ups are up`."""
    found = _TO.fullmatch(text.strip())
    if not found:
        raise Refusal(_nobody_named(text), example=SEND_EXAMPLE)
    said = found["text"].strip()
    if not said:
        raise Refusal("There is nothing to send after the name.", example=SEND_EXAMPLE)
    # As Slack counts: `&`, `<` and `>` are longer there.
    if (length := len(html.escape(said, quote=False))) > LONGEST_TEXT:
        raise Refusal(
            f"That message has {length:,} characters, and {LONGEST_TEXT:,} are the most. Please send it in parts.",
            example=SEND_EXAMPLE,
        )
    return Outgoing(said, found["person"], found["channel"])


def _nobody_named(text: str) -> str:
    first = (text.split(maxsplit=1) or [""])[0]
    if first.startswith(("@", "#")):
        return (
            f"Slack did not tell me who or what `{_shown(first)}` is."
            " Choose the name from the list that opens while you type it."
        )
    return "A message begins with whom it is for: a person or a channel, chosen from Slack's list."


def history(text: str) -> Asked:
    """`[@bo|here] [since:monday] [20]`, in any order."""
    asked = Asked(None)
    rest, named = text.strip(), False
    while rest:
        if found := _SINCE.match(rest):
            if asked.since is not None:
                raise Refusal("There are two dates; please give one.", example=HISTORY_EXAMPLE)
            since, rest = _date_and_rest(found, rest)
            asked = replace(asked, since=since)
            continue
        word, *more = rest.split(maxsplit=1)
        rest = more[0] if more else ""
        person = _PERSON.fullmatch(word)
        if person or word.lower() == "here":
            if named:
                raise Refusal("I can show one conversation at a time.", example=HISTORY_EXAMPLE)
            named, asked = True, replace(asked, person=person[1] if person else None)
        elif word.isdecimal():
            asked = replace(asked, count=_count(word))
        elif _CHANNEL.fullmatch(word):
            raise Refusal(
                f"What was written into {word} is shown there: ask with `here` in that channel.",
                example="/chat history here",
            )
        else:
            raise Refusal(
                f"I do not understand `{_shown(word)}`. Name a person or `here`, a date after `since:`,"
                " and how many messages you want to see.",
                example=HISTORY_EXAMPLE,
            )
    return asked


def _date_and_rest(found: re.Match[str], typed: str) -> tuple[str, str]:
    if found["quoted"] is not None:
        return found["quoted"], typed[found.end() :].strip()
    # A date may have several words: "since:3 nov 20" asks for twenty messages since the third of November.
    rest = found["rest"]
    length = dates.extent(rest) or len((rest.split(maxsplit=1) or [""])[0])
    return rest[:length], rest[length:].strip()


def _count(word: str) -> int:
    count = int(word[:6])
    if not 1 <= count <= MOST_AT_ONCE:
        raise Refusal(
            f"I can show from 1 to {MOST_AT_ONCE} messages at once; buttons lead to the others.",
            example=HISTORY_EXAMPLE,
        )
    return count


def since_when(text: str, now: datetime, zone: str, order: str) -> datetime:
    """The latest moment (aware, UTC) that a date can mean which is not ahead of `now`.

    `zone` is the person's (IANA), `order` decides what `11/12` is. A day alone means its beginning.
    """
    try:
        when = dates.read(text, now, zone, order)
    except Refusal as refusal:
        refusal.example = HISTORY_EXAMPLE
        raise
    # "monday" and "3 nov" are read as the next ones; here the last ones are meant.
    if when.comes_again and _begin(when, now, zone) > now:
        when = replace(when, day=when.day - when.comes_again)
    elif _WITHOUT_YEAR.search(text) and not re.search(r"\d{4}", text):
        while _begin(when, now, zone) > now:
            when = replace(when, day=_a_year_before(when.day))
    begin = _begin(when, now, zone)
    if begin > now:
        raise Refusal("That date is still ahead, so there are no messages since then.", example=HISTORY_EXAMPLE)
    return begin


def _a_year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        # Only the 29th of February is not to be found in the year before.
        return day.replace(year=day.year - 1, day=28)


def _begin(when: dates.When, now: datetime, zone: str) -> datetime:
    if when.moment or when.at:
        return when.start(now, zone, zone)
    return when.whole_day(now, zone)[0]


def _shown(word: str) -> str:
    """A word as it is repeated to the person: short, escaped, and without what would end a code span."""
    return html.escape(word[:40].replace("`", "'"), quote=False)
