"""What a line of the log says, and what it must not."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot import log
from bot.db import Database

WORDS = "my own words"


@pytest.fixture
def root_as_before() -> Iterator[None]:
    """`configure` is for a process's start; here the root logger is put back."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    for handler in set(root.handlers) - set(handlers):
        handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.parametrize("fmt", ["text", "json"])
@pytest.mark.usefixtures("root_as_before")
async def test_the_trace_of_a_database_error_names_it_and_quotes_nothing(
    database: Database, tmp_path: Path, fmt: str
) -> None:
    log.configure("INFO", fmt, tmp_path / "log")
    # The driver quotes the row that failed, SQLAlchemy the statement and its values.
    insert = "INSERT INTO users (github_id, username, role) VALUES ('9', :words, 'no such role')"
    with pytest.raises(DBAPIError, match=WORDS) as raised:
        async with database.as_system() as tx:
            await tx.session.execute(text(insert), {"words": WORDS})
    logging.getLogger("bot").error("it failed, reference 12", exc_info=raised.value)
    written = (tmp_path / "log").read_text()
    assert "it failed, reference 12" in written
    assert "IntegrityError: 23514: valid_role" in written
    assert Path(__file__).name in written
    assert WORDS not in written


@pytest.mark.usefixtures("root_as_before")
def test_the_trace_of_a_defect_says_what_and_what_led_to_it(tmp_path: Path) -> None:
    log.configure("INFO", "json", tmp_path / "log")
    try:
        try:
            raise ZeroDivisionError("the first")
        except ZeroDivisionError as first:
            raise LookupError("the second") from first
    except LookupError:
        logging.getLogger("bot").exception("a defect")
    line = json.loads((tmp_path / "log").read_text())
    assert line["message"] == "a defect"
    assert line["trace"].index("ZeroDivisionError: the first") < line["trace"].index("LookupError: the second")
