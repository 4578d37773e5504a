"""How Alembic reaches the database: over the connection that `bot.migrate` hands it."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from bot.schema import metadata


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Only the schemas that are ours take part in a comparison."""
    return kind != "schema" or name in (None, "internal")


def run() -> None:
    """Run the migrations that were asked for, each in a transaction of its own."""
    connection: Connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_schemas=True,
        include_name=include_name,
        compare_type=True,
        compare_server_default=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
