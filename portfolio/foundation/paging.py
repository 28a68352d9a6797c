"""Keyset paging: a page begins after the last row of the one before, however deep it lies."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from portfolio.foundation.database import db

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows and where the next ones begin."""

    rows: Sequence[Row]
    next: str | None

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
            order: columns without NULLs that together are unique.
            after: the cursor a page before gave; one that cannot be read begins at the start.
        """
        place = _read(after, len(order))
        if place is not None:
            key, start = tuple_(*order), tuple_(*place)
            statement = statement.where(key < start if descending else key > start)
        ordered = statement.order_by(*(column.desc() if descending else column for column in order))
        rows = db.session.scalars(ordered.limit(size + 1)).unique().all()
        more = len(rows) > size
        last = rows[size - 1] if more else None
        return cls(rows[:size], _write([getattr(last, c.key) for c in order]) if more else None)


def _write(place: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _read(cursor: str | None, length: int) -> list[Any] | None:
    if not cursor:
        return None
    try:
        place = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        return None
    fits = isinstance(place, list) and len(place) == length and all(isinstance(part, int | str) for part in place)
    return place if fits else None
