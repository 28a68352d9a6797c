"""What somebody took on in a review: what, who, by when; and whether it was done."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portfolio.audit.entry import record
from portfolio.foundation.database import Base
from portfolio.foundation.errors import RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.people.person import Person

if TYPE_CHECKING:
    from portfolio.reviews.review import Review


class ReviewAction(Base):
    """One agreement. The closed review keeps it as it was made; that it is done is said here, and in the next one."""

    __tablename__ = "review_action"
    __table_args__ = (
        Index("ix_review_action_review", "review_id", "id"),
        Index("ix_review_action_owner", "owner_id", "done_at"),
        CheckConstraint("(done_at IS NULL) = (done_by_id IS NULL)", name="done"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    what: Mapped[str]
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    due_on: Mapped[date]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    review: Mapped[Review] = relationship(lazy="raise")
    owner: Mapped[Person] = relationship(lazy="raise", foreign_keys=owner_id)

    @property
    def is_done(self) -> bool:
        """Whether somebody said so."""
        return self.done_at is not None

    def is_late(self, today: date) -> bool:
        """Whether its day has passed and nobody said it is done."""
        return not self.is_done and today > self.due_on

    def finish(self, *, by: Person, at: datetime) -> None:
        """Say that it is done.

        Raises:
            RuleBroken: it was done before.
        """
        if self.is_done:
            raise RuleBroken(_l("This was done already."))
        self.done_at, self.done_by_id = at, by.id
        record("review.action_done", self.review, by=by, agreed=self.id)
