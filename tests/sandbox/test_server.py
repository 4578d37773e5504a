"""The server that carries the local workspace."""

from __future__ import annotations

import socket
from typing import Any

import aiohttp
import pytest

from bot.errors import Failure
from bot.sandbox.server import LocalServer
from bot.sandbox.slack.local_slack import LocalSlack

MANIFEST: dict[str, Any] = {"display_information": {"name": "Sample Bot"}}


async def test_a_taken_port_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        server = LocalServer(LocalSlack(manifest=MANIFEST), port=port)
        with pytest.raises(Failure, match=rf"Port {port} on 127\.0\.0\.1 is taken by another program"):
            await server.start()
        await server.stop()


async def test_avatars_are_served_and_permalinks_lead_to_the_page() -> None:
    server = LocalServer(LocalSlack(manifest=MANIFEST), port=0)
    await server.start()
    try:
        async with aiohttp.ClientSession() as session:
            async with session.get(f"{server.base_url}/page/avatars/ana.svg") as response:
                assert response.status == 200
                assert response.content_type == "image/svg+xml"
            link = f"{server.base_url}/archives/C0WEBTEAM/p1800000000123456"
            async with session.get(link, allow_redirects=False) as response:
                assert response.status == 302
                assert response.headers["Location"].endswith("/?channel=C0WEBTEAM&ts=1800000000.123456")
    finally:
        await server.stop()


async def test_a_stopped_server_leaves_its_port_free() -> None:
    server = LocalServer(LocalSlack(manifest=MANIFEST), port=0)
    await server.start()
    port = int(server.base_url.rpartition(":")[2])
    await server.stop()
    again = LocalServer(LocalSlack(manifest=MANIFEST), port=port)
    await again.start()
    await again.stop()


def test_a_manifest_without_a_name_is_refused() -> None:
    with pytest.raises(ValueError, match="names neither"):
        LocalSlack(manifest={})
