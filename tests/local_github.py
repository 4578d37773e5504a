"""A local GitHub on a free port of this computer, and a webhook receiver, for the tests that need one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.sandbox.github.service import LocalGitHub

CLIENT_ID = "Iv-sample-client"
CLIENT_SECRET = "sample-client-secret"
WEBHOOK_SECRET = "sample-webhook-secret"
TOKEN = "ghs_sample_token_of_the_bot"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Clock:
    """Seconds since 1970 that move only when told to."""

    now: float = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class RunningGitHub:
    """A local GitHub that can be asked. `changes` is what `on_change` was told."""

    service: LocalGitHub
    root: str
    changes: list[str | None]

    @property
    def url(self) -> str:
        return f"{self.root}/github"

    @property
    def api(self) -> str:
        return f"{self.root}/github/api"


@asynccontextmanager
async def serving(app: web.Application) -> AsyncIterator[str]:
    """Serve `app` on a free port; the address has no final slash."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def answering(handler: Handler) -> AsyncIterator[str]:
    """Serve one handler for every request."""
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", handler)
    async with serving(app) as root:
        yield root


@asynccontextmanager
async def local_github(store: Path | None = None, **settings: Any) -> AsyncIterator[RunningGitHub]:
    changes: list[str | None] = []
    service = LocalGitHub(
        store=store,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        webhook_secret=WEBHOOK_SECRET,
        token=TOKEN,
        on_change=changes.append,
        **settings,
    )
    app = web.Application()
    service.add_routes(app)
    await service.start()
    try:
        async with serving(app) as root:
            yield RunningGitHub(service, root, changes)
    finally:
        await service.stop()


@dataclass
class Received:
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """Keeps the webhooks it is sent; answers with `status`."""

    status: int = 202
    received: list[Received] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self, request: web.Request) -> web.Response:
        self.received.append(Received(dict(request.headers), await request.read()))
        self.arrived.set()
        return web.Response(status=self.status)

    async def wait_for(self, count: int) -> list[Received]:
        async with asyncio.timeout(5):
            while len(self.received) < count:
                self.arrived.clear()
                await self.arrived.wait()
        return self.received
