"""The device flow as RFC 8628 and GitHub describe it, and the page that approves a code."""

import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import pytest

from tests.local_github import CLIENT_ID, CLIENT_SECRET, Clock, RunningGitHub, local_github

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
JSON = {"Accept": "application/json"}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def hub(clock: Clock) -> AsyncIterator[RunningGitHub]:
    async with local_github(clock=clock) as running:
        yield running


async def begin(hub: RunningGitHub, http: aiohttp.ClientSession) -> dict[str, Any]:
    answer = await http.post(f"{hub.url}/login/device/code", data={"client_id": CLIENT_ID}, headers=JSON)
    assert answer.status == 200
    codes: dict[str, Any] = await answer.json()
    return codes


async def poll(hub: RunningGitHub, http: aiohttp.ClientSession, code: str, **more: str) -> dict[str, Any]:
    fields = {"client_id": CLIENT_ID, "device_code": code, "grant_type": GRANT} | more
    answer = await http.post(f"{hub.url}/login/oauth/access_token", data=fields, headers=JSON)
    told: dict[str, Any] = await answer.json()
    return told


async def decide(
    hub: RunningGitHub, http: aiohttp.ClientSession, code: str, decision: str = "authorize", login: str = "ana-gh"
) -> tuple[int, str]:
    form = {"user_code": code, "login": login, "decision": decision}
    answer = await http.post(f"{hub.url}/login/device", data=form)
    return answer.status, await answer.text()


async def test_an_approved_code_gives_a_token_once(
    hub: RunningGitHub, http: aiohttp.ClientSession, clock: Clock
) -> None:
    codes = await begin(hub, http)
    assert re.fullmatch(r"[A-Z]{4}-[A-Z]{4}", codes["user_code"])
    assert codes["verification_uri"] == f"{hub.url}/login/device"
    assert (codes["expires_in"], codes["interval"]) == (900, 5)
    assert (await poll(hub, http, codes["device_code"]))["error"] == "authorization_pending"

    status, page = await decide(hub, http, codes["user_code"])
    assert (status, "ana-gh" in page) == (200, True)
    clock.now += 5
    told = await poll(hub, http, codes["device_code"])
    assert (told["token_type"], told["scope"]) == ("bearer", "")
    me = await http.get(f"{hub.api}/user", headers={"Authorization": f"Bearer {told['access_token']}"})
    assert (await me.json())["id"] == 5_100_001

    clock.now += 5
    assert (await poll(hub, http, codes["device_code"]))["error"] == "incorrect_device_code"


async def test_the_code_may_be_typed_small_and_without_its_dash(
    hub: RunningGitHub, http: aiohttp.ClientSession
) -> None:
    codes = await begin(hub, http)
    assert (await decide(hub, http, f" {codes['user_code'].lower().replace('-', '')} "))[0] == 200
    assert "access_token" in await poll(hub, http, codes["device_code"])


async def test_polling_too_early_costs_five_seconds_more_each_time(
    hub: RunningGitHub, http: aiohttp.ClientSession, clock: Clock
) -> None:
    code = (await begin(hub, http))["device_code"]
    await poll(hub, http, code)
    clock.now += 4
    told = await poll(hub, http, code)
    assert (told["error"], told["interval"]) == ("slow_down", 10)
    clock.now += 9
    assert (await poll(hub, http, code))["interval"] == 15
    clock.now += 15
    assert (await poll(hub, http, code))["error"] == "authorization_pending"


async def test_a_code_expires_after_a_quarter_of_an_hour(
    hub: RunningGitHub, http: aiohttp.ClientSession, clock: Clock
) -> None:
    codes = await begin(hub, http)
    clock.now += 900
    assert (await poll(hub, http, codes["device_code"]))["error"] == "expired_token"
    status, page = await decide(hub, http, codes["user_code"])
    assert (status, "expired" in page) == (422, True)


