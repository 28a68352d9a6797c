"""What we chose not to do, taken up again: on purpose, by a leader, with the reason."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portfolio.audit.entry import record
from portfolio.foundation import rich_text
from portfolio.foundation.database import Base, db
from portfolio.foundation.errors import RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.people.person import Person
from portfolio.reviews.outcome import ReviewChoice
from portfolio.reviews.review import Review


class ReviewReopening(Base):
    """That a choice no longer stands. The closed review keeps it as it was made."""

    __tablename__ = "review_reopening"

    choice_id: Mapped[int] = mapped_column(ForeignKey("review_choice.id"), primary_key=True, autoincrement=False)
    reason: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    by: Mapped[Person] = relationship(lazy="raise")

    @classmethod
    def of(cls, choice: ReviewChoice, reason: str, *, by: Person, at: datetime) -> ReviewReopening:
        """Reopen a choice of a closed review.

        Raises:
            RuleBroken: its review still goes on, it was reopened before, or this is not a leader.
        """
        review = db.session.get_one(Review, choice.review_id)
        if not by.is_leader:
            raise RuleBroken(_l("What we will not do is chosen by a leader."))
        if not review.is_closed:
            raise RuleBroken(_l("This review still goes on; talk about it there."))
        if db.session.scalar(select(cls.choice_id).where(cls.choice_id == choice.id)):
            raise RuleBroken(_l("This was reopened already."))
        reopening = cls(choice_id=choice.id, reason=reason, by_id=by.id, at=at)
        db.session.add(reopening)
        rich_text.keep(reason)
        record("review.choice_reopened", review, by=by, choice=choice.id)
        return reopening
