"""What a review adds to what is recorded elsewhere: notes, what we will not do, what is kept, and corrections.

Rows are added and never changed.
"""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portfolio.foundation.columns import choice
from portfolio.foundation.database import Base
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.people.person import Person


class Part(enum.Enum):
    """The parts of the agenda, in the order in which they are gone through."""

    ACTIONS = "actions"
    BALANCE = "balance"
    ENDED = "ended"
    OFF_TRACK = "off_track"
    BARRIERS = "barriers"
    DECIDED = "decided"
    PROMOTIONS = "promotions"
    ADOPTION = "adoption"
    MONEY = "money"
    NOT_DOING = "not_doing"
    WINS = "wins"
    OWN = "own"
    AGREED = "agreed"

    @property
    def label(self) -> object:
        """The part's title for a reader."""
        return PART_LABELS[self]


PART_LABELS = {
    Part.ACTIONS: _l("What we agreed last time"),
    Part.BALANCE: _l("The two systems beside each other"),
    Part.ENDED: _l("Timeboxes ended: decide"),
    Part.OFF_TRACK: _l("Off track"),
    Part.BARRIERS: _l("Barriers: who removes them, by when"),
    Part.DECIDED: _l("Experiments decided since last time"),
    Part.PROMOTIONS: _l("Promotions: accept, defer, decline"),
    Part.ADOPTION: _l("Adoption of earlier promotions"),
    Part.MONEY: _l("Money"),
    Part.NOT_DOING: _l("What we will not do"),
    Part.WINS: _l("Wins"),
    Part.OWN: _l("Also on the agenda"),
    Part.AGREED: _l("What we agree to do"),
}


class ReviewNote(Base):
    """What was said about a part of the agenda, in Markdown."""

    __tablename__ = "review_note"
    __table_args__ = (Index("ix_review_note_review", "review_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    part: Mapped[Part] = mapped_column(choice(Part))
    body: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    by: Mapped[Person] = relationship(lazy="raise")


class ReviewChoice(Base):
    """Something we will not do, and why."""

    __tablename__ = "review_choice"
    __table_args__ = (Index("ix_review_choice_review", "review_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    what: Mapped[str]
    reason: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    by: Mapped[Person] = relationship(lazy="raise")


class ReviewKeep(Base):
    """An approved experiment that did not start in its quarter, and keeps its money all the same."""

    __tablename__ = "review_keep"
    __table_args__ = (Index("uq_review_keep", "review_id", "experiment_id", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiment.id"), index=True)
    reason: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    by: Mapped[Person] = relationship(lazy="raise")


class ReviewAddendum(Base):
    """A correction of a closed review: stands below the record, which stays as it is."""

    __tablename__ = "review_addendum"
    __table_args__ = (Index("ix_review_addendum_review", "review_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    body: Mapped[str]
    name: Mapped[str]  # Of whoever wrote it, as it was then.
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
