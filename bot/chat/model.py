"""Tables of chat messages and of their earlier versions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, Index, Integer, String, Text, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base, Moment, reference


class ChatMessage(Base):
    """A message from one person to another (`recipient_id` set) or to a channel (`recipient_id` NULL).

    `channel` holds Slack's conversation id. `sent_at` is NULL until Slack has taken the message, and such a row is in
    no history. `slack_ts` and `thread_ts` are Slack's keys of the message and of the thread it stands in.
    """

    __tablename__ = "chat_messages"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    sender_id: Mapped[int] = mapped_column(Integer, reference("users.id"))
    recipient_id: Mapped[int | None] = mapped_column(Integer, reference("users.id"))
    message: Mapped[str] = mapped_column(Text)
    message_type: Mapped[str | None] = mapped_column(String(20), server_default=text("'text'"))
    channel: Mapped[str | None] = mapped_column(String(50), server_default=text("'general'"))
    is_edited: Mapped[bool | None] = mapped_column(Boolean, server_default=text("false"))
    edited_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime | None] = mapped_column(Moment, server_default=func.now())

    slack_ts: Mapped[str | None] = mapped_column(String(20))
    thread_ts: Mapped[str | None] = mapped_column(String(20))
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    deleted_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint("message_type IN ('text', 'system', 'file')", name="valid_message_type"),
        UniqueConstraint("channel", "slack_ts"),
        Index("idx_chat_recipient", "recipient_id"),
        Index("idx_chat_sender", "sender_id"),
        Index("idx_chat_channel", "channel"),
        Index("idx_chat_created", "created_at"),
        Index("idx_chat_conversation", "sender_id", "recipient_id", "created_at"),
    )


class ChatVersion(Base):
    """What a message said before an edit."""

    __tablename__ = "chat_versions"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    message_id: Mapped[int] = mapped_column(Integer, reference("chat_messages.id"), index=True)
    message: Mapped[str] = mapped_column(Text)
    replaced_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())
