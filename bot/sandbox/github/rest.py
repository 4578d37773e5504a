"""GitHub's REST API: people, repositories, labels and webhooks. Issues are in `rest_issues`."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.sandbox.github import directory, rest_issues, webhooks
from bot.sandbox.github.model import LABEL_LIMIT, Delivery, Hook, Label, Repository
from bot.sandbox.github.problems import invalid, not_found
from bot.sandbox.github.protocol import ANONYMOUS_LIMIT, Answer, Call, Handler, Place, answering

HOOK_EVENTS = frozenset({"*", "issues", "issue_comment"})
"""The events the local GitHub has something to say about."""


def routes(place: Place) -> list[web.RouteDef]:
    """Every route under `/github/api`, with an answer of GitHub's own shape for anything else."""
    repo = "/repos/{owner}/{repo}"
    table: list[tuple[str, str, Handler]] = [
        ("GET", "/user", _me),
        ("GET", "/user/repos", _repositories),
        ("GET", "/user/{id}", _user_by_id),
        ("GET", "/users/{login}", _user),
        ("GET", repo, _repository),
        ("GET", "/repositories/{id}", _repository_by_id),
        ("GET", f"{repo}/assignees", _assignees),
        ("GET", f"{repo}/assignees/{{login}}", _is_assignable),
        ("GET", f"{repo}/labels", _labels),
        ("POST", f"{repo}/labels", _create_label),
        ("GET", f"{repo}/labels/{{name}}", _label),
        ("PATCH", f"{repo}/labels/{{name}}", _edit_label),
        ("DELETE", f"{repo}/labels/{{name}}", _delete_label),
        ("GET", f"{repo}/hooks", _hooks),
        ("POST", f"{repo}/hooks", _create_hook),
        ("GET", f"{repo}/hooks/{{id}}", _show_hook),
        ("PATCH", f"{repo}/hooks/{{id}}", _edit_hook),
        ("DELETE", f"{repo}/hooks/{{id}}", _delete_hook),
        ("POST", f"{repo}/hooks/{{id}}/pings", _ping),
        ("GET", f"{repo}/hooks/{{id}}/deliveries", _deliveries),
        ("GET", f"{repo}/hooks/{{id}}/deliveries/{{delivery}}", _delivery),
        ("POST", f"{repo}/hooks/{{id}}/deliveries/{{delivery}}/attempts", _redeliver),
        *rest_issues.TABLE,
    ]
    prefix = "/github/api"
    return [
        web.get(f"{prefix}/rate_limit", answering(place, _rate_limit, counted=False)),
        *(web.route(method, prefix + path, answering(place, handler)) for method, path, handler in table),
        web.route("*", f"{prefix}/{{rest:.*}}", answering(place, _nothing)),
    ]


async def _nothing(call: Call) -> Answer:
    raise not_found()


async def _rate_limit(call: Call) -> Answer:
    anonymous = call.account is None
    limit = min(ANONYMOUS_LIMIT, call.place.hourly_limit) if anonymous else call.place.hourly_limit
    window = call.place.window(f"account {call.account.id}" if call.account else f"address {call.request.remote}")
    rate = {
        "limit": limit,
        "used": window.used,
        "remaining": max(0, limit - window.used),
        "reset": int(window.resets_at),
        "resource": "core",
    }
    return Answer({"resources": {"core": rate}, "rate": rate})


async def _me(call: Call) -> Answer:
    return Answer(call.shapes.profile(call.someone()))


async def _user(call: Call) -> Answer:
    account = directory.account_by_login(call.store, call.request.match_info["login"])
    if account is None:
        raise not_found()
    return Answer(call.shapes.profile(account))


async def _user_by_id(call: Call) -> Answer:
    try:
        return Answer(call.shapes.profile(directory.account_by_id(call.store, call.number("id"))))
    except LookupError:
        raise not_found() from None


async def _repositories(call: Call) -> Answer:
    account = call.someone()
    seen = [
        one
        for one in directory.repositories(call.store)
        if call.sees(one) and directory.may(call.store, one, account, "pull")
    ]
    return Answer(items=seen, draw=lambda one: call.shapes.repository(one, account))


async def _repository(call: Call) -> Answer:
    return Answer(call.shapes.repository(call.repository(), call.account))


async def _repository_by_id(call: Call) -> Answer:
    found = directory.repository_by_id(call.store, call.number("id"))
    if found is None or not call.sees(found):
        raise not_found()
    return Answer(call.shapes.repository(found, call.account))


async def _assignees(call: Call) -> Answer:
    return Answer(items=directory.assignable(call.store, call.repository()), draw=call.shapes.account)


async def _is_assignable(call: Call) -> Answer:
    login = call.request.match_info["login"].lower()
    if any(one.login.lower() == login for one in directory.assignable(call.store, call.repository())):
        return Answer(status=204)
    raise not_found()


async def _labels(call: Call) -> Answer:
    repository = call.repository()
    found = directory.labels(call.store, repository)
    return Answer(items=found, draw=lambda one: call.shapes.label(repository, one))


def _named_label(call: Call, repository: Repository) -> Label:
    found = directory.label_by_name(call.store, repository, call.request.match_info["name"])
    if found is None:
        raise not_found()
    return found


async def _label(call: Call) -> Answer:
    repository = call.repository()
    return Answer(call.shapes.label(repository, _named_label(call, repository)))


