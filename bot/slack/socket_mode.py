"""Socket Mode: Slack's payloads over a WebSocket that the bot opens, so that no public address is needed.

The SDK's client keeps the connection; this adds what it lacks: a wrong token is told at the start, an address that was
used up is replaced, and at the end everything taken in is acknowledged before the connection closes.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from urllib.parse import urlsplit

from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.errors import Failure, SlackRateLimited, SlackRefused, SlackUnavailable
from bot.slack.gateway import Gateway

log = logging.getLogger(__name__)

PING_SECONDS = 3.0
"""A connection that fell silent is given up after four of these."""

ADDRESS_SECONDS = 8.0
"""An address that led to no connection for so long is replaced."""

ACK_SECONDS = 3.0
"""What Slack waits for an acknowledgement."""


class SocketMode:
    """The connection over which `app` is reached. `app_token` is the app-level token (`xapp-…`)."""

    def __init__(self, app: AsyncApp, *, app_token: str, gateway: Gateway) -> None:
        self._app = app
        self._app_token = app_token
        self._gateway = gateway
        self._client: SocketModeClient | None = None
        self._watch: asyncio.Task[None] | None = None
        self._answering: set[asyncio.Task[None]] = set()
        self._is_open = True

    async def start(self) -> None:
        """Connect. Raises `Failure` where Slack does not take the token, or does not answer."""
        try:
            answer = await self._gateway.call("apps.connections.open", app_token=self._app_token)
        except SlackRefused as refused:
            raise Failure(
                f"Slack does not take SLACK_APP_TOKEN ({refused.code}). Make an app-level token with the scope"
                ' connections:write on the app\'s page, "Basic Information", and switch Socket Mode on.'
            ) from refused
        except (SlackUnavailable, SlackRateLimited) as error:
            raise Failure(f"Slack opens no connection ({error}). Is the network there?") from error
        client = SocketModeClient(
            self._app_token,
            logger=_quiet_logger(),
            web_client=self._gateway.client,
            ping_interval=PING_SECONDS,
        )
        if urlsplit(answer["url"]).hostname in ("127.0.0.1", "localhost", "::1"):
            # A proxy named in the environment has no way to us.
            client.proxy = None
        client.socket_mode_request_listeners.append(self._receive)
        client.wss_uri = answer["url"]
        self._client = client
        self._watch = asyncio.create_task(self._replace_used_addresses(client), name="socket mode addresses")
        try:
            async with asyncio.timeout(2 * ADDRESS_SECONDS):
                await client.connect()  # type: ignore[no-untyped-call]
        except TimeoutError:
            await self.close()
            raise Failure("Slack opens no WebSocket for Socket Mode. Does a firewall or proxy stop it?") from None

    async def close(self) -> None:
        """Take nothing more, acknowledge what was taken, then close the connection.

        What Slack sends in between goes unacknowledged: events are then sent again, to whoever is connected.
        """
        self._is_open = False
        if self._answering:
            await asyncio.wait(set(self._answering), timeout=ACK_SECONDS)
        if self._watch is not None:
            self._watch.cancel()
        if self._client is not None:
            client, self._client = self._client, None
            tasks = [client.message_processor, client.current_session_monitor, client.message_receiver]
            await client.close()  # type: ignore[no-untyped-call]
            # The client cancels its tasks and does not wait for them.
            await asyncio.gather(*(task for task in (*tasks, self._watch) if task), return_exceptions=True)

    async def _receive(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        if not self._is_open:
            return
        task = asyncio.current_task()
        assert task is not None, "the client runs each request in a task"
        self._answering.add(task)
        try:
            began = time.time()
            answer = await run_async_bolt_app(self._app, request)
            with contextlib.suppress(ConnectionError):
                # The connection went while we worked; Slack has given this envelope up.
                await send_async_response(client, request, answer, began)
        finally:
            self._answering.discard(task)

    async def _replace_used_addresses(self, client: SocketModeClient) -> None:
        """An address works once. Where connecting failed with it the client would try the same one for ever; without
        one it asks for another."""
        used: str | None = None
        while True:
            await asyncio.sleep(ADDRESS_SECONDS / 2)
            if await client.is_connected():
                used = None
            elif used is not None and used == client.wss_uri:
                log.warning("not connected to Slack; asking for another address")
                client.wss_uri = None
            else:
                used = client.wss_uri


def _quiet_logger() -> logging.Logger:
    """The SDK's log, without traces for a network that is away, and never as talkative as to quote people."""
    logger = logging.getLogger(f"{__name__}.sdk")
    logger.setLevel(max(logging.INFO, logging.getLogger().level))
    if not any(isinstance(known, _WithoutTraces) for known in logger.filters):
        logger.addFilter(_WithoutTraces())
    return logger


class _WithoutTraces(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info:
            kind = record.exc_info[0]
            record.msg, record.args = "Socket Mode: %s", (kind.__name__ if kind else "trouble",)
            record.exc_info, record.levelno, record.levelname = None, logging.WARNING, "WARNING"
        return True
