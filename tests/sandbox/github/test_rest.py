"""The local GitHub's REST API, asked by PyGithub as the bot asks it, and byte by byte where the shape matters."""

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp
import github
import pytest

from tests.local_github import CLIENT_ID, TOKEN, Clock, RunningGitHub, local_github

AS_APP = {"Authorization": f"Bearer {TOKEN}"}


async def asking(hub: RunningGitHub, ask: Callable[[github.Github], Any], token: str | None = TOKEN) -> Any:
    def run() -> Any:
        auth = github.Auth.Token(token) if token else None
        with github.Github(
            auth=auth, base_url=hub.api, retry=None, seconds_between_requests=0, seconds_between_writes=0
        ) as api:
            return ask(api)

    return await asyncio.to_thread(run)


async def user_token(hub: RunningGitHub, http: aiohttp.ClientSession, login: str = "ana-gh") -> str:
    """A token as the device flow gives it."""
    json = {"Accept": "application/json"}
    begun = await http.post(f"{hub.url}/login/device/code", data={"client_id": CLIENT_ID}, headers=json)
    codes = await begun.json()
    form = {"user_code": codes["user_code"], "login": login, "decision": "authorize"}
    assert (await http.post(f"{hub.url}/login/device", data=form)).status == 200
    poll = {
        "client_id": CLIENT_ID,
        "device_code": codes["device_code"],
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
    }
    answer = await http.post(f"{hub.url}/login/oauth/access_token", data=poll, headers=json)
    return str((await answer.json())["access_token"])


async def test_accounts_are_found_by_token_login_and_id(hub: RunningGitHub, http: aiohttp.ClientSession) -> None:
    token = await user_token(hub, http)
    assert await asking(hub, lambda api: (api.get_user().login, api.get_user().id), token) == (
        "ana-gh",
        5_100_001,
    )
    assert await asking(hub, lambda api: api.get_user("BO-gh").name) == "Bo Sample"
    assert await asking(hub, lambda api: api.get_user_by_id(5_100_003).login) == "tess-gh"
    with pytest.raises(github.UnknownObjectException):
        await asking(hub, lambda api: api.get_user("nobody-of-that-name"))


async def test_a_wrong_token_is_refused_in_githubs_words(hub: RunningGitHub, http: aiohttp.ClientSession) -> None:
    answer = await http.get(f"{hub.api}/user", headers={"Authorization": "Bearer ghu_wrong"})
    assert answer.status == 401
    assert await answer.json() == {
        "message": "Bad credentials",
        "documentation_url": "https://docs.github.com/rest",
        "status": "401",
    }


async def test_no_token_at_all_has_no_user(hub: RunningGitHub, http: aiohttp.ClientSession) -> None:
    answer = await http.get(f"{hub.api}/user")
    assert (answer.status, (await answer.json())["message"]) == (401, "Requires authentication")


async def test_a_persons_token_neither_sees_what_is_private_nor_writes(
    hub: RunningGitHub, http: aiohttp.ClientSession
) -> None:
    token = await user_token(hub, http)
    with pytest.raises(github.UnknownObjectException):
        await asking(hub, lambda api: api.get_repo("sample/api"), token)
    with pytest.raises(github.GithubException, match="not accessible"):
        await asking(hub, lambda api: api.get_repo("sample/web").create_issue("No"), token)
    assert await asking(hub, lambda api: api.get_repo("sample/api").private) is True


async def test_what_github_does_not_have_is_not_found(hub: RunningGitHub, http: aiohttp.ClientSession) -> None:
    for path in ("/nonsense", "/repos/sample/none", "/repos/sample/web/issues/99", "/repos/sample/web/issues/x"):
        answer = await http.get(hub.api + path, headers=AS_APP)
        assert (answer.status, (await answer.json())["message"]) == (404, "Not Found"), path


async def test_an_issue_lives_from_opened_to_reopened(hub: RunningGitHub) -> None:
    def live(api: github.Github) -> None:
        web = api.get_repo("sample/web")
        issue = web.create_issue("The cart loses items", "After a reload.", labels=["bug"], assignees=["bo-gh"])
        assert issue.number == 5
        assert issue.user.login == "sample-scrum[bot]"
        assert [one.name for one in issue.labels] == ["bug"]
        assert [one.login for one in issue.assignees] == ["bo-gh"]

        issue.edit(title="The cart loses everything", state="closed", state_reason="not_planned")
        again = web.get_issue(5)
        assert (again.title, again.state, again.state_reason) == (
            "The cart loses everything",
            "closed",
            "not_planned",
        )
        assert again.closed_at is not None
        assert again.closed_by.login == "sample-scrum[bot]"

        again.edit(state="open")
        assert (again.state, again.state_reason, again.closed_at) == ("open", "reopened", None)

    await asking(hub, live)
    assert hub.changes[-1] == "sample/web"


