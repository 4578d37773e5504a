"""App Home, the inbox and `/scrum`: what concerns one person, without looking for it."""

from __future__ import annotations

from tests.flows.conftest import Office
from tests.waiting import until
from tests.workspace import Person, Refused


async def presses_in_home(person: Person, label: str, words: str) -> None:
    """Open Home until it holds `words`, and press a button there.

    Each visit draws Home anew; the local Slack refuses a press on what was replaced between looking and pressing.
    """

    async def pressed() -> bool:
        try:
            await person.presses(label, on=await person.home(words))
        except Refused:
            return False
        return True

    await until(pressed)


async def test_home_shows_my_tasks_and_its_buttons_act(office: Office) -> None:
    ana, mia = office.person("ana"), office.person("mia")
    home = await ana.home("Nothing is waiting for you.")
    for words in ("You have read everything.", "You have not reported anything."):
        assert words in home
    assert "The team" not in home
    await mia.types("/task new Fix login @ana due:tomorrow !high", in_="#web")
    home = await ana.home("My tasks (1)")
    assert "T-1" in home
    assert "Inbox (1 unread)" in home
    await presses_in_home(ana, "Start", "My tasks (1)")
    await office.channel("web").shows("T-1", "in progress")
    await presses_in_home(ana, "Done", "in progress")
    await ana.home("Nothing is waiting for you.")
    await mia.direct_message_from_bot().shows("finished", "T-1")


async def test_a_button_that_was_overtaken_says_so_and_home_is_true_again(office: Office) -> None:
    ana, mia = office.person("ana"), office.person("mia")
    await mia.types("/task new Fix login @ana due:tomorrow", in_="#web")
    home = await ana.home("My tasks (1)")
    await mia.types("/task done 1", in_="#web")
    await ana.presses("Done", on=home)
    said = await ana.sees_modal("One moment", "T-1 is done already (by")
    await ana.closes(said)
    await ana.home("Nothing is waiting for you.")


async def test_notifications_are_read_in_home(office: Office) -> None:
    ana, mia = office.person("ana"), office.person("mia")
    await mia.types("/task new Fix login @ana due:tomorrow", in_="#web")
    await presses_in_home(ana, "Mark read", "T-1 is yours")
    await ana.home("You have read everything.")
    assert (await office.row("SELECT is_read FROM notifications")).is_read


async def test_a_new_task_can_be_made_from_home(office: Office) -> None:
    ana = office.person("ana")
    await presses_in_home(ana, "New task", "My tasks")
    await ana.sees_modal("New task")


async def test_home_shows_my_reports_and_managers_see_the_team(office: Office) -> None:
    rob, mia = office.person("rob"), office.person("mia")
    await rob.types("/triage new Export button dead category:bug", in_="#general")
    assert "R-1" in await rob.home("Export button dead")
    await mia.types("/task new Fix login @ana due:tomorrow", in_="#web")
    await office.rows("UPDATE tasks SET start_date = now() - interval '9 days', end_date = now() - interval '2 days'"
                      " RETURNING id")  # fmt: skip
    home = await mia.home("The team")
    for words in ("1 late task", "late by 2 days", "1 open report"):
        assert words in home


async def test_scrum_says_what_needs_me_and_where_to_find_the_rest(office: Office) -> None:
    ana, mia = office.person("ana"), office.person("mia")
    said = await ana.types("/scrum", in_="#web")
    for words in ("Nothing needs you right now.", "/task", "/triage", "/chat", "/scrum help"):
        assert words in said
    await mia.types("/task new Fix login @ana due:tomorrow", in_="#web")
    said = await ana.types("/scrum", in_="#web")
    for words in ("1 open task", "1 unread notification"):
        assert words in said
    assert "/scrum inbox" in await ana.types("/scrum help", in_="#web")


async def test_the_inbox_is_read_in_place(office: Office) -> None:
    ana, mia = office.person("ana"), office.person("mia")
    assert "You have read everything." in await ana.types("/scrum inbox", in_="#web")
    for count in range(12):
        await mia.types(f"/task new Task number {count} @ana due:tomorrow", in_="#web")
    inbox = await ana.types("/scrum inbox", in_="#web")
    for words in ("12 unread", "T-12 is yours", "T-3 is yours", "And 2 older ones"):
        assert words in inbox
    await ana.presses("Mark read", on=inbox)
    inbox = await ana.channel("#web").shows("2 unread", "T-1 is yours")
    await ana.presses("Mark read", on=inbox)
    await ana.channel("#web").hides("2 unread")
