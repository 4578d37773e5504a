"""The loop that brings the ledger into Slack.

It sleeps until something is announced, or until the next moment it knows of: a conversation takes its next message, a
lease of a process that died runs out, a message held back is due, a message is to be searched for again. Lanes are
served side by side, each by one task for one message; what is taken is finished before the process stops.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import secrets
import time
from collections.abc import Coroutine, Mapping
from dataclasses import replace
from typing import Any, Protocol

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.context import Context
from bot.db import Transaction
from bot.errors import SlackRateLimited, SlackRefused, SlackUnavailable
from bot.notifications import lanes
from bot.notifications.lanes import Entry, Recheck
from bot.notifications.slack_sending import (
    LeaseLost,
    Outcome,
    Postponed,
    Sending,
    Settled,
    delete,
    pause,
    search,
)
from bot.slack.gateway import CALL_SECONDS

log = logging.getLogger(__name__)

LANES_AT_ONCE = 8
DATABASE_SECONDS = 2.0
BREATH_SECONDS = 0.2
"""At least between two looks at the ledger: a hundred commits in a row are one look and not a hundred."""

CALL_MARGIN_SECONDS = 2.0

_DATABASE_TROUBLE = (OperationalError, InterfaceError, PoolTimeout)


class Follower(Protocol):
    """Who is told what became of messages of one kind, in the transaction that writes it down."""

    async def sent(self, tx: Transaction, message: Entry) -> None:
        """Slack has the message: `message.channel` and `message.ts` say where."""

    async def refused(self, tx: Transaction, message: Entry, code: str) -> None:
        """Slack does not take the message, or the conversation takes none; then it goes out when that has changed."""


class Delivery:
    """Delivery of one process. `name` tells this process from every other that runs or ran."""

    def __init__(self, context: Context, *, name: str, followers: Mapping[str, Follower] | None = None) -> None:
        self._context = context
        # A process may get the number of one that died, whose leases are not ours.
        self._name = f"{name[:30]}:{secrets.token_hex(3)}"
        self._numbers = itertools.count(1)
        self._followers = followers or {}
        self._woken = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._stopping = False

    def wake(self) -> None:
        """There is something new to deliver."""
        self._woken.set()

    async def run(self) -> None:
        """Deliver until `stop` is called. Trouble with Slack or the database is waited out; anything else is raised."""
        try:
            while not self._stopping:
                looked = time.monotonic()
                self._woken.clear()
                wait = await self._start_what_is_due()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(wait):
                        await self._woken.wait()
                if not self._stopping:
                    # What comes after a rest is looked at immediately.
                    await asyncio.sleep(looked + BREATH_SECONDS - time.monotonic())
            await self._finish()
        finally:
            for task in self._running:
                task.cancel()

    async def stop(self) -> None:
        """Take nothing more, and return when the messages in hand are settled and their lanes free."""
        self._stopping = True
        self.wake()
        await self._finish()

    async def _finish(self) -> None:
        while self._running:
            await asyncio.wait(set(self._running))

    async def _start_what_is_due(self) -> float | None:
        """Start a task for each lane with something to do; returns the seconds until there is more, None if unknown."""
        try:
            while len(self._running) < LANES_AT_ONCE and not self._stopping:
                began = time.monotonic()
                owner = f"{self._name}/{next(self._numbers)}"
                async with self._context.as_system() as tx:
                    entry = await lanes.take(tx, owner)
                    recheck = None if entry else await lanes.take_recheck(tx)
                    if entry is None and recheck is None:
                        return await lanes.seconds_to_next(tx)
                if entry is not None:
                    self._own(self._deliver(entry, began), f"message {entry.id}")
                elif recheck is not None:
                    self._own(self._search_again(recheck), f"second look for message {recheck.id}")
        except _DATABASE_TROUBLE as trouble:
            log.warning("delivery waits for the database: %s", type(trouble).__name__)
            return DATABASE_SECONDS
        # Whoever finishes wakes the loop.
        return None

    def _own(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._woken.set()
        if not task.cancelled() and (error := task.exception()):
            log.error("%s failed", task.get_name(), exc_info=error)

    # --- one message -------------------------------------------------------------------------------------------------

    async def _deliver(self, entry: Entry, began: float) -> None:
        """Send what was taken at `began` (this process's monotonic seconds, read before PostgreSQL began the lease)."""
        lease_ends = began + lanes.LEASE_SECONDS

        async def hold() -> None:
            nonlocal lease_ends
            if lease_ends - time.monotonic() >= CALL_SECONDS + CALL_MARGIN_SECONDS:
                return
            renewing = time.monotonic()
            async with self._context.as_system() as tx:
                if not await lanes.renew(tx, entry):
                    raise LeaseLost
            lease_ends = renewing + lanes.LEASE_SECONDS

        sending = Sending(self._context.slack, entry, hold)
        try:
            outcome = await sending.run()
        except (LeaseLost, *_DATABASE_TROUBLE) as lost:
            log.warning("message %d is left to whoever takes its lane next: %s", entry.id, type(lost).__name__)
            return
        except Exception as defect:
            # Whatever is wrong with this message, the others of its lane are not to wait for it.
            log.exception("message %d cannot be sent", entry.id)
            outcome = Settled("parked", shown=entry.shown_revision, error=type(defect).__name__)
        try:
            try:
                await self._write_down(entry, outcome, sending.opened, self._followers.get(entry.kind))
            except _DATABASE_TROUBLE:
                raise
            except Exception:
                # Their trouble must not undo that the message was sent.
                log.exception("whoever follows %s messages failed over message %d", entry.kind, entry.id)
                await self._write_down(entry, outcome, sending.opened, None)
        except _DATABASE_TROUBLE as trouble:
            # It counts as unknown when the lease has run out, and is looked for in Slack.
            log.warning("what became of message %d is not written down: %s", entry.id, type(trouble).__name__)

    async def _write_down(self, entry: Entry, outcome: Outcome, opened: str | None, follower: Follower | None) -> None:
        """Settle or postpone the message, and tell who follows its kind, in one transaction."""
        async with self._context.as_system() as tx:
            if opened:
                await lanes.remember_direct(tx, entry.lane, opened)
            refused: str | None
            if isinstance(outcome, Postponed):
                await self._postpone(tx, entry, outcome)
                refused = outcome.blocked
            else:
                await self._settle(tx, entry, outcome)
                refused = outcome.error or "" if outcome.state == "parked" else None
            if follower is None:
                return
            if refused is not None:
                await follower.refused(tx, entry, refused)
            elif isinstance(outcome, Settled) and outcome.ts is not None:
                await follower.sent(tx, replace(entry, channel=outcome.channel, ts=outcome.ts))

    async def _settle(self, tx: Transaction, entry: Entry, outcome: Settled) -> None:
        if outcome.state == "parked":
            log.warning("message %d is parked: %s", entry.id, outcome.error)
        await lanes.settle(
            tx,
            entry,
            state=outcome.state,
            channel=outcome.channel,
            ts=outcome.ts,
            shown=outcome.shown,
            recheck=outcome.recheck,
            error=outcome.error,
        )

    async def _postpone(self, tx: Transaction, entry: Entry, outcome: Postponed) -> None:
        log.warning("message %d comes later: %s", entry.id, outcome.error)
        await lanes.postpone(
            tx,
            entry,
            outcome.error,
            seconds=outcome.seconds,
            unknown=outcome.unknown,
            blocked=outcome.blocked,
        )
        if outcome.closed:
            await lanes.close_method(tx, outcome.closed, outcome.seconds)

    # --- messages that were sent twice -------------------------------------------------------------------------------

    async def _search_again(self, recheck: Recheck) -> None:
        """Delete every message with this ledger id but the one that is known.

        The known one stays even where another is earlier: threads hang on it, and buttons in it were pressed.
        """
        slack = self._context.slack
        again: float | None = None
        try:
            found = await search(slack.call, recheck.channel, recheck.thread_ts, recheck.id, recheck.since)
            for twin in found:
                if twin != recheck.ts:
                    log.warning("message %d stood twice; one is deleted", recheck.id)
                    await delete(slack.call, recheck.channel, twin)
            first, last = lanes.RECHECK_SECONDS
            again = last - first if recheck.age < (first + last) / 2 else None
        except SlackRefused as refused:
            log.warning("message %d cannot be searched for: %s", recheck.id, refused)
        except (SlackUnavailable, SlackRateLimited) as trouble:
            again = getattr(trouble, "retry_after", pause(4))
        try:
            async with self._context.as_system() as tx:
                await lanes.settle_recheck(tx, recheck, again=again)
        except _DATABASE_TROUBLE as trouble:
            log.warning("message %d is searched for again: %s", recheck.id, type(trouble).__name__)
