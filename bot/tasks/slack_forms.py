"""The forms of tasks: a new task, and a new date."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from bot.context import Context
from bot.db import Person, Transaction
from bot.errors import Refusal
from bot.slack import blocks, forms
from bot.slack.blocks import Block
from bot.slack.request import Answer, CloseForms, Reply, Request, named_id
from bot.tasks import cards, dates, operations, parsing, queries, rights, slack_answers
from bot.tasks.cards import Action
from bot.tasks.model import DONE, LABEL_LIMIT, PRIORITIES, TITLE_LIMIT, Task, number
from bot.tasks.operations import Plan
from bot.tasks.parsing import NewTask
from bot.users.model import WORKING_ROLES

DESCRIPTION_LIMIT = 3000
"""Slack's limit for a text input."""

LINE_LIMIT = 1500
"""A typed line up to this long fits into a button's value, which holds 2,000 characters."""

_PRIORITY_CHOICES = {word: word.capitalize() for word in PRIORITIES}
_ROLE_CHOICES = {role: role.capitalize() for role in WORKING_ROLES}


class Form(StrEnum):
    """The callback ids of the forms."""

    CREATE = "task.create"
    NEW_DATE = "task.date"


class Field(StrEnum):
    """The inputs, by `block_id` and `action_id`."""

    TITLE = "title"
    DESCRIPTION = "description"
    ASSIGNEE = "assignee"
    DUE = "due"
    START = "start"
    PRIORITY = "priority"
    ROLE = "role"
    EPIC = "epic"
    STORY = "story"


def creation(new: NewTask, owner: Person | None, start: datetime | None, metadata: Mapping[str, Any]) -> Block:
    """The form of a new task, filled with what a line said."""
    words = {number: word for word, number in PRIORITIES.items()}
    title = blocks.text_input(Field.TITLE, initial=new.title, max_length=TITLE_LIMIT, placeholder="What is to be done?")
    return blocks.modal(
        "New task",
        [
            blocks.field(Field.TITLE, "Title", title),
            blocks.field(
                Field.DESCRIPTION,
                "Description",
                blocks.text_input(Field.DESCRIPTION, initial=new.description, multiline=True),
                optional=True,
            ),
            blocks.field(
                Field.ASSIGNEE,
                "Assignee",
                blocks.people_select(Field.ASSIGNEE, "Nobody yet", owner.slack_id if owner else None),
                optional=True,
            ),
            blocks.field(Field.DUE, "Due", blocks.moment_input(Field.DUE)),
            blocks.field(
                Field.PRIORITY,
                "Priority",
                blocks.select(
                    Field.PRIORITY, "Choose a priority", _PRIORITY_CHOICES, words.get(new.priority or 0, "none")
                ),
            ),
            blocks.field(
                Field.ROLE,
                "Role",
                blocks.select(Field.ROLE, "The assignee's", _ROLE_CHOICES, new.role),
                optional=True,
            ),
            blocks.field(
                Field.EPIC,
                "Epic",
                blocks.text_input(Field.EPIC, initial=new.epic or "", max_length=LABEL_LIMIT),
                optional=True,
            ),
            blocks.field(
                Field.STORY,
                "Story",
                blocks.text_input(Field.STORY, initial=new.story or "", max_length=LABEL_LIMIT),
                optional=True,
            ),
            blocks.field(
                Field.START,
                "Start",
                blocks.moment_input(Field.START, start),
                optional=True,
                hint="Now, if you leave it empty.",
            ),
        ],
        callback_id=Form.CREATE,
        submit="Create",
        metadata=metadata,
    )


def new_date(task: Task, now: datetime, metadata: Mapping[str, Any]) -> Block:
    """The form that asks for a task's new end."""
    chosen = task.end_date if task.end_date > now else None
    return blocks.modal(
        f"New date for {number(task.id)}",
        [
            blocks.section(cards.label(task)),
            blocks.field(Field.DUE, "Due", blocks.moment_input(Field.DUE, chosen)),
        ],
        callback_id=Form.NEW_DATE,
        submit="Save",
        metadata=metadata,
    )


def _where(request: Request) -> dict[str, Any]:
    """What the submission needs to answer at the place where the form was asked for."""
    found = {"channel": request.channel_id, "response_url": request.response_url}
    return {name: value for name, value in found.items() if value}


