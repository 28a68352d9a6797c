"""Sealed tables: rows are added, never changed or removed, and the database itself sees to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

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
    "picture_removal": "picture_id",
}

# What becomes of a signature is written later; what was signed, by whom and when stays.
STILL_OPEN = {"signature": ("voided_at", "completed_at")}

# What a picture looks like goes when somebody on it asks: once a row, which stays, says who took it away and why.
MAY_GO = {
    "picture_content": "EXISTS (SELECT 1 FROM picture_removal WHERE picture_removal.picture_id = OLD.picture_id)",
}

REFUSE = "BEGIN RAISE EXCEPTION '% is sealed', TG_TABLE_NAME; END"
ON_CHANGE, ON_LOSS = 50, 11  # As PostgreSQL counts: before UPDATE or TRUNCATE; before DELETE, for each row.
ON_BOTH = 58


def seal(
    connection: Connection, table: str, key: str, *, still_open: Sequence[str] = (), may_go: str | None = None
) -> None:
    """Refuse every change of existing rows; called by migrations, again after a table was rebuilt.

    Args:
        table: the table's name.
        key: its primary key columns, checked so that REPLACE cannot pass for an insert.
        still_open: columns that may be written later.
        may_go: a condition about OLD, in the SQL that both databases share; a row that meets it may be deleted.
    """
    unseal(connection, table)
    if connection.dialect.name == "postgresql":
        connection.execute(text(_function("refuse_change", REFUSE)))
        if may_go:
            connection.execute(text(_function(f"refuse_loss_of_{table}", _refuse_unless(may_go))))
    for statement in _triggers(connection, table, key, still_open, may_go):
        connection.execute(text(statement))


def seal_again(connection: Connection, table: str) -> None:
    """Put the seal of one of these tables back, as it is now."""
    seal(connection, table, SEALED[table], still_open=STILL_OPEN.get(table, ()), may_go=MAY_GO.get(table))


def unseal(connection: Connection, table: str) -> None:
    """Take the seal off: a migration that drops the table, and nothing else, needs this."""
    if connection.dialect.name == "sqlite":
        for kind in ("no_update", "no_delete", "no_replace"):
            connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_{kind}"))
    else:
        for kind in ("sealed", "kept"):
            connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_{kind} ON {table}"))
        connection.execute(text(f"DROP FUNCTION IF EXISTS refuse_loss_of_{table}()"))


def unsealed(connection: Connection) -> list[str]:
    """The tables that should be sealed and are not, or whose seal was made to let changes pass."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
        there = {name: sql for name, sql in rows}
        return [table for table in SEALED if not _seals_of_sqlite(connection, table) <= there.items()]
    rows = connection.execute(
        text(
            "SELECT tgname, tgtype, (SELECT count(*) FROM unnest(tgattr)), proname, btrim(prosrc) FROM pg_trigger"
            " JOIN pg_proc ON pg_proc.oid = tgfoid WHERE tgenabled = 'A' AND tgqual IS NULL"
        )
    )
    found = {tuple(row) for row in rows}
    return [table for table in SEALED if not _seals_of_postgresql(connection, table) <= found]


def _triggers(
    connection: Connection, table: str, key: str, still_open: Sequence[str], may_go: str | None
) -> Iterator[str]:
    of = f" OF {', '.join(_closed(connection, table, still_open))}" if still_open else ""
    if connection.dialect.name == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is sealed'); END"
        unless = f" WHEN NOT {may_go}" if may_go else ""
        yield f"CREATE TRIGGER {table}_no_update BEFORE UPDATE{of} ON {table} {refuse}"
        yield f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}{unless} {refuse}"
        same = " AND ".join(f"{column} = NEW.{column}" for column in key.split(", "))
        again = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 (names of our own)
        yield f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} {again} {refuse}"
        return
    delete = "" if may_go else " OR DELETE"
    yield (
        f"CREATE TRIGGER {table}_sealed BEFORE UPDATE{of}{delete} OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    yield f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_sealed"
    if may_go:
        yield (
            f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION refuse_loss_of_{table}()"
        )
        yield f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_kept"


def _function(name: str, body: str) -> str:
    return f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$"


def _refuse_unless(may_go: str) -> str:
    return f"BEGIN IF {may_go} THEN RETURN OLD; END IF; RAISE EXCEPTION '% is sealed', TG_TABLE_NAME; END"


def _seals_of_sqlite(connection: Connection, table: str) -> set[tuple[str, str]]:
    """The name and the exact text of every trigger of a table's seal."""
    if not inspect(connection).has_table(table):
        return {(table, "")}
    statements = _triggers(connection, table, SEALED[table], STILL_OPEN.get(table, ()), MAY_GO.get(table))
    return {(statement.split()[2], statement) for statement in statements}


def _seals_of_postgresql(connection: Connection, table: str) -> set[tuple[Any, ...]]:
    """Each trigger of a table's seal: its name, what it is asked before, columns it watches, and what it does."""
    columns, may_go = _watched(connection, table), MAY_GO.get(table)
    if may_go is None:
        return {(f"{table}_sealed", ON_BOTH, columns, "refuse_change", REFUSE)}
    return {
        (f"{table}_sealed", ON_CHANGE, columns, "refuse_change", REFUSE),
        (f"{table}_kept", ON_LOSS, 0, f"refuse_loss_of_{table}", _refuse_unless(may_go)),
    }


def _watched(connection: Connection, table: str) -> int:
    """How many columns PostgreSQL's trigger names; none means all of them."""
    still_open = STILL_OPEN.get(table, ())
    return len(_closed(connection, table, still_open)) if still_open else 0


def _closed(connection: Connection, table: str, still_open: Sequence[str]) -> list[str]:
    found = [column["name"] for column in inspect(connection).get_columns(table)]
    return [name for name in found if name not in still_open]
