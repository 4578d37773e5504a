"""Trigger ids: docs.slack.dev/interactivity/handling-user-interaction"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.slack.errors import SlackError

# A trigger id opens a view within this many seconds, once.
TRIGGER_SECONDS = 3.0
# Used and expired ids are remembered this many seconds, to be refused for the right reason.
REMEMBERED_SECONDS = 600.0


@dataclass(slots=True)
class Trigger:
    """What a person did: `view_id` is the modal it was done in, if any. `issued` is in seconds of the clock."""

    user: str
    view_id: str | None
    issued: float
    is_used: bool = False


class Triggers:
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._triggers: dict[str, Trigger] = {}
        self._count = 0

    def issue(self, user: str, view_id: str | None = None) -> str:
        now = self._clock()
        for old in [key for key, trigger in self._triggers.items() if trigger.issued < now - REMEMBERED_SECONDS]:
            del self._triggers[old]
        self._count += 1
        trigger_id = f"{int(now * 1000)}.{self._count}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = Trigger(user, view_id, now)
        return trigger_id

    def exchange(self, trigger_id: str) -> Trigger:
        """Use a trigger. Raises `invalid_trigger_id`, `exchanged_trigger_id` or `expired_trigger_id`."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.is_used:
            raise SlackError("exchanged_trigger_id")
        if self._clock() - trigger.issued > TRIGGER_SECONDS:
            raise SlackError("expired_trigger_id")
        trigger.is_used = True
        return trigger
