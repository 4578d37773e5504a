"""Hearing through PostgreSQL that a task ends soon."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.db import Database
from bot.listening import listen


@pytest.fixture
async def heard(database_url: str) -> AsyncIterator[asyncio.Queue[timedelta]]:
    """What was heard, in order; the first look is over."""
    queue: asyncio.Queue[timedelta] = asyncio.Queue()
    listening = asyncio.create_task(listen(database_url, queue.put_nowait))
    async with asyncio.timeout(5):
        assert await queue.get() == timedelta()
    yield queue
    listening.cancel()
    await asyncio.wait({listening})


async def test_a_commit_tells_how_soon_a_task_ends(heard: asyncio.Queue[timedelta], database: Database) -> None:
    for seconds in (3600, 20):
        async with database.as_system() as tx:
            tx.ends_at(tx.now + timedelta(seconds=seconds))
    async with asyncio.timeout(5):
        assert await heard.get() == timedelta(seconds=20), "what is far off is left to the tick"


async def test_what_was_undone_is_not_told(heard: asyncio.Queue[timedelta], database: Database) -> None:

    async def fails() -> None:
        async with database.as_system() as tx:
            tx.ends_at(tx.now + timedelta(seconds=1))
            raise KeyError("a defect")

    with pytest.raises(KeyError):
        await fails()
    async with database.as_system() as tx:
        tx.ends_at(tx.now + timedelta(seconds=2))
    async with asyncio.timeout(5):
        assert await heard.get() == timedelta(seconds=2)


async def test_a_lost_connection_is_made_again_and_followed_by_a_look(
    heard: asyncio.Queue[timedelta], database: Database
) -> None:
    async with database.as_system() as tx:
        await tx.session.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
        )
    async with asyncio.timeout(10):
        assert await heard.get() == timedelta()
    async with database.as_system() as tx:
        tx.ends_at(tx.now + timedelta(seconds=3))
    async with asyncio.timeout(5):
        assert await heard.get() == timedelta(seconds=3)
