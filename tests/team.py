"""The sample team, written straight into a database of the test's own, and what stands in that database."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Any

from sqlalchemy import text

from bot.db import Database, Transaction

TEAM = {
    "ana": ("developer", False),
    "bo": ("developer", False),
    "tess": ("tester", False),
    "mia": ("project_manager", False),
    "ada": ("admin", False),
    "rob": ("developer", False),
    "gus": ("developer", True),
}
"""Name → role, and whether they are a guest."""

CHANNELS = {
    "C0WEBTEAM": ("channel", True),
    "C0TRIAGE01": ("channel", True),
    "C0RANDOM01": ("channel", False),
    "C0LEADS001": ("private", True),
    "D0ROB": ("im", True),
}
"""Id → kind, and whether the bot is in it."""


def slack_id(name: str) -> str:
    return f"U0SAMPLE{name.upper()}"


class Team:
    """People and channels that are known, and the rows that follow from what they do."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def write(self) -> None:
        async with self.database.as_system() as tx:
            await tx.session.execute(
                text(
                    "INSERT INTO users (github_id, username, role, slack_id, time_zone, is_guest, avatar_url) VALUES"
                    " (:github, :name, :role, :slack, 'Europe/Berlin', :guest, :avatar)"
                ),
                [
                    {
                        "github": f"slack:T0SAMPLE:{slack_id(name)}",
                        "name": name.capitalize(),
                        "role": role,
                        "slack": slack_id(name),
                        "guest": is_guest,
                        "avatar": f"https://example.com/{name}.png",
                    }
                    for name, (role, is_guest) in TEAM.items()
                ],
            )
            await tx.session.execute(
                text("INSERT INTO conversations (id, kind, name, is_member) VALUES (:id, :kind, '', :member)"),
                [{"id": id, "kind": kind, "member": member} for id, (kind, member) in CHANNELS.items()],
            )

    async def chooses_triage_channel(self, channel: str = "C0TRIAGE01") -> None:
        async with self.database.as_system() as tx:
            chosen = text("INSERT INTO workspace (triage_channel) VALUES (:channel)")
            await tx.session.execute(chosen, {"channel": channel})

    def acts(
        self, name: str, *mentioned: str, channel: str | None = "C0WEBTEAM"
    ) -> AbstractAsyncContextManager[Transaction]:
        """A transaction of one person, with others read along."""
        others = [slack_id(one) for one in mentioned]
        return self.database.as_person(slack_id(name), mentioned=others, channel=channel)

    async def rows(self, statement: str, **values: Any) -> list[Any]:
        """What a query gives, read as the owner of the tables."""
        async with self.database.as_system() as tx:
            return list((await tx.session.execute(text(statement), values)).all())

    async def ledger(self, kind: str) -> list[Any]:
        return await self.rows("SELECT * FROM internal.ledger WHERE kind = :kind ORDER BY id", kind=kind)

    async def verbs(self, subject: str) -> list[str]:
        found = await self.rows("SELECT verb FROM events WHERE subject = :subject ORDER BY id", subject=subject)
        return [row.verb for row in found]

    async def told(self, type: str) -> list[str]:
        """The names of who was notified, in order."""
        found = await self.rows(
            "SELECT username FROM notifications n JOIN users u ON u.id = n.user_id WHERE type = :type ORDER BY n.id",
            type=type,
        )
        return [row.username for row in found]
