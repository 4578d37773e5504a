"""The clockwork: ticks, the alarm for the next task, and what happens when a part of it fails."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.schedule import Schedule

LONG = timedelta(hours=1)


class Counted:
    """Counts how often it ran; `waits` holds it up, `fails` makes it raise."""

    def __init__(self, *, next_in: timedelta | None = None, fails: bool = False) -> None:
        self.times = 0
        self.ran = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()
        self._next_in = next_in
        self._fails = fails

    async def __call__(self) -> timedelta | None:
        self.times += 1
        self.ran.set()
        await self.go_on.wait()
        if self._fails:
            raise KeyError("a defect")
        return self._next_in

    async def runs(self, within: float = 5.0) -> None:
        """Wait until it runs once more."""
        async with asyncio.timeout(within):
            await self.ran.wait()
        self.ran.clear()


async def test_it_ticks_at_the_start_and_then_regularly() -> None:
    sweep, part = Counted(), Counted()
    schedule = Schedule(sweep=sweep, tick={"part": part}, every=timedelta(seconds=0.2))
    await schedule.start()
    for _ in range(3):
        await sweep.runs()
        await part.runs()
    await schedule.stop()


async def test_a_failing_part_silences_no_other(caplog: pytest.LogCaptureFixture) -> None:
    sweep, broken, whole = Counted(fails=True), Counted(fails=True), Counted()
    schedule = Schedule(sweep=sweep, tick={"broken": broken, "whole": whole}, every=timedelta(seconds=0.2))
    await schedule.start()
    for _ in range(2):
        await whole.runs()
    await schedule.stop()
    assert "tick: broken failed" in caplog.text
    assert "tick: sweep failed" in caplog.text


async def test_the_alarm_sweeps_at_the_earliest_moment_it_was_armed_for() -> None:
    sweep = Counted()
    schedule = Schedule(sweep=sweep, tick={}, every=LONG)
    await schedule.start()
    await sweep.runs()
    clock = asyncio.get_running_loop().time
    began = clock()
    for seconds in (3.0, 0.3, 2.0):
        schedule.arm(timedelta(seconds=seconds))
    await sweep.runs()
    assert 0.29 <= clock() - began < 2.0
    await schedule.stop()


async def test_a_sweep_arms_the_alarm_for_what_comes_next() -> None:
    sweep = Counted(next_in=timedelta(seconds=0.1))
    schedule = Schedule(sweep=sweep, tick={}, every=LONG)
    await schedule.start()
    for _ in range(4):
        await sweep.runs()
    await schedule.stop()


async def test_what_is_armed_for_during_a_sweep_is_not_forgotten() -> None:
    sweep = Counted()
    schedule = Schedule(sweep=sweep, tick={}, every=LONG)
    sweep.go_on.clear()
    await schedule.start()
    await sweep.runs()
    schedule.arm(timedelta())
    sweep.go_on.set()
    await sweep.runs()
    await schedule.stop()


async def test_stopping_waits_for_what_runs_and_starts_nothing_more() -> None:
    sweep = Counted()
    schedule = Schedule(sweep=sweep, tick={}, every=LONG)
    sweep.go_on.clear()
    await schedule.start()
    await sweep.runs()
    stopping = asyncio.create_task(schedule.stop())
    schedule.arm(timedelta())
    done, _ = await asyncio.wait({stopping}, timeout=0.1)
    assert not done, "the sweep still runs"
    sweep.go_on.set()
    await stopping
    assert sweep.times == 1
    await schedule.stop()