async def test_comments_are_written_changed_and_removed(hub: RunningGitHub) -> None:
    def talk(api: github.Github) -> None:
        issue = api.get_repo("sample/web").get_issue(2)
        comment = issue.create_comment("Is <b>this</b> & that meant?")
        assert issue.get_comment(comment.id).body == "Is <b>this</b> & that meant?"
        comment.edit("Never mind.")
        assert [one.body for one in issue.get_comments()] == ["Never mind."]
        assert api.get_repo("sample/web").get_issue(2).comments == 1
        comment.delete()
        assert list(issue.get_comments()) == []

    await asking(hub, talk)


async def test_labels_are_added_replaced_and_removed(hub: RunningGitHub) -> None:
    def label(api: github.Github) -> None:
        web = api.get_repo("sample/web")
        issue = web.get_issue(1)
        issue.add_to_labels("question", "made just now")
        assert {one.name for one in issue.get_labels()} == {"bug", "question", "made just now"}
        issue.remove_from_labels("BUG")
        issue.set_labels("enhancement")
        assert [one.name for one in issue.get_labels()] == ["enhancement"]
        issue.delete_labels()
        assert list(issue.get_labels()) == []
        made = web.create_label("urgent", "ff0000")
        with pytest.raises(github.GithubException) as refused:
            web.create_label("URGENT", "00ff00")
        assert refused.value.status == 422
        made.delete()

    await asking(hub, label)


async def test_who_cannot_be_assigned_is_left_out_silently_when_added(hub: RunningGitHub) -> None:
    def assign(api: github.Github) -> None:
        web = api.get_repo("sample/web")
        issue = web.get_issue(2)
        issue.add_to_assignees("mia-gh", "tess-gh", "nobody-of-that-name")
        assert [one.login for one in web.get_issue(2).assignees] == ["tess-gh"]
        issue.remove_from_assignees("tess-gh")
        assert web.get_issue(2).assignees == []
        assert web.has_in_assignees("ana-gh")
        assert not web.has_in_assignees("mia-gh")

    await asking(hub, assign)


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "title", "missing_field"),
        ({"title": "  "}, "title", "missing_field"),
        ({"title": "x" * 257}, "title", "custom"),
        ({"title": ["a"]}, "title", "invalid"),
        ({"title": "a", "body": 5}, "body", "invalid"),
        ({"title": "a", "body": "x" * 65_537}, "body", "custom"),
        ({"title": "a", "assignees": ["mia-gh"]}, "assignees", "invalid"),
        ({"title": "a", "labels": "bug"}, "labels", "invalid"),
    ],
)
async def test_a_wrong_issue_is_refused_with_the_field(
    hub: RunningGitHub, http: aiohttp.ClientSession, body: dict[str, Any], field: str, code: str
) -> None:
    answer = await http.post(f"{hub.api}/repos/sample/web/issues", json=body, headers=AS_APP)
    told = await answer.json()
    assert (answer.status, told["message"]) == (422, "Validation Failed")
    assert (told["errors"][0]["field"], told["errors"][0]["code"]) == (field, code)
    listed = await http.get(f"{hub.api}/repos/sample/web/issues?state=all", headers=AS_APP)
    assert len(await listed.json()) == 4


async def test_a_body_that_is_no_json_is_refused(hub: RunningGitHub, http: aiohttp.ClientSession) -> None:
    answer = await http.post(f"{hub.api}/repos/sample/web/issues", data=b"{", headers=AS_APP)
    assert (answer.status, (await answer.json())["message"]) == (400, "Problems parsing JSON")


async def test_lists_are_filtered(hub: RunningGitHub) -> None:
    def numbers(**wanted: Any) -> Callable[[github.Github], list[int]]:
        return lambda api: [one.number for one in api.get_repo("sample/web").get_issues(**wanted)]

    assert await asking(hub, numbers()) == [3, 2, 1]
    assert await asking(hub, numbers(state="closed")) == [4]
    assert await asking(hub, numbers(state="all", assignee="ana-gh")) == [4, 1]
    assert await asking(hub, numbers(assignee="none")) == [2]
    assert await asking(hub, numbers(labels=["enhancement", "priority: low"])) == [3]
    assert await asking(hub, numbers(creator="mia-gh")) == [2]
    assert await asking(hub, numbers(direction="asc")) == [1, 2, 3]


