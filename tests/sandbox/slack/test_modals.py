"""Modals and the Home tab."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.sandbox.slack.app import App, connected_app
from tests.sandbox.slack.test_web_api import error_of, refused
from tests.workspace import LocalWorkspace, Modal, Person, Refused


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def modal(title: str = "New task", **more: Any) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": "new_task",
        "title": plain(title),
        "submit": plain("Create"),
        "private_metadata": "kept",
        "blocks": [
            {
                "type": "input",
                "block_id": "title",
                "label": plain("Title"),
                "element": {"type": "plain_text_input", "action_id": "value", "min_length": 3},
            },
            {
                "type": "input",
                "block_id": "who",
                "label": plain("Assignee"),
                "optional": True,
                "element": {"type": "users_select", "action_id": "value"},
            },
            {
                "type": "input",
                "block_id": "priority",
                "label": plain("Priority"),
                "element": {
                    "type": "static_select",
                    "action_id": "value",
                    "options": [{"text": plain(name), "value": name.lower()} for name in ("Low", "High")],
                    "initial_option": {"text": plain("Low"), "value": "low"},
                },
            },
        ],
        **more,
    }


async def opened(ana: Person, app: App, view: dict[str, Any]) -> Modal:
    await ana.types("/task new", in_="#general")
    trigger_id = (await app.receives("/task")).payload["trigger_id"]
    await app.web.views_open(trigger_id=trigger_id, view=view)
    return await ana.sees_modal(view["title"]["text"])


def answer_with(app: App, body: Any) -> None:
    async def answer(request: Any) -> Any:
        return body if request.payload.get("type") == "view_submission" else None

    app.answer = answer


async def test_a_filled_modal_reaches_the_app_with_every_value(workspace: LocalWorkspace, app: App) -> None:
    ana = workspace.person("ana")
    form = await opened(ana, app, modal())
    await ana.fills(form, {"Title": "Fix login", "Assignee": "@bo", "Priority": "High"})
    assert await ana.submits(form) is None
    payload = (await app.receives("view_submission")).payload
    assert payload["view"]["state"]["values"] == {
        "title": {"value": {"type": "plain_text_input", "value": "Fix login"}},
        "who": {"value": {"type": "users_select", "selected_user": "U0SAMPLEBO"}},
        "priority": {
            "value": {"type": "static_select", "selected_option": modal()["blocks"][2]["element"]["options"][1]}
            | {"selected_option": {"text": plain("High") | {"emoji": True}, "value": "high"}}
        },
    }
    assert payload["view"]["private_metadata"] == "kept"
    assert payload["view"]["callback_id"] == "new_task"
    assert payload["view"]["root_view_id"] == payload["view"]["id"]
    assert payload["user"]["id"] == ana.id
    await ana.sees_no_modal()


async def test_values_nobody_touched_are_sent_as_they_began(workspace: LocalWorkspace, app: App) -> None:
    ana = workspace.person("ana")
    form = await opened(ana, app, modal())
    await ana.fills(form, {"Title": "Fix login"})
    await ana.submits(form)
    values = (await app.receives("view_submission")).payload["view"]["state"]["values"]
    assert values["who"]["value"]["selected_user"] is None
    assert values["priority"]["value"]["selected_option"]["value"] == "low"


async def test_required_fields_are_asked_for_without_the_app(workspace: LocalWorkspace, app: App) -> None:
    ana = workspace.person("ana")
    form = await opened(ana, app, modal())
    assert await ana.submits(form) == {"Title": "Please complete this required field."}
    await ana.fills(form, {"Title": "xy"})
    assert await ana.submits(form) == {"Title": "Please enter at least 3 characters."}
    assert not [request for request in app.received if request.payload.get("type") == "view_submission"]


async def test_errors_of_the_app_are_shown_at_their_fields_and_the_form_stays(
    workspace: LocalWorkspace, app: App
) -> None:
    ana = workspace.person("ana")
    answer_with(app, {"response_action": "errors", "errors": {"title": "Taken already."}})
    form = await opened(ana, app, modal())
    await ana.fills(form, {"Title": "Fix login"})
    assert await ana.submits(form) == {"Title": "Taken already."}
    await ana.sees_modal("New task")


@pytest.mark.parametrize(
    "nonsense",
    [
        {"response_action": "errors", "errors": {"nowhere": "x"}},
        {"response_action": "errors"},
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "dance"},
    ],
)
async def test_an_answer_that_makes_no_sense_is_trouble(
    workspace: LocalWorkspace, app: App, nonsense: dict[str, Any]
) -> None:
    ana = workspace.person("ana")
    answer_with(app, nonsense)
    form = await opened(ana, app, modal())
    await ana.fills(form, {"Title": "Fix login"})
    with pytest.raises(Refused, match=r"We had some trouble connecting\. Try again\?"):
        await ana.submits(form)
    await ana.sees_modal("New task")


async def test_a_submission_without_acknowledgement_keeps_the_form(workspace: LocalWorkspace, app: App) -> None:
    ana = workspace.person("ana")
    form = await opened(ana, app, modal())
    await ana.fills(form, {"Title": "Fix login"})
    app.acknowledges = False
    with pytest.raises(Refused, match="trouble connecting") as refused:
        await ana.submits(form)
    assert refused.value.code == "operation_timeout"
    # The view is still there, so a late result can be drawn into it.
    await app.web.views_update(view_id=form.id, view={"type": "modal", "title": plain("Saved"), "blocks": []})
    await ana.sees_modal("Saved")


async def test_a_submission_can_update_push_and_clear(workspace: LocalWorkspace, app: App) -> None:
    ana = workspace.person("ana")
    form = await opened(ana, app, modal())
    await ana.fills(form, {"Title": "Fix login"})
    answer_with(app, {"response_action": "push", "view": modal("Second")})
    await ana.submits(form)
    second = await ana.sees_modal("Second")
    assert second.body["previous_view_id"] == form.id
    assert second.body["root_view_id"] == form.id
    await ana.fills(second, {"Title": "Fix login"})
    answer_with(app, {"response_action": "update", "view": modal("Third")})
    await ana.submits(second)
    third = await ana.sees_modal("Third")
    assert third.id == second.id
    assert third.body["state"]["values"]["title"]["value"]["value"] == "Fix login"
    answer_with(app, {"response_action": "clear"})
    await ana.submits(third)
    await ana.sees_no_modal()


async def test_a_trigger_opens_one_modal_within_three_seconds(manifest: dict[str, Any]) -> None:
    now = [1_800_000_000.0]
    async with (
        LocalWorkspace.start(manifest=manifest, limits=None, clock=lambda: now[0]) as workspace,
        connected_app(workspace) as app,
    ):
        ana = workspace.person("ana")
        await ana.types("/task", in_="#general")
        first = (await app.receives("/task")).payload["trigger_id"]
        await app.web.views_open(trigger_id=first, view=modal())
        assert await error_of(app.web.views_open(trigger_id=first, view=modal())) == "exchanged_trigger_id"
        await ana.types("/task", in_="#general")
        second = (await app.receives_times(2, "/task"))[-1].payload["trigger_id"]
        now[0] += 3.1
        assert await error_of(app.web.views_open(trigger_id=second, view=modal())) == "expired_trigger_id"


async def test_a_fourth_view_is_too_many(workspace: LocalWorkspace, app: App) -> None:
    ana = workspace.person("ana")
    view = modal()
    view["blocks"].append(
        {"type": "actions", "elements": [{"type": "button", "text": plain("More"), "action_id": "m"}]}
    )
    form = await opened(ana, app, view)
    for number in range(1, 4):
        await ana.presses("More", on=form)
        trigger_id = (await app.receives_times(number, "block_actions"))[-1].payload["trigger_id"]
        pushing = app.web.views_push(trigger_id=trigger_id, view={**view, "title": plain(f"View {number}")})
        if number == 3:
            assert await error_of(pushing) == "push_limit_reached"
        else:
            await pushing
            form = await ana.sees_modal(f"View {number}")


async def test_an_old_hash_does_not_overwrite_a_newer_view(workspace: LocalWorkspace, app: App) -> None:
    ana = workspace.person("ana")
    form = await opened(ana, app, modal(external_id="form-1"))
    first_hash = form.body["hash"]
    updated = await app.web.views_update(
        external_id="form-1", hash=first_hash, view=modal("Newer", external_id="form-1")
    )
    assert updated["view"]["hash"] != first_hash
    stale = app.web.views_update(view_id=form.id, hash=first_hash, view=modal("Older"))
    assert await error_of(stale) == "hash_conflict"


async def test_closing_is_told_to_those_who_asked(workspace: LocalWorkspace, app: App) -> None:
    ana = workspace.person("ana")
    form = await opened(ana, app, modal(notify_on_close=True))
    await ana.closes(form)
    payload = (await app.receives("view_closed")).payload
    assert payload["view"]["id"] == form.id
    assert payload["is_cleared"] is False
    await ana.sees_no_modal()


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"title": plain("x" * 25)}, "/view/title/text"),
        ({"private_metadata": "x" * 3001}, "/view/private_metadata"),
        ({"submit": None}, "/view"),
        ({"type": "home"}, "/view/type"),
        ({"blocks": [{"type": "divider"}] * 101}, "/view/blocks"),
        ({"colour": "red"}, "/view"),
    ],
)
async def test_an_invalid_view_is_refused_with_the_place(
    web: AsyncWebClient, change: dict[str, Any], pointer: str
) -> None:
    answer = await refused(web.api_call("views.open", json={"trigger_id": "1.2.3", "view": modal() | change}))
    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"][0].endswith(f"[json-pointer:{pointer}]")


async def test_the_home_tab_is_published_and_told_of_with_its_view(workspace: LocalWorkspace, app: App) -> None:
    ana = workspace.person("ana")
    home = {"type": "home", "blocks": [{"type": "section", "text": plain("Your tasks")}]}
    published = await app.web.views_publish(user_id=ana.id, view=home)
    assert "Your tasks" in await ana.home("Your tasks")
    event = (await app.receives("app_home_opened")).payload["event"]
    assert event["tab"] == "home"
    assert event["view"]["hash"] == published["view"]["hash"]
    newer = await app.web.views_publish(user_id=ana.id, view=home, hash=event["view"]["hash"])
    assert newer["view"]["id"] == published["view"]["id"]
    stale = app.web.views_publish(user_id=ana.id, view=home, hash=event["view"]["hash"])
    assert await error_of(stale) == "hash_conflict"


async def test_the_first_visit_of_the_home_tab_waits_for_the_app(workspace: LocalWorkspace, app: App) -> None:
    ana = workspace.person("ana")

    async def publish() -> None:
        await app.receives("app_home_opened")
        view = {"type": "home", "blocks": [{"type": "section", "text": plain("Hello Ana")}]}
        await app.web.views_publish(user_id=ana.id, view=view)

    async with asyncio.TaskGroup() as group:
        group.create_task(publish())
        seen = group.create_task(ana.home("Hello"))
    assert "Hello Ana" in seen.result()
