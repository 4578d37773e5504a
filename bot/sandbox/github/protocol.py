"""What every REST answer of GitHub has in common: who asks, rate limits, errors, pages and ETags."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.sandbox.github import directory
from bot.sandbox.github.issues import Event
from bot.sandbox.github.model import Account, Issue, Repository, stamp
from bot.sandbox.github.problems import Problem, forbidden, not_found
from bot.sandbox.github.shapes import Shapes
from bot.sandbox.github.store import Store
from bot.sandbox.github.webhooks import Webhooks

log = logging.getLogger(__name__)

WINDOW_SECONDS = 3600
ANONYMOUS_LIMIT = 60
"""An hour, without a token: docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api."""

PAGE_SIZE, LARGEST_PAGE = 30, 100


@dataclass
class _Window:
    used: int
    resets_at: float


@dataclass
class Place:
    """What the handlers share: the state, the clock (seconds since 1970), webhooks, the app's settings."""

    store: Store
    clock: Callable[[], float]
    webhooks: Webhooks
    on_change: Callable[[str | None], None]
    token: str
    client_id: str
    client_secret: str
    app_login: str
    device_flow: bool
    device_interval: int
    hourly_limit: int
    windows: dict[str, _Window] = field(default_factory=dict)

    def now(self) -> str:
        return stamp(self.clock())

    def window(self, who: str) -> _Window:
        window = self.windows.get(who)
        if window is None or window.resets_at <= self.clock():
            window = self.windows[who] = _Window(0, self.clock() + WINDOW_SECONDS)
        return window

    def changed(self, shapes: Shapes, repository: Repository, events: list[Event], sender: Account) -> None:
        """Tell the hooks and the page what happened in a repository."""
        for event in events:
            self.webhooks.emit(repository, event.name, event.action, shapes.payload(repository, event, sender))
        if events:
            self.on_change(repository.full_name)


@dataclass(frozen=True)
class Answer:
    """What a handler answers. `items` is a list to be cut into pages, `body` anything else."""

    body: Any = None
    status: int = 200
    items: list[Any] | None = None
    draw: Callable[[Any], Any] = lambda item: item
    location: str | None = None


@dataclass(frozen=True)
class Call:
    """One REST request: who asks (None without a token), whether as the app itself, and what was sent."""

    place: Place
    request: web.Request
    account: Account | None
    as_app: bool
    shapes: Shapes
    body: dict[str, Any]

    @property
    def store(self) -> Store:
        return self.place.store

    def repository(self) -> Repository:
        """The repository of the path. Raises `Problem` 404 also where the asking account may not see it."""
        match = self.request.match_info
        found = directory.repository_by_name(self.store, match["owner"], match["repo"])
        if found is None or not self.sees(found):
            raise not_found()
        return found

    def sees(self, repository: Repository) -> bool:
        # A user token from the device flow asks for no right but to be known, so it sees what everybody sees.
        reader = self.account if self.as_app else None
        return directory.may(self.store, repository, reader, "pull")

    def writer(self, repository: Repository, wanted: str = "pull") -> Account:
        """The account that writes. Raises `Problem`: 401 without a token, 403 where it does not allow it."""
        account = self.someone()
        if not self.as_app or not directory.may(self.store, repository, account, wanted):
            raise forbidden()
        return account

    def someone(self) -> Account:
        if self.account is None:
            raise Problem(401, "Requires authentication")
        return self.account

    def number(self, name: str) -> int:
        """A number in the path. Raises `Problem` 404 for anything else."""
        text = self.request.match_info[name]
        # SQLite's integers end at 2**63; a longer number is nobody's.
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            raise not_found()
        return int(text)

    def changed(self, repository: Repository, events: list[Event]) -> Issue | None:
        """Tell of the events; the answer is the issue after them."""
        self.place.changed(self.shapes, repository, events, self.someone())
        return events[-1].issue if events else None


Handler = Callable[[Call], Awaitable[Answer]]


def web_address(request: web.Request) -> str:
    """Where the local GitHub's pages are for whoever sent this request."""
    return f"{request.scheme}://{request.host}/github"


