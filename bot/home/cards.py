"""What a person sees of themselves: App Home, the inbox, and what needs them now; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.db import Person
from bot.notifications.model import Notification
from bot.slack import blocks
from bot.slack.blocks import Block
from bot.slack.request import Reply
from bot.tasks import cards as task_cards
from bot.tasks.model import Task
from bot.tasks.queries import Page
from bot.triage import cards as triage_cards
from bot.triage.queries import Report


class Action(StrEnum):
    """The ids of the buttons in App Home and in the inbox."""

    START = "home.start"
    DONE = "home.done"
    READ = "home.read"
    READ_INBOX = "inbox.read"


NOTIFICATIONS_SHOWN = 10
REPORTS_SHOWN = 5
LATE_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Overview:
    """What concerns one person at one moment. `late` and `open_reports` are the team's, and None for who leads none."""

    me: Person
    now: datetime
    tasks: Page
    unread: Sequence[Notification]
    unread_count: int
    reports: Sequence[Report]
    late: Page | None = None
    open_reports: int | None = None

    @property
    def late_count(self) -> int:
        """How many of the tasks shown are late; they lead the list."""
        return sum(task_cards.is_late(task, self.now) for task in self.tasks.tasks)


def home(seen: Overview) -> Block:
    """App Home."""
    shown = [*_tasks(seen), blocks.divider(), *_inbox(seen, Action.READ), blocks.divider(), *_reports(seen)]
    if seen.late is not None:
        shown += [blocks.divider(), *_team(seen, seen.late)]
    return {"type": "home", "blocks": shown[:100]}


def _tasks(seen: Overview) -> list[Block]:
    new = blocks.button("New task", task_cards.Action.FORM, blocks.value())
    if not seen.tasks.total:
        empty = "Nothing is waiting for you. `/task list is:unassigned` shows what nobody has taken yet."
        return [blocks.header("My tasks"), blocks.section(f":tada: {empty}"), blocks.actions(new)]
    rows = task_cards.own_rows(seen.tasks.tasks, seen.now, seen.me.time_zone, Action.START, Action.DONE)
    shown = [blocks.header(f"My tasks ({seen.tasks.total})"), *rows]
    if (more := seen.tasks.total - len(seen.tasks.tasks)) > 0:
        shown.append(blocks.context(f"And {more} more: `/task` shows all of them."))
    return [*shown, blocks.actions(new)]


def _inbox(seen: Overview, read: Action) -> list[Block]:
    if not seen.unread:
        return [blocks.header("Inbox"), blocks.section("You have read everything.")]
    shown = [blocks.header(f"Inbox ({seen.unread_count} unread)")]
    for one in seen.unread:
        when = f" · {blocks.moment(one.created_at, seen.me.time_zone)}" if one.created_at else ""
        shown.append(blocks.section(f"*{blocks.quoted(one.title)}*\n{blocks.quoted(one.message, 350)}{when}"))
    if (more := seen.unread_count - len(seen.unread)) > 0:
        shown.append(blocks.context(f"And {more} older ones; they follow when these are read."))
    value = blocks.value(ids=[one.id for one in seen.unread])
    return [*shown, blocks.actions(blocks.button("Mark read", read, value, label="Mark these as read"))]


def _reports(seen: Overview) -> list[Block]:
    if not seen.reports:
        empty = "You have not reported anything. `/triage` opens the form when something is broken or missing."
        return [blocks.header("My reports"), blocks.section(empty)]
    lines = [f"*{one.number}* {blocks.quoted(one.title)} – {triage_cards.state(one)}" for one in seen.reports]
    return [blocks.header("My reports"), *blocks.sections(lines)]


def _team(seen: Overview, late: Page) -> list[Block]:
    shown = [blocks.header("The team")]
    if late.total:
        lines = [_late_line(task, seen.now) for task in late.tasks[:LATE_SHOWN]]
        shown += blocks.sections([f"*{_count(late.total, 'late task')}*", *lines])
        if late.total > LATE_SHOWN:
            shown.append(blocks.context("`/task list is:late` shows all of them."))
    else:
        shown.append(blocks.section(":sparkles: No task is late."))
    waiting = seen.open_reports or 0
    said = f"*{_count(waiting, 'open report')}*: `/triage list` shows them." if waiting else "No report is open."
    return [*shown, blocks.section(said)]


def _late_line(task: Task, now: datetime) -> str:
    return f"{task_cards.label(task)} – late by {task_cards.duration(now - task.end_date)}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def inbox(seen: Overview, *, replace: bool = False) -> Reply:
    """`/scrum inbox`: the latest unread notifications, and a button that marks those shown as read."""
    if not seen.unread:
        return Reply("You have read everything.", (blocks.section(":sparkles: You have read everything."),), replace)
    text = f"You have {_count(seen.unread_count, 'unread notification')}: " + "; ".join(
        blocks.quoted(one.title) for one in seen.unread
    )
    return Reply(f"{text}.", tuple(_inbox(seen, Action.READ_INBOX)), replace)


COMMANDS = (
    "`/task` – make, find and finish tasks",
    "`/triage` – report what is broken or missing, and look after reports",
    "`/chat` – write to a person or a channel, and find it again",
    "`/scrum` – yourself, your inbox, GitHub, and how this is set up",
)


def needs_you(seen: Overview) -> Reply:
    """Bare `/scrum`: what needs the person now, and where to find everything else."""
    needs = []
    if seen.late_count:
        needs.append(f":alarm_clock: {_count(seen.late_count, 'task')} of yours {_be(seen.late_count)} late: `/task`")
    elif seen.tasks.total:
        needs.append(f":white_circle: You have {_count(seen.tasks.total, 'open task')}: `/task`")
    if seen.unread_count:
        needs.append(f":bell: {_count(seen.unread_count, 'unread notification')}: `/scrum inbox`")
    if seen.late and seen.late.total:
        needs.append(f":alarm_clock: {_count(seen.late.total, 'task')} of the team {_be(seen.late.total)} late: "
                     "`/task list is:late`")  # fmt: skip
    if seen.open_reports:
        needs.append(f":inbox_tray: {_count(seen.open_reports, 'open report')}: `/triage list`")
    said = "\n".join(needs) or ":sparkles: Nothing needs you right now."
    shown = (
        blocks.section(said),
        blocks.divider(),
        blocks.section("\n".join(COMMANDS)),
        blocks.context("Each of them explains itself: `/task help`, `/triage help`, `/chat help`, `/scrum help`."),
    )
    return Reply(said.replace("\n", " "), shown)


def _be(number: int) -> str:
    return "is" if number == 1 else "are"
