"""The sample team in a database of the test's own."""

from __future__ import annotations

import pytest

from bot.db import Database
from tests.team import Team


@pytest.fixture
async def team(database: Database) -> Team:
    written = Team(database)
    await written.write()
    return written
