"""Rows of sealed tables are noted on the trail by their hash, in the entry of the change that added them.

Whoever takes the seals off can change such a row, add one or take one away; the trail then says another thing, and
the trail has its anchors. Without this, money and papers changed together would agree with one another.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, event, text
from sqlalchemy.orm import Mapper, Session, object_session

from portfolio.audit.spelling import canonical
from portfolio.foundation.columns import EPOCH, MICROSECOND
from portfolio.foundation.database import Base
from portfolio.foundation.seal import SEALED, STILL_OPEN

DOMAIN = b"tandem.row.v1\0"
# The trail is chained, and of what a picture looks like the row beside it holds the hash.
NOTED = {t: key.split(", ") for t, key in SEALED.items() if t not in ("audit_entry", "picture_content")}


def hash_of_row(table: str, values: Mapping[str, Any]) -> str:
    """SHA-256 of a row: its table and all of it that never changes.

    What is NULL is left out, so that a column which comes later and allows NULL leaves the hashes of old rows alone.
    """
    later = STILL_OPEN.get(table, ())
    said = {name: _spelled(value) for name, value in values.items() if value is not None and name not in later}
    return hashlib.sha256(DOMAIN + canonical([table, said]).encode()).hexdigest()


def key_of_row(table: str, values: Mapping[str, Any]) -> str:
    """The row's key as text, such as `12` or `3/7/lead`."""
    return "/".join(str(_spelled(values[name])) for name in NOTED[table])


def rows_of(connection: Connection, table: str) -> Iterator[tuple[str, str]]:
    """Every row of a sealed table, in the order of its key: the key and the hash."""
    order = ", ".join(NOTED[table])
    everything = text(f"SELECT * FROM {table} ORDER BY {order}")  # noqa: S608 (names of our own)
    rows = connection.execute(everything, execution_options={"yield_per": 1000})
    for row in map(dict, rows.mappings()):
        yield key_of_row(table, row), hash_of_row(table, row)


@event.listens_for(Base, "after_insert", propagate=True)
def _note(mapper: Mapper[Any], connection: Connection, row: Base) -> None:  # noqa: ARG001
    table, session = row.__tablename__, object_session(row)
    if table in NOTED and session is not None:
        values = {column.name: getattr(row, mapper.get_property_by_column(column).key) for column in mapper.columns}
        noted = session.info.setdefault("sealed", {}).setdefault(table, {})
        noted[key_of_row(table, values)] = hash_of_row(table, values)


@event.listens_for(Session, "after_commit")
@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop("sealed", None)


def noted_meanwhile(session: Session) -> dict[str, dict[str, str]]:
    """The rows that this transaction added to sealed tables: table, key, hash."""
    noted: dict[str, dict[str, str]] = session.info.pop("sealed", {})
    return noted


def _spelled(value: Any) -> Any:
    """A value as either database keeps it, whether it comes from a row or from an object."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, datetime):
        return (value - EPOCH) // MICROSECOND
    if isinstance(value, date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else value
