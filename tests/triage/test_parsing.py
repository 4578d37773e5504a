"""Lines after `/triage`: what is read from them, and what is said about those that cannot be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refusal
from bot.triage import parsing
from bot.triage.parsing import NewReport, Term

PIECES = st.sampled_from(
    [
        "category:",
        "priority:",
        "category:bug",
        "!high",
        "!",
        "-",
        "--",
        " -- ",
        "\n",
        '"',
        ":",
        "is:",
        "is:mine",
        "5",
        "R-5",
        "#5",
        "R-",
        "word",
        "-priority:low",
        "key:value",
        "https://example.com",
        "🚨",
        "&",
        "<",
        " ",
    ]
)
LINES = st.one_of(st.text(max_size=400), st.lists(PIECES, max_size=12).map("".join))


def refused(read: object, *arguments: str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read(*arguments)  # type: ignore[operator]
    return caught.value


def test_a_line_is_read_with_its_qualifiers_and_its_description() -> None:
    assert parsing.report_line("Export button dead category:bug !high -- Press it\nand nothing happens") == NewReport(
        "Export button dead", "Press it\nand nothing happens", "bug", "high"
    )


def test_what_is_not_given_is_an_issue_of_medium_priority() -> None:
    assert parsing.report_line("Export button dead") == NewReport("Export button dead", "", "issue", "medium")


@pytest.mark.parametrize("line", ["!urgent x", "x !CRITICAL", "x priority:urgent", 'priority:"critical" x'])
def test_urgent_means_critical_however_it_is_written(line: str) -> None:
    assert parsing.report_line(line) == NewReport("x", "", "issue", "critical")


def test_a_description_may_follow_a_line_break() -> None:
    assert parsing.report_line("Title !low\nfirst -- second !high") == NewReport(
        "Title", "first -- second !high", "issue", "low"
    )


@pytest.mark.parametrize(
    "title",
    [
        'The "!high category:x" label is wrong',
        "Error:404 on https://example.com",
        "Wow!! it broke",
        "a-b --c",
        "category",
    ],
)
def test_what_is_no_qualifier_stays_in_the_title(title: str) -> None:
    assert parsing.report_line(title).title == title


def test_a_category_of_several_words_is_quoted() -> None:
    assert parsing.report_line('x category:"User  Interface"').category == "user interface"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "needs a title"),
        ("!high -- only a description", "needs a title"),
        ("x !soon", "do not know the priority `soon`"),
        ("x priority:soon", "do not know the priority `soon`"),
        ("x category:", "nothing after `category:`"),
        ('x priority:""', "nothing after `priority:`"),
        ("x !high !low", "given twice"),
        ("x category:" + "c" * 51, "up to 50 characters"),
        ("x" * 201, "201 characters"),
        ("x -- " + "&" * 601, "3,005 characters"),
    ],
)
def test_what_cannot_be_filed_is_refused_with_a_reason(line: str, said: str) -> None:
    assert said in refused(parsing.report_line, line).message


def test_a_refusal_escapes_what_it_repeats() -> None:
    assert "<!channel>" not in refused(parsing.report_line, "x priority:<!channel>").message


@pytest.mark.parametrize("line", ["5", "R-5", "r-5", "#5", "5:", " R5 "])
def test_a_number_is_understood_as_people_write_it(line: str) -> None:
    assert parsing.number_and_rest(line, "show") == (5, "")


@pytest.mark.parametrize(
    "line", ["5 fixed it\nin two lines", "R-5\nfixed it\nin two lines", "#5: fixed it\nin two lines"]
)
def test_what_follows_the_number_keeps_its_lines(line: str) -> None:
    assert parsing.number_and_rest(line, "resolve") == (5, "fixed it\nin two lines")


@pytest.mark.parametrize("line", ["", "x", "R-", "-5", "5.0", "0", "99999999999", "2147483648"])
def test_what_is_no_number_of_a_report_is_refused(line: str) -> None:
    assert refused(parsing.number_and_rest, line, "show").example


def test_closing_needs_words() -> None:
    assert parsing.closing_words(" done ", "resolve") == "done"
    assert "what was done" in refused(parsing.closing_words, " \n", "resolve").message
    assert "the reason" in refused(parsing.closing_words, "", "reject").message


def test_a_search_is_read_in_githubs_way() -> None:
    assert parsing.search('export is:In-Review -category:bug "two words" -login priority:urgent').terms == (
        Term("word", "export"),
        Term("is", "in_review"),
        Term("category", "bug", wanted=False),
        Term("word", "two words"),
        Term("word", "login", wanted=False),
        Term("priority", "critical"),
    )


@pytest.mark.parametrize(
    ("typed", "statuses"),
    [
        ("", ("pending", "in_review")),
        ("is:mine", ("pending", "in_review")),
        ("is:resolved", ("resolved",)),
        ("is:resolved is:rejected", ("resolved", "rejected")),
        ("-is:pending", ("in_review", "resolved", "rejected")),
        ("-is:open", ("resolved", "rejected")),
        ("is:open -is:pending", ("in_review",)),
    ],
)
def test_open_reports_are_meant_unless_a_state_is_named(typed: str, statuses: tuple[str, ...]) -> None:
    assert parsing.statuses(parsing.search(typed)) == statuses


@pytest.mark.parametrize("typed", ["is:done", "priority:soon", "owner:ana", "x" * 151, "category:" + "c" * 51])
def test_what_cannot_be_looked_for_is_refused(typed: str) -> None:
    assert refused(parsing.search, typed).example


@given(LINES)
def test_any_line_is_a_report_or_a_refusal(line: str) -> None:
    try:
        read = parsing.report_line(line)
    except Refusal:
        return
    assert 1 <= len(read.title) <= 200
    assert len(read.category) <= 50


@given(LINES)
def test_any_line_is_a_search_or_a_refusal(line: str) -> None:
    try:
        read = parsing.search(line)
    except Refusal:
        return
    assert set(parsing.statuses(read)) <= {"pending", "in_review", "resolved", "rejected"}
    # What a paging button carries is read as the same search again.
    assert parsing.search(read.typed) == read


@given(LINES, st.sampled_from(["show", "take", "resolve", "reject"]))
def test_any_line_is_a_number_or_a_refusal(line: str, verb: str) -> None:
    try:
        number, _ = parsing.number_and_rest(line, verb)
    except Refusal:
        return
    assert 0 < number < 2**31
