"""Linking a GitHub account: the whole way through the local GitHub, and every way it can end."""

import asyncio
import re
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from bot.context import Context
from bot.errors import Refusal
from bot.settings import Settings
from bot.slack.request import Reply
from bot.users import sign_ins
from bot.users.github import SignInLoop, poll
from bot.users.slack import link, link_cancelled, link_opened, unlink, who_am_i
from tests.local_github import Clock, RunningGitHub
from tests.users.conftest import TEAM, FewOfSlack, Office
from tests.waiting import until

ANA, BO = "U0SAMPLEANA", "U0SAMPLEBO"


def said(reply: object) -> str:
    assert isinstance(reply, Reply)
    return reply.text


def button(reply: object, label: str) -> dict[str, Any]:
    assert isinstance(reply, Reply)
    buttons = [one for block in reply.blocks if block["type"] == "actions" for one in block["elements"]]
    return next(one for one in buttons if one["text"]["text"] == label)


async def begin(office: Office, slack_id: str = ANA) -> str:
    """Type `/scrum link`; the answer is the code."""
    found = re.search(r"code ([A-Z]{4}-[A-Z]{4})", said(await link(office.context, office.request(slack_id))))
    assert found
    return found[1]


async def decide(hub: RunningGitHub, code: str, decision: str = "authorize", login: str = "ana-gh") -> None:
    form = {"user_code": code, "login": login, "decision": decision}
    async with aiohttp.ClientSession() as browser:
        assert (await browser.post(f"{hub.url}/login/device", data=form)).status == 200


async def poll_now(office: Office, clock: Clock, seconds: float = 5) -> None:
    """Let the time between two polls pass, and poll."""
    clock.now += seconds
    await office.run("UPDATE internal.sign_ins SET poll_at = now()")
    await poll(office.context)


async def waiting(office: Office) -> list[dict[str, Any]]:
    return await office.rows("SELECT * FROM internal.sign_ins ORDER BY id")


async def test_signing_in_at_github_links_the_account(
    office: Office, hub: RunningGitHub, clock: Clock, slack: FewOfSlack
) -> None:
    offered = await link(office.context, office.request(ANA))
    address = button(offered, "Open GitHub")["url"]
    code = parse_qs(urlsplit(address).query)["user_code"][0]
    assert address.startswith(f"{hub.url}/login/device?")
    assert code in said(offered)

    await poll_now(office, clock)
    assert (await office.user(ANA))["link_kind"] is None
    await decide(hub, code)
    await poll_now(office, clock)

    ana = await office.user(ANA)
    assert (ana["github_id"], ana["github_login"], ana["link_kind"]) == ("5100001", "ana-gh", "self")
    assert ana["linked_at"] is not None
    verb, actor, changes = (await office.events(ana["id"]))[-1]
    assert (verb, actor, changes["github_id"]) == ("linked", ana["id"], [f"slack:{TEAM}:{ANA}", "5100001"])
    assert "linked to the GitHub account ana-gh" in slack.answers[-1]["text"]
    assert slack.answers[-1]["replace_original"] is True
    assert ["linked to the GitHub account ana-gh" in one for one in await office.direct_messages(ANA)] == [True]
    assert await waiting(office) == []


async def test_neither_the_device_code_nor_the_answers_address_lies_open(office: Office, hub: RunningGitHub) -> None:
    await begin(office)
    (row,) = await waiting(office)
    stored = b"".join(bytes(one) for one in row.values() if isinstance(one, bytes | memoryview))
    assert b"/response" not in stored
    assert not re.search(rb"[0-9a-f]{40}", stored)


async def test_asking_again_shows_the_code_that_waits(office: Office) -> None:
    assert await begin(office) == await begin(office)
    assert len(await waiting(office)) == 1


async def test_cancelling_in_slack_forgets_the_sign_in(office: Office, hub: RunningGitHub, clock: Clock) -> None:
    code = await begin(office)
    cancelled = await link_cancelled(office.context, office.request(ANA, "action"))
    assert "no GitHub account was linked" in said(cancelled)
    await decide(hub, code)
    await poll_now(office, clock)
    assert (await office.user(ANA))["link_kind"] is None
    again = await link_cancelled(office.context, office.request(ANA, "action"))
    assert "nothing left to cancel" in said(again)


async def test_cancelling_at_github_is_told_where_it_was_asked(
    office: Office, hub: RunningGitHub, clock: Clock, slack: FewOfSlack
) -> None:
    await decide(hub, await begin(office), "cancel")
    await poll_now(office, clock)
    assert "pressed Cancel" in slack.answers[-1]["text"]
    assert await waiting(office) == []
    assert await office.direct_messages(ANA) == []


