"""Transactions: on whose behalf their statements run, what travels together, and the connections they take."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from bot.db import Database, Transaction, as_system, as_system_at_end
from bot.engine import REST_SECONDS, create_engine
from bot.errors import Stranger
from bot.users.model import User
from tests.waiting import until

SLACK_ID, CHANNEL = "U0SAMPLEANA", "C0GENERAL"

NOTE = "INSERT INTO events (subject, verb, changes) VALUES (%(subject)s, 'noted', '{}')"


@pytest.fixture
async def ana(database: Database) -> Database:
    """The database with one person and one channel."""
    async with database.as_system() as tx:
        await tx.execute(
            "INSERT INTO users (github_id, username, role, slack_id) VALUES ('1', 'ana', 'developer', %(slack_id)s)",
            {"slack_id": SLACK_ID},
        )
        await tx.execute("INSERT INTO conversations (id, kind) VALUES (%(id)s, 'channel')", {"id": CHANNEL})
    return database


@pytest.fixture
async def small(database_url: str) -> AsyncIterator[Database]:
    """A database of which the bot keeps one connection and may open one more."""
    engine = create_engine(database_url, pool_size=1, max_overflow=1, timeout=5)
    yield Database(engine)
    await engine.dispose()


async def subjects(database: Database) -> list[str]:
    async with database.as_system() as tx:
        return [row.subject for row in await tx.execute("SELECT subject FROM events ORDER BY id")]


async def role_of(tx: Transaction) -> tuple[str, str, str]:
    (row,) = await tx.execute(
        "SELECT current_user::text AS role, current_setting('app.user_id', true) AS id,"
        " current_setting('app.user_role', true) AS user_role"
    )
    return row.role, row.id, row.user_role


async def test_a_person_has_a_role_of_their_own_until_the_transaction_ends(ana: Database) -> None:
    async with ana.as_person(SLACK_ID, channel=CHANNEL) as tx:
        assert await role_of(tx) == ("application_user", str(tx.actor.id), "developer")
        assert tx.place is not None
    async with ana.as_system() as tx:
        role, person, user_role = await role_of(tx)
        assert role != "application_user"
        assert not person
        assert not user_role


async def test_whoever_is_not_known_is_named_with_the_channel(ana: Database) -> None:
    with pytest.raises(Stranger) as unknown:
        async with ana.as_person(SLACK_ID, mentioned=["U0NOBODY"], channel="C0NOWHERE"):
            pass
    assert unknown.value.slack_ids == {"U0NOBODY"}
    assert unknown.value.channel == "C0NOWHERE"


async def test_what_is_left_for_the_end_runs_as_the_system_and_the_rest_as_the_person(ana: Database) -> None:
    async with ana.as_person(SLACK_ID) as tx:
        as_system_at_end(tx, NOTE, {"subject": "task:1"})
        assert (await role_of(tx))[0] == "application_user"
    assert await subjects(ana) == ["task:1"]


async def test_a_person_may_not_write_what_only_the_system_may(ana: Database) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with ana.as_person(SLACK_ID) as tx:
            await tx.execute(NOTE, {"subject": "task:1"})
    assert await subjects(ana) == []


async def test_what_is_left_for_the_end_comes_before_what_follows_the_step_to_the_system(ana: Database) -> None:
    async with ana.as_person(SLACK_ID) as tx:
        as_system_at_end(tx, NOTE, {"subject": "task:1"})
        await as_system(tx)
        await tx.execute(NOTE, {"subject": "task:2"})
        as_system_at_end(tx, NOTE, {"subject": "it's a 100 % \\ task"})
    assert await subjects(ana) == ["task:1", "task:2", "it's a 100 % \\ task"]


async def note_and_fail(database: Database, statement: str) -> None:
    async with database.as_system() as tx:
        await tx.execute(NOTE, {"subject": "task:1"})
        as_system_at_end(tx, NOTE, {"subject": "task:2"})
        as_system_at_end(tx, statement, {})


async def test_an_error_undoes_everything_and_the_connection_goes_on(small: Database) -> None:
    with pytest.raises(ProgrammingError, match="no_such_function"):
        await note_and_fail(small, "SELECT no_such_function()")
    assert await subjects(small) == []


async def test_the_driver_s_errors_are_sqlalchemy_s(ana: Database) -> None:
    with pytest.raises(IntegrityError, match="users_slack_id_key"):
        async with ana.as_system() as tx:
            await tx.execute(
                "INSERT INTO users (github_id, username, role, slack_id) VALUES ('2', 'bo', 'tester', %(slack_id)s)",
                {"slack_id": SLACK_ID},
            )


async def test_the_session_is_in_the_same_transaction(ana: Database) -> None:
    async with ana.as_system() as tx:
        await tx.session.execute(text("INSERT INTO events (subject, verb, changes) VALUES ('task:1', 'noted', '{}')"))
        (row,) = await tx.execute("SELECT count(*) AS events FROM events")
        assert row.events == 1
    assert await subjects(ana) == ["task:1"]


async def test_what_the_session_holds_is_written_before_the_end(ana: Database) -> None:
    async with ana.as_person(SLACK_ID) as tx:
        me = await tx.session.get_one(User, tx.actor.id)
        me.username = "ana s."
        as_system_at_end(tx, "UPDATE users SET username = username || %(more)s", {"more": " (sample)"})
    async with ana.as_person(SLACK_ID) as tx:
        assert tx.actor.username == "ana s. (sample)"


async def connections(database: Database) -> int:
    async with database.as_system() as tx:
        (row,) = await tx.execute(
            "SELECT count(*) AS open FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = current_user"
        )
        return int(row.open)


async def test_a_burst_waits_for_the_connections_that_are_kept(small: Database) -> None:
    assert await asyncio.gather(*(connections(small) for _ in range(20))) == [1] * 20


async def test_a_long_transaction_does_not_hold_up_the_others(small: Database) -> None:
    async with small.as_system(), asyncio.timeout(10):
        assert await connections(small) == 2


async def test_a_connection_that_died_fails_once_and_is_replaced(database_url: str, database: Database) -> None:
    engine = create_engine(database_url, pool_size=1, max_overflow=0, pre_ping=False)
    await _end(await _backend(Database(engine)), database)
    with pytest.raises(DBAPIError) as gone:
        await _backend(Database(engine))
    assert gone.value.connection_invalidated
    assert await _backend(Database(engine))
    await engine.dispose()


async def test_a_connection_that_died_while_it_rested_is_replaced_unnoticed(
    small: Database, database: Database
) -> None:
    dead = await _backend(small)
    used = time.monotonic()
    await _end(dead, database)

    async def has_rested() -> bool:
        return time.monotonic() - used > REST_SECONDS

    await until(has_rested)
    assert await _backend(small) != dead


async def _backend(database: Database) -> int:
    async with database.as_system() as tx:
        (row,) = await tx.execute("SELECT pg_backend_pid() AS pid")
        return int(row.pid)


async def _end(pid: int, database: Database) -> None:
    async with database.as_system() as tx:
        await tx.execute("SELECT pg_terminate_backend(%(pid)s, 5000)", {"pid": pid})
