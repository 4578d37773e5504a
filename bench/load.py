"""Commands sent one after the other, each when the last was answered, and how long the acknowledgements took."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bench.figures import percentile
from bench.places import Place
from bot.sandbox.slack.model import APP_ID, TEAM_ID, Json
from bot.sandbox.slack.sample import ANA, BO

_numbers = itertools.count(1)


class WrongAnswer(Exception):
    """A command was acknowledged with something else than what was expected."""


@dataclass(frozen=True, slots=True)
class Round:
    """One stretch of load: the median latency in milliseconds, commands a second, and the processor time that the
    server took for each of them in microseconds."""

    p50: float
    throughput: float
    cpu: float


def new_task() -> Json:
    """A `/task new` as Slack sends it: a title, an assignee, an end."""
    number = next(_numbers)
    due = datetime.now(UTC).date() + timedelta(days=7 + number % 50)
    return {
        "token": "local-verification-token",
        "team_id": TEAM_ID,
        "team_domain": "sample-workspace",
        "channel_id": "C0WEBTEAM",
        "channel_name": "web",
        "user_id": ANA,
        "user_name": "ana",
        "command": "/task",
        "text": f"new Fix the login page, part {number} <@{BO}|bo> due:{due:%Y-%m-%d}",
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": "https://hooks.slack.example/commands/1",
        "trigger_id": f"{number}.1.sample",
    }


async def run(place: Place, connections: int, seconds: float) -> Round:
    """Send commands on so many connections for `seconds`. Raises `WrongAnswer` for an unexpected acknowledgement."""
    took: list[float] = []

    async def one_after_the_other(until: float) -> None:
        async with place.sender() as send:
            while (began := time.perf_counter()) < until:
                answer = await send(new_task())
                took.append(time.perf_counter() - began)
                if place.expects not in json.dumps(answer):
                    raise WrongAnswer(f"{place.expects!r} is not in the acknowledgement: {str(answer)[:500]}")

    cpu, began = place.cpu_seconds(), time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(one_after_the_other(began + seconds))
    lasted = time.perf_counter() - began
    return Round(
        percentile(took, 0.5) * 1000,
        len(took) / lasted,
        (place.cpu_seconds() - cpu) / len(took) * 1e6,
    )
