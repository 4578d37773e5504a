"""The table of triage items, their states and the moves between them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Integer, String, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base, Moment, reference

PENDING, IN_REVIEW, RESOLVED, REJECTED = STATUSES = ("pending", "in_review", "resolved", "rejected")
OPEN = (PENDING, IN_REVIEW)
MOVES = {
    "take": ((PENDING,), IN_REVIEW),
    "resolve": ((PENDING, IN_REVIEW), RESOLVED),
    "reject": ((PENDING, IN_REVIEW), REJECTED),
}
"""Each move by its word: the states it starts from, and the one it leads to."""

PRIORITIES = ("low", "medium", "high", "critical")
CATEGORIES = ("issue", "bug", "question", "idea", "incident")
"""What the form offers; the column takes any word of up to 50 characters."""


class TriageItem(Base):
    """Something a reporter saw, on its way to being resolved or rejected.

    `channel` is where its card stands; NULL where there is no channel for it. The `source_` columns name the message
    in Slack that it was made of. `resolution` is what was done, or why nothing is, in the words of `resolved_by`.
    """

    __tablename__ = "triage_items"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    reporter_id: Mapped[int] = mapped_column(Integer, reference("users.id"))
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text)
    status: Mapped[str | None] = mapped_column(String(20), server_default=text("'pending'"))
    assigned_to: Mapped[int | None] = mapped_column(Integer, reference("users.id"))
    priority: Mapped[str | None] = mapped_column(String(10), server_default=text("'medium'"))
    category: Mapped[str | None] = mapped_column(String(50), server_default=text("'issue'"))
    resolution: Mapped[str | None] = mapped_column(Text)
    resolved_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime | None] = mapped_column(Moment, server_default=func.now())
    updated_at: Mapped[datetime | None] = mapped_column(Moment, server_default=func.now())

    resolved_by: Mapped[int | None] = mapped_column(Integer, reference("users.id"))
    channel: Mapped[str | None] = mapped_column(String(20))
    source_channel: Mapped[str | None] = mapped_column(String(20))
    source_ts: Mapped[str | None] = mapped_column(String(20))
    source_permalink: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))

    __table_args__ = (
        CheckConstraint(f"status IN {STATUSES}", name="valid_triage_status"),
        CheckConstraint(f"priority IN {PRIORITIES}", name="valid_triage_priority"),
        Index("idx_triage_reporter", "reporter_id"),
        Index("idx_triage_status", "status"),
        Index("idx_triage_assigned", "assigned_to"),
        Index("idx_triage_priority", "priority"),
        Index("idx_triage_created", "created_at"),
    )
