"""From a report to its end, as reporters and the team live through it in Slack."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.flows.conftest import Office
from tests.workspace import Message


def buttons(message: Message) -> list[str]:
    rows = [block for block in message.blocks if block["type"] == "actions"]
    return [element["text"]["text"] for row in rows for element in row["elements"]]


async def item(office: Office, number: int = 1) -> Any:
    return await office.row("SELECT * FROM triage_items WHERE id = :id", id=number)


async def files(office: Office, line: str = "Export button dead category:bug !high -- Nothing happens") -> Message:
    """Rob reports something; gives the card in the triage channel."""
    await office.person("rob").types(f"/triage new {line}", in_="#general")
    return await office.channel("triage").shows("R-1", "Export button dead")


async def test_a_one_line_report_is_taken_and_resolved_and_its_reporter_knows_throughout(office: Office) -> None:
    rob, bo = office.person("rob"), office.person("bo")
    receipt = await rob.types(
        "/triage new Export button dead category:bug !high -- I press it & nothing happens", in_="#general"
    )
    assert receipt.body["ephemeral"]
    for words in ("R-1", "Export button dead", "bug", "high", "triage"):
        assert words in receipt
    stays_true = await rob.direct_message_from_bot().shows("R-1", "Nobody has taken it yet")
    card = await office.channel("triage").shows("R-1", "I press it & nothing happens")
    assert buttons(card) == ["Take", "Resolve…", "Reject…"]

    await bo.presses("Take", on=card)
    card = await office.channel("triage").shows("R-1", "in review by")
    assert buttons(card) == ["Resolve…", "Reject…"]
    await office.channel("triage").thread_of(card).shows("took R-1")
    same = await rob.direct_message_from_bot().shows("is looking at it")
    assert same.ts == stays_true.ts

    await bo.presses("Resolve…", on=card)
    form = await bo.sees_modal("Resolve R-1", "Export button dead")
    await bo.fills(form, {"What was done": "Fixed in version 2.1"})
    assert await bo.submits(form) is None
    await bo.channel("triage").shows("You resolved *R-1*")
    card = await office.channel("triage").shows("resolved by", "Fixed in version 2.1")
    assert buttons(card) == []
    await office.channel("triage").thread_of(card).shows("resolved R-1", "Fixed in version 2.1")
    end = await rob.direct_message_from_bot().shows("Your report was resolved by", "Fixed in version 2.1")
    assert end.ts != stays_true.ts
    kept = await item(office)
    assert (kept.status, kept.resolution) == ("resolved", "Fixed in version 2.1")


async def test_the_form_files_what_was_filled_in(office: Office) -> None:
    rob = office.person("rob")
    await rob.types("/triage", in_="#general")
    form = await rob.sees_modal("Report something", "What happened")
    await rob.fills(
        form, {"Title": "Login slow", "What happened": "Since this morning", "Category": "Question", "Priority": "Low"}
    )
    assert await rob.submits(form) is None
    await rob.channel("general").shows("Reported as *R-1*: Login slow")
    kept = await item(office)
    assert (kept.title, kept.description, kept.category, kept.priority) == (
        "Login slow",
        "Since this morning",
        "question",
        "low",
    )


async def test_a_message_is_reported_with_its_text_author_and_link(office: Office) -> None:
    tess, rob = office.person("tess"), office.person("rob")
    said = await rob.says("The export button does <nothing> & more", in_="#general")
    await tess.shortcut("Report this message", on=said)
    form = await tess.sees_modal("Report something", "Made of")
    assert await tess.submits(form) is None
    card = await office.channel("triage").shows("R-1", "The export button does <nothing> & more", "the message")
    assert "wrote:" in card
    kept = await item(office)
    assert (kept.source_channel, kept.source_ts) == ("C0GENERAL", said.ts)
    assert kept.source_permalink
    assert kept.title == "The export button does <nothing> & more"


async def test_somebody_seen_for_the_first_time_reports_without_any_account(new_office: Office) -> None:
    rob = new_office.person("rob")
    receipt = await rob.types("/triage new Export button dead", in_="#general")
    assert "R-1" in receipt
    # Nobody has chosen a channel for reports, so the card stands where it was reported.
    await new_office.channel("general").shows("R-1", "Export button dead", "pending")
    row = await new_office.row("SELECT github_id FROM users WHERE slack_id = 'U0SAMPLEROB'")
    assert row.github_id.startswith("slack:")


async def test_a_button_on_what_is_out_of_date_says_who_was_first(office: Office) -> None:
    await files(office)
    ana = office.person("ana")
    old = await ana.types("/triage show 1", in_="#web")
    await office.person("bo").types("/triage resolve R-1 Fixed in 2.1", in_="#web")
    await ana.presses("Take", on=old)
    await ana.channel("web").shows("R-1 was resolved already by bo")
    await ana.presses("Reject…", on=old)
    await ana.sees_modal("Reject R-1", "R-1 was resolved already by bo")


async def test_two_people_take_it_at_once_and_one_of_them_does(office: Office) -> None:
    card = await files(office)
    ana, bo = office.person("ana"), office.person("bo")
    await asyncio.gather(ana.presses("Take", on=card), bo.presses("Take", on=card))
    await office.channel("triage").shows("R-1", "in review by")
    kept = await item(office)
    assert kept.version == 2
    loser = ana if kept.assigned_to == (await user(office, "U0SAMPLEBO")) else bo
    await loser.channel("triage").shows("R-1 was taken already by")


async def user(office: Office, slack_id: str) -> int:
    return int((await office.row("SELECT id FROM users WHERE slack_id = :id", id=slack_id)).id)


async def test_commands_do_what_the_buttons_do(office: Office) -> None:
    await files(office)
    bo = office.person("bo")
    assert "You took *R-1*" in await bo.types("/triage take 1", in_="#web")
    shown = await bo.types("/triage show #1", in_="#web")
    for words in ("Export button dead", "in review by", "Nothing happens", "reported by", "taken by"):
        assert words in shown
    assert "You rejected *R-1*" in await bo.types("/triage reject R-1 Works as designed", in_="#web")
    await office.person("rob").direct_message_from_bot().shows("rejected by", "Works as designed")


async def test_closing_without_words_asks_for_them(office: Office) -> None:
    await files(office)
    bo = office.person("bo")
    await bo.types("/triage resolve 1", in_="#web")
    form = await bo.sees_modal("Resolve R-1", "What was done")
    await bo.fills(form, {"What was done": "   "})
    errors = await bo.submits(form)
    assert errors
    assert "what was done" in errors["What was done"]
    await bo.fills(form, {"What was done": "Fixed"})
    assert await bo.submits(form) is None
    await bo.channel("web").shows("You resolved *R-1*")


async def test_a_form_for_what_is_closed_already_says_so(office: Office) -> None:
    await files(office)
    await office.person("ana").types("/triage resolve 1 Fixed", in_="#web")
    bo = office.person("bo")
    await bo.types("/triage reject 1", in_="#web")
    await bo.sees_modal("Reject R-1", "was resolved already by")


async def test_the_list_pages_and_shows(office: Office) -> None:
    rob, bo = office.person("rob"), office.person("bo")
    empty = await bo.types("/triage list", in_="#web")
    assert "No open reports" in empty
    for number in range(1, 12):
        await rob.types(f"/triage new Problem number {number}", in_="#general")
    first = await bo.types("/triage list problem", in_="#web")
    assert "11 reports" in first
    assert "Page 1 of 2" in first
    assert "Problem number 11" not in first
    await bo.presses("Next", on=first)
    second = await bo.channel("web").shows("Page 2 of 2", "Problem number 11")
    await bo.channel("web").hides("Page 1 of 2")
    await bo.presses("Show", on=second)
    await bo.channel("web").shows("R-11", "reported by")
    assert "No reports for" in await bo.types("/triage list category:idea", in_="#web")


async def test_wrong_input_is_answered_with_what_is_allowed_and_given_back(office: Office) -> None:
    rob = office.person("rob")
    for line, said in {
        "/triage new Export dead !soon": "low, medium, high and critical",
        "/triage new " + "x" * 201: "201 characters",
        "/triage show x": "no report's number",
        "/triage show 99": "There is no report R-99",
        "/triage take": "Which report?",
        "/triage list is:done": "do not know",
    }.items():
        answer = await rob.types(line, in_="#general")
        assert said in answer, line
        assert line[:60] in answer, line
    assert "/triage new" in await rob.types("/triage nwe Export dead", in_="#general")
    assert "/triage resolve" in await rob.types("/triage help", in_="#general")
    assert await office.rows("SELECT 1 FROM triage_items") == []


async def test_nobodys_words_ping_a_channel(office: Office) -> None:
    await files(office, "Export button dead <!channel> -- <!here> *bold* & <https://example.com|click>")
    card = await office.channel("triage").shows("R-1")
    assert "<!channel>" not in str(card.body)
    assert "<!here>" not in str(card.body)
