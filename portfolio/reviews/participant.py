"""Who takes part in a review, and what they were told of it by mail."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ForeignKey, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portfolio.foundation.database import Base, db
from portfolio.foundation.errors import Obstacle, RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.people.person import Person


class ReviewParticipant(Base):
    """Somebody who is asked to a review, and gets its minutes."""

    __tablename__ = "review_participant"

    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False, index=True)
    invited_at: Mapped[datetime | None]  # When the plan, as it is now, was mailed to them.
    minutes_at: Mapped[datetime | None]  # When the minutes were.
    taken_at: Mapped[datetime | None]  # When a job took a mail to them on.

    person: Mapped[Person] = relationship(lazy="raise")

    @classmethod
    def gather(cls, review_id: int, people: Iterable[Person]) -> tuple[list[int], list[int]]:
        """Let exactly these people take part; gives who came to it, and who is on it no more.

        Raises:
            RuleBroken: somebody who came to it has no active account, or only looks on.
        """
        wanted = {person.id: person for person in people}
        there = set(db.session.scalars(select(cls.person_id).where(cls.review_id == review_id)))
        added, removed = sorted(wanted.keys() - there), sorted(there - wanted.keys())
        if not all(wanted[person_id].is_volunteer for person_id in added):
            words = _l("Only people of the organisation with an active account take part.")
            raise RuleBroken(words, [Obstacle(_l("Choose other people."), "participants")])
        if removed:
            db.session.execute(delete(cls).where(cls.review_id == review_id, cls.person_id.in_(removed)))
        db.session.add_all(cls(review_id=review_id, person_id=person_id) for person_id in added)
        db.session.flush()
        return added, removed

    @classmethod
    def tell_again(cls, review_id: int) -> None:
        """Have everybody told of the plan, for it is another one."""
        db.session.execute(update(cls).where(cls.review_id == review_id).values(invited_at=None, taken_at=None))

    @classmethod
    def has_heard(cls, review_id: int, *, at: datetime) -> None:
        """Let everybody count as told of the plan and of the minutes."""
        db.session.execute(update(cls).where(cls.review_id == review_id).values(invited_at=at, minutes_at=at))
