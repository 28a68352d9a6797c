"""Sealed tables: rows are added, never changed or removed, and the database itself sees to it."""

from __future__ import annotations

from sqlalchemy import Connection, text

SEALED = {
    "audit_entry": "seq",
    "ledger_entry": "id",
    "experiment_version": "id",
    "initiative_status": "id",
    "promotion_answer": "id",
    "review_record": "review_id",
    "review_addendum": "id",
}


def seal(connection: Connection, table: str, key: str) -> None:
    """Refuse every change of existing rows; called by migrations, again after a table was rebuilt.

    Args:
        table: the table's name.
        key: its primary key column, checked so that REPLACE cannot pass for an insert.
    """
    unseal(connection, table)
    if connection.dialect.name == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is sealed'); END"
        connection.execute(text(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}"))
        connection.execute(text(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}"))
        again = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})"  # noqa: S608 (names of our own)
        connection.execute(text(f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} {again} {refuse}"))
        return
    connection.execute(
        text(
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is sealed', TG_TABLE_NAME; END $$"
        )
    )
    connection.execute(
        text(
            f"CREATE TRIGGER {table}_sealed BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    )
    connection.execute(text(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_sealed"))


def unseal(connection: Connection, table: str) -> None:
    """Take the seal off: a migration that drops the table, and nothing else, needs this."""
    if connection.dialect.name == "sqlite":
        for kind in ("no_update", "no_delete", "no_replace"):
            connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_{kind}"))
    else:
        connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_sealed ON {table}"))


def unsealed(connection: Connection) -> list[str]:
    """The tables that should be sealed and are not."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        wanted = {table: {f"{table}_{k}" for k in ("no_update", "no_delete", "no_replace")} for table in SEALED}
    else:
        rows = connection.execute(text("SELECT tgname FROM pg_trigger WHERE tgenabled = 'A'"))
        wanted = {table: {f"{table}_sealed"} for table in SEALED}
    found = set(rows.scalars())
    return [table for table, triggers in wanted.items() if not triggers <= found]
