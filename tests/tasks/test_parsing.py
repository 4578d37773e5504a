"""The quick-add line and numbers of tasks."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refusal
from bot.tasks import parsing
from bot.tasks.model import TITLE_LIMIT
from bot.tasks.parsing import ME, NOBODY, NewTask, new_task

ANA, BO = "<@U0SAMPLEANA>", "<@U0SAMPLEBO>"


def test_a_whole_line_is_read() -> None:
    line = f"Fix login redirect {ANA} due:friday !high epic:AUTH story:AUTH-12 role:tester start:monday"
    assert new_task(line) == NewTask(
        "Fix login redirect", "", "U0SAMPLEANA", "friday", "monday", 3, "tester", "AUTH", "AUTH-12"
    )


@pytest.mark.parametrize(
    ("line", "title", "due"),
    [
        ("Fix it due:tomorrow 5pm", "Fix it", "tomorrow 5pm"),
        ("due:in 3 days Fix it", "Fix it", "in 3 days"),
        ('Fix it due:"next friday 17:00"', "Fix it", "next friday 17:00"),
        ("Fix it due: friday", "Fix it", "friday"),
        ("Fix it DUE:Friday", "Fix it", "Friday"),
        ("Fix it due:friday 3 times", "Fix it 3 times", "friday"),
        ("Fix it due:soon please", "Fix it please", "soon"),
        ("Fix it due:2026-12-01 17:00 now", "Fix it now", "2026-12-01 17:00"),
    ],
)
def test_a_date_takes_the_words_that_belong_to_it(line: str, title: str, due: str) -> None:
    found = new_task(line)
    assert (found.title, found.due) == (title, due)


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ('Rename "due:friday" to "due"', 'Rename "due:friday" to "due"'),
        ('"Write story: the login !high"', "Write story: the login !high"),
        ("Write story: login page", "Write story: login page"),
        ("See https://example.com/a?b=c:d for it", "See https://example.com/a?b=c:d for it"),
        ("Note: ship it!", "Note: ship it!"),
        ("Part: two of the topic: use: it", "Part: two of the topic: use: it"),
        ("Ship it !! now", "Ship it !! now"),
        ('A 5" disk', 'A 5" disk'),
        ("Mail ana@example.com", "Mail ana@example.com"),
        (f"Ask {ANA}'s team", f"Ask {ANA}'s team"),
    ],
)
def test_what_is_no_qualifier_stays_in_the_title(line: str, title: str) -> None:
    found = new_task(line)
    assert found.title == title
    assert found == NewTask(title)


@pytest.mark.parametrize(
    ("line", "description"),
    [
        ("Fix it -- It happens after a timeout", "It happens after a timeout"),
        ("Fix it\nFirst line\nsecond due:friday", "First line\nsecond due:friday"),
        ("Fix it -- beside\nbelow", "beside\nbelow"),
        ('Fix it "a -- b"', ""),
        ("Fix it--quickly", ""),
    ],
)
def test_the_description_follows_a_line_break_or_two_dashes(line: str, description: str) -> None:
    found = new_task(line)
    assert found.description == description
    assert found.due is None


@pytest.mark.parametrize(
    ("line", "assignee", "title"),
    [
        (f"Fix it {ANA}", "U0SAMPLEANA", "Fix it"),
        (f"{ANA}, fix it", "U0SAMPLEANA", "fix it"),
        (f"Fix it assignee:{ANA}", "U0SAMPLEANA", "Fix it"),
        ("Fix it @me", ME, "Fix it"),
        ("Fix it assignee:@me", ME, "Fix it"),
        ("Fix it assignee:none", NOBODY, "Fix it"),
        (f"Ask {BO} about it assignee:{ANA}", "U0SAMPLEANA", f"Ask {BO} about it"),
        ("Fix it", None, "Fix it"),
    ],
)
def test_the_assignee_is_a_mention_or_named(line: str, assignee: str | None, title: str) -> None:
    found = new_task(line)
    assert (found.assignee, found.title) == (assignee, title)


@pytest.mark.parametrize(
    ("word", "number"), [("!low", 1), ("!MEDIUM", 2), ("!urgent", 4), ("!critical", 4), ("priority:none", 0)]
)
def test_critical_is_urgent(word: str, number: int) -> None:
    assert new_task(f"Fix it {word}").priority == number


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Fix it prioirty:high", "Did you mean `priority:`"),
        ("Fix it deadline:friday", "Did you mean `due:`"),
        ("Fix it epics:AUTH", "Did you mean `epic:`"),
        ("Fix it priority:hgih", "Did you mean high"),
        ("Fix it !hihg", "Did you mean high"),
        ("Fix it role:admin", "developer, designer, tester"),
        ("Fix it role:testr", "Did you mean tester"),
        ("Fix it @anna", "I do not know who “@anna” is"),
        ("Fix it assignee:anna", "I do not know who “anna” is"),
        (f"Fix it {ANA} {BO}", "one assignee"),
        ("Fix it due:friday due:monday", "`due:` is given twice"),
        ("Fix it !high priority:low", "The priority is given twice"),
        ("Fix it epic:", "`epic:` needs a value"),
        (f"Fix it epic:{'x' * 51}", "longer than 50"),
        ("x" * (TITLE_LIMIT + 1), "The title has 201 characters"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(line: str, said: str) -> None:
    with pytest.raises(Refusal) as refused:
        new_task(line)
    assert said in refused.value.message


def test_a_title_of_two_hundred_characters_is_taken() -> None:
    assert new_task("x" * TITLE_LIMIT).title == "x" * TITLE_LIMIT


def test_an_empty_line_is_an_empty_task() -> None:
    assert new_task("  \n ") == NewTask()


@given(st.text(max_size=300))
def test_any_text_is_a_task_or_a_refusal(text: str) -> None:
    with suppress(Refusal):
        found = new_task(text)
        assert len(found.title) <= TITLE_LIMIT


_PIECES = (
    "Fix", '"', "due:", "due:friday", "!high", "!", "@me", ANA, BO, "epic:A", "priority:", "--", "\n", "foo:bar", ":",
    "assignee:", "@", "role:tester", "story: x", "'", "tomorrow 5pm", "<@", ",",
)  # fmt: skip


@given(st.lists(st.sampled_from(_PIECES), max_size=10), st.sampled_from(["", " "]))
def test_any_heap_of_pieces_is_a_task_or_a_refusal(pieces: list[str], between: str) -> None:
    with suppress(Refusal):
        assert isinstance(new_task(between.join(pieces)), NewTask)


@pytest.mark.parametrize("text", ["12", "T-12", "t-12", "#12", " 12 ", "12,12"])
def test_a_number_is_typed_in_several_ways(text: str) -> None:
    assert parsing.task_numbers(text, "/task show 12") == (12,)


def test_several_numbers_keep_their_order() -> None:
    assert parsing.task_numbers("13 T-12, #14 13", "/task done 12") == (13, 12, 14)


@pytest.mark.parametrize("text", ["twelve", "0", "-3", "T-", "12.5", "99999999999999999999", "2147483648", "²"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="not a task's number"):
        parsing.task_numbers(text, "/task show 12")


def test_a_missing_number_and_a_missing_rest_are_refused_with_an_example() -> None:
    with pytest.raises(Refusal, match="Which task"):
        parsing.task_numbers("", "/task show 12")
    with pytest.raises(Refusal, match="Something is missing") as refused:
        parsing.number_and_rest("T-12 ", "/task assign 12 @ana")
    assert refused.value.example == "/task assign 12 @ana"
    assert parsing.number_and_rest("12  monday 17:00", "") == (12, "monday 17:00")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"5 {ANA} {BO}", "A task has one assignee"),
        (f"{ANA} 5", "number comes first"),
        ("5 anna", "I do not know who “anna” is"),
    ],
)
def test_what_cannot_be_assigned_is_told_without_ids_and_with_an_example_of_assign(line: str, said: str) -> None:
    with pytest.raises(Refusal) as refused:
        parsing.one_assignee(parsing.number_and_rest(line, parsing.ASSIGN_EXAMPLE)[1])
    assert said in refused.value.message
    assert "U0SAMPLE" not in refused.value.message
    assert refused.value.example == parsing.ASSIGN_EXAMPLE
