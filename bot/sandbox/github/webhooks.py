"""Webhooks: which hooks hear of an event, and the sending. A failed delivery is repeated only when asked for.

Deliveries are written down with the change that caused them and sent afterwards, in order, by one task.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import sqlite3
import time
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bot.sandbox.github.model import Delivery, Hook, Repository, stamp
from bot.sandbox.github.store import Store

log = logging.getLogger(__name__)

ANSWER_SECONDS = 10
"""How long GitHub waits for an answer: docs.github.com/en/webhooks/using-webhooks."""


def _hook(row: sqlite3.Row) -> Hook:
    return Hook(**{**dict(row), "events": tuple(json.loads(row["events"])), "active": bool(row["active"])})


def _delivery(row: sqlite3.Row) -> Delivery:
    return Delivery(**{**dict(row), "redelivery": bool(row["redelivery"])})


def hooks_of(store: Store, repository: Repository) -> list[Hook]:
    return [_hook(row) for row in store.rows("SELECT * FROM hooks WHERE repository_id = ? ORDER BY id", repository.id)]


def hook_by_id(store: Store, key: int) -> Hook | None:
    row = store.row("SELECT * FROM hooks WHERE id = ?", key)
    return None if row is None else _hook(row)


def deliveries_of(store: Store, hook: Hook) -> list[Delivery]:
    """Newest first."""
    return [
        _delivery(row) for row in store.rows("SELECT * FROM deliveries WHERE hook_id = ? ORDER BY id DESC", hook.id)
    ]


def delivery_by_id(store: Store, key: int) -> Delivery | None:
    row = store.row("SELECT * FROM deliveries WHERE id = ?", key)
    return None if row is None else _delivery(row)


class Webhooks:
    """Writes deliveries down and sends them. `start` and `stop` bracket the sending."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self._waiting: asyncio.Queue[int] = asyncio.Queue()
        self._sender: asyncio.Task[None] | None = None

    def set_app_hook(self, url: str, secret: str | None) -> None:
        """Make `url` the app's own webhook, which hears of every repository; the former one is replaced."""
        now = stamp(self._clock())
        with self._store.transaction():
            key = self._store.value("SELECT id FROM hooks WHERE repository_id IS NULL")
            columns: dict[str, Any] = {"url": url, "secret": secret, "updated_at": now}
            if key is not None:
                self._store.update("hooks", key, **columns)
            else:
                columns |= {"content_type": "json", "events": '["*"]', "active": True, "created_at": now}
                self._store.insert("hooks", **columns)

    async def start(self) -> None:
        # What was written down and never sent, because the process ended in between, is sent now.
        for row in self._store.rows("SELECT id FROM deliveries WHERE status_code IS NULL ORDER BY id"):
            self._waiting.put_nowait(row["id"])
        self._sender = asyncio.create_task(self._send_all(), name="local GitHub: webhook deliveries")

    async def stop(self) -> None:
        if self._sender is not None:
            self._sender.cancel()
            await asyncio.gather(self._sender, return_exceptions=True)
            self._sender = None

    def emit(self, repository: Repository, event: str, action: str | None, payload: dict[str, Any]) -> None:
        """Write a delivery down for every active hook that wants the event, and have it sent."""
        for row in self._store.rows(
            "SELECT * FROM hooks WHERE active AND (repository_id = ? OR repository_id IS NULL) ORDER BY id",
            repository.id,
        ):
            hook = _hook(row)
            if event in hook.events or "*" in hook.events:
                self.deliver(hook, event, action, payload)

    def deliveries(self) -> list[Delivery]:
        """Every delivery of every hook, oldest first."""
        return [_delivery(row) for row in self._store.rows("SELECT * FROM deliveries ORDER BY id")]

    def deliver(self, hook: Hook, event: str, action: str | None, payload: dict[str, Any]) -> None:
        self._write(
            hook.id,
            str(uuid.uuid4()),
            event,
            action,
            json.dumps(payload, ensure_ascii=False),
            redelivery=False,
        )

    def redeliver(self, delivery: Delivery) -> None:
        """Send a delivery again: the same body under the same `X-GitHub-Delivery`, as GitHub does."""
        self._write(
            delivery.hook_id,
            delivery.guid,
            delivery.event,
            delivery.action,
            delivery.payload,
            redelivery=True,
        )

    def _write(self, hook_id: int, guid: str, event: str, action: str | None, body: str, *, redelivery: bool) -> None:
        key = self._store.insert(
            "deliveries",
            guid=guid,
            hook_id=hook_id,
            event=event,
            action=action,
            payload=body,
            redelivery=redelivery,
            created_at=stamp(self._clock()),
        )
        self._waiting.put_nowait(key)

    async def _send_all(self) -> None:
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                delivery = delivery_by_id(self._store, await self._waiting.get())
                hook = hook_by_id(self._store, delivery.hook_id) if delivery is not None else None
                # A hook that was removed meanwhile takes its deliveries with it.
                if delivery is not None and hook is not None:
                    await self._send(session, hook, delivery)

    async def _send(self, session: aiohttp.ClientSession, hook: Hook, delivery: Delivery) -> None:
        if hook.content_type == "json":
            content_type, body = "application/json", delivery.payload.encode()
        else:
            content_type = "application/x-www-form-urlencoded"
            body = urlencode({"payload": delivery.payload}).encode()
        headers = {
            "Content-Type": content_type,
            "User-Agent": "GitHub-Hookshot/local",
            "X-GitHub-Event": delivery.event,
            "X-GitHub-Delivery": delivery.guid,
            "X-GitHub-Hook-ID": str(hook.id),
            "X-GitHub-Hook-Installation-Target-Type": "integration" if hook.repository_id is None else "repository",
        }
        if hook.secret:
            digest = hmac.new(hook.secret.encode(), body, hashlib.sha256).hexdigest()
            headers["X-Hub-Signature-256"] = f"sha256={digest}"
        began = time.monotonic()
        try:
            async with session.post(hook.url, data=body, headers=headers, allow_redirects=False) as answer:
                code, status = answer.status, answer.reason or str(answer.status)
        except TimeoutError:
            code, status = 0, "timed out"
        except (aiohttp.ClientError, OSError, ValueError):
            code, status = 0, "failed to connect to host"
        duration = round(time.monotonic() - began, 3)
        self._store.update("deliveries", delivery.id, duration=duration, status_code=code, status=status)
        log.info("webhook delivery %s: %s answered %s", delivery.id, delivery.event, code or status)
