"""Meeting people in Slack: first contact, keeping them true, and a Slack that is slow."""

import asyncio

import pytest

from bot.context import Context
from bot.errors import Refusal
from bot.slack.request import Request
from bot.users.parsing import known_zone, slack_profile
from bot.users.slack import SURFACE, correct_provisional
from tests.users.conftest import TEAM, FewOfSlack, Office


async def tell(context: Context, kind: str, user: dict[str, object]) -> None:
    payload = {"event": {"type": kind, "user": user}}
    await SURFACE.handlers[("event", kind)](context, Request("event", kind, str(user["id"]), payload=payload))


async def test_whoever_is_met_is_written_down_as_slack_describes_them(office: Office) -> None:
    async with office.context.as_user("U0SAMPLEANA") as tx:
        assert (tx.actor.username, tx.actor.role, tx.actor.time_zone) == ("Ana", "tester", "Europe/Berlin")
    ana = await office.user("U0SAMPLEANA")
    assert ana["github_id"] == f"slack:{TEAM}:U0SAMPLEANA"
    assert (ana["email"], ana["is_active"], ana["is_guest"]) == ("ana@sample.example", True, False)
    assert await office.events(ana["id"]) == [("introduced", None, {"role": [None, "tester"]})]


async def test_who_runs_the_workspace_starts_as_admin(office: Office) -> None:
    async with office.context.as_user("U0SAMPLEADA") as tx:
        assert tx.actor.role == "admin"


async def test_people_who_are_mentioned_are_met_too(office: Office) -> None:
    async with office.context.as_user("U0SAMPLEANA", ["U0SAMPLEBO"]) as tx:
        assert {one.username for one in tx.people.values()} == {"Ana", "Bo"}


async def test_twenty_first_contacts_at_once_make_one_person(office: Office) -> None:
    async def greet() -> int:
        async with office.context.as_user("U0SAMPLEBO") as tx:
            return tx.actor.id

    assert len(set(await asyncio.gather(*(greet() for _ in range(20))))) == 1
    assert len(await office.events((await office.user("U0SAMPLEBO"))["id"])) == 1


@pytest.mark.parametrize(
    ("slack_id", "more", "sentence"),
    [
        ("U0NOBODY01", None, "knows nobody"),
        ("USLACKBOT", None, "is an app"),
        ("U0ROBOT001", {"is_bot": True}, "is an app"),
        ("U0LEFT0001", {"deleted": True}, "has left"),
    ],
)
async def test_who_cannot_take_part_is_refused_in_a_sentence(
    office: Office, slack: FewOfSlack, slack_id: str, more: dict[str, object] | None, sentence: str
) -> None:
    if more is not None:
        slack.person(slack_id, "Somebody", **more)
    with pytest.raises(Refusal, match=sentence):
        async with office.context.as_user("U0SAMPLEANA", [slack_id]):
            pass


async def test_a_slow_slack_makes_a_provisional_person_who_is_corrected(office: Office, slack: FewOfSlack) -> None:
    slack.trouble = 503
    async with office.context.as_user("U0SAMPLEADA") as tx:
        assert (tx.actor.username, tx.actor.role, tx.actor.time_zone) == ("U0SAMPLEADA", "tester", "UTC")
        key = tx.actor.id
    await correct_provisional(office.context)
    assert (await office.user("U0SAMPLEADA"))["is_provisional"] is True

    slack.trouble = None
    await correct_provisional(office.context)
    ada = await office.user("U0SAMPLEADA")
    assert (ada["id"], ada["username"], ada["role"], ada["is_provisional"]) == (key, "Ada", "admin", False)
    assert ada["github_id"] == f"slack:{TEAM}:U0SAMPLEADA"


async def test_what_changes_in_slack_changes_here_but_not_the_role(office: Office, slack: FewOfSlack) -> None:
    async with office.context.as_user("U0SAMPLEANA"):
        pass
    await office.run("UPDATE users SET role = 'designer'")
    user = slack.person("U0SAMPLEANA", "Anna", tz="Asia/Kathmandu", is_admin=True, is_restricted=True)
    await tell(office.context, "user_change", user)
    ana = await office.user("U0SAMPLEANA")
    assert (ana["username"], ana["time_zone"], ana["role"]) == ("Anna", "Asia/Kathmandu", "designer")
    assert ana["is_guest"] is True
    assert (await office.events(ana["id"]))[-1] == ("changed", None, {"is_guest": [False, True]})


async def test_leaving_and_coming_back_is_kept(office: Office, slack: FewOfSlack) -> None:
    async with office.context.as_user("U0SAMPLEBO"):
        pass
    await tell(office.context, "user_change", slack.person("U0SAMPLEBO", "Bo", deleted=True))
    with pytest.raises(Refusal, match="has left"):
        async with office.context.as_user("U0SAMPLEBO"):
            pass
    await tell(office.context, "user_change", slack.person("U0SAMPLEBO", "Bo"))
    async with office.context.as_user("U0SAMPLEBO") as tx:
        key = tx.actor.id
    assert [verb for verb, _, _ in await office.events(key)] == ["introduced", "deactivated", "reactivated"]


async def test_a_change_of_somebody_never_met_is_not_kept(office: Office, slack: FewOfSlack) -> None:
    await tell(office.context, "user_change", slack.person("U0SAMPLEBO", "Bo"))
    assert await office.rows("SELECT 1 FROM users") == []


async def test_who_joins_the_workspace_is_known_and_an_app_is_not(office: Office, slack: FewOfSlack) -> None:
    await tell(office.context, "team_join", slack.person("U0NEW00001", "Newcomer"))
    await tell(office.context, "team_join", slack.person("U0ROBOT001", "Robot", is_bot=True))
    assert [row["username"] for row in await office.rows("SELECT username FROM users")] == ["Newcomer"]


def test_an_odd_profile_is_read_without_a_stumble() -> None:
    bare = slack_profile({"id": "U1"})
    assert (bare.username, bare.time_zone, bare.email, bare.is_active) == ("U1", "UTC", None, True)
    long = slack_profile(
        {"id": "U1", "tz": "Mars/Base", "profile": {"real_name": "x" * 300, "email": "a@" + "b" * 300}}
    )
    assert (len(long.username), long.time_zone, long.email) == (100, "UTC", None)
    assert slack_profile({"id": "U1", "is_stranger": True}).is_guest


@pytest.mark.parametrize("name", [None, "", "Nowhere/City", "../etc/passwd", "/etc/passwd", "Europe", "\0"])
def test_a_zone_that_cannot_be_computed_with_is_utc(name: str | None) -> None:
    assert known_zone(name) == "UTC"
