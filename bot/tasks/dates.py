"""Dates as people say them: `friday`, `tomorrow 5pm`, `in 3 days`, `27 nov`, `11/12`, `2026-12-01 17:00`; pure.

The common forms are read here; months, slashes and whatever else plain English holds are left to `dateparser`, which
takes about a millisecond each (and a quarter of a second the first time). Nothing reads the machine's clock: `now` is
handed in.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateparser.date import DateDataParser

from bot.errors import Refusal

END_OF_WORK = time(18)
START_OF_WORK = time(9)
END_OF_DAY = time(23, 59)
"""What a day without a time means: for an end, for a start, and for `today` when work is over."""

FARTHEST = timedelta(days=3660)
"""About ten years: whatever lies beyond is a typing error."""

LONGEST = 60

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = (
    r"(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_CLOCK = r"(?:at\s+)?(?:\d{1,2}:\d{2}(?:\s?[ap]m)?|\d{1,2}\s?[ap]m|noon)"

_LAPSE = re.compile(r"(?:in\s+)?(?P<count>\d{1,4}|an?)\s+(?P<unit>minute|min|hour|day|week)s?")
_TIME_LAST = re.compile(rf"(?P<day>.*?)(?:^|,?\s+|(?<=\d)t)(?P<clock>{_CLOCK})")
_TIME_FIRST = re.compile(rf"(?P<clock>{_CLOCK})\s+(?P<day>.+)")
_TIME = re.compile(r"(?:at\s+)?(?:(?P<hour>\d{1,2})(?::(?P<minute>\d{2}))?\s?(?P<half>[ap]m)?|noon)")
_DAY = re.compile(
    rf"(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})|(?P<near>today|tomorrow)|(?:(?P<next>next|this|on)\s+)?(?P<weekday>{_WEEKDAY})"
)

_DATE = (
    r"(?:\d{4}-\d{2}-\d{2}(?:t\d{2}:\d{2})?"
    r"|today|tomorrow|tonight"
    r"|(?:in\s+)?(?:\d{1,4}|an?)\s+(?:minute|min|hour|day|week|month)s?"
    rf"|next\s+(?:week|month)|(?:(?:next|this|on)\s+)?{_WEEKDAY}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:,?\s+20\d{{2}})?"
    rf"|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+20\d{{2}})?"
    r"|\d{1,2}[/.]\d{1,2}(?:[/.](?:\d{4}|\d{2}))?\.?)"
)
_TWO_NUMBERS = re.compile(r"\d{1,2}[/.]\d{1,2}(?![/.\d])")
_SHAPE = re.compile(rf"(?:{_DATE}(?:,?\s+{_CLOCK})?|{_CLOCK}(?:\s+{_DATE})?)(?=[\s,;]|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class When:
    """A date that was read: its day in the writer's zone, and its time of day where one was said.

    `moment` (aware, UTC) is set where the words mean one moment whatever the day: "in 3 hours". `comes_again` is true
    for weekdays and mere times, which mean the next one that is still ahead.
    """

    text: str
    day: date
    at: time | None = None
    moment: datetime | None = None
    comes_again: timedelta | None = None

    def _in(self, zone: str, at: time) -> datetime:
        return datetime.combine(self.day, at, ZoneInfo(zone)).astimezone(UTC)

    def end(self, now: datetime, zone: str, owner_zone: str) -> datetime:
        """The end it means (aware, UTC), always after `now`.

        A time is the writer's, in `zone`; a day alone ends with the assignee's work, in `owner_zone`, and today when
        that is over, with the day. Raises `Refusal` for what is past or too far away.
        """
        _check_range(self, now)
        if self.moment:
            found = [self.moment]
        elif self.at:
            found = [self._in(zone, self.at)]
        else:
            found = [self._in(owner_zone, END_OF_WORK)]
        if self.comes_again:
            later = When(self.text, self.day + self.comes_again, self.at)
            found.append(later._in(zone, self.at) if self.at else later._in(owner_zone, END_OF_WORK))
        elif self.day == now.astimezone(ZoneInfo(zone)).date() and not self.at and not self.moment:
            found += [self._in(owner_zone, END_OF_DAY), self._in(zone, END_OF_DAY)]
        ahead = next((moment for moment in found if moment > now), None)
        if ahead is None:
            raise past(self.text)
        return ahead

    def start(self, now: datetime, zone: str, owner_zone: str) -> datetime:
        """The start it means (aware, UTC): a day alone begins with the assignee's work, today begins now."""
        _check_range(self, now, look_back=FARTHEST)
        if self.moment:
            return self.moment
        if self.at:
            return self._in(zone, self.at)
        if self.day == now.astimezone(ZoneInfo(zone)).date():
            return now
        return self._in(owner_zone, START_OF_WORK)

    def whole_day(self, now: datetime, zone: str) -> tuple[datetime, datetime]:
        """The beginning of its day and of the next one, in `zone` (aware, UTC)."""
        _check_range(self, now, look_back=FARTHEST)
        next_day = When(self.text, self.day + timedelta(days=1))
        return self._in(zone, time()), next_day._in(zone, time())


