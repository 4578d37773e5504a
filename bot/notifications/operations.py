"""Writing what is to be said, in the transaction that makes it true.

`publish` writes everything that follows from a change in one call: the events, the notification rows, the ledger rows
and the lanes they stand in. One call, which goes along with the commit, because this is the path of every command, and
each round trip to the database costs more than the writing does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text, update
from sqlalchemy.dialects.postgresql import insert

from bot.db import DELIVERY, Transaction, Workspace, as_system, as_system_at_end
from bot.errors import Refusal
from bot.history.operations import Happening
from bot.notifications.model import Notification, WorkspaceRow
from bot.notifications.parsing import Setup

PRESSED, ALERT, RECEIPT, BOARD = 1, 3, 5, 7
"""How soon an edit is drawn: what a person pressed, alerts, receipts and cards, board and Home."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A notification for one person. `key` makes it once: the same key again is nothing new."""

    key: str
    user_id: int
    type: str
    title: str
    message: str
    task_id: int | None = None
    triage_id: int | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A message that is to stand in Slack; see `LedgerMessage` for what each part means.

    `payload` is what Slack's `chat.postMessage` takes (`text`, `blocks`, and perhaps `username`, `icon_url`,
    `reply_broadcast`).
    """

    key: str
    lane: str
    kind: str
    payload: dict[str, Any]
    subject: str | None = None
    notification_key: str | None = None
    parent_key: str | None = None
    thread_ts: str | None = None
    urgency: int = RECEIPT
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Redraw:
    """New content for the messages of one kind about one record, sent or not: wherever they stand, or in one `lane`."""

    subject: str
    kind: str
    payload: dict[str, Any]
    urgency: int = RECEIPT
    lane: str | None = None


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

_PUBLISH = "SELECT internal.publish(%(doc)s)"
"""The function is in `alembic/versions/004_publish.py`."""


async def publish(
    tx: Transaction,
    *,
    events: Sequence[Happening] = (),
    notices: Iterable[Notice] = (),
    messages: Sequence[Message] = (),
    redraws: Sequence[Redraw] = (),
) -> None:
    """Write what follows from a change, at the end of the transaction.

    A notice, or a message, whose key exists is left as it is. A redraw of a message that was not sent yet changes what
    will be sent; one already in Slack is edited. Keys are at most 200 characters.
    """
    doc = {
        "events": [event.row(tx) for event in events],
        "notices": [_row(notice) for notice in notices],
        "messages": [_row(message) for message in messages],
        "redraws": [_row(redraw) for redraw in redraws],
    }
    as_system_at_end(tx, _PUBLISH, {"doc": _encode(doc)})
    if messages or redraws:
        tx.wakes.add(DELIVERY)


def _row(record: Any) -> dict[str, Any]:
    values = {name: getattr(record, name) for name in record.__slots__}
    moment = values.get("not_before")
    return {**values, "not_before": moment.isoformat()} if moment else values


async def cancel_about(
    tx: Transaction, subject: str, kinds: Sequence[str], *, lane: str | None = None, sent: bool = True
) -> None:
    """What makes messages stale takes them back: the unsent are cancelled, the sent are deleted from Slack.

    `lane` leaves all others alone; with `sent` false what stands in Slack stays there.
    """
    await as_system(tx)
    await tx.session.execute(
        text(
            """
            UPDATE internal.ledger
               SET withdrawn = true,
                   state = CASE WHEN ts IS NULL AND attempted_at IS NULL THEN 'cancelled' ELSE 'pending' END,
                   revision = revision + 1
             WHERE subject = :subject AND kind = ANY(:kinds) AND NOT withdrawn AND state IN ('pending', 'settled')
               AND (CAST(:lane AS text) IS NULL OR lane = :lane) AND (:sent OR ts IS NULL)
            """
        ),
        {"subject": subject, "kinds": list(kinds), "lane": lane, "sent": sent},
    )
    tx.wakes.add(DELIVERY)


async def mark_read(tx: Transaction, ids: Sequence[int] | None = None) -> int:
    """Mark notifications of the person of this transaction as read: these, or all where `ids` is None.

    Returns how many were unread until now. Other people's are left alone.
    """
    unread = update(Notification).where(Notification.user_id == tx.actor.id, Notification.is_read.is_not(True))
    if ids is not None:
        unread = unread.where(Notification.id.in_(ids))
    read = await tx.session.scalars(unread.values(is_read=True, read_at=tx.now).returning(Notification.id))
    return len(read.all())


def require_set_up_right(tx: Transaction) -> None:
    """Raises `Refusal` for who may not choose the workspace's channels."""
    if not tx.actor.is_manager:
        raise Refusal("Only project managers and admins choose the channels. Ask one of them to type `/scrum setup`.")


async def set_up(tx: Transaction, chosen: Setup) -> Workspace:
    """Choose the workspace's channels and its time zone; returns how it is now. An empty channel is none.

    Raises `Refusal` for who may not.
    """
    require_set_up_right(tx)
    before = tx.workspace
    after = Workspace(
        _chosen(before.team_channel, chosen.team),
        _chosen(before.alert_channel, chosen.alerts),
        _chosen(before.triage_channel, chosen.triage),
        chosen.zone or before.time_zone,
    )
    changes = {
        name: (getattr(before, name), getattr(after, name))
        for name in Workspace.__slots__
        if getattr(before, name) != getattr(after, name)
    }
    await publish(tx, events=[Happening("workspace:1", "set_up", changes)])
    written = {**{name: getattr(after, name) for name in Workspace.__slots__}, "set_up_by": tx.actor.id}
    await as_system(tx)
    await tx.session.execute(
        insert(WorkspaceRow)
        .values(id=1, set_up_at=tx.now, **written)
        .on_conflict_do_update(index_elements=[WorkspaceRow.id], set_={**written, "set_up_at": tx.now})
    )
    return after


def _chosen(before: str | None, chosen: str | None) -> str | None:
    return before if chosen is None else chosen or None