def answering(
    place: Place, handler: Handler, *, counted: bool = True
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Make an aiohttp handler of one of ours. `counted` is whether a request uses up the rate limit."""

    async def answer(request: web.Request) -> web.Response:
        headers = {
            "X-GitHub-Request-Id": uuid.uuid4().hex[:16].upper(),
            "X-GitHub-Media-Type": "github.v3; format=json",
        }
        try:
            if not request.headers.get("User-Agent"):
                raise Problem(403, "Missing or invalid User Agent string. A User-Agent header is required.")
            account, as_app = _who(place, request)
            headers |= _limits(place, request, account, counted)
            shapes = Shapes(place.store, web_address(request))
            call = Call(place, request, account, as_app, shapes, await _body(request))
            return _finish(request, await handler(call), headers)
        except Problem as problem:
            return web.json_response(problem.body(), status=problem.status, headers=headers | problem.headers)

    return answer


def _who(place: Place, request: web.Request) -> tuple[Account | None, bool]:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if not scheme:
        return None, False
    token = token.strip()
    if scheme.lower() in ("token", "bearer") and token:
        if hmac.compare_digest(token.encode(), place.token.encode()):
            return directory.account_by_login(place.store, place.app_login), True
        account = directory.account_of_token(place.store, token)
        if account is not None:
            return account, False
    raise Problem(401, "Bad credentials")


def _limits(place: Place, request: web.Request, account: Account | None, counted: bool) -> dict[str, str]:
    who = f"account {account.id}" if account else f"address {request.remote}"
    limit = place.hourly_limit if account else min(ANONYMOUS_LIMIT, place.hourly_limit)
    window = place.window(who)
    exceeded = counted and window.used >= limit
    if counted and not exceeded:
        window.used += 1
    headers = {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(max(0, limit - window.used)),
        "X-RateLimit-Used": str(window.used),
        "X-RateLimit-Reset": str(int(window.resets_at)),
        "X-RateLimit-Resource": "core",
    }
    if exceeded:
        raise Problem(403, f"API rate limit exceeded for {who}.", headers=headers)
    return headers


async def _body(request: web.Request) -> dict[str, Any]:
    raw = await request.read()
    if not raw:
        return {}
    try:
        body = json.loads(raw)
    except ValueError:
        raise Problem(400, "Problems parsing JSON") from None
    if isinstance(body, list):
        # The label and assignee endpoints also accept a bare list.
        return {"labels": body, "assignees": body}
    if not isinstance(body, dict):
        raise Problem(400, "Body should be a JSON object")
    return body


def _finish(request: web.Request, answer: Answer, headers: dict[str, str]) -> web.Response:
    body = answer.body
    if answer.items is not None:
        body, links = _page(request, answer)
        if links:
            headers["Link"] = links
    if answer.location is not None:
        headers["Location"] = answer.location
    if answer.status == 204:
        return web.Response(status=204, headers=headers)
    text = json.dumps(body, ensure_ascii=False)
    if request.method in ("GET", "HEAD") and answer.status == 200:
        etag = f'W/"{hashlib.sha256(text.encode()).hexdigest()}"'
        headers |= {
            "ETag": etag,
            "Cache-Control": "private, max-age=60, s-maxage=60",
            "Vary": "Accept, Authorization",
        }
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers=headers)
    return web.Response(
        text=text, status=answer.status, headers=headers, content_type="application/json", charset="utf-8"
    )


def _page(request: web.Request, answer: Answer) -> tuple[list[Any], str]:
    items = answer.items or []
    size = min(max(_positive(request, "per_page", PAGE_SIZE), 1), LARGEST_PAGE)
    page = max(_positive(request, "page", 1), 1)
    last = max(1, -(-len(items) // size))
    places = {"prev": page - 1 if page > 1 else None, "next": page + 1 if page < last else None}
    places |= {"last": last if page < last else None, "first": 1 if page > 1 else None}
    here = request.url
    links = [f'<{here.update_query(page=number)}>; rel="{name}"' for name, number in places.items() if number]
    return [answer.draw(item) for item in items[(page - 1) * size : page * size]], ", ".join(links)


def _positive(request: web.Request, name: str, otherwise: int) -> int:
    text = request.query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise
