"""Milestones of a proposal: steps whose evidence releases a part of the money."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portfolio.foundation.database import Base
from portfolio.network.charter import MilestoneText


class Milestone(Base):
    """A step whose evidence releases a part of the money."""

    __tablename__ = "milestone"
    __table_args__ = (CheckConstraint("amount >= 0", name="amount"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiment.id"), index=True)
    position: Mapped[int]
    name: Mapped[str]
    week: Mapped[int | None]
    amount: Mapped[int]

    def text(self) -> MilestoneText:
        """What is written."""
        return MilestoneText(name=self.name, week=self.week, amount=self.amount)
