"""Who exists, which repositories there are, and who may do what in them."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3

from bot.sandbox.github.model import PERMISSIONS, Account, Label, Repository, stamp
from bot.sandbox.github.store import Store


def _account(row: sqlite3.Row) -> Account:
    return Account(**dict(row))


def _repository(row: sqlite3.Row) -> Repository:
    return Repository(**{**dict(row), "private": bool(row["private"])})


def account_by_id(store: Store, key: int) -> Account:
    """The account a foreign key points to. Raises `LookupError` where there is none."""
    row = store.row("SELECT * FROM accounts WHERE id = ?", key)
    if row is None:
        raise LookupError(f"no account {key}")
    return _account(row)


def account_by_login(store: Store, login: str) -> Account | None:
    """Logins are compared without regard to case, as GitHub does."""
    row = store.row("SELECT * FROM accounts WHERE login = ?", login)
    return None if row is None else _account(row)


def account_of_slack_user(store: Store, slack_user: str) -> Account | None:
    row = store.row("SELECT * FROM accounts WHERE slack_user = ?", slack_user)
    return None if row is None else _account(row)


def people(store: Store) -> list[Account]:
    """Every account that a person may act as, in the order of their ids."""
    return [_account(row) for row in store.rows("SELECT * FROM accounts WHERE type = 'User' ORDER BY id")]


def repositories(store: Store) -> list[Repository]:
    return [_repository(row) for row in store.rows("SELECT * FROM repositories ORDER BY id")]


def repository_by_id(store: Store, key: int) -> Repository | None:
    row = store.row("SELECT * FROM repositories WHERE id = ?", key)
    return None if row is None else _repository(row)


def repository_by_name(store: Store, owner: str, name: str) -> Repository | None:
    row = store.row("SELECT * FROM repositories WHERE owner = ? AND name = ?", owner, name)
    return None if row is None else _repository(row)


def permission(store: Store, repository: Repository, account: Account | None) -> str:
    """One of `PERMISSIONS`. Anybody may pull from a public repository, with or without an account."""
    held = account and store.value(
        "SELECT permission FROM collaborators WHERE repository_id = ? AND account_id = ?",
        repository.id,
        account.id,
    )
    return str(held) if held else "none" if repository.private else "pull"


def may(store: Store, repository: Repository, account: Account | None, wanted: str) -> bool:
    """Whether the account has the permission `wanted` or a stronger one."""
    return PERMISSIONS.index(permission(store, repository, account)) >= PERMISSIONS.index(wanted)


def assignable(store: Store, repository: Repository) -> list[Account]:
    """Who can be assigned to issues: the people who may push."""
    rows = store.rows(
        "SELECT a.* FROM accounts a JOIN collaborators c ON c.account_id = a.id "
        "WHERE c.repository_id = ? AND c.permission IN ('push', 'admin') AND a.type = 'User' ORDER BY a.id",
        repository.id,
    )
    return [_account(row) for row in rows]


def labels(store: Store, repository: Repository) -> list[Label]:
    rows = store.rows("SELECT * FROM labels WHERE repository_id = ? ORDER BY id", repository.id)
    return [Label(**dict(row)) for row in rows]


def label_by_name(store: Store, repository: Repository, name: str) -> Label | None:
    row = store.row("SELECT * FROM labels WHERE repository_id = ? AND name = ?", repository.id, name)
    return None if row is None else Label(**dict(row))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def issue_token(store: Store, account_id: int, now: float) -> str:
    """Make a user token of the app for an account; only its digest is kept."""
    token = "ghu_" + secrets.token_hex(18)
    store.insert("tokens", digest=_digest(token), account_id=account_id, created_at=stamp(now))
    return token


def account_of_token(store: Store, token: str) -> Account | None:
    row = store.row(
        "SELECT a.* FROM accounts a JOIN tokens t ON t.account_id = a.id WHERE t.digest = ?", _digest(token)
    )
    return None if row is None else _account(row)
