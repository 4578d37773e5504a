"""Who hears about which change of a task: events, notification rows, and the messages that say it.

Every function publishes once. Until then the transaction has the rights of the person who acts, after that the
system's, so whatever is to be read as the person comes before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.db import Person, Transaction
from bot.history.operations import Happening
from bot.notifications.operations import ALERT, PRESSED, Message, Notice, Redraw, cancel_about, publish
from bot.tasks import cards, queries
from bot.tasks.cards import People
from bot.tasks.model import Task, subject


@dataclass(frozen=True, slots=True)
class Change:
    """What was done to one task: the event's verb, and each changed field's value before and after."""

    task: Task
    verb: str
    changes: Mapping[str, tuple[Any, Any]]

    @property
    def event(self) -> Happening:
        return Happening(subject(self.task.id), self.verb, self.changes)

    @property
    def former_owner(self) -> int | None:
        """Who had the task until this change, if the change took it from somebody."""
        before: int | None = self.changes.get("assigned_user_id", (None, None))[0]
        return before


async def created(tx: Transaction, task: Task, people: People) -> None:
    """A new task: its card goes to its home, and whoever it was given to is told."""
    changes = {
        name: (None, value)
        for name in ("title", "assigned_user_id", "end_date", "priority", "epic_id", "story_id")
        if (value := getattr(task, name)) is not None
    }
    event = Happening(subject(task.id), "created", changes)
    notices, messages = _assignment(tx, task, people)
    if task.home_channel:
        payload = cards.card(task, people, tx.now, tx.workspace.time_zone)
        messages.insert(0, Message(_card_key(task), task.home_channel, "card", payload, subject(task.id)))
    await publish(tx, events=[event], notices=notices, messages=messages)


async def changed(tx: Transaction, changes: Sequence[Change]) -> None:
    """Changes that somebody made: a line in each card's thread, the card redrawn, and those told whom it concerns."""
    people = await queries.people_by_id(
        tx,
        [
            user_id
            for change in changes
            for user_id in (change.task.assigned_user_id, change.task.created_by, change.former_owner)
        ],
    )
    released = any(change.verb == "released" for change in changes)
    managers = await queries.project_managers(tx) if released else []
    notices: list[Notice] = []
    messages: list[Message] = []
    redraws: list[Redraw] = []
    for change in changes:
        messages += _line(tx, change, people)
        redraws += _redraws(tx, change.task, people)
        if "is_delayed" in change.changes or cards.is_late(change.task, tx.now):
            redraws.append(_alert_redraw(tx, change.task, people))
        for more_notices, more_messages in (
            _assignment(tx, change.task, people) if change.verb == "assigned" else ([], []),
            _completion(tx, change.task, people) if change.verb == "done" else ([], []),
            _release(tx, change.task, people, managers) if change.verb == "released" else ([], []),
        ):
            notices += more_notices
            messages += more_messages
    for change in changes:
        if "is_delayed" in change.changes:
            # An alert that nobody has seen yet is no news any more; one that was seen is edited.
            await cancel_about(tx, subject(change.task.id), ["alert"], sent=False)
    await publish(tx, events=[change.event for change in changes], notices=notices, messages=messages, redraws=redraws)
    for change in changes:
        former = people.get(change.former_owner or 0)
        if former and former.slack_id:
            # They need not hear any more that it is theirs; what they have heard stays.
            await cancel_about(tx, subject(change.task.id), ["direct"], lane=former.slack_id, sent=False)


async def became_late(tx: Transaction, tasks: Sequence[Task]) -> None:
    """Tasks whose end has passed: their assignees and managers get a row each, the alert goes to the alert channel."""
    people = await queries.people_of(tx, tasks)
    managers = await queries.project_managers(tx)
    notices: list[Notice] = []
    messages: list[Message] = []
    redraws: list[Redraw] = []
    for task in tasks:
        notices += _late_notices(task, people, managers)
        messages += _late_alerts(tx, task, people)
        redraws += _redraws(tx, task, people)
        # A task that was reopened after its end has its alert already; that one turns late again.
        redraws.append(_alert_redraw(tx, task, people))
    events = [Happening(subject(task.id), "late", {"is_delayed": (False, True)}) for task in tasks]
    await publish(tx, events=events, notices=notices, messages=messages, redraws=redraws)


def _card_key(task: Task) -> str:
    return f"{subject(task.id)}:card"


def _line(tx: Transaction, change: Change, people: People) -> list[Message]:
    task = change.task
    if not task.home_channel:
        return []
    said = cards.deed(change.verb, tx.actor.username, change.changes, people, tx.workspace.time_zone)
    return [
        Message(
            f"{subject(task.id)}:line:{change.verb}:{task.version}",
            task.home_channel,
            "line",
            cards.line(task, said),
            subject(task.id),
            parent_key=_card_key(task),
        )
    ]


