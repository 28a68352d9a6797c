"""The visions: what is true in 24 and in 48 months."""

from __future__ import annotations

import calendar
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portfolio.audit.entry import record
from portfolio.foundation.database import Base, db
from portfolio.foundation.errors import Conflict, RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.people.person import Person

MONTHS = (24, 48)


class Vision(Base):
    """A vision as it was written at one moment. The latest holds; none is ever changed."""

    __tablename__ = "vision"
    __table_args__ = (CheckConstraint("months IN (24, 48)", name="months"), Index("ix_vision_months", "months", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    months: Mapped[int]
    statement: Mapped[str]
    due_on: Mapped[date]  # The day it is to be true. Other words leave it where it was, so that it comes nearer.
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    by: Mapped[Person] = relationship(lazy="raise")

    @classmethod
    def write(
        cls,
        months: int,
        statement: str,
        *,
        before: Vision | None,
        shown: int,
        count_again: bool = False,
        today: date,
        by: Person,
        at: datetime,
    ) -> Vision:
        """Say it anew, for the same day as before or counted from today.

        Args:
            months: 24 or 48.
            before: the vision that holds now.
            shown: the number of the vision that was shown, 0 for none; another may have come since.
            count_again: the months begin today; they always do for the first vision, and after its day.

        Raises:
            Conflict: somebody wrote another since it was shown.
            RuleBroken: it says this already, for the same day.
        """
        if (before.id if before else 0) != shown:
            raise Conflict(_l("Somebody wrote another vision after you opened it. Yours is still below."))
        keeps_day = before is not None and not count_again and before.due_on > today
        due_on = before.due_on if before is not None and keeps_day else months_after(today, months)
        if before and (before.statement, before.due_on) == (statement, due_on):
            raise RuleBroken(_l("It says exactly this already."))
        vision = cls(months=months, statement=statement, due_on=due_on, by_id=by.id, at=at)
        db.session.add(vision)
        record("vision.written", vision, by=by, months=months, due_on=due_on.isoformat())
        return vision


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month when it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    last = calendar.monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))
