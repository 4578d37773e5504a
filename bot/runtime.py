"""The composition root: builds the process's parts, starts them in order, and stops them in the other.

Starting: database (the revision must be this code's), Slack (the token must be good), handlers, delivery, schedule,
HTTP, and last the door through which work comes in. Stopping is the reverse: not ready, no more work taken in, the
handlers we own finish, delivery finishes the row in hand, then scheduler, sessions and engine.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from sqlalchemy import text

from bot import migrate, web
from bot.chat import slack as chat
from bot.context import Context
from bot.db import Database, Transaction, create_engine
from bot.errors import Failure, SlackRateLimited, SlackRefused, SlackUnavailable
from bot.github.client import GitHub
from bot.home import slack as home
from bot.listening import listen
from bot.notifications import places
from bot.notifications import slack as notifications
from bot.notifications.delivery import Delivery
from bot.schedule import Schedule
from bot.settings import Settings
from bot.slack import app as slack_app
from bot.slack import gateway as slack_gateway
from bot.slack.app import Dispatcher
from bot.slack.gateway import Gateway
from bot.slack.socket_mode import SocketMode
from bot.tasks import schedule as task_schedule
from bot.tasks import slack as tasks
from bot.triage import slack as triage
from bot.users import github as sign_ins
from bot.users import slack as users

log = logging.getLogger(__name__)

SURFACES = (tasks.SURFACE, triage.SURFACE, chat.SURFACE, home.SURFACE, notifications.SURFACE, users.SURFACE)
"""In the order in which Slack's menus and the help list them."""

FOLLOWERS = {"chat": chat.FOLLOWER}
"""Who is told, by the ledger's kind, that Slack took a message or refused it."""


@dataclass(frozen=True, slots=True)
class Running:
    """A bot that runs. `failed` ends, with the reason as its exception, when a side loop has died."""

    context: Context
    dispatcher: Dispatcher
    delivery: Delivery
    schedule: Schedule
    port: int
    team: str
    failed: asyncio.Future[None]


@asynccontextmanager
async def running(settings: Settings, database_url: str) -> AsyncIterator[Running]:
    """The whole bot, from the first connection to the last; it is ready inside the block and drained at its end.

    `database_url` is SQLAlchemy's. Raises `Failure`, one sentence for the operator, for what is set up wrongly.
    """
    await asyncio.to_thread(migrate.require_newest, database_url)
    async with AsyncExitStack() as stack:
        engine = create_engine(
            database_url,
            pool_size=settings.db_pool_size,
            max_overflow=settings.db_max_overflow,
            recycle=settings.db_pool_recycle,
            pre_ping=settings.db_pool_pre_ping,
            timeout=settings.db_pool_timeout,
        )
        stack.push_async_callback(engine.dispose)
        database = Database(engine)
        session = await stack.enter_async_context(slack_gateway.open_session())
        token = settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else ""
        gateway = Gateway(session, settings.slack_api_url, token)
        identity = await _identity(gateway, settings)
        github = GitHub(
            api_url=settings.github_api_url,
            token=settings.github_token.get_secret_value() if settings.github_token else None,
        )
        stack.push_async_callback(github.close)

        async def introduce(slack_ids: frozenset[str], channel: str | None) -> None:
            if slack_ids:
                await users.introduce_people(database, gateway, settings, slack_ids)
                await places.welcome(database)
            if channel:
                await places.introduce_channel(database, gateway, channel)

        context = Context(settings, database, gateway, github, introduce)
        dispatcher = Dispatcher(context, SURFACES)
        name = f"{socket.gethostname()}:{os.getpid()}"
        delivery = Delivery(context, name=name, followers=FOLLOWERS)

        async def sweep() -> timedelta | None:
            return await task_schedule.sweep(context)

        async def deliver() -> None:
            delivery.wake()

        async def poll_sign_ins() -> None:
            await sign_ins.poll(context)

        schedule = Schedule(
            sweep=sweep,
            tick={
                "delivery": deliver,
                "events left over": dispatcher.resume_events,
                "sign-ins": poll_sign_ins,
            },
        )

        def after_commit(tx: Transaction) -> None:
            if tx.announced:
                delivery.wake()
            if tx.next_end is not None:
                schedule.arm(tx.next_end - tx.now)

        database.after_commit = after_commit
        failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        delivering = asyncio.create_task(delivery.run(), name="delivery")
        delivering.add_done_callback(lambda task: _ended(task, failed))
        stack.push_async_callback(_stop_delivery, delivery, delivering)
        await schedule.start()
        stack.push_async_callback(schedule.stop)
        direct_url = settings.database_direct_url.get_secret_value() if settings.database_direct_url else database_url
        listening = asyncio.create_task(listen(direct_url, schedule.arm), name="listening")
        listening.add_done_callback(lambda task: _ended(task, failed))
        stack.push_async_callback(_cancel, listening)
        bolt = slack_app.build(
            dispatcher,
            token=token,
            signing_secret=settings.slack_signing_secret.get_secret_value() if settings.slack_signing_secret else None,
            identity=identity,
        )
        is_open = False

        async def is_ready() -> str | None:
            if not is_open:
                return "starting or stopping"
            try:
                async with asyncio.timeout(2), engine.connect() as connection:
                    await connection.execute(text("SELECT 1"))
            except Exception as error:
                return f"database: {type(error).__name__}"
            return None

        site = web.routes(
            is_ready=is_ready,
            metrics=_metrics(),
            bolt=bolt if settings.slack_signing_secret else None,
        )
        runner = await web.serve(site, settings.host, settings.port)
        stack.push_async_callback(runner.cleanup)
        stack.push_async_callback(dispatcher.drain, settings.stop_seconds / 2)
        if settings.slack_app_token:
            door = SocketMode(bolt, app_token=settings.slack_app_token.get_secret_value(), gateway=gateway)
            await door.start()
            stack.push_async_callback(door.close)
        _settle_memory()
        is_open = True
        log.info("ready: workspace %s, port %d", identity["team"], web.port_of(runner))
        try:
            yield Running(context, dispatcher, delivery, schedule, web.port_of(runner), str(identity["team"]), failed)
        finally:
            is_open = False
            log.info("stopping")


async def _identity(gateway: Gateway, settings: Settings) -> dict[str, str]:
    """Who the bot is in Slack, asked once."""
    try:
        return await gateway.call("auth.test")
    except SlackRefused as refused:
        raise Failure(
            f"Slack does not take SLACK_BOT_TOKEN ({refused.code}). Copy the bot token again from the app's"
            ' page, "OAuth & Permissions".'
        ) from refused
    except (SlackUnavailable, SlackRateLimited) as error:
        raise Failure(f"Slack does not answer at {settings.slack_api_url} ({error}). Is the network there?") from error


def _ended(task: asyncio.Task[None], failed: asyncio.Future[None]) -> None:
    """A side loop that ends by itself is a defect: whoever waits for `failed` stops the process with its trace."""
    if failed.done() or task.cancelled():
        return
    if error := task.exception():
        failed.set_exception(error)


async def _stop_delivery(delivery: Delivery, task: asyncio.Task[None]) -> None:
    await delivery.stop()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.wait({task})


def _metrics() -> CollectorRegistry:
    """What `/metrics` shows, of this bot only: two bots of one process, as tests have, do not share it."""
    registry = CollectorRegistry()
    for collector in (ProcessCollector, PlatformCollector, GCCollector):
        collector(registry=registry)
    return registry


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait({task})


def _settle_memory() -> None:
    """What was built at the start stays: collecting it again and again would stop commands in the middle."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
