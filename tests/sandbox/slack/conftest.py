"""A local Slack, and an app of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.sandbox.slack.app import MANIFEST, App, connected_app
from tests.workspace import LocalWorkspace


@pytest.fixture
def manifest() -> dict[str, Any]:
    return MANIFEST


@pytest.fixture
async def workspace(manifest: dict[str, Any]) -> AsyncIterator[LocalWorkspace]:
    """A fresh sample workspace without rate limits; events are sent again soon, and acknowledgements awaited 0.5 s."""
    async with LocalWorkspace.start(
        manifest=manifest, limits=None, retry_delays=(0.0, 0.05, 0.1), ack_seconds=0.5
    ) as started:
        yield started


@pytest.fixture
async def app(workspace: LocalWorkspace) -> AsyncIterator[App]:
    async with connected_app(workspace) as connected:
        yield connected


@pytest.fixture
async def web(workspace: LocalWorkspace) -> AsyncWebClient:
    return AsyncWebClient(base_url=workspace.api_url, token=workspace.bot_token)
