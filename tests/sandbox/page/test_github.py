"""The GitHub screen beside the workspace."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from bot.sandbox.github.service import LocalGitHub
from tests.sandbox.page.manifest import MANIFEST
from tests.sandbox.page.reading import Reader
from tests.workspace import LocalWorkspace

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session")
async def workspace() -> AsyncIterator[LocalWorkspace]:
    """A workspace with a local GitHub on the same server, whose changes are pushed to the pages."""
    started: list[LocalWorkspace] = []

    def changed(repository: str | None) -> None:
        started[0].slack.platform.live.push_to_all("github", repository=repository)

    github = LocalGitHub(
        store=None,
        client_id="sample",
        client_secret="sample",
        webhook_secret="sample",
        token="sample",
        on_change=changed,
    )
    async with LocalWorkspace.start(manifest=MANIFEST, github=github, limits=None) as running:
        started.append(running)
        yield running


@pytest.fixture
def reader(window: Page, workspace: LocalWorkspace) -> Reader:
    return Reader(window, workspace)


async def test_an_issue_is_made_assigned_answered_and_closed(reader: Reader) -> None:
    await reader.opens("github")
    page = reader.page
    repository = page.get_by_role("region", name="sample/web")
    await repository.get_by_role("button", name="New issue").click()
    await page.keyboard.type("The cart forgets things")
    await page.keyboard.press("Enter")
    await repository.get_by_role("link", name="The cart forgets things").click()
    await page.get_by_role("checkbox", name="bo-gh").check()
    await expect(page.get_by_role("checkbox", name="bo-gh")).to_be_checked()
    await page.get_by_role("textbox", name="Comment").fill("Seen it too")
    await page.get_by_role("button", name="Comment", exact=True).click()
    await expect(page.get_by_role("region", name="ana-gh").filter(has_text="Seen it too")).to_be_visible()
    await page.get_by_role("button", name="Close issue").click()
    await expect(page.get_by_role("button", name="Reopen issue")).to_be_visible()


async def test_a_person_without_an_account_is_told_that_this_is_fine(reader: Reader) -> None:
    await reader.opens("github", as_="rob")
    await expect(reader.page.get_by_role("heading", name="You have no GitHub account")).to_be_visible()
