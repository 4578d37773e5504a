"""Every model, imported so that Alembic sees all tables; nothing else."""

from __future__ import annotations

from bot.chat import model as chat
from bot.db import Base
from bot.history import model as history
from bot.notifications import model as notifications
from bot.tasks import model as tasks
from bot.triage import model as triage
from bot.users import model as users

metadata = Base.metadata

__all__ = ["chat", "history", "metadata", "notifications", "tasks", "triage", "users"]
