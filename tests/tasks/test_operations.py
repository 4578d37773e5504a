"""Making and changing tasks in a real database."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.db import Database
from bot.engine import create_engine
from bot.errors import Refusal
from bot.tasks import operations, parsing, queries
from bot.tasks.model import Task
from tests.tasks.conftest import Team, slack_id


async def quick_add(team: Team, who: str, line: str, *mentioned: str, channel: str = "C0WEBTEAM") -> Task:
    async with team.acts(who, *mentioned, channel=channel) as tx:
        return await operations.create(tx, operations.plan(tx, parsing.new_task(line), "DMY"))


async def moved(team: Team, who: str, word: str, *task_ids: int) -> operations.Moved:
    async with team.acts(who) as tx:
        return await operations.move(tx, task_ids, word)


async def read(team: Team, task_id: int) -> Any:
    (row,) = await team.rows("SELECT * FROM tasks WHERE id = :id", id=task_id)
    return row


async def test_a_quick_add_writes_the_task_the_card_and_the_news_for_the_assignee(team: Team) -> None:
    made = await quick_add(team, "mia", "Fix login <@U0SAMPLEANA> due:tomorrow !high epic:AUTH story:AUTH-12", "ana")
    row = await read(team, made.id)
    assert (row.title, row.assigned_user_id, row.priority, row.epic_id, row.story_id, row.assigned_role) == (
        "Fix login",
        team.ana.id,
        3,
        "AUTH",
        "AUTH-12",
        "developer",
    )
    assert (row.status, row.version, row.created_by, row.home_channel) == ("todo", 1, team.mia.id, "C0WEBTEAM")
    assert row.end_date == made.end_date
    (card,), (direct,) = await team.ledger("card"), await team.ledger("direct")
    assert (card.key, card.lane) == (f"task:{made.id}:card", "C0WEBTEAM")
    assert (direct.key, direct.lane) == (f"direct:task:{made.id}:assigned:1", "U0SAMPLEANA")
    assert "Mia gave you" in direct.payload["text"]
    (told,) = await team.notifications("task_assigned")
    assert (told.user_id, told.related_task_id, told.key) == (team.ana.id, made.id, direct.notification_key)
    assert await team.events(made.id) == ["created"]


async def test_the_task_that_is_drawn_is_the_task_that_was_written(team: Team) -> None:
    made = await quick_add(team, "mia", "Fix login <@U0SAMPLETESS> due:tomorrow start:today -- Why", "tess")
    async with team.acts("mia") as tx:
        kept = await queries.get(tx, made.id)
    for column in Task.__table__.columns:
        if column.name not in ("updated_at", "created_at"):
            assert getattr(made, column.name) == getattr(kept, column.name), column.name


async def test_nobody_is_told_of_what_they_gave_themselves(team: Team) -> None:
    await quick_add(team, "ana", "Fix login @me due:tomorrow")
    assert await team.notifications("task_assigned") == []
    assert await team.ledger("direct") == []
    assert len(await team.ledger("card")) == 1


@pytest.mark.parametrize(
    ("who", "line", "role"),
    [
        ("mia", "A <@U0SAMPLETESS> due:tomorrow", "tester"),
        ("mia", "A <@U0SAMPLETESS> due:tomorrow role:designer", "designer"),
        ("mia", "A <@U0SAMPLEADA> due:tomorrow", "developer"),
        ("tess", "A <@U0SAMPLEMIA> due:tomorrow", "tester"),
        ("tess", "A due:tomorrow", "tester"),
    ],
)
async def test_the_role_is_said_or_the_assignees_or_the_writers(team: Team, who: str, line: str, role: str) -> None:
    made = await quick_add(team, who, line, "tess", "ada", "mia")
    assert made.assigned_role == role


@pytest.mark.parametrize(
    ("channel", "home"),
    [("C0WEBTEAM", "C0WEBTEAM"), ("C0LEADS", "C0TEAM"), ("D0BOT", slack_id("ana")), (None, "C0TEAM")],
)
async def test_the_home_is_a_channel_the_bot_is_in(team: Team, channel: Any, home: str) -> None:
    await team.rows("INSERT INTO workspace (team_channel) VALUES ('C0TEAM') RETURNING id")
    made = await quick_add(team, "ana", "A due:tomorrow", channel=channel)
    assert made.home_channel == home


async def test_without_a_team_channel_home_is_the_creators_direct_messages(team: Team) -> None:
    made = await quick_add(team, "ana", "A due:tomorrow", channel="C0LEADS")
    assert made.home_channel == slack_id("ana")


async def test_guests_cannot_make_or_change_tasks(team: Team) -> None:
    with pytest.raises(Refusal, match="Guests cannot make tasks"):
        await quick_add(team, "gus", "A due:tomorrow")
    task_id = await team.task(assigned_user_id=team.gus.id)
    with pytest.raises(Refusal, match="Guests can follow"):
        await moved(team, "gus", "done", task_id)
    assert (await read(team, task_id)).status == "todo"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("due:tomorrow", "needs a title"),
        ("A due:2020-01-01", "in the past"),
        ("A due:tomorrow start:2030-01-01", "end before it starts"),
    ],
)
async def test_a_line_that_makes_no_task_writes_nothing(team: Team, line: str, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        await quick_add(team, "ana", line)
    assert await team.rows("SELECT * FROM tasks") == []
    assert await team.rows("SELECT * FROM events") == []


async def test_start_done_and_reopen_follow_each_other(team: Team) -> None:
    task_id = await team.task(assigned_user_id=team.ana.id)
    for word, status in (("start", "in_progress"), ("done", "done"), ("reopen", "todo"), ("done", "done")):
        await moved(team, "ana", word, task_id)
        row = await read(team, task_id)
        assert row.status == status
        assert (row.completed_at is not None) == (status == "done")
    assert row.version == 5
    assert await team.events(task_id) == ["started", "done", "reopened", "done"]


async def test_a_change_draws_the_card_anew_and_adds_a_line_to_its_thread(team: Team) -> None:
    made = await quick_add(team, "mia", "Fix login <@U0SAMPLEANA> due:tomorrow", "ana")
    await team.sent()
    await moved(team, "ana", "start", made.id)
    (card,), (direct,), (line,) = (await team.ledger("card"), await team.ledger("direct"), await team.ledger("line"))
    assert (card.state, card.revision) == ("pending", 2)
    assert "in progress" in card.payload["text"]
    assert "in progress" in direct.payload["blocks"][1]["elements"][0]["text"]
    assert (line.parent_key, line.lane) == (card.key, "C0WEBTEAM")
    assert "Ana started it" in line.payload["text"]


async def test_the_creator_is_told_when_somebody_else_is_done(team: Team) -> None:
    made = await quick_add(team, "mia", "Fix login <@U0SAMPLEANA> due:tomorrow", "ana")
    await moved(team, "ana", "done", made.id)
    (told,) = await team.notifications("task_completed")
    assert told.user_id == team.mia.id
    (news,) = await team.ledger("news")
    assert (news.lane, news.notification_key) == ("U0SAMPLEMIA", told.key)
    assert "Ana finished" in news.payload["text"]


async def test_nobody_is_told_when_the_creator_is_done(team: Team) -> None:
    made = await quick_add(team, "mia", "Fix login <@U0SAMPLEANA> due:tomorrow", "ana")
    await moved(team, "mia", "done", made.id)
    assert await team.notifications("task_completed") == []


async def test_who_acts_on_a_task_has_read_what_they_were_told_about_it(team: Team) -> None:
    made = await quick_add(team, "mia", "Fix login <@U0SAMPLEANA> due:tomorrow", "ana")
    await moved(team, "mia", "start", made.id)
    assert [row.is_read for row in await team.notifications("task_assigned")] == [False]
    await moved(team, "ana", "done", made.id)
    (told,) = await team.notifications("task_assigned")
    assert told.is_read
    assert told.read_at is not None


async def test_several_are_done_at_once_and_those_that_cannot_be_are_named(team: Team) -> None:
    mine = await team.task(assigned_user_id=team.ana.id)
    finished = await team.task(assigned_user_id=team.ana.id, status="done")
    others = await team.task(assigned_user_id=team.tess.id, assigned_role="tester")
    result = await moved(team, "ana", "done", mine, finished, others, 4711)
    assert [task.id for task in result.changed] == [mine]
    assert [sentence.split(" that")[0].split(" already")[0] for sentence in result.refused] == [
        f"T-{finished} is done",
        f"There is no task T-{others}",
        "There is no task T-4711",
    ]


async def test_a_button_that_comes_too_late_says_who_was_first(team: Team) -> None:
    task_id = await team.task(assigned_user_id=team.ana.id)
    await moved(team, "mia", "done", task_id)
    with pytest.raises(Refusal, match=rf"T-{task_id} is done already \(by Mia, <!date"):
        await moved(team, "ana", "done", task_id)
    with pytest.raises(Refusal, match=f"Reopen it first: `/task reopen {task_id}`"):
        await moved(team, "ana", "start", task_id)
    with pytest.raises(Refusal, match="Reopen it first"):
        async with team.acts("ana") as tx:
            await operations.take(tx, task_id)


async def test_what_is_not_done_cannot_be_reopened(team: Team) -> None:
    task_id = await team.task(assigned_user_id=team.ana.id)
    with pytest.raises(Refusal, match="it is to do"):
        await moved(team, "ana", "reopen", task_id)


async def test_two_people_at_once_finish_a_task_once(team: Team) -> None:
    task_id = await team.task(assigned_user_id=team.ana.id)
    outcomes = await asyncio.gather(
        moved(team, "ana", "done", task_id), moved(team, "mia", "done", task_id), return_exceptions=True
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Moved", "Refusal"]
    assert await team.events(task_id) == ["done"]


async def test_done_clears_lateness_and_edits_the_alert(team: Team) -> None:
    async with team.database.as_system() as tx:
        past = tx.now - timedelta(hours=3)
    task_id = await team.task(assigned_user_id=team.ana.id, end_date=past)
    async with team.database.as_system() as tx:
        await operations.mark_late(tx)
    await team.sent()
    await moved(team, "ana", "done", task_id)
    assert (await read(team, task_id)).is_delayed is False
    (alert,) = await team.ledger("alert")
    assert (alert.state, alert.revision) == ("pending", 2)
    assert "is done now" in alert.payload["text"]
    assert all(block["type"] != "actions" for block in alert.payload["blocks"])


async def test_an_alert_that_was_not_sent_yet_is_withdrawn_when_the_task_is_done(team: Team) -> None:
    async with team.database.as_system() as tx:
        past = tx.now - timedelta(hours=3)
    task_id = await team.task(assigned_user_id=team.ana.id, end_date=past)
    async with team.database.as_system() as tx:
        await operations.mark_late(tx)
    await moved(team, "ana", "done", task_id)
    assert [row.state for row in await team.ledger("alert")] == ["cancelled"]


async def test_a_reopened_task_past_its_end_is_late_again_under_its_old_alert(team: Team) -> None:
    async with team.database.as_system() as tx:
        past = tx.now - timedelta(hours=3)
    task_id = await team.task(assigned_user_id=team.ana.id, end_date=past)
    async with team.database.as_system() as tx:
        await operations.mark_late(tx)
    await team.sent()
    await moved(team, "ana", "done", task_id)
    async with team.acts("ana") as tx:
        await operations.move(tx, [task_id], "reopen")
        assert tx.next_end == past
    async with team.database.as_system() as tx:
        assert len(await operations.mark_late(tx)) == 1
    (alert,) = await team.ledger("alert")
    assert "is late by 3 hours" in alert.payload["text"]


async def test_assigning_tells_the_new_one_and_takes_back_what_the_former_had_not_seen(team: Team) -> None:
    made = await quick_add(team, "mia", "Fix login <@U0SAMPLEANA> due:tomorrow", "ana")
    async with team.acts("mia", "bo") as tx:
        await operations.assign(tx, made.id, tx.people[slack_id("bo")])
    first, second = await team.ledger("direct")
    assert (first.lane, first.state) == ("U0SAMPLEANA", "cancelled")
    assert (second.lane, second.state) == ("U0SAMPLEBO", "pending")
    assert [row.user_id for row in await team.notifications("task_assigned")] == [team.ana.id, team.bo.id]
    (line,) = await team.ledger("line")
    assert "Mia gave it to Bo" in line.payload["text"]


async def test_assigning_leaves_what_the_former_has_seen_as_it_was(team: Team) -> None:
    made = await quick_add(team, "mia", "Fix login <@U0SAMPLEANA> due:tomorrow", "ana")
    await team.sent()
    async with team.acts("mia", "bo") as tx:
        await operations.assign(tx, made.id, tx.people[slack_id("bo")])
    first, second = await team.ledger("direct")
    assert (first.state, first.revision, first.withdrawn) == ("settled", 1, False)
    assert second.state == "pending"


async def test_a_task_of_ones_role_can_be_taken_and_no_other(team: Team) -> None:
    task_id = await team.task(assigned_role="tester")
    async with team.acts("tess") as tx:
        taken = await operations.take(tx, task_id)
    assert taken.assigned_user_id == team.tess.id
    with pytest.raises(Refusal, match="is yours already"):
        async with team.acts("tess") as tx:
            await operations.take(tx, task_id)
    with pytest.raises(Refusal, match="no task"):
        async with team.acts("ana") as tx:
            await operations.take(tx, task_id)
    own = await team.task(assigned_role="tester", created_by=team.ana.id)
    with pytest.raises(Refusal, match="is for a tester, and you are a developer"):
        async with team.acts("ana") as tx:
            await operations.take(tx, own)


async def test_a_colleagues_task_is_seen_and_not_changed(team: Team) -> None:
    task_id = await team.task(assigned_user_id=team.bo.id)
    with pytest.raises(Refusal, match=f"Take it first: `/task take {task_id}`"):
        await moved(team, "ana", "done", task_id)


async def test_not_mine_leaves_the_task_to_nobody_and_tells_who_gave_it(team: Team) -> None:
    made = await quick_add(team, "mia", "Fix login <@U0SAMPLEANA> due:tomorrow", "ana")
    with pytest.raises(Refusal, match="not yours to give back"):
        async with team.acts("mia") as tx:
            await operations.release(tx, made.id)
    async with team.acts("ana") as tx:
        await operations.release(tx, made.id)
    assert (await read(team, made.id)).assigned_user_id is None
    (told,) = await team.notifications("system")
    assert told.user_id == team.mia.id
    assert "not theirs" in (await team.ledger("news"))[0].payload["text"]


async def test_who_lets_go_of_a_task_of_their_own_making_leaves_it_to_the_managers(team: Team) -> None:
    made = await quick_add(team, "ana", "Fix login @me due:tomorrow")
    async with team.acts("ana") as tx:
        await operations.release(tx, made.id)
    assert [row.user_id for row in await team.notifications("system")] == [team.mia.id]


async def test_a_new_end_clears_lateness_and_arms_the_sweep(team: Team) -> None:
    async with team.database.as_system() as tx:
        past = tx.now - timedelta(hours=3)
    task_id = await team.task(assigned_user_id=team.ana.id, end_date=past)
    async with team.database.as_system() as tx:
        await operations.mark_late(tx)
    await team.sent()
    async with team.acts("ana") as tx:
        end = tx.now + timedelta(days=2)
        await operations.move_end(tx, task_id, end)
        assert tx.next_end == end
    row = await read(team, task_id)
    assert (row.end_date, row.is_delayed) == (end, False)
    (alert,) = await team.ledger("alert")
    assert "has a new date" in alert.payload["text"]


async def test_a_new_end_has_to_lie_ahead_and_behind_a_chosen_start(team: Team) -> None:
    async with team.acts("mia") as tx:
        now = tx.now
    task_id = await team.task(
        start_date=now + timedelta(days=3), end_date=now + timedelta(days=4), start_is_automatic=False
    )
    for end, said in (
        (now - timedelta(hours=1), "in the past"),
        (now + timedelta(days=4), "ends then already"),
        (now + timedelta(days=2), "end before it starts"),
    ):
        with pytest.raises(Refusal, match=said):
            async with team.acts("mia") as tx:
                await operations.move_end(tx, task_id, end)


async def test_an_automatic_start_moves_when_the_end_comes_before_it(team: Team) -> None:
    async with team.acts("mia") as tx:
        now = tx.now
    task_id = await team.task(start_date=now + timedelta(days=3), end_date=now + timedelta(days=4))
    async with team.acts("mia") as tx:
        await operations.move_end(tx, task_id, now + timedelta(days=1))
        assert (await queries.get(tx, task_id)).start_date == tx.now


async def test_a_quick_add_takes_three_round_trips(database_url: str, team: Team, tmp_path: Path) -> None:
    """The opening; the insert; and what follows from it as the system together with the commit."""
    engine = create_engine(database_url, pool_size=1, max_overflow=0, pre_ping=False)
    async with engine.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
    with (tmp_path / "protocol").open("w+") as protocol:
        driver.pgconn.trace(protocol.fileno())
        await quick_add(
            Team(Database(engine), team.people), "mia", "Fix login <@U0SAMPLEANA> due:friday !high epic:AUTH", "ana"
        )
        driver.pgconn.untrace()
        protocol.seek(0)
        # A simple query is one message; of the several of an extended one, Sync is the last.
        sent = [line.split("\t") for line in protocol]
        asked = [line for line in sent if line[1:2] == ["F"] and line[3].strip() in ("Query", "Sync")]
    await engine.dispose()
    assert len(asked) == 3, asked
