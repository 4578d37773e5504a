"""Reports on their way: who may do what, what the record says then, and who hears of it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from bot.errors import Refusal
from bot.triage import operations, parsing, queries
from bot.triage.operations import Source
from bot.triage.queries import Report
from tests.team import Team, slack_id


async def file(team: Team, line: str = "Export dead category:bug !high", by: str = "rob", **place: Any) -> Report:
    async with team.acts(by, **place) as tx:
        return await operations.report(tx, parsing.report_line(line))


async def act(team: Team, who: str, verb: str, number: int, *words: str) -> Report:
    async with team.acts(who) as tx:
        return await getattr(operations, verb)(tx, number, *words)


async def refusal(team: Team, who: str, verb: str, number: int, *words: str) -> str:
    with pytest.raises(Refusal) as caught:
        await act(team, who, verb, number, *words)
    return caught.value.message


async def item(team: Team, number: int) -> Any:
    return (await team.rows("SELECT * FROM triage_items WHERE id = :id", id=number))[0]


async def test_a_report_is_a_row_an_event_a_card_and_a_receipt(team: Team) -> None:
    await team.chooses_triage_channel()
    filed = await file(team)
    row = await item(team, filed.id)
    assert (row.title, row.category, row.priority, row.status) == ("Export dead", "bug", "high", "pending")
    assert row.channel == "C0TRIAGE01"
    assert await team.verbs(filed.subject) == ["reported"]
    (card,) = await team.ledger("card")
    assert (card.lane, card.key, card.subject) == ("C0TRIAGE01", f"triage:{filed.id}:card", filed.subject)
    (receipt,) = await team.ledger("receipt")
    assert (receipt.lane, receipt.key) == (slack_id("rob"), f"triage:{filed.id}:receipt")
    assert "Nobody has taken it yet" in receipt.payload["text"]


async def test_managers_are_notified_without_a_message_where_a_card_stands(team: Team) -> None:
    await team.chooses_triage_channel()
    await file(team)
    assert await team.told("issue_reported") == ["Mia", "Ada"]
    assert await team.ledger("direct") == []


async def test_a_manager_who_reports_is_not_told_of_it(team: Team) -> None:
    await file(team, by="mia")
    assert await team.told("issue_reported") == ["Ada"]


async def test_without_a_triage_channel_the_card_stands_where_it_was_reported(team: Team) -> None:
    assert (await file(team, channel="C0WEBTEAM")).channel == "C0WEBTEAM"


@pytest.mark.parametrize("channel", ["C0RANDOM01", "D0ROB"])
async def test_with_no_channel_at_all_managers_get_cards_of_their_own(team: Team, channel: str) -> None:
    filed = await file(team, channel=channel)
    assert filed.channel is None
    sent = await team.ledger("card")
    assert [message.lane for message in sent] == [slack_id("mia"), slack_id("ada")]
    assert all(message.notification_key == message.key.removeprefix("direct:") for message in sent)
    await act(team, "bo", "take", filed.id)
    assert await team.ledger("line") == []
    assert all("in review by Bo" in message.payload["text"] for message in await team.ledger("card"))


async def test_a_report_remembers_the_message_it_was_made_of(team: Team) -> None:
    async with team.acts("rob") as tx:
        source = Source("C0GENERAL", "1700000000.000100", "https://example.com/archives/1")
        filed = await operations.report(tx, parsing.new_report("Broken", "", None, None), source)
    row = await item(team, filed.id)
    assert (row.source_channel, row.source_ts) == ("C0GENERAL", "1700000000.000100")
    assert "https://example.com/archives/1" in json.dumps((await team.ledger("card"))[0].payload)


async def test_taking_draws_card_and_receipt_anew_and_says_so_in_the_thread(team: Team) -> None:
    filed = await file(team)
    taken = await act(team, "bo", "take", filed.id)
    assert (taken.status, taken.assignee and taken.assignee.name) == ("in_review", "Bo")
    (card,), (receipt,), (line,) = [await team.ledger(kind) for kind in ("card", "receipt", "line")]
    assert card.revision == 2
    assert "in review by Bo" in card.payload["text"]
    assert "Bo is looking at it" in receipt.payload["text"]
    assert (line.parent_key, line.lane) == (f"triage:{filed.id}:card", "C0WEBTEAM")
    assert "Bo took" in line.payload["text"]
    assert await team.verbs(filed.subject) == ["reported", "taken"]


@pytest.mark.parametrize(("verb", "status"), [("resolve", "resolved"), ("reject", "rejected")])
@pytest.mark.parametrize("taken_first", [True, False])
async def test_the_reporter_is_told_the_end_in_a_new_message(
    team: Team, verb: str, status: str, taken_first: bool
) -> None:
    filed = await file(team)
    if taken_first:
        await act(team, "bo", "take", filed.id)
    await act(team, "tess", verb, filed.id, " as of <2.1> ")
    row = await item(team, filed.id)
    assert (row.status, row.resolution) == (status, "as of <2.1>")
    assert row.resolved_at is not None
    (direct,) = await team.ledger("direct")
    assert direct.lane == slack_id("rob")
    assert f"{status} by Tess: as of &lt;2.1&gt;" in direct.payload["text"]
    assert await team.told("system") == ["Rob"]
    assert "as of &lt;2.1&gt;" in (await team.ledger("receipt"))[0].payload["text"]
    assert (await team.verbs(filed.subject))[-1] == status


async def test_who_resolves_their_own_report_is_not_told_of_it(team: Team) -> None:
    filed = await file(team, by="ana")
    await act(team, "ana", "resolve", filed.id, "found it")
    assert await team.told("system") == []
    assert await team.ledger("direct") == []


async def test_a_move_that_makes_no_sense_any_more_names_who_was_first(team: Team) -> None:
    filed = await file(team)
    await act(team, "bo", "take", filed.id)
    assert await refusal(team, "ana", "take", filed.id) == f"{filed.number} was taken already by Bo."
    assert await refusal(team, "bo", "take", filed.id) == f"You have taken {filed.number} already."
    await act(team, "ana", "resolve", filed.id, "done")
    assert await refusal(team, "bo", "reject", filed.id, "no") == f"{filed.number} was resolved already by Ana."
    assert await refusal(team, "ana", "resolve", filed.id, "no") == f"You resolved {filed.number} already."
    assert await team.verbs(filed.subject) == ["reported", "taken", "resolved"]


async def test_of_two_who_take_it_at_once_one_is_told_about_the_other(team: Team) -> None:
    filed = await file(team)
    done = await asyncio.gather(
        *(act(team, who, "take", filed.id) for who in ("ana", "bo", "tess")), return_exceptions=True
    )
    taken = [one for one in done if isinstance(one, Report)]
    assert len(taken) == 1
    assert taken[0].assignee
    assert {one.message for one in done if isinstance(one, Refusal)} == {
        f"{filed.number} was taken already by {taken[0].assignee.name}."
    }
    assert await team.verbs(filed.subject) == ["reported", "taken"]


async def test_closing_without_words_is_refused_and_changes_nothing(team: Team) -> None:
    filed = await file(team)
    assert "what was done" in await refusal(team, "bo", "resolve", filed.id, " ")
    assert "the reason" in await refusal(team, "bo", "reject", filed.id, "")
    assert (await item(team, filed.id)).status == "pending"


async def test_a_guest_reports_and_does_no_more(team: Team) -> None:
    filed = await file(team, by="gus")
    for verb, words in (("take", ()), ("resolve", ("done",)), ("reject", ("no",))):
        assert "Guests" in await refusal(team, "gus", verb, filed.id, *words)
    assert (await item(team, filed.id)).status == "pending"


async def test_a_number_that_is_nobodys_is_said_to_be_unknown(team: Team) -> None:
    assert await refusal(team, "bo", "take", 77) == "There is no report R-77 that you may see."


async def test_a_change_that_is_not_committed_leaves_nothing(team: Team) -> None:
    filed = await file(team)

    async def fails_afterwards() -> None:
        async with team.acts("bo") as tx:
            await operations.take(tx, filed.id)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails_afterwards()
    assert (await item(team, filed.id)).status == "pending"
    assert await team.ledger("line") == []


async def seen(team: Team, who: str, typed: str = "", page: int = 1) -> list[str]:
    async with team.acts(who) as tx:
        return [report.title for report in (await queries.page(tx, parsing.search(typed), page)).reports]


async def test_a_list_is_most_urgent_first_and_holds_what_is_open(team: Team) -> None:
    for line in ("one !low", "two !critical", "three !high", "four !high"):
        await file(team, line)
    await act(team, "bo", "resolve", 4, "done")
    assert await seen(team, "ana") == ["two", "three", "one"]
    assert await seen(team, "ana", "is:resolved") == ["four"]


async def test_a_list_finds_by_words_category_priority_and_person(team: Team) -> None:
    await file(team, "Export 100% dead category:bug -- it_is gone")
    await file(team, "Login slow category:idea !low", by="ana")
    await act(team, "bo", "take", 2)
    for typed, titles in {
        "EXPORT": ["Export 100% dead"],
        "gone export": ["Export 100% dead"],
        "100%": ["Export 100% dead"],
        "it_is": ["Export 100% dead"],
        "1%0": [],
        "-export": ["Login slow"],
        "category:idea": ["Login slow"],
        "-category:idea": ["Export 100% dead"],
        "priority:low": ["Login slow"],
        "category:bug category:idea": ["Export 100% dead", "Login slow"],
        "is:unassigned": ["Export 100% dead"],
        "-is:unassigned": ["Login slow"],
        "is:mine": ["Login slow"],
        "is:in_review export": [],
    }.items():
        assert await seen(team, "ana", typed) == titles, typed
    assert await seen(team, "bo", "is:mine") == ["Login slow"]
    assert await seen(team, "bo", "-is:mine") == ["Export 100% dead"]


async def test_a_list_has_ten_a_page_and_the_last_page_stands_for_those_after_it(team: Team) -> None:
    for number in range(12):
        await file(team, f"Report {number}")
    async with team.acts("ana") as tx:
        first = await queries.page(tx, parsing.search(""), 1)
        past_the_end = await queries.page(tx, parsing.search(""), 9)
    assert (len(first.reports), first.total, first.count) == (10, 12, 2)
    assert (len(past_the_end.reports), past_the_end.number) == (2, 2)


async def test_a_guest_sees_number_title_and_state_of_what_others_reported(team: Team) -> None:
    await file(team, "Secret in the text category:bug !high -- password")
    own = await file(team, "Mine category:bug -- password", by="gus")
    closed = await file(team, "Closed")
    await act(team, "bo", "resolve", closed.id, "done")
    assert await seen(team, "gus") == ["Secret in the text", "Mine"]
    assert await seen(team, "gus", "is:resolved") == []
    # What is not shown is not found by looking for it either.
    for typed in ("password", "category:bug", "is:mine"):
        assert await seen(team, "gus", typed) == ["Mine"], typed
    async with team.acts("gus") as tx:
        other = await queries.get(tx, 1)
        assert (other.is_outline, other.description, other.category, other.priority) == (True, "", "", "")
        assert (await queries.get(tx, own.id)).description == "password"
        with pytest.raises(Refusal):
            await queries.get(tx, closed.id)


async def test_somebodys_reports_and_the_open_ones_are_counted_for_home(team: Team) -> None:
    await file(team, "first")
    await file(team, "second")
    await file(team, "by another", by="ana")
    await act(team, "bo", "reject", 1, "no")
    async with team.acts("rob") as tx:
        assert [report.title for report in await queries.reported_by(tx, tx.actor.id, 5)] == ["second", "first"]
        assert await queries.open_count(tx) == 2