async def test_long_lists_come_in_pages(hub: RunningGitHub, http: aiohttp.ClientSession) -> None:
    first = await http.get(f"{hub.api}/repos/sample/web/issues?per_page=2", headers=AS_APP)
    assert [one["number"] for one in await first.json()] == [3, 2]
    assert set(first.links) == {"next", "last"}
    following = await http.get(first.links["next"]["url"], headers=AS_APP)
    assert [one["number"] for one in await following.json()] == [1]
    assert set(following.links) == {"prev", "first"}

    def all_pages(api: github.Github) -> list[int]:
        return [one.number for one in api.get_repo("sample/web").get_issues(state="all")]

    assert await asking(hub, all_pages) == [4, 3, 2, 1]


async def test_an_unchanged_answer_is_304(hub: RunningGitHub, http: aiohttp.ClientSession) -> None:
    address = f"{hub.api}/repos/sample/web/issues/1"
    first = await http.get(address, headers=AS_APP)
    asked = AS_APP | {"If-None-Match": first.headers["ETag"]}
    assert (await http.get(address, headers=asked)).status == 304
    await http.patch(address, json={"title": "Another title"}, headers=AS_APP)
    assert (await http.get(address, headers=asked)).status == 200


async def test_addresses_have_the_host_of_the_request(hub: RunningGitHub, http: aiohttp.ClientSession) -> None:
    answer = await http.get(f"{hub.api}/repos/sample/web/issues/1", headers={"Host": "git.example:81"})
    issue = await answer.json()
    for name in ("url", "html_url", "repository_url", "comments_url"):
        assert issue[name].startswith("http://git.example:81/github/")
    assert (await http.get(f"{hub.root}/github/sample/web/issues/1")).status == 200


async def test_the_rate_limit_is_told_and_kept(http: aiohttp.ClientSession) -> None:
    clock = Clock()
    async with local_github(hourly_limit=2, clock=clock) as hub:
        left = []
        for _ in range(2):
            answer = await http.get(f"{hub.api}/user", headers=AS_APP)
            left.append(answer.headers["X-RateLimit-Remaining"])
        assert left == ["1", "0"]
        refused = await http.get(f"{hub.api}/user", headers=AS_APP)
        assert refused.status == 403
        assert refused.headers["X-RateLimit-Remaining"] == "0"
        assert (await refused.json())["message"].startswith("API rate limit exceeded")
        rate = await (await http.get(f"{hub.api}/rate_limit", headers=AS_APP)).json()
        assert (rate["rate"]["remaining"], rate["rate"]["limit"]) == (0, 2)
        clock.now = float(refused.headers["X-RateLimit-Reset"]) + 1
        assert (await http.get(f"{hub.api}/user", headers=AS_APP)).status == 200


async def test_every_request_needs_a_user_agent(hub: RunningGitHub, http: aiohttp.ClientSession) -> None:
    answer = await http.get(f"{hub.api}/user", headers=AS_APP, skip_auto_headers={"User-Agent"})
    assert answer.status == 403


async def test_the_addresses_people_click_lead_to_pages(hub: RunningGitHub, http: aiohttp.ClientSession) -> None:
    issue = await (await http.get(f"{hub.api}/repos/sample/web/issues/1", headers=AS_APP)).json()
    assert "Sign-in page jumps" in await (await http.get(issue["html_url"])).text()
    assert "Ana Sample" in await (await http.get(issue["assignee"]["html_url"])).text()
    avatar = await http.get(issue["assignee"]["avatar_url"])
    assert avatar.content_type == "image/svg+xml"
    assert (await http.get(f"{hub.url}/sample/web/issues/99")).status == 404


async def test_what_people_wrote_is_text_on_the_pages(hub: RunningGitHub, http: aiohttp.ClientSession) -> None:
    body = {"title": "<script>alert(1)</script>", "body": '"><img src=x>'}
    made = await (await http.post(f"{hub.api}/repos/sample/web/issues", json=body, headers=AS_APP)).json()
    page = await (await http.get(made["html_url"])).text()
    assert "<script>" not in page
    assert "<img src=x>" not in page
