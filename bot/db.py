"""The database: engine, transactions, and on whose behalf they run.

Every transaction is opened in one of two ways. `Database.as_person` runs with the rights of the person who acts: the
login gives up its own role for `application_user` and names the person in two settings, for this transaction only.
`Database.as_system` runs as the owner of the tables: sweeps, delivery, first contact. A person's transaction has two
phases: what the person may do comes first; then `as_system(tx)` takes the owner's role back, once, to write what the
person may not (events, notifications, ledger, lanes).

Everything is transaction-local, so it holds behind a pooler in transaction mode.

A command is a few short statements, and then the round trips and the layers above the driver cost more than
PostgreSQL's work. So opening, the change to the system's role, and the commit go straight to psycopg, each with what
can travel along in the same message; `Transaction.execute` does the same for an operation's own statement on the path
of every command. Everything else uses SQLAlchemy's session on the same connection (docs/performance.md).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import ForeignKey, MetaData
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import QueuePool

from bot.errors import Stranger

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ck": "%(constraint_name)s",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "pk": "%(table_name)s_pkey",
}
"""PostgreSQL's own names, so that a table written by hand and one made by a migration are the same."""


class Base(DeclarativeBase):
    """The parent of every model."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


Moment = TIMESTAMP(timezone=True)
"""The type of every column that holds a moment; values are aware and in UTC."""


def reference(column: str) -> ForeignKey:
    """A foreign key as every one here is: the parent's new id follows, a parent that is referred to stays."""
    return ForeignKey(column, onupdate="CASCADE", ondelete="RESTRICT")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody known in Slack, as the opening statement reads them.

    `role` is one of the five of `valid_role`; `time_zone` is an IANA name; `github_id` is GitHub's numeric id as text,
    or the provisional `slack:<team>:<user>`.
    """

    id: int
    slack_id: str
    username: str
    role: str
    time_zone: str
    is_guest: bool
    github_id: str

    @property
    def is_manager(self) -> bool:
        """Whether this person may change every record."""
        return self.role in ("project_manager", "admin") and not self.is_guest


@dataclass(frozen=True, slots=True)
class Place:
    """A Slack conversation as last seen. `kind` is `channel`, `private`, `im` or `mpim`."""

    id: str
    kind: str
    name: str
    is_member: bool
    is_archived: bool


@dataclass(frozen=True, slots=True)
class Workspace:
    """What `/scrum setup` chose: channel ids, or None while nobody has chosen; and the team's IANA time zone."""

    team_channel: str | None = None
    alert_channel: str | None = None
    triage_channel: str | None = None
    time_zone: str = "UTC"


DELIVERY, SIGN_INS = "delivery", "sign-ins"
"""The side loops that a commit may wake."""


@dataclass(slots=True)
class Transaction:
    """One open transaction and what was known when it began.

    `now` is PostgreSQL's clock (aware, UTC): due moments and leases never use a replica's own. `people` holds, by
    Slack id, whoever was asked for when it was opened. `place` is the channel the request came from, if it is known.
    `wakes` and `next_end` tell the process, after the commit, which of its side loops have something to do (`DELIVERY`,
    `SIGN_INS`), and that a task ends at that moment.
    """

    connection: AsyncConnection
    driver: psycopg.AsyncConnection[Any]
    now: datetime
    me: Person | None = None
    people: dict[str, Person] = field(default_factory=dict)
    place: Place | None = None
    workspace: Workspace = field(default_factory=Workspace)
    is_system: bool = True
    wakes: set[str] = field(default_factory=set)
    next_end: datetime | None = None
    _session: AsyncSession | None = None
    _cursor: psycopg.AsyncClientCursor[Any] | None = None
    _at_end: list[str] = field(default_factory=list)

    @property
    def session(self) -> AsyncSession:
        """SQLAlchemy's session in this transaction, made when it is first asked for."""
        if self._session is None:
            self._session = AsyncSession(self.connection, expire_on_commit=False, autoflush=False)
        return self._session

    async def execute(self, statement: str, values: Mapping[str, Any] | None = None) -> list[Any]:
        """Run one statement straight through psycopg and return its rows as named tuples; `%(name)s` is a value.

        What the session has not flushed is not seen. Raises SQLAlchemy's `DBAPIError`s.
        """
        cursor = self.driver.cursor(row_factory=namedtuple_row)
        try:
            await cursor.execute(statement, values)
            return await cursor.fetchall() if cursor.rownumber is not None else []
        except psycopg.Error as error:
            raise _translated(error, statement, self.driver) from error

    async def execute_together(self, *statements: str) -> list[Any]:
        """Run statements that have their values already (see `bound`) in one round trip; returns the last one's rows.

        One that fails keeps those behind it from running.
        """
        cursor = self._client()
        try:
            await cursor.execute(";".join(statements))
            await cursor.set_result(-1)
            return await cursor.fetchall() if cursor.rownumber is not None else []
        except psycopg.Error as error:
            # The text holds people's words, which must not get into a log.
            raise _translated(error, None, self.driver) from error

    def bound(self, statement: str, values: Mapping[str, Any]) -> str:
        """The statement with its values in it, quoted by psycopg."""
        return self._client().mogrify(statement, values)

    def _client(self) -> psycopg.AsyncClientCursor[Any]:
        """A cursor that puts values into the text: only so does PostgreSQL take several statements in one message."""
        if self._cursor is None:
            self._cursor = psycopg.AsyncClientCursor(self.driver, row_factory=namedtuple_row)
        return self._cursor

    @property
    def actor(self) -> Person:
        """The person this transaction acts for; a defect in the caller if there is none."""
        if self.me is None:
            raise LookupError("this transaction belongs to the system, not to a person")
        return self.me

    def ends_at(self, moment: datetime) -> None:
        """Remember that an open task ends at `moment`, so that the sweep is armed for it after the commit."""
        if self.next_end is None or moment < self.next_end:
            self.next_end = moment


