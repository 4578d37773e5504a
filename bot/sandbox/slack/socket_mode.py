"""Socket Mode: docs.slack.dev/apis/events-api/using-socket-mode"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import random
import secrets
import uuid
from collections.abc import Callable
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from bot.sandbox.faults import Faults
from bot.sandbox.slack.delivery import ACK_SECONDS, Attempt, NotDelivered, PayloadKind
from bot.sandbox.slack.model import APP_ID, Json

log = logging.getLogger(__name__)

# Slack allows this many connections per app.
CONNECTIONS = 10
# The address from `apps.connections.open` has to be used within this many seconds, and works once.
TICKET_SECONDS = 30
# The app has this many seconds to answer when its connection is closed.
CLOSE_SECONDS = 1.0
# A connection that was told to refresh is closed after this many seconds.
REFRESH_SECONDS = 10.0
# Slack tells apps to expect a refresh after about this many seconds.
CONNECTION_SECONDS = 18_000


class SocketMode:
    """The app's WebSockets. Each payload goes to one of them, at random, and is acknowledged on the same one.

    `changed()` is called when the first connection comes or the last one goes. `clock` gives seconds.
    """

    def __init__(
        self,
        faults: Faults,
        clock: Callable[[], float],
        changed: Callable[[], None],
        *,
        ping_seconds: float = 10.0,
        ack_seconds: float = ACK_SECONDS,
    ) -> None:
        self._faults = faults
        self._clock = clock
        self._changed = changed
        self._ping_seconds = ping_seconds
        self._ack_seconds = ack_seconds
        self._tickets: dict[str, float] = {}
        self._connections: dict[web.WebSocketResponse, web.Request] = {}
        # Connections that were told to refresh: they may still acknowledge, and get nothing new.
        self._leaving: dict[web.WebSocketResponse, web.Request] = {}
        self._arrived = asyncio.Event()
        self._waiting: dict[str, tuple[web.WebSocketResponse, asyncio.Future[Any]]] = {}

    @property
    def connected(self) -> bool:
        return bool(self._connections or self._leaving)

    def issue_ticket(self) -> str:
        """A single-use ticket for the next connection."""
        now = self._clock()
        self._tickets = {ticket: until for ticket, until in self._tickets.items() if until > now}
        ticket = secrets.token_urlsafe(24)
        self._tickets[ticket] = now + TICKET_SECONDS
        return ticket

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Run one of the app's connections until it closes."""
        if self._tickets.pop(request.query.get("ticket", ""), 0.0) < self._clock():
            return web.Response(status=408, text="The ticket is unknown, used or too old.")
        if (fault := self._faults.take("socket", "status")) is not None:
            # The ticket is used up all the same, as Slack's address is.
            return web.Response(status=fault.status, text="A fault that was asked for.")
        socket = web.WebSocketResponse(heartbeat=self._ping_seconds, timeout=CLOSE_SECONDS)
        await socket.prepare(request)
        if len(self._connections) >= CONNECTIONS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets", "debug_info": {}})
            await socket.close()
            return socket
        was_connected = self.connected
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": len(self._connections) + 1,
                "debug_info": {
                    "host": request.host,
                    "build_number": 1,
                    "approximate_connection_time": CONNECTION_SECONDS,
                },
                "connection_info": {"app_id": APP_ID},
            }
        )
        self._connections[socket] = request
        self._arrived.set()
        log.info("app connected connections=%d", len(self._connections))
        if not was_connected:
            self._changed()
        self._apply_cut()
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._acknowledge(message.data)
        finally:
            self._drop(socket)
        return socket

    def _drop(self, socket: web.WebSocketResponse) -> None:
        if socket in self._leaving:
            # The app acknowledges what is open on its new connection.
            del self._leaving[socket]
            if not self.connected:
                self._changed()
            return
        if self._connections.pop(socket, None) is None:
            return
        log.info("app disconnected connections=%d", len(self._connections))
        # What this connection never acknowledged will not be acknowledged any more.
        for holder, future in self._waiting.values():
            if holder is socket and not future.done():
                future.set_exception(NotDelivered("connection_failed"))
        if not self.connected:
            self._changed()

    def _acknowledge(self, raw: str) -> None:
        try:
            body = json.loads(raw)
        except ValueError:
            return
        if not isinstance(body, dict) or self._faults.take("socket", "lose_answer") is not None:
            return
        _, future = self._waiting.get(str(body.get("envelope_id")), (None, None))
        if future is not None and not future.done():
            future.set_result(body.get("payload"))

    async def send(self, kind: PayloadKind, payload: Json, attempt: Attempt) -> Any:
        if (fault := self._faults.take("socket", "slow")) is not None:
            await asyncio.sleep(fault.seconds)
        if not self._connections and self._leaving:
            # The app is on its way back from a refresh.
            self._arrived.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._ack_seconds):
                    await self._arrived.wait()
        if not self._connections:
            raise NotDelivered("connection_failed", "app_not_connected")
        socket = random.choice(list(self._connections))
        envelope_id = str(uuid.uuid4())
        envelope: Json = {
            "envelope_id": envelope_id,
            "type": kind,
            "accepts_response_payload": kind != "events_api",
            "payload": payload,
        }
        if kind == "events_api":
            envelope["retry_attempt"] = attempt.number
            envelope["retry_reason"] = attempt.reason
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = (socket, future)
        try:
            async with asyncio.timeout(self._ack_seconds):
                await socket.send_json(envelope)
                return await future
        except TimeoutError:
            raise NotDelivered("timeout") from None
        except ConnectionError:
            raise NotDelivered("connection_failed") from None
        finally:
            del self._waiting[envelope_id]

    async def refresh(self) -> None:
        """Tell every connection to reconnect, as Slack does every few hours; those that stay are closed later."""
        leaving = list(self._connections)
        self._leaving.update(self._connections)
        self._connections.clear()
        for socket in leaving:
            asyncio.get_running_loop().call_later(REFRESH_SECONDS, self._abort, self._leaving[socket])
            with contextlib.suppress(ConnectionError):
                await socket.send_json({"type": "disconnect", "reason": "refresh_requested", "debug_info": {}})

    async def apply_faults(self) -> None:
        """Carry out the faults that concern open connections."""
        if self._connections and self._faults.take("socket", "refresh") is not None:
            await self.refresh()
        self._apply_cut()

    def _apply_cut(self) -> None:
        """Abort the connections if a `cut` is due: no closing handshake, as when a cable is pulled."""
        if not self._connections or self._faults.take("socket", "cut") is None:
            return
        for request in list(self._connections.values()):
            self._abort(request)

    @staticmethod
    def _abort(request: web.Request) -> None:
        if request.transport is not None:
            request.transport.abort()

    async def close(self) -> None:
        sockets = [*self._connections, *self._leaving]
        await asyncio.gather(*(socket.close(code=WSCloseCode.GOING_AWAY) for socket in sockets))