async def test_cancelling_denies_also_where_no_account_was_chosen(
    hub: RunningGitHub, http: aiohttp.ClientSession
) -> None:
    codes = await begin(hub, http)
    form = await (await http.get(f"{hub.url}/login/device")).text()
    assert re.search(r'<button [^>]*value="cancel"[^>]* formnovalidate', form)
    assert (await decide(hub, http, codes["user_code"], "cancel", login=""))[0] == 200
    assert (await poll(hub, http, codes["device_code"]))["error"] == "access_denied"
    assert (await decide(hub, http, codes["user_code"]))[0] == 422


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"client_id": "other"}, "incorrect_client_credentials"),
        ({"client_secret": "wrong"}, "incorrect_client_credentials"),
        ({"device_code": "0" * 40}, "incorrect_device_code"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_secret": CLIENT_SECRET}, "authorization_pending"),
    ],
)
async def test_a_wrong_poll_is_told_what_is_wrong(
    hub: RunningGitHub, http: aiohttp.ClientSession, fields: dict[str, str], error: str
) -> None:
    code = (await begin(hub, http))["device_code"]
    told = await poll(hub, http, code, **fields)
    assert told["error"] == error
    assert told["error_description"]


async def test_answers_are_a_form_unless_json_is_asked_for(hub: RunningGitHub, http: aiohttp.ClientSession) -> None:
    answer = await http.post(f"{hub.url}/login/device/code", data={"client_id": CLIENT_ID})
    assert answer.content_type == "application/x-www-form-urlencoded"
    assert parse_qs(await answer.text())["interval"] == ["5"]


async def test_parameters_may_come_as_json_or_in_the_query(hub: RunningGitHub, http: aiohttp.ClientSession) -> None:
    address = f"{hub.url}/login/device/code"
    assert "user_code" in await (await http.post(address, json={"client_id": CLIENT_ID}, headers=JSON)).json()
    assert "user_code" in await (await http.post(f"{address}?client_id={CLIENT_ID}", headers=JSON)).json()


async def test_an_unknown_app_and_a_switched_off_flow_are_refused(http: aiohttp.ClientSession) -> None:
    async with local_github(device_flow=False) as hub:
        address = f"{hub.url}/login/device/code"
        assert (await http.post(address, data={"client_id": "other"}, headers=JSON)).status == 404
        told = await (await http.post(address, data={"client_id": CLIENT_ID}, headers=JSON)).json()
        assert told["error"] == "device_flow_disabled"


async def test_the_page_is_filled_in_from_its_address(hub: RunningGitHub, http: aiohttp.ClientSession) -> None:
    address = f"{hub.url}/login/device"
    page = await (await http.get(address, params={"user_code": "ABCD-EFGH", "as": "U0SAMPLETESS"})).text()
    assert 'value="ABCD-EFGH"' in page
    assert re.findall(r'value="([a-z-]+)" required checked', page) == ["tess-gh"]
    empty = await (await http.get(address)).text()
    assert "checked" not in empty.split("</style>")[1]
    sneaky = await (await http.get(address, params={"user_code": '"><script>'})).text()
    assert "<script>" not in sneaky


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"user_code": "", "login": "ana-gh", "decision": "authorize"}, "Enter the eight letters"),
        ({"user_code": "ZZZZ-ZZZZ", "login": "ana-gh", "decision": "authorize"}, "no sign-in with this code"),
        ({"user_code": "ZZZZ-ZZZZ", "login": "", "decision": "authorize"}, "Choose the account"),
        ({"user_code": "ZZZZ-ZZZZ", "login": "sample-scrum[bot]", "decision": "authorize"}, "Choose the account"),
        ({"user_code": "ZZZZ-ZZZZ", "login": "ana-gh"}, "Press Authorize or Cancel"),
    ],
)
async def test_the_page_says_what_is_wrong_and_keeps_the_code(
    hub: RunningGitHub, http: aiohttp.ClientSession, form: dict[str, str], sentence: str
) -> None:
    answer = await http.post(f"{hub.url}/login/device", data=form)
    page = await answer.text()
    assert answer.status == 422
    assert sentence in re.sub(r"<[^>]+>", "", page.split('role="alert"')[1])
    assert f'value="{form["user_code"]}"' in page


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
async def test_another_sites_form_is_refused(
    hub: RunningGitHub, http: aiohttp.ClientSession, headers: dict[str, str]
) -> None:
    codes = await begin(hub, http)
    form = {"user_code": codes["user_code"], "login": "ana-gh", "decision": "authorize"}
    assert (await http.post(f"{hub.url}/login/device", data=form, headers=headers)).status == 403
    assert (await poll(hub, http, codes["device_code"]))["error"] == "authorization_pending"
    own = {"Origin": hub.root}
    assert (await http.post(f"{hub.url}/login/device", data=form, headers=own)).status == 200
