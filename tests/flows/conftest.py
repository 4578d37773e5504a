"""The whole bot against the local Slack and GitHub, as `runtime` builds it for a real workspace."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot import local, runtime
from bot.runtime import Running
from bot.sandbox.github.service import LocalGitHub
from bot.settings import Settings
from bot.upkeep import seed
from tests.workspace import Conversation, LocalWorkspace, Person


@dataclass
class Office:
    """A workspace with the bot in it. `bot` is the running bot, `slack` and `github` what it is connected to."""

    slack: LocalWorkspace
    github: LocalGitHub
    settings: Settings
    database_url: str
    bot: Running

    def person(self, name: str) -> Person:
        """Somebody of the sample team: ana, bo, tess, mia, ada or rob."""
        return self.slack.person(name)

    def channel(self, name: str) -> Conversation:
        """A channel as one of its members sees it."""
        return self.slack.channel(name)

    async def rows(self, statement: str, **values: Any) -> list[Any]:
        """What the system reads with this SQL."""
        async with self.bot.context.as_system() as tx:
            return list((await tx.session.execute(text(statement), values)).all())

    async def row(self, statement: str, **values: Any) -> Any:
        """The only row of it."""
        (row,) = await self.rows(statement, **values)
        return row


@asynccontextmanager
async def open_office(
    database_url: str, tmp_path: Path, *, team: bool = True, **slack_options: Any
) -> AsyncIterator[Office]:
    """Start everything; with `team`, the sample people have their roles and `/scrum setup` was done."""
    github = LocalGitHub(
        store=None,
        client_id=local.CLIENT_ID,
        client_secret=local.CLIENT_SECRET,
        webhook_secret=local.WEBHOOK_SECRET,
        token=local.GITHUB_TOKEN,
        device_interval=1,
    )
    async with LocalWorkspace.start(manifest=local.manifest(), github=github, **slack_options) as slack:
        settings = local.settings_for(Settings(data_dir=tmp_path), slack.slack, slack.base_url)
        async with runtime.running(settings, database_url) as bot:
            if team:
                await seed.introduce_team(bot.context)
            yield Office(slack, github, settings, database_url, bot)


@pytest.fixture
async def office(database_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    """A workspace with the sample team, the bot in it, and nothing in the database but the people."""
    async with open_office(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def new_office(database_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    """A workspace into which the bot was installed just now: it knows nobody yet."""
    async with open_office(database_url, tmp_path, team=False) as opened:
        yield opened