async def open_creation(context: Context, request: Request, new: NewTask, line: str) -> Answer:
    """Show the form of a new task, filled with what was read from `line`."""
    if len(new.description) > DESCRIPTION_LIMIT:
        raise Refusal(
            f"The form holds descriptions of up to {DESCRIPTION_LIMIT:,} characters, and yours is longer. "
            "Say when the task is due in the line itself, then no form is needed.",
            example=parsing.NEW_EXAMPLE,
        )
    try:
        view_id = await forms.open_loading(context.slack, request, "New task")
    except Refusal as refusal:
        return _open_again(request, refusal, line)

    async def form() -> Block:
        async with context.as_person(request, mentioned=new.people) as tx:
            rights.check_create(tx.actor)
            owner = operations.person_meant(tx, new.assignee)
            start = operations.start_meant(tx, new, owner, context.settings.date_order)
            return creation(new, owner, start, _where(request))

    if refused := await forms.fill(context.slack, view_id, "New task", form):
        # The modal says why there is no form, and the answer to the command gives back what was typed.
        raise refused
    return None


def _open_again(request: Request, refusal: Refusal, line: str) -> Reply:
    """The form could not be opened: what was typed comes back, with a button that has a fresh trigger."""
    value = blocks.value(line=line) if len(line) <= LINE_LIMIT else blocks.value()
    shown = [blocks.section(f":warning: {refusal.message}")]
    if request.typed:
        typed = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": request.typed[:3000]}]}
        shown += [blocks.context("You typed:"), {"type": "rich_text", "elements": [typed]}]
    shown.append(blocks.actions(blocks.button("Open the form", Action.FORM, value, style="primary")))
    return Reply(refusal.message, tuple(shown))


async def open_from_button(context: Context, request: Request) -> Answer:
    """*New*, or *Open the form* with the line that it could not be opened for."""
    line = str(request.value.get("line", ""))
    return await open_creation(context, request, parsing.new_task(line), line)


async def create(context: Context, request: Request) -> Answer:
    """The form of a new task was sent."""
    given = request.fields
    chosen = given.get(Field.ASSIGNEE)
    title = " ".join((given.get(Field.TITLE) or "").split())
    if not title:
        raise Refusal("A task needs a title.", field=Field.TITLE)
    try:
        async with context.as_user(request.user_id, [chosen] if chosen else [], request.metadata.get("channel")) as tx:
            task = await operations.create(tx, _plan(tx, given, title))
            return CloseForms(slack_answers.receipt(tx, task, tx.people.get(chosen or "")))
    except Refusal as refusal:
        if chosen and f"<@{chosen}>" in refusal.message:
            # Slack shows errors at fields as plain text, in which a mention would be an id.
            said = "Apps, and people who have left the workspace, cannot be given tasks. Choose somebody else."
            raise Refusal(said, field=Field.ASSIGNEE) from refusal
        raise


def _plan(tx: Transaction, given: Mapping[str, Any], title: str) -> Plan:
    return Plan(
        title,
        _end(tx, given),
        (given.get(Field.DESCRIPTION) or "").strip(),
        tx.people.get(given.get(Field.ASSIGNEE) or ""),
        _moment(given.get(Field.START)),
        PRIORITIES.get(given.get(Field.PRIORITY) or "", 0),
        given.get(Field.ROLE),
        _label(given.get(Field.EPIC)),
        _label(given.get(Field.STORY)),
    )


def _end(tx: Transaction, given: Mapping[str, Any]) -> datetime:
    end = _moment(given.get(Field.DUE))
    if end is None or end <= tx.now:
        raise Refusal("Choose a moment that is still ahead.", field=Field.DUE)
    if end > tx.now + dates.FARTHEST:
        raise Refusal("That is more than ten years away. Please check the year.", field=Field.DUE)
    return end


def _moment(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def _label(typed: str | None) -> str | None:
    return " ".join((typed or "").split()) or None


async def open_new_date(context: Context, request: Request) -> Answer:
    """*New date* was pressed: show the form, if the person may and the task is still open."""
    task_id = named_id(request, "task")
    title = f"New date for {number(task_id)}"
    view_id = await forms.open_loading(context.slack, request, title)

    async def form() -> Block:
        async with context.as_person(request) as tx:
            task = await queries.get(tx, task_id)
            rights.check_change(tx.actor, task)
            if task.status == DONE:
                raise Refusal(f"{number(task.id)} is done already, so its date does not matter any more.")
            return new_date(task, tx.now, {"task": task_id, **_where(request)})

    await forms.fill(context.slack, view_id, title, form)
    return None


async def save_new_date(context: Context, request: Request) -> Answer:
    """A new end was chosen."""
    async with context.as_user(request.user_id, (), request.metadata.get("channel")) as tx:
        task = await operations.move_end(tx, int(request.metadata["task"]), _end(tx, request.fields))
        return CloseForms(slack_answers.dated(task, tx.actor.time_zone))
