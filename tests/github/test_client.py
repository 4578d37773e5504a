"""Asking GitHub through PyGithub: the answers, and every way of failing."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.github.client import Account, GitHub
from bot.github.failures import GitHubRefused, GitHubUnavailable
from tests.local_github import TOKEN, RunningGitHub, answering


@pytest.fixture
async def client(hub: RunningGitHub) -> AsyncIterator[GitHub]:
    client = GitHub(api_url=hub.api, token=TOKEN, pause=False)
    yield client
    await client.close()


async def test_the_owner_of_a_token_is_read(client: GitHub, hub: RunningGitHub) -> None:
    me = await client.account_of(TOKEN)
    assert me == Account(5_100_090, "sample-scrum[bot]", "Sample Scrum", f"{hub.url}/avatars/5100090.svg")


async def test_an_account_is_found_by_login_or_is_none(client: GitHub) -> None:
    found = await client.account("ana-gh")
    assert found is not None
    assert (found.id, found.name) == (5_100_001, "Ana Sample")
    assert await client.account("nobody-of-that-name") is None


async def test_without_a_token_of_its_own_it_asks_as_anybody(hub: RunningGitHub) -> None:
    client = GitHub(api_url=hub.api, token=None, pause=False)
    assert await client.account("bo-gh") is not None
    await client.close()


async def test_a_wrong_token_is_refused(client: GitHub) -> None:
    with pytest.raises(GitHubRefused, match="token"):
        await client.account_of("ghu_wrong")


async def test_many_at_once_are_answered_each_with_their_own(client: GitHub) -> None:
    logins = ["ana-gh", "bo-gh", "tess-gh", "mia-gh"] * 5
    found = await asyncio.gather(*(client.account(login) for login in logins))
    assert [one.login for one in found if one] == logins


@pytest.mark.parametrize(
    "body",
    ["not json", "[]", "{}", "{", '{"id": "5", "login": "ana-gh"}', '{"id": 5, "login": null}', '{"id": 5, "url": 7}'],
)
async def test_an_answer_that_is_no_account_is_trouble_not_a_crash(body: str) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=body, content_type="application/json")

    async with answering(answer) as url:
        client = GitHub(api_url=url, token=TOKEN, pause=False)
        with pytest.raises(GitHubUnavailable):
            await client.account("ana-gh")
        with pytest.raises(GitHubUnavailable):
            await client.account_of("ghu_some")
        await client.close()


async def test_a_passing_fault_is_got_over_and_a_lasting_one_is_told() -> None:
    faults = 2

    async def answer(request: web.Request) -> web.Response:
        nonlocal faults
        faults -= 1
        if faults >= 0:
            return web.Response(status=502)
        return web.json_response({"id": 7, "login": "ana-gh", "url": str(request.url)})

    async with answering(answer) as url:
        client = GitHub(api_url=url, token=TOKEN, pause=False)
        assert (await client.account("ana-gh")) == Account(7, "ana-gh", None, "")
        faults = 100
        with pytest.raises(GitHubUnavailable, match="Try again"):
            await client.account("ana-gh")
        assert faults == 96, "one request and three more tries"
        await client.close()


async def test_a_rate_limit_far_away_is_not_waited_for() -> None:
    async def answer(request: web.Request) -> web.Response:
        headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "4000000000"}
        return web.json_response({"message": "API rate limit exceeded for x."}, status=403, headers=headers)

    async with answering(answer) as url:
        client = GitHub(api_url=url, token=TOKEN, pause=False)
        async with asyncio.timeout(5):
            with pytest.raises(GitHubUnavailable, match="wait"):
                await client.account("ana-gh")
        await client.close()


async def test_a_missing_right_is_a_refusal() -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.json_response({"message": "Resource not accessible by integration"}, status=403)

    async with answering(answer) as url:
        client = GitHub(api_url=url, token=TOKEN, pause=False)
        with pytest.raises(GitHubRefused, match="403"):
            await client.account("ana-gh")
        await client.close()


async def test_nobody_there_is_said_in_a_sentence() -> None:
    client = GitHub(api_url="http://127.0.0.1:1", token=TOKEN, pause=False)
    with pytest.raises(GitHubUnavailable, match="does not answer"):
        await client.account("ana-gh")
    await client.close()
