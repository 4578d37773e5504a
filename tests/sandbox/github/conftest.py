from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.local_github import RunningGitHub, local_github


@pytest.fixture
async def hub() -> AsyncIterator[RunningGitHub]:
    async with local_github() as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session
