"""Root lets PostgreSQL's account reach its files, and opens no more than that takes."""

from __future__ import annotations

import os
import pwd
import stat
from pathlib import Path

from bot import server_account


def mode(folder: Path) -> int:
    return stat.S_IMODE(folder.stat().st_mode)


def test_closed_folders_above_may_be_passed_through_and_not_listed(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    cluster = closed / "open" / "cluster"
    cluster.mkdir(parents=True)
    closed.chmod(0o700)
    (closed / "open").chmod(0o755)
    cluster.chmod(0o700)
    server_account.let_through(cluster, pwd.getpwnam("nobody"))
    assert [mode(folder) for folder in (closed, closed / "open", cluster)] == [0o701, 0o755, 0o700]


def test_folders_of_the_account_itself_stay_as_they_are(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server_account.let_through(closed / "cluster", pwd.getpwuid(closed.stat().st_uid))
    assert mode(closed) == 0o700


def test_postgres_runs_as_whoever_owns_its_files(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        os.chown(tmp_path, pwd.getpwnam("nobody").pw_uid, -1)
    owner = tmp_path.stat().st_uid
    assert owner != 0
    assert server_account.owner_of(tmp_path).pw_uid == owner
