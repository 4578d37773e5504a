"""GitHub's REST API: issues, their comments, labels and assignees."""

from __future__ import annotations

from bot.sandbox.github import comments, directory, issues
from bot.sandbox.github.model import Comment, Issue, Repository
from bot.sandbox.github.problems import Problem, invalid, not_found
from bot.sandbox.github.protocol import Answer, Call, Handler


async def _list(call: Call) -> Answer:
    repository = call.repository()
    found = [issue for issue in issues.listed(call.store, repository) if _wanted(call, issue)]
    query = call.request.query
    by = query.get("sort", "created")
    if by not in ("created", "updated", "comments") or query.get("direction", "desc") not in ("asc", "desc"):
        raise invalid("Issue", "sort" if by not in ("created", "updated", "comments") else "direction")
    keys = {
        "created": lambda issue: issue.number,
        "updated": lambda issue: issue.updated_at,
        "comments": lambda issue: issue.comments,
    }
    found.sort(key=keys[by], reverse=query.get("direction", "desc") == "desc")
    return Answer(items=found, draw=lambda one: call.shapes.issue(repository, one))


def _wanted(call: Call, issue: Issue) -> bool:
    query = call.request.query
    state = query.get("state", "open")
    if state not in ("open", "closed", "all"):
        raise invalid("Issue", "state", value=state)
    if state not in ("all", issue.state) or issue.updated_at < query.get("since", ""):
        return False
    if names := [name.strip().lower() for name in query.get("labels", "").split(",") if name.strip()]:
        held = {label.name.lower() for label in issues.labels(call.store, issue)}
        if not held.issuperset(names):
            return False
    if creator := query.get("creator"):
        author = directory.account_by_id(call.store, issue.author_id)
        if author.login.lower() != creator.lower():
            return False
    assignee = query.get("assignee", "").lower()
    assigned = {one.login.lower() for one in issues.assignees(call.store, issue)}
    return {"": True, "none": not assigned, "*": bool(assigned)}.get(assignee, assignee in assigned)


def _issue(call: Call, repository: Repository) -> Issue:
    found = issues.by_number(call.store, repository, call.number("number"))
    if found is None:
        raise not_found()
    return found


async def _show(call: Call) -> Answer:
    repository = call.repository()
    return Answer(call.shapes.issue(repository, _issue(call, repository)))


async def _create(call: Call) -> Answer:
    repository = call.repository()
    author = call.writer(repository)
    events = issues.create(call.store, repository, author, call.body, call.place.now())
    call.changed(repository, events)
    shape = call.shapes.issue(repository, events[0].issue)
    return Answer(shape, 201, location=shape["url"])


async def _edit(call: Call) -> Answer:
    repository = call.repository()
    issue, actor = _issue(call, repository), call.writer(repository)
    call.changed(repository, issues.edit(call.store, repository, issue, actor, call.body, call.place.now()))
    return Answer(call.shapes.issue(repository, issues.by_id(call.store, issue.id)))


async def _add_assignees(call: Call) -> Answer:
    repository = call.repository()
    issue = _issue(call, repository)
    call.writer(repository, "push")
    call.changed(repository, issues.assign(call.store, repository, issue, _logins(call), call.place.now()))
    return Answer(call.shapes.issue(repository, issues.by_id(call.store, issue.id)), 201)


async def _remove_assignees(call: Call) -> Answer:
    repository = call.repository()
    issue = _issue(call, repository)
    call.writer(repository, "push")
    call.changed(repository, issues.unassign(call.store, issue, _logins(call), call.place.now()))
    return Answer(call.shapes.issue(repository, issues.by_id(call.store, issue.id)))


