"""Messages are built within Slack's limits, and people's words stay words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.sandbox.slack.block_kit import checked_blocks
from bot.slack import blocks


def test_a_cut_text_ends_in_an_ellipsis_and_keeps_its_length() -> None:
    assert blocks.quoted("abcdef", 4) == "abc…"
    assert blocks.quoted("abcd", 4) == "abcd"


def test_each_reader_sees_a_moment_in_their_own_zone() -> None:
    when = datetime(2026, 11, 27, 17, 0, tzinfo=UTC)
    assert blocks.moment(when, "Europe/Berlin") == (
        f"<!date^{int(when.timestamp())}^{{date_short_pretty}} at {{time}}|Fri 27 Nov 2026 18:00 CET>"
    )


@pytest.mark.parametrize(
    ("text", "ids"), [(blocks.value(task=42), {"v": 1, "task": 42}), ("", {}), ("[1]", {}), ("x", {})]
)
def test_a_buttons_value_is_read_back_and_anything_else_is_nothing(text: str, ids: dict[str, int]) -> None:
    assert blocks.read_value(text) == ids


def test_a_message_never_has_more_blocks_than_slack_allows() -> None:
    assert len(blocks.message("many", [blocks.divider()] * 60)["blocks"]) == 50


def test_a_modals_title_and_buttons_fit() -> None:
    view = blocks.modal("A title that is far too long for a modal", [], submit="s" * 30, close="c" * 30)
    assert [len(view[name]["text"]) for name in ("title", "submit", "close")] == [24, 24, 24]


def test_a_person_who_is_not_in_slack_is_named() -> None:
    assert blocks.mention(None, "a<b") == "a&lt;b"
    assert blocks.mention("U0SAMPLEBO", "bo") == "<@U0SAMPLEBO>"


def test_lines_share_sections_and_none_is_cut_in_two() -> None:
    lines = ["&amp;" * 200] * 7
    shown = [block["text"]["text"] for block in blocks.sections(lines)]
    assert [text.count("\n") + 1 for text in shown] == [2, 2, 2, 1]
    assert "\n".join(shown).split("\n") == lines


def test_an_answer_is_cut_where_slack_would_drop_the_whole_and_keeps_its_buttons() -> None:
    turning = blocks.actions(blocks.button("Next", "next"))
    for many in ([blocks.section("x" * 3000)] * 6, [blocks.section("x")] * 60):
        shown = blocks.fitting([*many, turning])
        assert checked_blocks(shown)
        assert "more than one message" in shown[-2]["elements"][0]["text"]
        assert shown[-1] == turning
    few = [blocks.section("x")] * 49
    assert blocks.fitting([*few, turning]) == [*few, turning]
