"""Tranches: parts of a grant, each released when its milestone's evidence is accepted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from portfolio.foundation.database import Base
from portfolio.foundation.money import Money


class Tranche(Base):
    """A part of a grant. Number 0 is what no milestone names; it is released at the start."""

    __tablename__ = "tranche"
    __table_args__ = (
        Index("uq_tranche_number", "grant_id", "number", unique=True),
        CheckConstraint("amount >= 0 AND number >= 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    grant_id: Mapped[int] = mapped_column(ForeignKey("funding.id"))
    number: Mapped[int]
    name: Mapped[str]
    week: Mapped[int | None]
    amount: Mapped[int]
    currency: Mapped[str]
    evidence: Mapped[str] = mapped_column(default="")
    evidence_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    evidence_at: Mapped[datetime | None]
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    released_at: Mapped[datetime | None]

    @property
    def money(self) -> Money:
        """How much it is."""
        return Money(self.amount, self.currency)

    @property
    def is_released(self) -> bool:
        """Whether its money can be spent."""
        return self.released_at is not None

    @property
    def waits_for_release(self) -> bool:
        """Whether its evidence was given and nobody accepted it yet."""
        return self.evidence_at is not None and self.released_at is None


def divided(asked: int, milestones: Sequence[int], granted: int) -> list[int]:
    """Divide a grant over the start and the milestones; what is less than asked is cut from the last backwards.

    Args:
        asked: what was asked in all, in minor units.
        milestones: what each milestone asked for.
        granted: what was granted.

    Returns:
        the amount for the start and for each milestone, adding up to what was granted.
    """
    parts = [max(asked - sum(milestones), 0), *milestones]
    cut = sum(parts) - granted
    for place in reversed(range(len(parts))):
        less = min(max(cut, 0), parts[place])
        parts[place] -= less
        cut -= less
    parts[0] -= cut  # More than asked, if ever, goes to the start.
    return parts
