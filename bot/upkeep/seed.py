"""Sample data: the people and the task of the database document, and a small team for the local workspace.

Everybody here is plainly a sample.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, insert, select, update

from bot.context import Context
from bot.db import Database, Transaction
from bot.errors import Failure
from bot.notifications.model import WorkspaceRow
from bot.tasks import operations as tasks
from bot.tasks import parsing as task_parsing
from bot.tasks.model import Task
from bot.triage import operations as triage
from bot.triage import parsing as triage_parsing
from bot.users.model import User

DEVELOPERS = (
    {"github_id": "dev1", "username": "developer1", "role": "developer"},
    {"github_id": "pm1", "username": "projectmanager1", "role": "project_manager"},
    {"github_id": "admin1", "username": "admin", "role": "admin"},
)
"""The document's people; they are in no Slack."""

ROLES = {
    "U0SAMPLEANA": "developer",
    "U0SAMPLEBO": "developer",
    "U0SAMPLETESS": "tester",
    "U0SAMPLEMIA": "project_manager",
    "U0SAMPLEADA": "admin",
    "U0SAMPLEROB": "developer",
}
"""The people of the local workspace."""

TEAM, ALERTS, TRIAGE, WEB = "C0SCRUMTEAM", "C0ALERTS01", "C0TRIAGE01", "C0WEBTEAM"
CHANNELS = (TEAM, ALERTS, TRIAGE, WEB, "C0GENERAL")

TASKS = (
    ("U0SAMPLEMIA", WEB, "Let people reset their password <@U0SAMPLEANA> due:friday !high epic:AUTH story:AUTH-12"),
    ("U0SAMPLEANA", WEB, 'Show a friendly page for "404 not found" <@U0SAMPLEBO> due:"in 3 days" epic:SITE'),
    ("U0SAMPLEMIA", TEAM, "Try the sign-in page with a screen reader <@U0SAMPLETESS> due:tomorrow epic:AUTH"),
    ("U0SAMPLEBO", WEB, 'Check the start page on a small phone role:tester due:"in 6 days" !low'),
)
"""Who types what after `/task new`, and in which channel."""

REPORTS = (
    ("U0SAMPLEROB", "Export button does nothing category:bug !high -- Pressed it three times on the invoices page."),
    ("U0SAMPLETESS", "Can we have a dark mode? category:idea !low"),
)
"""Who types what after `/triage new`, in the general channel."""

SOON = timedelta(seconds=30)
"""The task that becomes late while a newcomer looks around ends this long after the first start."""


async def load_document(database: Database) -> str:
    """Load the document's sample people and task; says what was done. Raises `Failure` on a database with other data.

    Loading them again changes nothing. The task is of 2025: it is loaded as late and already announced.
    """
    async with database.as_system() as tx:
        names = [person["github_id"] for person in DEVELOPERS]
        others = await tx.session.scalar(select(func.count()).where(User.github_id.not_in(names)))
        if others:
            raise Failure(f"The database holds {others} people of its own, so the sample data is not loaded into it.")
        if await tx.session.scalar(select(func.count()).select_from(User)):
            return "The sample data is there already."
        await _document(tx)
        return f"Loaded {len(DEVELOPERS)} sample people and 1 sample task."


async def _document(tx: Transaction) -> None:
    await tx.session.execute(insert(User), list(DEVELOPERS))
    await tx.session.execute(
        insert(Task).values(
            title="Implement user authentication",
            description="Set up GitHub OAuth integration",
            assigned_role="developer",
            start_date=datetime(2025, 9, 25, tzinfo=UTC),
            end_date=datetime(2025, 9, 30, tzinfo=UTC),
            start_is_automatic=False,
            is_delayed=True,
        )
    )


async def load_workspace(context: Context) -> bool:
    """Fill a fresh local workspace with a team, its channels, tasks and reports; False where there is one already."""
    async with context.as_system() as tx:
        if await tx.session.scalar(select(func.count()).select_from(WorkspaceRow)):
            return False
    await introduce_team(context)
    async with context.as_system() as tx:
        await _document(tx)
    for who, channel, line in TASKS:
        await _task(context, who, channel, line)
    await _task(context, "U0SAMPLEMIA", WEB, "Send the release notes <@U0SAMPLEANA> due:tomorrow !urgent", SOON)
    for who, line in REPORTS:
        async with context.as_user(who, channel="C0GENERAL") as tx:
            await triage.report(tx, triage_parsing.report_line(line))
    return True


async def _task(context: Context, who: str, channel: str, line: str, lasts: timedelta | None = None) -> None:
    """What `/task new` with this line does; with `lasts` the task ends that long from now instead."""
    new = task_parsing.new_task(line)
    async with context.as_user(who, new.people, channel) as tx:
        wanted = tasks.plan(tx, new, context.settings.date_order)
        await tasks.create(tx, replace(wanted, end=tx.now + lasts) if lasts else wanted)


async def introduce_team(context: Context) -> None:
    """The people of the local workspace with their roles, and what `/scrum setup` would have chosen."""
    async with context.as_system() as tx:
        # Before anybody is known: the first admin of a workspace that nobody has set up would be asked to do so.
        await tx.session.execute(
            insert(WorkspaceRow).values(
                team_channel=TEAM, alert_channel=ALERTS, triage_channel=TRIAGE, time_zone="Europe/Berlin"
            )
        )
    await context.introduce(frozenset(ROLES), None)
    for channel in CHANNELS:
        await context.introduce(frozenset(), channel)
    async with context.as_system() as tx:
        for slack_id, role in ROLES.items():
            await tx.session.execute(update(User).where(User.slack_id == slack_id).values(role=role))
