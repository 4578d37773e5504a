"""The app in the page: commands, buttons, modals, Home, shortcuts."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect
from slack_sdk.socket_mode.request import SocketModeRequest

from tests.sandbox.page.reading import Reader
from tests.sandbox.slack.app import App

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def button(text: str, action_id: str, **more: Any) -> dict[str, Any]:
    return {"type": "button", "text": plain(text), "action_id": action_id, **more}


def card(state: str) -> list[dict[str, Any]]:
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": f"*Fix login* is {state}"}},
        {"type": "actions", "elements": [button("Start", "start"), button("Drop", "drop", confirm=SURE)]},
    ]


SURE = {"title": plain("Drop it?"), "text": plain("It can be undone."), "confirm": plain("Drop"), "deny": plain("Keep")}


def form(*more: dict[str, Any]) -> dict[str, Any]:
    title = {"type": "plain_text_input", "action_id": "title"}
    who = {"type": "users_select", "action_id": "who", "placeholder": plain("Nobody")}
    epic = {"type": "external_select", "action_id": "epic", "min_query_length": 0}
    return {
        "type": "modal",
        "callback_id": "new_task",
        "title": plain("New task"),
        "submit": plain("Create"),
        "blocks": [
            {"type": "input", "block_id": "title", "label": plain("Title"), "element": title},
            {"type": "input", "block_id": "who", "label": plain("Assignee"), "element": who, "optional": True},
            {"type": "input", "block_id": "epic", "label": plain("Epic"), "element": epic, "optional": True},
            *more,
        ],
    }


async def opened_form(reader: Reader, app: App, view: dict[str, Any]) -> dict[str, Any]:
    """Type `/task new` and let the app open the form; gives Slack's answer."""
    await reader.types("/task new")
    command = await app.receives("/task")
    answer = await app.web.views_open(trigger_id=command.payload["trigger_id"], view=view)
    await expect(reader.dialog).to_be_visible()
    return answer["view"]


async def test_a_command_is_completed_by_keyboard(reader: Reader, app: App) -> None:
    await reader.opens("web")
    await reader.page.keyboard.type("/t")
    options = reader.page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    await expect(options).to_contain_text(["/task", "/triage"])
    await reader.page.keyboard.press("ArrowDown")
    await expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    await reader.page.keyboard.press("ArrowUp")
    await reader.page.keyboard.press("Enter")
    await expect(reader.composer).to_have_value("/task ")
    await expect(options).to_contain_text(["/task new", "/task list", "/task show", "/task start", "/task done"])
    await reader.page.keyboard.type("ne")
    await reader.page.keyboard.press("Tab")
    await reader.page.keyboard.type("Fix it @b")
    await expect(options).to_contain_text(["Bo Sample"])
    await reader.page.keyboard.press("Enter")
    await expect(reader.composer).to_have_value("/task new Fix it @bo ")
    await reader.page.keyboard.press("Enter")
    command = await app.receives("/task")
    assert command.payload["text"] == "new Fix it <@U0SAMPLEBO|bo>"


async def test_a_command_that_fails_is_told_and_given_back(reader: Reader, app: App) -> None:
    await reader.opens("web")
    app.acknowledges = False
    await reader.types("/task new Nobody answers")
    await expect(reader.page.get_by_role("alert")).to_contain_text("operation_timeout")
    await expect(reader.composer).to_have_value("/task new Nobody answers")
    app.acknowledges = True
    await reader.composer.fill("")
    await reader.page.keyboard.press("ArrowUp")
    await expect(reader.composer).to_have_value("/task new Nobody answers")


async def test_a_pressed_button_waits_for_the_app_and_keeps_the_focus(reader: Reader, app: App) -> None:
    posted = await app.web.chat_postMessage(channel="C0WEBTEAM", text="Fix login is open", blocks=card("open"))
    await reader.opens("web")

    async def start(request: SocketModeRequest) -> None:
        if request.type == "interactive":
            await expect(pressed).to_have_attribute("aria-disabled", "true")
            await app.web.chat_update(channel="C0WEBTEAM", ts=posted["ts"], text="Started", blocks=card("started"))

    app.answer = start
    pressed = reader.message("Fix login").get_by_role("button", name="Start")
    await pressed.focus()
    await reader.page.keyboard.press("Enter")
    await expect(reader.message("Fix login is started")).to_be_visible()
    await expect(pressed).to_be_focused()
    action = await app.receives("block_actions")
    assert action.payload["actions"][0]["action_id"] == "start"


