"""Who hears about which change of a report. Nobody is told of what they did themselves."""

from __future__ import annotations

from sqlalchemy import select

from bot.db import Transaction, as_system
from bot.history.operations import Happening
from bot.notifications.operations import PRESSED, Message, Notice, Redraw, publish
from bot.triage import cards
from bot.triage.queries import Report, Someone
from bot.users.model import User

PAST = {"take": "taken", "resolve": "resolved", "reject": "rejected"}
"""The verb of the event for each move."""


async def reported(tx: Transaction, report: Report, happened: Happening) -> None:
    """A new report: its card, its reporter's receipt, and a notification for each who looks after reports.

    Where no channel holds the card, each of these gets one of their own; all of them are kept true.
    """
    messages = []
    if report.channel:
        messages.append(Message(f"{report.subject}:card", report.channel, "card", cards.card(report), report.subject))
    notices = []
    for person in await _managers(tx):
        key = f"{report.subject}:reported:{person.id}"
        notices.append(
            Notice(
                key,
                person.id,
                "issue_reported",
                _title(report),
                f"{report.reporter.name} reported {report.number}: {report.title}",
                triage_id=report.id,
            )
        )
        if not report.channel and person.slack_id:
            messages.append(Message(f"direct:{key}", person.slack_id, "card", cards.card(report), report.subject, key))
    if report.reporter.slack_id:
        messages.append(
            Message(
                f"{report.subject}:receipt",
                report.reporter.slack_id,
                "receipt",
                cards.receipt(report),
                report.subject,
            )
        )
    await publish(tx, events=[happened], notices=notices, messages=messages)


async def taken(tx: Transaction, report: Report, happened: Happening) -> None:
    """Somebody looks after it: card and receipt say so, and a line stands in the card's thread."""
    await publish(tx, events=[happened], messages=_line(tx, report), redraws=_redraws(report))


async def closed(tx: Transaction, report: Report, happened: Happening) -> None:
    """It was resolved or rejected: as `taken`, and the reporter is told in a new message."""
    notices, messages = [], _line(tx, report)
    if report.reporter.id != tx.actor.id:
        key = f"{report.subject}:{report.status}:{report.version}"
        told = cards.outcome(report)
        notices.append(Notice(key, report.reporter.id, "system", _title(report), told["text"], triage_id=report.id))
        if report.reporter.slack_id:
            messages.append(Message(f"direct:{key}", report.reporter.slack_id, "direct", told, report.subject, key))
    await publish(tx, events=[happened], notices=notices, messages=messages, redraws=_redraws(report))


def _title(report: Report) -> str:
    return f"{report.number} {report.title}"[:200]


def _line(tx: Transaction, report: Report) -> list[Message]:
    if not report.channel:
        return []
    me = Someone(tx.actor.id, tx.actor.slack_id, tx.actor.username)
    card = f"{report.subject}:card"
    return [
        Message(
            f"{report.subject}:line:{report.status}:{report.version}",
            report.channel,
            "line",
            cards.line(report, me),
            report.subject,
            parent_key=card,
        )
    ]


def _redraws(report: Report) -> list[Redraw]:
    return [
        Redraw(report.subject, "card", cards.card(report), PRESSED),
        Redraw(report.subject, "receipt", cards.receipt(report)),
    ]


async def _managers(tx: Transaction) -> list[Someone]:
    """The project managers and admins who are here, without who acts."""
    await as_system(tx)
    rows = await tx.session.execute(
        select(User.id, User.slack_id, User.username)
        .where(
            User.role.in_(("project_manager", "admin")),
            User.is_active.is_(True),
            User.is_guest.is_(False),
            User.slack_id.is_not(None),
            User.id != tx.actor.id,
        )
        .order_by(User.id)
    )
    return [Someone(*row) for row in rows]
