"""What the buttons on tasks do. Each acts on the task as it is now, with the rights of whoever presses it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from bot.context import Context
from bot.db import Transaction
from bot.errors import Refusal
from bot.history import queries as history
from bot.slack.request import Answer, Reply, Request, named_id
from bot.tasks import filters, operations, queries, rights, slack_answers
from bot.tasks.model import Task, subject


async def _press(context: Context, request: Request, change: Callable[[Transaction, int], Awaitable[Any]]) -> Answer:
    """Change the task. The messages that stand in Slack follow through the ledger; a list that only this person sees
    is drawn anew in its place."""
    number = named_id(request, "task")
    async with context.as_person(request) as tx:
        await change(tx, number)
    at = request.value.get("at")
    if at == "mine":
        return await mine(context, request, _index(request), replace=True)
    if at == "show":
        return await details(context, request, number, replace=True)
    return None


async def start(context: Context, request: Request) -> Answer:
    return await _press(context, request, lambda tx, number: operations.move(tx, [number], "start"))


async def done(context: Context, request: Request) -> Answer:
    return await _press(context, request, lambda tx, number: operations.move(tx, [number], "done"))


async def reopen(context: Context, request: Request) -> Answer:
    return await _press(context, request, lambda tx, number: operations.move(tx, [number], "reopen"))


async def take(context: Context, request: Request) -> Answer:
    return await _press(context, request, operations.take)


async def not_mine(context: Context, request: Request) -> Answer:
    return await _press(context, request, operations.release)


async def show(context: Context, request: Request) -> Answer:
    return await details(context, request, named_id(request, "task"))


async def turn_page(context: Context, request: Request) -> Answer:
    if request.value.get("at") == "mine":
        return await mine(context, request, _index(request), replace=True)
    text = str(request.value.get("q", ""))
    return await found(context, request, text, _index(request), replace=True)


def _index(request: Request) -> int:
    index = request.value.get("page", 0)
    return index if isinstance(index, int) else 0


async def invite(context: Context, request: Request) -> Answer:
    """*Invite me here*: join, if Slack lets the bot in without being asked."""
    channel = str(request.value.get("channel", ""))
    await context.introduce(frozenset(), channel)
    async with context.as_user(request.user_id, (), channel) as tx:
        if tx.place is None or not tx.place.is_member:
            raise Refusal(slack_answers.cannot_join(channel))
    return slack_answers.invited(channel)


# --- What commands and buttons show alike -----------------------------------------------------------------------------


async def mine(context: Context, request: Request, index: int = 0, *, replace: bool = False) -> Reply:
    """A page of the person's open tasks."""
    async with context.as_person(request) as tx:
        page = await queries.mine(tx, index)
        return slack_answers.mine(page, tx.now, tx.actor.time_zone, replace=replace)


async def found(context: Context, request: Request, text: str, index: int = 0, *, replace: bool = False) -> Reply:
    """A page of the tasks that the filter `text` asks for."""
    wanted = filters.task_filter(text)
    async with context.as_person(request, mentioned=wanted.people) as tx:
        page = await queries.listed(tx, wanted, index, context.settings.date_order)
        people = await queries.people_of(tx, page.tasks)
        return slack_answers.listed(page, wanted, people, tx.now, tx.actor.time_zone, replace=replace)


async def details(context: Context, request: Request, number: int, *, replace: bool = False) -> Reply:
    """Every field of one task and its history."""
    async with context.as_person(request) as tx:
        task = await queries.get(tx, number)
        past = await history.of_subject(tx, subject(number))
        owners = [one for event in past for one in event.changes.get("assigned_user_id", ())]
        people = await queries.people_by_id(tx, [task.assigned_user_id, task.created_by, *owners])
        return slack_answers.details(
            task, people, past, tx.now, tx.actor.time_zone, may_change=_may_act(tx, task), replace=replace
        )


def _may_act(tx: Transaction, task: Task) -> bool:
    try:
        rights.check_change(tx.actor, task)
    except Refusal:
        return task.assigned_user_id is None and rights.may_take(tx.actor, task)
    return True
