"""The sample team, written down in a database of the test's own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.db import Database, Person, Transaction
from bot.tasks.model import Task

TEAM = {
    "ana": ("developer", "Europe/Berlin", False),
    "bo": ("developer", "Europe/London", False),
    "tess": ("tester", "America/New_York", False),
    "mia": ("project_manager", "Europe/Berlin", False),
    "ada": ("admin", "America/Los_Angeles", False),
    "gus": ("developer", "Europe/Berlin", True),
}
"""Name → role, zone, and whether they are a guest."""


def slack_id(name: str) -> str:
    return f"U0SAMPLE{name.upper()}"


class Team:
    """The people of a test's database, and what a test asks of that database again and again."""

    def __init__(self, database: Database, people: dict[str, Person]) -> None:
        self.database = database
        self.people = people

    def __getattr__(self, name: str) -> Person:
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None

    def acts(self, name: str, *mentioned: str, channel: str | None = "C0WEBTEAM") -> Any:
        """A transaction of one person, with others read along."""
        others = [slack_id(one) for one in mentioned]
        return self.database.as_person(slack_id(name), mentioned=others, channel=channel)

    async def task(self, title: str = "Fix login", **values: Any) -> int:
        """A task written straight into the table: due tomorrow, made by Mia, given to nobody, at home in #web."""
        async with self.database.as_system() as tx:
            task = Task(
                title=title,
                description=values.pop("description", ""),
                assigned_role=values.pop("assigned_role", "developer"),
                start_date=values.pop("start_date", tx.now - timedelta(days=30)),
                end_date=values.pop("end_date", tx.now + timedelta(days=1)),
                created_by=values.pop("created_by", self.people["mia"].id),
                home_channel=values.pop("home_channel", "C0WEBTEAM"),
                **values,
            )
            tx.session.add(task)
            await tx.session.flush()
            return task.id

    async def rows(self, statement: str, **values: Any) -> list[Any]:
        async with self.database.as_system() as tx:
            return list((await tx.session.execute(text(statement), values)).all())

    async def ledger(self, kind: str) -> list[Any]:
        return await self.rows("SELECT * FROM internal.ledger WHERE kind = :kind ORDER BY id", kind=kind)

    async def events(self, task_id: int) -> list[str]:
        found = await self.rows("SELECT verb FROM events WHERE subject = :s ORDER BY id", s=f"task:{task_id}")
        return [row.verb for row in found]

    async def notifications(self, type: str) -> list[Any]:
        return await self.rows("SELECT * FROM notifications WHERE type = :type ORDER BY id", type=type)

    async def sent(self) -> None:
        """Everything that waits in the ledger stands in Slack."""
        await self.rows("UPDATE internal.ledger SET state = 'settled', ts = id::text, channel = lane RETURNING id")


async def _write(tx: Transaction) -> None:
    for name, (role, zone, is_guest) in TEAM.items():
        await tx.session.execute(
            text(
                "INSERT INTO users (github_id, username, role, slack_id, time_zone, is_guest)"
                " VALUES (:github, :name, :role, :slack, :zone, :guest)"
            ),
            {
                "github": f"slack:T0SAMPLE:{slack_id(name)}",
                "name": name.capitalize(),
                "role": role,
                "slack": slack_id(name),
                "zone": zone,
                "guest": is_guest,
            },
        )
    await tx.session.execute(
        text(
            "INSERT INTO conversations (id, kind, name, is_member) VALUES"
            " ('C0WEBTEAM', 'channel', 'web', true), ('C0TEAM', 'channel', 'team', true),"
            " ('C0LEADS', 'private', '', false), ('D0BOT', 'im', '', true)"
        )
    )


@pytest.fixture
async def team(database: Database) -> Team:
    async with database.as_system() as tx:
        await _write(tx)
    async with database.as_person(slack_id("ana"), mentioned=[slack_id(name) for name in TEAM]) as tx:
        return Team(database, {name: tx.people[slack_id(name)] for name in TEAM})


@pytest.fixture
def sunday_noon() -> datetime:
    """Sunday, 22 November 2026, 12:00 UTC."""
    return datetime.fromisoformat("2026-11-22T12:00:00+00:00")
