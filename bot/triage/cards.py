"""How a report looks in Slack: its card, its reporter's receipt, lists and forms; and the ids of what can be pressed.

Names stand for people here, not mentions: a card in a channel must not ping somebody for what they did themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from bot.history.queries import PastEvent
from bot.slack import blocks
from bot.slack.blocks import Block, escape, moment, quoted
from bot.triage.model import CATEGORIES, IN_REVIEW, PENDING, PRIORITIES, REJECTED, RESOLVED
from bot.triage.parsing import LONGEST_TEXT, LONGEST_TITLE, NEW_EXAMPLE
from bot.triage.queries import Page, Report, Someone


class Act(StrEnum):
    """What can be pressed; the values of `action_id`."""

    TAKE = "triage.take"
    RESOLVE = "triage.resolve"
    REJECT = "triage.reject"
    SHOW = "triage.show"
    EARLIER_PAGE = "triage.page_back"
    LATER_PAGE = "triage.page_on"


class Form(StrEnum):
    """The forms and the shortcut; the values of `callback_id`."""

    REPORT = "triage.report"
    RESOLVE = "triage.resolve"
    REJECT = "triage.reject"
    REPORT_MESSAGE = "triage.report_message"


_EMOJI = {PENDING: ":inbox_tray:", IN_REVIEW: ":mag:", RESOLVED: ":white_check_mark:", REJECTED: ":no_entry_sign:"}
_STATE = {PENDING: "pending", IN_REVIEW: "in review", RESOLVED: "resolved", REJECTED: "rejected"}
_SEEN_ON_CARD = 550
"""So many characters of a description fit into one section however many of them Slack escapes."""


def state(report: Report) -> str:
    """The state and who brought it about, for example `in review by Bo`."""
    by = {IN_REVIEW: report.assignee, RESOLVED: report.resolved_by, REJECTED: report.resolved_by}.get(report.status)
    return f"{_STATE[report.status]} by {escape(by.name)}" if by else _STATE[report.status]


def _headline(report: Report) -> str:
    return f"{_EMOJI[report.status]} *{report.number}* {quoted(report.title)}"


def _facts(report: Report) -> str:
    parts = [
        f"*{state(report)}*",
        f"{report.priority} priority",
        quoted(report.category),
        f"reported by {escape(report.reporter.name)} {moment(report.created_at)}",
    ]
    if report.source_permalink:
        parts.append(f"<{report.source_permalink}|the message>")
    return " · ".join(parts)


def _buttons(report: Report, *, again: Sequence[Block] = ()) -> list[Block]:
    value = blocks.value(triage=report.id)
    pressed = []
    if report.status == PENDING:
        pressed.append(blocks.button("Take", Act.TAKE, value, style="primary", label=f"Take {report.number}"))
    if report.is_open:
        pressed.append(blocks.button("Resolve…", Act.RESOLVE, value, label=f"Resolve {report.number}"))
        pressed.append(blocks.button("Reject…", Act.REJECT, value, label=f"Reject {report.number}"))
    return [blocks.actions(*pressed, *again)] if pressed or again else []


def card(report: Report) -> dict[str, Any]:
    """The message that stands in the triage channel."""
    text = (
        f"Report {report.number}: {quoted(report.title)}. It is {state(report)},"
        f" reported by {escape(report.reporter.name)}, {report.priority} priority."
    )
    drawn = [blocks.section(_headline(report))]
    if report.description:
        drawn.append(blocks.section(quoted(report.description, _SEEN_ON_CARD)))
    if report.resolution:
        drawn.append(blocks.section(_indented(report.resolution)))
    return blocks.message(text, [*drawn, blocks.context(_facts(report)), *_buttons(report)])


def _indented(words: str) -> str:
    return "\n".join(f"> {line}" for line in quoted(words, _SEEN_ON_CARD).splitlines())


def line(report: Report, who: Someone) -> dict[str, Any]:
    """What is said in the card's thread when the report has moved."""
    done = {IN_REVIEW: "took", RESOLVED: "resolved", REJECTED: "rejected"}[report.status]
    said = f"{_EMOJI[report.status]} {escape(who.name)} {done} {report.number}"
    if report.resolution:
        return blocks.message(f"{said}: {quoted(report.resolution)}")
    return blocks.message(f"{said} and is looking at it.")


