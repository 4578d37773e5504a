"""The records of the local GitHub, as read from its store. Times are ISO 8601 in UTC, as GitHub's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

PERMISSIONS = ("none", "pull", "push", "admin")
"""What an account may do in a repository, weakest first."""

STATE_REASONS = ("completed", "not_planned", "duplicate", "reopened")

TITLE_LIMIT = 256
BODY_LIMIT = 65_536
LABEL_LIMIT = 50
ASSIGNEE_LIMIT = 10
"""The limits of github.com: docs.github.com/en/rest/issues."""


def stamp(seconds: float) -> str:
    """Seconds since 1970 as GitHub's time stamp, to the second: `2026-11-22T20:15:00Z`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class Account:
    """A person or an app's bot account. `slack_user` is the sample Slack person who owns it."""

    id: int
    login: str
    name: str | None
    email: str | None
    type: str
    slack_user: str | None
    created_at: str


@dataclass(frozen=True, slots=True)
class Repository:
    id: int
    owner: str
    name: str
    description: str
    private: bool
    created_at: str
    updated_at: str

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"


@dataclass(frozen=True, slots=True)
class Label:
    id: int
    repository_id: int
    name: str
    color: str
    description: str | None


@dataclass(frozen=True, slots=True)
class Issue:
    id: int
    repository_id: int
    number: int
    title: str
    body: str | None
    state: str
    state_reason: str | None
    author_id: int
    closed_by_id: int | None
    created_at: str
    updated_at: str
    closed_at: str | None
    comments: int


@dataclass(frozen=True, slots=True)
class Comment:
    id: int
    issue_id: int
    author_id: int
    body: str
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook of a repository, or of the app where `repository_id` is None. `events` may be `("*",)`."""

    id: int
    repository_id: int | None
    url: str
    content_type: str
    secret: str | None
    events: tuple[str, ...]
    active: bool
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for one hook. `status_code` is None until it was sent, and 0 when nobody answered."""

    id: int
    guid: str
    hook_id: int
    event: str
    action: str | None
    payload: str
    redelivery: bool
    created_at: str
    duration: float | None
    status_code: int | None
    status: str | None


@dataclass(frozen=True, slots=True)
class Device:
    """A pending sign-in. `state` is pending, authorized, denied or used; times are seconds since 1970."""

    device_code: str
    user_code: str
    scope: str
    state: str
    account_id: int | None
    interval: int
    polled_at: float | None
    created_at: float
    expires_at: float