def _logins(call: Call) -> list[str]:
    value = call.body.get("assignees", [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise invalid("Issue", "assignees")
    return value


async def _labels(call: Call) -> Answer:
    repository = call.repository()
    return _drawn_labels(call, repository, _issue(call, repository))


def _drawn_labels(call: Call, repository: Repository, issue: Issue) -> Answer:
    return Answer(items=issues.labels(call.store, issue), draw=lambda one: call.shapes.label(repository, one))


async def _change_labels(call: Call) -> Answer:
    """POST adds, PUT replaces, DELETE removes: one label where the path names it, else all."""
    repository = call.repository()
    issue = _issue(call, repository)
    call.writer(repository, "push")
    present = [label.name for label in issues.labels(call.store, issue)]
    given = issues.label_names(call.body.get("labels"))
    method, one = call.request.method, call.request.match_info.get("name")
    if method == "DELETE" and one is not None:
        if one.lower() not in (name.lower() for name in present):
            raise Problem(404, "Label does not exist")
        wanted = [name for name in present if name.lower() != one.lower()]
    else:
        wanted = {"POST": present + given, "PUT": given}.get(method, [])
    call.changed(repository, issues.relabel(call.store, repository, issue, wanted, call.place.now()))
    if method == "DELETE" and one is None:
        return Answer(status=204)
    return _drawn_labels(call, repository, issue)


async def _list_comments(call: Call) -> Answer:
    repository = call.repository()
    issue, since = _issue(call, repository), call.request.query.get("since", "")
    found = [one for one in comments.of_issue(call.store, issue) if one.updated_at >= since]
    return Answer(items=found, draw=lambda one: call.shapes.comment(repository, issue, one))


async def _list_all_comments(call: Call) -> Answer:
    repository, since = call.repository(), call.request.query.get("since", "")
    found = [one for one in comments.of_repository(call.store, repository) if one.updated_at >= since]
    return Answer(items=found, draw=lambda one: _drawn(call, repository, one).body)


def _drawn(call: Call, repository: Repository, comment: Comment, status: int = 200) -> Answer:
    return Answer(call.shapes.comment(repository, issues.by_id(call.store, comment.issue_id), comment), status)


def _comment(call: Call, repository: Repository) -> Comment:
    found = comments.by_id(call.store, repository, call.number("id"))
    if found is None:
        raise not_found()
    return found


async def _show_comment(call: Call) -> Answer:
    repository = call.repository()
    return _drawn(call, repository, _comment(call, repository))


async def _create_comment(call: Call) -> Answer:
    repository = call.repository()
    issue, author = _issue(call, repository), call.writer(repository)
    events = comments.create(call.store, issue, author, call.body.get("body"), call.place.now())
    call.changed(repository, events)
    written = events[0].comment
    if written is None:
        raise not_found()
    return _drawn(call, repository, written, 201)


async def _edit_comment(call: Call) -> Answer:
    repository = call.repository()
    comment, actor = _comment(call, repository), call.writer(repository)
    body = call.body.get("body")
    call.changed(repository, comments.edit(call.store, repository, comment, actor, body, call.place.now()))
    return _drawn(call, repository, _comment(call, repository))


async def _delete_comment(call: Call) -> Answer:
    repository = call.repository()
    comment, actor = _comment(call, repository), call.writer(repository)
    call.changed(repository, comments.delete(call.store, repository, comment, actor, call.place.now()))
    return Answer(status=204)


_ISSUES = "/repos/{owner}/{repo}/issues"
_ONE = f"{_ISSUES}/{{number}}"

TABLE: list[tuple[str, str, Handler]] = [
    ("GET", _ISSUES, _list),
    ("POST", _ISSUES, _create),
    # Before the issue's own address, which would otherwise read "comments" as a number.
    ("GET", f"{_ISSUES}/comments", _list_all_comments),
    ("GET", f"{_ISSUES}/comments/{{id}}", _show_comment),
    ("PATCH", f"{_ISSUES}/comments/{{id}}", _edit_comment),
    ("DELETE", f"{_ISSUES}/comments/{{id}}", _delete_comment),
    ("GET", _ONE, _show),
    ("PATCH", _ONE, _edit),
    ("GET", f"{_ONE}/comments", _list_comments),
    ("POST", f"{_ONE}/comments", _create_comment),
    ("POST", f"{_ONE}/assignees", _add_assignees),
    ("DELETE", f"{_ONE}/assignees", _remove_assignees),
    ("GET", f"{_ONE}/labels", _labels),
    ("POST", f"{_ONE}/labels", _change_labels),
    ("PUT", f"{_ONE}/labels", _change_labels),
    ("DELETE", f"{_ONE}/labels", _change_labels),
    ("DELETE", f"{_ONE}/labels/{{name}}", _change_labels),
]
