"""Hearing from other processes that a task ends before their next tick.

`Database` sends such a notice with the commit that gave the task its end. It needs a connection that passes no pooler.
A connection that was lost has lost what was sent meanwhile; so after listening again there is one look.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from bot.db import DUE_CHANNEL

log = logging.getLogger(__name__)

LONGEST_PAUSE_SECONDS = 30.0


async def listen(url: str, due_in: Callable[[timedelta], None]) -> None:
    """Call `due_in` with how long it is until a task ends, whenever a process says so; for ever, until cancelled.

    `url` is SQLAlchemy's. After each connection `due_in` is called with no time at all.
    """
    pause = 1.0
    while True:
        try:
            async with await _connect(url) as connection:
                await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(DUE_CHANNEL)))
                due_in(timedelta())
                pause = 1.0
                async for notice in connection.notifies():
                    due_in(timedelta(seconds=float(notice.payload)))
        except psycopg.OperationalError as trouble:
            log.warning("not listening to the database: %s", type(trouble).__name__)
        await asyncio.sleep(pause * random.uniform(0.5, 1.0))
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


async def _connect(url: str) -> psycopg.AsyncConnection[tuple[object, ...]]:
    parts = make_url(url)
    arguments: dict[str, Any] = {**parts.translate_connect_args(username="user", database="dbname"), **parts.query}
    return await psycopg.AsyncConnection.connect(autocommit=True, **arguments)
