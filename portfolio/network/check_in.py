"""The weekly pulse: how sure the team is, and what happens Monday at 9:00."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portfolio.foundation.database import Base
from portfolio.people.person import Person


class CheckIn(Base):
    """One pulse in one week of the timebox; the last of a week counts."""

    __tablename__ = "check_in"
    __table_args__ = (
        Index("ix_check_in_experiment", "experiment_id", "id"),
        CheckConstraint("confidence BETWEEN 0 AND 100 AND hours >= 0", name="range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiment.id"))
    week: Mapped[int]
    confidence: Mapped[int]
    hours: Mapped[int]
    next_step: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    by: Mapped[Person] = relationship(lazy="raise")
