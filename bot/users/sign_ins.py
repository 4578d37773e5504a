"""Pending sign-ins at GitHub as rows: begun, claimed by whoever polls, put off, ended. Run as the system."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.db import SIGN_INS, Transaction
from bot.users.model import SignIn
from bot.users.sealing import Seal

LEASE_SECONDS = 60
"""How long a claimed sign-in is left alone by the others. Whoever claimed it has to be done well before."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A sign-in that this process asks GitHub about now."""

    id: int
    user_id: int
    sealed_code: bytes
    sealed_response_url: bytes | None
    interval_seconds: int
    has_expired: bool


async def begin(
    tx: Transaction,
    user_id: int,
    *,
    device_code: str,
    user_code: str,
    verification_uri: str,
    interval_seconds: int,
    expires_in_seconds: int,
    response_url: str,
    seal: Seal,
) -> SignIn:
    """Remember a sign-in that GitHub has just begun; an earlier one of the same person is forgotten."""
    values = {
        "device_code": seal.close(device_code),
        "user_code": user_code,
        "verification_uri": verification_uri,
        "response_url": seal.close(response_url) if response_url else None,
        "interval_seconds": interval_seconds,
        "poll_at": tx.now + timedelta(seconds=interval_seconds),
        "expires_at": tx.now + timedelta(seconds=expires_in_seconds),
    }
    made = await tx.session.scalars(
        insert(SignIn)
        .values(user_id=user_id, **values)
        .on_conflict_do_update(index_elements=[SignIn.user_id], set_={**values, "created_at": func.now()})
        .returning(SignIn)
    )
    tx.wakes.add(SIGN_INS)
    return made.one()


async def answer_at(tx: Transaction, user_id: int, response_url: str, seal: Seal) -> None:
    """Remember a newer address for the answer: that of the message the person has just pressed a button on."""
    await tx.session.execute(
        update(SignIn).where(SignIn.user_id == user_id).values(response_url=seal.close(response_url))
    )


async def claim(tx: Transaction, limit: int = 20) -> Sequence[Claim]:
    """Take the sign-ins that are due. They become due again when the lease ends, in case this process dies."""
    due = (
        select(SignIn.id)
        .where(SignIn.poll_at <= tx.now)
        .order_by(SignIn.poll_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = await tx.session.scalars(
        update(SignIn)
        .where(SignIn.id == func.any(func.array(due.scalar_subquery())))
        .values(poll_at=tx.now + timedelta(seconds=LEASE_SECONDS))
        .returning(SignIn)
    )
    return [
        Claim(
            row.id,
            row.user_id,
            row.device_code,
            row.response_url,
            row.interval_seconds,
            row.expires_at <= tx.now,
        )
        for row in rows
    ]


async def put_off(tx: Transaction, claimed: Claim, seconds: int, interval_seconds: int) -> None:
    """Nobody has approved it yet: ask again in `seconds`, and keep to the interval GitHub wants from then on."""
    await tx.session.execute(
        update(SignIn)
        .where(SignIn.id == claimed.id, SignIn.device_code == claimed.sealed_code)
        .values(poll_at=tx.now + timedelta(seconds=seconds), interval_seconds=interval_seconds)
    )


async def end(tx: Transaction, claimed: Claim) -> bool:
    """Forget a sign-in. False where it was cancelled, begun anew or ended by somebody else meanwhile."""
    ended = await tx.session.scalar(
        delete(SignIn).where(SignIn.id == claimed.id, SignIn.device_code == claimed.sealed_code).returning(SignIn.id)
    )
    return ended is not None


async def cancel(tx: Transaction, user_id: int) -> bool:
    """The person thought better of it; False where nothing was waiting."""
    gone = await tx.session.scalar(delete(SignIn).where(SignIn.user_id == user_id).returning(SignIn.id))
    return gone is not None
