"""The sweep that finds what is late, when nothing is: among a million tasks beside ten thousand."""

from __future__ import annotations

import statistics
import time

import psycopg

from bench.extent import Extent
from bench.figures import Row
from bot import migrate
from bot.db import Database
from bot.embedded import EmbeddedServer
from bot.engine import create_engine
from bot.tasks import operations, queries
from bot.tasks.schedule import BATCH

_FILL = """
    INSERT INTO users (github_id, username, role)
    SELECT 'sample:' || n, 'sample ' || n, 'developer' FROM generate_series(1, 50) n;
    -- Of ten tasks seven are done, one is late and announced, and two are open and end within the next years.
    INSERT INTO tasks (title, description, status, assigned_role, assigned_user_id, start_date, end_date, is_delayed)
    SELECT 'Sample task ' || n, '', CASE WHEN mod(n, 10) < 7 THEN 'done' ELSE 'todo' END, 'developer', 1 + mod(n, 50),
           now() - interval '400 days',
           CASE WHEN mod(n, 10) < 8 THEN now() - mod(n, 300) * interval '1 day'
                ELSE now() + interval '1 day' + n * interval '1 minute' END,
           mod(n, 10) = 7
      FROM generate_series(1, %(tasks)s) n;
"""


async def row(server: EmbeddedServer, extent: Extent) -> Row:
    """What the schedule runs at every tick, on two databases of one server."""
    many, few = (_database(server, count) for count in (extent.many, extent.few))
    ours: list[float] = []
    reference: list[float] = []
    await _sweep(many)
    await _sweep(few)
    for _ in range(extent.rounds):
        ours.append(statistics.median([await _sweep(many) for _ in range(extent.sweeps)]))
        reference.append(statistics.median([await _sweep(few) for _ in range(extent.sweeps)]))
    await many.engine.dispose()
    await few.engine.dispose()
    return Row(
        f"idle delay sweep, {extent.many:,} tasks",
        "ms",
        ours,
        reference,
        f"{extent.few:,} tasks",
        most=1.5,
    )


def _database(server: EmbeddedServer, tasks: int) -> Database:
    """A migrated database with so many tasks, its statistics up to date."""
    url = server.create_database(f"tasks_{tasks}")
    migrate.upgrade(url)
    address = url.replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute(_FILL, {"tasks": tasks})
        connection.execute("VACUUM ANALYZE tasks")
    return Database(create_engine(url))


async def _sweep(database: Database) -> float:
    """One sweep that finds nothing, in milliseconds, and what it asks for afterwards: when the next task ends."""
    began = time.perf_counter()
    async with database.as_system() as tx:
        late = await operations.mark_late(tx, BATCH)
        due = await queries.next_due(tx)
    assert not late, "every task that has ended is announced already"
    assert due is not None, "some tasks end in the future"
    return (time.perf_counter() - began) * 1000
