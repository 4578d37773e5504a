"""The two requests of the device flow, against the local GitHub and against one that misbehaves."""

import aiohttp
import pytest
from aiohttp import web

from bot.github.failures import GitHubRefused, GitHubUnavailable
from bot.github.sign_in import Denied, DeviceCode, Expired, Pending, Poll, SlowDown, Token, poll, start
from tests.local_github import CLIENT_ID, Clock, RunningGitHub, answering, local_github


async def begin(hub: RunningGitHub, http: aiohttp.ClientSession) -> DeviceCode:
    return await start(http, github_url=hub.url, client_id=CLIENT_ID)


async def ask(hub: RunningGitHub, http: aiohttp.ClientSession, code: DeviceCode, interval: int = 5) -> Poll:
    return await poll(
        http,
        github_url=hub.url,
        client_id=CLIENT_ID,
        device_code=code.device_code,
        interval_seconds=interval,
    )


async def decide(hub: RunningGitHub, http: aiohttp.ClientSession, code: DeviceCode, decision: str) -> None:
    form = {"user_code": code.user_code, "login": "tess-gh", "decision": decision}
    assert (await http.post(code.verification_uri, data=form)).status == 200


async def test_a_sign_in_goes_from_pending_to_a_token_and_is_then_used_up(
    hub: RunningGitHub, http: aiohttp.ClientSession, clock: Clock
) -> None:
    code = await begin(hub, http)
    assert (code.interval_seconds, code.expires_in_seconds) == (5, 900)
    assert code.verification_uri == f"{hub.url}/login/device"
    assert await ask(hub, http, code) == Pending()
    await decide(hub, http, code, "authorize")
    clock.now += 5
    assert isinstance(await ask(hub, http, code), Token)
    clock.now += 5
    assert await ask(hub, http, code) == Expired()


async def test_too_early_a_poll_is_told_the_new_interval(hub: RunningGitHub, http: aiohttp.ClientSession) -> None:
    code = await begin(hub, http)
    await ask(hub, http, code)
    assert await ask(hub, http, code) == SlowDown(10)


async def test_a_cancelled_and_an_expired_sign_in_end(
    hub: RunningGitHub, http: aiohttp.ClientSession, clock: Clock
) -> None:
    cancelled, late = await begin(hub, http), await begin(hub, http)
    await decide(hub, http, cancelled, "cancel")
    assert await ask(hub, http, cancelled) == Denied()
    clock.now += 900
    assert await ask(hub, http, late) == Expired()


async def test_secrets_do_not_stand_in_a_log_line(hub: RunningGitHub, http: aiohttp.ClientSession) -> None:
    code = await begin(hub, http)
    assert code.device_code not in repr(code)
    assert "ghu_secret" not in repr(Token("ghu_secret"))


async def test_an_app_that_github_does_not_know_is_an_admins_affair(
    hub: RunningGitHub, http: aiohttp.ClientSession
) -> None:
    with pytest.raises(GitHubRefused, match="GITHUB_CLIENT_ID"):
        await start(http, github_url=hub.url, client_id="other")
    code = await begin(hub, http)
    with pytest.raises(GitHubRefused, match="incorrect_client_credentials"):
        await poll(http, github_url=hub.url, client_id="other", device_code=code.device_code, interval_seconds=5)


async def test_a_switched_off_device_flow_is_named(http: aiohttp.ClientSession) -> None:
    async with local_github(device_flow=False) as hub:
        with pytest.raises(GitHubRefused, match="device flow"):
            await begin(hub, http)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (502, "<html>Unicorn</html>"),
        (500, "{}"),
        (429, "{}"),
        (200, ""),
        (200, "<html>"),
        (200, "[]"),
        (200, "{}"),
        (200, '{"device_code": "a", "user_code": "b", "verification_uri": "c", "interval": 0, "expires_in": 9}'),
        (200, '{"device_code": "a", "user_code": 5, "verification_uri": "c", "interval": 5, "expires_in": 9}'),
        (200, '{"access_token": ""}'),
        (302, ""),
    ],
)
async def test_an_answer_that_cannot_be_read_is_trouble_not_a_crash(
    http: aiohttp.ClientSession, status: int, body: str
) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status, text=body)

    async with answering(answer) as url:
        with pytest.raises(GitHubUnavailable):
            await start(http, github_url=url, client_id=CLIENT_ID)
        with pytest.raises(GitHubUnavailable):
            await poll(http, github_url=url, client_id=CLIENT_ID, device_code="a", interval_seconds=5)


async def test_a_slow_down_without_a_number_adds_five_seconds(http: aiohttp.ClientSession) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.json_response({"error": "slow_down"})

    async with answering(answer) as url:
        told = await poll(http, github_url=url, client_id=CLIENT_ID, device_code="a", interval_seconds=7)
    assert told == SlowDown(12)


async def test_nobody_there_is_said_in_a_sentence(http: aiohttp.ClientSession) -> None:
    with pytest.raises(GitHubUnavailable, match="does not answer"):
        await start(http, github_url="http://127.0.0.1:1", client_id=CLIENT_ID)
