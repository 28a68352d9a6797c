"""Sealed tables: rows are added, never changed or removed, and the database itself sees to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, inspect, text

# Every sealed table and the columns of its key.
SEALED = {
    "audit_entry": "seq",
    "ledger_entry": "id",
    "expense": "id",
    "signature": "id",
    "party": "grant_id, person_id, why",
    "decision": "id",
    "experiment_version": "id",
    "initiative_status": "id",
    "promotion_answer": "id",
    "review_record": "review_id",
    "review_addendum": "id",
    "learning_picture": "id",
    "picture_content": "picture_id",
}

# What becomes of a signature is written later; what was signed, by whom and when stays.
STILL_OPEN = {"signature": ("voided_at", "completed_at")}

REFUSE = "BEGIN RAISE EXCEPTION '% is sealed', TG_TABLE_NAME; END"


def seal(connection: Connection, table: str, key: str, *, still_open: Sequence[str] = ()) -> None:
    """Refuse every change of existing rows; called by migrations, again after a table was rebuilt.

    Args:
        table: the table's name.
        key: its primary key columns, checked so that REPLACE cannot pass for an insert.
        still_open: columns that may be written later.
    """
    unseal(connection, table)
    if connection.dialect.name == "postgresql":
        connection.execute(
            text(f"CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ {REFUSE} $$")
        )
    for statement in _triggers(connection, table, key, still_open):
        connection.execute(text(statement))


def unseal(connection: Connection, table: str) -> None:
    """Take the seal off: a migration that drops the table, and nothing else, needs this."""
    if connection.dialect.name == "sqlite":
        for kind in ("no_update", "no_delete", "no_replace"):
            connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_{kind}"))
    else:
        connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_sealed ON {table}"))


def unsealed(connection: Connection) -> list[str]:
    """The tables that should be sealed and are not, or whose seal was made to let changes pass."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
        there = {name: sql for name, sql in rows}
        return [table for table in SEALED if not _seals_of_sqlite(connection, table) <= there.items()]
    rows = connection.execute(
        text(
            "SELECT tgname, tgtype, (SELECT count(*) FROM unnest(tgattr)) FROM pg_trigger"
            " JOIN pg_proc ON pg_proc.oid = tgfoid"
            " WHERE tgenabled = 'A' AND tgqual IS NULL AND proname = 'refuse_change' AND btrim(prosrc) = :refuse"
        ),
        {"refuse": REFUSE},
    )
    found = {(name, kind, columns) for name, kind, columns in rows}
    return [table for table in SEALED if (f"{table}_sealed", 58, _watched(connection, table)) not in found]


def _triggers(connection: Connection, table: str, key: str, still_open: Sequence[str]) -> Iterator[str]:
    of = f" OF {', '.join(_closed(connection, table, still_open))}" if still_open else ""
    if connection.dialect.name == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is sealed'); END"
        yield f"CREATE TRIGGER {table}_no_update BEFORE UPDATE{of} ON {table} {refuse}"
        yield f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}"
        same = " AND ".join(f"{column} = NEW.{column}" for column in key.split(", "))
        again = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 (names of our own)
        yield f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} {again} {refuse}"
        return
    yield (
        f"CREATE TRIGGER {table}_sealed BEFORE UPDATE{of} OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    yield f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_sealed"


def _seals_of_sqlite(connection: Connection, table: str) -> set[tuple[str, str]]:
    """The name and the exact text of every trigger of a table's seal."""
    if not inspect(connection).has_table(table):
        return {(table, "")}
    statements = _triggers(connection, table, SEALED[table], STILL_OPEN.get(table, ()))
    return {(statement.split()[2], statement) for statement in statements}


def _watched(connection: Connection, table: str) -> int:
    """How many columns PostgreSQL's trigger names; none means all of them."""
    still_open = STILL_OPEN.get(table, ())
    return len(_closed(connection, table, still_open)) if still_open else 0


def _closed(connection: Connection, table: str, still_open: Sequence[str]) -> list[str]:
    found = [column["name"] for column in inspect(connection).get_columns(table)]
    return [name for name in found if name not in still_open]