async def test_a_press_that_asks_for_confirmation_is_sent_only_when_confirmed(reader: Reader, app: App) -> None:
    await app.web.chat_postMessage(channel="C0WEBTEAM", text="Fix login is open", blocks=card("open"))
    await reader.opens("web")
    drop = reader.message("Fix login").get_by_role("button", name="Drop")
    await drop.click()
    await reader.dialog.get_by_role("button", name="Keep").click()
    await drop.click()
    await reader.dialog.get_by_role("button", name="Drop").click()
    await app.receives("block_actions")
    assert len([request for request in app.received if request.type == "interactive"]) == 1


async def test_errors_of_a_modal_stand_at_their_fields(reader: Reader, app: App) -> None:
    await reader.opens("web")
    await opened_form(reader, app, form())
    title = reader.dialog.get_by_role("textbox", name="Title")
    await expect(title).to_be_focused()
    await reader.dialog.get_by_role("button", name="Create").click()
    await expect(reader.dialog.get_by_role("alert").filter(has_text="Please complete")).to_be_visible()

    async def refuse(request: SocketModeRequest) -> dict[str, Any] | None:
        if request.payload.get("type") != "view_submission" or len(app.received) > 2:
            return None
        return {"response_action": "errors", "errors": {"title": "Too short: try Fix login."}}

    app.answer = refuse
    await title.fill("Fix")
    await title.press("Enter")
    await expect(reader.dialog.get_by_text("Too short: try Fix login.")).to_be_visible()
    await expect(title).to_be_focused()
    await expect(title).to_have_attribute("aria-invalid", "true")
    await title.fill("Fix login")
    await title.press("Enter")
    await expect(reader.dialog).to_have_count(0)
    await expect(reader.composer).to_be_focused()
    submitted = (await app.receives_times(2, "view_submission"))[-1]
    assert submitted.payload["view"]["state"]["values"]["title"]["title"]["value"] == "Fix login"


async def test_a_modal_keeps_what_was_typed_when_the_app_updates_it(reader: Reader, app: App) -> None:
    await reader.opens("web")
    loading = {"type": "modal", "title": plain("New task"), "blocks": [{"type": "section", "text": plain("Loading…")}]}
    view = await opened_form(reader, app, loading)
    await app.web.views_update(view_id=view["id"], view=form())
    title = reader.dialog.get_by_role("textbox", name="Title")
    await expect(title).to_be_focused()
    await reader.page.keyboard.type("Half a ti")
    await app.web.views_update(view_id=view["id"], view=form({"type": "section", "text": plain("Two look alike")}))
    await expect(reader.dialog.get_by_text("Two look alike")).to_be_visible()
    await expect(title).to_be_focused()
    await reader.page.keyboard.type("tle")
    await expect(title).to_have_value("Half a title")


async def test_lists_in_a_modal_are_searched_and_chosen_by_keyboard(reader: Reader, app: App) -> None:
    async def offer(request: SocketModeRequest) -> dict[str, Any] | None:
        if request.payload.get("type") != "block_suggestion":
            return None
        return {"options": [{"text": plain(f"Epic {request.payload['value']}"), "value": "auth"}]}

    await reader.opens("web")
    await opened_form(reader, app, form())
    app.answer = offer
    await reader.page.keyboard.type("Fix login")
    await reader.page.keyboard.press("Tab")
    await reader.page.keyboard.press("ArrowDown")
    await reader.types("tes")
    await expect(reader.dialog.get_by_role("combobox", name="Assignee: Tess Sample")).to_be_focused()
    await reader.page.keyboard.press("Tab")
    await reader.page.keyboard.press("ArrowDown")
    await reader.page.keyboard.type("au")
    await expect(reader.page.get_by_role("option", name="Epic au")).to_be_visible()
    await reader.page.keyboard.press("Escape")
    await expect(reader.dialog).to_be_visible()
    await reader.page.keyboard.press("ArrowDown")
    await reader.page.keyboard.type("au")
    await expect(reader.page.get_by_role("option", name="Epic au")).to_be_visible()
    await reader.page.keyboard.press("Enter")
    await reader.dialog.get_by_role("button", name="Create").click()
    values = (await app.receives("view_submission")).payload["view"]["state"]["values"]
    assert values["who"]["who"]["selected_user"] == "U0SAMPLETESS"
    assert values["epic"]["epic"]["selected_option"]["value"] == "auth"


