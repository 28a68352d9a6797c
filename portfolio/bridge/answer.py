"""What operations said to a promotion: rows are added and never changed; the latest is what holds."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portfolio.foundation.columns import choice
from portfolio.foundation.database import Base
from portfolio.people.person import Person


class State(enum.Enum):
    """What operations said so far. What became of it after a yes is its fate, read from the initiative."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    DECLINED = "declined"


class Answer(Base):
    """One answer of an operations owner."""

    __tablename__ = "promotion_answer"
    __table_args__ = (
        CheckConstraint("state <> 'offered'", name="answers"),
        CheckConstraint("state = 'deferred' OR (deferred_until = '' AND review_id IS NULL)", name="deferral"),
        Index("ix_promotion_answer_promotion", "promotion_id", "id"),
        Index("ix_promotion_answer_state_at", "state", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    promotion_id: Mapped[int] = mapped_column(ForeignKey("promotion.id"))
    state: Mapped[State] = mapped_column(choice(State))
    reason: Mapped[str]
    deferred_until: Mapped[str]  # The review it is put off to, by name.
    review_id: Mapped[int | None] = mapped_column(index=True)  # The same by number, where that review exists.
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    by: Mapped[Person] = relationship(lazy="raise")
