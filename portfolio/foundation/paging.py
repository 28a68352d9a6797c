"""Keyset paging: a page begins after the last row of the one before, however deep it lies."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Date, Select, String, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from portfolio.foundation.columns import UtcDateTime
from portfolio.foundation.database import db
from portfolio.foundation.numbering import LARGEST

Row = TypeVar("Row")


@dataclass(frozen=True)
class First(Generic[Row]):
    """The first of some rows, and whether there are others."""

    rows: Sequence[Row]
    more: bool

    @classmethod
    def of(cls, rows: Sequence[Row], most: int) -> First[Row]:
        """Of rows that were read up to one more than these."""
        return cls(rows[:most], len(rows) > most)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows and where the next ones begin.

    Args:
        lost: the cursor could not be read, so this is the first page.
    """

    rows: Sequence[Row]
    next: str | None
    lost: bool = False

    @classmethod
    def of(
        cls,
        statement: Select[Row],
        *,
        order: tuple[InstrumentedAttribute[Any], ...],
        after: str | None,
        size: int = 50,
        descending: bool = False,
    ) -> Page[Row]:
        """Read one page.

        Args:
            statement: what is listed, not ordered yet.
            order: columns of numbers, text, days or moments, without NULLs, that together are unique.
            after: the cursor a page before gave; one that cannot be read begins at the start.
        """
        place = _read(after, order)
        if place is not None:
            key, start = tuple_(*order), tuple_(*(literal(v, c.type) for v, c in zip(place, order, strict=True)))
            statement = statement.where(key < start if descending else key > start)
        ordered = statement.order_by(*(column.desc() if descending else column for column in order))
        rows = db.session.scalars(ordered.limit(size + 1)).unique().all()
        more = len(rows) > size
        last = rows[size - 1] if more else None
        following = _write([getattr(last, c.key) for c in order]) if more else None
        return cls(rows[:size], following, lost=bool(after) and place is None)


def _write(place: list[Any]) -> str:
    text = json.dumps(place, default=lambda when: when.isoformat(), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str | None, order: Sequence[InstrumentedAttribute[Any]]) -> list[Any] | None:
    """The place a cursor names, or None when it is none that such an order has."""
    try:
        place = json.loads(base64.urlsafe_b64decode((cursor or "") + "=" * (-len(cursor or "") % 4)))
        return [_value(part, column) for part, column in zip(place, order, strict=True)]
    except (binascii.Error, ValueError, TypeError):
        return None


def _value(part: Any, column: InstrumentedAttribute[Any]) -> Any:
    """A part of a cursor as its column compares it; a cursor comes from outside and may hold anything.

    Raises:
        ValueError: no value of the column looks like this.
        TypeError: the same.
    """
    if isinstance(column.type, Date):
        return date.fromisoformat(part)
    if isinstance(column.type, UtcDateTime):
        when = datetime.fromisoformat(part)
        if when.tzinfo is None:
            raise ValueError(part)
        return when
    if isinstance(column.type, String):
        if "\0" in part or not isinstance(part, str):
            raise ValueError(part)
        part.encode()  # Half a character cannot be compared.
        return part
    if type(part) is not int or abs(part) > LARGEST:
        raise ValueError(part)
    return part
