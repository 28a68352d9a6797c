"""Many rows at once: collected per table, written in the order that foreign keys ask for."""

from __future__ import annotations

import itertools
import sys
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import insert, text

from portfolio.foundation import rich_text, search
from portfolio.foundation.database import Base, db, write_tx

Row = dict[str, Any]


class Rows:
    """Rows on their way to the database; gives each table's next number."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Row]] = defaultdict(list)
        self._numbers: dict[str, Iterator[int]] = defaultdict(lambda: itertools.count(1))
        self._found: dict[str, dict[int, tuple[str, ...]]] = defaultdict(dict)
        self._facets: dict[str, dict[int, tuple[str, ...]]] = defaultdict(dict)
        self._texts: dict[str, str] = {}

    def number(self, table: str) -> int:
        """The next number of a table."""
        return next(self._numbers[table])

    def add(self, table: str, **values: Any) -> None:
        """Add a row; all rows of a table name the same columns."""
        self._rows[table].append(values)

    def find(self, kind: str, number: int, *words: str, facets: tuple[str, ...] = ()) -> None:
        """Let a thing be found: by what it is called, and what it says."""
        self._found[kind][number] = words
        self._facets[kind][number] = facets

    def show(self, *texts: str) -> None:
        """Keep texts as the HTML that pages show."""
        for said in texts:
            key = rich_text.key_of(said)
            if key not in self._texts:
                self._texts[key] = rich_text.render(said)

    def write(self) -> None:
        """Write what was collected, in one transaction."""
        tables = Base.metadata.tables
        with write_tx():
            for table in Base.metadata.sorted_tables:
                if rows := self._rows.get(table.name):
                    db.session.execute(insert(tables[table.name]), rows)
            for kind, things in self._found.items():
                search.index_new(kind, things, self._facets[kind])
            rich_text.keep_prepared(self._texts)
        self._rows.clear()
        self._found.clear()
        self._facets.clear()
        self._texts.clear()


def settle() -> None:
    """Let PostgreSQL's counters go on after our numbers, and know its rows, as it would by itself before long.

    SQLite is left as it is: the product never tells it how its rows are spread, so it plans without knowing.
    """
    if db.engine.dialect.name != "postgresql":
        return
    with write_tx():
        for table in Base.metadata.sorted_tables:
            if "id" in table.columns and (counter := _counter(table.name)):
                newest = f"SELECT setval('{counter}', coalesce(max(id), 0) + 1, false) FROM {table.name}"
                db.session.execute(text(newest))
        db.session.execute(text("ANALYZE"))


def _counter(table: str) -> str | None:
    found: str | None = db.session.scalar(text(f"SELECT pg_get_serial_sequence('{table}', 'id')"))
    return found


def progress(what: str, done: int, of: int) -> None:
    """Show how far the seeding is, on one line."""
    end = "\n" if done >= of else ""
    print(f"\r  {what}: {min(done, of):,} of {of:,}", end=end, file=sys.stderr, flush=True)
