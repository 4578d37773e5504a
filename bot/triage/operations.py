"""Changing triage items: filing, taking, resolving and rejecting them. Nothing here commits."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update

from bot.db import Person, Transaction
from bot.errors import Refusal
from bot.history.operations import Happening
from bot.triage import notices, queries
from bot.triage.model import IN_REVIEW, MOVES, PENDING, REJECTED, RESOLVED, TriageItem
from bot.triage.parsing import NewReport, closing_words
from bot.triage.queries import Report, Someone


@dataclass(frozen=True, slots=True)
class Source:
    """The message in Slack that a report was made of; `permalink` is None where Slack would not tell it."""

    channel: str
    ts: str
    permalink: str | None = None


async def report(tx: Transaction, new: NewReport, source: Source | None = None) -> Report:
    """File a report for who acts. Everybody may.

    Its card goes to the triage channel; while none is chosen, to the channel it is reported in if the bot is there.
    With neither, each of those who look after reports gets a card in their direct messages.
    """
    channel = _home(tx)
    made = await tx.session.execute(
        insert(TriageItem)
        .values(
            reporter_id=tx.actor.id,
            title=new.title,
            description=new.description,
            category=new.category,
            priority=new.priority,
            channel=channel,
            source_channel=source.channel if source else None,
            source_ts=source.ts if source else None,
            source_permalink=source.permalink if source else None,
        )
        .returning(TriageItem.id)
    )
    filed = Report(
        made.scalar_one(),
        new.title,
        new.description,
        PENDING,
        new.priority,
        new.category,
        tx.now,
        1,
        Someone(tx.actor.id, tx.actor.slack_id, tx.actor.username),
        channel=channel,
        source_permalink=source.permalink if source else None,
    )
    first = {"title": new.title, "category": new.category, "priority": new.priority, "channel": channel}
    happened = Happening(filed.subject, "reported", {name: (None, value) for name, value in first.items()})
    await notices.reported(tx, filed, happened)
    return filed


def _home(tx: Transaction) -> str | None:
    if tx.workspace.triage_channel:
        return tx.workspace.triage_channel
    here = tx.place
    if here and here.is_member and not here.is_archived and here.kind in ("channel", "private"):
        return here.id
    return None


async def take(tx: Transaction, number: int) -> Report:
    """Begin to look after a pending report."""
    return await _move(tx, number, "take", {"assigned_to": tx.actor.id})


async def resolve(tx: Transaction, number: int, text: str) -> Report:
    """Close an open report as done; `text` tells the reporter what was done."""
    return await _close(tx, number, "resolve", text)


async def reject(tx: Transaction, number: int, reason: str) -> Report:
    """Close an open report as not to be done; `reason` tells the reporter why."""
    return await _close(tx, number, "reject", reason)


async def _close(tx: Transaction, number: int, verb: str, text: str) -> Report:
    said = closing_words(text, verb)
    ended = {"resolution": said, "resolved_by": tx.actor.id, "resolved_at": tx.now}
    return await _move(tx, number, verb, ended, why=said)


async def _move(tx: Transaction, number: int, verb: str, columns: dict[str, Any], *, why: str | None = None) -> Report:
    # Two people may press at once: the second waits here, and is told what the first did.
    await tx.session.execute(select(TriageItem.id).where(TriageItem.id == number).with_for_update())
    before = await check(tx, number, verb)
    end = MOVES[verb][1]
    await tx.session.execute(
        update(TriageItem)
        .where(TriageItem.id == number)
        .values(status=end, version=TriageItem.version + 1, **columns)
        .execution_options(synchronize_session=False)
    )
    after = await queries.get(tx, number)
    changes: dict[str, tuple[Any, Any]] = {"status": (before.status, end)}
    if before.assignee != after.assignee:
        changes["assigned_to"] = (_id(before.assignee), _id(after.assignee))
    happened = Happening(after.subject, notices.PAST[verb], changes, why)
    if verb == "take":
        await notices.taken(tx, after, happened)
    else:
        await notices.closed(tx, after, happened)
    return after


async def check(tx: Transaction, number: int, verb: str) -> Report:
    """The report as it is, if who acts may `take`, `resolve` or `reject` it now. Raises `Refusal` where not."""
    found = await queries.get(tx, number)
    if not may_work_on(tx.actor):
        raise Refusal(
            "Guests can file reports and follow their own; looking after them is for members of the team.",
            example=f"/triage show {number}",
        )
    if found.status not in MOVES[verb][0]:
        raise Refusal(_moot(found, tx.actor), example=f"/triage show {number}")
    return found


def may_work_on(person: Person) -> bool:
    """Whether somebody may take, resolve and reject reports: everybody but guests."""
    return not person.is_guest


def _id(person: Someone | None) -> int | None:
    return person.id if person else None


def _by(person: Someone | None) -> str:
    return f" by {html.escape(person.name, quote=False)}" if person else ""


def _moot(found: Report, me: Person) -> str:
    """Why a move no longer makes sense, in words."""
    if found.status == IN_REVIEW:
        if found.assignee and found.assignee.id == me.id:
            return f"You have taken {found.number} already."
        return f"{found.number} was taken already{_by(found.assignee)}."
    done = {RESOLVED: "resolved", REJECTED: "rejected"}[found.status]
    if found.resolved_by and found.resolved_by.id == me.id:
        return f"You {done} {found.number} already."
    return f"{found.number} was {done} already{_by(found.resolved_by)}."