async def test_a_code_not_used_in_time_is_told(office: Office, clock: Clock, slack: FewOfSlack) -> None:
    await begin(office)
    await poll_now(office, clock, 900)
    assert "not used in time" in slack.answers[-1]["text"]
    assert await waiting(office) == []


async def test_a_row_past_its_time_ends_without_asking_github(
    office: Office, clock: Clock, slack: FewOfSlack, hub: RunningGitHub
) -> None:
    await begin(office)
    await office.run("UPDATE internal.sign_ins SET expires_at = now()")
    await poll_now(office, clock)
    assert "not used in time" in slack.answers[-1]["text"]


async def test_where_slack_takes_no_answer_any_more_a_direct_message_tells(
    office: Office, hub: RunningGitHub, clock: Clock, slack: FewOfSlack
) -> None:
    await decide(hub, await begin(office), "cancel")
    slack.trouble = 404
    await poll_now(office, clock)
    assert ["pressed Cancel" in one for one in await office.direct_messages(ANA)] == [True]


async def test_githubs_interval_is_kept_and_made_longer_when_it_says_so(office: Office, clock: Clock) -> None:
    await begin(office)
    due = await poll(office.context)
    assert due is not None
    assert 0 < due <= 5
    (row,) = await waiting(office)
    assert 4 < (row["poll_at"] - row["created_at"]).total_seconds() <= 5, "not asked before the interval"
    await poll_now(office, clock)
    await poll_now(office, clock, 1)
    (row,) = await waiting(office)
    assert row["interval_seconds"] == 10


async def test_two_processes_ask_about_a_sign_in_once(office: Office, hub: RunningGitHub, clock: Clock) -> None:
    await decide(hub, await begin(office))
    clock.now += 5
    await office.run("UPDATE internal.sign_ins SET poll_at = now()")
    await asyncio.gather(*(poll(office.context) for _ in range(4)))
    assert (await office.user(ANA))["link_kind"] == "self"
    assert len(await office.direct_messages(ANA)) == 1


async def test_a_sign_in_claimed_by_a_process_that_died_is_finished_after_its_lease(
    office: Office, hub: RunningGitHub, clock: Clock
) -> None:
    await decide(hub, await begin(office))
    await office.run("UPDATE internal.sign_ins SET poll_at = now()")
    async with office.context.as_system() as tx:
        assert len(await sign_ins.claim(tx)) == 1
    await poll(office.context)
    assert (await office.user(ANA))["link_kind"] is None, "the lease still holds"
    await poll_now(office, clock)
    assert (await office.user(ANA))["link_kind"] == "self"


async def test_the_loop_finishes_a_sign_in_and_stops_when_told(
    office: Office, hub: RunningGitHub, clock: Clock
) -> None:
    await decide(hub, await begin(office))
    clock.now += 5
    await office.run("UPDATE internal.sign_ins SET poll_at = now() + interval '0.2 seconds'")
    loop = SignInLoop(office.context)
    running = asyncio.create_task(loop.run())

    async def is_linked() -> bool:
        return (await office.user(ANA))["link_kind"] == "self"

    await until(is_linked)
    loop.stop()
    await running


async def test_an_account_of_somebody_else_is_refused_in_words(
    office: Office, hub: RunningGitHub, clock: Clock, slack: FewOfSlack
) -> None:
    await decide(hub, await begin(office))
    await poll_now(office, clock)
    await decide(hub, await begin(office, BO), login="ana-gh")
    await poll_now(office, clock)
    assert (await office.user(BO))["link_kind"] is None
    assert (await office.user(ANA))["github_id"] == "5100001"
    (told,) = await office.direct_messages(BO)
    assert "already linked to somebody else" in told
    assert "already linked to somebody else" in slack.answers[-1]["text"]
    assert await waiting(office) == []


SEEN_ON_GITHUB = "INSERT INTO users (github_id, username, role) VALUES ('5100001', 'ana-gh', 'developer') RETURNING id"


async def test_a_row_seen_first_on_github_gives_way_when_nothing_refers_to_it(
    office: Office, hub: RunningGitHub, clock: Clock
) -> None:
    await office.rows(SEEN_ON_GITHUB)
    await decide(hub, await begin(office))
    await poll_now(office, clock)
    assert [row["slack_id"] for row in await office.rows("SELECT slack_id FROM users")] == [ANA]
    assert (await office.user(ANA))["github_id"] == "5100001"


