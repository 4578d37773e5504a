"""How much Slack takes: docs.slack.dev/apis/web-api/rate-limits"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.sandbox.slack.errors import RateLimited

# Calls a minute, per method and workspace, for each tier.
TIERS = {1: 1, 2: 20, 3: 50, 4: 100}

# The tiers of the methods here; `chat.postMessage` has a rule of its own, below.
METHOD_TIERS = {
    "apps.connections.open": 3,
    "auth.test": 4,
    "chat.delete": 3,
    "chat.getPermalink": 4,
    "chat.postEphemeral": 4,
    "chat.update": 3,
    "conversations.history": 3,
    "conversations.info": 3,
    "conversations.invite": 3,
    "conversations.join": 3,
    "conversations.list": 2,
    "conversations.members": 4,
    "conversations.open": 3,
    "conversations.replies": 3,
    "reactions.add": 3,
    "reactions.get": 3,
    "reactions.remove": 2,
    "team.info": 3,
    "users.conversations": 3,
    "users.info": 4,
    "users.list": 2,
    "users.lookupByEmail": 3,
    "views.open": 4,
    "views.publish": 4,
    "views.push": 4,
    "views.update": 4,
}


@dataclass(frozen=True, slots=True)
class Limits:
    """One message a second and conversation, with a burst that Slack tolerates but does not promise.

    `post_burst=1` is the strictest reading. `per_minute` says how many calls of a method a minute are taken.
    """

    posts_per_second: float = 1.0
    post_burst: int = 5
    per_minute: Mapping[str, int] = field(
        default_factory=lambda: {method: TIERS[tier] for method, tier in METHOD_TIERS.items()}
    )


TOLERANT = Limits()
STRICT = Limits(post_burst=1)


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class Rates:
    """Token buckets; `limits=None` takes everything. `clock` gives seconds."""

    def __init__(self, limits: Limits | None, clock: Callable[[], float]) -> None:
        self.limits = limits
        self._clock = clock
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    def take_call(self, method: str) -> None:
        """Count one call of a method. Raises `RateLimited`."""
        if self.limits is not None and method in self.limits.per_minute:
            per_minute = self.limits.per_minute[method]
            self._take((method, ""), per_minute, per_minute / 60)

    def take_post(self, channel_id: str) -> None:
        """Count one message to a conversation. Raises `RateLimited`."""
        if self.limits is not None:
            self._take(("chat.postMessage", channel_id), self.limits.post_burst, self.limits.posts_per_second)

    def _take(self, key: tuple[str, str], size: float, per_second: float) -> None:
        now = self._clock()
        bucket = self._buckets.setdefault(key, _Bucket(size, now))
        bucket.tokens = min(size, bucket.tokens + max(0.0, now - bucket.at) * per_second)
        bucket.at = now
        if bucket.tokens < 1:
            raise RateLimited(max(1, math.ceil((1 - bucket.tokens) / per_second)))
        bucket.tokens -= 1