def _translated(error: psycopg.Error, statement: str | None, driver: psycopg.AsyncConnection[Any]) -> Exception:
    """psycopg's error as SQLAlchemy would raise it, so that callers know one family of errors."""
    return DBAPIError.instance(
        statement, None, error, psycopg.Error, hide_parameters=True, connection_invalidated=driver.closed
    )


_OPEN = """
    SELECT u.id, u.slack_id, u.username, u.role, u.time_zone, u.is_guest, u.github_id,
           now() AS now, c.id AS place_id, c.kind, c.name, c.is_member, c.is_archived,
           w.team_channel, w.alert_channel, w.triage_channel, w.time_zone AS workspace_time_zone,
           CASE WHEN u.slack_id = %(me)s THEN
             set_config('app.user_id', u.id::text, true) || set_config('app.user_role', u.role, true)
             || set_config('role', 'application_user', true) END AS settings
      FROM users u
      LEFT JOIN conversations c ON c.id = %(channel)s
      LEFT JOIN workspace w ON true
     WHERE u.slack_id = ANY(string_to_array(%(slack_ids)s, ' ')) AND u.is_active IS TRUE
    """
# Read as the owner on purpose: the role changes only for the statements that follow this one.

_OPEN_SYSTEM = """
    SELECT now() AS now, w.team_channel, w.alert_channel, w.triage_channel, w.time_zone AS workspace_time_zone
      FROM (SELECT 1) one LEFT JOIN workspace w ON true
    """

_UNKNOWN = datetime.min.replace(tzinfo=UTC)
"""What a transaction takes for now until its opening statement has been answered."""

_BECOME_SYSTEM = "SELECT set_config('role', 'none', true)"


def _workspace(row: Any) -> Workspace:
    return Workspace(row.team_channel, row.alert_channel, row.triage_channel, row.workspace_time_zone or "UTC")


DUE_CHANNEL = "task_due"
"""The channel on which a commit tells the other processes in how many seconds a task ends that it gave an end to."""

BEFORE_THE_TICK = timedelta(minutes=1)
"""Only of what ends within this time is told: every process looks by itself once a minute."""

BURST_SECONDS = 0.2
"""How long a transaction waits for one of the pool's own connections before a further one is opened."""