def receipt(report: Report) -> dict[str, Any]:
    """The reporter's own message, which stays true."""
    news = {
        PENDING: "It was received. Nobody has taken it yet.",
        IN_REVIEW: f"{escape(report.assignee.name) if report.assignee else 'Somebody'} is looking at it.",
        RESOLVED: f"It was {state(report)}:",
        REJECTED: f"It was {state(report)}:",
    }[report.status]
    text = f"Your report {report.number}: {quoted(report.title)}. {news}"
    drawn = [blocks.section(f"{_headline(report)}\n{news}")]
    if report.resolution:
        text += f" {quoted(report.resolution)}"
        drawn.append(blocks.section(quoted(report.resolution)))
    said = f"Your report · {report.priority} priority · {quoted(report.category)}"
    still_true = " · this message is kept up to date" if report.is_open else ""
    return blocks.message(text, [*drawn, blocks.context(said + still_true)])


def outcome(report: Report) -> dict[str, Any]:
    """The last message to the reporter: what became of the report."""
    text = (
        f"Your report {report.number}, {quoted(report.title)}, was {state(report)}: {quoted(report.resolution or '')}"
    )
    return blocks.message(
        text,
        [
            blocks.section(f"{_headline(report)}\nYour report was {state(report)}:"),
            blocks.section(quoted(report.resolution or "")),
        ],
    )


def what_was_read(report: Report) -> tuple[str, list[Block]]:
    """The ephemeral receipt: text and blocks."""
    read = [f"*{quoted(report.category)}*", f"*{report.priority}* priority"]
    if report.description:
        read.append("with a description")
    if report.channel:
        read.append(f"in <#{report.channel}>")
    text = f"Reported as {report.number}: {quoted(report.title)} ({quoted(report.category)}, {report.priority})."
    return text, [
        blocks.section(f":inbox_tray: Reported as *{report.number}*: {quoted(report.title)}"),
        blocks.context(" · ".join(read)),
        blocks.context("A direct message tells you what becomes of it, and is kept up to date."),
    ]


def told(report: Report) -> tuple[str, list[Block]]:
    """The ephemeral answer to who took, resolved or rejected a report."""
    done = {IN_REVIEW: "You took", RESOLVED: "You resolved", REJECTED: "You rejected"}[report.status]
    text = f"{done} {report.number}: {quoted(report.title)}"
    drawn = [blocks.section(f"{_EMOJI[report.status]} {done} *{report.number}*: {quoted(report.title)}")]
    if report.resolution:
        drawn.append(blocks.section(quoted(report.resolution)))
    if report.reporter != (report.resolved_by or report.assignee):
        drawn.append(blocks.context(f"{escape(report.reporter.name)} can see it on their receipt."))
    return text, [*drawn, *_buttons(report)]


def whole(report: Report, past: Sequence[PastEvent], *, may_work: bool) -> tuple[str, list[Block]]:
    """Everything about a report, for one person: text and blocks."""
    text = f"{report.number}: {quoted(report.title)} is {state(report)}."
    if report.is_outline:
        return text, [
            blocks.section(_headline(report)),
            blocks.context(f"*{state(report)}* · guests see number, title and state of what others reported"),
        ]
    drawn = [blocks.section(_headline(report)), blocks.context(_facts(report))]
    if report.description:
        drawn += [blocks.section("*What happened*"), blocks.section(quoted(report.description))]
    if report.resolution:
        heading = "What was done" if report.status == RESOLVED else "Why not"
        drawn += [blocks.section(f"*{heading}*"), blocks.section(quoted(report.resolution))]
    if past:
        steps = [f"{moment(event.at)} {event.verb} by {escape(event.actor or 'the bot')}" for event in past]
        drawn.append(blocks.context("\n".join(steps)))
    return text, [*drawn, *(_buttons(report) if may_work else [])]


