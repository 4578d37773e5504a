"""What can be done with issues, their labels and assignees. Each change answers with the events it caused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.github import directory
from bot.sandbox.github.model import (
    ASSIGNEE_LIMIT,
    BODY_LIMIT,
    LABEL_LIMIT,
    STATE_REASONS,
    TITLE_LIMIT,
    Account,
    Comment,
    Issue,
    Label,
    Repository,
)
from bot.sandbox.github.problems import forbidden, invalid
from bot.sandbox.github.store import Store

_ISSUE = "SELECT i.*, (SELECT count(*) FROM comments c WHERE c.issue_id = i.id) AS comments FROM issues i"


@dataclass(frozen=True)
class Event:
    """A webhook event to be: its name and action, and the payload's parts that only this action has."""

    name: str
    action: str
    issue: Issue
    comment: Comment | None = None
    account: Account | None = None
    label: Label | None = None
    changes: dict[str, Any] = field(default_factory=dict)


def by_number(store: Store, repository: Repository, number: int) -> Issue | None:
    row = store.row(f"{_ISSUE} WHERE i.repository_id = ? AND i.number = ?", repository.id, number)
    return None if row is None else Issue(**dict(row))


def by_id(store: Store, key: int) -> Issue:
    row = store.row(f"{_ISSUE} WHERE i.id = ?", key)
    if row is None:
        raise LookupError(f"no issue {key}")
    return Issue(**dict(row))


def listed(store: Store, repository: Repository) -> list[Issue]:
    """Every issue of a repository, newest first."""
    rows = store.rows(f"{_ISSUE} WHERE i.repository_id = ? ORDER BY i.number DESC", repository.id)
    return [Issue(**dict(row)) for row in rows]


def assignees(store: Store, issue: Issue) -> list[Account]:
    rows = store.rows(
        "SELECT a.* FROM accounts a JOIN issue_assignees s ON s.account_id = a.id "
        "WHERE s.issue_id = ? ORDER BY s.rowid",
        issue.id,
    )
    return [Account(**dict(row)) for row in rows]


def labels(store: Store, issue: Issue) -> list[Label]:
    rows = store.rows(
        "SELECT l.* FROM labels l JOIN issue_labels s ON s.label_id = l.id WHERE s.issue_id = ? ORDER BY s.rowid",
        issue.id,
    )
    return [Label(**dict(row)) for row in rows]


def create(store: Store, repository: Repository, author: Account, given: dict[str, Any], at: str) -> list[Event]:
    """Open an issue; the first event's `issue` is it.

    Labels and assignees are dropped without a word when the author may not push. Raises `Problem`.
    """
    with store.transaction():
        next_number = "SELECT coalesce(max(number), 0) + 1 FROM issues WHERE repository_id = ?"
        key = store.insert(
            "issues",
            repository_id=repository.id,
            number=store.value(next_number, repository.id),
            title=_title(given.get("title")),
            body=_body(given.get("body")),
            state="open",
            author_id=author.id,
            created_at=at,
            updated_at=at,
        )
        events: list[Event] = []
        if directory.may(store, repository, author, "push"):
            opened = by_id(store, key)
            events += _set_labels(store, repository, opened, _names(given.get("labels"), "labels"))
            events += _set_assignees(store, repository, opened, _wanted_assignees(given))
        # The opened issue is shown with its labels and assignees, so its event is made after them.
        return [Event("issues", "opened", by_id(store, key)), *events]


def edit(
    store: Store, repository: Repository, issue: Issue, actor: Account, given: dict[str, Any], at: str
) -> list[Event]:
    """Change what `given` names. Raises `Problem`: 403 for who neither wrote the issue nor may push."""
    pushes = directory.may(store, repository, actor, "push")
    if not pushes and issue.author_id != actor.id:
        raise forbidden()
    with store.transaction():
        before = issue
        columns: dict[str, Any] = {}
        if "title" in given:
            columns["title"] = _title(given["title"])
        if "body" in given:
            columns["body"] = _body(given["body"])
        state = given.get("state", issue.state)
        if state not in ("open", "closed"):
            raise invalid("Issue", "state", value=state)
        reason = given.get("state_reason")
        if reason is not None and reason not in STATE_REASONS:
            raise invalid("Issue", "state_reason", value=reason)
        if state != issue.state:
            closing = state == "closed"
            columns |= {
                "state": state,
                "state_reason": (reason or "completed") if closing else "reopened",
                "closed_at": at if closing else None,
                "closed_by_id": actor.id if closing else None,
            }
        elif state == "closed" and reason not in (None, "reopened"):
            columns["state_reason"] = reason
        events: list[Event] = []
        if columns:
            store.update("issues", issue.id, **columns)
        if pushes and "labels" in given:
            events += _set_labels(store, repository, issue, _names(given["labels"], "labels"))
        if pushes and ("assignees" in given or "assignee" in given):
            events += _set_assignees(store, repository, issue, _wanted_assignees(given))
        if columns or events:
            store.update("issues", issue.id, updated_at=at)
        after = by_id(store, issue.id)
        changed = {
            name: {"from": getattr(before, name)}
            for name in ("title", "body")
            if getattr(before, name) != getattr(after, name)
        }
        if changed:
            events.insert(0, Event("issues", "edited", after, changes=changed))
        if after.state != before.state:
            events.append(Event("issues", "closed" if after.state == "closed" else "reopened", after))
        return events