def _redraws(tx: Transaction, task: Task, people: People) -> list[Redraw]:
    """The card as the task is now, and the direct message of whoever has it."""
    zone, urgency = tx.workspace.time_zone, PRESSED if tx.me else ALERT
    found = [Redraw(subject(task.id), "card", cards.card(task, people, tx.now, zone), urgency)]
    owner = people.get(task.assigned_user_id or 0)
    if owner and owner.slack_id:
        payload = cards.assignment(task, people, tx.now, owner.time_zone)
        found.append(Redraw(subject(task.id), "direct", payload, urgency, lane=owner.slack_id))
    return found


def _alert_redraw(tx: Transaction, task: Task, people: People) -> Redraw:
    payload = cards.late_alert(task, people, tx.now, tx.workspace.time_zone)
    return Redraw(subject(task.id), "alert", payload, PRESSED if tx.me else ALERT)


def _told(
    key: str, person: Person, type_: str, words: tuple[str, str], task: Task, kind: str, payload: dict[str, Any]
) -> tuple[list[Notice], list[Message]]:
    """A notification row for one person, and its direct message if they are in Slack."""
    notice = Notice(key, person.id, type_, *words, task.id)
    if not person.slack_id:
        return [notice], []
    message = Message(f"direct:{key}", person.slack_id, kind, payload, subject(task.id), notification_key=key)
    return [notice], [message]


def _assignment(tx: Transaction, task: Task, people: People) -> tuple[list[Notice], list[Message]]:
    owner = people.get(task.assigned_user_id or 0)
    if owner is None or owner.id == tx.actor.id:
        return [], []
    key = f"{subject(task.id)}:assigned:{task.version}"
    payload = cards.assignment(task, people, tx.now, owner.time_zone, giver=tx.actor.username)
    words = cards.assignment_words(task, tx.actor, owner.time_zone)
    return _told(key, owner, "task_assigned", words, task, "direct", payload)


def _completion(tx: Transaction, task: Task, people: People) -> tuple[list[Notice], list[Message]]:
    creator = people.get(task.created_by or 0)
    if creator is None or creator.id == tx.actor.id:
        return [], []
    key = f"{subject(task.id)}:done:{task.version}"
    words = cards.completion_words(task, tx.actor)
    payload = cards.news(task, cards.completed(task, tx.actor), creator.time_zone, cards.show_button(task))
    return _told(key, creator, "task_completed", words, task, "news", payload)


def _release(
    tx: Transaction, task: Task, people: People, managers: Sequence[Person]
) -> tuple[list[Notice], list[Message]]:
    """That a task has nobody is told to who made it, or to the managers where that was the one who let go."""
    creator = people.get(task.created_by or 0)
    told = [creator] if creator and creator.id != tx.actor.id else list(managers)
    notices: list[Notice] = []
    messages: list[Message] = []
    for person in told:
        if person.id != tx.actor.id:
            more = _told(
                f"{subject(task.id)}:released:{task.version}:{person.id}",
                person,
                "system",
                cards.release_words(task, tx.actor),
                task,
                "news",
                cards.news(task, cards.released(task, tx.actor), person.time_zone, cards.show_button(task)),
            )
            notices += more[0]
            messages += more[1]
    return notices, messages


def _late_notices(task: Task, people: People, managers: Sequence[Person]) -> list[Notice]:
    creator = people.get(task.created_by or 0)
    told = [creator.id] if creator and creator.role == "project_manager" else [one.id for one in managers]
    if task.assigned_user_id is not None:
        told.insert(0, task.assigned_user_id)
    words = cards.late_words(task, people)
    return [
        Notice(f"{subject(task.id)}:late:{_epoch(task)}:{user_id}", user_id, "task_delayed", *words, task.id)
        for user_id in dict.fromkeys(told)
    ]


def _late_alerts(tx: Transaction, task: Task, people: People) -> list[Message]:
    payload = cards.late_alert(task, people, tx.now, tx.workspace.time_zone)
    owner = people.get(task.assigned_user_id or 0)
    lane = tx.workspace.alert_channel or task.home_channel
    lanes = [lane] if lane else []
    if owner and owner.slack_id and (not lane or _is_person(lane)):
        # Nobody but the creator reads direct messages with the creator: the assignee is called in their own.
        lanes = list(dict.fromkeys([*lanes, owner.slack_id]))
    return [
        Message(
            f"{subject(task.id)}:late:{_epoch(task)}:{where}", where, "alert", payload, subject(task.id), urgency=ALERT
        )
        for where in lanes
    ]


def _epoch(task: Task) -> int:
    return int(task.end_date.timestamp())


def _is_person(lane: str) -> bool:
    return lane.startswith(("U", "W"))
