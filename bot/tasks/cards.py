"""What a task looks like in Slack: its card, the message to its assignee, the late alert, lines of its thread; pure.

Names stand without a mention wherever the message is not meant to call anybody: a card in a channel would otherwise
ping its assignee, who is told by direct message already. Only the late alert mentions.

`people` maps user ids to whoever a task names; `zone` is the IANA zone of the plain-text fallbacks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from bot.db import Person
from bot.history.queries import PastEvent
from bot.slack import blocks
from bot.slack.blocks import Block
from bot.tasks.model import DONE, IN_PROGRESS, TODO, Task, number, priority_word

People = Mapping[int, Person]


class Action(StrEnum):
    """The ids of the buttons on a task's messages and lists."""

    START = "task.start"
    DONE = "task.done"
    REOPEN = "task.reopen"
    TAKE = "task.take"
    NOT_MINE = "task.not_mine"
    NEW_DATE = "task.new_date"
    SHOW = "task.show"
    FORM = "task.form"
    PAGE_BACK = "task.page_back"
    PAGE_ON = "task.page_on"
    INVITE = "task.invite"


STATUS_WORDS = {TODO: "to do", IN_PROGRESS: "in progress", DONE: "done"}
_STATUS_SIGNS = {TODO: ":white_circle:", IN_PROGRESS: ":large_blue_circle:", DONE: ":white_check_mark:"}
_PRIORITY_SIGNS = {3: ":small_orange_diamond:", 4: ":small_red_triangle:"}
LATE_SIGN = ":alarm_clock:"

DESCRIPTION_SHOWN = 550
"""Characters of a description that a card shows; they fit into a section however many of them Slack escapes."""


def is_late(task: Task, now: datetime) -> bool:
    """Whether the task is open and its end has passed."""
    return task.status != DONE and task.end_date <= now


def sign(task: Task, now: datetime) -> str:
    """The emoji of a task's state."""
    return LATE_SIGN if is_late(task, now) else _STATUS_SIGNS[task.status]


def person_name(user_id: int | None, people: People) -> str:
    """A person's name as mrkdwn that pings nobody; `nobody` where there is none."""
    if user_id is None:
        return "nobody"
    known = people.get(user_id)
    return blocks.escape(known.username) if known else "somebody"


def duration(span: timedelta) -> str:
    """A span of time in its largest unit, for example `3 hours`; under a minute is `less than a minute`."""
    seconds = int(span.total_seconds())
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if count := seconds // size:
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return "less than a minute"


def label(task: Task) -> str:
    """Number and title as mrkdwn: `*T-42* Fix login redirect`."""
    return f"*{number(task.id)}* {blocks.quoted(task.title)}"


def sentence(task: Task, people: People, now: datetime, zone: str) -> str:
    """The whole task as one sentence, for the top-level text of its messages."""
    state = f"late by {duration(now - task.end_date)}" if is_late(task, now) else STATUS_WORDS[task.status]
    return (
        f"{number(task.id)} {blocks.quoted(task.title)}: {state}, for {person_name(task.assigned_user_id, people)}, "
        f"due {blocks.spoken(task.end_date, zone)}."
    )


def labels(task: Task) -> list[str]:
    """Priority, epic and story as short mrkdwn, those that are there."""
    found = []
    if task.priority:
        found.append(f"{_PRIORITY_SIGNS.get(task.priority, '')} {priority_word(task.priority)}".strip())
    if task.epic_id:
        found.append(f"epic {blocks.escape(task.epic_id)}")
    if task.story_id:
        found.append(f"story {blocks.escape(task.story_id)}")
    return found


def move_buttons(task: Task, **at: Any) -> list[Block]:
    """The buttons that fit the task's state. `at` is added to their value: where a list is to be drawn anew."""
    value = blocks.value(task=task.id, **at)
    name = number(task.id)
    start = blocks.button("Start", Action.START, value, label=f"Start {name}")
    done = blocks.button(
        "Done",
        Action.DONE,
        value,
        label=f"Mark {name} as done",
        style="primary" if task.status == IN_PROGRESS else None,
    )
    if task.status == DONE:
        return [blocks.button("Reopen", Action.REOPEN, value, label=f"Reopen {name}")]
    buttons = [start, done] if task.status == TODO else [done]
    if task.assigned_user_id is None:
        buttons.append(blocks.button("Take", Action.TAKE, value, label=f"Take {name}"))
    return buttons


def card(task: Task, people: People, now: datetime, zone: str) -> dict[str, Any]:
    """The card in the home channel, kept true for as long as the task lives."""
    state = STATUS_WORDS[task.status]
    if is_late(task, now):
        state = f"{state}, *late*"
    fields = [
        f"*Status*\n{_STATUS_SIGNS[task.status]} {state}",
        f"*Assignee*\n{person_name(task.assigned_user_id, people)} ({task.assigned_role.replace('_', ' ')})",
        f"*Due*\n{blocks.moment(task.end_date, zone)}",
    ]
    if task.status == DONE and task.completed_at:
        fields.append(f"*Done*\n{blocks.moment(task.completed_at, zone)}")
    elif found := labels(task):
        fields.append(f"*Labels*\n{' · '.join(found)}")
    shown = [blocks.section(f"{sign(task, now)} {label(task)}", fields=fields)]
    if task.description:
        shown.append(blocks.section(blocks.quoted(task.description, DESCRIPTION_SHOWN)))
    shown.append(blocks.actions(*move_buttons(task)))
    shown.append(blocks.context(f"From {person_name(task.created_by, people)}"))
    return blocks.message(sentence(task, people, now, zone), shown)


