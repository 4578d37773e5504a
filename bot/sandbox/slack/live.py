"""What is pushed to the pages that are open: one WebSocket each, at `/_/live`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable

from aiohttp import WSCloseCode, WSMsgType, web

from bot.sandbox.slack.model import Json

log = logging.getLogger(__name__)

# A page that does not read for this many pushes is disconnected; it connects anew and reads everything again.
BACKLOG = 1000
# Seconds that a page has to answer when its WebSocket is closed.
CLOSE_SECONDS = 1.0
# Seconds within which several changes of unread counts become one push of the channel list.
CHANNELS_AFTER = 0.05


class Live:
    """The open pages, by person. `channels_of(user)` gives the channel list that is pushed to a person."""

    def __init__(self, channels_of: Callable[[str], list[Json]]) -> None:
        self._channels_of = channels_of
        self._queues: dict[str, set[asyncio.Queue[Json]]] = {}
        self._sockets: set[web.WebSocketResponse] = set()
        self._stale: dict[str, asyncio.TimerHandle] = {}

    def push(self, users: Iterable[str], kind: str, **more: object) -> None:
        """Push `{"type": kind, …}` to every page of these people."""
        for user in users:
            for queue in self._queues.get(user, ()):
                if queue.full():
                    log.warning("page too slow user=%s", user)
                    continue
                queue.put_nowait({"type": kind, **more})

    def push_to_all(self, kind: str, **more: object) -> None:
        self.push(list(self._queues), kind, **more)

    def channels_changed(self, users: Iterable[str]) -> None:
        """Push the channel list to these people soon; changes in quick succession are gathered."""
        for user in users:
            if self._queues.get(user) and user not in self._stale:
                loop = asyncio.get_running_loop()
                self._stale[user] = loop.call_later(CHANNELS_AFTER, self._push_channels, user)

    def _push_channels(self, user: str) -> None:
        self._stale.pop(user, None)
        self.push([user], "channels", channels=self._channels_of(user))

    async def serve(self, request: web.Request, user: str) -> web.WebSocketResponse:
        """Run one page's WebSocket until it closes."""
        socket = web.WebSocketResponse(heartbeat=20, timeout=CLOSE_SECONDS)
        await socket.prepare(request)
        queue: asyncio.Queue[Json] = asyncio.Queue(BACKLOG)
        queue.put_nowait({"type": "hello"})
        self._queues.setdefault(user, set()).add(queue)
        self._sockets.add(socket)
        writer = asyncio.create_task(self._write(socket, queue))
        try:
            # A page sends nothing; reading notices that it went away.
            async for message in socket:
                if message.type in (WSMsgType.ERROR, WSMsgType.CLOSE):
                    break
        finally:
            self._sockets.discard(socket)
            self._queues[user].discard(queue)
            if not self._queues[user]:
                del self._queues[user]
            writer.cancel()
        return socket

    @staticmethod
    async def _write(socket: web.WebSocketResponse, queue: asyncio.Queue[Json]) -> None:
        try:
            while True:
                await socket.send_json(await queue.get())
                if queue.full():
                    await socket.close(code=WSCloseCode.TRY_AGAIN_LATER)
                    return
        except ConnectionError:
            return

    async def close(self) -> None:
        for timer in self._stale.values():
            timer.cancel()
        self._stale.clear()
        await asyncio.gather(*(socket.close(code=WSCloseCode.GOING_AWAY) for socket in list(self._sockets)))
