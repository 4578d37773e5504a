"""The account that PostgreSQL runs as when the bot is started by root: PostgreSQL refuses to run as root."""

from __future__ import annotations

import logging
import pwd
import stat
import subprocess
from pathlib import Path

from bot.errors import Failure

log = logging.getLogger(__name__)

NAME = "scrum-bot"


def owner_of(folder: Path) -> pwd.struct_passwd:
    """Who owns this folder, if somebody but root does; else the account kept for it, made when it is missing.

    Raises Failure if it cannot be made.
    """
    owner = folder.stat().st_uid if folder.exists() else 0
    try:
        return pwd.getpwuid(owner) if owner else pwd.getpwnam(NAME)
    except KeyError:
        return _make()


def let_through(path: Path, account: pwd.struct_passwd) -> None:
    """Let the account reach `path`: others may then pass through the folders above it, not list them."""
    for folder in path.parents:
        state = folder.stat()
        if state.st_uid != account.pw_uid and not state.st_mode & stat.S_IXOTH:
            log.warning("%s may now be passed through by other users: postgres runs as %s", folder, account.pw_name)
            folder.chmod(stat.S_IMODE(state.st_mode) | stat.S_IXOTH)


def _make() -> pwd.struct_passwd:
    command = ["useradd", "--system", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", NAME]
    try:
        reason = subprocess.run(command, check=False, capture_output=True, text=True).stderr.strip()
    except OSError as error:
        reason = f"useradd: {error.strerror}"
    try:
        # Whether or not it was this process that made it: another may have been first.
        return pwd.getpwnam(NAME)
    except KeyError:
        raise Failure(
            f"PostgreSQL does not run as root, and no account {NAME} could be made for it ({reason}):"
            " start the bot as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own."
        ) from None
