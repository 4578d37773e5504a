"""Lines after `/chat`: what is read from them, and what is said about those that cannot be read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import parsing
from bot.chat.parsing import Asked, Outgoing
from bot.errors import Refusal

BO, DESIGN = "<@U0SAMPLEBO>", "<#C0DESIGN>"
SUNDAY = datetime(2026, 11, 22, 12, tzinfo=UTC)
PIECES = st.sampled_from(
    [
        BO,
        DESIGN,
        " ",
        "\n",
        "here",
        "since:",
        "since:monday",
        'since:"3 days ago"',
        "20",
        "0",
        "text",
        "@bo",
        "<@",
        "&",
        "²",
    ]
)
LINES = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=8).map("".join))


def refused(read: object, *arguments: object) -> str:
    with pytest.raises(Refusal) as caught:
        read(*arguments)  # type: ignore[operator]
    assert caught.value.example
    return caught.value.message


@pytest.mark.parametrize(
    "line", [f"{BO} The build\nis green", f"{BO}: The build\nis green", f" {BO},  The build\nis green "]
)
def test_a_message_to_a_person(line: str) -> None:
    assert parsing.outgoing(line) == Outgoing("The build\nis green", "U0SAMPLEBO", None)


def test_a_message_to_a_channel_keeps_the_mentions_in_it() -> None:
    assert parsing.outgoing(f"{DESIGN} for {BO}") == Outgoing(f"for {BO}", None, "C0DESIGN")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "begins with whom it is for"),
        ("hello there", "begins with whom it is for"),
        ("@bo hello", "did not tell me who or what `@bo` is"),
        ("#design hello", "did not tell me who or what `#design` is"),
        (BO, "nothing to send"),
        (f"{BO} \n ", "nothing to send"),
        (f"{BO} {'x' * 3001}", "3,001 characters"),
        (f"{BO} {'&' * 601}", "3,005 characters"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_a_reason(line: str, said: str) -> None:
    assert said in refused(parsing.outgoing, line)


def test_the_longest_message_is_taken() -> None:
    assert len(parsing.outgoing(f"{BO} {'x' * 3000}").text) == 3000


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("", Asked(None)),
        ("here", Asked(None)),
        ("HERE 5", Asked(None, None, 5)),
        (f"{BO} since:monday 20", Asked("U0SAMPLEBO", "monday", 20)),
        (f"20 since:3 nov {BO}", Asked("U0SAMPLEBO", "3 nov", 20)),
        (f'since:"3 days ago" {BO}', Asked("U0SAMPLEBO", "3 days ago", 20)),
        ("since:yesterday 3", Asked(None, "yesterday", 3)),
    ],
)
def test_what_history_is_asked_for(line: str, asked: Asked) -> None:
    assert parsing.history(line) == asked


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"{BO} here", "one conversation at a time"),
        ("here here", "one conversation at a time"),
        ("since:monday since:friday", "two dates"),
        ("0", "from 1 to 20"),
        ("21", "from 1 to 20"),
        ("9" * 5000, "from 1 to 20"),
        ("@bo", "do not understand `@bo`"),
        ("<#C0WEBTEAM>", "with `here` in that channel"),
        ("<!channel>", "do not understand `&lt;!channel&gt;`"),
    ],
)
def test_what_history_cannot_be_asked_for(line: str, said: str) -> None:
    assert said in refused(parsing.history, line)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("monday", "2026-11-15T23:00+00:00"),
        ("sunday", "2026-11-21T23:00+00:00"),
        ("today", "2026-11-21T23:00+00:00"),
        ("yesterday", "2026-11-20T23:00+00:00"),
        ("3 nov", "2026-11-02T23:00+00:00"),
        ("24 dec", "2025-12-23T23:00+00:00"),
        ("2026-11-01", "2026-10-31T23:00+00:00"),
        ("monday 17:00", "2026-11-16T16:00+00:00"),
        ("today 9:00", "2026-11-22T08:00+00:00"),
    ],
)
def test_since_means_the_last_time_it_was_that_day(text: str, moment: str) -> None:
    assert parsing.since_when(text, SUNDAY, "Europe/Berlin", "DMY") == datetime.fromisoformat(moment)


def test_since_a_leap_day_is_the_last_february() -> None:
    assert parsing.since_when("29 feb", SUNDAY, "UTC", "DMY") < SUNDAY


def test_since_a_day_to_come_is_refused() -> None:
    assert "still ahead" in refused(parsing.since_when, "2027-01-01", SUNDAY, "UTC", "DMY")
    assert "still ahead" in refused(parsing.since_when, "in 3 days", SUNDAY, "UTC", "DMY")


def test_an_unreadable_since_comes_with_an_example_of_history() -> None:
    with pytest.raises(Refusal) as unreadable:
        parsing.since_when("foo", SUNDAY, "UTC", "DMY")
    assert unreadable.value.example == parsing.HISTORY_EXAMPLE


@given(LINES)
def test_any_line_is_a_message_or_a_refusal(line: str) -> None:
    try:
        read = parsing.outgoing(line)
    except Refusal:
        return
    assert read.text
    assert (read.person is None) != (read.channel is None)


@given(LINES)
def test_any_line_asks_for_history_or_is_refused(line: str) -> None:
    try:
        read = parsing.history(line)
    except Refusal:
        return
    assert 1 <= read.count <= 20


@given(st.text(max_size=30), st.sampled_from(["UTC", "Asia/Kolkata", "America/Los_Angeles"]))
def test_any_words_are_a_moment_in_the_past_or_refused(text: str, zone: str) -> None:
    try:
        moment = parsing.since_when(text, SUNDAY, zone, "DMY")
    except Refusal:
        return
    assert moment <= SUNDAY