async def test_escape_closes_the_modal_on_top_only(reader: Reader, app: App) -> None:
    await reader.opens("web")
    push = {"type": "actions", "elements": [button("More", "more")]}
    await opened_form(reader, app, {**form(push), "notify_on_close": True})
    await reader.dialog.get_by_role("textbox", name="Title").fill("Kept below")
    await reader.dialog.get_by_role("button", name="More").click()
    pressed = await app.receives("block_actions")
    assert pressed.payload["view"]["state"]["values"]["title"]["title"]["value"] == "Kept below"
    second = {"type": "modal", "title": plain("Details"), "blocks": [{"type": "section", "text": plain("Second")}]}
    await app.web.views_push(trigger_id=pressed.payload["trigger_id"], view=second)
    await expect(reader.dialog.get_by_role("heading", name="Details")).to_be_visible()
    await reader.page.keyboard.press("Escape")
    await expect(reader.dialog.get_by_role("textbox", name="Title")).to_have_value("Kept below")
    await reader.page.keyboard.press("Escape")
    await expect(reader.dialog).to_have_count(0)
    await reader.page.keyboard.type("And on")
    await expect(reader.composer).to_have_value("And on")
    await app.receives("view_closed")


async def test_a_date_is_picked_in_the_calendar_by_keyboard(reader: Reader, app: App) -> None:
    picker = {"type": "datepicker", "action_id": "due", "initial_date": "2026-12-30"}
    await app.web.chat_postMessage(
        channel="C0WEBTEAM", text="New date?", blocks=[{"type": "actions", "elements": [picker]}]
    )
    await reader.opens("web")
    await reader.page.get_by_role("button", name="Dec 30, 2026").press("Enter")
    await expect(reader.page.get_by_role("gridcell", name="December 30, 2026")).to_be_focused()
    await reader.page.keyboard.press("ArrowDown")
    await expect(reader.page.get_by_role("gridcell", name="January 6, 2027")).to_be_focused()
    await reader.page.keyboard.press("Enter")
    action = (await app.receives("block_actions")).payload["actions"][0]
    assert action["selected_date"] == "2027-01-06"


async def test_the_home_tab_is_drawn_and_drawn_anew(reader: Reader, app: App) -> None:
    await reader.opens("home")
    await app.receives("app_home_opened")
    view = {"type": "home", "blocks": [{"type": "header", "text": plain("My tasks")}]}
    await app.web.views_publish(user_id="U0SAMPLEANA", view=view)
    home = reader.page.get_by_role("region", name="Sample Bot: Home")
    await expect(home.get_by_role("heading", name="My tasks")).to_be_visible()
    await app.web.views_publish(user_id="U0SAMPLEANA", view={"type": "home", "blocks": card("late")})
    await expect(home).to_contain_text("Fix login is late")
    await reader.page.get_by_role("navigation", name="Sample Bot").get_by_role("link", name="Messages").click()
    await expect(reader.page.get_by_role("heading", name="Sample Bot", level=2)).to_be_visible()


async def test_the_apps_shortcuts_are_in_the_menu_of_a_message(reader: Reader, app: App) -> None:
    await reader.opens("web")
    await reader.message("The login page is next").focus()
    await reader.page.keyboard.press("m")
    await reader.page.get_by_role("menuitem", name="Report this message").click()
    used = await app.receives("message_action")
    assert used.payload["callback_id"] == "report"
    assert used.payload["message"]["text"] == "The login page is next on my list."
