"""Every message about a report: what Slack takes, what it shows, and that every button has a handler."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.history.queries import PastEvent
from bot.triage import cards
from bot.triage.model import STATUSES
from bot.triage.queries import Page, Report, Someone
from bot.triage.slack import SURFACE

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ROB, BO = Someone(1, "U0SAMPLEROB", "Rob & <Co>"), Someone(2, "U0SAMPLEBO", "Bo")


def report(status: str = "pending", words: str = "<!channel> & *more*", **changed: Any) -> Report:
    ended = {"resolution": words, "resolved_by": BO, "resolved_at": NOW} if status in ("resolved", "rejected") else {}
    values: dict[str, Any] = {
        "title": words[:200],
        "description": words,
        "status": status,
        "priority": "high",
        "category": "bug",
        "created_at": NOW,
        "version": 1,
        "reporter": ROB,
        "assignee": None if status == "pending" else BO,
        "channel": "C0TRIAGE01",
        "source_permalink": "https://example.com/archives/1",
        **ended,
        **changed,
    }
    return Report(5, **values)


def drawn(one: Report) -> dict[str, Any]:
    """Every message there is about a report, by name."""
    past = [PastEvent("reported", "Rob <3", {}, None, NOW)] * 10
    messages = {
        "card": cards.card(one),
        "receipt": cards.receipt(one),
        "outcome": cards.outcome(one),
        "line": cards.line(one, BO) if one.status != "pending" else {"text": "-"},
    }
    shown = {
        "read": cards.what_was_read(one),
        "told": cards.told(one) if one.status != "pending" else ("-", []),
        "whole": cards.whole(one, past, may_work=True),
        "listing": cards.listing(Page([one] * 10, 2, 30), "is:open export"),
        "empty": cards.listing(Page([], 1, 0), "`<!here>`"),
    }
    return {**messages, **{name: {"text": text, "blocks": found} for name, (text, found) in shown.items()}}


def forms(one: Report) -> list[Any]:
    return [
        cards.report_form({"channel": "C1"}),
        *(cards.closing_form(one, verb, {}) for verb in ("resolve", "reject")),
    ]


def found_in(what: Any, name: str) -> Iterator[Any]:
    if isinstance(what, dict):
        if name in what:
            yield what[name]
        for value in what.values():
            yield from found_in(value, name)
    elif isinstance(what, list):
        for value in what:
            yield from found_in(value, name)


@pytest.mark.parametrize("status", STATUSES)
def test_every_button_and_form_has_a_handler(status: str) -> None:
    pressed = {
        element["action_id"]
        for message in drawn(report(status)).values()
        for elements in found_in(message, "elements")
        for element in elements
        if element["type"] == "button"
    } | {accessory["action_id"] for accessory in found_in(drawn(report(status)), "accessory")}
    assert pressed
    assert {("action", action) for action in pressed} <= SURFACE.handlers.keys()
    assert {("view", form["callback_id"]) for form in forms(report(status))} <= SURFACE.handlers.keys()


@pytest.mark.parametrize("status", STATUSES)
def test_nobodys_words_become_a_mention_a_link_or_markup(status: str) -> None:
    for name, message in drawn(report(status)).items():
        for text in found_in(message, "text"):
            if isinstance(text, str):
                assert "<!channel>" not in text, name
                assert "<!here>" not in text, name
                assert "<Co>" not in text, name


@pytest.mark.parametrize("words", ["&" * 600, "<" * 750, "x" * 3000, "x\n" * 1400, "🚨" * 3000])
@pytest.mark.parametrize("status", STATUSES)
def test_the_longest_texts_fit_and_nothing_escaped_is_cut_in_two(status: str, words: str) -> None:
    for name, message in drawn(report(status, words)).items():
        total = 0
        for block in message.get("blocks", []):
            for text in found_in(block, "text"):
                if isinstance(text, str):
                    total += len(text)
                    assert len(text) <= 3000, name
                    assert not text.endswith(("&", "&a", "&am", "&amp", "&l", "&lt")), name
        assert total < 13_200, name
        assert len(message.get("blocks", [])) <= 50, name
    for form in forms(report(status, words)):
        assert len(form["title"]["text"]) <= 24


def test_the_buttons_of_a_card_fit_its_state() -> None:
    def buttons(status: str) -> list[str]:
        rows = [block for block in cards.card(report(status))["blocks"] if block["type"] == "actions"]
        return [element["text"]["text"] for row in rows for element in row["elements"]]

    assert buttons("pending") == ["Take", "Resolve…", "Reject…"]
    assert buttons("in_review") == ["Resolve…", "Reject…"]
    assert buttons("resolved") == buttons("rejected") == []


def test_a_card_pings_nobody() -> None:
    for status in STATUSES:
        assert "<@" not in json.dumps(cards.card(report(status)))


def test_the_receipt_says_how_it_stands() -> None:
    said = [cards.receipt(report(status))["text"] for status in STATUSES]
    stands = ["Nobody has taken it", "Bo is looking", "resolved by Bo", "rejected by Bo"]
    for text, words in zip(said, stands, strict=True):
        assert words in text
        assert "R-5" in text


def test_pages_lead_only_where_there_are_reports() -> None:
    def turning(number: int, total: int) -> list[str]:
        _, found = cards.listing(Page([report()], number, total), "")
        rows = [block for block in found if block["type"] == "actions"]
        return [element["text"]["text"] for row in rows for element in row["elements"]]

    assert turning(1, 10) == []
    assert turning(1, 11) == ["Next"]
    assert turning(2, 30) == ["Previous", "Next"]
    assert turning(3, 30) == ["Previous"]


def test_a_paging_button_carries_the_longest_search() -> None:
    _, found = cards.listing(Page([report()], 2, 30), "🚨" * 150)
    for elements in found_in(found, "elements"):
        for element in elements:
            assert len(element.get("value", "")) <= 2000


def test_the_reporter_and_the_thread_get_the_whole_answer_and_a_card_its_beginning() -> None:
    one = report("resolved", "x" * 2990 + " the end")
    for message in (cards.receipt(one), cards.outcome(one), cards.line(one, BO)):
        assert "the end" in str(message.get("blocks", message["text"]))
    assert "the end" not in str(cards.card(one))
