"""The table of what happened to records: append-only, written in the transaction of the change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, String, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base, Moment, reference


class Event(Base):
    """Who did what to which record, from what to what, why and when.

    `subject` is the record, for example `task:42`; `verb` is one of the feature's own (`created`, `assigned`, …);
    `changes` maps a field's name to `[before, after]`. `actor_id` is NULL for what nobody did (a task became late).
    """

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    subject: Mapped[str] = mapped_column(String(50))
    verb: Mapped[str] = mapped_column(String(30))
    actor_id: Mapped[int | None] = mapped_column(Integer, reference("users.id"))
    changes: Mapped[dict[str, Any]] = mapped_column(JSONB)
    why: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())

    __table_args__ = (
        Index("idx_events_subject", "subject", "id"),
        Index("idx_events_actor", "actor_id"),
        Index("idx_events_at", "at"),
    )
