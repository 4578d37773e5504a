"""What the bot says of itself."""

from __future__ import annotations

from sqlalchemy import text

from bot.db import Transaction
from bot.notifications import cards
from bot.notifications.operations import RECEIPT, Message, publish

WELCOME = "welcome"


async def welcome_first_admin(tx: Transaction) -> None:
    """Greet the first admin, once, while nobody has set up the workspace. The transaction is the system's."""
    admin = await tx.session.scalar(
        text(
            """
            SELECT slack_id FROM users
             WHERE role = 'admin' AND is_active IS TRUE AND slack_id IS NOT NULL AND NOT is_guest
               AND NOT EXISTS (SELECT FROM workspace)
               AND NOT EXISTS (SELECT FROM internal.ledger WHERE key = :key)
             ORDER BY id LIMIT 1
            """
        ),
        {"key": WELCOME},
    )
    if admin is not None:
        await publish(tx, messages=[Message(WELCOME, admin, "direct", cards.welcome(), urgency=RECEIPT)])