def assignment(task: Task, people: People, now: datetime, zone: str, giver: str = "") -> dict[str, Any]:
    """The direct message to the assignee, kept true while the task is theirs; `giver` is who has just given it."""
    opening = f"{blocks.escape(giver)} gave you {number(task.id)}" if giver else f"{number(task.id)} is yours"
    due = blocks.moment(task.end_date, zone)
    if task.status == DONE:
        state = "done"
    elif is_late(task, now):
        state = f"{STATUS_WORDS[task.status]}, *late*, it was due {due}"
    else:
        state = f"{STATUS_WORDS[task.status]}, due {due}"
    shown = [
        blocks.section(f"{sign(task, now)} {opening}: *{blocks.quoted(task.title)}*"),
        blocks.context(" · ".join([state, *labels(task)])),
    ]
    if task.description:
        shown.append(blocks.section(blocks.quoted(task.description, DESCRIPTION_SHOWN)))
    if not _guest(task.assigned_user_id, people):
        shown.append(blocks.actions(*move_buttons(task), *_answers(task, Action.NOT_MINE)))
    text = f"{opening}: {blocks.quoted(task.title)}, due {blocks.spoken(task.end_date, zone)}."
    return blocks.message(text, shown)


def _guest(user_id: int | None, people: People) -> bool:
    known = people.get(user_id) if user_id is not None else None
    return known is not None and known.is_guest


def _answers(task: Task, *wanted: Action) -> list[Block]:
    """The answers beside the moves: *New date* and *Not mine*, as long as the task is open and somebody's."""
    if task.status == DONE:
        return []
    value, name = blocks.value(task=task.id), number(task.id)
    found = []
    if Action.NEW_DATE in wanted:
        found.append(blocks.button("New date", Action.NEW_DATE, value, label=f"Choose a new date for {name}"))
    if Action.NOT_MINE in wanted and task.assigned_user_id is not None:
        found.append(blocks.button("Not mine", Action.NOT_MINE, value, label=f"{name} is not mine"))
    return found


def late_alert(task: Task, people: People, now: datetime, zone: str) -> dict[str, Any]:
    """The alert that a task runs late; once the task is done or has a new date it says so, and asks nothing more."""
    who = _called(task.assigned_user_id, people)
    name = person_name(task.assigned_user_id, people)
    due = blocks.moment(task.end_date, zone)
    if not is_late(task, now):
        if task.status == DONE:
            said = f"{label(task)} was late and is done now."
        else:
            said = f"{label(task)} was late; {name} has a new date, {due}."
            if task.assigned_user_id is None:
                said = f"{label(task)} was late; its new date is {due}."
        return blocks.message(said, [blocks.section(f"{sign(task, now)} {said}")])
    how_late = duration(now - task.end_date)
    nobody = task.assigned_user_id is None
    asked = f"It was due {due} and nobody is on it." if nobody else f"{who}, it was due {due}."
    shown = [
        blocks.section(f"{LATE_SIGN} {label(task)} is late by {how_late}. {asked}"),
        blocks.context(" · ".join([STATUS_WORDS[task.status], *labels(task)])),
        blocks.actions(*_alert_buttons(task)),
    ]
    owner = "Nobody is on it." if nobody else f"{name} is on it."
    text = (
        f"{number(task.id)} {blocks.quoted(task.title)} is late by {how_late}: "
        f"it was due {blocks.spoken(task.end_date, zone)}. {owner}"
    )
    return blocks.message(text, shown)


def deed(verb: str, actor: str | None, changes: Mapping[str, Sequence[Any]], people: People, zone: str) -> str:
    """What happened to a task, as a line of its card's thread and of its history; names ping nobody.

    `changes` maps fields to their value before and after; moments may be ISO 8601 text, as an event keeps them.
    """
    by = blocks.escape(actor or "somebody")
    if verb in ("assigned", "released"):
        before, after = (person_name(user_id, people) for user_id in changes["assigned_user_id"])
        if verb == "released":
            return f"{by} says it is not theirs; nobody has it now."
        if changes["assigned_user_id"][1] is None:
            return f"{by} took it from {before}; nobody has it now."
        if after == by:
            return f"{by} took it." if before == "nobody" else f"{by} took it over from {before}."
        return f"{by} gave it to {after}."
    if verb == "due":
        before, after = (blocks.moment(_moment(value), zone) for value in changes["end_date"])
        return f"{by} moved its end from {before} to {after}."
    if verb == "created" and "assigned_user_id" in changes:
        return f"{by} made it for {person_name(changes['assigned_user_id'][1], people)}."
    if verb == "late":
        return "It became late."
    return f"{by} {_DEEDS.get(verb, 'changed it.')}"


