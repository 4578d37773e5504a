"""Socket Mode as Slack's SDK sees it: tickets, several connections, events sent again, refreshes and cuts."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.sandbox.slack.app import App, connected_app, kind_of
from tests.workspace import LocalWorkspace


async def test_an_address_is_for_one_connection(workspace: LocalWorkspace) -> None:
    web = AsyncWebClient(base_url=workspace.api_url)
    url = (await web.apps_connections_open(app_token=workspace.app_token))["url"]
    assert url.startswith("ws://127.0.0.1:")
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url) as socket:
            hello = await socket.receive_json()
            assert hello["type"] == "hello"
            assert hello["num_connections"] == 1
            assert hello["connection_info"]["app_id"] == "A0SCRUMBOT"
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)


async def test_an_event_comes_in_slacks_envelope(workspace: LocalWorkspace, app: App) -> None:
    said = await workspace.person("ana").says("hello", in_="#web")
    request = await app.receives("message")
    assert request.type == "events_api"
    assert request.retry_attempt == 0
    body = request.payload
    assert body["type"] == "event_callback"
    assert body["team_id"] == "T0SAMPLE1"
    assert body["api_app_id"] == "A0SCRUMBOT"
    assert body["event_id"].startswith("Ev")
    assert body["authorizations"][0]["user_id"] == "U0SCRUMBOT"
    event = body["event"]
    assert event["ts"] == event["event_ts"] == said.ts
    assert (event["user"], event["channel"], event["channel_type"]) == ("U0SAMPLEANA", "C0WEBTEAM", "channel")


async def test_an_event_that_is_not_acknowledged_comes_three_more_times(workspace: LocalWorkspace, app: App) -> None:
    app.acknowledges = False
    await workspace.person("ana").says("hello", in_="#web")
    requests = await app.receives_times(4, "message")
    assert [request.retry_attempt for request in requests] == [0, 1, 2, 3]
    assert [request.retry_reason for request in requests] == ["", "timeout", "timeout", "timeout"]
    assert len({request.payload["event_id"] for request in requests}) == 1
    assert len({request.envelope_id for request in requests}) == 4


async def test_an_acknowledgement_ends_the_repetition(workspace: LocalWorkspace, app: App) -> None:
    app.acknowledges = False
    await workspace.person("ana").says("hello", in_="#web")
    await app.receives("message")
    app.acknowledges = True
    await app.receives_times(2, "message")
    await workspace.person("ana").says("bye", in_="#web")
    await app.receives("message", lambda payload: payload["event"]["text"] == "bye")
    assert len([request for request in app.received if kind_of(request) == "message"]) == 3


async def test_an_event_waits_for_an_app_that_connects_later(workspace: LocalWorkspace) -> None:
    await workspace.person("ana").says("early", in_="#web")
    async with connected_app(workspace) as app:
        assert (await app.receives("message")).payload["event"]["text"] == "early"


async def test_each_payload_goes_to_one_of_several_connections(workspace: LocalWorkspace) -> None:
    async with AsyncExitStack() as stack:
        apps = [await stack.enter_async_context(connected_app(workspace)) for _ in range(3)]
        ana = workspace.person("ana")
        for _ in range(20):
            await ana.types("/task", in_="#web")
        counts = [len([request for request in app.received if kind_of(request) == "/task"]) for app in apps]
    assert sum(counts) == 20
    assert max(counts) < 20


async def test_an_eleventh_connection_is_turned_away(workspace: LocalWorkspace) -> None:
    web = AsyncWebClient(base_url=workspace.api_url)
    async with aiohttp.ClientSession() as session, AsyncExitStack() as stack:
        for number in range(11):
            url = (await web.apps_connections_open(app_token=workspace.app_token))["url"]
            socket = await stack.enter_async_context(session.ws_connect(url))
            first = await socket.receive_json()
            assert first["type"] == ("hello" if number < 10 else "disconnect")
        assert first["reason"] == "too_many_websockets"


async def test_nothing_is_lost_while_the_app_reconnects_for_a_refresh(workspace: LocalWorkspace, app: App) -> None:
    ana = workspace.person("ana")
    await ana.opens_page()
    for number in range(3):
        await workspace.has_faults({"on": "socket", "kind": "refresh"})
        await ana.types(f"/task {number}", in_="#web")
    await app.receives_times(3, "/task")
    assert len([request for request in app.received if kind_of(request) == "/task"]) == 3


async def test_a_cut_connection_is_noticed_and_the_event_comes_again(manifest: dict[str, Any]) -> None:
    delays = (0.0, *[0.5] * 9)
    async with (
        LocalWorkspace.start(manifest=manifest, retry_delays=delays) as workspace,
        connected_app(workspace) as app,
    ):
        app.acknowledges = False
        await workspace.person("ana").says("hello", in_="#web")
        await app.receives("message")
        app.acknowledges = True
        await workspace.has_faults({"on": "socket", "kind": "cut"})
        requests = await app.receives_times(2, "message")
        assert requests[1].retry_reason == "connection_failed"


async def test_a_lost_acknowledgement_makes_slack_send_again(workspace: LocalWorkspace, app: App) -> None:
    await workspace.has_faults({"on": "socket", "kind": "lose_answer"})
    await workspace.person("ana").says("hello", in_="#web")
    requests = await app.receives_times(2, "message")
    assert requests[1].retry_reason == "timeout"


async def test_the_page_is_told_when_the_bot_comes_and_goes(workspace: LocalWorkspace) -> None:
    await workspace.bot_is_connected(False)
    async with connected_app(workspace):
        await workspace.bot_is_connected(True)
    await workspace.bot_is_connected(False)


async def test_many_commands_at_once_are_each_answered(workspace: LocalWorkspace, app: App) -> None:
    async def answer(request: Any) -> Any:
        return {"text": f"Read {request.payload['text']}"}

    app.answer = answer
    async with asyncio.TaskGroup() as group:
        for number in range(30):
            group.create_task(workspace.person("ana").types(f"/task n{number}.", in_="#web"))
    shown = " ".join(message.text for message in await workspace.person("ana").messages("#web"))
    assert all(f"Read n{number}." in shown for number in range(30))
