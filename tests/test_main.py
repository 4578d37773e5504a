"""The command line from outside: what its user sees of a process that is told to stop early."""

from __future__ import annotations

import asyncio
import signal
import sys


async def test_stopping_while_the_modules_are_still_read_shows_no_stack_trace() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-X", "importtime", "-m", "bot", "manifest"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stderr is not None
    async with asyncio.timeout(30):
        while b"bot.errors" not in await process.stderr.readline():
            assert process.returncode is None
        process.send_signal(signal.SIGINT)
        told = await process.stderr.read()
        assert await process.wait() == 130
    assert b"Traceback" not in told
