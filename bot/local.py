"""What a verb of the command line starts on this machine: the embedded database, the local workspace, the bot."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot import embedded, migrate, runtime
from bot.db import Database
from bot.engine import create_engine
from bot.errors import Failure
from bot.sandbox.github.service import LocalGitHub
from bot.sandbox.server import LocalServer
from bot.sandbox.slack.local_slack import LocalSlack
from bot.settings import Settings
from bot.slack import manifest as slack_manifest
from bot.slack import words
from bot.upkeep import seed as samples

log = logging.getLogger(__name__)

CLIENT_ID = "Iv1.localworkspace"
CLIENT_SECRET = "local-client-secret"
GITHUB_TOKEN = "ghp_localworkspace"
WEBHOOK_SECRET = "local-webhook-secret"
"""Secrets of the local GitHub only, which listens on this machine alone."""


@contextlib.contextmanager
def database_url(settings: Settings, *, direct: bool = True) -> Iterator[str]:
    """The database's address; of the embedded server, which runs inside the block, where none is set.

    `direct` prefers the address that passes no pooler, for migrations and upkeep.
    """
    given = (settings.database_direct_url if direct else None) or settings.database_url
    if given is not None:
        yield given.get_secret_value()
        return
    server = embedded.start(settings.data_dir)
    try:
        yield server.url
    finally:
        server.stop()


def manifest(prefix: str = "", public_url: str | None = None) -> dict[str, Any]:
    """The app manifest made of what every feature offers."""
    _, commands = words.combine(runtime.SURFACES)
    shortcuts = [shortcut for surface in runtime.SURFACES for shortcut in surface.shortcuts]
    return slack_manifest.build(commands.values(), shortcuts, prefix=prefix, public_url=public_url)


async def seed(url: str) -> str:
    """Load the document's sample data; says what was done. Raises `Failure` on a database that is not this code's."""
    await asyncio.to_thread(migrate.require_newest, url)
    engine = create_engine(url)
    try:
        return await samples.load_document(Database(engine))
    finally:
        await engine.dispose()


def run(settings: Settings) -> None:
    """Serve a Slack workspace until a signal comes. Raises `Failure` for what is set up wrongly."""
    with database_url(settings, direct=False) as url:
        asyncio.run(_serve(settings, url))


async def _serve(settings: Settings, url: str) -> None:
    async with _until_signal(settings.stop_seconds) as wait, runtime.running(settings, url) as bot:
        runtime.settle_memory()
        await wait(bot.failed)


def run_sandbox(settings: Settings, say: Callable[[str], None]) -> None:
    """Run the local workspace and the bot in it until a signal comes; `say` is given each line for the terminal.

    Raises `Failure`: a port that is taken, a data folder that cannot be used.
    """
    began = time.monotonic()
    fresh = not (settings.data_dir / "slack.sqlite").exists()
    say("Starting the database…" + (" (the first time takes a few seconds)" if fresh else ""))
    # A database named in the environment is somebody's own: the sample team does not belong into it.
    with database_url(settings.with_values(database_url=None, database_direct_url=None)) as url:
        migrate.upgrade(url)
        say("Starting the local Slack and GitHub, and the bot…")
        asyncio.run(_sandbox(settings, url, say, began))
    say("Stopped. The data stays for the next run.")


async def _sandbox(settings: Settings, url: str, say: Callable[[str], None], began: float) -> None:
    async with (
        _until_signal(settings.stop_seconds) as wait,
        local_workspace(settings.data_dir, settings.sandbox_port) as (slack, address),
        runtime.running(settings_for(settings, slack, address), url) as bot,
    ):
        await samples.load_workspace(bot.context)
        runtime.settle_memory()
        say(_ready_block(settings, address, time.monotonic() - began))
        await wait(bot.failed)
        say("Stopping…")


@asynccontextmanager
async def local_workspace(data_dir: Path | None, port: int) -> AsyncIterator[tuple[LocalSlack, str]]:
    """The local Slack and GitHub on one port, kept under `data_dir` (None: in memory); yields Slack and the address."""
    slack = LocalSlack(manifest=manifest(), store=data_dir / "slack.sqlite" if data_dir else None)
    github = LocalGitHub(
        store=data_dir / "github.sqlite" if data_dir else None,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        webhook_secret=WEBHOOK_SECRET,
        token=GITHUB_TOKEN,
        on_change=lambda repository: slack.platform.live.push_to_all("github", repository=repository),
    )
    server = LocalServer(slack, github, port=port)
    try:
        await server.start()
        yield slack, server.base_url
    finally:
        await server.stop()


def settings_for(settings: Settings, slack: LocalSlack, address: str) -> Settings:
    """The same settings, pointed at the local Slack and GitHub only; the bot's own port is any free one."""
    return settings.with_values(
        github_app_id=None,
        github_private_key=None,
        public_url=None,
        slack_api_url=f"{address}/api/",
        slack_bot_token=SecretStr(slack.bot_token),
        slack_app_token=SecretStr(slack.app_token),
        slack_signing_secret=None,
        github_api_url=f"{address}/github/api",
        github_url=f"{address}/github",
        github_token=SecretStr(GITHUB_TOKEN),
        github_client_id=CLIENT_ID,
        github_client_secret=SecretStr(CLIENT_SECRET),
        github_webhook_secret=SecretStr(WEBHOOK_SECRET),
        port=0,
    )


def _ready_block(settings: Settings, address: str, seconds: float) -> str:
    return f"""
  Your workspace is ready ({seconds:.1f} s):  {address}

  Connected   the bot, a local Slack and a local GitHub, PostgreSQL in {settings.data_dir}
  Try         /task new Fix the login page @bo due:tomorrow
  Log         {log_file(settings)}
  Stop        Ctrl-C; everything you made stays for the next run
"""


def log_file(settings: Settings) -> Path:
    """Where the local workspace's log goes, so that the terminal stays readable."""
    return settings.data_dir / "sandbox.log"


@asynccontextmanager
async def _until_signal(stop_seconds: float) -> AsyncIterator[Callable[[asyncio.Future[None]], Awaitable[None]]]:
    """Wait for SIGINT or SIGTERM in the block; leaving it may then take `stop_seconds`, or until a second signal.

    The block is given a function that returns when a signal came, and raises what ended the future it is given.
    """
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    main = asyncio.current_task()
    assert main is not None, "an asynchronous context manager runs inside a task"

    def on_signal() -> None:
        if stop.is_set():
            main.cancel()
            return
        stop.set()
        # Whatever hangs while stopping is cut off; its transaction is undone, and what it was to say stays in the
        # ledger for the next start.
        loop.call_later(stop_seconds, main.cancel)

    async def wait(failed: asyncio.Future[None]) -> None:
        stopping = asyncio.create_task(stop.wait())
        either: set[asyncio.Future[Any]] = {stopping, failed}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if failed.done():
            failed.result()

    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, on_signal)
    try:
        yield wait
    except asyncio.CancelledError:
        if not stop.is_set():
            raise
        raise Failure(f"Stopping took longer than {stop_seconds:g} seconds and was cut off.") from None
    finally:
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(name)
