"""Changing tasks: create, move, assign, date, and marking what is late.

Each operation changes the record with the rights of who acts and then lets `notices` say it. None commits. What is
changed is flushed first: after that step the transaction has the system's rights.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text, update

from bot.db import Person, Transaction
from bot.errors import Refusal
from bot.history import queries as history
from bot.notifications.model import Notification
from bot.tasks import cards, dates, notices, queries, rights
from bot.tasks.model import DONE, MOVES, TODO, Task, number, subject
from bot.tasks.notices import Change
from bot.tasks.parsing import ME, NOBODY, NewTask
from bot.users.model import WORKING_ROLES

_DEEDS = {"start": "started", "done": "done", "reopen": "reopened"}
"""The event's verb of each move."""

_INSERT = """
    INSERT INTO tasks (title, description, assigned_role, assigned_user_id, start_date, end_date, epic_id, story_id,
                       priority, created_by, home_channel, start_is_automatic)
    VALUES (%(title)s, %(description)s, %(assigned_role)s, %(assigned_user_id)s, %(start_date)s, %(end_date)s,
            %(epic_id)s, %(story_id)s, %(priority)s, %(created_by)s, %(home_channel)s, %(start_is_automatic)s)
    RETURNING id
    """

_MARK_LATE = text(
    """
    UPDATE tasks SET is_delayed = true
     WHERE id = ANY(ARRAY(
       SELECT id FROM tasks
        WHERE status <> 'done' AND is_delayed IS NOT TRUE AND deleted_at IS NULL AND end_date <= :now
        ORDER BY end_date LIMIT :limit FOR UPDATE SKIP LOCKED))
    RETURNING *
    """
)
# `= ANY(ARRAY(…))`, because the planner turns `IN (…)` into a scan of the whole table when it guesses badly. Rows that
# another replica's sweep, or somebody's change, holds at this moment are skipped; the next sweep sees them.


@dataclass(frozen=True, slots=True)
class Plan:
    """A task about to be made. Moments are aware; `start` and `role` are None where nobody chose them."""

    title: str
    end: datetime
    description: str = ""
    owner: Person | None = None
    start: datetime | None = None
    priority: int = 0
    role: str | None = None
    epic: str | None = None
    story: str | None = None


def plan(tx: Transaction, new: NewTask, date_order: str) -> Plan:
    """A quick-add line with its people and dates found. `new.due` must be there.

    Raises `Refusal` for a missing title, a date that cannot be read or is past, and a start after the end.
    """
    if not new.title:
        raise Refusal("A task needs a title.", example="/task new Fix login redirect due:friday", field="title")
    owner = person_meant(tx, new.assignee)
    return Plan(
        new.title,
        end_meant(tx, new.due or "", owner, date_order),
        new.description,
        owner,
        start_meant(tx, new, owner, date_order),
        new.priority or 0,
        new.role,
        new.epic,
        new.story,
    )


def end_meant(tx: Transaction, said: str, owner: Person | None, date_order: str) -> datetime:
    """The end that the person's words mean for a task of `owner`. Raises `Refusal` for what is no date, or past."""
    zone = tx.actor.time_zone
    return dates.read(said, tx.now, zone, date_order).end(tx.now, zone, owner.time_zone if owner else zone)


def start_meant(tx: Transaction, new: NewTask, owner: Person | None, date_order: str) -> datetime | None:
    """The start that a line names; None where it names none. Raises `Refusal` for what is no date."""
    if not new.start:
        return None
    zone = tx.actor.time_zone
    return dates.read(new.start, tx.now, zone, date_order).start(tx.now, zone, owner.time_zone if owner else zone)


def person_meant(tx: Transaction, said: str | None) -> Person | None:
    """The person a line names: nobody, who types, or one of those the transaction was opened with."""
    if said is None or said == NOBODY:
        return None
    return tx.actor if said == ME else tx.people[said]


def home_of(tx: Transaction) -> str:
    """Where the card of a task goes that is made here: this channel if the bot is in it, else the team's channel, else
    the bot's direct messages with the creator. Direct messages between two people are never a home."""
    place = tx.place
    if place and place.kind == "im":
        return tx.actor.slack_id
    if place and place.is_member and not place.is_archived:
        return place.id
    return tx.workspace.team_channel or tx.actor.slack_id