class Database:
    """The engine and the two ways to open a transaction. `after_commit` is called with each transaction committed."""

    def __init__(self, engine: AsyncEngine, after_commit: Callable[[Transaction], None] | None = None) -> None:
        self.engine = engine
        self.after_commit = after_commit
        self._own = asyncio.Semaphore(engine.pool.size() if isinstance(engine.pool, QueuePool) else 1)

    @asynccontextmanager
    async def as_person(
        self, slack_id: str, *, mentioned: Sequence[str] = (), channel: str | None = None
    ) -> AsyncIterator[Transaction]:
        """A transaction with the rights of the active person `slack_id`, committed when the block ends well.

        `mentioned` are further Slack ids to read along; `channel` is the conversation the request came from.
        Raises `Stranger` with every id that no active person has, and the channel where nobody wrote it down yet,
        before anything else happens.
        """
        wanted = {slack_id, *mentioned}
        async with self._transaction() as tx:
            opening = {"me": slack_id, "slack_ids": " ".join(wanted), "channel": channel}
            rows = await tx.execute_together("BEGIN", tx.bound(_OPEN, opening))
            tx.people = {
                r.slack_id: Person(r.id, r.slack_id, r.username, r.role, r.time_zone, r.is_guest, r.github_id)
                for r in rows
            }
            unplaced = channel if channel and not (rows and rows[0].place_id) else None
            if unplaced or wanted - tx.people.keys():
                raise Stranger(frozenset(wanted - tx.people.keys()), unplaced)
            first = rows[0]
            if first.place_id:
                tx.place = Place(first.place_id, first.kind, first.name, first.is_member, first.is_archived)
            tx.now, tx.workspace = first.now, _workspace(first)
            tx.me, tx.is_system = tx.people[slack_id], False
            yield tx

    @asynccontextmanager
    async def as_system(self) -> AsyncIterator[Transaction]:
        """A transaction as the owner of the tables, for work that nobody asked for; committed at the block's end."""
        async with self._transaction() as tx:
            (row,) = await tx.execute_together("BEGIN", _OPEN_SYSTEM)
            tx.now, tx.workspace = row.now, _workspace(row)
            yield tx

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Transaction]:
        """A connection that is about to begin a transaction; committed at the block's end, undone if it raises."""
        is_own = await self._wait_for_own()
        try:
            async with self.engine.connect() as connection:
                driver = connection.sync_connection.connection.driver_connection if connection.sync_connection else None
                assert isinstance(driver, psycopg.AsyncConnection), "the engine is made by bot.engine"
                tx = Transaction(connection, driver, _UNKNOWN)
                try:
                    yield tx
                    await _commit(tx)
                finally:
                    if tx._session is not None:
                        await tx._session.close()
                    if driver.closed:
                        # Nothing can be undone on it, and the pool must not get it back.
                        await connection.invalidate()
        finally:
            if is_own:
                self._own.release()
        if self.after_commit:
            self.after_commit(tx)

    async def _wait_for_own(self) -> bool:
        """Wait for one of the connections that the pool keeps; False if it takes too long.

        Only then a connection beyond them is opened, which PostgreSQL starts a process for and the pool closes right
        after its transaction: a burst of short commands is done sooner if they wait for each other a little.
        """
        if self._own.locked():
            try:
                async with asyncio.timeout(BURST_SECONDS):
                    return await self._own.acquire()
            except TimeoutError:
                return False
        return await self._own.acquire()


async def as_system(tx: Transaction) -> None:
    """Begin the second phase of a person's transaction: take the owner's role back for the rest of it.

    Only `history` and the features' `notices` call this, to write what follows from a change that the person was
    allowed to make. What was left for the end comes first. Calling it again does nothing.
    """
    statements = tx._at_end if tx.is_system else [_BECOME_SYSTEM, *tx._at_end]
    tx.is_system, tx._at_end = True, []
    if statements:
        await tx.execute_together(*statements)


def as_system_at_end(tx: Transaction, statement: str, values: Mapping[str, Any]) -> None:
    """Leave `statement` (as `Transaction.execute` takes it) for the end of the transaction, as the system.

    It travels in one message with the change of the role and the commit, and until then the transaction keeps its
    rights. The role counts for it although both are in the same message: PostgreSQL runs one after the other.
    """
    tx._at_end.append(tx.bound(statement, values))


async def _commit(tx: Transaction) -> None:
    if tx._session is not None:
        await tx._session.flush()
    if tx.next_end is not None and (wait := tx.next_end - tx.now) <= BEFORE_THE_TICK:
        notice = {"channel": DUE_CHANNEL, "seconds": str(max(wait.total_seconds(), 0.0))}
        as_system_at_end(tx, "SELECT pg_notify(%(channel)s, %(seconds)s)", notice)
    if tx._at_end and not tx.is_system:
        tx._at_end.insert(0, _BECOME_SYSTEM)
    await tx.execute_together(*tx._at_end, "COMMIT")
