"""Buttons, menus and shortcuts: the payloads that the app receives, and what its answers do."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from tests.sandbox.slack.app import App
from tests.sandbox.slack.test_modals import plain
from tests.workspace import LocalWorkspace, Refused

OPTIONS = [{"text": plain(name), "value": name.lower()} for name in ("Low", "High")]
BUTTON = {"type": "button", "action_id": "task.done", "text": plain("Done"), "value": '{"v":1,"id":12}'}


def actions(*elements: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"type": "actions", "block_id": "actions", "elements": list(elements)}]


async def test_a_button_on_a_message_is_told_with_its_place_and_value(workspace: LocalWorkspace, app: App) -> None:
    posted = await app.web.chat_postMessage(channel="C0WEBTEAM", text="Card", blocks=actions(BUTTON))
    ana = workspace.person("ana")
    card = await ana.channel("web").shows("Done")
    await ana.presses("Done", on=card)
    payload = (await app.receives("block_actions")).payload
    assert payload["type"] == "block_actions"
    assert payload["user"] == {"id": ana.id, "username": "ana", "name": "ana", "team_id": "T0SAMPLE1"}
    assert payload["channel"] == {"id": "C0WEBTEAM", "name": "web"}
    assert payload["container"] == {
        "type": "message",
        "message_ts": posted["ts"],
        "channel_id": "C0WEBTEAM",
        "is_ephemeral": False,
    }
    assert payload["message"]["ts"] == posted["ts"]
    (used,) = payload["actions"]
    assert used["type"] == "button"
    assert (used["action_id"], used["block_id"], used["value"]) == ("task.done", "actions", '{"v":1,"id":12}')
    assert used["text"]["text"] == "Done"
    assert payload["trigger_id"]
    assert payload["response_url"].startswith(workspace.base_url)


ELEMENTS: list[tuple[dict[str, Any], Any, dict[str, Any]]] = [
    ({"type": "static_select", "options": OPTIONS}, "High", {"selected_option": "high"}),
    ({"type": "multi_static_select", "options": OPTIONS}, ["Low", "High"], {"selected_options": ["low", "high"]}),
    ({"type": "radio_buttons", "options": OPTIONS}, "Low", {"selected_option": "low"}),
    ({"type": "checkboxes", "options": OPTIONS}, ["High"], {"selected_options": ["high"]}),
    ({"type": "overflow", "options": OPTIONS}, "High", {"selected_option": "high"}),
    ({"type": "users_select"}, "@bo", {"selected_user": "U0SAMPLEBO"}),
    ({"type": "multi_users_select"}, ["@bo", "@ana"], {"selected_users": ["U0SAMPLEBO", "U0SAMPLEANA"]}),
    ({"type": "channels_select"}, "#web", {"selected_channel": "C0WEBTEAM"}),
    ({"type": "conversations_select"}, "#web", {"selected_conversation": "C0WEBTEAM"}),
    ({"type": "datepicker"}, "2026-12-01", {"selected_date": "2026-12-01"}),
    ({"type": "timepicker"}, "17:30", {"selected_time": "17:30"}),
    ({"type": "datetimepicker"}, 1_800_000_000, {"selected_date_time": 1_800_000_000}),
]


@pytest.mark.parametrize(("element", "choice", "expected"), ELEMENTS, ids=[each[0]["type"] for each in ELEMENTS])
async def test_each_element_is_told_in_its_own_shape(
    workspace: LocalWorkspace, app: App, element: dict[str, Any], choice: Any, expected: dict[str, Any]
) -> None:
    section = {
        "type": "section",
        "block_id": "b",
        "text": plain("Choose"),
        "accessory": element | {"action_id": "a"},
    }
    await app.web.chat_postMessage(channel="C0WEBTEAM", text="Card", blocks=[section])
    ana = workspace.person("ana")
    await ana.chooses("a", choice, on=await ana.channel("web").shows("Choose"))
    payload = (await app.receives("block_actions")).payload
    (used,) = payload["actions"]
    assert used["type"] == element["type"]
    (field,) = expected
    assert values_of(used[field]) == expected[field]
    if element["type"] != "overflow":
        assert values_of(payload["state"]["values"]["b"]["a"][field]) == expected[field]


def values_of(chosen: Any) -> Any:
    """Options as their values."""
    if isinstance(chosen, list):
        return [values_of(each) for each in chosen]
    return chosen["value"] if isinstance(chosen, dict) else chosen


@pytest.mark.parametrize(
    ("element", "value", "sentence"),
    [
        ({"type": "static_select", "options": OPTIONS}, "urgent", "not among the options"),
        ({"type": "datepicker"}, "tomorrow", "not a date"),
        ({"type": "timepicker"}, "25:00", "not a time"),
        ({"type": "datetimepicker"}, "noon", "not a number of seconds"),
        ({"type": "multi_users_select", "max_selected_items": 1}, ["U0SAMPLEBO", "U0SAMPLEANA"], "At most 1"),
    ],
)
async def test_what_a_page_could_not_send_is_refused(
    workspace: LocalWorkspace, app: App, element: dict[str, Any], value: Any, sentence: str
) -> None:
    block = {"type": "actions", "block_id": "b", "elements": [element | {"action_id": "a"}]}
    posted = await app.web.chat_postMessage(channel="C0WEBTEAM", text="Card", blocks=[block])
    where = {"container": {"channel": "C0WEBTEAM", "ts": posted["ts"]}, "block_id": "b", "action_id": "a"}
    with pytest.raises(Refused, match=sentence):
        await workspace.person("ana").does("action", **where, value=value)


async def test_an_external_menu_asks_the_app_and_keeps_what_it_offered(workspace: LocalWorkspace, app: App) -> None:
    async def answer(request: Any) -> Any:
        if request.payload["type"] == "block_suggestion":
            return {"options": [{"text": plain(f"Epic {request.payload['value']}"), "value": "AUTH"}]}
        return None

    app.answer = answer
    menu = {"type": "external_select", "action_id": "epic", "min_query_length": 1}
    await app.web.chat_postMessage(channel="C0WEBTEAM", text="Card", blocks=actions(menu, BUTTON))
    ana = workspace.person("ana")
    card = await ana.channel("web").shows("Done")
    assert await ana.is_offered("epic", "a", on=card) == ["Epic a"]
    asked = (await app.receives("block_suggestion")).payload
    assert (asked["action_id"], asked["block_id"], asked["value"]) == ("epic", "actions", "a")
    await ana.chooses("epic", "AUTH", on=card)
    used = (await app.receives("block_actions")).payload["actions"][0]
    assert used["selected_option"]["value"] == "AUTH"
    assert used["selected_option"]["text"]["text"] == "Epic AUTH"


async def test_a_button_without_acknowledgement_warns(workspace: LocalWorkspace, app: App) -> None:
    app.acknowledges = False
    await app.web.chat_postMessage(channel="C0WEBTEAM", text="Card", blocks=actions(BUTTON))
    ana = workspace.person("ana")
    card = await ana.channel("web").shows("Done")
    with pytest.raises(Refused) as refused:
        await ana.presses("Done", on=card)
    assert refused.value.code == "operation_timeout"


async def test_buttons_on_ephemeral_messages_replace_and_delete_them(workspace: LocalWorkspace, app: App) -> None:
    ana = workspace.person("ana")
    await app.web.chat_postEphemeral(channel="C0WEBTEAM", user=ana.id, text="Receipt", blocks=actions(BUTTON))
    receipt = await ana.channel("web").shows("Done")
    await ana.presses("Done", on=receipt)
    payload = (await app.receives("block_actions")).payload
    assert payload["container"]["is_ephemeral"] is True
    assert "message" not in payload
    async with aiohttp.ClientSession() as session:
        await session.post(payload["response_url"], json={"text": "Undone", "replace_original": True})
        replaced = await ana.channel("web").shows("Undone")
        assert replaced.ts == receipt.ts
        assert replaced.blocks == []
        await session.post(payload["response_url"], json={"delete_original": True})
    await ana.channel("web").hides("Undone")


async def test_a_response_url_replaces_a_message_of_the_app(workspace: LocalWorkspace, app: App) -> None:
    await app.web.chat_postMessage(channel="C0WEBTEAM", text="Card", blocks=actions(BUTTON))
    ana = workspace.person("ana")
    await ana.presses("Done", on=await ana.channel("web").shows("Done"))
    url = (await app.receives("block_actions")).payload["response_url"]
    async with aiohttp.ClientSession() as session:
        async with session.post(url, json={"text": "It is done", "replace_original": True}) as response:
            assert (response.status, await response.text()) == (200, "ok")
        async with session.post(url, json={"blocks": [{"type": "nonsense"}]}) as response:
            assert (response.status, (await response.json())["error"]) == (400, "invalid_blocks")
        async with session.post(url, data=b"{") as response:
            assert response.status == 400
        async with session.post(f"{workspace.base_url}/response/unknown", json={"text": "x"}) as response:
            assert response.status == 404
    await workspace.person("bo").channel("web").shows("It is done")


async def test_a_shortcut_on_a_message_carries_the_message(workspace: LocalWorkspace, app: App) -> None:
    ana, bo = workspace.person("ana"), workspace.person("bo")
    said = await bo.says("The export is broken", in_="#general")
    await ana.shortcut("Report this message", on=said)
    payload = (await app.receives("message_action")).payload
    assert payload["callback_id"] == "report"
    assert payload["message"]["text"] == "The export is broken"
    assert payload["message"]["user"] == bo.id
    assert payload["channel"] == {"id": "C0GENERAL", "name": "general"}
    assert payload["message_ts"] == said.ts
    assert payload["trigger_id"]
    assert payload["response_url"]


async def test_a_global_shortcut_carries_no_channel(workspace: LocalWorkspace, app: App) -> None:
    await workspace.person("ana").shortcut("New task")
    payload = (await app.receives("shortcut")).payload
    assert payload["callback_id"] == "new_task"
    assert "channel" not in payload
    assert "response_url" not in payload


async def test_shortcuts_are_not_offered_on_ephemeral_messages(workspace: LocalWorkspace, app: App) -> None:
    ana = workspace.person("ana")
    await app.web.chat_postEphemeral(channel="C0WEBTEAM", user=ana.id, text="Receipt")
    with pytest.raises(Refused, match="only you can see"):
        await ana.shortcut("report", on=await ana.channel("web").shows("Receipt"))
