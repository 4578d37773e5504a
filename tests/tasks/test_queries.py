"""Which tasks somebody sees, and what `/task list` finds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from bot.errors import Refusal
from bot.tasks import queries
from bot.tasks.filters import task_filter
from tests.tasks.conftest import Team, slack_id


async def found(team: Team, who: str, text: str, *mentioned: str) -> list[str]:
    wanted = task_filter(text)
    async with team.acts(who, *mentioned) as tx:
        return [task.title for task in (await queries.listed(tx, wanted, 0, "DMY")).tasks]


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("ana", {"bo's", "made by ana", "ana's", "nobody's"}),
        ("tess", {"tess's", "for testers", "made by ana"}),
        ("mia", {"bo's", "made by ana", "ana's", "nobody's", "tess's", "for testers", "guest's"}),
        ("ada", {"bo's", "made by ana", "ana's", "nobody's", "tess's", "for testers", "guest's"}),
        ("gus", {"guest's"}),
    ],
)
async def test_people_see_their_own_tasks_and_those_of_their_role_and_managers_all(
    team: Team, who: str, expected: set[str]
) -> None:
    await team.task("bo's", assigned_user_id=team.bo.id)
    await team.task("made by ana", assigned_role="tester", created_by=team.ana.id, assigned_user_id=team.mia.id)
    await team.task("ana's", assigned_role="designer", assigned_user_id=team.ana.id)
    await team.task("nobody's")
    await team.task("tess's", assigned_role="designer", assigned_user_id=team.tess.id)
    await team.task("for testers", assigned_role="tester", created_by=team.bo.id)
    await team.task("guest's", assigned_role="designer", assigned_user_id=team.gus.id)
    async with team.database.as_system() as tx:
        gone = tx.now
    await team.task("deleted", assigned_user_id=team.ana.id, deleted_at=gone)
    assert set(await found(team, who, "")) == expected


async def test_a_task_that_may_not_be_seen_is_as_good_as_none(team: Team) -> None:
    task_id = await team.task(assigned_role="tester")
    for number in (task_id, 4711):
        with pytest.raises(Refusal, match=f"There is no task T-{number} that you may see."):
            async with team.acts("ana") as tx:
                await queries.get(tx, number)


async def test_mine_puts_what_is_late_first_then_what_ends_first_then_what_is_urgent(team: Team) -> None:
    async with team.database.as_system() as tx:
        now = tx.now
    tomorrow = now + timedelta(days=1)
    for title, end, priority in (
        ("tomorrow", tomorrow, 0),
        ("in a week", now + timedelta(days=7), 4),
        ("tomorrow, urgent", tomorrow, 4),
        ("late", now - timedelta(days=1), 1),
    ):
        await team.task(title, end_date=end, priority=priority, assigned_user_id=team.ana.id)
    await team.task("done", status="done", assigned_user_id=team.ana.id)
    async with team.acts("ana") as tx:
        page = await queries.mine(tx)
    assert [task.title for task in page.tasks] == ["late", "tomorrow, urgent", "tomorrow", "in a week"]


@pytest.fixture
async def mixed(team: Team) -> Team:
    """Six tasks that differ in everything one can ask for."""
    async with team.database.as_system() as tx:
        now = tx.now
    await team.task("Login page", epic_id="AUTH", story_id="AUTH-1", priority=3, assigned_user_id=team.ana.id)
    await team.task("Logout", epic_id="auth", priority=4, status="in_progress", assigned_user_id=team.bo.id)
    await team.task("Search 100%", priority=None, end_date=now + timedelta(days=5))
    await team.task(
        "Search index", description="for the login", assigned_role="tester", end_date=now + timedelta(days=9)
    )
    await team.task("Old", end_date=now - timedelta(days=2), priority=1)
    await team.task("Finished", status="done", end_date=now - timedelta(days=2))
    return team


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {"Login page", "Logout", "Search 100%", "Search index", "Old"}),
        ("login", {"Login page", "Search index"}),
        ("search -index", {"Search 100%"}),
        ("100%", {"Search 100%"}),
        ("is:done", {"Finished"}),
        ("-is:done", {"Login page", "Logout", "Search 100%", "Search index", "Old"}),
        ("is:in_progress", {"Logout"}),
        ("is:late", {"Old"}),
        ("is:due-soon", {"Login page", "Logout"}),
        ("is:unassigned", {"Search 100%", "Search index", "Old"}),
        ("assignee:none is:done", {"Finished"}),
        ("assignee:<@U0SAMPLEANA>", {"Login page"}),
        ("-assignee:<@U0SAMPLEANA>", {"Logout", "Search 100%", "Search index", "Old"}),
        ("assignee:@me", set()),
        ("epic:Auth", {"Login page", "Logout"}),
        ("-epic:auth", {"Search 100%", "Search index", "Old"}),
        ("story:auth-1", {"Login page"}),
        ("role:tester", {"Search index"}),
        ("priority:>=high", {"Login page", "Logout"}),
        ("priority:none", {"Search 100%", "Search index"}),
        ("-priority:none", {"Login page", "Logout", "Old"}),
        ("priority:<high", {"Search 100%", "Search index", "Old"}),
        ('due:>"in 3 days"', {"Search 100%", "Search index"}),
        ("due:<today", {"Old"}),
        ('due:"in 5 days"', {"Search 100%"}),
        ('due:<="in 5 days" due:>today', {"Login page", "Logout", "Search 100%"}),
    ],
)
async def test_filters_find_what_they_say(mixed: Team, text: str, expected: set[str]) -> None:
    assert set(await found(mixed, "mia", text, "ana")) == expected


async def test_a_list_is_sorted_as_asked(mixed: Team) -> None:
    assert (await found(mixed, "mia", ""))[0] == "Old"
    assert (await found(mixed, "mia", "sort:priority"))[:2] == ["Logout", "Login page"]
    assert (await found(mixed, "mia", "sort:created"))[0] == "Old"


async def test_a_filter_with_an_unreadable_date_is_refused(team: Team) -> None:
    with pytest.raises(Refusal, match="cannot read the date"):
        await found(team, "mia", "due:<soon")


async def test_a_page_past_the_end_is_the_last_one(team: Team) -> None:
    for number in range(21):
        await team.task(f"Task {number}", assigned_user_id=team.ana.id)
    async with team.acts("ana") as tx:
        page = await queries.mine(tx, 99)
        assert (page.index, page.last, page.total, len(page.tasks)) == (2, 2, 21, 1)
        assert (await queries.mine(tx, -1)).index == 0


@pytest.mark.parametrize("what", ["", "is:late", "epic:AUTH"])
async def test_what_is_open_is_found_without_reading_what_is_done(team: Team, what: str) -> None:
    await team.rows(
        "INSERT INTO tasks (title, description, status, assigned_role, start_date, end_date)"
        " SELECT 'done', '', 'done', 'tester', now() - interval '2 days', now() - n * interval '1 minute'"
        " FROM generate_series(1, 2000) n RETURNING id"
    )
    await team.task("open")
    asked: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        asked.append((statement, parameters))

    async with team.acts("mia") as tx:
        event.listen(team.database.engine.sync_engine, "before_cursor_execute", note)
        await queries.listed(tx, task_filter(what), 0, "DMY")
        event.remove(team.database.engine.sync_engine, "before_cursor_execute", note)
    async with team.database.as_system() as tx:
        await tx.session.execute(text("ANALYZE tasks"))
        plans = [str(await tx.execute(f"EXPLAIN {statement}", parameters)) for statement, parameters in asked]
    assert len(plans) == 2
    assert all("idx_tasks_open" in plan for plan in plans), plans


async def test_people_known_from_github_only_have_a_name_and_no_slack_id(team: Team) -> None:
    (row,) = await team.rows(
        "INSERT INTO users (github_id, username, role) VALUES ('4711', 'octo', 'developer') RETURNING id"
    )
    async with team.acts("mia") as tx:
        people = await queries.people_by_id(tx, [row.id, team.mia.id, None])
    assert (people[row.id].username, people[row.id].slack_id) == ("octo", "")
    assert people[team.mia.id].slack_id == slack_id("mia")
