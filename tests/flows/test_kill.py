"""`kill -9` at any moment: nothing that was acknowledged is lost, and nothing is said twice."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot import local
from bot.db import Database
from bot.settings import Settings
from tests.flows.conftest import open_office
from tests.waiting import until
from tests.workspace import LocalWorkspace, Refused

ROOT = Path(__file__).parents[2]
START_SECONDS = 30.0
LEASE_RUNS_OUT_SECONDS = 40.0


@dataclass
class Killable:
    """A workspace whose bot is a process of its own, `python -m bot run`."""

    slack: LocalWorkspace
    database: Database
    environment: dict[str, str]
    log: Path
    process: Process | None = None

    async def starts(self) -> None:
        with self.log.open("ab") as output:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", cwd=ROOT, env=self.environment, stdout=output, stderr=output
            )
        await self.slack.bot_is_connected(within=START_SECONDS)

    async def is_killed(self) -> None:
        assert self.process is not None, "it runs"
        self.process.kill()
        await self.process.wait()
        self.process = None
        await self.slack.bot_is_connected(False)

    async def count(self, statement: str) -> int:
        async with self.database.as_system() as tx:
            return int(await tx.session.scalar(text(statement)) or 0)

    def posts(self, words: str) -> list[dict[str, Any]]:
        """The bot's messages with these words, everywhere."""
        logs = self.slack.slack.platform.workspace.logs.values()
        return [m for log in logs for m in log.by_ts.values() if "metadata" in m and words in m["text"]]


@pytest.fixture
async def killable(database_url: str, database: Database, tmp_path: Path) -> AsyncIterator[Killable]:
    async with open_office(database_url, tmp_path):
        # The sample team is known in the database; that bot is gone.
        pass
    async with LocalWorkspace.start(manifest=local.manifest()) as slack:
        settings = local.settings_for(Settings(data_dir=tmp_path), slack.slack, slack.base_url)
        environment = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": database_url,
            "DATA_DIR": str(tmp_path),
            "SLACK_API_URL": settings.slack_api_url,
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "PORT": "0",
        }
        killable = Killable(slack, database, environment, tmp_path / "bot.log")
        yield killable
        if killable.process is not None:
            killable.process.terminate()
            await killable.process.wait()


async def all_is_said(bot: Killable) -> bool:
    return not await bot.count("SELECT count(*) FROM internal.ledger WHERE state = 'pending'")


@pytest.mark.slow
async def test_a_message_under_way_when_the_process_is_killed_stands_once(killable: Killable) -> None:
    await killable.starts()
    mia = killable.slack.person("mia")
    # Slack takes the message; the process that sent it does not live to hear so.
    await killable.slack.has_faults({"on": "chat.postMessage", "kind": "slow", "seconds": 5})
    await mia.types("/task new Fix the export due:tomorrow", in_="#web")

    async def has_arrived() -> bool:
        return bool(killable.posts("Fix the export"))

    await until(has_arrived)
    await killable.is_killed()
    assert await killable.count("SELECT count(*) FROM internal.ledger WHERE ts IS NOT NULL") == 0
    await killable.slack.has_faults()
    await killable.starts()
    await until(lambda: all_is_said(killable), within=LEASE_RUNS_OUT_SECONDS)
    (card,) = killable.posts("Fix the export")
    assert await killable.count(f"SELECT count(*) FROM internal.ledger WHERE ts = '{card['ts']}'") == 1


@pytest.mark.slow
async def test_commands_that_die_with_the_process_are_whole_or_not_there(killable: Killable) -> None:
    mia = killable.slack.person("mia")
    # The kill meets each command at a later point: before it is read, when it is written, when its card is under way.
    points = (
        "SELECT 1",
        "SELECT count(*) FROM tasks WHERE title = 'Number 1'",
        "SELECT count(*) FROM internal.ledger WHERE attempted_at IS NOT NULL AND payload ->> 'text' LIKE '%Number 2%'",
    )
    acknowledged = 0
    for number, point in enumerate(points):
        await killable.starts()
        typing = asyncio.create_task(mia.types(f"/task new Number {number} due:tomorrow", in_="#web"))
        # The process before may have died with the channel's lane in its hand.
        await until(lambda point=point: killable.count(point), within=LEASE_RUNS_OUT_SECONDS)
        await killable.is_killed()
        with contextlib.suppress(Refused):
            acknowledged += bool(await typing)
    await killable.starts()
    await until(lambda: all_is_said(killable), within=LEASE_RUNS_OUT_SECONDS)
    made = await killable.count("SELECT count(*) FROM tasks")
    assert made >= acknowledged
    assert made == await killable.count("SELECT count(*) FROM events WHERE verb = 'created' AND subject LIKE 'task:%'")
    for number in range(3):
        there = await killable.count(f"SELECT count(*) FROM tasks WHERE title = 'Number {number}'")
        assert len(killable.posts(f"Number {number}")) == there