def _label_columns(call: Call, repository: Repository, present: Label | None) -> dict[str, Any]:
    body = call.body
    name = body.get("new_name", body.get("name", present.name if present else None))
    if not isinstance(name, str) or not name.strip():
        raise invalid("Label", "name", "missing_field")
    if len(name) > LABEL_LIMIT:
        raise invalid("Label", "name", "custom", f"name is too long (maximum is {LABEL_LIMIT} characters)")
    twin = directory.label_by_name(call.store, repository, name)
    if twin is not None and (present is None or twin.id != present.id):
        raise invalid("Label", "name", "already_exists")
    color = body.get("color", present.color if present else "ededed")
    if not isinstance(color, str) or len(color) != 6 or any(digit not in "0123456789abcdef" for digit in color.lower()):
        raise invalid("Label", "color")
    description = body.get("description", present.description if present else None)
    if description is not None and not isinstance(description, str):
        raise invalid("Label", "description")
    return {"name": name, "color": color.lower(), "description": description}


async def _create_label(call: Call) -> Answer:
    repository = call.repository()
    call.writer(repository, "push")
    columns = _label_columns(call, repository, None)
    key = call.store.insert("labels", repository_id=repository.id, **columns)
    call.place.on_change(repository.full_name)
    return Answer(call.shapes.label(repository, Label(key, repository.id, **columns)), 201)


async def _edit_label(call: Call) -> Answer:
    repository = call.repository()
    call.writer(repository, "push")
    present = _named_label(call, repository)
    columns = _label_columns(call, repository, present)
    call.store.update("labels", present.id, **columns)
    call.place.on_change(repository.full_name)
    return Answer(call.shapes.label(repository, Label(present.id, repository.id, **columns)))


async def _delete_label(call: Call) -> Answer:
    repository = call.repository()
    call.writer(repository, "push")
    call.store.execute("DELETE FROM labels WHERE id = ?", _named_label(call, repository).id)
    call.place.on_change(repository.full_name)
    return Answer(status=204)


def _own_hook(call: Call) -> tuple[Repository, Hook]:
    repository = call.repository()
    call.writer(repository, "push")
    hook = webhooks.hook_by_id(call.store, call.number("id"))
    if hook is None or hook.repository_id != repository.id:
        raise not_found()
    return repository, hook


def _hook_columns(call: Call, present: Hook | None) -> dict[str, Any]:
    config = call.body.get("config", {})
    events = call.body.get("events", list(present.events) if present else ["issues"])
    active = call.body.get("active", present.active if present else True)
    if not isinstance(config, dict):
        raise invalid("Hook", "config")
    url = config.get("url", present.url if present else None)
    if not isinstance(url, str) or urlsplit(url).scheme not in ("http", "https"):
        raise invalid("Hook", "url", "missing_field" if url is None else "invalid")
    content_type = config.get("content_type", present.content_type if present else "form")
    if content_type not in ("json", "form"):
        raise invalid("Hook", "content_type")
    if not isinstance(events, list) or not events or any(name not in HOOK_EVENTS for name in events):
        raise invalid("Hook", "events")
    return {
        "url": url,
        "content_type": content_type,
        "secret": config.get("secret", present.secret if present else None),
        "events": json.dumps(events),
        "active": bool(active),
        "updated_at": call.place.now(),
    }


async def _hooks(call: Call) -> Answer:
    repository = call.repository()
    call.writer(repository, "push")
    found = webhooks.hooks_of(call.store, repository)
    return Answer(items=found, draw=lambda one: call.shapes.hook(repository, one))


async def _show_hook(call: Call) -> Answer:
    return Answer(call.shapes.hook(*_own_hook(call)))


async def _create_hook(call: Call) -> Answer:
    repository = call.repository()
    call.writer(repository, "push")
    columns = _hook_columns(call, None)
    if any(hook.url == columns["url"] for hook in webhooks.hooks_of(call.store, repository)):
        raise invalid("Hook", "url", "custom", "Hook already exists on this repository")
    key = call.store.insert("hooks", repository_id=repository.id, created_at=call.place.now(), **columns)
    hook = webhooks.hook_by_id(call.store, key)
    if hook is None:
        raise not_found()
    _send_ping(call, repository, hook)
    return Answer(call.shapes.hook(repository, hook), 201)


async def _edit_hook(call: Call) -> Answer:
    _, hook = _own_hook(call)
    call.store.update("hooks", hook.id, **_hook_columns(call, hook))
    return Answer(call.shapes.hook(*_own_hook(call)))


async def _delete_hook(call: Call) -> Answer:
    _, hook = _own_hook(call)
    call.store.execute("DELETE FROM hooks WHERE id = ?", hook.id)
    return Answer(status=204)


async def _ping(call: Call) -> Answer:
    _send_ping(call, *_own_hook(call))
    return Answer(status=204)


def _send_ping(call: Call, repository: Repository, hook: Hook) -> None:
    payload = {
        "zen": "Say what happened, and to what.",
        "hook_id": hook.id,
        "hook": call.shapes.hook(repository, hook),
        "repository": call.shapes.repository(repository),
        "sender": call.shapes.account(call.someone()),
    }
    call.place.webhooks.deliver(hook, "ping", None, payload)


async def _deliveries(call: Call) -> Answer:
    _, hook = _own_hook(call)
    return Answer(items=webhooks.deliveries_of(call.store, hook), draw=call.shapes.delivery)


def _own_delivery(call: Call) -> Delivery:
    _, hook = _own_hook(call)
    delivery = webhooks.delivery_by_id(call.store, call.number("delivery"))
    if delivery is None or delivery.hook_id != hook.id:
        raise not_found()
    return delivery


async def _delivery(call: Call) -> Answer:
    delivery = _own_delivery(call)
    return Answer(call.shapes.delivery(delivery) | {"request": {"payload": json.loads(delivery.payload)}})


async def _redeliver(call: Call) -> Answer:
    call.place.webhooks.redeliver(_own_delivery(call))
    return Answer({}, 202)
