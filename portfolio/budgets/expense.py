"""Expenses: what was paid out of a grant."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portfolio.foundation.database import Base
from portfolio.foundation.money import Money
from portfolio.people.person import Person


class Expense(Base):
    """Something paid on a day; a wrong one is corrected by a new one that names it."""

    __tablename__ = "expense"
    __table_args__ = (CheckConstraint("amount >= 0", name="amount"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    grant_id: Mapped[int] = mapped_column(ForeignKey("funding.id"), index=True)
    amount: Mapped[int]
    currency: Mapped[str]
    spent_on: Mapped[date]
    what: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("expense.id"), unique=True)

    by: Mapped[Person] = relationship(lazy="raise")

    @property
    def money(self) -> Money:
        """How much it was."""
        return Money(self.amount, self.currency)
