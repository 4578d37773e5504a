"""What Slack hands over is read as what the person meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack import blocks
from bot.slack.command_line import SlashCommand, Subcommand, decode, mentions

TASK = SlashCommand(
    "/task",
    "Tasks",
    "lists your tasks",
    (
        Subcommand("new", "/task new …", "makes one", "/task new Fix it"),
        Subcommand("list", "/task list", "lists them", "/task list is:late"),
        Subcommand("done", "/task done 12", "finishes one", "/task done 12"),
    ),
)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("Fix &lt;b&gt; &amp; co", "Fix <b> & co"),
        ("&amp;lt; stays", "&lt; stays"),
        ("<@U0SAMPLEBO|bo> please", "<@U0SAMPLEBO> please"),
        ("<@U0SAMPLEBO>", "<@U0SAMPLEBO>"),
        ("in <#C0WEBTEAM|web>", "in <#C0WEBTEAM>"),
        ("see <https://example.com/a?b=1&amp;c=2>", "see https://example.com/a?b=1&c=2"),
        ("see <http://example.com|example.com>", "see http://example.com"),
        ("see <https://example.com|the page>", "see the page (https://example.com)"),
        ("<mailto:ana@example.com|ana@example.com>", "ana@example.com"),
        ("hello <!channel>", "hello @channel"),
        ("<!subteam^S0TEAM|@devs>", "@devs"),
        ("\u201cLogin\u201d page \u2014 it\u2019s dead", '"Login" page -- it\'s dead'),
        ("no\u00a0break", "no break"),
        ("2020\u20132024", "2020\u20132024"),
        ("what PostgreSQL \x00cannot\ud83d hold", "what PostgreSQL cannot hold"),
    ],
)
def test_escaped_text_is_decoded_once(given: str, meant: str) -> None:
    assert decode(given) == meant


def test_a_typed_lookalike_of_a_mention_stays_harmless() -> None:
    for typed in ("&lt;@U0SAMPLEBO&gt;", "&lt;!channel&gt;", "&lt;#C0WEBTEAM&gt;"):
        text = decode(typed)
        assert mentions(text) == ()
        assert "<" not in blocks.quoted(text)


@given(st.text(max_size=200))
def test_whatever_is_typed_cannot_ping_when_it_is_drawn(typed: str) -> None:
    as_slack_sends_it = blocks.escape(typed)
    drawn = blocks.quoted(decode(as_slack_sends_it))
    assert "<" not in drawn
    assert ">" not in drawn


def test_a_real_mention_is_still_one_when_it_is_drawn() -> None:
    assert blocks.quoted(decode("ask <@U0SAMPLEBO|bo> &amp; wait")) == "ask <@U0SAMPLEBO> &amp; wait"


def test_mentions_are_listed_once_and_in_order() -> None:
    assert mentions("<@U0B> <@U0A> <@U0B>") == ("U0B", "U0A")


@pytest.mark.parametrize(
    ("line", "split"),
    [("", ("", "")), ("  NEW  Fix it\nnow ", ("new", "Fix it\nnow")), ("list", ("list", ""))],
)
def test_a_line_is_split_into_its_word_and_the_rest(line: str, split: tuple[str, str]) -> None:
    assert TASK.split(line) == split


@pytest.mark.parametrize(("typed", "meant"), [("lst", "list"), ("donne", "done"), ("NWE", "new"), ("hlep", "help")])
def test_a_typo_gets_the_nearest_word(typed: str, meant: str) -> None:
    near = TASK.nearest(typed)
    assert near is not None
    assert near.word == meant


def test_nonsense_gets_no_guess() -> None:
    assert TASK.nearest("xylophone") is None
