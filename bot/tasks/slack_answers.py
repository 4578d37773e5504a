"""What the commands answer: receipts, lists and a task's details; pure. Only the person who asked sees these."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.db import Person, Transaction
from bot.history.queries import PastEvent
from bot.slack import blocks
from bot.slack.blocks import Block
from bot.slack.request import Reply
from bot.tasks import cards
from bot.tasks.cards import Action, People
from bot.tasks.filters import TaskFilter
from bot.tasks.model import DONE, Task, number, priority_word
from bot.tasks.operations import Moved
from bot.tasks.queries import Page

NEW_BUTTON = blocks.button("New", Action.FORM, blocks.value(), label="Make a new task")


def receipt(tx: Transaction, task: Task, owner: Person | None) -> Reply:
    """A new task, with every field that was read."""
    zone = tx.actor.time_zone
    who = f"for {blocks.mention(owner.slack_id, owner.username)}" if owner else "for nobody yet"
    facts = [who, f"due {blocks.moment(task.end_date, zone)}"]
    if not task.start_is_automatic:
        facts.append(f"starts {blocks.moment(task.start_date, zone)}")
    if task.priority:
        facts.append(priority_word(task.priority))
    if task.epic_id:
        facts.append(f"epic {blocks.escape(task.epic_id)}")
    if task.story_id:
        facts.append(f"story {blocks.escape(task.story_id)}")
    facts.append(f"role {task.assigned_role}")
    if task.description:
        facts.append("with a description")
    facts.append(_home(task, tx.actor))
    shown = [blocks.section(f":white_check_mark: {cards.label(task)}"), blocks.context(" · ".join(facts))]
    if invitation := _invitation(tx, task):
        shown.append(invitation)
    spoken = blocks.spoken(task.end_date, zone)
    text = f"{number(task.id)} {blocks.quoted(task.title)} is made, {who}, due {spoken}, {_home(task, tx.actor)}."
    return Reply(text, tuple(shown))


def _home(task: Task, me: Person) -> str:
    if task.home_channel == me.slack_id:
        return "in your direct messages with me"
    return f"in <#{task.home_channel}>"


def _invitation(tx: Transaction, task: Task) -> Block | None:
    """*Invite me here*, where the card went elsewhere because the bot is not in this channel."""
    place = tx.place
    if place is None or place.is_member or place.is_archived or place.id == task.home_channel or place.id[0] == "D":
        return None
    return blocks.actions(blocks.button("Invite me here", Action.INVITE, blocks.value(channel=place.id)))


def invited(channel: str) -> Reply:
    return Reply(f"Thank you, I am in <#{channel}> now: tasks made here from now on have their cards here.")


def cannot_join(channel: str) -> str:
    return f"Slack lets me into <#{channel}> only by invitation: type `/invite` and my name there, please."


def moved(result: Moved, word: str) -> Reply:
    """What `start`, `done` or `reopen` did, and why not everything."""
    done = {"start": "in progress now", "done": "done", "reopen": "open again"}[word]
    lines = [f":white_check_mark: {cards.label(task)} is {done}." for task in result.changed]
    lines += [f":warning: {sentence}" for sentence in result.refused]
    names = ", ".join(number(task.id) for task in result.changed)
    text = f"{names} {'is' if len(result.changed) == 1 else 'are'} {done}. {' '.join(result.refused)}".strip()
    return Reply(text, tuple(blocks.sections(lines)))


def reopened_late(task: Task, reply: Reply) -> Reply:
    """After `reopen`: the end of the task has passed, so it needs a new one."""
    hint = f"The end of {number(task.id)} has passed: give it a new one."
    button = blocks.button("New date", Action.NEW_DATE, blocks.value(task=task.id))
    return Reply(f"{reply.text} {hint}", (*reply.blocks, blocks.section(hint, accessory=button)))


def given(task: Task, owner: Person | None, me: Person) -> Reply:
    if owner is None:
        said = f"{cards.label(task)} is nobody's now."
    elif owner.id == me.id:
        said = f"{cards.label(task)} is yours now."
    else:
        said = f"{cards.label(task)} is {blocks.mention(owner.slack_id, owner.username)}'s now; I have told them."
    return Reply(said)


def dated(task: Task, zone: str) -> Reply:
    return Reply(f"{cards.label(task)} is due {blocks.moment(task.end_date, zone)} now.")


# --- Lists ------------------------------------------------------------------------------------------------------------


def mine(page: Page, now: datetime, zone: str, *, replace: bool = False) -> Reply:
    """The person's open tasks with their buttons."""
    if not page.total:
        text = "You have no open tasks."
        hint = "`/task list is:unassigned` shows what waits for somebody, `/task new` adds a task."
        return Reply(
            text, (blocks.section(f":tada: {text}"), blocks.context(hint), blocks.actions(NEW_BUTTON)), replace
        )
    text = f"You have {_count(page.total, 'open task')}: {_spoken_rows(page.tasks, now)}."
    rows = cards.own_rows(page.tasks, now, zone, Action.START, Action.DONE, at="mine", page=page.index)
    shown = [blocks.section(f"*Your open tasks* ({page.total})"), *rows, *_pager(page, "mine", ""), _footer()]
    return Reply(text, tuple(shown), replace)


