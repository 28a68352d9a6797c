"""The big opportunity: one short statement of why change is urgent and what becomes possible."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portfolio.audit.entry import record
from portfolio.foundation.database import Base, db
from portfolio.foundation.errors import Conflict, RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.people.person import Person


class BigOpportunity(Base):
    """The statement as it was written at one moment. The latest holds; none is ever changed."""

    __tablename__ = "big_opportunity"

    id: Mapped[int] = mapped_column(primary_key=True)
    statement: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    by: Mapped[Person] = relationship(lazy="raise")

    @classmethod
    def write(
        cls, statement: str, *, before: BigOpportunity | None, shown: int, by: Person, at: datetime
    ) -> BigOpportunity:
        """Say it anew.

        Args:
            before: the statement that holds now.
            shown: the number of the statement that was shown, 0 for none; another may have come since.

        Raises:
            Conflict: somebody wrote another since it was shown.
            RuleBroken: it says this already.
        """
        if (before.id if before else 0) != shown:
            raise Conflict(_l("Somebody wrote another statement after you opened it. Yours is still below."))
        if before and before.statement == statement:
            raise RuleBroken(_l("It says exactly this already."))
        written = cls(statement=statement, by_id=by.id, at=at)
        db.session.add(written)
        record("big_opportunity.written", written, by=by)
        return written
