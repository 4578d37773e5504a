"""Reading notifications, choosing the channels, and greeting the first admin."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from bot.db import Database, Workspace
from bot.errors import Refusal
from bot.notifications import operations, queries
from bot.notifications.notices import WELCOME, welcome_first_admin
from bot.notifications.parsing import Setup

ANA, MIA = "U0SAMPLEANA", "U0SAMPLEMIA"


@pytest.fixture
async def people(database: Database) -> Database:
    """Ana, a developer with three notifications, and Mia, a project manager with one."""
    async with database.as_system() as tx:
        await tx.session.execute(
            text(
                """
                INSERT INTO users (id, github_id, username, role, slack_id)
                VALUES (1, '1', 'ana', 'developer', 'U0SAMPLEANA'), (2, '2', 'mia', 'project_manager', 'U0SAMPLEMIA')
                """
            )
        )
        await tx.session.execute(
            text(
                """
                INSERT INTO notifications (user_id, type, title, message)
                SELECT user_id, 'system', title, 'Something happened.'
                  FROM (VALUES (1, 'first'), (1, 'second'), (1, 'third'), (2, 'hers')) AS n (user_id, title)
                """
            )
        )
    return database


async def test_people_read_their_own_notifications_newest_first(people: Database) -> None:
    async with people.as_person(ANA) as tx:
        assert [one.title for one in await queries.unread(tx)] == ["third", "second", "first"]
        assert [one.title for one in await queries.unread(tx, limit=1)] == ["third"]
        assert await queries.count_unread(tx) == 3


async def test_what_is_read_is_unread_no_more_and_nobody_elses_is_touched(people: Database) -> None:
    async with people.as_person(ANA) as tx:
        newest, *_ = await queries.unread(tx)
        hers = newest.id + 1
        assert await operations.mark_read(tx, [newest.id, hers]) == 1
        assert await operations.mark_read(tx, [newest.id]) == 0, "it was read before"
    async with people.as_person(ANA) as tx:
        assert await operations.mark_read(tx) == 2
        assert await queries.unread(tx) == []
    async with people.as_person(MIA) as tx:
        assert await queries.count_unread(tx) == 1


async def test_choosing_channels_writes_what_changed(people: Database) -> None:
    async with people.as_person(MIA) as tx:
        await operations.set_up(tx, Setup("C0TEAM", "C0ALERTS", None, "Europe/Berlin"))
    async with people.as_person(MIA) as tx:
        assert tx.workspace == Workspace("C0TEAM", "C0ALERTS", None, "Europe/Berlin")
        assert await operations.set_up(tx, Setup(alerts="")) == Workspace("C0TEAM", None, None, "Europe/Berlin")
    async with people.as_system() as tx:
        events = await tx.session.execute(text("SELECT actor_id, changes FROM events ORDER BY id"))
        assert events.all() == [
            (
                2,
                {
                    "team_channel": [None, "C0TEAM"],
                    "alert_channel": [None, "C0ALERTS"],
                    "time_zone": ["UTC", "Europe/Berlin"],
                },
            ),
            (2, {"alert_channel": ["C0ALERTS", None]}),
        ]


async def test_developers_do_not_choose_channels(people: Database) -> None:
    async with people.as_person(ANA) as tx:
        with pytest.raises(Refusal, match="Only project managers and admins"):
            await operations.set_up(tx, Setup("C0TEAM"))


async def _greeted(database: Database) -> list[str]:
    async with database.as_system() as tx:
        await welcome_first_admin(tx)
    async with database.as_system() as tx:
        lanes = await tx.session.scalars(text("SELECT lane FROM internal.ledger WHERE key = :key"), {"key": WELCOME})
        return list(lanes)


async def test_the_first_admin_is_greeted_once_and_only_before_the_set_up(people: Database) -> None:
    assert await _greeted(people) == [], "there is no admin yet"
    async with people.as_system() as tx:
        await tx.session.execute(text("UPDATE users SET role = 'admin' WHERE id = 1"))
    assert await _greeted(people) == [ANA]
    async with people.as_system() as tx:
        await tx.session.execute(text("UPDATE users SET role = CASE id WHEN 2 THEN 'admin' ELSE 'tester' END"))
    assert await _greeted(people) == [ANA], "once is enough"


async def test_nobody_is_greeted_where_the_channels_were_chosen(people: Database) -> None:
    async with people.as_person(MIA) as tx:
        await operations.set_up(tx, Setup("C0TEAM"))
    async with people.as_system() as tx:
        await tx.session.execute(text("UPDATE users SET role = 'admin'"))
    assert await _greeted(people) == []
