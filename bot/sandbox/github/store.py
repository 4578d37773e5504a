"""Where the local GitHub keeps its state: one SQLite file, or memory.

Every change is one transaction in write-ahead mode, so a process that is killed loses nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.errors import Failure

SCHEMA = """
CREATE TABLE accounts (
    id INTEGER PRIMARY KEY, login TEXT NOT NULL UNIQUE COLLATE NOCASE, name TEXT, email TEXT,
    type TEXT NOT NULL, slack_user TEXT UNIQUE, created_at TEXT NOT NULL
);
CREATE TABLE tokens (
    digest TEXT PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES accounts (id), created_at TEXT NOT NULL
);
CREATE TABLE repositories (
    id INTEGER PRIMARY KEY, owner TEXT NOT NULL COLLATE NOCASE, name TEXT NOT NULL COLLATE NOCASE,
    description TEXT NOT NULL, private INTEGER NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
    UNIQUE (owner, name)
);
CREATE TABLE collaborators (
    repository_id INTEGER NOT NULL REFERENCES repositories (id),
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    permission TEXT NOT NULL CHECK (permission IN ('pull', 'push', 'admin')),
    PRIMARY KEY (repository_id, account_id)
);
CREATE TABLE labels (
    id INTEGER PRIMARY KEY, repository_id INTEGER NOT NULL REFERENCES repositories (id),
    name TEXT NOT NULL COLLATE NOCASE, color TEXT NOT NULL, description TEXT, UNIQUE (repository_id, name)
);
CREATE TABLE issues (
    id INTEGER PRIMARY KEY, repository_id INTEGER NOT NULL REFERENCES repositories (id),
    number INTEGER NOT NULL, title TEXT NOT NULL, body TEXT,
    state TEXT NOT NULL CHECK (state IN ('open', 'closed')), state_reason TEXT,
    author_id INTEGER NOT NULL REFERENCES accounts (id), closed_by_id INTEGER REFERENCES accounts (id),
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL, closed_at TEXT, UNIQUE (repository_id, number)
);
CREATE TABLE issue_labels (
    issue_id INTEGER NOT NULL REFERENCES issues (id),
    label_id INTEGER NOT NULL REFERENCES labels (id) ON DELETE CASCADE,
    PRIMARY KEY (issue_id, label_id)
);
CREATE TABLE issue_assignees (
    issue_id INTEGER NOT NULL REFERENCES issues (id), account_id INTEGER NOT NULL REFERENCES accounts (id),
    PRIMARY KEY (issue_id, account_id)
);
CREATE TABLE comments (
    id INTEGER PRIMARY KEY, issue_id INTEGER NOT NULL REFERENCES issues (id),
    author_id INTEGER NOT NULL REFERENCES accounts (id), body TEXT NOT NULL,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL
);
CREATE INDEX comments_issue ON comments (issue_id);
CREATE TABLE hooks (
    id INTEGER PRIMARY KEY, repository_id INTEGER REFERENCES repositories (id), url TEXT NOT NULL,
    content_type TEXT NOT NULL, secret TEXT, events TEXT NOT NULL, active INTEGER NOT NULL,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL
);
CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY, guid TEXT NOT NULL,
    hook_id INTEGER NOT NULL REFERENCES hooks (id) ON DELETE CASCADE,
    event TEXT NOT NULL, action TEXT, payload TEXT NOT NULL, redelivery INTEGER NOT NULL,
    created_at TEXT NOT NULL, duration REAL, status_code INTEGER, status TEXT
);
CREATE INDEX deliveries_hook ON deliveries (hook_id);
CREATE TABLE devices (
    device_code TEXT PRIMARY KEY, user_code TEXT NOT NULL UNIQUE, scope TEXT NOT NULL, state TEXT NOT NULL,
    account_id INTEGER REFERENCES accounts (id), interval INTEGER NOT NULL, polled_at REAL,
    created_at REAL NOT NULL, expires_at REAL NOT NULL
);
"""

VERSION = 1


class StoreUnusable(Failure):
    """The file cannot be used; `str()` is one sentence that says what to do."""


class Store:
    """A connection to the state. It belongs to the thread that made it, which is the event loop's."""

    def __init__(self, path: Path | None) -> None:
        try:
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path or ":memory:", isolation_level=None)
            self._connection.row_factory = sqlite3.Row
            for pragma in (
                "journal_mode = WAL",
                "synchronous = NORMAL",
                "foreign_keys = ON",
                "busy_timeout = 2000",
            ):
                self._connection.execute(f"PRAGMA {pragma}")
            version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        except (OSError, sqlite3.Error) as error:
            raise StoreUnusable(
                f"The local GitHub cannot open {path}: {error}. Move that file away to start afresh."
            ) from error
        self.fresh = version == 0
        """Whether the file was empty, so that the sample data belongs in it."""
        if self.fresh:
            with self.transaction():
                for statement in SCHEMA.split(";"):
                    self._connection.execute(statement)
                self._connection.execute(f"PRAGMA user_version = {VERSION}")
        elif version != VERSION:
            self._connection.close()
            raise StoreUnusable(
                f"The local GitHub's state in {path} is of another release ({version}, not {VERSION}). "
                "Move that file away to start afresh."
            )

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. Inside another transaction it is part of that one."""
        if self._connection.in_transaction:
            yield
            return
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Any) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self._connection.execute(sql, values).fetchone()
        return found

    def value(self, sql: str, *values: Any) -> Any:
        """The first column of the first row, or None."""
        found = self.row(sql, *values)
        return None if found is None else found[0]

    def insert(self, table: str, **columns: Any) -> int:
        """Insert one row; the answer is its integer key. Names are this code's, never a request's."""
        names = ", ".join(columns)
        marks = ", ".join("?" * len(columns))
        cursor = self._connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(columns.values()))
        return int(cursor.lastrowid or 0)

    def update(self, table: str, key: int, **columns: Any) -> None:
        """Change columns of the row whose `id` is `key`."""
        sets = ", ".join(f"{name} = ?" for name in columns)
        self._connection.execute(f"UPDATE {table} SET {sets} WHERE id = ?", (*columns.values(), key))

    def execute(self, sql: str, *values: Any) -> int:
        """Run a statement; the answer is how many rows it changed."""
        return self._connection.execute(sql, values).rowcount
