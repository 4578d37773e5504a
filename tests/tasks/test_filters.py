"""What `/task list` is asked for."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refusal
from bot.tasks.filters import Condition, TaskFilter, task_filter
from bot.tasks.parsing import ME, NOBODY


def test_words_and_conditions_are_told_apart() -> None:
    text = 'login "due:never mind" is:open -is:late assignee:@me priority:>=high due:<friday epic:AUTH sort:priority'
    found = task_filter(text)
    assert found.words == (("login", False), ("due:never mind", False))
    assert found.conditions == (
        Condition("is", "open"),
        Condition("is", "late", negated=True),
        Condition("assignee", ME),
        Condition("priority", 3, ">="),
        Condition("due", "friday", "<"),
        Condition("epic", "AUTH"),
    )
    assert found.sort == "priority"
    assert found.says_state


def test_a_value_with_spaces_stands_in_quotes() -> None:
    assert task_filter('due:<="next friday"').conditions == (Condition("due", "next friday", "<="),)
    assert task_filter('-"two words"').words == (("two words", True),)


def test_people_are_mentions_me_or_none() -> None:
    found = task_filter("assignee:<@U0SAMPLEANA> -assignee:none")
    assert found.conditions == (Condition("assignee", "U0SAMPLEANA"), Condition("assignee", NOBODY, negated=True))
    assert found.people == ("U0SAMPLEANA",)
    assert task_filter("<@U0SAMPLEBO>").people == ("U0SAMPLEBO",)


def test_no_filter_is_everything_that_is_open() -> None:
    assert task_filter("  ") == TaskFilter()
    assert not task_filter("is:late epic:AUTH").says_state


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("is:opn", "Did you mean open"),
        ("is:blocked", "open, todo, in_progress"),
        ("status:open", "Did you mean `is:`"),
        ("asignee:@me", "Did you mean `assignee:`"),
        ("priority:>=hgih", "Did you mean high"),
        ("sort:name", "due, priority, created"),
        ("role:chef", "developer"),
        ("epic:>A", "cannot be compared"),
        ("due:", "`due:` needs a value"),
        ("assignee:anna", "I do not know who"),
        ("x" * 301, "at most 300"),
    ],
)
def test_what_is_unknown_is_refused_by_name(text: str, said: str) -> None:
    with pytest.raises(Refusal) as refused:
        task_filter(text)
    assert said in refused.value.message


@given(st.text(max_size=320))
def test_any_text_is_a_filter_or_a_refusal(text: str) -> None:
    with suppress(Refusal):
        assert isinstance(task_filter(text), TaskFilter)
