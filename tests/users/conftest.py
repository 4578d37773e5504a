"""A database, a local GitHub and the bot's own parts between them; Slack is a receiver of `response_url` answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import text

from bot.context import Context
from bot.db import Database
from bot.github.client import GitHub
from bot.settings import Settings
from bot.slack.gateway import Gateway, open_session
from bot.slack.request import Request
from bot.users.slack import introduce_people
from tests.local_github import CLIENT_ID, TOKEN, Clock, RunningGitHub, answering, local_github

TEAM = "T0SAMPLE01"


@dataclass
class FewOfSlack:
    """`users.info`, and the answers that reach a `response_url`. People are Slack's own user objects."""

    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: list[dict[str, Any]] = field(default_factory=list)
    trouble: int | None = None
    root: str = ""

    async def handle(self, request: web.Request) -> web.Response:
        if self.trouble is not None:
            return web.Response(status=self.trouble, text="trouble")
        if request.path == "/response":
            self.answers.append(await request.json())
            return web.Response(text="ok")
        sent = dict(await request.post()) | dict(request.query)
        user = self.people.get(str(sent.get("user")))
        if user is None:
            return web.json_response({"ok": False, "error": "user_not_found"})
        return web.json_response({"ok": True, "user": user})

    def person(self, slack_id: str, name: str, **more: Any) -> dict[str, Any]:
        user = {
            "id": slack_id,
            "team_id": TEAM,
            "name": name.lower(),
            "tz": "Europe/Berlin",
            "profile": {"display_name": name, "email": f"{name.lower()}@sample.example"},
        } | more
        self.people[slack_id] = user
        return user


@pytest.fixture
async def slack() -> AsyncIterator[FewOfSlack]:
    few = FewOfSlack()
    few.person("U0SAMPLEANA", "Ana")
    few.person("U0SAMPLEBO", "Bo")
    few.person("U0SAMPLEADA", "Ada", is_admin=True)
    async with answering(few.handle) as root:
        few.root = root
        yield few


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def hub(clock: Clock) -> AsyncIterator[RunningGitHub]:
    async with local_github(clock=clock) as running:
        yield running


@pytest.fixture
def settings(hub: RunningGitHub, slack: FewOfSlack) -> Settings:
    return Settings(
        slack_bot_token="xoxb-sample",
        slack_api_url=slack.root,
        github_token=TOKEN,
        github_client_id=CLIENT_ID,
        github_api_url=hub.api,
        github_url=hub.url,
        default_role="tester",
    )


@pytest.fixture
async def context(
    settings: Settings, database: Database, hub: RunningGitHub, slack: FewOfSlack
) -> AsyncIterator[Context]:
    async with open_session() as session:
        gateway = Gateway(session, settings.slack_api_url, "xoxb-sample")

        async def introduce(slack_ids: frozenset[str], channel: str | None) -> None:
            await introduce_people(database, gateway, settings, slack_ids)

        github = GitHub(api_url=settings.github_api_url, token=TOKEN, pause=False)
        yield Context(settings, database, gateway, github, introduce)
        await github.close()


@dataclass(frozen=True)
class Office:
    """Asks handlers as a person would, and looks into the database as an operator would."""

    context: Context
    slack: FewOfSlack

    def request(self, slack_id: str, kind: str = "command", **more: Any) -> Request:
        url = f"{self.slack.root}/response"
        return Request(kind, "", slack_id, TEAM, response_url=url, **more)

    async def rows(self, sql: str, **values: Any) -> list[dict[str, Any]]:
        async with self.context.as_system() as tx:
            return [dict(row) for row in (await tx.session.execute(text(sql), values)).mappings()]

    async def run(self, sql: str, **values: Any) -> None:
        async with self.context.as_system() as tx:
            await tx.session.execute(text(sql), values)

    async def user(self, slack_id: str) -> dict[str, Any]:
        (row,) = await self.rows("SELECT * FROM users WHERE slack_id = :id", id=slack_id)
        return row

    async def events(self, user_id: int) -> list[tuple[str, int | None, Any]]:
        rows = await self.rows("SELECT * FROM events WHERE subject = :s ORDER BY id", s=f"user:{user_id}")
        return [(row["verb"], row["actor_id"], row["changes"]) for row in rows]

    async def direct_messages(self, slack_id: str) -> list[str]:
        rows = await self.rows("SELECT payload FROM internal.ledger WHERE lane = :lane ORDER BY id", lane=slack_id)
        return [row["payload"]["text"] for row in rows]


@pytest.fixture
def office(context: Context, slack: FewOfSlack) -> Office:
    return Office(context, slack)
