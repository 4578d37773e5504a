"""Faults that the local Slack and the local GitHub are told to have; `docs/local-workspace.md` lists them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Middleware

KINDS = ("lose_answer", "status", "rate_limit", "slow", "error", "cut", "refresh")
# These concern the app's WebSocket only.
SOCKET_KINDS = ("cut", "refresh")


@dataclass(slots=True)
class Fault:
    """`times` is how often it still happens, None for ever. `retry_after` and `seconds` are seconds."""

    on: str
    kind: str
    times: int | None = 1
    status: int = 500
    retry_after: int = 30
    seconds: float = 5.0
    error: str = "fatal_error"

    def as_json(self) -> dict[str, Any]:
        shown: dict[str, Any] = {"on": self.on, "kind": self.kind, "times": self.times}
        field = {"status": "status", "rate_limit": "retry_after", "slow": "seconds", "error": "error"}.get(self.kind)
        if field:
            shown[field] = getattr(self, field)
        return shown


def _fault(given: object) -> Fault:
    """Raises ValueError with one sentence."""
    if not isinstance(given, dict) or not isinstance(given.get("on"), str):
        raise ValueError('A fault looks like {"on": "chat.postMessage", "kind": "slow", "seconds": 5, "times": 1}.')
    if given.get("kind") not in KINDS:
        raise ValueError(f"{given.get('kind')!r} is no kind of fault: {', '.join(KINDS)}.")
    if given["kind"] in SOCKET_KINDS and given["on"] != "socket":
        raise ValueError(f"{given['kind']} happens on `socket` only.")
    try:
        return Fault(
            on=given["on"],
            kind=given["kind"],
            times=None if given.get("times", 1) is None else int(given.get("times", 1)),
            status=int(given.get("status", 500)),
            retry_after=int(given.get("retry_after", 30)),
            seconds=float(given.get("seconds", 5.0)),
            error=str(given.get("error", "fatal_error")),
        )
    except (TypeError, ValueError):
        raise ValueError("times, status, retry_after and seconds of a fault are numbers.") from None


class Faults:
    """The faults that are in force."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def replace(self, given: object) -> list[dict[str, Any]]:
        """Replace all faults and give the new list back. Raises ValueError with one sentence."""
        if not isinstance(given, list):
            raise ValueError("`faults` is a list.")
        self._faults = [_fault(each) for each in given]
        return self.as_json()

    def as_json(self) -> list[dict[str, Any]]:
        return [fault.as_json() for fault in self._faults]

    def take(self, on: str, *kinds: str) -> Fault | None:
        """The first fault for `on` of one of `kinds`, counted down; `*` stands for every request, not for sockets."""
        for fault in self._faults:
            if fault.kind in kinds and (fault.on == on or (fault.on == "*" and on != "socket")):
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self._faults.remove(fault)
                return fault
        return None


def _subject(path: str) -> str | None:
    """What a request is to the faults: a Slack method, `response_url`, `github`, or nothing. Sockets see to theirs."""
    first, _, rest = path.lstrip("/").partition("/")
    if first == "api":
        return rest
    return {"response": "response_url", "github": "github"}.get(first)


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def faults_middleware(faults: Faults) -> Middleware:
    """The middleware that makes requests fail as they are told to."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        on = _subject(request.path)
        if on is None:
            return await handler(request)
        fault = faults.take(on, "lose_answer", "status", "rate_limit", "slow", "error")
        if fault is None:
            return await handler(request)
        if fault.kind == "status":
            return web.Response(status=fault.status, text="A fault that was asked for.")
        if fault.kind == "rate_limit":
            return web.json_response(
                {"ok": False, "error": "ratelimited", "message": "API rate limit exceeded"},
                status=429,
                headers={"Retry-After": str(fault.retry_after)},
            )
        if fault.kind == "error":
            return web.json_response({"ok": False, "error": fault.error, "message": fault.error})
        answer = await handler(request)
        if fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
            return answer
        # The request was carried out; whoever sent it never hears so.
        if request.transport is not None:
            request.transport.abort()
        return answer

    return middleware
