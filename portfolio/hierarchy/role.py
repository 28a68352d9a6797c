"""Who carries which part of an initiative. The one who is accountable is its owner, and stands there only."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portfolio.foundation.columns import choice
from portfolio.foundation.database import Base
from portfolio.hierarchy.state import Letter
from portfolio.people.person import Person


class InitiativeRole(Base):
    """Somebody who is responsible, consulted or informed."""

    __tablename__ = "initiative_role"
    __table_args__ = (
        Index("uq_initiative_role", "initiative_id", "person_id", unique=True),
        CheckConstraint("letter <> 'A'", name="one_accountable"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id"))
    position: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    letter: Mapped[Letter] = mapped_column(choice(Letter))

    person: Mapped[Person] = relationship(lazy="raise")
