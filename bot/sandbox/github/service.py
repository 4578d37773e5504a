"""The local GitHub as one object for whoever runs the server that carries it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from aiohttp import web

from bot.sandbox.github import people, reading, rest, sample, sign_in
from bot.sandbox.github.model import Delivery
from bot.sandbox.github.protocol import Place
from bot.sandbox.github.store import Store
from bot.sandbox.github.webhooks import Webhooks


class LocalGitHub:
    """A GitHub with a REST API, device sign-in and webhooks, for one app and the sample people.

    `store` is the SQLite file of its state (None: memory). `client_id`, `client_secret` and
    `webhook_secret` are the app's; `token` is what the app itself calls with. With `webhook_url` the app
    hears of every event. `on_change` is called after each change with the repository's full name, or None
    for a sign-in. `device_interval` is the least time between two polls in seconds, `hourly_limit` the rate
    limit of a token; `clock` answers seconds since 1970.

    Raises `store.StoreUnusable` when the file cannot be used. It belongs to the thread that makes it.
    """

    def __init__(
        self,
        *,
        store: Path | None,
        client_id: str,
        client_secret: str,
        webhook_secret: str,
        token: str,
        webhook_url: str | None = None,
        on_change: Callable[[str | None], None] | None = None,
        device_flow: bool = True,
        device_interval: int = 5,
        hourly_limit: int = 5000,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = Store(store)
        if self._store.fresh:
            sample.load(self._store, clock())
        self._webhooks = Webhooks(self._store, clock)
        if webhook_url is not None:
            self._webhooks.set_app_hook(webhook_url, webhook_secret)
        self._place = Place(
            store=self._store,
            clock=clock,
            webhooks=self._webhooks,
            on_change=on_change or (lambda repository: None),
            token=token,
            client_id=client_id,
            client_secret=client_secret,
            app_login=sample.APP_LOGIN,
            device_flow=device_flow,
            device_interval=device_interval,
            hourly_limit=hourly_limit,
        )

    def add_routes(self, app: web.Application) -> None:
        """Add everything under `/github` and `/_/github` to the server that carries it."""
        app.add_routes(rest.routes(self._place))
        app.add_routes(sign_in.routes(self._place))
        app.add_routes(people.routes(self._place))
        app.add_routes(reading.routes(self._place))

    async def start(self) -> None:
        """Begin to send webhooks, those first that were left over."""
        await self._webhooks.start()

    async def stop(self) -> None:
        """Stop sending and close the state. What was not sent is sent after the next start."""
        await self._webhooks.stop()
        self._store.close()

    def deliveries(self) -> list[Delivery]:
        """Every webhook delivery so far, oldest first."""
        return self._webhooks.deliveries()

    def redeliver(self, delivery: Delivery) -> None:
        """Send a delivery again, as GitHub does when somebody asks for it."""
        self._webhooks.redeliver(delivery)