def _footer() -> Block:
    return blocks.actions(NEW_BUTTON)


def listed(page: Page, wanted: TaskFilter, people: People, now: datetime, zone: str, *, replace: bool = False) -> Reply:
    """What `/task list` found, each row with *Show*."""
    named = f"`{blocks.escape(wanted.text.replace('`', ''))}`" if wanted.text else ""
    if not page.total:
        return _none_found(wanted, named, replace)
    what = "task" if wanted.says_state else "open task"
    heading = f"*{_count(page.total, what)}*" + (f" for {named}" if named else "")
    rows = [
        blocks.section(
            f"{cards.sign(task, now)} {cards.label(task)}\n{cards.facts(task, people, now, zone)}",
            accessory=cards.show_button(task),
        )
        for task in page.tasks
    ]
    text = f"{_count(page.total, what)} found: {_spoken_rows(page.tasks, now)}."
    return Reply(text, (blocks.section(heading), *rows, *_pager(page, "list", wanted.text)), replace)


def _none_found(wanted: TaskFilter, named: str, replace: bool) -> Reply:
    if wanted.text:
        text = f"No {'task' if wanted.says_state else 'open task'} that you may see fits {named}."
        hint = "Leave a filter out"
        hint += "." if wanted.says_state else ", or add `is:done` to look among the finished ones."
    else:
        text = "There are no open tasks that you may see."
        hint = "`/task new Fix login redirect @ana due:friday` makes one; `/task list is:done` shows the finished ones."
    return Reply(text, (blocks.section(text), blocks.context(hint), blocks.actions(NEW_BUTTON)), replace)


def _count(total: int, what: str) -> str:
    return f"{total} {what}{'' if total == 1 else 's'}"


def _spoken_rows(tasks: Sequence[Task], now: datetime) -> str:
    return ", ".join(
        f"{number(task.id)} {blocks.quoted(task.title, 60)}{' (late)' if cards.is_late(task, now) else ''}"
        for task in tasks
    )


def _pager(page: Page, at: str, query: str) -> list[Block]:
    if not page.last:
        return []
    buttons = []
    if page.index > 0:
        value = blocks.value(at=at, q=query, page=page.index - 1)
        buttons.append(blocks.button("Previous", Action.PAGE_BACK, value, label="Previous page"))
    if page.index < page.last:
        value = blocks.value(at=at, q=query, page=page.index + 1)
        buttons.append(blocks.button("Next", Action.PAGE_ON, value, label="Next page"))
    return [blocks.context(f"Page {page.index + 1} of {page.last + 1}"), blocks.actions(*buttons)]


def details(
    task: Task,
    people: People,
    past: Sequence[PastEvent],
    now: datetime,
    zone: str,
    *,
    may_change: bool,
    replace: bool = False,
) -> Reply:
    """Every field of a task and its history; buttons for whoever may change it."""
    state = cards.STATUS_WORDS[task.status] + (", *late*" if cards.is_late(task, now) else "")
    fields = [
        f"*Status*\n{state}",
        f"*Assignee*\n{cards.person_name(task.assigned_user_id, people)}",
        f"*Due*\n{blocks.moment(task.end_date, zone)}",
        f"*Starts*\n{blocks.moment(task.start_date, zone)}",
        f"*Priority*\n{priority_word(task.priority)}",
        f"*Role*\n{task.assigned_role.replace('_', ' ')}",
        f"*Epic*\n{blocks.escape(task.epic_id or '–')}",
        f"*Story*\n{blocks.escape(task.story_id or '–')}",
        f"*Made by*\n{cards.person_name(task.created_by, people)}",
    ]
    if task.completed_at and task.status == DONE:
        fields.append(f"*Done*\n{blocks.moment(task.completed_at, zone)}")
    shown = [blocks.section(f"{cards.sign(task, now)} {cards.label(task)}", fields=fields)]
    # A section takes 3,000 characters and escaping may make five of one.
    shown += [blocks.section(blocks.quoted(part)) for part in _parts(task.description, 600)]
    if past:
        lines = [
            f"{blocks.moment(event.at, zone)} – {cards.deed(event.verb, event.actor, event.changes, people, zone)}"
            for event in past
        ]
        shown += [blocks.divider(), *blocks.sections(lines)]
    if may_change:
        buttons = cards.move_buttons(task, at="show")
        if task.status != DONE:
            buttons.append(blocks.button("New date", Action.NEW_DATE, blocks.value(task=task.id)))
        shown.append(blocks.actions(*buttons))
    return Reply(cards.sentence(task, people, now, zone), tuple(shown), replace)


def _parts(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)][:20]
