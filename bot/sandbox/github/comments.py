"""What can be done with the comments of issues."""

from __future__ import annotations

from typing import Any

from bot.sandbox.github import directory, issues
from bot.sandbox.github.issues import Event
from bot.sandbox.github.model import BODY_LIMIT, Account, Comment, Issue, Repository
from bot.sandbox.github.problems import forbidden, invalid
from bot.sandbox.github.store import Store

_COMMENT = "SELECT c.* FROM comments c JOIN issues i ON i.id = c.issue_id"


def of_issue(store: Store, issue: Issue) -> list[Comment]:
    """Oldest first."""
    rows = store.rows("SELECT * FROM comments WHERE issue_id = ? ORDER BY id", issue.id)
    return [Comment(**dict(row)) for row in rows]


def of_repository(store: Store, repository: Repository) -> list[Comment]:
    """Oldest first, of all the repository's issues."""
    rows = store.rows(
        f"{_COMMENT} WHERE i.repository_id = ? ORDER BY c.id",
        repository.id,
    )
    return [Comment(**dict(row)) for row in rows]


def by_id(store: Store, repository: Repository, key: int) -> Comment | None:
    row = store.row(
        f"{_COMMENT} WHERE i.repository_id = ? AND c.id = ?",
        repository.id,
        key,
    )
    return None if row is None else Comment(**dict(row))


def create(store: Store, issue: Issue, author: Account, body: Any, at: str) -> list[Event]:
    """Write a comment; the event's `comment` is it. Raises `Problem`."""
    with store.transaction():
        key = store.insert(
            "comments", issue_id=issue.id, author_id=author.id, body=_body(body), created_at=at, updated_at=at
        )
        store.update("issues", issue.id, updated_at=at)
    comment = Comment(key, issue.id, author.id, _body(body), at, at)
    return [Event("issue_comment", "created", issues.by_id(store, issue.id), comment)]


def edit(store: Store, repository: Repository, comment: Comment, actor: Account, body: Any, at: str) -> list[Event]:
    _require_right(store, repository, comment, actor)
    with store.transaction():
        store.update("comments", comment.id, body=_body(body), updated_at=at)
        store.update("issues", comment.issue_id, updated_at=at)
    after = Comment(comment.id, comment.issue_id, comment.author_id, _body(body), comment.created_at, at)
    changes = {"body": {"from": comment.body}}
    return [Event("issue_comment", "edited", issues.by_id(store, comment.issue_id), after, changes=changes)]


def delete(store: Store, repository: Repository, comment: Comment, actor: Account, at: str) -> list[Event]:
    _require_right(store, repository, comment, actor)
    with store.transaction():
        store.execute("DELETE FROM comments WHERE id = ?", comment.id)
        store.update("issues", comment.issue_id, updated_at=at)
    return [Event("issue_comment", "deleted", issues.by_id(store, comment.issue_id), comment)]


def _require_right(store: Store, repository: Repository, comment: Comment, actor: Account) -> None:
    if comment.author_id != actor.id and not directory.may(store, repository, actor, "push"):
        raise forbidden()


def _body(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise invalid("IssueComment", "body", "missing_field")
    if len(value) > BODY_LIMIT:
        raise invalid("IssueComment", "body", "custom", f"body is too long (maximum is {BODY_LIMIT} characters)")
    return value
