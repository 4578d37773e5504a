"""Commands sent one after the other on one or more connections, and how long their acknowledgements took."""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bench.figures import percentile
from bench.places import Place
from bot.sandbox.slack.model import TEAM_ID, Json
from bot.sandbox.slack.sample import ANA, BO

CHANNEL = "C0WEBTEAM"

_numbers = itertools.count(1)


class WrongAnswer(Exception):
    """The bot acknowledged with something else than the receipt of a new task."""


@dataclass(frozen=True, slots=True)
class Round:
    """One stretch of load: latencies in milliseconds, throughput in commands a second, the server's processor time in
    microseconds for each command."""

    p50: float
    p99: float
    throughput: float
    cpu: float
    count: int


def new_task() -> Json:
    """A `/task new` as Slack sends it: a title, an assignee, an end."""
    number = next(_numbers)
    due = datetime.now(UTC).date() + timedelta(days=7 + number % 50)
    return {
        "token": "local-verification-token",
        "team_id": TEAM_ID,
        "team_domain": "sample-workspace",
        "channel_id": CHANNEL,
        "channel_name": "web",
        "user_id": ANA,
        "user_name": "ana",
        "command": "/task",
        "text": f"new Fix the login page, part {number} <@{BO}|bo> due:{due:%Y-%m-%d}",
        "api_app_id": "A0SCRUMBOT",
        "is_enterprise_install": "false",
        "response_url": "http://127.0.0.1:9/response/none",
        "trigger_id": f"{number}.1.bench",
    }


async def run(place: Place, connections: int, seconds: float, *, expects: str = "") -> Round:
    """Send commands for `seconds`, each connection its next one when the last was answered.

    Raises `WrongAnswer` where an acknowledgement does not contain `expects`.
    """
    took: list[float] = []
    until = time.perf_counter() + seconds

    async def one_connection() -> None:
        while (began := time.perf_counter()) < until:
            answer = await place.command(new_task())
            took.append((time.perf_counter() - began) * 1000)
            if expects not in str(answer):
                raise WrongAnswer(f"{expects!r} is not in the acknowledgement: {str(answer)[:500]}")

    cpu, began = place.cpu_seconds(), time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(one_connection())
    lasted = time.perf_counter() - began
    return Round(
        percentile(took, 0.5),
        percentile(took, 0.99),
        len(took) / lasted,
        (place.cpu_seconds() - cpu) / len(took) * 1e6,
        len(took),
    )