async def test_a_row_with_records_of_its_own_is_not_lost(office: Office, hub: RunningGitHub, clock: Clock) -> None:
    (row,) = await office.rows(SEEN_ON_GITHUB)
    await office.run(
        "INSERT INTO tasks (title, description, assigned_role, assigned_user_id, start_date, end_date)"
        " VALUES ('Theirs', '', 'developer', :id, now(), now() + interval '1 day')",
        id=row["id"],
    )
    await decide(hub, await begin(office))
    await poll_now(office, clock)
    assert (await office.user(ANA))["link_kind"] is None
    assert len(await office.rows("SELECT 1 FROM users WHERE github_id = '5100001'")) == 1
    (told,) = await office.direct_messages(ANA)
    assert "cannot be moved to you yet" in told


async def test_who_is_linked_is_not_sent_to_github_again(office: Office, hub: RunningGitHub, clock: Clock) -> None:
    await decide(hub, await begin(office))
    await poll_now(office, clock)
    assert "already" in said(await link(office.context, office.request(ANA)))
    assert await waiting(office) == []


async def test_unlinking_returns_the_provisional_id_and_the_account_is_free_again(
    office: Office, hub: RunningGitHub, clock: Clock
) -> None:
    await decide(hub, await begin(office))
    await poll_now(office, clock)
    assert "ana-gh is no longer linked" in said(await unlink(office.context, office.request(ANA)))
    ana = await office.user(ANA)
    assert (ana["github_id"], ana["github_login"], ana["link_kind"], ana["linked_at"]) == (
        f"slack:{TEAM}:{ANA}",
        None,
        None,
        None,
    )
    verb, actor, _ = (await office.events(ana["id"]))[-1]
    assert (verb, actor) == ("unlinked", ana["id"])
    with pytest.raises(Refusal, match="no GitHub account linked"):
        await unlink(office.context, office.request(ANA))
    await decide(hub, await begin(office, BO), login="ana-gh")
    await poll_now(office, clock)
    assert (await office.user(BO))["github_login"] == "ana-gh"


async def test_pressing_open_github_moves_the_answer_to_that_message(
    office: Office, hub: RunningGitHub, clock: Clock, slack: FewOfSlack
) -> None:
    code = await begin(office)
    await office.run("UPDATE internal.sign_ins SET response_url = NULL")
    assert await link_opened(office.context, office.request(ANA, "action")) is None
    await decide(hub, code)
    await poll_now(office, clock)
    assert len(slack.answers) == 1


async def test_github_in_trouble_puts_the_sign_in_off_and_forgets_nothing(
    office: Office, hub: RunningGitHub, clock: Clock
) -> None:
    code = await begin(office)
    away = office.context.settings.with_values(github_url="http://127.0.0.1:1")
    in_trouble = Office(replaced(office, away), office.slack)
    await poll_now(in_trouble, clock)
    (row,) = await waiting(office)
    assert row["interval_seconds"] == 5
    await decide(hub, code)
    await poll_now(office, clock)
    assert (await office.user(ANA))["link_kind"] == "self"


def replaced(office: Office, settings: Settings) -> Context:
    return replace(office.context, settings=settings)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"github_client_id": None, "github_client_secret": None}, "GITHUB_CLIENT_ID"),
        ({"github_client_id": "other"}, "GITHUB_CLIENT_ID"),
        ({"github_url": "http://127.0.0.1:1"}, "does not answer"),
    ],
)
async def test_a_sign_in_that_cannot_begin_is_refused_in_a_sentence(
    office: Office, values: dict[str, Any], sentence: str
) -> None:
    context = replaced(office, office.context.settings.with_values(**values))
    with pytest.raises(Refusal, match=sentence):
        await link(context, office.request(ANA))
    assert await waiting(office) == []


async def test_a_changed_bot_token_ends_what_it_sealed(office: Office, hub: RunningGitHub, clock: Clock) -> None:
    await decide(hub, await begin(office))
    changed = Office(
        replaced(office, office.context.settings.with_values(slack_bot_token="xoxb-changed")), office.slack
    )
    await poll_now(changed, clock)
    assert await waiting(office) == []
    (told,) = await office.direct_messages(ANA)
    assert "nothing was linked" in told


async def test_who_am_i_tells_what_is_known_and_what_to_do_next(
    office: Office, hub: RunningGitHub, clock: Clock
) -> None:
    shown = await who_am_i(office.context, office.request(ANA))
    assert said(shown) == "You are Ana, tester, in the time zone Europe/Berlin; no GitHub account is linked."
    assert button(shown, "Link GitHub")["style"] == "primary"

    await decide(hub, await begin(office))
    await poll_now(office, clock)
    shown = await who_am_i(office.context, office.request(ANA))
    assert "your GitHub account is ana-gh, you signed in there yourself" in said(shown)
    assert f"{hub.url}/ana-gh|ana-gh" in str(shown)

    await office.run("UPDATE users SET link_kind = 'email'")
    guessed = await who_am_i(office.context, office.request(ANA))
    assert "not confirmed" in said(guessed)
    assert button(guessed, "Link GitHub")
