from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.local_github import Clock, RunningGitHub, local_github


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def hub(clock: Clock) -> AsyncIterator[RunningGitHub]:
    async with local_github(clock=clock) as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session
