"""Reading the organisation."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, select

from portfolio.foundation.database import db, for_change
from portfolio.foundation.errors import Missing
from portfolio.foundation.paging import Page
from portfolio.organisation.unit import Unit


def units() -> Sequence[Unit]:
    """All units by name."""
    return db.session.scalars(select(Unit).order_by(Unit.name)).all()


def units_by_name(after: str | None, *, size: int = 50) -> Page[Unit]:
    """The same, a page at a time."""
    return Page.of(select(Unit), order=(Unit.name, Unit.id), after=after, size=size)


def unit(handle: str) -> Unit:
    """One unit.

    Raises:
        Missing: there is none.
    """
    return _one(select(Unit).where(Unit.handle == handle))


def unit_for_change(handle: str) -> Unit:
    """One unit, locked.

    Raises:
        Missing: there is none.
    """
    return _one(for_change(select(Unit).where(Unit.handle == handle)))


def unit_by_id(unit_id: int | None) -> Unit | None:
    """A unit by its number, as a form's choice gives it."""
    return db.session.get(Unit, unit_id) if unit_id else None


def _one(statement: Select[Unit]) -> Unit:
    found = db.session.scalars(statement).first()
    if found is None:
        raise Missing
    return found
