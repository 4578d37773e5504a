"""Tasks that run late: who is told, where, once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.tasks import operations, queries
from tests.tasks.conftest import Team

AN_HOUR = timedelta(hours=1)


async def past(team: Team, hours: int = 1) -> object:
    async with team.database.as_system() as tx:
        return tx.now - hours * AN_HOUR


async def test_a_task_past_its_end_is_marked_and_announced_once(team: Team) -> None:
    task_id = await team.task(end_date=await past(team), assigned_user_id=team.ana.id)
    await team.task("Not yet")
    async with team.database.as_system() as tx:
        assert [task.id for task in await operations.mark_late(tx)] == [task_id]
    async with team.database.as_system() as tx:
        assert await operations.mark_late(tx) == []
    told = await team.notifications("task_delayed")
    assert {row.user_id for row in told} == {team.ana.id, team.mia.id}
    (alert,) = await team.ledger("alert")
    assert alert.lane == "C0WEBTEAM"
    assert "<@U0SAMPLEANA>" in alert.payload["blocks"][0]["text"]["text"]
    assert await team.events(task_id) == ["late"]


async def test_nobody_is_told_twice_when_the_manager_has_the_task(team: Team) -> None:
    await team.task(end_date=await past(team), assigned_user_id=team.mia.id)
    async with team.database.as_system() as tx:
        await operations.mark_late(tx)
    assert [row.user_id for row in await team.notifications("task_delayed")] == [team.mia.id]


async def test_every_project_manager_is_told_when_none_of_them_made_the_task(team: Team) -> None:
    await team.task(end_date=await past(team), created_by=team.bo.id)
    async with team.database.as_system() as tx:
        await operations.mark_late(tx)
    assert [row.user_id for row in await team.notifications("task_delayed")] == [team.mia.id]
    (alert,) = await team.ledger("alert")
    assert "nobody is on it" in alert.payload["blocks"][0]["text"]["text"]


async def test_the_alert_channel_comes_before_the_home_channel(team: Team) -> None:
    await team.rows("INSERT INTO workspace (alert_channel) VALUES ('C0ALERTS01') RETURNING id")
    await team.task(end_date=await past(team), assigned_user_id=team.ana.id)
    async with team.database.as_system() as tx:
        await operations.mark_late(tx)
    assert [row.lane for row in await team.ledger("alert")] == ["C0ALERTS01"]


async def test_an_assignee_is_called_even_where_home_is_somebody_elses_direct_messages(team: Team) -> None:
    await team.task(end_date=await past(team), assigned_user_id=team.ana.id, home_channel="U0SAMPLEMIA")
    async with team.database.as_system() as tx:
        await operations.mark_late(tx)
    assert [row.lane for row in await team.ledger("alert")] == ["U0SAMPLEMIA", "U0SAMPLEANA"]


async def test_two_sweeps_at_once_share_the_work_and_announce_each_task_once(team: Team) -> None:
    ids = {await team.task(f"Task {n}", end_date=await past(team, n + 1)) for n in range(6)}

    async def sweep() -> set[int]:
        async with team.database.as_system() as tx:
            return {task.id for task in await operations.mark_late(tx, limit=3)}

    first, second = await asyncio.gather(sweep(), sweep())
    assert first | second == ids
    assert not first & second
    assert len(await team.ledger("alert")) == 6


async def test_a_task_that_somebody_is_changing_is_left_to_the_next_sweep(team: Team) -> None:
    task_id = await team.task(end_date=await past(team))
    async with team.acts("mia") as tx:
        await queries.locked(tx, [task_id])
        async with team.database.as_system() as other:
            assert await operations.mark_late(other) == []
    async with team.database.as_system() as tx:
        assert [task.id for task in await operations.mark_late(tx)] == [task_id]


async def test_what_is_due_next_leaves_out_what_is_done_deleted_or_announced(team: Team) -> None:
    async with team.database.as_system() as tx:
        assert await queries.next_due(tx) is None
        now = tx.now
    await team.task(end_date=now + AN_HOUR, status="done")
    await team.task(end_date=now + 2 * AN_HOUR, deleted_at=now)
    await team.task(end_date=now + 3 * AN_HOUR, is_delayed=True)
    await team.task(end_date=now + 4 * AN_HOUR)
    async with team.database.as_system() as tx:
        assert await queries.next_due(tx) == now + 4 * AN_HOUR
