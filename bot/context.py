"""What a handler may use."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.db import Database, Transaction
from bot.errors import Stranger
from bot.github.client import GitHub
from bot.slack.gateway import Gateway
from bot.slack.request import Request

if TYPE_CHECKING:
    from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Context:
    """The process's parts, as every handler gets them. There is one per process; `runtime` builds it.

    `introduce` makes people and a channel known who were not: it asks Slack, outside any transaction, and writes them
    down as the system. It raises `Refusal` for an id that Slack does not know either.
    """

    settings: Settings
    database: Database
    slack: Gateway
    github: GitHub
    introduce: Callable[[frozenset[str], str | None], Awaitable[None]]

    def as_person(self, request: Request, mentioned: Sequence[str] = ()) -> AbstractAsyncContextManager[Transaction]:
        """A transaction with the rights of who made the request; `mentioned` people are read along.

        Whoever Slack knows and the database does not is introduced first; so is the channel.
        """
        return self.as_user(request.user_id, mentioned, request.channel_id)

    @asynccontextmanager
    async def as_user(
        self, slack_id: str, mentioned: Sequence[str] = (), channel: str | None = None
    ) -> AsyncIterator[Transaction]:
        """The same for a Slack id."""
        async with AsyncExitStack() as stack:
            try:
                tx = await stack.enter_async_context(
                    self.database.as_person(slack_id, mentioned=mentioned, channel=channel)
                )
            except Stranger as stranger:
                await self.introduce(stranger.slack_ids, stranger.channel)
                tx = await stack.enter_async_context(
                    self.database.as_person(slack_id, mentioned=mentioned, channel=channel)
                )
            yield tx

    def as_system(self) -> AbstractAsyncContextManager[Transaction]:
        """A transaction as the owner of the tables, for work that nobody asked for."""
        return self.database.as_system()
