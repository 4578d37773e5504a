"""One HTTP server for the local Slack, the local GitHub and the page."""

from __future__ import annotations

import errno
from pathlib import Path

from aiohttp import web

from bot.errors import Failure
from bot.sandbox.faults import faults_middleware
from bot.sandbox.github.service import LocalGitHub
from bot.sandbox.slack.local_slack import LocalSlack

PAGE = Path(__file__).with_name("page")
# Open requests get this many seconds to finish when the server stops.
SHUTDOWN_SECONDS = 1.0


class LocalServer:
    """Serves `slack`, `github` and the page on `host` and `port`; port 0 takes a free one."""

    def __init__(
        self, slack: LocalSlack, github: LocalGitHub | None = None, *, host: str = "127.0.0.1", port: int = 3000
    ) -> None:
        self._slack = slack
        self._github = github
        self._host = host
        self._port = port
        self._runner: web.AppRunner | None = None

    @property
    def base_url(self) -> str:
        """The address to give to people and clients, without a slash at the end; known once started."""
        return self._slack.base_url

    async def start(self) -> None:
        """Listen. Raises `Failure`, with one sentence, if the port is taken or may not be used."""
        app = web.Application(middlewares=[faults_middleware(self._slack.faults)], client_max_size=4 * 1024 * 1024)
        self._slack.add_routes(app)
        if self._github is not None:
            self._github.add_routes(app)
        app.router.add_get("/", _index)
        app.router.add_get("/archives/{channel}/{message}", _permalink)
        app.router.add_static("/page/", PAGE)
        app.on_response_prepare.append(_fresh)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
        await self._runner.setup()
        try:
            site = web.TCPSite(self._runner, self._host, self._port)
            await site.start()
        except OSError as error:
            await self._runner.cleanup()
            self._runner = None
            raise self._failure(error) from error
        host, port = self._runner.addresses[0][:2]
        shown = "127.0.0.1" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host
        self._slack.base_url = f"http://{shown}:{port}"
        await self._slack.start()
        if self._github is not None:
            await self._github.start()

    def _failure(self, error: OSError) -> Failure:
        if error.errno == errno.EADDRINUSE:
            return Failure(
                f"Port {self._port} on {self._host} is taken by another program: "
                "stop that one, or choose another port for the local workspace with SANDBOX_PORT."
            )
        if error.errno == errno.EACCES:
            return Failure(f"Port {self._port} may not be used without more rights: choose one above 1023.")
        return Failure(f"The local workspace cannot listen on {self._host}:{self._port} ({error.strerror}).")

    async def stop(self) -> None:
        """Stop listening and close everything; harmless when it was not started."""
        await self._slack.disconnect()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        # Only now is nobody left who could ask for something to be kept.
        self._slack.close()
        if self._github is not None:
            await self._github.stop()


async def _fresh(request: web.Request, response: web.StreamResponse) -> None:
    """After an update a browser must not mix modules of two versions: it asks each time, and is told 304."""
    if request.path.startswith("/page/"):
        response.headers["Cache-Control"] = "no-cache"


async def _index(request: web.Request) -> web.FileResponse:
    return web.FileResponse(PAGE / "index.html", headers={"Cache-Control": "no-cache"})


async def _permalink(request: web.Request) -> web.Response:
    """A permalink opens the page; it says in its query which message to show."""
    digits = request.match_info["message"].removeprefix("p")
    ts = f"{digits[:-6]}.{digits[-6:]}"
    query = {"channel": request.match_info["channel"], "ts": ts}
    if thread_ts := request.query.get("thread_ts"):
        query["thread_ts"] = thread_ts
    raise web.HTTPFound(request.url.with_path("/").with_query(query))
