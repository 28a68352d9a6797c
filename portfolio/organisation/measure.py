"""Measures: something counted the same way each time, and its dated readings."""

from __future__ import annotations

import enum
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, mapped_column

from portfolio.audit.entry import Subject, record
from portfolio.foundation.authority import Actor
from portfolio.foundation.columns import choice
from portfolio.foundation.correction import holds
from portfolio.foundation.database import Base, db
from portfolio.foundation.errors import RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l


class Direction(enum.Enum):
    """Which way is better."""

    AT_MOST = "at_most"
    AT_LEAST = "at_least"

    def reaches(self, value: Decimal, goal: Decimal) -> bool:
        """Whether a value is as good as a goal, or better."""
        return value <= goal if self is Direction.AT_MOST else value >= goal

    @classmethod
    def towards(cls, baseline: Decimal, target: Decimal) -> Direction:
        """The direction that leads from a baseline to a target."""
        return cls.AT_MOST if target < baseline else cls.AT_LEAST


class Measure(Base):
    """Something counted the same way each time."""

    __tablename__ = "measure"
    __table_args__ = (Index("uq_measure_name_unit", "name_key", "unit", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_key: Mapped[str]  # The name as compared: case and blanks make no other measure.
    unit: Mapped[str] = mapped_column(default="")
    direction: Mapped[Direction] = mapped_column(choice(Direction))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    is_open: Mapped[bool] = mapped_column(default=True)  # Not while only what is restricted counts it.

    @classmethod
    def make(cls, name: str, unit: str, direction: Direction, *, owner: Actor) -> Measure:
        """Begin to count something new, for everyone to read.

        Raises:
            RuleBroken: it is counted already, perhaps where its readings are restricted; that stays as it is.
        """
        if db.session.scalar(select(cls.id).where(cls.name_key == key_of(name), cls.unit == unit)):
            raise RuleBroken(_l("There is a measure with this name and unit already."))
        return cls.named(name, unit, direction, owner=owner)

    @classmethod
    def named(
        cls,
        name: str,
        unit: str,
        direction: Direction,
        *,
        owner: Actor,
        by: Actor | None = None,
        is_open: bool = True,
    ) -> Measure:
        """The measure of that name and unit; made, with an owner, when there is none yet.

        Args:
            by: who brings it about, when that is not its owner.
            is_open: whether everyone may read it; once open, it stays so.
        """
        key = key_of(name)
        found = db.session.scalars(select(cls).where(cls.name_key == key, cls.unit == unit)).first()
        if found is not None:
            found.is_open = found.is_open or is_open
            return found
        measure = cls(name=name, name_key=key, unit=unit, direction=direction, owner_id=owner.id, is_open=is_open)
        db.session.add(measure)
        db.session.flush()
        record("measure.made", measure, by=by or owner)
        return measure

    def read(
        self,
        value: Decimal,
        on: date,
        *,
        by: Actor,
        at: datetime,
        today: date,
        source: Subject | None = None,
        note: str = "",
        corrects: Reading | None = None,
    ) -> Reading:
        """Add a dated reading; a wrong one is corrected by a new one that names it.

        Args:
            source: where it was read, such as an experiment.

        Raises:
            RuleBroken: it is dated in the future, or corrects what is not there to correct.
        """
        if on > today:
            raise RuleBroken(_l("A reading is dated today or earlier."))
        if corrects is not None:
            self._refuse_unless_correctable(corrects)
        reading = Reading(
            measure_id=self.id,
            value=value,
            read_on=on,
            note=note,
            by_id=by.id,
            at=at,
            source_type=source.__tablename__ if source is not None else None,
            source_id=source.id if source is not None else None,
            corrects_id=corrects.id if corrects is not None else None,
        )
        db.session.add(reading)
        record("measure.read", self, by=by, value=format(value, "f"), on=on.isoformat())
        return reading

    def _refuse_unless_correctable(self, reading: Reading) -> None:
        if reading.measure_id != self.id:
            raise RuleBroken(_l("That reading is of another measure."))
        if db.session.scalar(select(Reading.id).where(Reading.corrects_id == reading.id)):
            raise RuleBroken(_l("That reading was corrected already. Correct the newer one."))


class Reading(Base):
    """One value of a measure on one day; never changed, only corrected by a later one."""

    __tablename__ = "reading"
    __table_args__ = (Index("ix_reading_measure_day", "measure_id", "read_on", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    measure_id: Mapped[int] = mapped_column(ForeignKey("measure.id"))
    value: Mapped[Decimal]
    read_on: Mapped[date]
    note: Mapped[str] = mapped_column(default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    source_type: Mapped[str | None]
    source_id: Mapped[int | None]
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("reading.id"), unique=True)


def key_of(name: str) -> str:
    """A measure's name as it is compared."""
    return " ".join(name.casefold().split())


def readings_of(measure_ids: list[int]) -> dict[int, list[Reading]]:
    """All readings that were not corrected, oldest first, per measure; one query."""
    rows = db.session.scalars(
        select(Reading).where(Reading.measure_id.in_(measure_ids), holds(Reading)).order_by(Reading.read_on, Reading.id)
    )
    found: dict[int, list[Reading]] = {measure_id: [] for measure_id in measure_ids}
    for reading in rows:
        found[reading.measure_id].append(reading)
    return found
