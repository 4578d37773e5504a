"""What a person sees of themselves, drawn without a Slack."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.db import Person
from bot.home import cards
from bot.home.cards import Overview
from bot.home.slack import SURFACE
from bot.notifications.model import Notification
from bot.tasks.cards import Action as TaskAction
from bot.tasks.model import Task
from bot.tasks.queries import Page
from bot.triage.queries import Report, Someone

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MIA = Person(2, "U0SAMPLEMIA", "Mia", "project_manager", "Europe/Berlin", False, "slack:T0:U0SAMPLEMIA")


def task(number: int, ends_in: timedelta) -> Task:
    return Task(
        id=number,
        title="&" * 200,
        description="",
        status="todo",
        assigned_role="developer",
        end_date=NOW + ends_in,
        priority=4,
    )


def overview(count: int, total: int) -> Overview:
    """A manager with so many of everything."""
    tasks = [task(number, timedelta(hours=number - 3)) for number in range(1, count + 1)]
    unread = [
        Notification(id=number, title="&" * 200, message="<" * 3000, created_at=NOW) for number in range(1, count + 1)
    ]
    reporter = Someone(2, "U0SAMPLEMIA", "Mia")
    reports = [
        Report(number, "<!channel>", "", "pending", "high", "bug", NOW, 1, reporter) for number in range(1, count + 1)
    ]
    page = Page(tasks, 0, total)
    return Overview(MIA, NOW, page, unread, total, reports[: cards.REPORTS_SHOWN], page, total)


def actions(view: dict[str, Any]) -> set[str]:
    return {element["action_id"] for block in view["blocks"] for element in block.get("elements", [])
            if "action_id" in element}  # fmt: skip


def test_home_keeps_to_slacks_limits_however_much_there_is() -> None:
    view = cards.home(overview(10, 400))
    assert len(view["blocks"]) <= 100
    for block in view["blocks"]:
        assert len(block.get("text", {}).get("text", "")) <= 3000
    assert "<!channel>" not in str(view)
    assert "And 390 more" in str(view)


def test_every_button_has_a_handler_and_every_handler_a_button() -> None:
    seen = overview(3, 3)
    shown = actions(cards.home(seen)) | actions(cards.inbox(seen).body())
    assert shown - {TaskAction.FORM} == {name for kind, name in SURFACE.handlers if kind == "action"}


def test_an_empty_home_says_what_to_do() -> None:
    empty = Overview(MIA, NOW, Page([], 0, 0), [], 0, [], Page([], 0, 0), 0)
    said = str(cards.home(empty))
    for words in ("Nothing is waiting for you", "You have read everything", "/triage", "No task is late", "No report"):
        assert words in said
    assert cards.needs_you(empty).text == ":sparkles: Nothing needs you right now."


def test_what_needs_a_manager_is_counted() -> None:
    said = cards.needs_you(overview(3, 3)).text
    for words in (
        "3 tasks of yours are late",
        "3 unread notifications",
        "3 tasks of the team are late",
        "3 open reports",
    ):
        assert words in said


def test_those_who_lead_no_team_see_none() -> None:
    own = Overview(MIA, NOW, Page([], 0, 0), [], 0, [])
    assert "The team" not in str(cards.home(own))
