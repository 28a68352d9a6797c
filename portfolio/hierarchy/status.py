"""How it goes, week by week: rows are added and never changed; the latest is what holds."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portfolio.foundation.columns import choice
from portfolio.foundation.database import Base
from portfolio.hierarchy.state import Colour
from portfolio.people.person import Person

RHYTHM = timedelta(days=7)  # A status is reported weekly.


class InitiativeStatus(Base):
    """What its owner said of it on one day."""

    __tablename__ = "initiative_status"
    __table_args__ = (
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
        Index("ix_initiative_status_initiative", "initiative_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id"))
    colour: Mapped[Colour] = mapped_column(choice(Colour))
    reason: Mapped[str]
    percent: Mapped[int]
    reported_on: Mapped[date]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    by: Mapped[Person] = relationship(lazy="raise")
