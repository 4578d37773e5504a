"""Messages as plain text."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from bot.sandbox.slack.rendering import render_mrkdwn, render_text

NAMES = {"U1": "ana", "C1": "web"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<@U1> in <#C1|web> and <#C1>", "@ana in #web and #web"),
        ("<@U2|bo>, <@U3>", "@bo, @U3"),
        ("<https://example.com/?a=1&amp;b=2|the page> <https://example.com>", "the page https://example.com"),
        ("<!here> <!subteam^S1|@devs>", "@here @devs"),
        ("1 &lt; 2 &amp;amp; &lt;!channel&gt;", "1 < 2 &amp; <!channel>"),
        ("<!date^1800000000^{date_short_pretty} at {time}|then>", "Jan 15, 2027 at 9:00 AM"),
        ("<!date^soon^{time}|then>", "then"),
    ],
)
def test_special_text_is_spelled_out(text: str, shown: str) -> None:
    assert render_mrkdwn(text, NAMES, ZoneInfo("Europe/Berlin")) == shown


def test_blocks_are_read_from_top_to_bottom_with_their_controls() -> None:
    message = {
        "text": "Not shown beside blocks",
        "blocks": [
            {"type": "header", "text": {"type": "plain_text", "text": "Task 12"}},
            {
                "type": "section",
                "text": {"type": "mrkdwn", "text": "*Fix login* for <@U1>"},
                "fields": [{"type": "mrkdwn", "text": "high"}],
            },
            {"type": "divider"},
            {
                "type": "actions",
                "elements": [
                    {"type": "button", "text": {"type": "plain_text", "text": "Done"}},
                    {"type": "static_select", "placeholder": {"type": "plain_text", "text": "Priority"}, "options": []},
                ],
            },
            {
                "type": "context",
                "elements": [{"type": "mrkdwn", "text": "late"}, {"type": "image", "alt_text": "face"}],
            },
            {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}, {"type": "raw_text", "text": "b"}]]},
        ],
    }
    assert render_text(message, NAMES).split("\n") == [
        "Task 12",
        "*Fix login* for @ana",
        "high",
        "---",
        "[Done] [Priority]",
        "late face",
        "a | b",
    ]
