"""Milestones of a plan: a name, the day it is due and the day it was reached."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portfolio.foundation.database import Base


class InitiativeMilestone(Base):
    """A point in the plan that is reached or not; money does not wait for it."""

    __tablename__ = "initiative_milestone"

    id: Mapped[int] = mapped_column(primary_key=True)
    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id"), index=True)
    position: Mapped[int]
    name: Mapped[str]
    due_on: Mapped[date | None]
    reached_on: Mapped[date | None]

    @property
    def is_reached(self) -> bool:
        """Whether it is behind us."""
        return self.reached_on is not None

    def is_late(self, today: date) -> bool:
        """Whether its day has passed without it."""
        return self.reached_on is None and self.due_on is not None and self.due_on < today
