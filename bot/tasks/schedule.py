"""The sweep: tasks whose end has passed are marked late and announced."""

from __future__ import annotations

from datetime import timedelta

from bot.context import Context
from bot.tasks import operations, queries

BATCH = 500


async def sweep(context: Context) -> timedelta | None:
    """Mark what is late until nothing is left, each batch in a transaction of its own.

    Returns how long it is until the next open task ends, by PostgreSQL's clock; not positive for one that somebody is
    changing at this moment; None where there is none.
    """
    while True:
        async with context.as_system() as tx:
            if len(await operations.mark_late(tx, BATCH)) < BATCH:
                due = await queries.next_due(tx)
                return None if due is None else due - tx.now
