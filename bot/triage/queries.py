"""Reading triage items.

Everybody sees their own reports in full. Of the others', the team sees everything; guests see number, title and state
of the open ones.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select
from sqlalchemy.orm import aliased

from bot.db import Person, Transaction
from bot.errors import Refusal
from bot.triage.model import OPEN, PRIORITIES, TriageItem
from bot.triage.parsing import Search, Term, statuses
from bot.users.model import User

PAGE_SIZE = 10


@dataclass(frozen=True, slots=True)
class Someone:
    """A person as a card names them; `slack_id` is None for who is known from GitHub only."""

    id: int
    slack_id: str | None
    name: str


@dataclass(frozen=True, slots=True)
class Report:
    """A triage item with the people in it. An outline is what a guest sees of others' reports: most of it is empty."""

    id: int
    title: str
    description: str
    status: str
    priority: str
    category: str
    created_at: datetime
    version: int
    reporter: Someone
    assignee: Someone | None = None
    resolution: str | None = None
    resolved_by: Someone | None = None
    resolved_at: datetime | None = None
    channel: str | None = None
    source_permalink: str | None = None
    is_outline: bool = False

    @property
    def number(self) -> str:
        """How people call it, for example `R-5`."""
        return f"R-{self.id}"

    @property
    def subject(self) -> str:
        """How history and ledger call it, for example `triage:5`."""
        return f"triage:{self.id}"

    @property
    def is_open(self) -> bool:
        return self.status in OPEN


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `number` counts from 1, `total` counts the reports on all pages."""

    reports: Sequence[Report]
    number: int
    total: int

    @property
    def count(self) -> int:
        """How many pages there are, at least one."""
        return max(1, math.ceil(self.total / PAGE_SIZE))


_Reporter, _Assignee, _Resolver = aliased(User), aliased(User), aliased(User)


def _reports() -> Select[*tuple[Any, ...]]:
    return (
        select(
            TriageItem,
            *(column for who in (_Reporter, _Assignee, _Resolver) for column in (who.id, who.slack_id, who.username)),
        )
        .join(_Reporter, _Reporter.id == TriageItem.reporter_id)
        .outerjoin(_Assignee, _Assignee.id == TriageItem.assigned_to)
        .outerjoin(_Resolver, _Resolver.id == TriageItem.resolved_by)
        # The item may have been read before in this transaction, and changed by a statement since.
        .execution_options(populate_existing=True)
    )


def _report(row: Sequence[Any]) -> Report:
    item, *people = row
    reporter, assignee, resolver = (
        Someone(*people[start : start + 3]) if people[start] else None for start in (0, 3, 6)
    )
    return Report(
        item.id,
        item.title,
        item.description,
        item.status,
        item.priority,
        item.category,
        item.created_at,
        item.version,
        reporter,  # type: ignore[arg-type]  # It is joined, so it is there.
        assignee,
        item.resolution,
        resolver,
        item.resolved_at,
        item.channel,
        item.source_permalink,
    )


def _as_seen_by(person: Person, report: Report) -> Report:
    if not person.is_guest or report.reporter.id == person.id:
        return report
    return replace(
        report,
        description="",
        category="",
        priority="",
        assignee=None,
        resolution=None,
        resolved_by=None,
        resolved_at=None,
        channel=None,
        source_permalink=None,
        is_outline=True,
    )


async def get(tx: Transaction, number: int) -> Report:
    """The report of that number, as far as the person may see it. Raises `Refusal` where there is nothing to see."""
    row = (await tx.session.execute(_reports().where(TriageItem.id == number))).first()
    report = _report(row) if row else None
    if report is not None:
        report = _as_seen_by(tx.actor, report)
    if report is None or (report.is_outline and not report.is_open):
        raise Refusal(f"There is no report R-{number} that you may see.", example="/triage list")
    return report


async def page(tx: Transaction, search: Search, number: int = 1) -> Page:
    """One page of what the person may see of `search`: most urgent first, then oldest first.

    A page past the end is the last one: reports may have been closed since the person's last look.
    """
    wanted = _wanted(tx.actor, search)
    total = (await tx.session.execute(select(func.count()).select_from(TriageItem).where(wanted))).scalar_one()
    number = max(1, min(number, math.ceil(total / PAGE_SIZE)))
    urgency = case({word: place for place, word in enumerate(PRIORITIES)}, value=TriageItem.priority)
    rows = await tx.session.execute(
        _reports()
        .where(wanted)
        .order_by(urgency.desc(), TriageItem.id)
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    )
    return Page([_as_seen_by(tx.actor, _report(row)) for row in rows], number, total)


def _wanted(person: Person, search: Search) -> ColumnElement[bool]:
    own = TriageItem.reporter_id == person.id
    conditions: list[ColumnElement[bool]] = [TriageItem.status.in_(statuses(search))]
    if person.is_guest:
        conditions.append(or_(own, TriageItem.status.in_(OPEN)))
    for key in ("category", "priority"):
        if either := [_matches(term, person) for term in search.terms if term.key == key and term.wanted]:
            conditions.append(or_(*either))
    for term in search.terms:
        if not term.wanted:
            if term.key != "is" or term.value in ("mine", "unassigned"):
                conditions.append(~func.coalesce(_matches(term, person), False))
        elif term.key == "word" or term.value in ("mine", "unassigned"):
            conditions.append(_matches(term, person))
    return and_(*conditions)


def _matches(term: Term, person: Person) -> ColumnElement[bool]:
    own = TriageItem.reporter_id == person.id
    if term.key == "is" and term.value == "mine":
        return or_(own, TriageItem.assigned_to == person.id)
    in_title = TriageItem.title.icontains(term.value, autoescape=True)
    in_detail: ColumnElement[bool] = {
        "is": TriageItem.assigned_to.is_(None),
        "category": func.lower(TriageItem.category) == term.value,
        "priority": TriageItem.priority == term.value,
        "word": TriageItem.description.icontains(term.value, autoescape=True),
    }[term.key]
    if person.is_guest:
        # What a guest is not shown must not be found out by looking for it either.
        in_detail = and_(own, in_detail)
    return or_(in_title if term.key == "word" else false(), in_detail)


async def reported_by(tx: Transaction, user_id: int, limit: int = 10) -> list[Report]:
    """The latest reports of one person, newest first."""
    rows = await tx.session.execute(
        _reports().where(TriageItem.reporter_id == user_id).order_by(TriageItem.id.desc()).limit(limit)
    )
    return [_report(row) for row in rows]


async def open_count(tx: Transaction) -> int:
    """How many reports nobody has resolved or rejected."""
    counted = await tx.session.execute(select(func.count()).select_from(TriageItem).where(TriageItem.status.in_(OPEN)))
    return counted.scalar_one()


async def name_of(tx: Transaction, slack_id: str) -> str | None:
    """The name of a person in Slack; None for who is not known here."""
    name: str | None = await tx.session.scalar(select(User.username).where(User.slack_id == slack_id))
    return name
