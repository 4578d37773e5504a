"""Where the local Slack keeps its state: one SQLite file, or nothing at all.

A change is written, in one transaction, before it is answered: a process killed with `kill -9` loses nothing that
anybody was told. Everything is a document with a kind and a key, because the state is read once, at the start.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.errors import Failure
from bot.sandbox.slack.model import Json

# Raised when documents change their shape, so that an older file is refused instead of misread.
VERSION = 1

# A file that another process holds is given up on after this many seconds.
LOCK_SECONDS = 0.5

# A kind, a key within the kind, and the document (None deletes it).
Change = tuple[str, str, Json | None]


class Store:
    """Documents in the SQLite file `path`; with None every write is dropped and nothing survives.

    Raises `Failure` with one sentence if the file is damaged, of another version, or used by another process.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._db: sqlite3.Connection | None = None
        if path is None:
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None, timeout=LOCK_SECONDS)
            # One process at a time: a second sandbox on the same folder is told so instead of diverging silently.
            self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._db.execute("PRAGMA journal_mode = WAL")
            # Losing the last writes to a power cut is acceptable here; losing them to `kill -9` cannot happen.
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._prepare()
        except (sqlite3.Error, OSError) as error:
            self.close()
            raise self._failure(error) from error
        except Failure:
            self.close()
            raise

    def _prepare(self) -> None:
        assert self._db is not None
        self._db.execute("BEGIN IMMEDIATE")
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        (tables,) = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if version == 0 and tables == 0:
            self._db.execute(
                "CREATE TABLE documents "
                "(kind TEXT, key TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID"
            )
            self._db.execute(f"PRAGMA user_version = {VERSION}")
        elif version != VERSION:
            raise Failure(
                f"The local Slack's data in {self._path} was written by another version: "
                "move that file away to start with the sample workspace."
            )
        self._db.execute("COMMIT")

    def _failure(self, error: Exception) -> Failure:
        if "locked" in str(error):
            return Failure(f"The local Slack's data in {self._path} is in use: another one runs on the same folder.")
        return Failure(
            f"The local Slack's data in {self._path} cannot be used ({error}): "
            "free the disk or the file's rights, or move that file away to start with the sample workspace."
        )

    def read(self) -> Iterator[tuple[str, str, Json]]:
        """Every document as (kind, key, body), ordered by kind and key."""
        if self._db is None:
            return
        try:
            for kind, key, body in self._db.execute("SELECT kind, key, body FROM documents ORDER BY kind, key"):
                yield kind, key, json.loads(body)
        except (sqlite3.Error, ValueError) as error:
            raise self._failure(error) from error

    def write(self, changes: Iterable[Change]) -> None:
        """Write all of `changes` or none of them. Raises `Failure` if the disk does not take them."""
        if self._path is None:
            return
        if self._db is None:
            raise Failure("The local Slack has been stopped: nothing is kept any more.")
        # ASCII only: JSON can carry halves of characters, which SQLite's UTF-8 cannot.
        rows = [
            (kind, key, None if body is None else json.dumps(body, separators=(",", ":")))
            for kind, key, body in changes
        ]
        try:
            self._db.execute("BEGIN IMMEDIATE")
            for kind, key, text in rows:
                if text is None:
                    self._db.execute("DELETE FROM documents WHERE kind = ? AND key = ?", (kind, key))
                else:
                    self._db.execute(
                        "INSERT INTO documents VALUES (?, ?, ?) "
                        "ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body",
                        (kind, key, text),
                    )
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise self._failure(error) from error

    def close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None
