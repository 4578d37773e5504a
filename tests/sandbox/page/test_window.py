"""The window itself: narrow, dark, disconnected."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.sandbox.page.reading import Reader
from tests.sandbox.slack.app import App
from tests.workspace import LocalWorkspace

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

WIDE = [{"type": "raw_text", "text": "a rather long heading"}] * 8


async def test_a_narrow_window_needs_no_scrolling_sideways(reader: Reader, app: App) -> None:
    await reader.page.set_viewport_size({"width": 360, "height": 740})
    select = {
        "type": "static_select",
        "action_id": "choice",
        "placeholder": {"type": "plain_text", "text": "A placeholder that is quite long"},
        "options": [{"text": {"type": "plain_text", "text": "One"}, "value": "1"}],
    }
    await app.web.chat_postMessage(
        channel="C0WEBTEAM",
        text="Wide",
        blocks=[
            {"type": "section", "text": {"type": "mrkdwn", "text": "w" * 200}, "accessory": select},
            {"type": "section", "text": {"type": "mrkdwn", "text": f"`{'c' * 200}` ```{'d' * 200}```"}},
            {"type": "table", "rows": [WIDE, WIDE]},
        ],
    )
    for place in ("web", "home"):
        await reader.opens(place)
        inner, widest = await reader.widths()
        assert widest <= inner, f"{place} is {widest} wide in a window of {inner}"


async def test_on_a_narrow_window_the_side_bar_is_a_drawer(reader: Reader) -> None:
    await reader.page.set_viewport_size({"width": 360, "height": 740})
    await reader.opens("web")
    drawer = reader.page.get_by_role("navigation", name="Workspace")
    await expect(drawer).not_to_be_visible()
    await reader.page.get_by_role("button", name="Open the side bar").click()
    await drawer.get_by_role("link", name="general").click()
    await expect(reader.page.get_by_role("heading", name="general", level=1)).to_be_visible()
    await expect(drawer).not_to_be_visible()


async def test_colours_follow_the_system_until_the_person_chooses(reader: Reader) -> None:
    await reader.page.emulate_media(color_scheme="dark")
    await reader.opens("web")
    root = reader.page.locator("html")
    await expect(root).to_have_attribute("data-theme", "dark")
    await reader.page.get_by_role("button", name="Light colours").click()
    await expect(root).to_have_attribute("data-theme", "light")
    await reader.page.reload()
    await expect(root).to_have_attribute("data-theme", "light")


async def test_a_lost_connection_is_shown_and_caught_up(reader: Reader, workspace: LocalWorkspace) -> None:
    await reader.opens("web")
    await expect(reader.message("The login page is next")).to_be_visible()
    await reader.page.context.set_offline(True)
    # Going offline does not cut a WebSocket that is open; the server closing it does.
    await workspace.slack.platform.live.close()
    await expect(reader.page.get_by_text("Reconnecting to the workspace…")).to_be_visible()
    await reader.types("Kept while away")
    await expect(reader.page.get_by_role("alert")).to_contain_text("does not answer")
    await expect(reader.composer).to_have_value("Kept while away")
    await workspace.person("bo").says("Said meanwhile", in_="#web")
    await reader.page.context.set_offline(False)
    await expect(reader.message("Said meanwhile")).to_be_visible()
    await expect(reader.page.get_by_text("Reconnecting to the workspace…")).not_to_be_visible()


async def test_the_state_of_the_bot_is_shown(reader: Reader, app: App) -> None:
    await reader.opens("web")
    await expect(reader.page.get_by_text("connected", exact=True)).to_be_visible()
    await app.close()
    await expect(reader.page.get_by_text("not connected")).to_be_visible()


async def test_somebody_unknown_in_the_address_gets_a_sentence(reader: Reader, workspace: LocalWorkspace) -> None:
    await reader.page.goto(f"{workspace.base_url}/#/U0NOBODY/C0GENERAL")
    await expect(reader.page.get_by_role("heading", name="The workspace cannot be shown")).to_be_visible()
