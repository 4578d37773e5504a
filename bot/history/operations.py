"""What an operation says it did: the event that is written beside the change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.db import Transaction

Plain = str | int | bool | None


def plain(value: Any) -> Plain:
    """A field's value as an event keeps it: moments as ISO 8601 in UTC, everything else as JSON has it."""
    return value.isoformat() if isinstance(value, datetime) else value


@dataclass(frozen=True, slots=True)
class Happening:
    """One event about to be written. `changes` maps each changed field to its value before and after."""

    subject: str
    verb: str
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    why: str | None = None

    def row(self, tx: Transaction) -> dict[str, Any]:
        """The event as a JSON row: what `internal.publish`'s statement reads."""
        return {
            "subject": self.subject,
            "verb": self.verb,
            "actor_id": tx.me.id if tx.me else None,
            "changes": {name: [plain(old), plain(new)] for name, (old, new) in self.changes.items()},
            "why": self.why,
        }
