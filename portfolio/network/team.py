"""Who takes part: members of a team, and hands that were raised to join it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portfolio.foundation.database import Base
from portfolio.people.person import Person


class Member(Base):
    """Somebody on a team, the lead too, from one moment until another."""

    __tablename__ = "member"
    __table_args__ = (
        Index("uq_member_now", "experiment_id", "person_id", unique=True, sqlite_where=text("until IS NULL"),
              postgresql_where=text("until IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiment.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    hours_a_week: Mapped[int] = mapped_column(default=0)
    since: Mapped[datetime]
    until: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise")

    @property
    def is_on_it(self) -> bool:
        """Whether they take part now."""
        return self.until is None


class Hand(Base):
    """A raised hand. The lead accepts it; it can be lowered without giving a reason."""

    __tablename__ = "hand"
    __table_args__ = (
        Index("uq_hand_up", "experiment_id", "person_id", unique=True,
              sqlite_where=text("accepted_at IS NULL AND lowered_at IS NULL"),
              postgresql_where=text("accepted_at IS NULL AND lowered_at IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiment.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    hours_a_week: Mapped[int]
    note: Mapped[str]
    raised_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    lowered_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise")

    @property
    def is_up(self) -> bool:
        """Whether it still waits."""
        return self.accepted_at is None and self.lowered_at is None
