"""A whole `/task new` beside an empty handler: latency, throughput, and the processor time of each command."""

from __future__ import annotations

from collections import defaultdict
from contextlib import AsyncExitStack
from pathlib import Path

from bench import load, places
from bench.extent import Extent
from bench.figures import Row

NAMES = {"http": "signed HTTP", "socket": "Socket Mode"}

MANY = 16
"""Connections over HTTP; over Socket Mode as many commands are on the way at once."""


async def rows(transport: str, database_url: str, folder: Path, extent: Extent) -> list[Row]:
    """`/task new` over one transport: person resolved, task, event, notification, ledger committed, receipt in the
    acknowledgement; beside stock Bolt, and in processor time beside Bolt with `process_before_response=True`."""
    name = NAMES[transport]
    async with AsyncExitStack() as stack:
        ours = await stack.enter_async_context(places.bot(transport, database_url, folder))
        stock = await stack.enter_async_context(places.reference(transport, folder))
        direct = await stack.enter_async_context(places.reference(f"{transport}-direct", folder))
        for place in (ours, stock, direct):
            # The first commands make the people and the channel known, open the connections, and warm the caches.
            await load.run(place, 4, extent.warm_up_seconds)
        alone: dict[places.Place, list[load.Round]] = defaultdict(list)
        together: dict[places.Place, list[load.Round]] = defaultdict(list)
        for _ in range(extent.rounds):
            for place in (ours, stock):
                alone[place].append(await load.run(place, 1, extent.seconds))
            for place in (ours, stock, direct):
                together[place].append(await load.run(place, MANY, extent.seconds))
    return [
        Row(
            f"/task new over {name}, 1 at a time: median latency",
            "ms",
            [one.p50 for one in alone[ours]],
            [one.p50 for one in alone[stock]],
            "empty handler, stock Bolt",
            most=1 / 3,
        ),
        Row(
            f"/task new over {name}, {MANY} at a time: throughput",
            "/s",
            [one.throughput for one in together[ours]],
            [one.throughput for one in together[stock]],
            "empty handler, stock Bolt",
            least=0.5,
        ),
        Row(
            f"/task new over {name}: processor time of the bot's process",
            "µs",
            [one.cpu for one in together[ours]],
            [one.cpu for one in together[direct]],
            "empty handler, process_before_response",
        ),
    ]
