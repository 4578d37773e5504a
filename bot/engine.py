"""The engine: how connections to PostgreSQL are made, kept, and looked after."""

from __future__ import annotations

import time
from typing import Any

import psycopg
from sqlalchemy import event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

REST_SECONDS = 1.0
"""A connection that was used within this time has just shown that it lives."""


def create_engine(
    url: str,
    *,
    pool_size: int = 5,
    max_overflow: int = 10,
    recycle: int = 3600,
    pre_ping: bool = True,
    timeout: float = 2.5,
) -> AsyncEngine:
    """An engine on psycopg 3. `recycle` and `timeout` are in seconds.

    Statements are never prepared on the server, because a pooler in transaction mode hands the next transaction to
    another connection. The driver begins no transactions by itself: `Database` says BEGIN together with the first
    statement. `pre_ping` looks whether a connection still lives before it is used, if it has rested.
    """
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=max_overflow,
        pool_recycle=recycle,
        pool_timeout=timeout,
        isolation_level="AUTOCOMMIT",
        connect_args={"prepare_threshold": None},
    )
    if pre_ping:
        _ping_after_rest(engine)
    return engine


def _ping_after_rest(engine: AsyncEngine) -> None:
    """SQLAlchemy's own pre-ping would cost every transaction another round trip, also under load."""
    pool, dialect = engine.sync_engine.pool, engine.sync_engine.dialect

    @event.listens_for(pool, "checkin")
    def rests(_: Any, record: Any) -> None:
        record.info["rests_since"] = time.monotonic()

    @event.listens_for(pool, "checkout")
    def wakes(connection: Any, record: Any, _: Any) -> None:
        if time.monotonic() - record.info.get("rests_since", time.monotonic()) > REST_SECONDS:
            try:
                dialect.do_ping(connection)
            except psycopg.Error as error:
                # The pool connects anew, and does the same for all the others.
                raise InvalidatePoolError from error
