"""Making people known, keeping them true, and tying them to GitHub accounts.

This core stands left of history and notifications, so it cannot write events itself: what changed is handed back, and
the surface that called publishes it in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from bot.db import Transaction
from bot.errors import Refusal
from bot.users.model import User
from bot.users.parsing import SlackProfile, provisional_github_id


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a person: `verb`, and each changed field's value before and after."""

    user_id: int
    verb: str
    changes: Mapping[str, tuple[Any, Any]]

    @property
    def subject(self) -> str:
        return f"user:{self.user_id}"


async def introduce(tx: Transaction, profiles: Sequence[SlackProfile], default_role: str) -> list[Change]:
    """Write people down who were met in Slack, or bring them up to date; answers with what changed.

    Whoever runs the workspace starts as admin, everybody else with `default_role`. A role once given stays, except
    that of a provisional row, which was only assumed.
    """
    changes = []
    # In sorted order, so that two transactions that introduce the same people do not wait for each other in turn.
    for profile in sorted(profiles, key=lambda one: one.slack_id):
        changes += await _introduce_one(tx, profile, default_role)
    return changes


async def _introduce_one(tx: Transaction, profile: SlackProfile, default_role: str) -> list[Change]:
    before = await _locked(tx, profile.slack_id)
    if before is not None:
        return await _refresh(tx, before, profile, default_role)
    role = "admin" if profile.runs_workspace else default_role
    made = await tx.session.scalar(
        insert(User)
        .values(
            github_id=provisional_github_id(profile.team_id, profile.slack_id),
            slack_id=profile.slack_id,
            role=role,
            **_described(profile),
        )
        # Another process may be meeting the same person at this moment; its row is as good.
        .on_conflict_do_nothing()
        .returning(User.id)
    )
    return [Change(made, "introduced", {"role": (None, role)})] if made is not None else []


async def refresh(tx: Transaction, profile: SlackProfile, default_role: str) -> list[Change]:
    """Bring somebody who is known up to date; nothing happens for anybody else."""
    before = await _locked(tx, profile.slack_id)
    return [] if before is None else await _refresh(tx, before, profile, default_role)


async def _locked(tx: Transaction, slack_id: str) -> User | None:
    found: User | None = await tx.session.scalar(select(User).where(User.slack_id == slack_id).with_for_update())
    return found


async def _refresh(tx: Transaction, before: User, profile: SlackProfile, default_role: str) -> list[Change]:
    if profile.is_provisional:
        # Nothing new was heard, so what is known stays.
        return []
    values = _described(profile)
    if before.is_provisional:
        values["role"] = "admin" if profile.runs_workspace else default_role
        if before.link_kind is None:
            # The workspace was not known either when the row was made.
            values["github_id"] = provisional_github_id(profile.team_id, profile.slack_id)
    # Names, addresses and pictures are not kept in the history, which is never erased.
    changes: dict[str, tuple[Any, Any]] = {
        name: (getattr(before, name), values[name])
        for name in ("role", "is_active", "is_guest")
        if name in values and getattr(before, name) != values[name]
    }
    await tx.session.execute(update(User).where(User.id == before.id).values(**values))
    verb = "changed"
    if "is_active" in changes:
        verb = "reactivated" if profile.is_active else "deactivated"
    return [Change(before.id, verb, changes)] if changes else []


def _described(profile: SlackProfile) -> dict[str, Any]:
    return {
        "username": profile.username,
        "email": profile.email,
        "avatar_url": profile.avatar_url,
        "time_zone": profile.time_zone,
        "is_active": profile.is_active,
        "is_guest": profile.is_guest,
        "is_provisional": profile.is_provisional,
    }


async def link(tx: Transaction, user_id: int, account_id: int, login: str, kind: str) -> Change:
    """Tie a person to a GitHub account; `kind` says how that is known, `account_id` is GitHub's number.

    A row that the account has of its own, from being seen on GitHub first, gives way where nothing refers to it yet.
    Raises `Refusal` when the account is somebody else's, or that row is in use.
    """
    github_id = str(account_id)
    rows = await tx.session.scalars(
        select(User).where((User.id == user_id) | (User.github_id == github_id)).order_by(User.id).with_for_update()
    )
    found = {row.id: row for row in rows}
    before = found.pop(user_id)
    for other in found.values():
        await _make_way(tx, other, login)
    values = {"github_id": github_id, "github_login": login, "link_kind": kind}
    changes = {name: (getattr(before, name), new) for name, new in values.items()}
    try:
        async with tx.session.begin_nested():
            await tx.session.execute(update(User).where(User.id == user_id).values(**values, linked_at=tx.now))
    except IntegrityError as error:
        # Somebody linked the same account between our look and our write.
        raise _taken(login) from error
    return Change(user_id, "linked", {name: pair for name, pair in changes.items() if pair[0] != pair[1]})


async def _make_way(tx: Transaction, other: User, login: str) -> None:
    if other.slack_id is not None:
        raise _taken(login)
    try:
        async with tx.session.begin_nested():
            await tx.session.execute(delete(User).where(User.id == other.id))
    except IntegrityError as error:
        # A foreign key with ON DELETE RESTRICT: tasks, reports or messages are this row's.
        raise Refusal(
            f"The GitHub account *{login}* already has records here from before you linked it, and they cannot be"
            " moved to you yet. Nothing was changed; please ask an admin."
        ) from error


def _taken(login: str) -> Refusal:
    # GitHub's logins are letters, digits and hyphens (and [bot]), so there is nothing in one to escape.
    return Refusal(
        f"The GitHub account *{login}* is already linked to somebody else here. Sign in with your own account, or ask"
        " them to unlink it first.",
        example="/scrum unlink",
    )


async def unlink(tx: Transaction, user_id: int, team_id: str) -> tuple[str, Change]:
    """Return a person to having no GitHub account; answers with the login that was theirs.

    What they did stays theirs. Raises `Refusal` when there is no account to give up.
    """
    before = (await tx.session.scalars(select(User).where(User.id == user_id).with_for_update())).one()
    if before.link_kind is None:
        raise Refusal("You have no GitHub account linked, so there is nothing to unlink.", example="/scrum link")
    login = before.github_login or "your account"
    values = {
        "github_id": provisional_github_id(team_id, before.slack_id or ""),
        "github_login": None,
        "link_kind": None,
    }
    changes = {name: (getattr(before, name), new) for name, new in values.items()}
    await tx.session.execute(update(User).where(User.id == user_id).values(**values, linked_at=None))
    return login, Change(user_id, "unlinked", changes)
