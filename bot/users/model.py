"""Tables of people, and of sign-ins at GitHub that wait for their approval."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base, Moment, reference

ROLES = ("developer", "designer", "tester", "project_manager", "admin")
WORKING_ROLES = ("developer", "designer", "tester")
"""The roles that tasks are given to."""


class User(Base):
    """A person, in Slack, on GitHub, or in both. Never deleted: `is_active` says whether they are still here."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    github_id: Mapped[str] = mapped_column(String(50))
    username: Mapped[str] = mapped_column(String(100))
    email: Mapped[str | None] = mapped_column(String(255))
    avatar_url: Mapped[str | None] = mapped_column(String(500))
    role: Mapped[str] = mapped_column(String(50))
    is_active: Mapped[bool | None] = mapped_column(Boolean, server_default=text("true"))
    created_at: Mapped[datetime | None] = mapped_column(Moment, server_default=func.now())
    updated_at: Mapped[datetime | None] = mapped_column(Moment, server_default=func.now())

    slack_id: Mapped[str | None] = mapped_column(String(20), unique=True)
    time_zone: Mapped[str] = mapped_column(String(64), server_default=text("'UTC'"))
    is_guest: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    is_provisional: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    direct_channel: Mapped[str | None] = mapped_column(String(20))
    github_login: Mapped[str | None] = mapped_column(String(100))
    link_kind: Mapped[str | None] = mapped_column(String(10))
    linked_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint(f"role IN {ROLES}", name="valid_role"),
        CheckConstraint("link_kind IN ('self', 'admin', 'email', 'profile')", name="valid_link_kind"),
        UniqueConstraint("github_id"),
        Index("idx_users_github_id", "github_id"),
        Index("idx_users_role", "role"),
        Index("idx_users_active", "is_active", postgresql_where=text("is_active IS TRUE")),
    )


class SignIn(Base):
    """A device sign-in at GitHub that a person has begun and not yet approved.

    The row, not a process, remembers it: whichever replica claims it when `poll_at` comes asks GitHub. The device
    code is a secret for fifteen minutes and is kept encrypted; the `response_url` with it.
    """

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    user_id: Mapped[int] = mapped_column(Integer, reference("users.id"), unique=True)
    device_code: Mapped[bytes] = mapped_column(LargeBinary)
    user_code: Mapped[str] = mapped_column(String(20))
    verification_uri: Mapped[str] = mapped_column(Text)
    response_url: Mapped[bytes | None] = mapped_column(LargeBinary)
    interval_seconds: Mapped[int] = mapped_column(Integer)
    poll_at: Mapped[datetime] = mapped_column(Moment, index=True)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())

    __table_args__ = ({"schema": "internal"},)
