"""What a person does in the local GitHub, as docs/local-workspace.md describes it: `/_/github/…`."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bot.sandbox.github import comments, devices, directory, issues
from bot.sandbox.github.issues import Event
from bot.sandbox.github.model import Account, Issue, Repository
from bot.sandbox.github.problems import Problem
from bot.sandbox.github.protocol import Place, web_address
from bot.sandbox.github.shapes import Shapes

Action = Callable[[web.Request, dict[str, Any]], dict[str, Any]]


class _Refused(Exception):
    """A request that is understood and cannot be done: a code, and a sentence for the person."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def routes(place: Place) -> list[web.RouteDef]:
    """The routes under `/_/github`."""
    store = place.store

    def acting(body: dict[str, Any]) -> tuple[Account, Repository]:
        account = directory.account_by_login(store, _text(body, "login"))
        if account is None:
            raise _Refused("unknown_account", "There is no GitHub account with that login.")
        owner, _, name = _text(body, "repository").partition("/")
        repository = directory.repository_by_name(store, owner, name)
        if repository is None or not directory.may(store, repository, account, "pull"):
            raise _Refused("unknown_repository", "There is no such repository, or that account may not see it.")
        return account, repository

    def issue_of(repository: Repository, body: dict[str, Any]) -> Issue:
        number = body.get("number")
        found = issues.by_number(store, repository, number) if isinstance(number, int) else None
        if found is None:
            raise _Refused("unknown_issue", "There is no issue with that number in this repository.")
        return found

    def tell(request: web.Request, repository: Repository, events: list[Event], sender: Account) -> None:
        place.changed(Shapes(store, web_address(request)), repository, events, sender)

    def state(request: web.Request, _: dict[str, Any]) -> dict[str, Any]:
        me = directory.account_of_slack_user(store, request.query.get("as", ""))
        shapes = Shapes(store, web_address(request))
        return {
            "me": me.login if me else None,
            "accounts": [shapes.account(one) | {"name": one.name} for one in directory.people(store)],
            "repositories": [
                {
                    "full_name": one.full_name,
                    "issues": [shapes.issue(one, issue) for issue in issues.listed(store, one)],
                }
                for one in directory.repositories(store)
            ],
            "devices": [
                {"user_code": one.user_code, "state": one.state} for one in devices.waiting(store, place.clock())
            ],
        }

    def create_issue(request: web.Request, body: dict[str, Any]) -> dict[str, Any]:
        account, repository = acting(body)
        events = issues.create(store, repository, account, body, place.now())
        tell(request, repository, events, account)
        return {"number": events[0].issue.number}

    def update_issue(request: web.Request, body: dict[str, Any]) -> dict[str, Any]:
        account, repository = acting(body)
        issue = issue_of(repository, body)
        tell(request, repository, issues.edit(store, repository, issue, account, body, place.now()), account)
        return {}

    def comment(request: web.Request, body: dict[str, Any]) -> dict[str, Any]:
        account, repository = acting(body)
        events = comments.create(store, issue_of(repository, body), account, body.get("body"), place.now())
        tell(request, repository, events, account)
        return {"id": events[0].comment.id if events[0].comment else None}

    return [
        web.get("/_/github/state", _answering(state)),
        web.post("/_/github/issues", _answering(create_issue)),
        web.post("/_/github/issues/update", _answering(update_issue)),
        web.post("/_/github/comments", _answering(comment)),
    ]


def _answering(action: Action) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        try:
            raw = await request.read()
            body = json.loads(raw) if raw else {}
            if not isinstance(body, dict):
                raise ValueError
        except ValueError:
            return _refusal("invalid_request", "The request is not a JSON object.", 400)
        try:
            return web.json_response({"ok": True} | action(request, body))
        except _Refused as refused:
            return _refusal(refused.code, str(refused))
        except Problem as problem:
            return _refusal("forbidden" if problem.status == 403 else "invalid", _sentence(problem))

    return answer


def _refusal(code: str, message: str, status: int = 200) -> web.Response:
    return web.json_response({"ok": False, "error": code, "message": message}, status=status)


def _sentence(problem: Problem) -> str:
    if not problem.errors:
        return f"GitHub refuses: {problem.message}."
    error = problem.errors[0]
    return f"GitHub refuses the {error['field']}: {error.get('message', error['code'].replace('_', ' '))}."


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""
