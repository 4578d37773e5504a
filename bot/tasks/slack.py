"""`/task` and everything that can be pressed about tasks."""

from __future__ import annotations

from bot.context import Context
from bot.errors import Refusal
from bot.slack.command_line import SlashCommand, Subcommand, mentions
from bot.slack.request import Answer, Request, Surface
from bot.tasks import cards, operations, parsing, queries, slack_answers, slack_buttons, slack_forms
from bot.tasks.cards import Action
from bot.tasks.slack_forms import Form


async def mine(context: Context, request: Request) -> Answer:
    """Bare `/task`."""
    return await slack_buttons.mine(context, request)


async def new(context: Context, request: Request) -> Answer:
    """`/task new …`: made at once where the line says when it is due; otherwise the form opens with what was read."""
    line = parsing.new_task(request.text)
    if not line.due:
        return await slack_forms.open_creation(context, request, line, request.text)
    async with context.as_person(request, mentioned=line.people) as tx:
        plan = operations.plan(tx, line, context.settings.date_order)
        task = await operations.create(tx, plan)
        return slack_answers.receipt(tx, task, plan.owner)


async def list_(context: Context, request: Request) -> Answer:
    return await slack_buttons.found(context, request, request.text)


async def show(context: Context, request: Request) -> Answer:
    return await slack_buttons.details(context, request, _one(request.text, "/task show 12"))


def _one(text: str, example: str) -> int:
    first, *others = parsing.task_numbers(text, example)
    if others:
        raise Refusal("One task at a time, please.", example=example)
    return first


async def _move(context: Context, request: Request, word: str) -> Answer:
    numbers = parsing.task_numbers(request.text, f"/task {word} 12")
    async with context.as_person(request) as tx:
        result = await operations.move(tx, numbers, word)
        reply = slack_answers.moved(result, word)
        past = next((task for task in result.changed if cards.is_late(task, tx.now)), None)
        return slack_answers.reopened_late(past, reply) if past and word == "reopen" else reply


async def start(context: Context, request: Request) -> Answer:
    return await _move(context, request, "start")


async def done(context: Context, request: Request) -> Answer:
    return await _move(context, request, "done")


async def reopen(context: Context, request: Request) -> Answer:
    return await _move(context, request, "reopen")


async def take(context: Context, request: Request) -> Answer:
    task_id = _one(request.text, "/task take 12")
    async with context.as_person(request) as tx:
        task = await operations.take(tx, task_id)
        return slack_answers.given(task, tx.actor, tx.actor)


async def assign(context: Context, request: Request) -> Answer:
    """`/task assign 12 @ana`, `@me` or `none`."""
    task_id, who = parsing.number_and_rest(request.text, parsing.ASSIGN_EXAMPLE)
    meant = parsing.one_assignee(who)
    async with context.as_person(request, mentioned=mentions(who)) as tx:
        owner = operations.person_meant(tx, meant)
        task = await operations.assign(tx, task_id, owner)
        return slack_answers.given(task, owner, tx.actor)


async def due(context: Context, request: Request) -> Answer:
    """`/task due 12 monday 17:00`; a day alone ends with the assignee's work."""
    task_id, said = parsing.number_and_rest(request.text, "/task due 12 monday 17:00")
    async with context.as_person(request) as tx:
        task = await queries.get(tx, task_id)
        people = await queries.people_of(tx, [task])
        owner = people.get(task.assigned_user_id or 0)
        end = operations.end_meant(tx, said.removeprefix("due:"), owner, context.settings.date_order)
        return slack_answers.dated(await operations.move_end(tx, task_id, end), tx.actor.time_zone)


COMMAND = SlashCommand(
    "/task",
    "Tasks: make, find and finish them",
    "your open tasks",
    (
        Subcommand(
            "new",
            "/task new title @person due:friday !high epic:AUTH story:AUTH-12 role:tester start:monday -- description",
            "makes a task; without `due:` the form opens, filled with what was read",
            parsing.NEW_EXAMPLE,
        ),
        Subcommand(
            "list",
            "/task list words is:open assignee:@me role:tester epic:AUTH priority:>=high due:<friday sort:priority",
            "finds tasks; `-` in front of a filter turns it round, `is:` takes open, todo, in_progress, done, late, "
            "due-soon and unassigned",
            "/task list is:late priority:>=high",
        ),
        Subcommand("show", "/task show 12", "shows every field and the history", "/task show 12"),
        Subcommand("start", "/task start 12", "marks tasks as in progress", "/task start 12"),
        Subcommand("done", "/task done 12 13", "marks tasks as done", "/task done 12 13"),
        Subcommand("reopen", "/task reopen 12", "opens tasks again that were done", "/task reopen 12"),
        Subcommand("take", "/task take 12", "gives a task of your role to you", "/task take 12"),
        Subcommand(
            "assign",
            "/task assign 12 @ana",
            "gives a task to somebody, `@me` or `none`",
            "/task assign 12 @ana",
        ),
        Subcommand("due", "/task due 12 monday 17:00", "moves the end of a task", "/task due 12 monday 17:00"),
    ),
)

SURFACE = Surface(
    handlers={
        ("command", "/task"): mine,
        ("command", "/task new"): new,
        ("command", "/task list"): list_,
        ("command", "/task show"): show,
        ("command", "/task start"): start,
        ("command", "/task done"): done,
        ("command", "/task reopen"): reopen,
        ("command", "/task take"): take,
        ("command", "/task assign"): assign,
        ("command", "/task due"): due,
        ("action", Action.START): slack_buttons.start,
        ("action", Action.DONE): slack_buttons.done,
        ("action", Action.REOPEN): slack_buttons.reopen,
        ("action", Action.TAKE): slack_buttons.take,
        ("action", Action.NOT_MINE): slack_buttons.not_mine,
        ("action", Action.NEW_DATE): slack_forms.open_new_date,
        ("action", Action.SHOW): slack_buttons.show,
        ("action", Action.FORM): slack_forms.open_from_button,
        ("action", Action.PAGE_BACK): slack_buttons.turn_page,
        ("action", Action.PAGE_ON): slack_buttons.turn_page,
        ("action", Action.INVITE): slack_buttons.invite,
        ("view", Form.CREATE): slack_forms.create,
        ("view", Form.NEW_DATE): slack_forms.save_new_date,
    },
    commands=(COMMAND,),
)
