"""Everything a database holds at one moment, row by row in one spelling, whoever writes meanwhile."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    cast,
    select,
)

from portfolio.exchange.canonical import line_of

AT_ONCE = 1_000  # Rows fetched together.
PICTURES_AT_ONCE = 10

# What no backup holds, and why. Everything else that is a table is in it.
LEFT_OUT = {
    "sign_in": "whoever was signed in signs in again: a session does not outlive the database it was made in",
    "password_link": "a link that was used since the backup must not work once more; people ask for another",
    "tries": "how often something was tried lately says nothing about another time and place",
    "setup_code": "it makes the first administrator of an empty database, which a restored one is not",
}
# Made again from the rest, or no rows of Tandem's: the schema's number, the index of search, the job queue.
NOT_ROWS = ("alembic_version", "search_index", "huey_", "sqlite_")


@dataclass(frozen=True)
class Sum:
    """What tells whether two tables hold the same."""

    rows: int
    bytes: int
    sha256: str


class Snapshot:
    """What one transaction sees."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def revision(self) -> str | None:
        """The schema's number; None where no migration has been."""
        return MigrationContext.configure(self._connection).get_current_revision()

    @cached_property
    def tables(self) -> list[Table]:
        """The tables that a backup holds, those that others point at first."""
        metadata = MetaData()
        metadata.reflect(self._connection, only=lambda name, _: not name.startswith(NOT_ROWS))
        return [table for table in metadata.sorted_tables if table.name not in LEFT_OUT]

    @property
    def trail(self) -> tuple[int, str]:
        """Where the trail ends: the number of its last entry, and the hash that seals all before."""
        row = self._connection.exec_driver_sql("SELECT seq, hash FROM trail_head").one()
        return row[0], row[1]

    def lines(self, table: Table) -> Iterator[bytes]:
        """The rows of a table in the order of its key, each as one line."""
        columns = columns_of(table)
        order = [self._ordered(column) for column in table.primary_key]
        statement = select(*(_plain(table.columns[name]) for name in columns)).order_by(*order)
        large = any(isinstance(column.type, LargeBinary) for column in table.columns)
        at_once = PICTURES_AT_ONCE if large else AT_ONCE
        for row in self._connection.execute(statement.execution_options(yield_per=at_once)):
            yield line_of(columns, row)

    def sum(self, table: Table) -> Sum:
        """What the lines of a table come to."""
        digest, rows, length = hashlib.sha256(), 0, 0
        for line in self.lines(table):
            digest.update(line)
            rows, length = rows + 1, length + len(line)
        return Sum(rows, length, digest.hexdigest())

    def _ordered(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """By bytes, as SQLite does, and not as the words of a language are ordered."""
        on_postgresql = self._connection.dialect.name == "postgresql"
        return column.collate("C") if on_postgresql and isinstance(column.type, String) else column


@contextmanager
def snapshot(engine: Engine) -> Iterator[Snapshot]:
    """Look at a database as it is now, for as long as it takes; nobody is kept waiting."""
    on_sqlite = engine.dialect.name == "sqlite"
    options: dict[str, Any] = (
        {"mode": "reading"} if on_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    )
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield Snapshot(connection)


def columns_of(table: Table) -> list[str]:
    """The names of a table's columns, in alphabetical order."""
    return sorted(column.name for column in table.columns)


def _plain(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A truth value as a number."""
    return cast(column, Integer) if isinstance(column.type, Boolean) else column
