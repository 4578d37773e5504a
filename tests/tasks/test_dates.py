"""Dates in plain English, read with a clock that is handed in."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refusal
from bot.tasks import dates

SUNDAY_NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BERLIN, NEW_YORK, KOLKATA, AUCKLAND = "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"


def end(
    text: str, *, now: datetime = SUNDAY_NOON, zone: str = "UTC", owner: str | None = None, order: str = "DMY"
) -> str:
    found = dates.read(text, now, zone, order).end(now, zone, owner or zone)
    assert found.tzinfo is UTC
    return f"{found:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("friday", "2026-11-27 18:00"),
        ("Fri", "2026-11-27 18:00"),
        ("on friday", "2026-11-27 18:00"),
        ("this friday", "2026-11-27 18:00"),
        ("next friday", "2026-11-27 18:00"),
        ("friday 17:00", "2026-11-27 17:00"),
        ("fri at 5:30pm", "2026-11-27 17:30"),
        ("5pm friday", "2026-11-27 17:00"),
        ("sunday", "2026-11-22 18:00"),
        ("sunday 11:00", "2026-11-29 11:00"),
        ("sunday 14:00", "2026-11-22 14:00"),
        ("next sunday", "2026-11-29 18:00"),
        ("today", "2026-11-22 18:00"),
        ("today 12am", None),
        ("tomorrow", "2026-11-23 18:00"),
        ("tomorrow 5pm", "2026-11-23 17:00"),
        ("tomorrow at noon", "2026-11-23 12:00"),
        ("13:00", "2026-11-22 13:00"),
        ("11:00", "2026-11-23 11:00"),
        ("in 3 days", "2026-11-25 18:00"),
        ("3 days", "2026-11-25 18:00"),
        ("in a week", "2026-11-29 18:00"),
        ("in 2 hours", "2026-11-22 14:00"),
        ("in 90 minutes", "2026-11-22 13:30"),
        ("in 2 months", "2027-01-22 18:00"),
        ("2026-12-01", "2026-12-01 18:00"),
        ("2026-12-01 17:00", "2026-12-01 17:00"),
        ("2026-12-01T17:00", "2026-12-01 17:00"),
        ("27 nov", "2026-11-27 18:00"),
        ("Nov 27th 5pm", "2026-11-27 17:00"),
        ("12 nov", "2027-11-12 18:00"),
        ("1 December 2026 18:30", "2026-12-01 18:30"),
        ("11/12", "2026-12-11 18:00"),
        ("11.12. 9:00", "2026-12-11 09:00"),
    ],
)
def test_a_date_means_the_next_such_moment(text: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(Refusal, match="past"):
            end(text)
    else:
        assert end(text) == expected


@pytest.mark.parametrize(
    ("order", "expected"), [("DMY", "2026-12-11 18:00"), ("MDY", "2027-11-12 18:00"), ("YMD", "2027-11-12 18:00")]
)
def test_two_numbers_are_read_in_the_order_of_the_deployment(order: str, expected: str) -> None:
    assert end("11/12", order=order) == expected


@pytest.mark.parametrize("text", ["2020-01-01", "yesterday", "3 days ago", "0001-01-01", "today 11:00", "1 dec 2020"])
def test_what_is_past_is_refused_as_past(text: str) -> None:
    with pytest.raises(Refusal, match="in the past"):
        end(text)


@pytest.mark.parametrize("text", ["2126-01-01", "9999-12-31", "in 9999 weeks"])
def test_what_is_too_far_away_is_refused_as_a_mistake(text: str) -> None:
    with pytest.raises(Refusal, match="ten years"):
        end(text)


@pytest.mark.parametrize("text", ["", "soon", "25:00", "13pm", "2026-13-01", "2026-02-30", "december", "5", "x" * 99])
def test_what_is_no_date_is_refused_with_what_is_understood(text: str) -> None:
    with pytest.raises(Refusal, match="cannot read the date") as refused:
        end(text)
    assert "tomorrow 5pm" in refused.value.message


def test_what_was_typed_is_escaped_when_it_is_quoted_back() -> None:
    with pytest.raises(Refusal) as refused:
        end("<!channel>")
    assert "<!channel>" not in refused.value.message


def test_a_time_is_the_writers_and_a_day_alone_ends_with_the_assignees_work() -> None:
    assert end("friday 17:00", zone=BERLIN, owner=NEW_YORK) == "2026-11-27 16:00"
    assert end("friday", zone=BERLIN, owner=NEW_YORK) == "2026-11-27 23:00"


def test_the_day_is_the_writers_own() -> None:
    # 12:00 UTC on Sunday is Monday, 01:00, in Auckland.
    assert end("today", zone=AUCKLAND) == "2026-11-23 05:00"
    assert end("monday 17:00", zone=AUCKLAND) == "2026-11-23 04:00"


def test_today_after_work_ends_with_the_day() -> None:
    evening = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)
    assert end("today", now=evening) == "2026-11-22 23:59"


def test_today_ends_with_the_writers_day_where_the_assignees_is_over() -> None:
    # 15:00 UTC is 10:00 in New York, and 04:00 of the next day in Auckland.
    afternoon = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
    assert end("today", now=afternoon, zone=NEW_YORK, owner=AUCKLAND) == "2026-11-23 04:59"


def test_a_weekday_whose_work_is_over_today_means_next_week() -> None:
    friday_evening = datetime(2026, 11, 27, 19, 0, tzinfo=UTC)
    assert end("friday", now=friday_evening) == "2026-12-04 18:00"


def test_a_day_across_a_change_of_the_clock_keeps_its_hour() -> None:
    # New York leaves daylight-saving time on 1 November 2026, at 06:00 UTC.
    before = datetime(2026, 10, 31, 12, 0, tzinfo=UTC)
    assert end("saturday 17:00", now=before, zone=NEW_YORK) == "2026-10-31 21:00"
    assert end("monday 17:00", now=before, zone=NEW_YORK) == "2026-11-02 22:00"


def test_hours_across_a_change_of_the_clock_are_real_hours() -> None:
    # In Berlin the clock goes from 02:00 to 03:00 on 28 March 2027, at 01:00 UTC.
    night = datetime(2027, 3, 28, 0, 30, tzinfo=UTC)
    assert end("in 2 hours", now=night, zone=BERLIN) == "2027-03-28 02:30"


def test_a_time_that_the_clock_leaves_out_is_moved_on() -> None:
    evening = datetime(2027, 3, 27, 20, 0, tzinfo=UTC)
    assert end("tomorrow 02:30", now=evening, zone=BERLIN) == "2027-03-28 01:30"


def test_a_zone_of_half_hours_works_too() -> None:
    assert end("tomorrow 9:00", zone=KOLKATA) == "2026-11-23 03:30"


def start(text: str, zone: str = "UTC", owner: str | None = None) -> datetime:
    return dates.read(text, SUNDAY_NOON, zone, "DMY").start(SUNDAY_NOON, zone, owner or zone)


def test_a_start_without_a_time_is_the_beginning_of_the_assignees_work() -> None:
    assert start("monday", zone=BERLIN, owner=NEW_YORK) == datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def test_a_start_today_is_now_and_one_in_the_past_is_allowed() -> None:
    assert start("today") == SUNDAY_NOON
    assert start("2026-11-20 10:00") == datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def test_a_whole_day_is_the_readers() -> None:
    begin, after = dates.read("friday", SUNDAY_NOON, BERLIN, "DMY").whole_day(SUNDAY_NOON, BERLIN)
    assert (begin.isoformat(), after.isoformat()) == ("2026-11-26T23:00:00+00:00", "2026-11-27T23:00:00+00:00")


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("tomorrow 5pm and more", "tomorrow 5pm"),
        ("in 3 days @ana", "in 3 days"),
        ("friday 3 bugs", "friday"),
        ("next friday at 17:00, urgent", "next friday at 17:00"),
        ("27 nov 18:00 !high", "27 nov 18:00"),
        ("fridays are free", ""),
        ("monkey", ""),
        ("11/12", "11/12"),
        ("17:00 friday lunch", "17:00 friday"),
    ],
)
def test_a_date_ends_where_the_words_stop_to_be_one(text: str, date: str) -> None:
    assert text[: dates.extent(text)] == date


@given(st.text(max_size=80), st.sampled_from(["DMY", "MDY", "YMD"]), st.sampled_from([BERLIN, AUCKLAND, NEW_YORK]))
def test_any_text_is_a_date_ahead_or_a_refusal(text: str, order: str, zone: str) -> None:
    with suppress(Refusal):
        when = dates.read(text, SUNDAY_NOON, zone, order)
        assert when.end(SUNDAY_NOON, zone, KOLKATA) > SUNDAY_NOON


_PIECES = ("in", "next", "fri", "12", "31", "nov", "5pm", "25:61", "/", "ago", "2026", "-", "week", "at", "th", "0")


@given(st.lists(st.sampled_from(_PIECES), max_size=6).map(" ".join))
def test_any_heap_of_date_words_is_a_date_ahead_or_a_refusal(text: str) -> None:
    with suppress(Refusal):
        assert dates.read(text, SUNDAY_NOON, BERLIN, "DMY").end(SUNDAY_NOON, BERLIN, BERLIN) > SUNDAY_NOON
