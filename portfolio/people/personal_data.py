"""Everything that is held about one person, from every table that names them, for them to take along."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, or_, select

from portfolio.foundation.database import Base, db
from portfolio.people.person import Person

# What opens an account is no information about its owner, and is given to nobody.
SECRET = re.compile(r"hash|password|secret|uniquifier|owner_mark|totp|recovery|public_key|credential")


def held_about(person: Person) -> Iterator[str]:
    """What is held, as the text of one JSON object: a list of rows for each table that names the person."""
    yield "{"
    begun = False
    for table in _tables():
        rows = _rows(table, person)
        first = next(rows, None)
        if first is None:
            continue
        yield f"{',' if begun else ''}\n{json.dumps(table.name)}: [\n  {first}"
        for row in rows:
            yield f",\n  {row}"
        yield "\n]"
        begun = True
    yield "\n}\n"


def _tables() -> list[Table]:
    """Every table with a column that names a person, people themselves first."""
    named = [table for table in Base.metadata.sorted_tables if _naming(table) and table.name != "person"]
    return [Base.metadata.tables["person"], *named]


def _naming(table: Table) -> list[Any]:
    """The columns of a table by which a row names a person."""
    keys = [c for c in table.columns if any(key.target_fullname == "person.id" for key in c.foreign_keys)]
    return keys or [c for c in table.columns if c.name in ("actor_id", "person_id")]


def _rows(table: Table, person: Person) -> Iterator[str]:
    columns = [column for column in table.columns if not SECRET.search(column.name)]
    query = select(*columns).where(_theirs(table, person)).order_by(*table.primary_key.columns)
    for row in db.session.execute(query.execution_options(yield_per=500)):
        said = dict(zip((column.name for column in columns), row, strict=True))
        yield json.dumps(said, ensure_ascii=False, default=_plain)


def _theirs(table: Table, person: Person) -> ColumnElement[bool]:
    if table.name == "person":
        return table.c.id == person.id
    theirs = or_(*(column == person.id for column in _naming(table)))
    if "subject_type" in table.c and "subject_id" in table.c:
        return or_(theirs, and_(table.c.subject_type == "person", table.c.subject_id == person.id))
    return theirs


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Enum):
        return value.value
    raise TypeError(f"{value!r} has no plain form.")
