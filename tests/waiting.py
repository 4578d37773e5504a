"""Waiting for a condition, for tests that have nothing better to wait on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


async def until(holds: Callable[[], Awaitable[object]], within: float = 10.0) -> None:
    """Return when `holds` gives something true; TimeoutError after `within` seconds."""
    async with asyncio.timeout(within):
        # What is waited for may happen in another process, where no event of this loop can be set. Between two looks
        # others must run; the length of the pause decides nothing.
        while not await holds():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
