"""A task that runs late announces itself in the alert channel, within a second of its end, and once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from bot import runtime
from bot.db import Database, Transaction
from bot.engine import create_engine
from tests.flows.conftest import Office, open_office
from tests.waiting import until

ALERTS = "C0ALERTS01"


@asynccontextmanager
async def another_process(office: Office) -> AsyncIterator[Database]:
    """A process that shares nothing with the bot but the database."""
    engine = create_engine(office.database_url)
    yield Database(engine)
    await engine.dispose()


async def make_task(tx: Transaction, title: str, lasts: timedelta) -> datetime:
    """An open task of bo's that ends after `lasts`; returns its end."""
    end = tx.now + lasts
    await tx.session.execute(
        text(
            """
            INSERT INTO tasks (title, description, assigned_role, start_date, end_date, home_channel, assigned_user_id)
            VALUES (:title, '', 'developer', :now - interval '1 day', :end, 'C0WEBTEAM',
                    (SELECT id FROM users WHERE slack_id = 'U0SAMPLEBO'))
            """
        ),
        {"title": title, "now": tx.now, "end": end},
    )
    tx.ends_at(end)
    return end


async def alerts(office: Office) -> list[str]:
    """The text of every alert in the alert channel, oldest first."""
    log = office.slack.slack.platform.workspace.logs[ALERTS].by_ts
    return [log[ts]["text"] for ts in sorted(log) if "metadata" in log[ts]]


async def test_an_alert_arrives_within_a_second_of_the_end(office: Office) -> None:
    async with office.bot.context.as_system() as tx:
        end = await make_task(tx, "Send the release notes", timedelta(seconds=1.5))
    alert = await office.channel("alerts").shows("Send the release notes")
    assert 0 <= float(alert.ts) - end.timestamp() <= 1.0
    task = await office.row("SELECT id, is_delayed FROM tasks")
    assert task.is_delayed
    told = await office.rows(
        "SELECT u.username FROM notifications n JOIN users u ON u.id = n.user_id WHERE n.type = 'task_delayed'"
    )
    assert len(told) == 2, "bo, who has the task, and mia, who manages"
    assert await office.rows("SELECT 1 FROM events WHERE subject = :task AND verb = 'late'", task=f"task:{task.id}")


async def test_a_task_made_in_another_process_is_announced_in_time_too(office: Office) -> None:
    async with another_process(office) as database, database.as_system() as tx:
        end = await make_task(tx, "Made elsewhere", timedelta(seconds=1.5))
    alert = await office.channel("alerts").shows("Made elsewhere")
    assert 0 <= float(alert.ts) - end.timestamp() <= 1.0


async def test_what_became_late_while_no_process_ran_is_announced_at_the_start(
    database_url: str, tmp_path: Path
) -> None:
    async with open_office(database_url, tmp_path) as office:
        await office.bot.schedule.stop()
        async with another_process(office) as database, database.as_system() as tx:
            await make_task(tx, "Late already", timedelta(seconds=-30))
        assert await alerts(office) == []
        async with runtime.running(office.settings, database_url):
            await office.channel("alerts").shows("Late already")


async def test_two_processes_announce_each_task_once(office: Office) -> None:
    async with runtime.running(office.settings, office.database_url):
        async with office.bot.context.as_system() as tx:
            for number in range(3):
                await make_task(tx, f"Late number {number}", timedelta(seconds=1 + number / 10))

        async def all_are_there() -> bool:
            return len(await alerts(office)) >= 3

        await until(all_are_there)
        waiting = "SELECT 1 FROM internal.ledger WHERE state = 'pending'"

        async def nothing_waits() -> bool:
            return not await office.rows(waiting)

        await until(nothing_waits)
    said = await alerts(office)
    assert len(said) == 3
    assert [next(number for number in range(3) if f"number {number}" in words) for words in said] == [0, 1, 2]