def past(text: str) -> Refusal:
    return Refusal(f"“{_plain(text)}” is in the past. Choose a moment that is still ahead.", example="due:tomorrow 5pm")


def unreadable(text: str) -> Refusal:
    return Refusal(
        f"I cannot read the date “{_plain(text)}”. I understand `tomorrow 5pm`, `fri`, `in 3 days`, `27 nov` and "
        "`2026-12-01 17:00`.",
        example="due:friday",
    )


def _plain(text: str) -> str:
    return html.escape(text[:LONGEST], quote=False)


def _check_range(when: When, now: datetime, look_back: timedelta = timedelta(days=1)) -> None:
    # Before any arithmetic, which would overflow at the ends of the calendar.
    if when.day < now.date() - look_back:
        raise past(when.text)
    if when.day > now.date() + FARTHEST:
        raise Refusal(
            f"“{_plain(when.text)}” is more than ten years away. Please check the year.", example="due:friday"
        )


def extent(text: str) -> int:
    """How many characters at the start of `text` are a date by their shape; 0 where there is none."""
    found = _SHAPE.match(text)
    return found.end() if found else 0


def read(text: str, now: datetime, zone: str, order: str) -> When:
    """A date in the words of somebody in `zone` (IANA). `order` (`DMY`, `MDY`, `YMD`) decides what `11/12` is.

    Raises `Refusal` for what is no date.
    """
    said = " ".join(text.lower().split())
    if not said or len(said) > LONGEST:
        raise unreadable(text)
    local = now.astimezone(ZoneInfo(zone))
    try:
        when = _lapse(text, said, now, local) or _simple(text, said, local) or _english(text, said, local, order)
    except (ValueError, OverflowError):
        when = None
    if when is None:
        raise unreadable(text)
    return when


def _lapse(text: str, said: str, now: datetime, local: datetime) -> When | None:
    found = _LAPSE.fullmatch(said)
    if not found:
        return None
    count = int(found["count"]) if found["count"].isdigit() else 1
    if found["unit"] in ("day", "week"):
        days = count * (7 if found["unit"] == "week" else 1)
        return When(text, local.date() + timedelta(days=days))
    span = timedelta(hours=count) if found["unit"] == "hour" else timedelta(minutes=count)
    # Hours are counted on the clock of the world: a change of the zone's offset in between makes no difference.
    return When(text, (local + span).date(), moment=now + span)


def _simple(text: str, said: str, local: datetime) -> When | None:
    split = _TIME_LAST.fullmatch(said) or _TIME_FIRST.fullmatch(said)
    at = _time_of_day(split["clock"]) if split else None
    day = split["day"] if split else said
    if not day:
        return When(text, local.date(), at, comes_again=timedelta(days=1))
    found = _DAY.fullmatch(day)
    if not found:
        return None
    if found["iso"]:
        return When(text, date.fromisoformat(found["iso"]), at)
    if found["near"]:
        return When(text, local.date() + timedelta(days=found["near"] == "tomorrow"), at)
    days = (_WEEKDAYS.index(found["weekday"][:3]) - local.weekday()) % 7
    if days == 0 and found["next"] == "next":
        days = 7
    return When(text, local.date() + timedelta(days=days), at, comes_again=timedelta(days=7))


def _time_of_day(clock: str) -> time:
    found = _TIME.fullmatch(clock)
    if not found:
        raise ValueError(clock)
    if not found["hour"]:
        return time(12)
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    if half := found["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(clock)
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute)


def _english(text: str, said: str, local: datetime, order: str) -> When | None:
    if said.isdigit():
        return None
    if order == "YMD" and _TWO_NUMBERS.match(said):
        # Where the year comes first and is left out, the month comes first.
        order = "MDY"
    reader = DateDataParser(
        languages=["en"],
        settings={
            "DATE_ORDER": order,
            "PREFER_DATES_FROM": "future",
            "RELATIVE_BASE": local.replace(tzinfo=None),
            "RETURN_TIME_AS_PERIOD": True,
        },
    )
    found = reader.get_date_data(said)
    if found is None or found.date_obj is None:
        return None
    if found.period in ("month", "year") and not re.search(r"\b(?:in|next)\b", said):
        # "december" names no day.
        return None
    moment: datetime = found.date_obj
    if moment.tzinfo:
        return When(text, moment.date(), moment=moment.astimezone(UTC))
    has_time = found.period in ("time", "part_of_day")
    return When(text, moment.date(), moment.time().replace(microsecond=0) if has_time else None)
