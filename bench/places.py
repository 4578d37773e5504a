"""What is measured: the bot and its references as processes of their own, each with a local Slack in this one."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.sending import Send, signed_http
from bot import local
from bot.sandbox.server import LocalServer
from bot.sandbox.slack.delivery import Attempt
from bot.sandbox.slack.local_slack import LocalSlack

SIGNING_SECRET = "f00dfeedf00dfeedf00dfeedf00dfeed"
START_SECONDS = 30.0
STOP_SECONDS = 15.0

ROOT = Path(__file__).resolve().parent.parent


class DidNotStart(Exception):
    """A measured process ended, or did not answer in time; the message holds the end of what it printed."""


@dataclass(frozen=True, slots=True)
class Place:
    """A process that serves the local Slack's commands. `expects` is in the acknowledgement of each."""

    transport: str
    process: psutil.Process
    port: int
    slack: LocalSlack
    expects: str

    @asynccontextmanager
    async def sender(self) -> AsyncIterator[Send]:
        """A way to send commands: an HTTP connection of its own, or the one WebSocket."""
        if self.transport == "http":
            async with signed_http(self.port, SIGNING_SECRET) as send:
                yield send
        else:
            yield lambda payload: self.slack.platform.delivery.send("slash_commands", payload, Attempt())

    def cpu_seconds(self) -> float:
        """The processor time the process has used so far, its own and the kernel's for it."""
        used = self.process.cpu_times()
        return float(used.user + used.system)


@asynccontextmanager
async def bot(transport: str, database_url: str, folder: Path) -> AsyncIterator[Place]:
    """The real bot, over `http` or `socket`, as an operator starts it."""
    command = (sys.executable, "-m", "bot", "run")
    async with _place(transport, command, folder / f"bot-{transport}.log", " is made, ", database_url) as place:
        yield place


@asynccontextmanager
async def reference(mode: str, folder: Path) -> AsyncIterator[Place]:
    """Bolt with an empty handler; see `bench.reference` for the modes."""
    command = (sys.executable, "-m", "bench.reference", mode)
    async with _place(mode.partition("-")[0], command, folder / f"{mode}.log") as place:
        yield place


@asynccontextmanager
async def _place(
    transport: str, command: Sequence[str], log: Path, expects: str = "", database_url: str = ""
) -> AsyncIterator[Place]:
    port = _free_port()
    slack = LocalSlack(manifest=local.manifest())
    server = LocalServer(slack, port=0)
    await server.start()
    # The settings of whoever starts this, and a proxy that has no way to us, stay out.
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ} | {
        "SLACK_API_URL": slack.api_url,
        "SLACK_BOT_TOKEN": slack.bot_token,
        **({"SLACK_SIGNING_SECRET": SIGNING_SECRET} if transport == "http" else {"SLACK_APP_TOKEN": slack.app_token}),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "LOG_LEVEL": "WARNING",
        "DATA_DIR": str(log.parent),
        "DATABASE_URL": database_url,
    }
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, env=environment, stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=output
        )
    try:
        place = Place(transport, psutil.Process(process.pid), port, slack, expects)
        await _until_ready(place, process, log)
        yield place
    finally:
        await _stop(process)
        await server.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _until_ready(place: Place, process: asyncio.subprocess.Process, log: Path) -> None:
    """Ready means that the port answers, and over Socket Mode that the app is connected."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(START_SECONDS):
            while process.returncode is None:
                with contextlib.suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", place.port)
                    writer.close()
                    if place.transport == "http" or place.slack.platform.delivery.connected:
                        return
                await asyncio.sleep(0.05)
    raise DidNotStart(f"{log.stem} did not start:\n{_end_of(log)}")


def _end_of(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:]


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
