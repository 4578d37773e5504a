"""Tables of what is to be said and where: notifications, the workspace and its conversations, ledger and lanes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Index,
    Integer,
    SmallInteger,
    String,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base, Moment, reference

TYPES = ("task_assigned", "task_delayed", "task_completed", "issue_reported", "system")


class Notification(Base):
    """Something one person is to know. Its messages in Slack are ledger rows that name its `key`."""

    __tablename__ = "notifications"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    user_id: Mapped[int] = mapped_column(Integer, reference("users.id"))
    type: Mapped[str] = mapped_column(String(50))
    title: Mapped[str] = mapped_column(String(200))
    message: Mapped[str] = mapped_column(Text)
    related_task_id: Mapped[int | None] = mapped_column(Integer, reference("tasks.id"))
    is_read: Mapped[bool | None] = mapped_column(Boolean, server_default=text("false"))
    created_at: Mapped[datetime | None] = mapped_column(Moment, server_default=func.now())
    read_at: Mapped[datetime | None] = mapped_column(Moment)

    key: Mapped[str | None] = mapped_column(String(200), unique=True)
    related_triage_id: Mapped[int | None] = mapped_column(Integer, reference("triage_items.id"))

    __table_args__ = (
        CheckConstraint(f"type IN {TYPES}", name="valid_notification_type"),
        Index(
            "idx_notifications_user_unread",
            "user_id",
            "is_read",
            postgresql_where=text("is_read IS NOT TRUE"),
        ),
        Index("idx_notifications_type", "type"),
        Index("idx_notifications_created", "created_at"),
        Index("idx_notifications_task", "related_task_id"),
        Index("idx_notifications_triage", "related_triage_id"),
    )


class WorkspaceRow(Base):
    """The one workspace: what `/scrum setup` chose."""

    __tablename__ = "workspace"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, server_default=text("1"), autoincrement=False)
    team_channel: Mapped[str | None] = mapped_column(String(20))
    alert_channel: Mapped[str | None] = mapped_column(String(20))
    triage_channel: Mapped[str | None] = mapped_column(String(20))
    time_zone: Mapped[str] = mapped_column(String(64), server_default=text("'UTC'"))
    set_up_by: Mapped[int | None] = mapped_column(Integer, reference("users.id"))
    set_up_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (CheckConstraint("id = 1", name="one_workspace"),)


class Conversation(Base):
    """A Slack conversation as last seen, and whether the bot is in it."""

    __tablename__ = "conversations"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(100), server_default=text("''"))
    is_member: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    is_archived: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    seen_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())

    __table_args__ = (CheckConstraint("kind IN ('channel', 'private', 'im', 'mpim')", name="valid_conversation_kind"),)


class LedgerMessage(Base):
    """One message that is to stand in Slack, with the content it is to have.

    Delivery makes Slack agree with the row: a row without `ts` is posted, a row whose `revision` is ahead of
    `shown_revision` is edited, a row with `withdrawn` is deleted. So several changes before the next delivery become
    one edit, and a change before the first delivery is simply what is posted.

    `lane` is a conversation id, or a person's Slack id for the direct messages with them. `key` says once and for all
    what the message is, so that writing it twice is harmless. `subject` is the record it is about. `parent_key` is the
    message in whose thread it goes; `thread_ts` the same for a thread that somebody else began.
    """

    __tablename__ = "ledger"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    lane: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str | None] = mapped_column(String(50))
    notification_key: Mapped[str | None] = mapped_column(String(200))
    parent_key: Mapped[str | None] = mapped_column(String(200))
    thread_ts: Mapped[str | None] = mapped_column(String(20))
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    revision: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    state: Mapped[str] = mapped_column(String(10), server_default=text("'pending'"))
    urgency: Mapped[int] = mapped_column(SmallInteger, server_default=text("5"))
    withdrawn: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    not_before: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())

    channel: Mapped[str | None] = mapped_column(String(20))
    ts: Mapped[str | None] = mapped_column(String(20))
    shown_revision: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    posted_at: Mapped[datetime | None] = mapped_column(Moment)
    attempted_at: Mapped[datetime | None] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    recheck_at: Mapped[datetime | None] = mapped_column(Moment)
    last_error: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("state IN ('pending', 'settled', 'cancelled', 'parked')", name="valid_ledger_state"),
        Index("idx_ledger_unsent", "lane", "id", postgresql_where=text("state = 'pending' AND ts IS NULL")),
        Index(
            "idx_ledger_changes",
            "lane",
            "urgency",
            "id",
            postgresql_where=text("state = 'pending' AND ts IS NOT NULL"),
        ),
        Index(
            "idx_ledger_held",
            "not_before",
            postgresql_where=text("state = 'pending' AND not_before IS NOT NULL"),
        ),
        Index("idx_ledger_subject", "subject", "kind"),
        Index("idx_ledger_recheck", "recheck_at", postgresql_where=text("recheck_at IS NOT NULL")),
        Index("idx_ledger_message", "channel", "ts"),
        {"schema": "internal"},
    )


class Lane(Base):
    """A Slack conversation as delivery sees it: the lease, the order and the pace, in one row.

    `next_at` is when Slack will take the next message; `leased_until` is until when one process owns the lane;
    `blocked` is Slack's error code for a conversation that takes no messages.
    """

    __tablename__ = "lanes"

    lane: Mapped[str] = mapped_column(String(20), primary_key=True)
    next_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())
    leased_until: Mapped[datetime | None] = mapped_column(Moment)
    leased_by: Mapped[str | None] = mapped_column(String(60))
    blocked: Mapped[str | None] = mapped_column(String(60))
    blocked_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = ({"schema": "internal"},)


class Budget(Base):
    """Until when a Slack method is closed to the whole workspace, because Slack said so or its rate is used up."""

    __tablename__ = "budgets"

    method: Mapped[str] = mapped_column(String(60), primary_key=True)
    next_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())

    __table_args__ = ({"schema": "internal"},)


class InboxEvent(Base):
    """An event from Slack, kept before it is acknowledged and until it is handled; `event_id` makes it once."""

    __tablename__ = "slack_inbox"

    event_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    type: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    received_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())
    handled_at: Mapped[datetime | None] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))

    __table_args__ = (
        Index("idx_slack_inbox_open", "received_at", postgresql_where=text("handled_at IS NULL")),
        {"schema": "internal"},
    )
