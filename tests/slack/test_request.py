"""What a press says, read."""

from __future__ import annotations

from typing import Any

import pytest

from bot.errors import Refusal
from bot.slack.request import Request, named_id


def test_a_button_names_a_record_by_its_id() -> None:
    assert named_id(Request("action", "task.done", "U0SAMPLEANA", value={"v": 1, "task": 42}), "task") == 42


@pytest.mark.parametrize("value", [{}, {"task": "42"}, {"task": 0}, {"task": None}, {"triage": 42}])
def test_a_button_that_names_none_is_refused_in_words(value: dict[str, Any]) -> None:
    with pytest.raises(Refusal, match="earlier version"):
        named_id(Request("action", "task.done", "U0SAMPLEANA", value=value), "task")
