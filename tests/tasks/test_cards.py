"""What tasks look like: every state has its buttons, every button has somebody who answers, nothing is injected."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.db import Person
from bot.history.queries import PastEvent
from bot.tasks import cards, slack_answers, slack_forms
from bot.tasks.cards import Action
from bot.tasks.filters import TaskFilter
from bot.tasks.model import Task
from bot.tasks.parsing import NewTask
from bot.tasks.queries import Page
from bot.tasks.slack import SURFACE
from bot.tasks.slack_forms import Form

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ANA = Person(1, "U0SAMPLEANA", "Ana", "developer", "Europe/Berlin", False, "slack:T0:U0SAMPLEANA")
MIA = Person(2, "U0SAMPLEMIA", "Mia", "project_manager", "Europe/Berlin", False, "slack:T0:U0SAMPLEMIA")
GUS = Person(3, "U0SAMPLEGUS", "Gus <b>", "developer", "Europe/Berlin", True, "slack:T0:U0SAMPLEGUS")
PEOPLE = {one.id: one for one in (ANA, MIA, GUS)}


def task(**values: Any) -> Task:
    given = {
        "id": 12,
        "title": "Fix login",
        "description": "",
        "status": "todo",
        "assigned_role": "developer",
        "assigned_user_id": ANA.id,
        "start_date": NOW - timedelta(days=1),
        "end_date": NOW + timedelta(days=1),
        "created_by": MIA.id,
        "priority": 0,
        "version": 1,
        "home_channel": "C0WEBTEAM",
        "start_is_automatic": True,
    }
    return Task(**{**given, **values})


def elements(shown: Any) -> Iterator[dict[str, Any]]:
    """Everything with an action id, wherever it stands."""
    if isinstance(shown, dict):
        if "action_id" in shown:
            yield shown
        for part in shown.values():
            yield from elements(part)
    elif isinstance(shown, list | tuple):
        for part in shown:
            yield from elements(part)


def labels(shown: Any) -> list[str]:
    return [element["text"]["text"] for element in elements(shown) if element["type"] == "button"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, ["Start", "Done"]),
        ({"assigned_user_id": None}, ["Start", "Done", "Take"]),
        ({"status": "in_progress"}, ["Done"]),
        ({"status": "done", "completed_at": NOW}, ["Reopen"]),
    ],
)
def test_a_card_has_the_buttons_that_fit_its_state(values: dict[str, Any], expected: list[str]) -> None:
    assert labels(cards.card(task(**values), PEOPLE, NOW, "UTC")) == expected


def test_a_card_calls_nobody_and_the_alert_calls_the_assignee() -> None:
    late = task(end_date=NOW - timedelta(hours=3))
    assert "<@" not in json.dumps(cards.card(late, PEOPLE, NOW, "UTC"))
    alert = cards.late_alert(late, PEOPLE, NOW, "UTC")
    assert "<@U0SAMPLEANA>" in json.dumps(alert)
    assert "late by 3 hours" in alert["text"]
    assert labels(alert) == ["Done", "New date", "Not mine"]


def test_an_alert_that_nobody_is_on_offers_to_take_it() -> None:
    alert = cards.late_alert(task(end_date=NOW, assigned_user_id=None), PEOPLE, NOW, "UTC")
    assert labels(alert) == ["Done", "New date", "Take"]
    assert "less than a minute" in alert["text"]


@pytest.mark.parametrize(
    ("values", "said"),
    [({"status": "done"}, "is done now"), ({}, "has a new date"), ({"assigned_user_id": None}, "new")],
)
def test_an_alert_that_was_answered_asks_nothing_more(values: dict[str, Any], said: str) -> None:
    alert = cards.late_alert(task(**values), PEOPLE, NOW, "UTC")
    assert said in alert["text"]
    assert labels(alert) == []


def test_a_guest_is_told_of_a_task_and_offered_nothing_they_may_not_do() -> None:
    assert labels(cards.assignment(task(assigned_user_id=GUS.id), PEOPLE, NOW, "UTC", "Mia")) == []
    assert labels(cards.assignment(task(), PEOPLE, NOW, "UTC", "Mia")) == ["Start", "Done", "Not mine"]


def everything(one: Task) -> list[Any]:
    """Everything that is ever shown about a task."""
    page = Page([one] * 10, 1, 30)
    past = [PastEvent("created", "Mia", {"assigned_user_id": [None, ANA.id]}, None, NOW)]
    return [
        cards.card(one, PEOPLE, NOW, "UTC"),
        cards.assignment(one, PEOPLE, NOW, "UTC", "Mia"),
        cards.late_alert(one, PEOPLE, NOW, "UTC"),
        cards.news(one, cards.completed(one, ANA), "UTC", cards.show_button(one)),
        cards.line(one, cards.deed("started", "Ana", {}, PEOPLE, "UTC")),
        slack_answers.mine(page, NOW, "UTC").body(),
        slack_answers.mine(Page([], 0, 0), NOW, "UTC").body(),
        slack_answers.listed(page, TaskFilter("is:open"), PEOPLE, NOW, "UTC").body(),
        slack_answers.listed(Page([], 0, 0), TaskFilter(), PEOPLE, NOW, "UTC").body(),
        slack_answers.details(one, PEOPLE, past, NOW, "UTC", may_change=True).body(),
        slack_answers.reopened_late(one, slack_answers.dated(one, "UTC")).body(),
        slack_forms.creation(NewTask("Fix"), ANA, NOW, {}),
        slack_forms.new_date(one, NOW, {}),
    ]


VARIANTS = [
    task(),
    task(end_date=NOW - timedelta(days=1), assigned_user_id=None),
    task(end_date=NOW - timedelta(days=1), status="in_progress"),
    task(status="done", completed_at=NOW),
]


def test_every_button_has_a_handler_and_every_handler_a_button() -> None:
    shown = {element["action_id"] for one in VARIANTS for element in elements(everything(one))}
    handled = {name for kind, name in SURFACE.handlers if kind == "action"}
    inputs = {str(field) for field in slack_forms.Field}
    assert shown - inputs <= handled
    # *Invite me here* stands below receipts, which take a transaction to be written.
    assert handled - shown == {Action.INVITE}
    assert {name for kind, name in SURFACE.handlers if kind == "view"} == set(Form)


@pytest.mark.parametrize("one", VARIANTS)
def test_every_message_is_a_sentence_and_keeps_to_slacks_limits(one: Task) -> None:
    one.title, one.description = "&" * 200, "<" * 5000
    for message in everything(one):
        if message.get("type") != "modal":
            assert message["text"]
            assert len(message.get("blocks", [])) <= 50
        for block in message.get("blocks", []):
            if block["type"] == "section":
                assert len(block.get("text", {}).get("text", "")) <= 3000
                assert "&am" not in block.get("text", {}).get("text", "").replace("&amp;", "").replace("&lt;", "")
        for element in elements(message):
            assert len(element.get("value", "")) <= 2000


def test_what_people_wrote_is_drawn_letter_by_letter() -> None:
    hostile = task(title="<!channel> <https://x|y>", description="<@U0SAMPLEBO> <!here>", epic_id="<!channel>")
    hostile.assigned_user_id = GUS.id
    for message in everything(hostile):
        text = json.dumps([block for block in message["blocks"] if block["type"] != "input"])
        assert "<!channel" not in text
        assert "<!here" not in text
        assert "<https" not in text
        assert "Gus <b>" not in text


@pytest.mark.parametrize(
    ("verb", "changes", "said"),
    [
        ("assigned", {"assigned_user_id": [None, ANA.id]}, "Mia gave it to Ana."),
        ("assigned", {"assigned_user_id": [ANA.id, MIA.id]}, "Mia took it over from Ana."),
        ("assigned", {"assigned_user_id": [None, MIA.id]}, "Mia took it."),
        ("assigned", {"assigned_user_id": [ANA.id, None]}, "Mia took it from Ana; nobody has it now."),
        ("released", {"assigned_user_id": [MIA.id, None]}, "Mia says it is not theirs; nobody has it now."),
        ("created", {"assigned_user_id": [None, ANA.id]}, "Mia made it for Ana."),
        ("created", {}, "Mia made it."),
        ("late", {"is_delayed": [False, True]}, "It became late."),
        ("done", {}, "Mia finished it."),
    ],
)
def test_what_happened_is_one_sentence(verb: str, changes: dict[str, list[Any]], said: str) -> None:
    assert cards.deed(verb, "Mia", changes, PEOPLE, "UTC") == said


def test_a_moved_end_names_both_moments() -> None:
    said = cards.deed("due", "Mia", {"end_date": [NOW.isoformat(), NOW + timedelta(days=1)]}, PEOPLE, "UTC")
    assert said.count("<!date^") == 2