def _moment(value: datetime | str) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


_DEEDS = {
    "created": "made it.",
    "started": "started it.",
    "done": "finished it.",
    "reopened": "opened it again.",
}


def line(task: Task, said: str) -> dict[str, Any]:
    """A line of the card's thread."""
    return blocks.message(f"{number(task.id)}: {said}", [blocks.context(said)])


def completed(task: Task, by: Person) -> str:
    return f"{blocks.escape(by.username)} finished {label(task)}."


def released(task: Task, by: Person) -> str:
    return f"{blocks.escape(by.username)} says {label(task)} is not theirs; nobody has it now."


def assignment_words(task: Task, giver: Person, zone: str) -> tuple[str, str]:
    """A notification's title and message, plain, as the inbox keeps them; the same for the functions that follow."""
    return (
        f"{number(task.id)} is yours",
        f"{giver.username} gave you “{task.title}”, due {blocks.spoken(task.end_date, zone)}.",
    )


def completion_words(task: Task, by: Person) -> tuple[str, str]:
    return f"{number(task.id)} is done", f"{by.username} finished “{task.title}”."


def release_words(task: Task, by: Person) -> tuple[str, str]:
    return f"{number(task.id)} has nobody", f"{by.username} says “{task.title}” is not theirs."


def late_words(task: Task, people: People) -> tuple[str, str]:
    owner = people.get(task.assigned_user_id or 0)
    return (
        f"{number(task.id)} is late",
        f"“{task.title}” has passed its end; {owner.username if owner else 'nobody'} is on it.",
    )


def news(task: Task, said: str, zone: str, *buttons: Block) -> dict[str, Any]:
    """A direct message that tells `said` about a task to somebody who does not have it."""
    shown = [
        blocks.section(f":information_source: {said}"),
        blocks.context(" · ".join([f"due {blocks.moment(task.end_date, zone)}", *labels(task)])),
    ]
    if buttons:
        shown.append(blocks.actions(*buttons))
    return blocks.message(said, shown)


def show_button(task: Task) -> Block:
    return blocks.button("Show", Action.SHOW, blocks.value(task=task.id), label=f"Show {number(task.id)}")


def moot(task: Task, word: str, last: PastEvent | None, now: datetime, zone: str) -> str:
    """Why `word` (`start`, `done`, `reopen`) cannot be done to a task in its state, and since when it is so."""
    name = number(task.id)
    since = ""
    if last:
        local, today = last.at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
        when = blocks.moment(last.at, zone, "{time}" if local.date() == today else "{date_short_pretty} at {time}")
        since = f" (by {blocks.escape(last.actor)}, {when})" if last.actor else f" ({when})"
    if word == "reopen":
        return f"{name} is not done: it is {STATUS_WORDS[task.status]}. There is nothing to reopen."
    if task.status == DONE:
        tail = "." if word == "done" else f". Reopen it first: `/task reopen {task.id}`."
        return f"{name} is done already{since}{tail}"
    return f"{name} is in progress already{since}."


def _called(user_id: int | None, people: People) -> str:
    known = people.get(user_id) if user_id is not None else None
    return blocks.mention(known.slack_id, known.username) if known else "somebody"


def _alert_buttons(task: Task) -> list[Block]:
    value, name = blocks.value(task=task.id), number(task.id)
    done = blocks.button("Done", Action.DONE, value, label=f"Mark {name} as done", style="primary")
    take = [blocks.button("Take", Action.TAKE, value, label=f"Take {name}")]
    return [
        done,
        *_answers(task, Action.NEW_DATE, Action.NOT_MINE),
        *(take if task.assigned_user_id is None else []),
    ]


def facts(task: Task, people: People, now: datetime, zone: str) -> str:
    """A task's row in a list, below its title: state, end and labels; whose it is where `people` are given."""
    state = "*late*, was due" if is_late(task, now) else f"{STATUS_WORDS[task.status]}, due"
    found = [f"{state} {blocks.moment(task.end_date, zone)}", *labels(task)]
    return " · ".join([person_name(task.assigned_user_id, people), *found] if people else found)


def own_rows(tasks: Iterable[Task], now: datetime, zone: str, start: str, done: str, **at: object) -> list[Block]:
    """A person's own tasks, each with the buttons *Start* and *Done*; `start` and `done` are their action ids, and
    `at` is added to their value, to say which list is to be drawn anew."""
    rows = []
    for task in tasks:
        value, name = blocks.value(task=task.id, **at), number(task.id)
        buttons = [blocks.button("Done", done, value, label=f"Mark {name} as done")]
        if task.status == TODO:
            buttons.insert(0, blocks.button("Start", start, value, label=f"Start {name}"))
        rows.append(blocks.section(f"{sign(task, now)} {label(task)}\n{facts(task, {}, now, zone)}"))
        rows.append(blocks.actions(*buttons))
    return rows
