"""Reading what a person has not read yet."""

from __future__ import annotations

from sqlalchemy import func, select

from bot.db import Transaction
from bot.notifications.model import Notification


async def unread(tx: Transaction, limit: int = 20) -> list[Notification]:
    """The latest unread notifications of the person of this transaction, newest first."""
    chosen = (
        select(Notification)
        .where(Notification.user_id == tx.actor.id, Notification.is_read.is_not(True))
        .order_by(Notification.id.desc())
        .limit(limit)
    )
    return list(await tx.session.scalars(chosen))


async def count_unread(tx: Transaction) -> int:
    """How many notifications the person of this transaction has not read."""
    counted = select(func.count()).where(Notification.user_id == tx.actor.id, Notification.is_read.is_not(True))
    return await tx.session.scalar(counted) or 0
