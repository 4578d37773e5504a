"""What the product adds to the document: people in Slack, history, the ledger and its lanes.

Nothing of the document's is renamed or dropped. Ledger, lanes, budgets, the inbox and pending sign-ins live in the
schema `internal`, which is granted to nobody.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "002"
down_revision = "001"
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True)


def _reference(column: str) -> sa.ForeignKey:
    return sa.ForeignKey(column, onupdate="CASCADE", ondelete="RESTRICT")


def _false(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.text("false"))


def _now(name: str) -> sa.Column[sa.TIMESTAMP]:
    return sa.Column(name, MOMENT, nullable=False, server_default=sa.func.now())


ADDED = {
    "users": lambda: (
        sa.Column("slack_id", sa.String(20)),
        sa.Column("time_zone", sa.String(64), nullable=False, server_default=sa.text("'UTC'")),
        _false("is_guest"),
        _false("is_provisional"),
        sa.Column("direct_channel", sa.String(20)),
        sa.Column("github_login", sa.String(100)),
        sa.Column("link_kind", sa.String(10)),
        sa.Column("linked_at", MOMENT),
    ),
    "tasks": lambda: (
        sa.Column("created_by", sa.Integer, _reference("users.id")),
        sa.Column("home_channel", sa.String(20)),
        sa.Column("start_is_automatic", sa.Boolean, nullable=False, server_default=sa.text("true")),
        sa.Column("version", sa.Integer, nullable=False, server_default=sa.text("1")),
        sa.Column("deleted_at", MOMENT),
    ),
    "notifications": lambda: (
        sa.Column("key", sa.String(200)),
        sa.Column("related_triage_id", sa.Integer, _reference("triage_items.id")),
    ),
    "triage_items": lambda: (
        sa.Column("resolved_by", sa.Integer, _reference("users.id")),
        sa.Column("channel", sa.String(20)),
        sa.Column("source_channel", sa.String(20)),
        sa.Column("source_ts", sa.String(20)),
        sa.Column("source_permalink", sa.Text),
        sa.Column("version", sa.Integer, nullable=False, server_default=sa.text("1")),
    ),
    "chat_messages": lambda: (
        sa.Column("slack_ts", sa.String(20)),
        sa.Column("thread_ts", sa.String(20)),
        sa.Column("sent_at", MOMENT),
        sa.Column("deleted_at", MOMENT),
    ),
}


def upgrade() -> None:
    for table, columns in ADDED.items():
        for column in columns():
            op.add_column(table, column)
    op.create_unique_constraint("users_slack_id_key", "users", ["slack_id"])
    op.create_check_constraint("valid_link_kind", "users", "link_kind IN ('self', 'admin', 'email', 'profile')")
    op.create_index("idx_tasks_created_by", "tasks", ["created_by"])
    op.create_index(
        "idx_tasks_due",
        "tasks",
        ["end_date"],
        postgresql_where=sa.text("status <> 'done' AND is_delayed IS NOT TRUE AND deleted_at IS NULL"),
    )
    # What is done grows without end; lists and App Home ask for what is open.
    op.create_index(
        "idx_tasks_open",
        "tasks",
        ["end_date"],
        postgresql_where=sa.text("status <> 'done' AND deleted_at IS NULL"),
    )
    op.create_unique_constraint("notifications_key_key", "notifications", ["key"])
    op.create_index("idx_notifications_triage", "notifications", ["related_triage_id"])
    op.create_unique_constraint("chat_messages_channel_slack_ts_key", "chat_messages", ["channel", "slack_ts"])

    op.create_table(
        "chat_versions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("message_id", sa.Integer, _reference("chat_messages.id"), nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        _now("replaced_at"),
    )
    op.create_index("ix_chat_versions_message_id", "chat_versions", ["message_id"])

    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("subject", sa.String(50), nullable=False),
        sa.Column("verb", sa.String(30), nullable=False),
        sa.Column("actor_id", sa.Integer, _reference("users.id")),
        sa.Column("changes", JSONB, nullable=False),
        sa.Column("why", sa.Text),
        _now("at"),
    )
    op.create_index("idx_events_subject", "events", ["subject", "id"])
    op.create_index("idx_events_actor", "events", ["actor_id"])
    op.create_index("idx_events_at", "events", ["at"])

    op.create_table(
        "workspace",
        sa.Column("id", sa.SmallInteger, primary_key=True, server_default=sa.text("1"), autoincrement=False),
        sa.Column("team_channel", sa.String(20)),
        sa.Column("alert_channel", sa.String(20)),
        sa.Column("triage_channel", sa.String(20)),
        sa.Column("time_zone", sa.String(64), nullable=False, server_default=sa.text("'UTC'")),
        sa.Column("set_up_by", sa.Integer, _reference("users.id")),
        sa.Column("set_up_at", MOMENT),
        sa.CheckConstraint("id = 1", name="one_workspace"),
    )
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(20), primary_key=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("name", sa.String(100), nullable=False, server_default=sa.text("''")),
        _false("is_member"),
        _false("is_archived"),
        _now("seen_at"),
        sa.CheckConstraint("kind IN ('channel', 'private', 'im', 'mpim')", name="valid_conversation_kind"),
    )

    op.execute("CREATE SCHEMA internal")
    op.create_table(
        "ledger",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("lane", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(50)),
        sa.Column("notification_key", sa.String(200)),
        sa.Column("parent_key", sa.String(200)),
        sa.Column("thread_ts", sa.String(20)),
        sa.Column("payload", JSONB, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False, server_default=sa.text("1")),
        sa.Column("state", sa.String(10), nullable=False, server_default=sa.text("'pending'")),
        sa.Column("urgency", sa.SmallInteger, nullable=False, server_default=sa.text("5")),
        _false("withdrawn"),
        sa.Column("not_before", MOMENT),
        _now("created_at"),
        sa.Column("channel", sa.String(20)),
        sa.Column("ts", sa.String(20)),
        sa.Column("shown_revision", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("posted_at", MOMENT),
        sa.Column("attempted_at", MOMENT),
        sa.Column("attempts", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("recheck_at", MOMENT),
        sa.Column("last_error", sa.Text),
        sa.UniqueConstraint("key"),
        sa.CheckConstraint("state IN ('pending', 'settled', 'cancelled', 'parked')", name="valid_ledger_state"),
        schema="internal",
    )
    for name, columns, state in (
        ("idx_ledger_unsent", ["lane", "id"], "ts IS NULL"),
        ("idx_ledger_changes", ["lane", "urgency", "id"], "ts IS NOT NULL"),
        ("idx_ledger_held", ["not_before"], "not_before IS NOT NULL"),
    ):
        op.create_index(
            name,
            "ledger",
            columns,
            schema="internal",
            postgresql_where=sa.text(f"state = 'pending' AND {state}"),
        )
    op.create_index("idx_ledger_subject", "ledger", ["subject", "kind"], schema="internal")
    op.create_index(
        "idx_ledger_recheck",
        "ledger",
        ["recheck_at"],
        schema="internal",
        postgresql_where=sa.text("recheck_at IS NOT NULL"),
    )
    op.create_index("idx_ledger_message", "ledger", ["channel", "ts"], schema="internal")
    op.create_table(
        "lanes",
        sa.Column("lane", sa.String(20), primary_key=True),
        _now("next_at"),
        sa.Column("leased_until", MOMENT),
        sa.Column("leased_by", sa.String(60)),
        sa.Column("blocked", sa.String(60)),
        sa.Column("blocked_at", MOMENT),
        schema="internal",
    )
    op.create_table(
        "budgets",
        sa.Column("method", sa.String(60), primary_key=True),
        _now("next_at"),
        schema="internal",
    )
    op.create_table(
        "slack_inbox",
        sa.Column("event_id", sa.String(60), primary_key=True),
        sa.Column("type", sa.String(60), nullable=False),
        sa.Column("payload", JSONB, nullable=False),
        _now("received_at"),
        sa.Column("handled_at", MOMENT),
        sa.Column("attempts", sa.Integer, nullable=False, server_default=sa.text("0")),
        schema="internal",
    )
    op.create_index(
        "idx_slack_inbox_open",
        "slack_inbox",
        ["received_at"],
        schema="internal",
        postgresql_where=sa.text("handled_at IS NULL"),
    )
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("user_id", sa.Integer, _reference("users.id"), nullable=False),
        sa.Column("device_code", sa.LargeBinary, nullable=False),
        sa.Column("user_code", sa.String(20), nullable=False),
        sa.Column("verification_uri", sa.Text, nullable=False),
        sa.Column("response_url", sa.LargeBinary),
        sa.Column("interval_seconds", sa.Integer, nullable=False),
        sa.Column("poll_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        _now("created_at"),
        sa.UniqueConstraint("user_id"),
        schema="internal",
    )
    op.create_index("ix_sign_ins_poll_at", "sign_ins", ["poll_at"], schema="internal")


def downgrade() -> None:
    op.execute("DROP SCHEMA internal CASCADE")
    for table in ("conversations", "workspace", "events", "chat_versions"):
        op.drop_table(table)
    for table, columns in reversed(ADDED.items()):
        for column in columns():
            op.drop_column(table, column.name)
