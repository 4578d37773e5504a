"""The bot's own HTTP server: health, metrics, and Slack's requests where they come over HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp

from bot.errors import Failure

LARGEST_BODY = 25 * 1024 * 1024
"""Bytes; GitHub sends webhooks of up to 25 MB (docs.github.com, "Webhook events and payloads")."""


def routes(
    *,
    is_ready: Callable[[], Awaitable[str | None]],
    metrics: CollectorRegistry,
    bolt: AsyncApp | None,
) -> web.Application:
    """The web application. `is_ready` says in a few words what is missing, or None; `bolt` serves `/slack/events`."""

    async def alive(_: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    async def ready(_: web.Request) -> web.Response:
        missing = await is_ready()
        return web.json_response({"ok": missing is None, "missing": missing}, status=503 if missing else 200)

    async def figures(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(metrics), content_type="text/plain", charset="utf-8")

    app = web.Application(client_max_size=LARGEST_BODY)
    app.router.add_get("/healthz", alive)
    app.router.add_get("/readyz", ready)
    app.router.add_get("/metrics", figures)
    if bolt is not None:

        async def slack(request: web.Request) -> web.Response:
            answer: web.Response = await to_aiohttp_response(await bolt.async_dispatch(await to_bolt_request(request)))
            return answer

        app.router.add_post("/slack/events", slack)
    return app


async def serve(app: web.Application, host: str, port: int) -> web.AppRunner:
    """Listen; returns the runner to clean up. Raises `Failure` where the port is taken or not allowed."""
    runner = web.AppRunner(app, access_log=None, handle_signals=False)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        await runner.cleanup()
        raise Failure(
            f"Port {port} on {host} cannot be used ({(error.strerror or str(error)).lower()}). "
            "Stop what uses it, or set PORT to another number (0 takes any free one)."
        ) from error
    return runner


def port_of(runner: web.AppRunner) -> int:
    """The port a runner listens on: the one that was free where 0 was asked for."""
    return int(runner.addresses[0][1])