def assign(store: Store, repository: Repository, issue: Issue, logins: Iterable[str], at: str) -> list[Event]:
    """Add assignees. Who cannot be assigned is left out without a word, as GitHub does here only."""
    allowed = {account.login.lower(): account for account in directory.assignable(store, repository)}
    wanted = dict.fromkeys(allowed[login.lower()] for login in logins if login.lower() in allowed)
    present = assignees(store, issue)
    with store.transaction():
        return _assign_exactly(store, issue, present + [one for one in wanted if one not in present], at)


def unassign(store: Store, issue: Issue, logins: Iterable[str], at: str) -> list[Event]:
    gone = {login.lower() for login in logins}
    with store.transaction():
        return _assign_exactly(
            store, issue, [one for one in assignees(store, issue) if one.login.lower() not in gone], at
        )


def relabel(store: Store, repository: Repository, issue: Issue, names: list[str], at: str) -> list[Event]:
    """Give the issue exactly these labels; unknown ones are made."""
    with store.transaction():
        events = _set_labels(store, repository, issue, names)
        if events:
            store.update("issues", issue.id, updated_at=at)
        return events


def label_names(value: Any) -> list[str]:
    """Read a list of labels as GitHub accepts it: names, or objects with a `name`. Raises `Problem`."""
    return _names(value, "labels")


def _set_labels(store: Store, repository: Repository, issue: Issue, names: list[str]) -> list[Event]:
    wanted = []
    for name in dict.fromkeys(names):
        found = directory.label_by_name(store, repository, name)
        if found is None:
            if not name.strip() or len(name) > LABEL_LIMIT:
                raise invalid("Label", "name", value=name)
            store.insert("labels", repository_id=repository.id, name=name, color="ededed", description=None)
            found = directory.label_by_name(store, repository, name)
        if found is not None and found not in wanted:
            wanted.append(found)
    present = labels(store, issue)
    store.execute("DELETE FROM issue_labels WHERE issue_id = ?", issue.id)
    for label in wanted:
        store.insert("issue_labels", issue_id=issue.id, label_id=label.id)
    after = by_id(store, issue.id)
    added = [Event("issues", "labeled", after, label=one) for one in wanted if one not in present]
    return added + [Event("issues", "unlabeled", after, label=one) for one in present if one not in wanted]


def _set_assignees(store: Store, repository: Repository, issue: Issue, logins: list[str]) -> list[Event]:
    allowed = {account.login.lower(): account for account in directory.assignable(store, repository)}
    for login in logins:
        if login.lower() not in allowed:
            raise invalid("Issue", "assignees", value=login)
    return _assign_exactly(store, issue, list(dict.fromkeys(allowed[login.lower()] for login in logins)), None)


def _assign_exactly(store: Store, issue: Issue, wanted: list[Account], at: str | None) -> list[Event]:
    if len(wanted) > ASSIGNEE_LIMIT:
        raise invalid("Issue", "assignees", "custom", f"An issue has at most {ASSIGNEE_LIMIT} assignees")
    present = assignees(store, issue)
    store.execute("DELETE FROM issue_assignees WHERE issue_id = ?", issue.id)
    for account in wanted:
        store.insert("issue_assignees", issue_id=issue.id, account_id=account.id)
    if at is not None and wanted != present:
        store.update("issues", issue.id, updated_at=at)
    after = by_id(store, issue.id)
    added = [Event("issues", "assigned", after, account=one) for one in wanted if one not in present]
    return added + [Event("issues", "unassigned", after, account=one) for one in present if one not in wanted]


def _title(value: Any) -> str:
    if value is None or (isinstance(value, str) and not value.strip()):
        raise invalid("Issue", "title", "missing_field")
    if not isinstance(value, str | int):
        raise invalid("Issue", "title")
    if len(str(value)) > TITLE_LIMIT:
        raise invalid("Issue", "title", "custom", f"title is too long (maximum is {TITLE_LIMIT} characters)")
    return str(value)


def _body(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        if value is not None and len(value) > BODY_LIMIT:
            raise invalid("Issue", "body", "custom", f"body is too long (maximum is {BODY_LIMIT} characters)")
        return value
    raise invalid("Issue", "body")


def _wanted_assignees(given: dict[str, Any]) -> list[str]:
    if "assignees" in given:
        return _names(given["assignees"], "assignees")
    one = given.get("assignee")
    return [] if one in (None, "") else _names([one], "assignee")


def _names(value: Any, what: str) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise invalid("Issue", what)
    names = []
    for item in value:
        name = item.get("name") if isinstance(item, dict) else item
        if not isinstance(name, str):
            raise invalid("Issue", what)
        names.append(name)
    return names
