"""The monthly half hour: what was said and agreed in a month between two reviews. Begun by the first word on it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portfolio.audit.entry import record
from portfolio.foundation import rich_text
from portfolio.foundation.database import Base, db
from portfolio.foundation.errors import RuleBroken
from portfolio.foundation.languages import Lazy, month_words
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.organisation.house_rules import HouseRules
from portfolio.people.person import Person
from portfolio.reviews.action import ReviewAction, refuse_unless_doable


def month_of(day: date) -> str:
    """The name of a month, such as 2026-11."""
    return f"{day:%Y-%m}"


class HalfHour(Base):
    """One month's. What is on its page follows the portfolio; what was written on it stays."""

    __tablename__ = "half_hour"

    id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[str] = mapped_column(unique=True)
    begun_at: Mapped[datetime]

    notes: Mapped[list[HalfHourNote]] = relationship(lazy="raise", order_by="HalfHourNote.id")
    actions: Mapped[list[ReviewAction]] = relationship(lazy="raise", order_by=ReviewAction.id)

    @property
    def name(self) -> str:
        """What the trail calls it."""
        return self.month

    @property
    def words(self) -> object:
        """Its month for a reader, such as November 2026."""
        return Lazy(month_words, self.first_day)

    @property
    def first_day(self) -> date:
        """The first of its month."""
        return date.fromisoformat(f"{self.month}-01")

    @classmethod
    def begin(cls, today: date, *, at: datetime) -> HalfHour:
        """Begin this month's."""
        half_hour = cls(month=month_of(today), begun_at=at)
        db.session.add(half_hour)
        db.session.flush()
        return half_hour

    def note(self, body: str, *, today: date, by: Person, at: datetime) -> HalfHourNote:
        """Note what was said.

        Raises:
            RuleBroken: its month is over.
        """
        self._refuse_unless_now(today)
        note = HalfHourNote(half_hour_id=self.id, body=body, by_id=by.id, at=at)
        db.session.add(note)
        rich_text.keep(body)
        record("half_hour.noted", self, by=by)
        return note

    def agree(
        self, what: str, owner: Person, due_on: date, *, rules: HouseRules, by: Person, at: datetime
    ) -> ReviewAction:
        """Agree that somebody does something by a day; it comes up next month and in the next review.

        Raises:
            RuleBroken: its month is over, the owner has no active account, or the day has passed.
        """
        self._refuse_unless_now(rules.today)
        refuse_unless_doable(owner, due_on, rules.today)
        action = ReviewAction(half_hour_id=self.id, what=what, owner_id=owner.id, due_on=due_on, by_id=by.id, at=at)
        db.session.add(action)
        db.session.flush()
        said = {"agreed": action.id, "due": due_on.isoformat()}
        record("half_hour.agreed", self, by=by, names={"owner": owner.name}, **said)
        return action

    def _refuse_unless_now(self, today: date) -> None:
        if self.month != month_of(today):
            raise RuleBroken(_l("That month is over. Write it on this month’s half hour."))


class HalfHourNote(Base):
    """What was said, in Markdown; rows are added and never changed."""

    __tablename__ = "half_hour_note"
    __table_args__ = (Index("ix_half_hour_note_half_hour", "half_hour_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    half_hour_id: Mapped[int] = mapped_column(ForeignKey("half_hour.id"))
    body: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    by: Mapped[Person] = relationship(lazy="raise")
