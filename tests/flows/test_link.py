"""A person links their GitHub account: typed in Slack, approved at GitHub, told in Slack."""

from __future__ import annotations

import re

import aiohttp

from tests.flows.conftest import Office
from tests.waiting import until
from tests.workspace import Message


async def approves(office: Office, message: Message, login: str, decision: str = "authorize") -> None:
    """What a person does in the browser behind the button *Open GitHub*."""
    buttons = [one for block in message.blocks if block["type"] == "actions" for one in block["elements"]]
    address = next(one["url"] for one in buttons if one["text"]["text"] == "Open GitHub")
    async with aiohttp.ClientSession() as browser:
        page = await (await browser.get(address)).text()
        code = re.search(r'name="user_code" value="([A-Z-]+)"', page)
        assert code, "the code is filled in"
        form = {"user_code": code[1], "login": login, "decision": decision}
        answer = await browser.post(f"{office.slack.base_url}/github/login/device", data=form)
        assert answer.status == 200


async def github_id(office: Office, slack_id: str) -> str:
    row = await office.row("SELECT github_id FROM users WHERE slack_id = :id", id=slack_id)
    return str(row.github_id)


async def test_linking_ends_with_githubs_number_in_the_row_and_a_word_to_the_person(office: Office) -> None:
    ana = office.person("ana")
    offer = await ana.types("/scrum link", in_="#web")
    assert offer.body["ephemeral"]
    await ana.presses("Open GitHub", on=offer)
    await approves(office, offer, "ana-gh")

    await ana.direct_message_from_bot().shows("linked to the GitHub account ana-gh", within=15)
    await ana.channel("web").shows("linked to the GitHub account ana-gh", within=15)
    await ana.channel("web").hides("Open GitHub")
    assert await github_id(office, "U0SAMPLEANA") == "5100001"

    me = await ana.types("/scrum whoami", in_="#web")
    for words in ("ana-gh", "you signed in there yourself", "developer"):
        assert words in me


async def test_somebody_without_an_account_is_told_how_to_get_one_and_works_without(office: Office) -> None:
    rob = office.person("rob")
    me = await rob.types("/scrum whoami", in_="#general")
    assert "not linked" in me
    await rob.presses("Link GitHub", on=me)
    offer = await rob.channel("general").shows("Link your GitHub account", "Cancel")
    await rob.presses("Cancel", on=offer)
    await rob.channel("general").shows("no GitHub account was linked")
    assert (await github_id(office, "U0SAMPLEROB")).startswith("slack:")


async def test_an_account_is_one_persons_only(office: Office) -> None:
    ana, bo = office.person("ana"), office.person("bo")
    await approves(office, await ana.types("/scrum link", in_="#web"), "ana-gh")
    await ana.direct_message_from_bot().shows("linked to the GitHub account ana-gh", within=15)
    await approves(office, await bo.types("/scrum link", in_="#web"), "ana-gh")
    await bo.direct_message_from_bot().shows("already linked to somebody else", within=15)
    assert await github_id(office, "U0SAMPLEANA") == "5100001"

    await ana.types("/scrum unlink", in_="#web")
    assert (await github_id(office, "U0SAMPLEANA")).startswith("slack:")


async def test_a_new_time_zone_in_slack_is_the_bots_too(office: Office) -> None:
    await office.person("ada").does("profile", user="U0SAMPLEANA", tz="Asia/Kathmandu")

    async def has_moved() -> bool:
        row = await office.row("SELECT time_zone FROM users WHERE slack_id = 'U0SAMPLEANA'")
        return bool(row.time_zone == "Asia/Kathmandu")

    await until(has_moved)
