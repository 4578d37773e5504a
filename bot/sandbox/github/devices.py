"""Pending sign-ins by the device flow, RFC 8628: codes, polls, and what a person decides on the page."""

from __future__ import annotations

import secrets
from typing import Any

from bot.sandbox.github import directory
from bot.sandbox.github.model import Account, Device
from bot.sandbox.github.store import Store

EXPIRES_SECONDS = 900
SLOW_DOWN_SECONDS = 5

_ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
"""Consonants only: no word can come out of them, and none is taken for a digit (RFC 8628, section 6.1)."""

_KEPT_SECONDS = 86_400
"""How long a finished sign-in stays, so that a late poll is told why it fails."""


class PollError(Exception):
    """The answer to a poll that brings no token: GitHub's code, its sentence, and what else belongs to it."""

    def __init__(self, code: str, description: str, **more: Any) -> None:
        super().__init__(code)
        self.code = code
        self.description = description
        self.more = more


class DecisionRefused(Exception):
    """What was entered on the page cannot be used; `str()` is the sentence to show."""


def create(store: Store, scope: str, interval: int, now: float) -> Device:
    """Begin a sign-in. `interval` and `now` are in seconds."""
    store.execute("DELETE FROM devices WHERE expires_at < ?", now - _KEPT_SECONDS)
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    user_code = f"{letters[:4]}-{letters[4:]}"
    device = Device(
        secrets.token_hex(20), user_code, scope, "pending", None, interval, None, now, now + EXPIRES_SECONDS
    )
    store.insert("devices", **{name: getattr(device, name) for name in Device.__slots__})
    return device


def waiting(store: Store, now: float) -> list[Device]:
    """The sign-ins that somebody may still decide or that were decided within their time, newest first."""
    rows = store.rows("SELECT * FROM devices WHERE expires_at > ? ORDER BY created_at DESC", now)
    return [Device(**dict(row)) for row in rows]


def poll(store: Store, device_code: str, now: float) -> str:
    """One poll of the app; the answer is a token, given once. Raises `PollError`."""
    row = store.row("SELECT * FROM devices WHERE device_code = ?", device_code)
    if row is None or row["state"] == "used":
        raise PollError("incorrect_device_code", "The device_code provided is not valid.")
    device = Device(**dict(row))
    if now >= device.expires_at:
        raise PollError("expired_token", "This device_code has expired.")
    if device.state == "denied":
        raise PollError("access_denied", "The authorization request was denied.")
    interval = device.interval
    too_early = device.polled_at is not None and now < device.polled_at + interval
    if too_early:
        interval += SLOW_DOWN_SECONDS
    store.execute("UPDATE devices SET polled_at = ?, interval = ? WHERE device_code = ?", now, interval, device_code)
    if too_early:
        raise PollError("slow_down", "Too many requests have been made in the same timeframe.", interval=interval)
    if device.state == "pending" or device.account_id is None:
        raise PollError("authorization_pending", "The authorization request is still pending.")
    with store.transaction():
        store.execute("UPDATE devices SET state = 'used' WHERE device_code = ?", device_code)
        return directory.issue_token(store, device.account_id, now)


def decide(store: Store, entered: str, account: Account | None, *, now: float) -> None:
    """Approve the sign-in with this user code for `account`; None refuses it. Raises `DecisionRefused`."""
    letters = "".join(character for character in entered.upper() if character.isalnum())
    if not letters:
        raise DecisionRefused("Enter the eight letters of the code that Slack shows you.")
    row = store.row("SELECT * FROM devices WHERE replace(user_code, '-', '') = ?", letters)
    if row is None:
        raise DecisionRefused("There is no sign-in with this code. Compare it with the one that Slack shows you.")
    device = Device(**dict(row))
    if now >= device.expires_at:
        raise DecisionRefused("This code has expired. Ask for a new one with /scrum link in Slack.")
    if device.state != "pending":
        raise DecisionRefused("This code was used already. Ask for a new one with /scrum link in Slack.")
    store.execute(
        "UPDATE devices SET state = ?, account_id = ? WHERE device_code = ?",
        "authorized" if account else "denied",
        account.id if account else None,
        device.device_code,
    )
