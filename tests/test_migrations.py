"""The migrations make the schema that the models describe, and can be taken back."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from bot import migrate
from bot.errors import Failure


def connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    parts = make_url(url)
    return psycopg.connect(
        host=str(parts.query["host"]), port=int(str(parts.query["port"])), user=parts.username, dbname=parts.database
    )


def test_the_models_and_the_migrated_database_agree(database_url: str) -> None:
    migrate.check(database_url)


def test_every_revision_goes_down_and_up_again(database_url: str) -> None:
    for revision in ("002", "001", "base"):
        migrate.downgrade(database_url, revision)
        assert migrate.current(database_url) == (None if revision == "base" else revision)
    migrate.upgrade(database_url)
    migrate.check(database_url)


def test_a_revision_that_there_is_not_is_one_sentence(database_url: str) -> None:
    with pytest.raises(Failure, match='"nonsense" is no revision'):
        migrate.downgrade(database_url, "nonsense")
    assert migrate.current(database_url) == migrate.newest()


def test_revisions_are_numbered_in_sequence() -> None:
    files = sorted(Path("alembic/versions").glob("*.py"))
    assert [file.name[:3] for file in files] == [f"{number:03d}" for number in range(1, len(files) + 1)]
    assert migrate.newest() == files[-1].name[:3]


def test_the_document_is_there_under_its_names(database_url: str) -> None:
    with connect(database_url) as connection:
        columns = connection.execute(
            "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'"
        ).fetchall()
        indexes = connection.execute("SELECT indexname FROM pg_indexes WHERE schemaname = 'public'").fetchall()
        constraints = connection.execute("SELECT conname FROM pg_constraint").fetchall()
    have = {name for (name,) in (*columns, *indexes, *constraints)}
    assert DOCUMENT - have == set()


def test_a_foreign_key_follows_a_new_key_and_keeps_what_it_refers_to(database_url: str) -> None:
    with connect(database_url) as connection:
        connection.execute("INSERT INTO users (id, github_id, username, role) VALUES (7, '7', 'sample', 'tester')")
        connection.execute("INSERT INTO notifications (user_id, type, title, message) VALUES (7, 'system', 't', 'm')")
        connection.execute("UPDATE users SET id = 8 WHERE id = 7")
        assert connection.execute("SELECT user_id FROM notifications").fetchall() == [(8,)]
        with pytest.raises(psycopg.errors.RestrictViolation):
            connection.execute("DELETE FROM users WHERE id = 8")


def test_updated_at_follows_every_change(database_url: str) -> None:
    with connect(database_url) as connection:
        connection.execute(
            "INSERT INTO users (github_id, username, role, updated_at) VALUES ('7', 'a', 'tester', '2020-01-01')"
        )
        connection.execute("UPDATE users SET username = 'b'")
        assert connection.execute("SELECT updated_at > now() - interval '1 minute' FROM users").fetchone() == (True,)


def test_the_login_is_no_superuser_and_a_person_cannot_touch_the_ledger(database_url: str) -> None:
    with connect(database_url) as connection:
        row = connection.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user").fetchone()
        assert row == (False, False)
        connection.execute("SELECT set_config('role', 'application_user', true)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM internal.ledger")


def test_another_revision_is_refused_with_what_to_run(empty_database_url: str) -> None:
    with pytest.raises(Failure, match="python -m bot db upgrade"):
        migrate.require_newest(empty_database_url)
    migrate.upgrade(empty_database_url, "001")
    with pytest.raises(Failure, match=r"revision 001.*python -m bot db upgrade"):
        migrate.require_newest(empty_database_url)
    migrate.upgrade(empty_database_url)
    migrate.require_newest(empty_database_url)


DOCUMENT = set(
    re.findall(
        r"[\w.]+",
        """
    users.id users.github_id users.username users.email users.avatar_url users.role users.is_active users.created_at
    users.updated_at
    tasks.id tasks.title tasks.description tasks.status tasks.assigned_role tasks.assigned_user_id tasks.start_date
    tasks.end_date tasks.completed_at tasks.is_delayed tasks.epic_id tasks.story_id tasks.priority tasks.created_at
    tasks.updated_at
    notifications.id notifications.user_id notifications.type notifications.title notifications.message
    notifications.related_task_id notifications.is_read notifications.created_at notifications.read_at
    chat_messages.id chat_messages.sender_id chat_messages.recipient_id chat_messages.message
    chat_messages.message_type chat_messages.channel chat_messages.is_edited chat_messages.edited_at
    chat_messages.created_at
    triage_items.id triage_items.reporter_id triage_items.title triage_items.description triage_items.status
    triage_items.assigned_to triage_items.priority triage_items.category triage_items.resolution
    triage_items.resolved_at triage_items.created_at triage_items.updated_at
    idx_users_github_id idx_users_role idx_users_active
    idx_tasks_assigned_user idx_tasks_status idx_tasks_role_status idx_tasks_dates idx_tasks_delayed idx_tasks_epic
    idx_notifications_user_unread idx_notifications_type idx_notifications_created idx_notifications_task
    idx_chat_recipient idx_chat_sender idx_chat_channel idx_chat_created idx_chat_conversation
    idx_triage_reporter idx_triage_status idx_triage_assigned idx_triage_priority idx_triage_created
    idx_tasks_user_status
    tasks_date_order valid_date_range valid_status valid_role valid_notification_type users_github_id_key
    """,
    )
)
"""Every column, the 23 indexes and the one the document forgot to define, and the constraints it names."""
