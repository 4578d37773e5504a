"""When things are due: one tick a minute for everything, and one alarm for the next task that ends.

APScheduler runs in every process with its memory job store. It carries no state that matters: a tick that was missed is
made up for by the next, and rows decide which process does what. Its own clock only measures delays; what is due, and
in how long, PostgreSQL has said.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=1)
PART_SECONDS = 45.0
"""A part of the tick that takes longer is cut off, so that the next tick can come."""

AT_LEAST = timedelta(seconds=0.1)
"""Between two sweeps: what is due may be locked by somebody's change, and is then met again at once."""

Part = Callable[[], Awaitable[object]]


class Schedule:
    """`sweep` announces what is due and returns how long until the next is (None: nothing is to come); the tick runs it
    and the named parts of `tick`, side by side. A part that fails is logged and silences none of the others.
    """

    def __init__(
        self,
        *,
        sweep: Callable[[], Awaitable[timedelta | None]],
        tick: Mapping[str, Part],
        every: timedelta = EVERY,
    ) -> None:
        self._sweep = sweep
        self._parts: dict[str, Part] = {"sweep": self._sweep_once, **tick}
        self._every = every
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            # However late a job is run, once for all the times it was missed.
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._sweeping = asyncio.Lock()
        self._armed: datetime | None = None
        self._running = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def start(self) -> None:
        """Tick now, for what was missed while no process ran, and then regularly from a random moment on: replicas that
        were started together shall not tick together."""
        first = datetime.now(UTC) + self._every * random.random()
        self._scheduler.add_job(self._tick, "date", id="first tick")
        self._scheduler.add_job(
            self._tick, "interval", seconds=self._every.total_seconds(), start_date=first, id="tick"
        )
        self._scheduler.start()

    def arm(self, delay: timedelta) -> None:
        """Sweep after `delay`, unless that will happen sooner anyway. What lies beyond the next tick is left to it."""
        if delay > 2 * self._every:
            return
        moment = datetime.now(UTC) + max(delay, timedelta())
        if self._armed is not None and self._armed <= moment:
            return
        self._armed = moment
        # A second instance may wait for the first to end its sweep: what it was armed for came after that had looked.
        self._scheduler.add_job(self._due, "date", run_date=moment, id="due", replace_existing=True, max_instances=2)

    async def stop(self) -> None:
        """Start nothing more and return when what runs has ended. The scheduler itself would cancel it."""
        if not self._scheduler.running:
            return
        self._scheduler.pause()
        await self._idle.wait()
        self._scheduler.shutdown(wait=False)
        # The scheduler ends in the next turn of the loop.
        await asyncio.sleep(0)

    async def _tick(self) -> None:
        with self._counted():
            await asyncio.gather(*(self._guarded(name, part) for name, part in self._parts.items()))

    async def _due(self) -> None:
        self._armed = None
        with self._counted():
            await self._guarded("sweep", self._sweep_once)

    async def _sweep_once(self) -> None:
        async with self._sweeping:
            wait = await self._sweep()
        if wait is not None:
            self.arm(max(wait, AT_LEAST))

    async def _guarded(self, name: str, part: Part) -> None:
        try:
            async with asyncio.timeout(PART_SECONDS):
                await part()
        except (DBAPIError, PoolTimeout, TimeoutError) as trouble:
            log.warning("tick: %s comes later: %s", name, type(trouble).__name__)
        except Exception:
            log.exception("tick: %s failed", name)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        self._running += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._running -= 1
            if not self._running:
                self._idle.set()
