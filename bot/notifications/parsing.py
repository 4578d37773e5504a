"""Reading what follows `/scrum setup`; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from bot.errors import Refusal

EXAMPLE = "/scrum setup team:#team alerts:#alerts triage:#triage zone:Europe/Berlin"

_CHANNEL = re.compile(r"<#([CG][A-Z0-9]{2,})>")
_NAMES = {
    "team": "team",
    "alert": "alerts",
    "alerts": "alerts",
    "triage": "triage",
    "zone": "zone",
    "timezone": "zone",
}


@dataclass(frozen=True, slots=True)
class Setup:
    """What somebody chose; None for what stays as it is. Channels are Slack's ids, `zone` is an IANA name."""

    team: str | None = None
    alerts: str | None = None
    triage: str | None = None
    zone: str | None = None


def setup_line(text: str) -> Setup:
    """`team:<#C…> alerts:<#C…> triage:<#C…> zone:Europe/Berlin`, in any order, each at most once.

    Raises `Refusal`.
    """
    chosen: dict[str, str] = {}
    for word in text.split():
        name, _, value = word.partition(":")
        known = _NAMES.get(name.lower())
        if known is None:
            raise Refusal(
                "I do not understand that. After `/scrum setup` come `team:`, `alerts:` and `triage:` with a channel,"
                " and `zone:` with a time zone.",
                example=EXAMPLE,
            )
        if known in chosen:
            raise Refusal(f"`{known}:` stands there twice. Give it once.", example=EXAMPLE)
        chosen[known] = zone_name(value) if known == "zone" else _channel(known, value)
    return Setup(**chosen)


def _channel(name: str, value: str) -> str:
    found = _CHANNEL.fullmatch(value)
    if found is None:
        raise Refusal(
            f"`{name}:` needs a channel. Type `#` and choose it from Slack's list, so that it becomes a link."
            " A private channel is in that list once you are a member.",
            example=EXAMPLE,
        )
    return found[1]


def zone_name(text: str) -> str:
    """The IANA name that was meant, in its own spelling. Raises `Refusal`."""
    for zone in zones():
        if zone.casefold() == text.strip().replace(" ", "_").casefold():
            return zone
    raise Refusal(
        "I do not know this time zone. It is written as a region and a city.",
        example="/scrum setup zone:Europe/Berlin",
    )


def zones_like(typed: str, limit: int = 100) -> list[str]:
    """The time zones whose name holds what was typed; those of which a part begins with it come first."""
    wanted = typed.strip().replace(" ", "_").casefold()
    found = [zone for zone in zones() if wanted in zone.casefold()]
    found.sort(key=lambda zone: not any(part.startswith(wanted) for part in zone.casefold().split("/")))
    return found[:limit]


@cache
def zones() -> tuple[str, ...]:
    """Every IANA name that people use: those with a region, and UTC."""
    left_out = ("Etc/", "SystemV/", "US/", "posix/", "right/")
    return (
        "UTC",
        *sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(left_out)),
    )
