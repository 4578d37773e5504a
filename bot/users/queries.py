"""Reading who somebody is, here and on GitHub."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from bot.db import Person, Transaction
from bot.users.model import SignIn, User


@dataclass(frozen=True, slots=True)
class Identity:
    """A person and how their GitHub account is known. `link_kind` is None while there is no account."""

    id: int
    slack_id: str | None
    username: str
    role: str
    time_zone: str
    is_guest: bool
    github_id: str
    github_login: str | None
    link_kind: str | None
    linked_at: datetime | None

    @property
    def is_confirmed(self) -> bool:
        """Whether events on GitHub may ping this person: guesses may not."""
        return self.link_kind in ("self", "admin")


_IDENTITY = (
    User.id,
    User.slack_id,
    User.username,
    User.role,
    User.time_zone,
    User.is_guest,
    User.github_id,
    User.github_login,
    User.link_kind,
    User.linked_at,
)


async def identity(tx: Transaction, user_id: int) -> Identity:
    """The person with this id."""
    row = (await tx.session.execute(select(*_IDENTITY).where(User.id == user_id))).one()
    return Identity(**row._mapping)


async def person(tx: Transaction, user_id: int) -> Person | None:
    """The same as the one who acts; None for somebody who is not in Slack."""
    known = await identity(tx, user_id)
    if known.slack_id is None:
        return None
    return Person(
        known.id,
        known.slack_id,
        known.username,
        known.role,
        known.time_zone,
        known.is_guest,
        known.github_id,
    )


async def provisional_slack_ids(tx: Transaction, limit: int = 100) -> frozenset[str]:
    """People of whom nothing but the id is known, because Slack was slow when they were first met."""
    rows = await tx.session.scalars(
        select(User.slack_id).where(User.is_provisional, User.slack_id.is_not(None)).order_by(User.id).limit(limit)
    )
    return frozenset(one for one in rows if one)


async def open_sign_in(tx: Transaction, user_id: int) -> SignIn | None:
    """The person's sign-in at GitHub that still waits for approval."""
    found: SignIn | None = await tx.session.scalar(
        select(SignIn).where(SignIn.user_id == user_id, SignIn.expires_at > tx.now)
    )
    return found


async def next_poll(tx: Transaction) -> datetime | None:
    """When the next sign-in is to be asked about; None where none waits."""
    moment: datetime | None = await tx.session.scalar(select(func.min(SignIn.poll_at)))
    return moment
