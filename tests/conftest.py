"""What every test may ask for: a real PostgreSQL, and databases of one's own on it.

One server is started for the whole run. The migrations are run once, into a template; a test's database is a copy of
it, which takes some hundredths of a second. The bot's login is a non-superuser here as everywhere, because a superuser
passes every right and every policy.
"""

from __future__ import annotations

import itertools
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot import embedded, migrate
from bot.db import Database
from bot.engine import create_engine

TEMPLATE = "migrated"

_numbers = itertools.count(1)


@pytest.fixture(scope="session", autouse=True)
def _no_proxy() -> None:
    """The libraries would send even local requests through a proxy named in the environment."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        os.environ.pop(name, None)


@pytest.fixture(scope="session")
def postgres() -> Iterator[embedded.EmbeddedServer]:
    """A PostgreSQL server for this run.

    Not in pytest's own folder: another run would close that to all other accounts when it starts, and root's server
    runs as one.
    """
    with tempfile.TemporaryDirectory(prefix="scrum-bot-tests-") as folder:
        server = embedded.start(Path(folder), durable=False)
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="session")
def template(postgres: embedded.EmbeddedServer) -> str:
    """The name of a migrated, empty database to copy."""
    migrate.upgrade(postgres.create_database(TEMPLATE))
    return TEMPLATE


@pytest.fixture
def empty_database_url(postgres: embedded.EmbeddedServer) -> Iterator[str]:
    """The address of a database in which nothing was migrated."""
    name = f"test_{next(_numbers)}"
    yield postgres.create_database(name)
    postgres.drop_database(name)


@pytest.fixture
def database_url(postgres: embedded.EmbeddedServer, template: str) -> Iterator[str]:
    """The address of a migrated database of this test's own; the login owns it and is no superuser."""
    name = f"test_{next(_numbers)}"
    yield postgres.create_database(name, template)
    postgres.drop_database(name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """That database as the bot sees it."""
    engine = create_engine(database_url)
    yield Database(engine)
    await engine.dispose()
