"""Records as GitHub's JSON. Every address in an answer has the host and port of the request that asked.

Clients follow and check these addresses (PyGithub refuses an answer whose addresses lead elsewhere).
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bot.sandbox.github import directory, issues
from bot.sandbox.github.issues import Event
from bot.sandbox.github.model import Account, Comment, Delivery, Hook, Issue, Label, Repository
from bot.sandbox.github.store import Store


def _node_id(kind: str, key: int) -> str:
    return base64.b64encode(f"{kind}:{key}".encode()).decode()


@dataclass(frozen=True)
class Shapes:
    """Draws records for one request. `web` is where the pages are, for example `http://127.0.0.1:3000/github`."""

    store: Store
    web: str

    @property
    def api(self) -> str:
        return f"{self.web}/api"

    def account(self, account: Account) -> dict[str, Any]:
        """The short form, as it stands inside other records."""
        login = quote(account.login)
        return {
            "login": account.login,
            "id": account.id,
            "node_id": _node_id("User", account.id),
            "avatar_url": f"{self.web}/avatars/{account.id}.svg",
            "gravatar_id": "",
            "url": f"{self.api}/users/{login}",
            "html_url": f"{self.web}/{login}",
            "repos_url": f"{self.api}/users/{login}/repos",
            "type": account.type,
            "site_admin": False,
        }

    def profile(self, account: Account) -> dict[str, Any]:
        """The long form, as `/user` and `/users/{login}` answer it."""
        return self.account(account) | {
            "name": account.name,
            "company": None,
            "blog": "",
            "location": None,
            "email": account.email,
            "bio": None,
            "public_repos": 0,
            "public_gists": 0,
            "followers": 0,
            "following": 0,
            "created_at": account.created_at,
            "updated_at": account.created_at,
        }

    def repository(self, repository: Repository, reader: Account | None = None) -> dict[str, Any]:
        url = f"{self.api}/repos/{repository.full_name}"
        owner = directory.account_by_login(self.store, repository.owner)
        shape = {
            "id": repository.id,
            "node_id": _node_id("Repository", repository.id),
            "name": repository.name,
            "full_name": repository.full_name,
            "private": repository.private,
            "visibility": "private" if repository.private else "public",
            "owner": self.account(owner) if owner else self._organization(repository),
            "html_url": f"{self.web}/{repository.full_name}",
            "description": repository.description,
            "fork": False,
            "url": url,
            "issues_url": f"{url}/issues{{/number}}",
            "comments_url": f"{url}/comments{{/number}}",
            "labels_url": f"{url}/labels{{/name}}",
            "assignees_url": f"{url}/assignees{{/user}}",
            "hooks_url": f"{url}/hooks",
            "has_issues": True,
            "archived": False,
            "disabled": False,
            "default_branch": "main",
            "open_issues_count": sum(issue.state == "open" for issue in issues.listed(self.store, repository)),
            "created_at": repository.created_at,
            "updated_at": repository.updated_at,
            "pushed_at": repository.updated_at,
        }
        if reader is not None:
            shape["permissions"] = {
                right: directory.may(self.store, repository, reader, right) for right in ("pull", "push", "admin")
            }
        return shape

    def issue(self, repository: Repository, issue: Issue) -> dict[str, Any]:
        url = f"{self.api}/repos/{repository.full_name}/issues/{issue.number}"
        assignees = [self.account(one) for one in issues.assignees(self.store, issue)]
        return {
            "id": issue.id,
            "node_id": _node_id("Issue", issue.id),
            "url": url,
            "repository_url": f"{self.api}/repos/{repository.full_name}",
            "labels_url": f"{url}/labels{{/name}}",
            "comments_url": f"{url}/comments",
            "events_url": f"{url}/events",
            "html_url": f"{self.web}/{repository.full_name}/issues/{issue.number}",
            "number": issue.number,
            "title": issue.title,
            "body": issue.body,
            "user": self._account_by_id(issue.author_id),
            "labels": [self.label(repository, one) for one in issues.labels(self.store, issue)],
            "state": issue.state,
            "state_reason": issue.state_reason,
            "locked": False,
            "active_lock_reason": None,
            "assignee": assignees[0] if assignees else None,
            "assignees": assignees,
            "milestone": None,
            "comments": issue.comments,
            "author_association": "NONE",
            "created_at": issue.created_at,
            "updated_at": issue.updated_at,
            "closed_at": issue.closed_at,
            "closed_by": self._account_by_id(issue.closed_by_id) if issue.closed_by_id else None,
        }

    def comment(self, repository: Repository, issue: Issue, comment: Comment) -> dict[str, Any]:
        url = f"{self.api}/repos/{repository.full_name}/issues"
        page = f"{self.web}/{repository.full_name}/issues/{issue.number}"
        return {
            "id": comment.id,
            "node_id": _node_id("IssueComment", comment.id),
            "url": f"{url}/comments/{comment.id}",
            "html_url": f"{page}#issuecomment-{comment.id}",
            "issue_url": f"{url}/{issue.number}",
            "body": comment.body,
            "user": self._account_by_id(comment.author_id),
            "author_association": "NONE",
            "created_at": comment.created_at,
            "updated_at": comment.updated_at,
        }

    def label(self, repository: Repository, label: Label) -> dict[str, Any]:
        return {
            "id": label.id,
            "node_id": _node_id("Label", label.id),
            "url": f"{self.api}/repos/{repository.full_name}/labels/{quote(label.name)}",
            "name": label.name,
            "color": label.color,
            "default": False,
            "description": label.description,
        }

    def hook(self, repository: Repository, hook: Hook) -> dict[str, Any]:
        url = f"{self.api}/repos/{repository.full_name}/hooks/{hook.id}"
        config = {"url": hook.url, "content_type": hook.content_type, "insecure_ssl": "0"}
        return {
            "type": "Repository",
            "id": hook.id,
            "name": "web",
            "active": hook.active,
            "events": list(hook.events),
            "config": config | ({"secret": "********"} if hook.secret else {}),
            "created_at": hook.created_at,
            "updated_at": hook.updated_at,
            "url": url,
            "test_url": f"{url}/test",
            "ping_url": f"{url}/pings",
            "deliveries_url": f"{url}/deliveries",
        }

    def delivery(self, delivery: Delivery) -> dict[str, Any]:
        return {
            "id": delivery.id,
            "guid": delivery.guid,
            "delivered_at": delivery.created_at,
            "redelivery": delivery.redelivery,
            "duration": delivery.duration,
            "status": delivery.status,
            "status_code": delivery.status_code,
            "event": delivery.event,
            "action": delivery.action,
        }

    def payload(self, repository: Repository, event: Event, sender: Account) -> dict[str, Any]:
        """What a webhook sends for an event."""
        body: dict[str, Any] = {"action": event.action, "issue": self.issue(repository, event.issue)}
        if event.comment is not None:
            body["comment"] = self.comment(repository, event.issue, event.comment)
        if event.account is not None:
            body["assignee"] = self.account(event.account)
        if event.label is not None:
            body["label"] = self.label(repository, event.label)
        if event.changes:
            body["changes"] = event.changes
        return body | {"repository": self.repository(repository), "sender": self.account(sender)}

    def _account_by_id(self, key: int) -> dict[str, Any]:
        return self.account(directory.account_by_id(self.store, key))

    def _organization(self, repository: Repository) -> dict[str, Any]:
        # The owner of the sample repositories is an organization: nobody signs in as one.
        return {
            "login": repository.owner,
            "id": 1_000_000,
            "node_id": _node_id("Organization", 1_000_000),
            "avatar_url": f"{self.web}/avatars/1000000.svg",
            "url": f"{self.api}/users/{repository.owner}",
            "html_url": f"{self.web}/{repository.owner}",
            "type": "Organization",
            "site_admin": False,
        }
