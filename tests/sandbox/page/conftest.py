"""The page in a real Chromium, before a real local Slack with a connected app.

One browser serves all tests, each with a window and a workspace of its own; so the tests share the session's loop.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

from tests.sandbox.page.manifest import MANIFEST
from tests.sandbox.page.reading import Reader
from tests.sandbox.slack.app import App, connected_app
from tests.workspace import LocalWorkspace

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest_asyncio.fixture(loop_scope="session")
async def workspace() -> AsyncIterator[LocalWorkspace]:
    async with LocalWorkspace.start(manifest=MANIFEST, limits=None) as started:
        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def app(workspace: LocalWorkspace) -> AsyncIterator[App]:
    async with connected_app(workspace) as connected:
        yield connected


@pytest.fixture(scope="session")
def chromium() -> Path:
    if not CHROMIUM.exists():
        pytest.skip(f"the page is tested with {CHROMIUM}, which is not installed here")
    return CHROMIUM


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: Path) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield started
        await started.close()


@pytest_asyncio.fixture(loop_scope="session")
async def window(browser: Browser) -> AsyncIterator[Page]:
    """An empty window of ordinary size; the test fails where a script of the page does."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-US")
    page = await context.new_page()
    page.set_default_timeout(8000)
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    yield page
    await context.close()
    assert not troubles, f"scripts of the page failed: {troubles}"


@pytest.fixture
def reader(window: Page, workspace: LocalWorkspace, app: App) -> Reader:
    """A person in front of the window, with the app connected."""
    return Reader(window, workspace)
