"""The embedded PostgreSQL: this process's own server, under the data folder, reached through a socket only.

One process owns the data folder (a lock says so). The server lives in a session of its own, so Ctrl-C in the
terminal reaches the bot alone, which drains its work and then stops the server. Everything here blocks, for
about a second.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from bot.cluster import ADMIN, PORT, Cluster, cluster_of, programs, unusable
from bot.errors import Failure

log = logging.getLogger(__name__)

LOGIN = "scrum_bot"
DATABASE = "scrum"

_SETTINGS = {
    "listen_addresses": "",
    "port": PORT,
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # The log names what failed, and quotes neither statements nor rows: they hold people's words.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

# Each signal and the seconds it gets. A fast shutdown ends sessions and writes a checkpoint; an immediate one
# leaves recovery to the next start.
_WAYS_TO_STOP = ((signal.SIGINT, 6.0), (signal.SIGQUIT, 2.0), (signal.SIGKILL, 2.0))


class EmbeddedServer:
    """A running server. `url` is the bot's, whose login is no superuser; `admin_url` is a superuser's."""

    def __init__(self, process: subprocess.Popen[bytes], socket_folder: Path, cluster: Cluster, lock: int) -> None:
        self._process = process
        self._socket_folder = socket_folder
        self._cluster = cluster
        self._lock: int | None = lock
        self.url = self._address(LOGIN, DATABASE)
        self.admin_url = self._address(ADMIN, "postgres")

    def create_database(self, name: str, template: str | None = None) -> str:
        """Make a database that the bot's login owns, a copy of `template` if given; return its address.

        Nobody may be connected to the template meanwhile. Raises psycopg.Error.
        """
        words = (sql.Identifier(word) for word in (name, LOGIN, template or "template1"))
        with self._as_admin() as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(*words))
        return self._address(LOGIN, name)

    def drop_database(self, name: str) -> None:
        """Remove a database if it is there; sessions in it are ended. Raises psycopg.Error."""
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        with self._as_admin() as connection:
            connection.execute(drop.format(sql.Identifier(name)))

    def stop(self) -> None:
        """End all sessions, stop the server, give the data folder free. Stopping twice is harmless."""
        if self._process.poll() is None:
            _shut_down(psutil.Process(self._process.pid))
            self._process.wait()
        if self._socket_folder != self._cluster.folder:
            shutil.rmtree(self._socket_folder, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def wait_until_ready(self) -> None:
        """Return when the bot's login can connect to its database. Raises Failure if that will not be.

        Recovery after a crash takes as long as it takes, and is told of.
        """
        told = time.monotonic()
        while not self._is_ready():
            if self._process.poll() is not None:
                raise Failure(self._cluster.why_not(self._cluster.log_file.read_text(errors="replace")))
            if time.monotonic() - told > 5:
                log.info("postgres is still starting; after a crash it recovers first")
                told = time.monotonic()
            time.sleep(0.01)
        try:
            self._ensure_login_and_database()
        except psycopg.Error as error:
            raise Failure(self._cluster.why_not(f"error: {error}")) from error

    def _is_ready(self) -> bool:
        lines = self._cluster.postmaster_pid()
        return len(lines) >= 8 and lines[0] == str(self._process.pid) and lines[7].strip() == "ready"

    def _ensure_login_and_database(self) -> None:
        with self._as_admin() as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [LOGIN]).fetchone():
                # It makes the roles that row-level security speaks of, and must not stand above them itself.
                create = sql.SQL("CREATE ROLE {} LOGIN CREATEROLE NOSUPERUSER NOBYPASSRLS")
                connection.execute(create.format(sql.Identifier(LOGIN)))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                self.create_database(DATABASE)

    def _as_admin(self) -> psycopg.Connection[tuple[Any, ...]]:
        folder = str(self._socket_folder)
        return psycopg.connect(host=folder, port=PORT, user=ADMIN, dbname="postgres", autocommit=True)

    def _address(self, user: str, database: str) -> str:
        # The port is spelled out, or PGPORT in the environment would decide.
        return f"postgresql+psycopg://{user}@/{quote(database)}?host={quote(str(self._socket_folder))}&port={PORT}"


def start(data_dir: Path, *, durable: bool = True) -> EmbeddedServer:
    """Start the server of this data folder, made on first use, and wait until it answers.

    A server left behind by a killed process is stopped first. `durable=False`, for tests, gives up safety
    from a power cut for speed. Raises Failure, in one sentence, if the folder cannot be used.
    """
    data_dir = data_dir.expanduser().absolute()
    try:
        lock = _lock(data_dir)
        try:
            server = _launch(cluster_of(data_dir), lock, durable=durable)
        except BaseException:
            os.close(lock)
            raise
    except OSError as error:
        raise Failure(unusable(data_dir, error)) from error
    try:
        server.wait_until_ready()
    except BaseException:
        server.stop()
        raise
    return server


def _lock(data_dir: Path) -> int:
    """Claim the folder for the life of this process: the system ends the claim even after `kill -9`."""
    # The server may run as another account, which has to pass through this folder to its own.
    data_dir.mkdir(mode=0o711, parents=True, exist_ok=True)
    lock = os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = os.pread(lock, 20, 0).decode().strip() or "unknown"
        os.close(lock)
        raise Failure(
            f"Another scrum-bot is already running with the data folder {data_dir} (process {owner}):"
            " stop it first, or set DATA_DIR to another folder."
        ) from None
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
    return lock


def _launch(cluster: Cluster, lock: int, *, durable: bool) -> EmbeddedServer:
    _stop_left_over(cluster)
    cluster.ensure(durable=durable)
    socket_folder = cluster.socket_folder()
    settings = _SETTINGS | ({} if durable else _NOT_DURABLE) | {"unix_socket_directories": str(socket_folder)}
    with contextlib.suppress(FileNotFoundError):
        cluster.log_file.replace(cluster.log_file.with_suffix(".log.1"))
    with cluster.log_file.open("wb") as output:
        process = subprocess.Popen(
            [
                programs() / "postgres",
                "-D",
                cluster.folder,
                *(f"--{name}={text}" for name, text in settings.items()),
            ],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            **cluster.process_options(),
        )
    return EmbeddedServer(process, socket_folder, cluster, lock)


def _stop_left_over(cluster: Cluster) -> None:
    """Stop the server of a process that was killed: it has that process's settings and socket."""
    lines = cluster.postmaster_pid()
    if len(lines) < 5:
        return
    try:
        process = psutil.Process(int(lines[0]))
        is_ours = str(cluster.folder) in process.cmdline()
    except (psutil.Error, ValueError):
        # Nobody has this number any more. PostgreSQL itself looks for sessions that survived their server.
        return
    if is_ours:
        log.info("stopping the postgres that a killed process left behind, process %d", process.pid)
        _shut_down(process)
        with contextlib.suppress(OSError):
            # A temporary folder made for its socket; the cluster itself is not empty and stays.
            Path(lines[4]).rmdir()
    else:
        # Another program has the number now, as happens in a container after every restart; PostgreSQL would
        # take that program for a running server.
        (cluster.folder / "postmaster.pid").unlink(missing_ok=True)


def _shut_down(process: psutil.Process) -> None:
    for way, seconds in _WAYS_TO_STOP:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(way)
        with contextlib.suppress(psutil.TimeoutExpired):
            process.wait(seconds)
            return