def listing(page: Page, typed: str) -> tuple[str, list[Block]]:
    """A page of reports: text and blocks."""
    about = f" for `{escape(typed.replace('`', chr(39)))}`" if typed else ""
    if not page.total:
        nothing = f"No reports{about}." if typed else "No open reports: everything is answered."
        return nothing, [blocks.section(nothing), blocks.context(f"File one: `{NEW_EXAMPLE}`")]
    kind = "reports" if typed else "open reports"
    counted = f"1 {kind[:-1]}" if page.total == 1 else f"{page.total} {kind}"
    drawn = [blocks.section(f"*{counted}*{about}")]
    for report in page.reports:
        drawn.append(blocks.section(_row(report), accessory=_show_button(report)))
    turning = []
    for label, act, number in (
        ("Previous", Act.EARLIER_PAGE, page.number - 1),
        ("Next", Act.LATER_PAGE, page.number + 1),
    ):
        if 1 <= number <= page.count:
            turning.append(blocks.button(label, act, blocks.value(q=typed, page=number)))
    if turning:
        drawn += [blocks.context(f"Page {page.number} of {page.count}"), blocks.actions(*turning)]
    return f"{counted.capitalize()}{about}.", drawn


def _row(report: Report) -> str:
    if report.is_outline:
        return f"{_headline(report)}\n{state(report)}"
    return (
        f"{_headline(report)}\n{state(report)} · {report.priority} · {quoted(report.category)}"
        f" · {escape(report.reporter.name)}"
    )


def _show_button(report: Report) -> Block:
    return blocks.button("Show", Act.SHOW, blocks.value(triage=report.id), label=f"Show {report.number}")


def report_form(
    metadata: Mapping[str, Any], *, title: str = "", description: str = "", permalink: str | None = None
) -> Block:
    """The form that files a report; `permalink` is of the message it is made of."""
    about = [blocks.context(f"Made of <{permalink}|a message>, which the report will point to.")] if permalink else []
    return blocks.modal(
        "Report something",
        [
            *about,
            blocks.field(
                "title",
                "Title",
                blocks.text_input(
                    "title", initial=title, max_length=LONGEST_TITLE, placeholder="Export button does nothing"
                ),
            ),
            blocks.field(
                "description",
                "What happened",
                blocks.text_input(
                    "description",
                    initial=description,
                    multiline=True,
                    max_length=LONGEST_TEXT,
                    placeholder="What did you do, what did you expect, what did you see?",
                ),
                optional=True,
            ),
            blocks.field(
                "category",
                "Category",
                blocks.select(
                    "category", "Choose one", {word: word.capitalize() for word in CATEGORIES}, CATEGORIES[0]
                ),
            ),
            blocks.field(
                "priority",
                "Priority",
                blocks.select("priority", "Choose one", {word: word.capitalize() for word in PRIORITIES}, "medium"),
            ),
        ],
        callback_id=Form.REPORT,
        submit="Report",
        metadata=metadata,
    )


def closing_form(report: Report, verb: str, metadata: Mapping[str, Any]) -> Block:
    """The small form that asks for the text that goes with `resolve` or `reject`."""
    resolving = verb == "resolve"
    return blocks.modal(
        f"{verb.capitalize()} {report.number}",
        [
            blocks.section(_headline(report)),
            blocks.field(
                "text",
                "What was done" if resolving else "Why not",
                blocks.text_input("text", multiline=True, max_length=LONGEST_TEXT),
                hint=f"{report.reporter.name} will read this.",
            ),
        ],
        callback_id=Form.RESOLVE if resolving else Form.REJECT,
        submit=verb.capitalize(),
        metadata={**metadata, "triage": report.id},
    )
