"""Putting rows back as they were: past the triggers that watch how rows come about, but not past any constraint.

A row that is restored came about long ago. Triggers that seal, count or refuse look at the order in which things
happen, so they are away while everything is written, and back before anything is compared; foreign keys are looked at
when all rows are there. All of it is one transaction, which leaves everything or nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import psycopg
from sqlalchemy import Connection

from portfolio.exchange.manifest import BackupRefused
from portfolio.exchange.snapshot import NOT_ROWS

AGAIN = {"O": "ENABLE", "A": "ENABLE ALWAYS", "R": "ENABLE REPLICA", "D": "DISABLE"}
OURS = "connamespace = current_schema()::regnamespace"


class Loader(Protocol):
    """Writes rows in bulk."""

    at_once: int

    def empty(self) -> None:
        """Take away the few rows that migrations put down."""

    def add(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Write rows; the names come from the database's own schema, never from a file alone."""


@contextmanager
def loader_for(connection: Connection) -> Iterator[Loader]:
    """Write in a transaction of the caller's; at the end everything watches again, and every foreign key holds.

    Raises:
        BackupRefused: a row points at one that is not there.
    """
    loader: _SqliteLoader | _PostgresLoader
    loader = _SqliteLoader(connection) if connection.dialect.name == "sqlite" else _PostgresLoader(connection)
    loader.open()
    yield loader
    loader.close()


class _SqliteLoader:
    at_once = 500

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._quote = connection.dialect.identifier_preparer.quote
        self._triggers: list[tuple[str, str]] = []

    def open(self) -> None:
        rows = self._connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        self._triggers = [(name, sql) for name, sql in rows]
        self._connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")  # For this transaction only.
        for name, _ in self._triggers:
            self._connection.exec_driver_sql(f"DROP TRIGGER {self._quote(name)}")

    def empty(self) -> None:
        names = self._connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
        for name in names:
            if not name.startswith(NOT_ROWS):
                self._connection.exec_driver_sql(f"DELETE FROM {self._quote(name)}")  # noqa: S608 (a table's own name)

    def add(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        names, places = ", ".join(map(self._quote, columns)), ", ".join("?" * len(columns))
        insert = f"INSERT INTO {self._quote(table)} ({names}) VALUES ({places})"  # noqa: S608 (names of the schema)
        self._connection.exec_driver_sql(insert, [tuple(row) for row in rows])

    def close(self) -> None:
        for _, sql in self._triggers:
            self._connection.exec_driver_sql(sql)
        astray = {row[0] for row in self._connection.exec_driver_sql("PRAGMA foreign_key_check")}
        if astray:
            raise BackupRefused(f"Rows of these tables point at rows that are not there: {', '.join(sorted(astray))}.")


class _PostgresLoader:
    at_once = 2_000

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._quote = connection.dialect.identifier_preparer.quote
        self._triggers: list[tuple[str, str, str]] = []
        self._keys: list[tuple[str, str]] = []

    def open(self) -> None:
        triggers = self._connection.exec_driver_sql(
            "SELECT relname, tgname, tgenabled::text FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace ORDER BY 1, 2"
        )
        self._triggers = [(table, name, enabled) for table, name, enabled in triggers if not table.startswith(NOT_ROWS)]
        keys = self._connection.exec_driver_sql(
            "SELECT relname, conname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid"
            " WHERE contype = 'f' AND NOT condeferrable AND relnamespace = current_schema()::regnamespace ORDER BY 1, 2"
        )
        self._keys = [(table, name) for table, name in keys]
        for table, name, _ in self._triggers:
            self._alter(table, f"DISABLE TRIGGER {self._quote(name)}")
        for table, name in self._keys:
            self._alter(table, f"ALTER CONSTRAINT {self._quote(name)} DEFERRABLE INITIALLY DEFERRED")

    def empty(self) -> None:
        names = self._connection.exec_driver_sql(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
        )
        for name in names.scalars().all():
            if not name.startswith(NOT_ROWS):
                self._connection.exec_driver_sql(f"DELETE FROM {self._quote(name)}")  # noqa: S608 (a table's own name)

    def add(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        names = ", ".join(map(self._quote, columns))
        cursor: psycopg.Cursor[Any] = self._connection.connection.cursor()  # type: ignore[assignment]
        # As text, which every column reads in its own way: 1 as yes, 2026-06-12 as a day.
        copying = f"COPY {self._quote(table)} ({names}) FROM STDIN"
        with cursor, cursor.copy(copying) as copy:
            for row in rows:
                copy.write_row(row)

    def close(self) -> None:
        self._connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
        for table, name in self._keys:
            self._alter(table, f"ALTER CONSTRAINT {self._quote(name)} NOT DEFERRABLE")
        for table, name, enabled in self._triggers:
            self._alter(table, f"{AGAIN[enabled]} TRIGGER {self._quote(name)}")
        self._count_on()

    def _count_on(self) -> None:
        """Numbers that the database gives out go on after the last one in use."""
        counted = self._connection.exec_driver_sql(
            "SELECT relname, attname, pg_get_serial_sequence(quote_ident(relname), attname)"
            " FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid"
            " WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND attnum > 0"
            " AND NOT attisdropped AND pg_get_serial_sequence(quote_ident(relname), attname) IS NOT NULL"
        ).all()
        for table, column, sequence in counted:
            if not table.startswith(NOT_ROWS):
                last = f"max({self._quote(column)})"
                self._connection.exec_driver_sql(
                    f"SELECT setval('{sequence}', coalesce({last}, 1), {last} IS NOT NULL)"  # noqa: S608 (names of the schema)
                    f" FROM {self._quote(table)}"
                )

    def _alter(self, table: str, how: str) -> None:
        self._connection.exec_driver_sql(f"ALTER TABLE {self._quote(table)} {how}")
