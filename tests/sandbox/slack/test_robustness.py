"""Odd requests: they are refused, and never answered with a 500."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.sandbox.slack.person import CHANGES, READS
from bot.sandbox.slack.web_api import METHODS
from tests.sandbox.slack.app import App, connected_app
from tests.sandbox.slack.test_elements import BUTTON, OPTIONS, actions
from tests.workspace import LocalWorkspace

# The last one is half of a character: JSON can carry it, UTF-8 cannot.
ODD: list[Any] = [None, "", "x", -1, True, ["x"], {"type": []}, "{", "\ud800"]

ARGUMENTS = [
    "attachments", "blocks", "channel", "cursor", "email", "external_id", "hash", "inclusive", "latest", "limit",
    "message_ts", "metadata", "name", "oldest", "text", "thread_ts", "timestamp", "trigger_id", "ts", "types", "user",
    "user_id", "users", "view", "view_id",
]  # fmt: skip
GOOD = {"channel": "C0GENERAL", "text": "x", "user": "U0SAMPLEANA", "user_id": "U0SAMPLEANA", "users": "U0SAMPLEANA"}


@pytest.fixture
async def kept_workspace(manifest: dict[str, Any], tmp_path: Path) -> AsyncIterator[LocalWorkspace]:
    """One that writes to a disk, which has rules of its own about texts."""
    async with LocalWorkspace.start(manifest=manifest, limits=None, store=tmp_path / "slack.sqlite") as started:
        yield started


@pytest.mark.parametrize("method", sorted(METHODS))
async def test_no_odd_argument_breaks_a_method(kept_workspace: LocalWorkspace, method: str) -> None:
    workspace = kept_workspace
    said = await workspace.person("ana").says("A message", in_="#general")
    good = {**GOOD, "ts": said.ts, "timestamp": said.ts, "message_ts": said.ts, "name": "eyes"}
    token = workspace.app_token if method == "apps.connections.open" else workspace.bot_token
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        for name, value in itertools.product(ARGUMENTS, ODD):
            async with session.post(f"{workspace.api_url}{method}", json={**good, name: value}) as response:
                assert response.status == 200, (name, value, await response.text())
                assert isinstance((await response.json())["ok"], bool)


BODY = [
    "action_id", "before", "block_id", "callback_id", "channel", "container", "deleted", "limit", "name", "private",
    "real_name", "text", "thread_ts", "ts", "tz", "user", "value", "values", "view_id",
]  # fmt: skip


@pytest.mark.parametrize("what", sorted(CHANGES.keys() | READS.keys()))
async def test_no_odd_request_of_a_person_breaks_the_interface(kept_workspace: LocalWorkspace, what: str) -> None:
    async with connected_app(kept_workspace) as app:
        await _ask(kept_workspace, app, what)


async def _ask(workspace: LocalWorkspace, app: App, what: str) -> None:
    menu = {"type": "static_select", "action_id": "menu", "options": OPTIONS}
    posted = await app.web.chat_postMessage(channel="C0GENERAL", text="Card", blocks=actions(BUTTON, menu))
    good = {
        "as": "U0SAMPLEADA",
        "channel": "C0GENERAL",
        "ts": posted["ts"],
        "container": {"channel": "C0GENERAL", "ts": posted["ts"]},
        "block_id": "actions",
        "action_id": "menu",
        "value": "high",
        "text": "/task",
        "callback_id": "report",
        "name": "eyes",
        "user": "U0SAMPLEBO",
    }
    async with aiohttp.ClientSession() as session:
        for name, value in itertools.product(BODY, ODD):
            if what in READS:
                if not isinstance(value, str):
                    continue
                query = {key: kept for key, kept in good.items() if isinstance(kept, str)} | {name: value}
                request = session.get(f"{workspace.base_url}/_/{what}", params=query)
            else:
                request = session.post(f"{workspace.base_url}/_/{what}", json={**good, name: value})
            async with request as response:
                assert response.status in (200, 400), (name, value, await response.text())
                assert isinstance((await response.json())["ok"], bool)
