"""How much the workspace takes, and how it misbehaves when told to."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack.errors import RateLimited
from bot.sandbox.slack.rates import STRICT, Limits, Rates
from tests.sandbox.slack.app import App
from tests.sandbox.slack.test_web_api import error_of
from tests.workspace import LocalWorkspace


def test_one_message_a_second_is_taken_after_the_burst() -> None:
    now = [100.0]
    rates = Rates(Limits(post_burst=3), lambda: now[0])
    for _ in range(3):
        rates.take_post("C1")
    with pytest.raises(RateLimited) as limited:
        rates.take_post("C1")
    assert limited.value.retry_after == 1
    rates.take_post("C2")
    now[0] += 1.0
    rates.take_post("C1")
    with pytest.raises(RateLimited):
        rates.take_post("C1")


def test_the_strict_limits_have_no_burst() -> None:
    rates = Rates(STRICT, lambda: 100.0)
    rates.take_post("C1")
    with pytest.raises(RateLimited):
        rates.take_post("C1")


def test_a_method_of_tier_3_is_taken_fifty_times_a_minute() -> None:
    now = [100.0]
    rates = Rates(Limits(), lambda: now[0])
    for _ in range(50):
        rates.take_call("chat.update")
    with pytest.raises(RateLimited) as limited:
        rates.take_call("chat.update")
    assert limited.value.retry_after == 2
    now[0] += 1.2
    rates.take_call("chat.update")


async def test_too_many_posts_are_answered_with_429_and_retry_after(manifest: dict[str, Any]) -> None:
    async with LocalWorkspace.start(manifest=manifest, limits=STRICT, clock=lambda: 1_800_000_000.0) as workspace:
        web = AsyncWebClient(base_url=workspace.api_url, token=workspace.bot_token)
        await web.chat_postMessage(channel="C0WEBTEAM", text="one")
        with pytest.raises(SlackApiError) as error:
            await web.chat_postMessage(channel="C0WEBTEAM", text="two")
        assert error.value.response.status_code == 429
        assert error.value.response.headers["Retry-After"] == "1"
        assert error.value.response["error"] == "ratelimited"
        await web.chat_postMessage(channel="C0TRIAGE01", text="elsewhere")
        assert [message.text for message in await workspace.person("ana").messages("#web")][-1] == "one"


async def test_a_lost_answer_is_carried_out_all_the_same(workspace: LocalWorkspace, web: AsyncWebClient) -> None:
    web.retry_handlers.clear()
    await workspace.has_faults({"on": "chat.postMessage", "kind": "lose_answer"})
    with pytest.raises(aiohttp.ClientError):
        await web.chat_postMessage(channel="C0WEBTEAM", text="Was it posted?")
    await workspace.channel("web").shows("Was it posted?")
    await web.chat_postMessage(channel="C0WEBTEAM", text="The fault is over")


async def test_a_status_or_an_error_carries_nothing_out(workspace: LocalWorkspace, web: AsyncWebClient) -> None:
    await workspace.has_faults(
        {"on": "chat.postMessage", "kind": "status", "status": 503},
        {"on": "chat.postMessage", "kind": "error", "error": "channel_not_found"},
        {"on": "*", "kind": "rate_limit", "retry_after": 7},
    )
    with pytest.raises(SlackApiError) as error:
        await web.chat_postMessage(channel="C0WEBTEAM", text="lost")
    assert error.value.response.status_code == 503
    assert await error_of(web.chat_postMessage(channel="C0WEBTEAM", text="lost")) == "channel_not_found"
    with pytest.raises(SlackApiError) as error:
        await web.auth_test()
    assert error.value.response.headers["Retry-After"] == "7"
    assert (await web.auth_test())["ok"]
    assert not [message for message in await workspace.person("ana").messages("#web") if "lost" in message]


async def test_a_fault_without_end_lasts_until_it_is_replaced(workspace: LocalWorkspace, web: AsyncWebClient) -> None:
    await workspace.has_faults({"on": "auth.test", "kind": "error", "error": "fatal_error", "times": None})
    for _ in range(3):
        assert await error_of(web.auth_test()) == "fatal_error"
    await workspace.has_faults()
    assert (await web.auth_test())["ok"]


async def test_a_slow_answer_comes_late(workspace: LocalWorkspace, web: AsyncWebClient) -> None:
    await workspace.has_faults({"on": "auth.test", "kind": "slow", "seconds": 0.2})
    web.timeout = 0.05  # type: ignore[assignment]
    with pytest.raises(TimeoutError):
        await web.auth_test()


async def test_a_refused_connection_does_not_use_up_other_requests(workspace: LocalWorkspace, app: App) -> None:
    await workspace.has_faults({"on": "socket", "kind": "status", "status": 500})
    url = (await app.web.apps_connections_open(app_token=workspace.app_token))["url"]
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)


@pytest.mark.parametrize(
    ("faults", "sentence"),
    [
        ("all", "is a list"),
        ([{"kind": "slow"}], "A fault looks like"),
        ([{"on": "*", "kind": "explode"}], "is no kind of fault"),
        ([{"on": "*", "kind": "cut"}], "on `socket` only"),
        ([{"on": "*", "kind": "slow", "seconds": "long"}], "are numbers"),
    ],
)
async def test_a_fault_that_makes_no_sense_is_refused_with_a_sentence(
    workspace: LocalWorkspace, faults: Any, sentence: str
) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{workspace.base_url}/_/faults", json={"faults": faults}) as response,
    ):
        assert response.status == 400
        assert sentence in (await response.json())["message"]
