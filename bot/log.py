"""Logging: one format, set once at start.

Lines carry an action and ids; never bodies, tokens, `response_url`s or people's words. A database's error quotes the
statement, its values, or the row it failed for, all of which hold people's words: of it a trace shows the class, the
SQLSTATE and the constraint.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.errors import Failure


def _trace(error: BaseException) -> str:
    """The trace of an exception, below those of the exceptions that led to it."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = f"{_trace(cause)}\n\nwhich led to\n\n" if cause else ""
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"{before}Traceback (most recent call last):\n{frames}{_last_line(error)}"


def _last_line(error: BaseException) -> str:
    if not isinstance(error, SQLAlchemyError | psycopg.Error):
        return "".join(traceback.format_exception_only(error)).rstrip()
    driver = error.orig if isinstance(error, DBAPIError) else error
    details = (driver.sqlstate, driver.diag.constraint_name) if isinstance(driver, psycopg.Error) else ()
    return ": ".join([type(error).__name__, *(detail for detail in details if detail)])


class _Formatter(logging.Formatter):
    """A line of text, with the trace below it."""

    def formatException(self, ei: Any) -> str:
        return _trace(ei[1])


class _JsonFormatter(_Formatter):
    """One JSON object a line, for collectors."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def configure(level: str, fmt: str, file: Path | None = None) -> None:
    """Send every logger's lines to `file`, or to standard error where there is none.

    `level` is a logging level's name, `fmt` is "text" or "json". Raises `Failure` for a file that cannot be written.
    """
    handler = logging.StreamHandler(sys.stderr) if file is None else _to_file(file)
    if fmt == "json":
        handler.setFormatter(_JsonFormatter())
    else:
        handler.setFormatter(_Formatter("%(asctime)s %(levelname)-7s %(name)s  %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # These libraries report each request or statement at INFO, some with people's words in it.
    for noisy in (
        "slack_bolt",
        "slack_sdk",
        "aiohttp.access",
        "apscheduler",
        "urllib3",
        "github",
        "alembic",
        "sqlalchemy",
    ):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
    # It warns at every start that SLACK_BOT_TOKEN is in the environment, which is where settings come from.
    logging.getLogger("slack_bolt.AsyncApp").setLevel(logging.ERROR)


def _to_file(file: Path) -> logging.Handler:
    try:
        file.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
        return logging.FileHandler(file, encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise Failure(
            f"The log {file} cannot be written ({reason}): set DATA_DIR to a folder that is yours."
        ) from error
