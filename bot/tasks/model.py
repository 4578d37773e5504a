"""The table of tasks, their states and the moves between them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, Index, Integer, String, Text, desc, func, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base, Moment, reference

TODO, IN_PROGRESS, DONE = STATUSES = ("todo", "in_progress", "done")
MOVES = {
    "start": ((TODO,), IN_PROGRESS),
    "done": ((TODO, IN_PROGRESS), DONE),
    "reopen": ((DONE,), TODO),
}
"""Each move by its word: the states it starts from, and the one it leads to."""

PRIORITIES = {"none": 0, "low": 1, "medium": 2, "high": 3, "urgent": 4}
"""The words of the integer column; a larger number is more urgent. `critical` is read as `urgent`."""

TITLE_LIMIT = 200
LABEL_LIMIT = 50
"""How many characters a title, and the name of an epic or a story, may have."""


def number(task_id: int) -> str:
    """A task's number as people see it, for example `T-42`."""
    return f"T-{task_id}"


def subject(task_id: int) -> str:
    """A task's name in events and in the ledger, for example `task:42`."""
    return f"task:{task_id}"


def priority_word(priority: int | None) -> str:
    """The word for a number of the priority column; what lies above the scale is urgent, below it none."""
    words = list(PRIORITIES)
    return words[min(max(priority or 0, 0), len(words) - 1)]


class Task(Base):
    """A piece of work with a beginning and an end."""

    __tablename__ = "tasks"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(20), server_default=text("'todo'"))
    assigned_role: Mapped[str] = mapped_column(String(50))
    assigned_user_id: Mapped[int | None] = mapped_column(Integer, reference("users.id"))
    start_date: Mapped[datetime] = mapped_column(Moment)
    end_date: Mapped[datetime] = mapped_column(Moment)
    completed_at: Mapped[datetime | None] = mapped_column(Moment)
    is_delayed: Mapped[bool | None] = mapped_column(Boolean, server_default=text("false"))
    epic_id: Mapped[str | None] = mapped_column(String(50))
    story_id: Mapped[str | None] = mapped_column(String(50))
    priority: Mapped[int | None] = mapped_column(Integer, server_default=text("0"))
    created_at: Mapped[datetime | None] = mapped_column(Moment, server_default=func.now())
    updated_at: Mapped[datetime | None] = mapped_column(Moment, server_default=func.now())

    created_by: Mapped[int | None] = mapped_column(Integer, reference("users.id"))
    home_channel: Mapped[str | None] = mapped_column(String(20))
    start_is_automatic: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    deleted_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint("status IN ('todo', 'in_progress', 'done')", name="valid_status"),
        CheckConstraint("end_date > start_date", name="tasks_date_order"),
        CheckConstraint("end_date > start_date", name="valid_date_range"),
        Index("idx_tasks_assigned_user", "assigned_user_id"),
        Index("idx_tasks_status", "status"),
        Index("idx_tasks_role_status", "assigned_role", "status"),
        Index("idx_tasks_dates", "start_date", "end_date"),
        Index("idx_tasks_delayed", "is_delayed", postgresql_where=text("is_delayed IS TRUE")),
        Index("idx_tasks_epic", "epic_id"),
        Index("idx_tasks_user_status", "assigned_user_id", "status", desc("priority"), "start_date"),
        Index("idx_tasks_created_by", "created_by"),
        Index(
            "idx_tasks_due",
            "end_date",
            postgresql_where=text("status <> 'done' AND is_delayed IS NOT TRUE AND deleted_at IS NULL"),
        ),
        Index("idx_tasks_open", "end_date", postgresql_where=text("status <> 'done' AND deleted_at IS NULL")),
    )