async def create(tx: Transaction, wanted: Plan) -> Task:
    """Make a task. Raises `Refusal` where the person may not, or where it would end before it starts."""
    me = tx.actor
    rights.check_create(me)
    start = wanted.start or tx.now
    _check_order(start, wanted.end)
    role = next(
        (one for one in (wanted.role, wanted.owner and wanted.owner.role, me.role) if one in WORKING_ROLES),
        WORKING_ROLES[0],
    )
    values = {
        "title": wanted.title,
        "description": wanted.description,
        "assigned_role": role,
        "assigned_user_id": wanted.owner.id if wanted.owner else None,
        "start_date": start,
        "end_date": wanted.end,
        "epic_id": wanted.epic,
        "story_id": wanted.story,
        "priority": wanted.priority,
        "created_by": me.id,
        "home_channel": home_of(tx),
        "start_is_automatic": wanted.start is None,
    }
    (row,) = await tx.execute(_INSERT, values)
    # What PostgreSQL has written is known without reading it back: this is the path of every quick add.
    task = Task(id=row.id, status=TODO, version=1, is_delayed=False, created_at=tx.now, **values)
    tx.ends_at(wanted.end)
    people = {me.id: me}
    if wanted.owner:
        people[wanted.owner.id] = wanted.owner
    await notices.created(tx, task, people)
    return task


def _check_order(start: datetime, end: datetime) -> None:
    if end <= start:
        raise Refusal("It would end before it starts. Choose a later end, or an earlier start.", field="due")


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of several tasks: those that were changed, and a sentence for each that was not."""

    changed: Sequence[Task]
    refused: Sequence[str]


async def move(tx: Transaction, task_ids: Sequence[int], word: str) -> Moved:
    """`start`, `done` or `reopen` tasks; each is done if it can be. Raises `Refusal` where none can."""
    found = await queries.locked(tx, task_ids)
    changes: list[Change] = []
    refused: list[Refusal] = []
    for task_id in task_ids:
        try:
            changes.append(await _moved(tx, found.get(task_id), task_id, word))
        except Refusal as refusal:
            refused.append(refusal)
    if not changes and len(refused) == 1:
        raise refused[0]
    if not changes:
        raise Refusal("\n".join(refusal.message for refusal in refused))
    await _publish(tx, changes)
    return Moved([change.task for change in changes], [refusal.message for refusal in refused])


async def _moved(tx: Transaction, task: Task | None, task_id: int, word: str) -> Change:
    if task is None:
        raise queries.unknown(task_id)
    rights.check_change(tx.actor, task)
    origins, goal = MOVES[word]
    if task.status not in origins:
        raise Refusal(await _moot(tx, task, word))
    changes: dict[str, tuple[Any, Any]] = {"status": (task.status, goal)}
    if goal == DONE:
        changes["completed_at"] = (None, tx.now)
    if task.status == DONE:
        changes["completed_at"] = (task.completed_at, None)
        # If its end has passed meanwhile, the sweep finds it late at once.
        tx.ends_at(task.end_date)
    if task.is_delayed and goal == DONE:
        changes["is_delayed"] = (True, False)
    return _applied(task, _DEEDS[word], changes)


async def _moot(tx: Transaction, task: Task, word: str) -> str:
    verb = {TODO: "reopened", DONE: "done"}.get(task.status, "started")
    past = await history.of_subject(tx, subject(task.id))
    last = next((event for event in reversed(past) if event.verb == verb), None)
    return cards.moot(task, word, last, tx.now, tx.actor.time_zone)


def _applied(task: Task, verb: str, changes: dict[str, tuple[Any, Any]]) -> Change:
    for name, (_, after) in changes.items():
        setattr(task, name, after)
    task.version += 1
    return Change(task, verb, changes)


async def _publish(tx: Transaction, changes: Sequence[Change]) -> None:
    """Write the changes as the person, count what they were told about these tasks as read, then say it."""
    await tx.session.flush()
    await tx.session.execute(
        update(Notification)
        .where(
            Notification.user_id == tx.actor.id,
            Notification.related_task_id.in_([change.task.id for change in changes]),
            Notification.is_read.is_not(True),
        )
        .values(is_read=True, read_at=tx.now)
        .execution_options(synchronize_session=False)
    )
    await notices.changed(tx, changes)


async def _change_one(
    tx: Transaction,
    task_id: int,
    check: Callable[[Person, Task], None],
    change: Callable[[Task], Change],
) -> Task:
    """Change a task that is open. Raises `Refusal` where it is not, or is unknown, or `check` does."""
    task = (await queries.locked(tx, [task_id])).get(task_id)
    if task is None:
        raise queries.unknown(task_id)
    check(tx.actor, task)
    if task.status == DONE:
        raise Refusal(await _moot(tx, task, "change"))
    await _publish(tx, [change(task)])
    return task


async def assign(tx: Transaction, task_id: int, owner: Person | None) -> Task:
    """Give a task to somebody, or to nobody. Raises `Refusal` as the rights say, and where it is theirs already."""

    def change(task: Task) -> Change:
        return _given(task, owner, tx.actor)

    return await _change_one(tx, task_id, rights.check_change, change)


async def take(tx: Transaction, task_id: int) -> Task:
    """Take a task of one's own role. Raises `Refusal` for another role's, and for one's own."""

    def change(task: Task) -> Change:
        return _given(task, tx.actor, tx.actor)

    return await _change_one(tx, task_id, rights.check_take, change)


