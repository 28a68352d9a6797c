"""How migrations run: against the app's own database, each in a transaction of its own that leaves all or nothing."""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from flask import current_app

from portfolio.foundation.columns import ExactNumber, UtcDateTime
from portfolio.foundation.database import Base


def render_item(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:  # noqa: ARG001
    """How a column type is written in a migration: as the database keeps it, so that old migrations stay true."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.BigInteger()"
    if kind == "type" and isinstance(item, ExactNumber):
        return "sa.Text()"
    if kind == "type" and isinstance(item, sa.Enum):
        values = ", ".join(map(repr, item.enums))
        return f"sa.Enum({values}, name={item.name!r}, native_enum=False, create_constraint=True, length={item.length})"
    return False


def is_ours(name: str | None, kind: str, parents: Any) -> bool:  # noqa: ARG001
    """Leave out the tables that the job queue keeps in the same database, and the index of search."""
    return not (kind == "table" and name is not None and name.startswith(("huey_", "search_index")))


def drop_when_empty(ctx: Any, revision: Any, directives: list[Any]) -> None:  # noqa: ARG001
    """Write no migration that would change nothing."""
    if getattr(context.config.cmd_opts, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives[:] = []


def refuse_orphans(ctx: Any, **step: Any) -> None:  # noqa: ARG001
    """End the step when a row points at nothing: foreign keys are not watched while SQLite rebuilds a table.

    Raises:
        RuntimeError: names the tables; the step leaves nothing.
    """
    if ctx.dialect.name == "sqlite":
        orphans = {row[0] for row in ctx.connection.exec_driver_sql("PRAGMA foreign_key_check")}
        if orphans:
            raise RuntimeError(f"Rows of these tables point at rows that are gone: {', '.join(sorted(orphans))}")


def run() -> None:
    """Bring the database to the revision asked for."""
    with current_app.extensions["migrate"].db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            # Rebuilding a table drops the old one, and that would take the rows of its children along. The switch works
            # outside a transaction only, and a connection with it must not go back into the pool.
            connection.detach()
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            transaction_per_migration=True,
            on_version_apply=refuse_orphans,
            render_item=render_item,
            include_name=is_ours,
            process_revision_directives=drop_when_empty,
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    raise RuntimeError("Migrations look at the data, so they run on a database only.")
run()
