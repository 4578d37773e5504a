"""The composition root: builds the process's parts, starts them in order, and stops them in the other.

Starting: database (the revision must be this code's), Slack (the token must be good), handlers, delivery, schedule,
HTTP, and last the door through which work comes in. Stopping is the reverse: not ready, no more work taken in, the
handlers we own finish, delivery finishes the row in hand, then scheduler, sessions and engine.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import socket
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot import migrate, web
from bot.chat import slack as chat
from bot.context import Context
from bot.db import DELIVERY, SIGN_INS, Database, Transaction
from bot.engine import create_engine
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
from bot.users import slack as users
from bot.users.github import SignInLoop

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
    failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    # Whatever is entered here is left in the opposite order.
    async with AsyncExitStack() as stack:
        context = await _connect(stack, settings, database_url)
        identity = await _identity(context.slack, settings)
        dispatcher = Dispatcher(context, SURFACES)
        delivery, schedule = await _begin_side_loops(stack, context, dispatcher, database_url, failed)
        is_open = asyncio.Event()
        port = await _open_doors(stack, context, dispatcher, identity, is_open)
        is_open.set()
        log.info("ready: workspace %s, port %d", identity["team"], port)
        try:
            yield Running(context, dispatcher, delivery, schedule, port, identity["team"], failed)
        finally:
            is_open.clear()
            log.info("stopping")


async def _connect(stack: AsyncExitStack, settings: Settings, database_url: str) -> Context:
    """Database, Slack and GitHub, none of which is asked anything yet."""
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
    gateway = Gateway(session, settings.slack_api_url, _secret(settings.slack_bot_token) or "")
    github = GitHub(api_url=settings.github_api_url, token=_secret(settings.github_token))
    stack.push_async_callback(github.close)

    async def introduce(slack_ids: frozenset[str], channel: str | None) -> None:
        if slack_ids:
            await users.introduce_people(database, gateway, settings, slack_ids)
            await places.welcome(database)
        if channel:
            await places.introduce_channel(database, gateway, channel)

    return Context(settings, database, gateway, github, introduce)


async def _begin_side_loops(
    stack: AsyncExitStack, context: Context, dispatcher: Dispatcher, database_url: str, failed: asyncio.Future[None]
) -> tuple[Delivery, Schedule]:
    """What runs beside the commands: delivery, sign-ins, the tick, and hearing what other processes committed."""
    delivery = Delivery(context, name=f"{socket.gethostname()}:{os.getpid()}", followers=FOLLOWERS)
    following = SignInLoop(context)

    async def wake_all() -> None:
        delivery.wake()
        following.wake()

    schedule = Schedule(
        sweep=lambda: task_schedule.sweep(context),
        tick={
            "side loops": wake_all,
            "events left over": dispatcher.resume_events,
            "people": lambda: users.correct_provisional(context),
        },
    )

    def after_commit(tx: Transaction) -> None:
        if DELIVERY in tx.wakes:
            delivery.wake()
        if SIGN_INS in tx.wakes:
            following.wake()
        if tx.next_end is not None:
            schedule.arm(tx.next_end - tx.now)

    def watch(loop: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(loop, name=name)
        task.add_done_callback(lambda ended: _ended(ended, failed))
        return task

    async def stop_following(task: asyncio.Task[None]) -> None:
        following.stop()
        await asyncio.wait({task})

    async def stop_delivering(task: asyncio.Task[None]) -> None:
        await delivery.stop()
        await asyncio.wait({task})

    context.database.after_commit = after_commit
    stack.push_async_callback(stop_delivering, watch(delivery.run(), "delivery"))
    stack.push_async_callback(stop_following, watch(following.run(), "sign-ins"))
    await schedule.start()
    stack.push_async_callback(schedule.stop)
    direct_url = _secret(context.settings.database_direct_url) or database_url
    stack.push_async_callback(_cancel, watch(listen(direct_url, schedule.arm), "listening"))
    return delivery, schedule


async def _open_doors(
    stack: AsyncExitStack,
    context: Context,
    dispatcher: Dispatcher,
    identity: Mapping[str, str],
    is_open: asyncio.Event,
) -> int:
    """HTTP, and Socket Mode where there is an app token: from here on work comes in. Returns the HTTP port."""
    settings = context.settings
    signing_secret = _secret(settings.slack_signing_secret)
    bolt = slack_app.build(
        dispatcher, token=_secret(settings.slack_bot_token) or "", signing_secret=signing_secret, identity=identity
    )

    async def is_ready() -> str | None:
        if not is_open.is_set():
            return "starting or stopping"
        try:
            async with asyncio.timeout(2), context.database.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except (SQLAlchemyError, OSError) as error:
            return f"database: {type(error).__name__}"
        return None

    site = web.routes(is_ready=is_ready, metrics=_metrics(), bolt=bolt if signing_secret else None)
    runner = await web.serve(site, settings.host, settings.port)
    stack.push_async_callback(runner.cleanup)
    stack.push_async_callback(dispatcher.drain, settings.stop_seconds / 2)
    if app_token := _secret(settings.slack_app_token):
        door = SocketMode(bolt, app_token=app_token, gateway=context.slack)
        await door.start()
        stack.push_async_callback(door.close)
    return web.port_of(runner)


def _secret(setting: SecretStr | None) -> str | None:
    return setting.get_secret_value() if setting else None


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


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait({task})


def _metrics() -> CollectorRegistry:
    """What `/metrics` shows, of this bot only: two bots of one process, as tests have, do not share it."""
    registry = CollectorRegistry()
    for collector in (ProcessCollector, PlatformCollector, GCCollector):
        collector(registry=registry)
    return registry


def settle_memory() -> None:
    """What was built at the start stays: collecting it again and again would stop commands in the middle.

    For a process that does nothing else than run the bot.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
