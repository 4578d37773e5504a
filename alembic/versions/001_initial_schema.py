"""The five tables of the database design document, under its names.

Where the document states a CHECK twice, inline and by name, the named one stands for both. Both names of the date
check exist. Every foreign key follows an updated key and keeps what it refers to ("cascading updates, restricted
deletes"). A trigger keeps `updated_at`, whoever writes. `idx_tasks_user_status`, which the document names and does
not define, covers its first common query with the order that query asks for.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True)


def _reference(column: str) -> sa.ForeignKey:
    return sa.ForeignKey(column, onupdate="CASCADE", ondelete="RESTRICT")


def _created_at() -> sa.Column[sa.TIMESTAMP]:
    return sa.Column("created_at", MOMENT, server_default=sa.func.now())


def _updated_at() -> sa.Column[sa.TIMESTAMP]:
    return sa.Column("updated_at", MOMENT, server_default=sa.func.now())


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("github_id", sa.String(50), nullable=False, unique=True),
        sa.Column("username", sa.String(100), nullable=False),
        sa.Column("email", sa.String(255)),
        sa.Column("avatar_url", sa.String(500)),
        sa.Column("role", sa.String(50), nullable=False),
        sa.Column("is_active", sa.Boolean, server_default=sa.text("true")),
        _created_at(),
        _updated_at(),
        sa.CheckConstraint(
            "role IN ('developer', 'designer', 'tester', 'project_manager', 'admin')", name="valid_role"
        ),
    )
    op.create_index("idx_users_github_id", "users", ["github_id"])
    op.create_index("idx_users_role", "users", ["role"])
    op.create_index("idx_users_active", "users", ["is_active"], postgresql_where=sa.text("is_active IS TRUE"))

    op.create_table(
        "tasks",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("status", sa.String(20), nullable=False, server_default=sa.text("'todo'")),
        sa.Column("assigned_role", sa.String(50), nullable=False),
        sa.Column("assigned_user_id", sa.Integer, _reference("users.id")),
        sa.Column("start_date", MOMENT, nullable=False),
        sa.Column("end_date", MOMENT, nullable=False),
        sa.Column("completed_at", MOMENT),
        sa.Column("is_delayed", sa.Boolean, server_default=sa.text("false")),
        sa.Column("epic_id", sa.String(50)),
        sa.Column("story_id", sa.String(50)),
        sa.Column("priority", sa.Integer, server_default=sa.text("0")),
        _created_at(),
        _updated_at(),
        sa.CheckConstraint("status IN ('todo', 'in_progress', 'done')", name="valid_status"),
        sa.CheckConstraint("end_date > start_date", name="tasks_date_order"),
        sa.CheckConstraint("end_date > start_date", name="valid_date_range"),
    )
    op.create_index("idx_tasks_assigned_user", "tasks", ["assigned_user_id"])
    op.create_index("idx_tasks_status", "tasks", ["status"])
    op.create_index("idx_tasks_role_status", "tasks", ["assigned_role", "status"])
    op.create_index("idx_tasks_dates", "tasks", ["start_date", "end_date"])
    op.create_index("idx_tasks_delayed", "tasks", ["is_delayed"], postgresql_where=sa.text("is_delayed IS TRUE"))
    op.create_index("idx_tasks_epic", "tasks", ["epic_id"])
    op.create_index(
        "idx_tasks_user_status",
        "tasks",
        ["assigned_user_id", "status", sa.text("priority DESC"), "start_date"],
    )

    op.create_table(
        "notifications",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("user_id", sa.Integer, _reference("users.id"), nullable=False),
        sa.Column("type", sa.String(50), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("related_task_id", sa.Integer, _reference("tasks.id")),
        sa.Column("is_read", sa.Boolean, server_default=sa.text("false")),
        _created_at(),
        sa.Column("read_at", MOMENT),
        sa.CheckConstraint(
            "type IN ('task_assigned', 'task_delayed', 'task_completed', 'issue_reported', 'system')",
            name="valid_notification_type",
        ),
    )
    op.create_index(
        "idx_notifications_user_unread",
        "notifications",
        ["user_id", "is_read"],
        postgresql_where=sa.text("is_read IS NOT TRUE"),
    )
    op.create_index("idx_notifications_type", "notifications", ["type"])
    op.create_index("idx_notifications_created", "notifications", ["created_at"])
    op.create_index("idx_notifications_task", "notifications", ["related_task_id"])

    op.create_table(
        "chat_messages",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("sender_id", sa.Integer, _reference("users.id"), nullable=False),
        sa.Column("recipient_id", sa.Integer, _reference("users.id")),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("message_type", sa.String(20), server_default=sa.text("'text'")),
        sa.Column("channel", sa.String(50), server_default=sa.text("'general'")),
        sa.Column("is_edited", sa.Boolean, server_default=sa.text("false")),
        sa.Column("edited_at", MOMENT),
        _created_at(),
        sa.CheckConstraint("message_type IN ('text', 'system', 'file')", name="valid_message_type"),
    )
    op.create_index("idx_chat_recipient", "chat_messages", ["recipient_id"])
    op.create_index("idx_chat_sender", "chat_messages", ["sender_id"])
    op.create_index("idx_chat_channel", "chat_messages", ["channel"])
    op.create_index("idx_chat_created", "chat_messages", ["created_at"])
    op.create_index("idx_chat_conversation", "chat_messages", ["sender_id", "recipient_id", "created_at"])

    op.create_table(
        "triage_items",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("reporter_id", sa.Integer, _reference("users.id"), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("status", sa.String(20), server_default=sa.text("'pending'")),
        sa.Column("assigned_to", sa.Integer, _reference("users.id")),
        sa.Column("priority", sa.String(10), server_default=sa.text("'medium'")),
        sa.Column("category", sa.String(50), server_default=sa.text("'issue'")),
        sa.Column("resolution", sa.Text),
        sa.Column("resolved_at", MOMENT),
        _created_at(),
        _updated_at(),
        sa.CheckConstraint("status IN ('pending', 'in_review', 'resolved', 'rejected')", name="valid_triage_status"),
        sa.CheckConstraint("priority IN ('low', 'medium', 'high', 'critical')", name="valid_triage_priority"),
    )
    op.create_index("idx_triage_reporter", "triage_items", ["reporter_id"])
    op.create_index("idx_triage_status", "triage_items", ["status"])
    op.create_index("idx_triage_assigned", "triage_items", ["assigned_to"])
    op.create_index("idx_triage_priority", "triage_items", ["priority"])
    op.create_index("idx_triage_created", "triage_items", ["created_at"])

    op.execute(
        """
        CREATE FUNCTION touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          NEW.updated_at := now();
          RETURN NEW;
        END $$
        """
    )
    for table in ("users", "tasks", "triage_items"):
        op.execute(
            f"CREATE TRIGGER {table}_touch_updated_at BEFORE UPDATE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION touch_updated_at()"
        )


def downgrade() -> None:
    for table in ("triage_items", "chat_messages", "notifications", "tasks", "users"):
        op.drop_table(table)
    op.execute("DROP FUNCTION touch_updated_at()")
