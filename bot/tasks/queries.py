"""Reading tasks: which ones a person may see, which are asked for, and what is due."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true

from bot.db import Person, Transaction
from bot.errors import Refusal
from bot.tasks import dates
from bot.tasks.filters import Condition, TaskFilter
from bot.tasks.model import DONE, Task, number
from bot.tasks.parsing import ME, NOBODY
from bot.users.model import WORKING_ROLES, User

PAGE_SIZE = 10

SOON = timedelta(days=2)
"""How far ahead `is:due-soon` looks."""

_PERSON = (User.id, User.slack_id, User.username, User.role, User.time_zone, User.is_guest, User.github_id)


def visible_to(me: Person) -> ColumnElement[bool]:
    """Which tasks `me` may see: their own and those they made; of their role too; managers see all.

    This is the only place that says so.
    """
    there = Task.deleted_at.is_(None)
    if me.is_manager:
        return there
    own = or_(Task.assigned_user_id == me.id, Task.created_by == me.id)
    if me.role in WORKING_ROLES and not me.is_guest:
        own = or_(own, Task.assigned_role == me.role)
    return and_(there, own)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `index` counts from 0, `total` counts the tasks on all pages."""

    tasks: Sequence[Task]
    index: int
    total: int

    @property
    def last(self) -> int:
        """The index of the last page."""
        return max(0, (self.total - 1) // PAGE_SIZE)


async def page(
    tx: Transaction,
    condition: ColumnElement[bool],
    index: int = 0,
    order: Sequence[ColumnElement[Any]] = (),
) -> Page:
    """One page of the tasks that fulfil `condition` and that the person may see.

    By default what ends first comes first (so what is late leads), then what is more urgent. A page past the end is
    the last one: tasks may have gone since the person's last look.
    """
    wanted = and_(visible_to(tx.actor), condition)
    total = await tx.session.scalar(select(func.count()).select_from(Task).where(wanted)) or 0
    index = min(max(index, 0), Page((), 0, total).last)
    ordered = [*order, Task.end_date, func.coalesce(Task.priority, 0).desc(), Task.id]
    chosen = select(Task).where(wanted).order_by(*ordered).limit(PAGE_SIZE).offset(index * PAGE_SIZE)
    return Page(list(await tx.session.scalars(chosen)), index, total)


async def mine(tx: Transaction, index: int = 0) -> Page:
    """The person's open tasks: late first, then by their end, then by priority."""
    return await page(tx, and_(Task.assigned_user_id == tx.actor.id, Task.status != DONE), index)


async def late(tx: Transaction, index: int = 0) -> Page:
    """The open tasks whose end has passed, the latest first."""
    return await page(tx, is_late(tx.now), index)


def is_late(now: datetime) -> ColumnElement[bool]:
    """Open tasks whose end has passed, whether a sweep has marked them yet or not."""
    return and_(Task.status != DONE, Task.end_date <= now)


async def listed(tx: Transaction, wanted: TaskFilter, index: int, date_order: str) -> Page:
    """One page of what `wanted` asks for; open tasks only where it does not say otherwise.

    Dates are read in the person's zone. Raises `Refusal` for words that are no date and people who are not known.
    """
    conditions = [_words(words) if not negated else ~_words(words) for words, negated in wanted.words]
    for condition in wanted.conditions:
        found = _matches(tx, condition, date_order)
        # NULL is neither: a task without an epic is one of those that are not of epic AUTH.
        conditions.append(~func.coalesce(found, false()) if condition.negated else found)
    if not wanted.says_state:
        conditions.append(Task.status != DONE)
    orders: dict[str, list[ColumnElement[Any]]] = {
        "priority": [func.coalesce(Task.priority, 0).desc()],
        "created": [Task.id.desc()],
    }
    return await page(tx, and_(true(), *conditions), index, orders.get(wanted.sort, []))


def _words(words: str) -> ColumnElement[bool]:
    return or_(Task.title.icontains(words, autoescape=True), Task.description.icontains(words, autoescape=True))


def _matches(tx: Transaction, one: Condition, date_order: str) -> ColumnElement[bool]:
    if one.key == "is":
        return _state(tx, str(one.value))
    if one.key == "assignee":
        if one.value == NOBODY:
            return Task.assigned_user_id.is_(None)
        return Task.assigned_user_id == (tx.actor if one.value == ME else tx.people[str(one.value)]).id
    if one.key == "priority":
        priority, level = func.coalesce(Task.priority, 0), one.value
        compared: dict[str, ColumnElement[bool]] = {
            "": priority == level,
            "<": priority < level,
            "<=": priority <= level,
            ">": priority > level,
            ">=": priority >= level,
        }
        return compared[one.compared]
    if one.key == "due":
        zone = tx.actor.time_zone
        begin, after = dates.read(str(one.value), tx.now, zone, date_order).whole_day(tx.now, zone)
        limits: dict[str, ColumnElement[bool]] = {
            "": and_(Task.end_date >= begin, Task.end_date < after),
            "<": Task.end_date < begin,
            "<=": Task.end_date < after,
            ">": Task.end_date >= after,
            ">=": Task.end_date >= begin,
        }
        return limits[one.compared]
    column = {"role": Task.assigned_role, "epic": Task.epic_id, "story": Task.story_id}[one.key]
    return func.lower(column) == str(one.value).lower()


def _state(tx: Transaction, state: str) -> ColumnElement[bool]:
    if state == "open":
        return Task.status != DONE
    if state == "late":
        return is_late(tx.now)
    if state == "due-soon":
        return and_(Task.status != DONE, Task.end_date > tx.now, Task.end_date <= tx.now + SOON)
    if state == "unassigned":
        return Task.assigned_user_id.is_(None)
    return Task.status == state


async def get(tx: Transaction, task_id: int) -> Task:
    """The task with that number. Raises `Refusal` where the person may not see it or there is none."""
    found: Task | None = await tx.session.scalar(
        select(Task).where(Task.id == task_id, visible_to(tx.actor)).execution_options(populate_existing=True)
    )
    if found is None:
        raise unknown(task_id)
    return found


def unknown(task_id: int) -> Refusal:
    return Refusal(f"There is no task {number(task_id)} that you may see.", example="/task list")


async def locked(tx: Transaction, task_ids: Iterable[int]) -> dict[int, Task]:
    """Those of the tasks that the person may see, held until the transaction ends.

    They are taken in the order of their numbers, so that two people who change the same ones do not wait for each
    other in turn. Whoever comes second waits, and reads what the first has left.
    """
    chosen = select(Task).where(Task.id.in_(sorted(set(task_ids))), visible_to(tx.actor)).order_by(Task.id)
    rows = await tx.session.scalars(chosen.with_for_update().execution_options(populate_existing=True))
    return {task.id: task for task in rows}


async def people_by_id(tx: Transaction, user_ids: Iterable[int | None]) -> dict[int, Person]:
    """The people with these ids. Whoever the transaction knows already is not read again."""
    found = {known.id: known for known in tx.people.values()}
    if tx.me:
        found[tx.me.id] = tx.me
    if missing := {user_id for user_id in user_ids if user_id is not None} - found.keys():
        for row in await tx.session.execute(select(*_PERSON).where(User.id.in_(missing))):
            found[row.id] = _person(row)
    return found


def _person(row: Any) -> Person:
    # Somebody known from GitHub only has no Slack id; an empty one makes no mention.
    return Person(row.id, row.slack_id or "", row.username, row.role, row.time_zone, row.is_guest, row.github_id)


async def people_of(tx: Transaction, tasks: Iterable[Task]) -> dict[int, Person]:
    """Everybody these tasks name: who made them and who they are given to."""
    return await people_by_id(tx, (user_id for task in tasks for user_id in (task.assigned_user_id, task.created_by)))


async def project_managers(tx: Transaction) -> list[Person]:
    """All project managers who are still here, in the order they came."""
    chosen = select(*_PERSON).where(User.role == "project_manager", User.is_active.is_(True), User.is_guest.is_(False))
    return [_person(row) for row in await tx.session.execute(chosen.order_by(User.id))]


async def next_due(tx: Transaction) -> datetime | None:
    """When the next open task that is not marked late ends or has ended; None where there is none."""
    due = select(Task.end_date).where(Task.status != DONE, Task.is_delayed.is_not(True), Task.deleted_at.is_(None))
    found: datetime | None = await tx.session.scalar(due.order_by(Task.end_date).limit(1))
    return found
