"""What follows `/scrum setup`."""

from __future__ import annotations

import pytest

from bot.errors import Refusal
from bot.notifications.parsing import EXAMPLE, Setup, setup_line, zone_name, zones_like


def test_a_line_names_what_it_changes() -> None:
    line = "Team:<#C0TEAM> triage:<#C0TRIAGE>  zone:america/new_york"
    assert setup_line(line) == Setup("C0TEAM", None, "C0TRIAGE", "America/New_York")
    assert setup_line("alert:<#G0PRIVATE>") == Setup(alerts="G0PRIVATE")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("hello", "I do not understand that"),
        ("team", "needs a channel"),
        ("team:#team", "needs a channel"),
        ("team:<#D0DIRECT>", "needs a channel"),
        ("team:<#C0TEAM> team:<#C0OTHER>", "twice"),
        ("zone:Mars/Olympus", "time zone"),
    ],
)
def test_what_cannot_be_read_is_refused_with_an_example(line: str, said: str) -> None:
    with pytest.raises(Refusal, match=said) as refused:
        setup_line(line)
    assert (refused.value.example or "").startswith("/scrum setup")


def test_the_example_can_be_copied() -> None:
    line = EXAMPLE.removeprefix("/scrum setup ").replace("#team", "<#C0A>")
    line = line.replace("#alerts", "<#C0B>").replace("#triage", "<#C0C>")
    assert setup_line(line) == Setup("C0A", "C0B", "C0C", "Europe/Berlin")


def test_zones_are_found_by_part_of_their_name() -> None:
    assert zones_like("berl") == ["Europe/Berlin"]
    assert zones_like("york")[0] == "America/New_York"
    assert zones_like("new y") == ["America/New_York"]
    assert zones_like("nowhere at all") == []
    assert len(zones_like("a")) == 100, "Slack takes 100 options"
    assert zone_name("utc") == "UTC"
