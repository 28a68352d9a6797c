"""What somebody took on in a review or a half hour: what, who, by when; and whether it was done."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portfolio.audit.entry import record
from portfolio.foundation.database import Base
from portfolio.foundation.errors import Obstacle, RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.people.person import Person

if TYPE_CHECKING:
    from portfolio.reviews.half_hour import HalfHour
    from portfolio.reviews.review import Review


class ReviewAction(Base):
    """One agreement. The closed review keeps it as it was made; that it is done is said here, and in the next one."""

    __tablename__ = "review_action"
    __table_args__ = (
        Index("ix_review_action_review", "review_id", "id"),
        Index("ix_review_action_half_hour", "half_hour_id", "id"),
        Index("ix_review_action_owner", "owner_id", "done_at"),
        CheckConstraint("(done_at IS NULL) = (done_by_id IS NULL)", name="done"),
        CheckConstraint("(review_id IS NULL) <> (half_hour_id IS NULL)", name="meeting"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int | None] = mapped_column(ForeignKey("review.id"))
    half_hour_id: Mapped[int | None] = mapped_column(ForeignKey("half_hour.id"))
    what: Mapped[str]
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    due_on: Mapped[date]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    review: Mapped[Review | None] = relationship(lazy="raise")
    half_hour: Mapped[HalfHour | None] = relationship(lazy="raise", overlaps="actions")
    owner: Mapped[Person] = relationship(lazy="raise", foreign_keys=owner_id)

    @property
    def agreed_in(self) -> object:
        """Where it was agreed, in words."""
        if self.review is not None:
            return _l("Agreed in the review of %(quarter)s", quarter=self.review.quarter)
        return _l("Agreed in the half hour of %(month)s", month=self.half_hour.words if self.half_hour else "")

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
        meeting = self.review or self.half_hour
        record(f"{'review' if self.review else 'half_hour'}.action_done", meeting, by=by, agreed=self.id)


def refuse_unless_doable(owner: Person, due_on: date, today: date) -> None:
    """Let nothing be agreed that nobody can do in time.

    Raises:
        RuleBroken: the owner has no active account, or the day has passed.
    """
    if due_on < today:
        raise RuleBroken(
            _l("What is agreed now is done today or later."), [Obstacle(_l("Give a later day."), "due_on")]
        )
    if not owner.is_volunteer:
        raise RuleBroken(_l("Name somebody of the organisation who does it."))
