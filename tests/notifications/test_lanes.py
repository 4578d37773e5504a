"""Several processes deliver from one ledger, and some of them die on the way."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import pairwise
from typing import Any

from bot.db import Database
from bot.notifications import lanes
from bot.notifications.lanes import Entry
from bot.notifications.operations import publish
from bot.notifications.slack_sending import METADATA_EVENT
from bot.sandbox.slack.rates import STRICT
from tests.notifications.conftest import WEB, Post, note, open_post
from tests.waiting import until


async def test_what_a_process_had_posted_before_it_was_killed_is_found_again(post: Post) -> None:
    await post.hands_in(note("card"))
    async with post.database.as_system() as tx:
        entry = await lanes.take(tx, "a process that dies")
    assert entry is not None
    said = await post.gateway.call(
        "chat.postMessage",
        channel=WEB,
        text="This is card.",
        metadata={"event_type": METADATA_EVENT, "event_payload": {"id": entry.id}},
    )
    async with post.delivering() as delivery:
        await post.hands_in(note("elsewhere", "C0GENERAL"))
        delivery.wake()
        await post.comes_to("elsewhere", "settled")
        assert (await post.row("card")).state == "pending", "the lease still runs"
        await post.runs("UPDATE internal.lanes SET leased_until = now() WHERE lane = :lane", lane=WEB)
        delivery.wake()
        row = await post.comes_to("card", "settled")
    assert row.ts == said["ts"]
    assert len(await post.history(WEB)) == 1


async def test_what_a_process_had_not_posted_before_it_was_killed_is_posted(post: Post) -> None:
    await post.hands_in(note("card"))
    async with post.database.as_system() as tx:
        await lanes.take(tx, "a process that dies")
    await post.runs("UPDATE internal.lanes SET leased_until = now()")
    async with post.delivering():
        row = await post.comes_to("card", "settled")
    assert len(await post.history(WEB)) == 1
    assert row.recheck_at is not None, "the first one may still arrive"


async def test_a_message_that_stands_twice_is_deleted_once(post: Post) -> None:
    async with post.delivering() as delivery:
        await post.hands_in(note("card"))
        delivery.wake()
        row = await post.comes_to("card", "settled")
        await post.gateway.call(
            "chat.postMessage",
            channel=WEB,
            text="The same again, late.",
            metadata={"event_type": METADATA_EVENT, "event_payload": {"id": row.id}},
        )
        await post.runs("UPDATE internal.ledger SET recheck_at = now()")
        delivery.wake()

        async def stands_once() -> bool:
            return len(await post.history(WEB)) == 1

        await until(stands_once)

        async def is_looked_for_once_more() -> Any:
            (left,) = await post.runs("SELECT recheck_at - now() AS time FROM internal.ledger")
            return left.time > timedelta(minutes=2)

        await until(is_looked_for_once_more)
    (message,) = await post.history(WEB)
    assert message["ts"] == row.ts


async def test_a_lane_keeps_its_order_and_takes_one_message_a_second(database: Database) -> None:
    async with open_post(database, limits=STRICT) as post:
        async with post.delivering("one") as one, post.delivering("two") as two:
            await post.hands_in(*(note(f"{number}") for number in range(4)), note("aside", "C0GENERAL"))
            one.wake()
            two.wake()
            await post.comes_to("3", "settled")
        messages = await post.history(WEB)
        assert [message["text"] for message in messages] == [f"This is {number}." for number in range(4)]
        moments = [float(message["ts"]) for message in messages]
        gaps = [after - before for before, after in pairwise(moments)]
        assert min(gaps) >= 1.0, "Slack takes one message a second"
        assert max(gaps) < 2.0, "nothing held them up"
        (aside,) = await post.history("C0GENERAL")
        assert float(aside["ts"]) < moments[1], "lanes do not wait for each other"
        assert await post.runs("SELECT * FROM internal.budgets") == [], "Slack never said 429"


async def test_many_processes_deliver_each_message_once(post: Post) -> None:
    channels = ["C0WEBTEAM", "C0GENERAL", "C0SCRUMTEAM", "C0ALERTS01", "C0TRIAGE01"]
    keys = [f"{channel}:{number}" for channel in channels for number in range(2)]
    async with (
        post.delivering("one") as one,
        post.delivering("two") as two,
        post.delivering("three") as three,
    ):
        await post.hands_in(*(note(key, key.partition(":")[0]) for key in keys))
        for delivery in (one, two, three):
            delivery.wake()
        for key in keys:
            await post.comes_to(key, "settled")
    posted = [message["text"] for channel in channels for message in await post.history(channel)]
    assert posted == [f"This is {key}." for key in keys]
    assert {(await post.row(key)).attempts for key in keys} == {0}


async def test_two_takers_never_get_the_same_lane(post: Post) -> None:
    await post.hands_in(*(note(f"{number}", f"C0LANE{number:02}") for number in range(8)))

    async def take(number: int) -> Entry | None:
        async with post.database.as_system() as tx:
            return await lanes.take(tx, f"taker {number}")

    taken = await asyncio.gather(*(take(number) for number in range(12)))
    lanes_taken = [entry.lane for entry in taken if entry is not None]
    assert len(lanes_taken) == len(set(lanes_taken))
    assert await take(12) is None or len(lanes_taken) < 8


async def test_the_next_moment_is_known_and_an_idle_ledger_has_none(post: Post) -> None:
    async def seconds_to_next() -> float | None:
        async with post.database.as_system() as tx:
            return await lanes.seconds_to_next(tx)

    assert await seconds_to_next() is None
    async with post.database.as_system() as tx:
        await publish(tx, messages=[note("held", not_before=tx.now + timedelta(seconds=50))])
    held = await seconds_to_next()
    assert held is not None
    assert 40 < held <= 50
    await post.hands_in(note("taken", "C0GENERAL"))
    async with post.database.as_system() as tx:
        await lanes.take(tx, "a process that dies")
    lease = await seconds_to_next()
    assert lease is not None
    assert lanes.LEASE_SECONDS - 5 < lease <= lanes.LEASE_SECONDS
