"""Reading what happened to a record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.db import Transaction
from bot.history.model import Event
from bot.users.model import User


@dataclass(frozen=True, slots=True)
class PastEvent:
    """An event with the name of who caused it; `actor` is None for what nobody did."""

    verb: str
    actor: str | None
    changes: dict[str, Any]
    why: str | None
    at: datetime


async def of_subject(tx: Transaction, subject: str, limit: int = 20) -> list[PastEvent]:
    """The latest events of a record, oldest first."""
    rows = await tx.session.execute(
        select(Event.verb, User.username, Event.changes, Event.why, Event.at)
        .outerjoin(User, User.id == Event.actor_id)
        .where(Event.subject == subject)
        .order_by(Event.id.desc())
        .limit(limit)
    )
    return [PastEvent(*row) for row in reversed(rows.all())]
