"""App Home, and `/scrum` with what it says about oneself. Other features add their words to `/scrum`."""

from __future__ import annotations

from bot.context import Context
from bot.db import Transaction
from bot.home import cards
from bot.home.cards import Action, Overview
from bot.notifications import operations as notifications
from bot.notifications import queries as inbox_queries
from bot.slack.command_line import SlashCommand, Subcommand
from bot.slack.request import Answer, Request, Surface
from bot.tasks import operations as tasks
from bot.tasks import queries as task_queries
from bot.triage import queries as triage_queries


async def overview(tx: Transaction) -> Overview:
    """What concerns the person of this transaction now; for managers the team as well."""
    me = tx.actor
    return Overview(
        me,
        tx.now,
        await task_queries.mine(tx),
        await inbox_queries.unread(tx, cards.NOTIFICATIONS_SHOWN),
        await inbox_queries.count_unread(tx),
        await triage_queries.reported_by(tx, me.id, cards.REPORTS_SHOWN),
        await task_queries.late(tx) if me.is_manager else None,
        await triage_queries.open_count(tx) if me.is_manager else None,
    )


async def draw(context: Context, slack_id: str) -> None:
    """Publish App Home as it is now for one person."""
    async with context.as_user(slack_id) as tx:
        view = cards.home(await overview(tx))
    await context.slack.call("views.publish", user_id=slack_id, view=view)


async def opened(context: Context, request: Request) -> None:
    """Slack's `app_home_opened`, which comes for the messages tab as well."""
    if request.payload["event"].get("tab", "home") == "home":
        await draw(context, request.user_id)


async def _move(context: Context, request: Request, word: str) -> None:
    task_id = request.value.get("task")
    try:
        async with context.as_person(request) as tx:
            await tasks.move(tx, [task_id if isinstance(task_id, int) else 0], word)
    finally:
        # Also where it was refused: what was pressed was out of date then.
        await draw(context, request.user_id)


async def start(context: Context, request: Request) -> Answer:
    await _move(context, request, "start")
    return None


async def done(context: Context, request: Request) -> Answer:
    await _move(context, request, "done")
    return None


def _ids(request: Request) -> list[int]:
    ids = request.value.get("ids")
    return [one for one in ids if isinstance(one, int)] if isinstance(ids, list) else []


async def read(context: Context, request: Request) -> Answer:
    """*Mark read* in App Home: what was shown, not what came meanwhile."""
    async with context.as_person(request) as tx:
        await notifications.mark_read(tx, _ids(request))
    await draw(context, request.user_id)
    return None


async def read_inbox(context: Context, request: Request) -> Answer:
    """*Mark read* below `/scrum inbox`; older ones follow in its place."""
    async with context.as_person(request) as tx:
        await notifications.mark_read(tx, _ids(request))
        return cards.inbox(await overview(tx), replace=True)


async def inbox(context: Context, request: Request) -> Answer:
    async with context.as_person(request) as tx:
        return cards.inbox(await overview(tx))


async def needs_you(context: Context, request: Request) -> Answer:
    async with context.as_person(request) as tx:
        return cards.needs_you(await overview(tx))


COMMAND = SlashCommand(
    "/scrum",
    "Yourself, your inbox, GitHub and settings",
    "what needs you now",
    (Subcommand("inbox", "/scrum inbox", "shows what you have not read yet", "/scrum inbox"),),
)

SURFACE = Surface(
    handlers={
        ("command", "/scrum"): needs_you,
        ("command", "/scrum inbox"): inbox,
        ("event", "app_home_opened"): opened,
        ("action", Action.START): start,
        ("action", Action.DONE): done,
        ("action", Action.READ): read,
        ("action", Action.READ_INBOX): read_inbox,
    },
    commands=(COMMAND,),
)
