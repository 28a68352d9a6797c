"""Reading measures and what was read of them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from portfolio.foundation.authority import Actor
from portfolio.foundation.correction import holds
from portfolio.foundation.database import db, for_change
from portfolio.foundation.errors import Missing
from portfolio.foundation.paging import Page
from portfolio.organisation.measure import Measure, Reading, key_of


def visible_to(viewer: Actor, statement: Select[Measure]) -> Select[Measure]:
    """What only a restricted experiment counts is seen by its owner, leaders and facilitators."""
    if viewer.has("leader") or viewer.has("facilitator"):
        return statement
    return statement.where(or_(Measure.is_open, Measure.owner_id == viewer.id))


def measures(after: str | None, *, viewer: Actor, text: str = "", size: int = 50) -> Page[Measure]:
    """Measures by name."""
    statement = visible_to(viewer, select(Measure))
    if text:
        stem = " ".join(text.casefold().split()).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        statement = statement.where(Measure.name_key.like(f"%{stem}%", escape="\\"))
    return Page.of(statement, order=(Measure.name_key, Measure.id), after=after, size=size)


def measure(number: int, *, viewer: Actor) -> Measure:
    """One measure.

    Raises:
        Missing: there is none, or it is not theirs to see.
    """
    return _one(visible_to(viewer, select(Measure).where(Measure.id == number)))


def measure_for_change(number: int, *, viewer: Actor) -> Measure:
    """One measure, locked, so that no reading is corrected twice.

    Raises:
        Missing: there is none, or it is not theirs to see.
    """
    return _one(for_change(visible_to(viewer, select(Measure).where(Measure.id == number))))


def reading(number: int, of: Measure) -> Reading:
    """One reading of a measure.

    Raises:
        Missing: there is none.
    """
    found = db.session.get(Reading, number)
    if found is None or found.measure_id != of.id:
        raise Missing
    return found


def measure_named(name: str, unit: str, *, viewer: Actor) -> Measure | None:
    """The measure of that name and unit, if it is counted and theirs to see."""
    asked = select(Measure).where(Measure.name_key == key_of(name), Measure.unit == unit)
    return db.session.scalars(visible_to(viewer, asked)).first()


def readings(of: Measure, after: str | None, size: int = 50) -> Page[Reading]:
    """Everything read of a measure, corrected readings too, the last one put down first."""
    statement = select(Reading).where(Reading.measure_id == of.id)
    return Page.of(statement, order=(Reading.id,), after=after, size=size, descending=True)


def corrections(of: Iterable[Reading]) -> dict[int, Reading]:
    """Of these readings the corrected ones, each with the reading that replaced it."""
    rows = db.session.scalars(select(Reading).where(Reading.corrects_id.in_([old.id for old in of])))
    return {row.corrects_id: row for row in rows if row.corrects_id is not None}


def latest_readings(measure_ids: Iterable[int | None]) -> dict[int, Reading]:
    """The last reading that was not corrected, by day, per measure; one query however many were taken."""
    asked = {"measures": sorted({number for number in measure_ids if number})}
    return {row.measure_id: row for row in db.session.scalars(_latest(), asked)}


@cache
def _latest() -> Select[Reading]:
    """The same statement for all `measures`."""
    place = func.row_number().over(
        partition_by=Reading.measure_id, order_by=(Reading.read_on.desc(), Reading.id.desc())
    )
    asked = Reading.measure_id.in_(bindparam("measures", expanding=True))
    ranked = select(Reading, place.label("place")).where(asked, holds(Reading)).subquery()
    return select(aliased(Reading, ranked)).where(ranked.c.place == 1)


def _one(statement: Select[Measure]) -> Measure:
    found = db.session.scalars(statement).first()
    if found is None:
        raise Missing
    return found
