"""What messages between people look like, and that every button has a handler."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.chat import cards
from bot.chat.queries import Stretch, Written
from bot.chat.slack import SURFACE
from bot.slack.blocks import read_value

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def written(number: int = 31, text: str = "hello", is_edited: bool = False) -> Written:
    return Written(number, 1, "Ana <3", text, NOW, is_edited)


def conversation(stretch: Stretch, since: datetime | None = None) -> tuple[str, list[dict[str, Any]]]:
    return cards.conversation(
        stretch,
        title="with <@U0SAMPLEBO>",
        about={"person": "U0SAMPLEBO", "count": 20},
        since=since,
        zone="Europe/Berlin",
    )


def buttons(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [element for block in found if block["type"] == "actions" for element in block["elements"]]


def test_a_message_stands_under_its_senders_name_and_picture() -> None:
    assert cards.relayed("Ana", "https://example.com/ana.png", "<!channel> & <@U0SAMPLEBO>") == {
        "text": "&lt;!channel&gt; &amp; <@U0SAMPLEBO>",
        "username": "Ana (via bot)",
        "icon_url": "https://example.com/ana.png",
    }


@pytest.mark.parametrize("address", [None, "", "/relative.png", "javascript:alert(1)"])
def test_a_picture_that_slack_cannot_fetch_is_left_out(address: str | None) -> None:
    assert "icon_url" not in cards.relayed("Ana", address, "hello")


def test_a_long_name_leaves_room_for_where_it_comes_from() -> None:
    name = cards.relayed("A" * 100, None, "hello")["username"]
    assert name.endswith("A (via bot)")
    assert len(name) <= 80


def test_a_conversation_names_senders_and_numbers_and_marks_edits() -> None:
    text, found = conversation(Stretch([written(30), written(31, "<!here>", is_edited=True)], False, False))
    assert text == "2 messages with <@U0SAMPLEBO>."
    headings = [block["elements"][0]["text"] for block in found if block["type"] == "context"]
    assert all(heading.startswith("*Ana &lt;3* · <!date^") for heading in headings)
    assert [heading.rsplit(" · ")[-1] for heading in headings] == ["M-30", "edited"]
    assert found[-1]["text"]["text"] == "&lt;!here&gt;"
    assert buttons(found) == []


def test_paging_buttons_carry_the_place_and_have_handlers() -> None:
    _, found = conversation(Stretch([written(30), written(31)], True, True))
    earlier, later = buttons(found)
    assert read_value(earlier["value"]) == {"v": 1, "person": "U0SAMPLEBO", "count": 20, "before": 30}
    assert read_value(later["value"]) == {"v": 1, "person": "U0SAMPLEBO", "count": 20, "after": 31}
    assert {("action", button["action_id"]) for button in (earlier, later)} <= SURFACE.handlers.keys()


def test_an_empty_conversation_says_so_and_how_to_begin_one() -> None:
    text, found = conversation(Stretch([], False, False), since=NOW)
    assert text.startswith("No messages with <@U0SAMPLEBO> since Sun 22 Nov")
    assert "/chat @bo" in found[-1]["elements"][0]["text"]


@pytest.mark.parametrize("words", ["x" * 3000, "&" * 600, "🚨" * 3000])
def test_the_fullest_page_is_one_that_slack_takes(words: str) -> None:
    _, found = conversation(Stretch([written(n, words if n < 3 else "ok") for n in range(20)], True, True))
    assert len(found) <= 50
    texts = [block["text"]["text"] for block in found if block["type"] == "section"]
    assert all(len(text) <= 3000 and not text.endswith("&am") for text in texts)
    total = sum(map(len, texts)) + sum(len(b["elements"][0]["text"]) for b in found if b["type"] == "context")
    assert total < 13_200


@pytest.mark.parametrize("code", ["not_in_channel", "some_new_code"])
def test_words_that_were_not_delivered_come_back_whole(code: str) -> None:
    payload = cards.given_back("M-31", "<@U0SAMPLEBO>", "x" * 3000, code)
    assert payload["blocks"][1]["text"]["text"] == "x" * 3000
    assert "M-31 to <@U0SAMPLEBO> was not delivered" in payload["text"]
