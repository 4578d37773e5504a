"""Tasks as a team lives with them in Slack: made, given, started, moved, finished."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.sandbox.slack.model import BOT_USER_ID
from tests.flows.conftest import Office
from tests.waiting import until
from tests.workspace import Message


def buttons(message: Message) -> list[str]:
    rows = [block for block in message.blocks if block["type"] == "actions"]
    return [element["text"]["text"] for row in rows for element in row["elements"]]


def soon(**span: int) -> int:
    """A moment ahead as a date and time picker gives it: whole minutes, in seconds since 1970."""
    return int((datetime.now(UTC) + timedelta(**span)).replace(second=0, microsecond=0).timestamp())


async def test_a_task_is_made_started_and_done(office: Office) -> None:
    mia, ana = office.person("mia"), office.person("ana")
    receipt = await mia.types("/task new Fix login redirect @ana due:tomorrow 5pm !high epic:AUTH", in_="#web")
    assert receipt.body["ephemeral"]
    for words in ("T-1", "Fix login redirect", "for @ana", "high", "epic AUTH", "#web"):
        assert words in receipt
    card = await office.channel("web").shows("T-1", "Fix login redirect", "to do")
    assert buttons(card) == ["Start", "Done"]
    told = await ana.direct_message_from_bot().shows("gave you T-1", "Fix login redirect")
    assert buttons(told) == ["Start", "Done", "Not mine"]

    await ana.presses("Start", on=told)
    same = await office.channel("web").shows("T-1", "in progress")
    assert same.ts == card.ts
    await office.channel("web").thread_of(card).shows("started it")
    told = await ana.direct_message_from_bot().shows("T-1", "in progress")

    await ana.presses("Done", on=same)
    card = await office.channel("web").shows("T-1", ":white_check_mark:", "Done")
    assert buttons(card) == ["Reopen"]
    await mia.direct_message_from_bot().shows("finished", "T-1")
    kept = await office.row("SELECT status, completed_at FROM tasks")
    assert kept.status == "done"
    assert kept.completed_at is not None


async def test_a_button_of_a_card_that_was_overtaken_says_what_happened(office: Office) -> None:
    ana, mia = office.person("ana"), office.person("mia")
    await mia.types("/task new Fix login @ana due:tomorrow", in_="#web")
    told = await ana.direct_message_from_bot().shows("gave you T-1")
    await mia.types("/task done 1", in_="#web")
    again = await mia.types("/task done T-1", in_="#web")
    assert "T-1 is done already (by" in again
    assert "/task done T-1" in again
    await ana.direct_message_from_bot().shows("T-1", "done")
    old_card = [{"type": "section", "text": {"type": "mrkdwn", "text": "An old card"}}, told.blocks[-1]]
    await office.bot.context.slack.call("chat.postMessage", channel="C0WEBTEAM", text="T-1", blocks=old_card)
    old = await office.channel("web").shows("An old card")
    await ana.presses("Done", on=old)
    await ana.channel("#web").shows("T-1 is done already (by")


async def test_a_stranger_to_the_task_is_refused_in_words(office: Office) -> None:
    ana, bo = office.person("ana"), office.person("bo")
    await ana.types("/task new Fix login @me due:tomorrow", in_="#web")
    card = await office.channel("web").shows("T-1", "to do")
    await bo.presses("Done", on=card)
    await bo.channel("#web").shows("Take it first: `/task take 1`")
    assert "is yours now" in await bo.types("/task take 1", in_="#web")
    await office.channel("web").thread_of(card).shows("took it over from")


async def test_without_a_date_the_form_opens_with_what_was_read(office: Office) -> None:
    mia = office.person("mia")
    await mia.types("/task new Fix login @ana !urgent epic:AUTH -- After a timeout", in_="#web")
    form = await mia.sees_modal("New task", "Fix login")
    for words in ("After a timeout", "AUTH", "Urgent"):
        assert words in form
    await mia.fills(form, {"Due": soon(hours=-1)})
    errors = await mia.submits(form)
    assert errors == {"Due": "Choose a moment that is still ahead."}
    form = await mia.sees_modal("New task", "After a timeout")
    await mia.fills(form, {"Due": soon(days=1), "Title": "Fix the login"})
    assert await mia.submits(form) is None
    await mia.sees_no_modal()
    receipt = await mia.channel("#web").shows("T-1", "Fix the login", "for @ana")
    assert receipt.body["ephemeral"]
    await office.channel("web").shows("T-1", "Fix the login", "After a timeout", "urgent")
    await office.person("ana").direct_message_from_bot().shows("gave you T-1")


async def test_a_form_that_comes_too_late_gives_the_line_back_with_a_button(office: Office) -> None:
    ana = office.person("ana")
    await office.slack.has_faults({"on": "views.open", "kind": "error", "error": "expired_trigger_id"})
    refused = await ana.types("/task new Fix login !high", in_="#web")
    assert "/task new Fix login !high" in refused
    await ana.presses("Open the form", on=refused)
    form = await ana.sees_modal("New task", "Fix login")
    assert "High" in form


async def test_wrong_lines_are_answered_with_what_is_right_and_given_back(office: Office) -> None:
    ana = office.person("ana")
    for line, said in (
        ("/task new Fix it due:yesterday", "in the past"),
        ("/task new Fix it deadline:friday", "Did you mean `due:`"),
        ("/task new due:friday", "needs a title"),
        ("/task new Fix it @nobody due:friday", "I do not know who"),
        ("/task start twelve", "not a task's number"),
        ("/task done 99", "There is no task T-99 that you may see."),
        ("/task show", "Which task"),
        ("/task due 1", "Something is missing"),
        ("/task list is:opn", "Did you mean open"),
    ):
        refused = await ana.types(line, in_="#web")
        assert refused.body["ephemeral"]
        assert said in refused, line
        assert line in refused
    assert await office.rows("SELECT 1 FROM tasks") == []
    assert "Did you mean" in await ana.types("/task strat 1", in_="#web")
    assert "/task new" in await ana.types("/task help", in_="#web")


async def test_people_cannot_inject_mentions_or_break_out_of_the_text(office: Office) -> None:
    ana = office.person("ana")
    await ana.types("/task new Tell <!channel> & <b> due:tomorrow", in_="#web")
    card = await office.channel("web").shows("T-1", "& <b>")
    assert "<!channel>" not in str(card.body)


async def test_my_tasks_can_be_worked_through_in_the_list(office: Office) -> None:
    ana = office.person("ana")
    assert "no open tasks" in await ana.types("/task", in_="#web")
    await ana.types("/task new First @me due:tomorrow", in_="#web")
    await ana.types("/task new Second @me due:tomorrow !high", in_="#web")
    mine = await ana.types("/task", in_="#web")
    assert mine.text.index("Second") < mine.text.index("First")
    assert buttons(mine) == ["Start", "Done", "Start", "Done", "New"]
    await ana.presses("Done", on=mine)
    await ana.channel("#web").hides("*Your open tasks* (2)")
    mine = await ana.channel("#web").shows("*Your open tasks* (1)", "First")
    await ana.presses("New", on=mine)
    await ana.sees_modal("New task")


async def test_a_long_list_is_paged_in_place(office: Office) -> None:
    ana = office.person("ana")
    for count in range(12):
        await ana.types(f"/task new Task number {count} due:in {count + 1} days epic:AUTH", in_="#web")
    await ana.types("/task new Something else due:tomorrow", in_="#web")
    listed = await ana.types("/task list number epic:auth", in_="#web")
    assert "12 open tasks" in listed
    assert "Page 1 of 2" in listed
    assert "Task number 11" not in listed
    await ana.presses("Next", on=listed)
    listed = await ana.channel("#web").shows("Page 2 of 2", "Task number 11")
    assert "Task number 0" not in listed
    await ana.presses("Show", on=listed)
    await ana.channel("#web").shows("made it", "Story")
    nothing = await ana.types("/task list epic:NONE", in_="#web")
    assert "No open task that you may see fits `epic:NONE`." in nothing
    assert "is:done" in nothing


async def test_a_task_is_assigned_moved_and_shown_with_its_history(office: Office) -> None:
    mia, bo = office.person("mia"), office.person("bo")
    await mia.types("/task new Fix login due:tomorrow role:developer", in_="#web")
    assert "@bo's now" in await mia.types("/task assign 1 @bo", in_="#web")
    await bo.direct_message_from_bot().shows("gave you T-1")
    assert "is due" in await mia.types("/task due T-1 in 3 days", in_="#web")
    card = await office.channel("web").shows("T-1", "bo")
    await office.channel("web").thread_of(card).shows("moved its end from")
    shown = await bo.types("/task show #1", in_="#web")
    for words in ("made it", "gave it to", "moved its end", "Priority", "Role"):
        assert words in shown
    await bo.presses("Done", on=shown)
    await bo.channel("#web").shows("T-1", "finished it", "Reopen")


async def test_not_mine_hands_the_task_back(office: Office) -> None:
    mia, ana = office.person("mia"), office.person("ana")
    await mia.types("/task new Fix login @ana due:tomorrow", in_="#web")
    told = await ana.direct_message_from_bot().shows("gave you T-1")
    await ana.presses("Not mine", on=told)
    await mia.direct_message_from_bot().shows("not theirs", "T-1")
    card = await office.channel("web").shows("T-1", "nobody")
    assert buttons(card) == ["Start", "Done", "Take"]


async def test_a_late_alert_is_answered_with_a_new_date(office: Office) -> None:
    mia, ana = office.person("mia"), office.person("ana")
    await mia.types("/task new Fix login @ana due:tomorrow", in_="#web")
    await office.rows(
        "UPDATE tasks SET start_date = now() - interval '2 days', end_date = now() - interval '1 hour' RETURNING id"
    )
    await mia.types("/task reopen 1", in_="#web")
    await mia.types("/task done 1", in_="#web")
    assert "has passed: give it a new one" in await mia.types("/task reopen 1", in_="#web")
    alert = await office.channel("alerts").shows("T-1", "late by 1 hour", "@ana")
    assert buttons(alert) == ["Done", "New date", "Not mine"]
    await ana.presses("New date", on=alert)
    form = await ana.sees_modal("New date for T-1", "Fix login")
    await ana.fills(form, {"Due": soon(days=10_000)})
    assert await ana.submits(form) == {"Due": "That is more than ten years away. Please check the year."}
    await ana.fills(form, {"Due": soon(days=2)})
    assert await ana.submits(form) is None
    same = await office.channel("alerts").shows("T-1", "has a new date")
    assert same.ts == alert.ts
    assert buttons(same) == []
    assert not (await office.row("SELECT is_delayed FROM tasks")).is_delayed


async def test_a_card_goes_home_where_the_bot_is_and_it_can_be_invited(office: Office) -> None:
    ana, ada = office.person("ana"), office.person("ada")
    receipt = await ana.types("/task new From elsewhere due:tomorrow", in_="#random")
    assert "#random" in receipt, "a public channel is joined"
    await office.channel("random").shows("T-1", "From elsewhere")
    receipt = await ada.types("/task new In private due:tomorrow", in_="#leads")
    assert "#team" in receipt
    await office.channel("team").shows("T-2", "In private")
    await ada.presses("Invite me here", on=receipt)
    await ada.channel("#leads").shows("only by invitation")
    between = await ana.types("/task new Between us due:tomorrow", in_="@bo")
    assert "#team" in between
    assert "Invite me here" not in buttons(between)
    own = await ana.types("/task new For myself due:tomorrow", in_="@bot")
    assert "in your direct messages with me" in own
    await ana.direct_message_from_bot().shows("T-4", "For myself", "to do")


async def test_the_bot_comes_back_to_a_public_channel_when_it_is_invited_by_button(office: Office) -> None:
    ada = office.person("ada")
    await ada.kicks(BOT_USER_ID, "#general")

    async def gone() -> object:
        return await office.rows("SELECT 1 FROM conversations WHERE id = 'C0GENERAL' AND NOT is_member")

    await ada.types("/task", in_="#general")
    await until(gone)
    receipt = await ada.types("/task new Tidy up due:tomorrow", in_="#general")
    assert "in #team" in receipt
    await ada.presses("Invite me here", on=receipt)
    await ada.channel("#general").shows("I am in #general now")
    assert "in #general" in await ada.types("/task new Tidy up again due:tomorrow", in_="#general")


async def test_a_form_refuses_an_app_as_assignee_at_its_field(office: Office) -> None:
    ana = office.person("ana")
    await ana.types("/task new Fix login", in_="#web")
    form = await ana.sees_modal("New task")
    await ana.fills(form, {"Due": soon(days=1), "Assignee": BOT_USER_ID})
    errors = await ana.submits(form)
    assert errors is not None
    assert "cannot be given tasks" in errors["Assignee"]
    assert await office.rows("SELECT 1 FROM tasks") == []
