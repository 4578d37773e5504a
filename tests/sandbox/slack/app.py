"""An app of the local Slack, written with Slack's own SDK: what the tests of the local Slack read it with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from tests.workspace import LocalWorkspace

MANIFEST: dict[str, Any] = {
    "display_information": {"name": "Sample Bot"},
    "features": {
        "bot_user": {"display_name": "Sample Bot", "always_online": True},
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "slash_commands": [
            {"command": "/task", "description": "Tasks", "usage_hint": "new | list", "should_escape": True},
            {"command": "/raw", "description": "Unescaped", "should_escape": False},
        ],
        "shortcuts": [
            {"name": "Report this message", "type": "message", "callback_id": "report", "description": "Report it"},
            {"name": "New task", "type": "global", "callback_id": "new_task", "description": "Make one"},
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "app_mentions:read", "channels:history", "channels:join", "channels:manage", "channels:read",
                "chat:write", "chat:write.customize", "commands", "groups:history", "groups:read", "groups:write",
                "im:history", "im:read", "im:write", "mpim:history", "mpim:read", "mpim:write", "reactions:read",
                "reactions:write", "team:read", "users:read", "users:read.email",
            ]
        }
    },
    "settings": {
        "event_subscriptions": {
            "bot_events": [
                "app_home_opened", "app_mention", "channel_archive", "channel_created", "channel_left",
                "channel_rename", "member_joined_channel", "member_left_channel", "message.channels",
                "message.groups", "message.im", "message.mpim", "reaction_added", "team_join", "user_change",
            ]
        },
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}  # fmt: skip

Answer = Callable[[SocketModeRequest], Awaitable[Any]]


class App:
    """An app over Socket Mode: keeps what it received, and acknowledges with what `answers` says (None: nothing)."""

    def __init__(self, workspace: LocalWorkspace) -> None:
        self.web = AsyncWebClient(base_url=workspace.api_url, token=workspace.bot_token)
        self.received: list[SocketModeRequest] = []
        self.acknowledges = True
        self.answer: Answer | None = None
        self._came = asyncio.Condition()
        self._client = SocketModeClient(
            app_token=workspace.app_token,
            web_client=AsyncWebClient(base_url=workspace.api_url),
            ping_interval=1,
        )
        self._client.socket_mode_request_listeners.append(self._on_request)

    async def connect(self) -> None:
        await self._client.connect()

    async def close(self) -> None:
        await self._client.close()

    async def _on_request(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        async with self._came:
            self.received.append(request)
            self._came.notify_all()
        if self.acknowledges:
            payload = await self.answer(request) if self.answer else None
            await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, payload))

    async def receives(
        self, kind: str, matches: Callable[[dict[str, Any]], bool] = lambda _: True
    ) -> SocketModeRequest:
        """Wait for a payload whose type, or whose event's type, is `kind`."""
        return (await self.receives_times(1, kind, matches))[-1]

    async def receives_times(
        self, times: int, kind: str, matches: Callable[[dict[str, Any]], bool] = lambda _: True
    ) -> list[SocketModeRequest]:
        def found() -> list[SocketModeRequest]:
            return [request for request in self.received if kind_of(request) == kind and matches(request.payload)]

        try:
            async with asyncio.timeout(5), self._came:
                await self._came.wait_for(lambda: len(found()) >= times)
        except TimeoutError:
            raise AssertionError(f"no {kind}, only {[kind_of(request) for request in self.received]}") from None
        return found()


def kind_of(request: SocketModeRequest) -> str:
    """`/task`, `block_actions`, `message`, …"""
    payload = request.payload
    if request.type == "slash_commands":
        return payload["command"]
    return payload["event"]["type"] if request.type == "events_api" else payload["type"]


@asynccontextmanager
async def connected_app(workspace: LocalWorkspace) -> AsyncIterator[App]:
    app = App(workspace)
    await app.connect()
    try:
        await workspace.bot_is_connected()
        yield app
    finally:
        await app.close()
