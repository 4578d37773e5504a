"""Events from Slack, kept before they are acknowledged and until they are handled.

An event that was not acknowledged is sent again by Slack; one that was is ours to handle, whatever happens to this
process. Its `event_id` makes it once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from bot.db import Database

MOST_ATTEMPTS = 5
"""An event that fails this often is left in the table for a person to look at."""


async def keep(database: Database, body: Mapping[str, Any]) -> bool:
    """Write an event down; False where it is there already."""
    async with database.as_system() as tx:
        kept = await tx.session.execute(
            text(
                "INSERT INTO internal.slack_inbox (event_id, type, payload)"
                " VALUES (:id, :type, CAST(:payload AS jsonb))"
                " ON CONFLICT (event_id) DO NOTHING RETURNING event_id"
            ),
            {"id": body["event_id"], "type": body["event"]["type"], "payload": json.dumps(body)},
        )
        return kept.first() is not None


async def settle(database: Database, event_id: str, *, handled: bool) -> None:
    """Note that an event was handled, or that it failed once more."""
    async with database.as_system() as tx:
        await tx.session.execute(
            text(
                "UPDATE internal.slack_inbox SET attempts = attempts + 1,"
                " handled_at = CASE WHEN :handled THEN now() END WHERE event_id = :id"
            ),
            {"id": event_id, "handled": handled},
        )


async def left_over(database: Database, limit: int = 100) -> list[dict[str, Any]]:
    """Events that nobody handled within a minute: their process has died, or they failed and have tries left.

    Claimed by moving their `received_at`, so that two replicas do not take the same ones.
    """
    async with database.as_system() as tx:
        rows = await tx.session.execute(
            text(
                """
                UPDATE internal.slack_inbox SET received_at = now()
                 WHERE event_id = ANY(ARRAY(
                   SELECT event_id FROM internal.slack_inbox
                    WHERE handled_at IS NULL AND attempts < :most AND received_at < now() - interval '1 minute'
                    ORDER BY received_at LIMIT :limit FOR UPDATE SKIP LOCKED))
                RETURNING payload
                """
            ),
            {"most": MOST_ATTEMPTS, "limit": limit},
        )
        return [row.payload for row in rows]
