"""Slash commands, from what a person types to what they read."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from tests.sandbox.slack.app import App
from tests.workspace import LocalWorkspace, Refused


async def test_a_command_reaches_the_app_and_its_answer_is_seen_by_the_writer_only(
    workspace: LocalWorkspace, app: App
) -> None:
    async def answer(request: Any) -> Any:
        return {"text": f"Read: {request.payload['text']}"}

    app.answer = answer
    ana = workspace.person("ana")
    receipt = await ana.types("/task new Fix <b> & co @bo #web", in_="#general")
    assert receipt.text == "Read: new Fix <b> & co @bo #web"
    payload = (await app.receives("/task")).payload
    assert payload["text"] == "new Fix &lt;b&gt; &amp; co <@U0SAMPLEBO|bo> <#C0WEBTEAM|web>"
    assert payload["user_id"] == "U0SAMPLEANA"
    assert payload["channel_id"] == "C0GENERAL"
    assert payload["channel_name"] == "general"
    assert not [m for m in await workspace.person("bo").messages("#general") if "Read:" in m]


async def test_a_command_without_escaping_gets_plain_names(workspace: LocalWorkspace, app: App) -> None:
    await workspace.person("ana").types("/raw hello @bo & you", in_="#general")
    assert (await app.receives("/raw")).payload["text"] == "hello @bo &amp; you"


async def test_an_unknown_command_is_refused_without_asking_the_app(workspace: LocalWorkspace, app: App) -> None:
    with pytest.raises(Refused, match="not a valid command") as refused:
        await workspace.person("ana").types("/tsak new", in_="#general")
    assert refused.value.code == "unknown_command"


async def test_a_command_that_is_not_acknowledged_in_time_fails_as_slack_shows_it(
    workspace: LocalWorkspace, app: App
) -> None:
    app.acknowledges = False
    ana = workspace.person("ana")
    await ana.opens_page()
    with pytest.raises(Refused) as refused:
        await ana.types("/task list", in_="#general")
    assert refused.value.code == "operation_timeout"
    assert refused.value.sentence == '/task failed with the error "operation_timeout"'


async def test_a_command_with_no_app_connected_says_so(workspace: LocalWorkspace) -> None:
    with pytest.raises(Refused) as refused:
        await workspace.person("ana").types("/task", in_="#general")
    assert refused.value.code == "app_not_connected"


async def test_an_answer_in_the_channel_is_seen_by_everybody(workspace: LocalWorkspace, app: App) -> None:
    async def answer(request: Any) -> Any:
        return {"text": "For all", "response_type": "in_channel"}

    app.answer = answer
    await workspace.person("ana").types("/task", in_="#random")
    assert (await workspace.person("bo").channel("random").shows("For all")).body["bot_id"] == "B0SCRUMBOT"


async def test_a_response_url_works_five_times(workspace: LocalWorkspace, app: App) -> None:
    ana = workspace.person("ana")
    await ana.types("/task", in_="#general")
    url = (await app.receives("/task")).payload["response_url"]
    async with aiohttp.ClientSession() as session:
        for number in range(5):
            async with session.post(url, json={"text": f"Answer {number}"}) as response:
                assert response.status == 200
        async with session.post(url, json={"text": "One too many"}) as response:
            assert response.status == 404
            assert (await response.json())["error"] == "used_url"
    await ana.channel("general").shows("Answer 4")
