"""The first day: the first admin is greeted and chooses the channels; and the bot notices where it is let in or out."""

from __future__ import annotations

from typing import Any

from bot.notifications.operations import Message, publish
from bot.sandbox.slack.model import BOT_USER_ID
from bot.slack import blocks
from tests.flows.conftest import Office
from tests.waiting import until

LEADS = "C0LEADS001"


async def test_the_first_admin_is_greeted_once_and_sets_up_with_the_form(new_office: Office) -> None:
    ada, ana = new_office.person("ada"), new_office.person("ana")
    await ana.types("/scrum whoami", in_="#web")
    await ada.types("/scrum whoami", in_="#web")
    welcome = await ada.direct_message_from_bot().shows("Hello!")
    await ada.presses("Set up", on=welcome)
    form = await ada.sees_modal("Set up", "The team's channel")
    await ada.fills(
        form,
        {
            "The team's channel": "#team",
            "Channel for alerts": "#random",
            "Channel for reports": "#leads",
            "The team's time zone": "Europe/Berlin",
        },
    )
    assert await ada.submits(form) is None
    receipt = await ada.direct_message_from_bot().shows("Saved", "#team", "#random", "Europe/Berlin")
    assert "I am not in #leads yet" in receipt
    row = await new_office.row("SELECT * FROM workspace")
    assert (row.team_channel, row.alert_channel, row.triage_channel, row.time_zone) == (
        "C0SCRUMTEAM",
        "C0RANDOM01",
        LEADS,
        "Europe/Berlin",
    )
    event = await new_office.row("SELECT * FROM events WHERE subject = 'workspace:1'")
    assert (event.verb, event.changes["alert_channel"]) == ("set_up", [None, "C0RANDOM01"])
    await ana.channel("random").shows("has joined the channel")
    greeted = await new_office.rows("SELECT lane FROM internal.ledger WHERE key = 'welcome'")
    assert greeted == [("U0SAMPLEADA",)]


async def test_one_line_changes_only_what_it_names(office: Office) -> None:
    mia = office.person("mia")
    receipt = await mia.types("/scrum setup alerts:#general zone:europe/london", in_="#web")
    assert "Saved" in receipt
    row = await office.row("SELECT * FROM workspace")
    assert (row.team_channel, row.alert_channel, row.triage_channel, row.time_zone) == (
        "C0SCRUMTEAM",
        "C0GENERAL",
        "C0TRIAGE01",
        "Europe/London",
    )


async def test_who_may_not_set_up_is_told_and_nothing_changes(office: Office) -> None:
    ana = office.person("ana")
    refusal = await ana.types("/scrum setup alerts:#general", in_="#web")
    assert "Only project managers and admins" in refusal
    await ana.types("/scrum setup", in_="#web")
    await ana.sees_modal("Set up", "Only project managers and admins")
    assert (await office.row("SELECT alert_channel FROM workspace")).alert_channel == "C0ALERTS01"


async def test_a_line_that_cannot_be_read_is_answered_with_an_example(office: Office) -> None:
    mia = office.person("mia")
    for line, said in (
        ("/scrum setup alerts:nowhere", "needs a channel"),
        ("/scrum setup colour:blue", "I do not understand that"),
        ("/scrum setup zone:Atlantis", "I do not know this time zone"),
        ("/scrum setup team:#team team:#web", "stands there twice"),
    ):
        answer = await mia.types(line, in_="#web")
        assert said in answer
        assert "/scrum setup" in answer


async def test_time_zones_are_offered_while_typing(office: Office) -> None:
    mia = office.person("mia")
    await mia.types("/scrum setup", in_="#web")
    form = await mia.sees_modal("Set up", "Channel for alerts")
    assert "America/New York" in await mia.is_offered("The team's time zone", "new y", form)


async def test_what_waits_for_an_invitation_goes_out_when_it_comes(office: Office) -> None:
    ada = office.person("ada")

    async def lane_is(condition: str) -> bool:
        return bool(await office.rows(f"SELECT 1 FROM internal.lanes WHERE lane = '{LEADS}' AND {condition}"))

    async with office.bot.context.as_system() as tx:
        await publish(tx, messages=[Message("test:leads", LEADS, "card", blocks.message("For the leads only."))])
    await until(lambda: lane_is("blocked = 'channel_not_found'"))
    await ada.invites(BOT_USER_ID, to="#leads")
    await ada.channel("leads").shows("For the leads only.")
    place = await office.row("SELECT * FROM conversations WHERE id = :id", id=LEADS)
    assert (place.kind, place.name, place.is_member) == ("private", "leads", True)
    await ada.kicks(BOT_USER_ID, from_="#leads")

    async def is_out() -> Any:
        return not (await office.row("SELECT is_member FROM conversations WHERE id = :id", id=LEADS)).is_member

    await until(is_out)


async def test_renaming_and_archiving_a_channel_is_noticed(office: Office) -> None:
    mia = office.person("mia")
    web = await mia.channel_id("#web")

    async def place() -> Any:
        return await office.row("SELECT name, is_archived FROM conversations WHERE id = :id", id=web)

    async def becomes(expected: tuple[str, bool]) -> None:
        async def holds() -> bool:
            return tuple(await place()) == expected

        await until(holds)

    await mia.does("rename", channel=web, name="website")
    await becomes(("website", False))
    await mia.does("archive", channel=web)
    await becomes(("website", True))
    async with office.bot.context.as_system() as tx:
        await publish(tx, messages=[Message("test:web", web, "card", blocks.message("Still here?"))])

    async def is_blocked() -> bool:
        return bool(
            await office.rows("SELECT 1 FROM internal.lanes WHERE lane = :web AND blocked IS NOT NULL", web=web)
        )

    await until(is_blocked)
    await mia.does("unarchive", channel=web)
    await mia.channel("website").shows("Still here?")
    await becomes(("website", False))
