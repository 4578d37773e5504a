"""Delivery alone: a database, a local Slack, and processes that deliver from one into the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import text

from bot.context import Context
from bot.db import Database
from bot.notifications.delivery import Delivery, Follower
from bot.notifications.operations import Message, publish
from bot.settings import Settings
from bot.slack import blocks, manifest
from bot.slack.gateway import Gateway, open_session
from tests.waiting import until
from tests.workspace import LocalWorkspace

WEB = "C0WEBTEAM"


@dataclass
class Post:
    """Where messages are handed in, and what became of them."""

    database: Database
    slack: LocalWorkspace
    gateway: Gateway
    context: Context

    @asynccontextmanager
    async def delivering(
        self, name: str = "one", followers: Mapping[str, Follower] | None = None
    ) -> AsyncIterator[Delivery]:
        """One process that delivers, until the block ends; it fails with the process."""
        delivery = Delivery(self.context, name=name, followers=followers)
        running = asyncio.create_task(delivery.run())
        try:
            yield delivery
        finally:
            await delivery.stop()
            await running

    async def hands_in(self, *messages: Message) -> None:
        async with self.database.as_system() as tx:
            await publish(tx, messages=messages)

    async def runs(self, statement: str, **values: Any) -> list[Any]:
        """Run SQL as the system."""
        async with self.database.as_system() as tx:
            result = await tx.session.execute(text(statement), values)
            return list(result.all()) if result.returns_rows else []

    async def row(self, key: str) -> Any:
        (row,) = await self.runs("SELECT * FROM internal.ledger WHERE key = :key", key=key)
        return row

    async def comes_to(self, key: str, state: str, within: float = 10.0) -> Any:
        """Wait until the message is in that state; returns its row."""

        async def is_there() -> bool:
            return bool((await self.row(key)).state == state)

        await until(is_there, within)
        return await self.row(key)

    async def history(self, channel: str) -> list[dict[str, Any]]:
        """What the bot has posted there, oldest first, threads too."""
        log = self.slack.slack.platform.workspace.logs[channel].by_ts
        return [log[ts] for ts in sorted(log) if "metadata" in log[ts]]


def note(key: str, lane: str = WEB, words: str = "", **more: Any) -> Message:
    """A message that says its key."""
    payload = blocks.message(words or f"This is {key}.", [blocks.section(words or f"This is {key}.")])
    return Message(key, lane, more.pop("kind", "card"), payload, **more)


@asynccontextmanager
async def open_post(database: Database, **slack_options: Any) -> AsyncIterator[Post]:
    async with (
        LocalWorkspace.start(manifest=manifest.build([], []), **slack_options) as slack,
        open_session() as session,
    ):
        gateway = Gateway(session, slack.api_url, slack.bot_token)

        async def introduce(slack_ids: frozenset[str], channel: str | None) -> None:
            raise AssertionError("delivery introduces nobody")

        context = Context(Settings(), database, gateway, None, introduce)  # type: ignore[arg-type]
        yield Post(database, slack, gateway, context)


@pytest.fixture
async def post(database: Database) -> AsyncIterator[Post]:
    async with open_post(database) as opened:
        yield opened
