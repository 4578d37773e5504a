"""Reading and writing: people, messages, threads, and what arrives live."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.sandbox.page.reading import Reader
from tests.sandbox.slack.app import App
from tests.workspace import LocalWorkspace

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_message_is_sent_with_enter_and_drawn_with_its_mentions(reader: Reader) -> None:
    await reader.opens("web")
    await reader.types("Done, *really*: ask @bo in #general :tada:")
    message = reader.message("Done, really")
    await expect(message).to_contain_text("Ana Sample")
    await expect(message.locator("strong", has_text="really")).to_be_visible()
    await expect(message.get_by_text("@Bo Sample")).to_be_visible()
    await expect(message.get_by_role("link", name="#general")).to_be_visible()
    await expect(message.get_by_role("img", name="tada")).to_be_visible()
    await expect(reader.composer).to_have_value("")


async def test_what_people_write_is_never_markup(reader: Reader) -> None:
    await reader.opens("web")
    await reader.types('<img src=x onerror="document.title=1"> & `<b>` <!channel>')
    content = reader.message("onerror").locator(".content")
    await expect(content).to_have_text('<img src=x onerror="document.title=1"> & <b> <!channel>')
    await expect(content.locator("img, b, .mention")).to_have_count(0)


async def test_switching_the_person_by_keyboard_changes_who_acts(reader: Reader) -> None:
    await reader.opens("web")
    switch = reader.page.get_by_role("button", name="You are Ana Sample")
    await switch.press("Enter")
    await expect(reader.page.get_by_role("menuitemradio", name="Ana Sample")).to_be_focused()
    await reader.page.keyboard.press("b")
    await reader.page.keyboard.press("Enter")
    await expect(reader.page.get_by_role("button", name="You are Bo Sample")).to_be_visible()
    await expect(reader.page).to_have_url(re.compile("#/U0SAMPLEBO/C0WEBTEAM$"))
    await expect(reader.composer).to_be_focused()
    await reader.types("It is Bo now")
    await expect(reader.message("It is Bo now")).to_contain_text("Bo Sample")


async def test_what_others_write_appears_without_reloading(reader: Reader, workspace: LocalWorkspace) -> None:
    await reader.opens("web")
    bo = workspace.person("bo")
    said = await bo.says("First thought", in_="#web")
    await expect(reader.message("First thought")).to_be_visible()
    await bo.edits(said, "Second thought")
    await expect(reader.message("Second thought (edited)")).to_be_visible()
    await bo.says("Somewhere else", in_="#random")
    unread = reader.page.get_by_role("link", name=re.compile("random.*1 unread"))
    await expect(unread).to_be_visible()
    await unread.click()
    await expect(reader.message("Somewhere else")).to_be_visible()
    await expect(unread).to_have_count(0)
    await bo.deletes(said)
    await reader.opens("web")
    await expect(reader.message("First thought")).to_have_count(0)


async def test_a_thread_opens_beside_the_channel_and_takes_replies(reader: Reader, workspace: LocalWorkspace) -> None:
    await reader.opens("web")
    start = await workspace.person("bo").says("Shall we ship?", in_="#web")
    await reader.message("Shall we ship?").focus()
    await reader.page.keyboard.press("t")
    thread = reader.page.get_by_role("complementary", name="Thread")
    await expect(thread.get_by_role("textbox", name="Reply…")).to_be_focused()
    await reader.types("Yes")
    await expect(thread.get_by_role("article")).to_have_count(2)
    await workspace.person("bo").says("Good", in_="#web", thread=start)
    await expect(thread.get_by_text("2 replies")).to_be_visible()
    await reader.types("/task list")
    await expect(reader.page.get_by_role("alert")).to_contain_text("/task is not supported in threads")
    await reader.page.keyboard.press("Escape")
    await expect(thread).to_have_count(0)
    await reader.page.get_by_role("link", name="2 replies").click()
    await expect(thread.get_by_role("article").last).to_contain_text("Good")


async def test_an_ephemeral_message_is_marked_and_can_be_dismissed(reader: Reader, app: App) -> None:
    await reader.opens("web")
    await app.web.chat_postEphemeral(channel="C0WEBTEAM", user="U0SAMPLEANA", text="Only for Ana")
    message = reader.message("Only for Ana")
    await expect(message).to_contain_text("Only visible to you")
    await expect(message.get_by_text("APP", exact=True)).to_be_visible()
    await message.hover()
    await expect(message.get_by_role("toolbar")).to_have_count(0)
    await message.get_by_role("button", name="Dismiss").click()
    await expect(message).to_have_count(0)


async def test_dates_are_shown_in_the_readers_own_time_zone(reader: Reader, app: App) -> None:
    # 1 December 2026, 17:30 UTC: 18:30 in Berlin, 23:00 in Kolkata.
    await app.web.chat_postMessage(channel="C0WEBTEAM", text="Due <!date^1796146200^{date_num} at {time}|later>")
    await reader.opens("web", as_="ana")
    await expect(reader.message("Due")).to_contain_text(re.compile(r"2026-12-01 at 6:30\sPM"))
    await reader.opens("web", as_="rob")
    await expect(reader.message("Due")).to_contain_text(re.compile(r"2026-12-01 at 11:00\sPM"))


async def test_reactions_are_added_and_taken_back(reader: Reader) -> None:
    await reader.opens("web")
    message = reader.message("The login page is next on my list.")
    await message.focus()
    await message.get_by_role("button", name="React with eyes").click()
    reaction = message.get_by_role("button", name="eyes, 1: You")
    await expect(reaction).to_have_attribute("aria-pressed", "true")
    await reaction.click()
    await expect(reaction).to_have_count(0)


async def test_ones_own_message_is_edited_and_deleted(reader: Reader) -> None:
    await reader.opens("web")
    await reader.types("A typpo for @bo")
    await reader.message("A typpo").focus()
    await reader.page.keyboard.press("e")
    field = reader.page.get_by_role("textbox", name="Edit message")
    await expect(field).to_have_value("A typpo for @bo")
    await field.fill("A typo for @bo")
    await field.press("Enter")
    message = reader.message("A typo for @Bo Sample (edited)")
    await expect(message).to_be_visible()
    await message.focus()
    await reader.page.keyboard.press("Delete")
    await reader.dialog.get_by_role("button", name="Delete").click()
    await expect(reader.page.get_by_role("article").filter(has_text="A typo")).to_have_count(0)


async def test_long_channels_are_read_page_by_page(reader: Reader, workspace: LocalWorkspace) -> None:
    bo = workspace.person("bo")
    for number in range(230):
        await bo.says(f"Line {number}.", in_="#random")
    await reader.opens("random")
    await expect(reader.message("Line 229.")).to_be_in_viewport()
    assert await reader.page.get_by_role("article").count() == 100
    first = reader.page.get_by_role("article").filter(has_text=re.compile(r"Line 130\."))
    await first.scroll_into_view_if_needed()
    await expect(reader.page.get_by_role("article")).to_have_count(200)
    await expect(first).to_be_in_viewport()
    await reader.page.get_by_role("article").first.scroll_into_view_if_needed()
    await expect(reader.page.get_by_role("heading", name="#random", level=2)).to_be_visible()
    await expect(reader.page.get_by_role("article").filter(has_text=re.compile(r"Line \d+\."))).to_have_count(230)


async def test_a_permalink_leads_to_its_message(reader: Reader, workspace: LocalWorkspace) -> None:
    bo = workspace.person("bo")
    said = await bo.says("The one that is meant", in_="#random")
    for number in range(120):
        await bo.says(f"Line {number}", in_="#random")
    await reader.page.goto(f"{workspace.base_url}/archives/{said.channel}/p{said.ts.replace('.', '')}")
    await expect(reader.message("The one that is meant")).to_be_focused()
    await expect(reader.message("The one that is meant")).to_be_in_viewport()
