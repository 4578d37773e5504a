"""What is shown about identity: within Slack's limits, harmless, and with somebody behind every button."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.users import cards
from bot.users.queries import Identity
from bot.users.slack import SURFACE

GITHUB = "https://github.example"
NASTY = "<!channel> & *Ana*"


def identity(**more: Any) -> Identity:
    known: dict[str, Any] = {
        "id": 1,
        "slack_id": "U0SAMPLEANA",
        "username": NASTY,
        "role": "project_manager",
        "time_zone": "Europe/Berlin",
        "is_guest": False,
        "github_id": "5100001",
        "github_login": "ana-gh",
        "link_kind": "self",
        "linked_at": None,
    }
    return Identity(**known | more)


EXPIRES = datetime(2026, 11, 22, 20, 15, tzinfo=UTC)
ALL = {
    "offer": cards.offer("ABCD-EFGH", f"{GITHUB}/login/device", EXPIRES, "Europe/Berlin"),
    "linked": cards.linked("ana-gh", GITHUB),
    "not linked": cards.not_linked("The code was not used."),
    "already linked": cards.already_linked(identity(), GITHUB),
    "unlinked": cards.unlinked("ana-gh"),
    "cancelled": cards.cancelled(True),
    "nothing to cancel": cards.cancelled(False),
    **{f"who, {kind}": cards.who(identity(link_kind=kind), GITHUB) for kind in (None, *cards.HOW_KNOWN)},
    "who, a guest": cards.who(identity(is_guest=True), GITHUB),
}


def buttons(shown: cards.Shown) -> Iterator[dict[str, Any]]:
    for block in shown[1]:
        if block["type"] == "actions":
            yield from block["elements"]


@pytest.mark.parametrize("name", ALL)
def test_every_message_opens_with_a_sentence_and_has_a_listener_for_each_button(name: str) -> None:
    text, blocks = ALL[name]
    assert text[0].isupper()
    assert text.endswith(".")
    assert blocks
    for button in buttons(ALL[name]):
        assert ("action", button["action_id"]) in SURFACE.handlers
        assert len(button["accessibility_label"]) <= 75


@pytest.mark.parametrize("name", [name for name in ALL if name.startswith("who")])
def test_a_name_cannot_call_the_whole_channel(name: str) -> None:
    assert "<!channel>" not in str(ALL[name])
    assert "&lt;!channel&gt; &amp;" in ALL[name][0]


def test_the_offer_leads_to_the_page_with_the_code_filled_in() -> None:
    (to_github, cancel) = buttons(ALL["offer"])
    assert to_github["url"] == f"{GITHUB}/login/device?user_code=ABCD-EFGH"
    assert cancel["text"]["text"] == "Cancel"
    assert "Sun 22 Nov 21:15" in ALL["offer"][0]


def test_only_what_was_confirmed_counts_as_confirmed() -> None:
    kinds = ("self", "admin", "email", "profile", None)
    assert [identity(link_kind=kind).is_confirmed for kind in kinds] == [True, True, False, False, False]