def _given(task: Task, owner: Person | None, me: Person) -> Change:
    new = owner.id if owner else None
    if task.assigned_user_id == new:
        whose = "nobody's" if owner is None else "yours" if owner.id == me.id else f"{owner.username}'s"
        raise Refusal(f"{number(task.id)} is {whose} already.")
    return _applied(task, "assigned", {"assigned_user_id": (task.assigned_user_id, new)})


async def release(tx: Transaction, task_id: int) -> Task:
    """*Not mine*: the assignee lets a task go. Raises `Refusal` for anybody else."""

    def check(me: Person, task: Task) -> None:
        if task.assigned_user_id is None:
            raise Refusal(f"{number(task.id)} is nobody's already.")
        if task.assigned_user_id != me.id:
            raise Refusal(
                f"{number(task.id)} is not yours to give back. Those who may change it can give it to somebody else.",
                example=f"/task assign {task.id} @bo",
            )
        rights.check_change(me, task)

    def change(task: Task) -> Change:
        return _applied(task, "released", {"assigned_user_id": (task.assigned_user_id, None)})

    return await _change_one(tx, task_id, check, change)


async def move_end(tx: Transaction, task_id: int, end: datetime) -> Task:
    """Give a task another end (aware). It is not late any more; an automatic start that lies behind it moves too.

    Raises `Refusal` for an end that is past, the same, or before a start that somebody chose.
    """

    def change(task: Task) -> Change:
        if end <= tx.now:
            raise Refusal("That moment is in the past. Choose one that is still ahead.", field="due")
        if end == task.end_date:
            raise Refusal(f"{number(task.id)} ends then already.", field="due")
        changes: dict[str, tuple[Any, Any]] = {"end_date": (task.end_date, end)}
        if task.start_date >= end:
            if not task.start_is_automatic:
                _check_order(task.start_date, end)
            changes["start_date"] = (task.start_date, tx.now)
        if task.is_delayed:
            changes["is_delayed"] = (True, False)
        tx.ends_at(end)
        return _applied(task, "due", changes)

    return await _change_one(tx, task_id, rights.check_change, change)


async def mark_late(tx: Transaction, limit: int = 500) -> list[Task]:
    """Mark up to `limit` open tasks whose end has passed, say so, and return them."""
    found = await tx.session.scalars(select(Task).from_statement(_MARK_LATE), {"now": tx.now, "limit": limit})
    tasks = list(found)
    if tasks:
        await notices.became_late(tx, tasks)
    return tasks
