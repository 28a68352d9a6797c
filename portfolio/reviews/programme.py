"""How the facilitator runs the meeting: which parts come when and how long they take, and what the room looks at now.

What the parts hold follows the portfolio; only the order, the minutes and what is left out are said here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, delete, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portfolio.audit.entry import record
from portfolio.foundation.columns import choice
from portfolio.foundation.database import Base, db
from portfolio.foundation.errors import RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.people.person import Person
from portfolio.reviews.outcome import Part
from portfolio.reviews.review import CLOSED, LONGEST, Review
from portfolio.reviews.said import Section


@dataclass(frozen=True)
class Place:
    """Where a part comes.

    Args:
        minutes: what it takes; None for its share of what is left.
    """

    part: Part
    minutes: int | None = None
    dropped: bool = False


class ReviewPlace(Base):
    """Where the facilitator put a part of the agenda. A review without these rows goes by the usual order."""

    __tablename__ = "review_place"
    __table_args__ = (
        CheckConstraint(f"minutes BETWEEN 1 AND {LONGEST}", name="minutes"),
        CheckConstraint("place > 0", name="place"),
    )

    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), primary_key=True, autoincrement=False)
    part: Mapped[Part] = mapped_column(choice(Part), primary_key=True)
    place: Mapped[int]
    minutes: Mapped[int | None]
    dropped: Mapped[bool]
    number: Mapped[int | None]  # How many things it held when the review was opened; its minutes are shared by them.

    @staticmethod
    def settle(review: Review, order: Sequence[Part], minutes: Mapping[Part, int], numbers: Mapping[Part, int]) -> None:
        """Keep to what was planned, however much is decided meanwhile; part of opening a review.

        Args:
            order: all parts.
            minutes: of those that take any.
            numbers: of things in those that are gone through; what is not named is left out.
        """
        db.session.execute(delete(ReviewPlace).where(ReviewPlace.review_id == review.id))
        for place, part in enumerate(order, start=1):
            db.session.add(
                ReviewPlace(
                    review_id=review.id,
                    part=part,
                    place=place,
                    minutes=minutes.get(part) or None,
                    dropped=part not in numbers,
                    number=numbers.get(part) or None,
                )
            )

    @staticmethod
    def arrange(review: Review, places: Sequence[Place], *, by: Person) -> None:
        """Put all parts in this order.

        Raises:
            RuleBroken: it is closed, not every part has one place, all are left out, or one takes no time or too much.
        """
        if review.is_closed:
            raise RuleBroken(CLOSED)
        if sorted(place.part.value for place in places) != sorted(part.value for part in Part):
            raise RuleBroken(_l("Every part has one place on the agenda."))
        if all(place.dropped for place in places):
            raise RuleBroken(_l("Leave at least one part on the agenda."))
        if any(place.minutes is not None and not 1 <= place.minutes <= LONGEST for place in places):
            raise RuleBroken(_l("A part takes 1 to %(longest)s minutes.", longest=LONGEST))
        known = select(ReviewPlace.part, ReviewPlace.number).where(ReviewPlace.review_id == review.id)
        numbers = {part: number for part, number in db.session.execute(known)}
        db.session.execute(delete(ReviewPlace).where(ReviewPlace.review_id == review.id))
        for place, at in enumerate(places, start=1):
            said = {"part": at.part, "minutes": at.minutes, "dropped": at.dropped}
            db.session.add(ReviewPlace(review_id=review.id, place=place, number=numbers.get(at.part), **said))
        dropped = [place.part.value for place in places if place.dropped]
        record("review.arranged", review, by=by, parts=[place.part.value for place in places], dropped=dropped)


class ReviewTopic(Base):
    """Something the facilitator added, which no part of the portfolio would have brought."""

    __tablename__ = "review_topic"
    __table_args__ = (Index("ix_review_topic_review", "review_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    title: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    by: Mapped[Person] = relationship(lazy="raise")

    @classmethod
    def add(cls, review: Review, title: str, *, by: Person, at: datetime) -> ReviewTopic:
        """Put it on the agenda.

        Raises:
            RuleBroken: the review is closed.
        """
        if review.is_closed:
            raise RuleBroken(CLOSED)
        topic = cls(review_id=review.id, title=title, by_id=by.id, at=at)
        db.session.add(topic)
        db.session.flush()
        record("review.topic_added", review, by=by, topic=topic.id)
        return topic

    def take_off(self, review: Review, *, by: Person) -> None:
        """Take it off the agenda again.

        Args:
            review: whose agenda it is on.

        Raises:
            RuleBroken: the review is closed.
        """
        if review.is_closed:
            raise RuleBroken(CLOSED)
        db.session.delete(self)
        record("review.topic_taken_off", review, by=by, names={"topic": self.title}, topic=self.id)


class ReviewTurn(Base):
    """A part of the agenda, or one thing in it, whose turn it was: the last is what the room looks at now."""

    __tablename__ = "review_turn"
    __table_args__ = (Index("ix_review_turn_review", "review_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    part: Mapped[Part] = mapped_column(choice(Part))
    ref: Mapped[str] = mapped_column(default="")  # Of the one thing; none for the part as a whole.
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    @classmethod
    def take(cls, review: Review, part: Part, ref: str, *, by: Person, at: datetime) -> ReviewTurn:
        """Let the room look at this.

        Raises:
            RuleBroken: the review is not open.
        """
        review.refuse_unless_open()
        turn = cls(review_id=review.id, part=part, ref=ref, by_id=by.id, at=at)
        db.session.add(turn)
        record("review.turn_taken", review, by=by, part=part.value, thing=ref)
        return turn


def arranged(
    sections: Sequence[Section], places: Sequence[Place | ReviewPlace], told: Collection[Part] = ()
) -> tuple[list[Section], list[Section]]:
    """The parts on the agenda in the facilitator's order, and those that were left out.

    Args:
        told: the parts that tell of what was recorded meanwhile, so that they are not left out any more.
    """
    by_part = {section.part: section for section in sections}
    placed = [by_part[place.part] for place in places if place.part in by_part]
    order = placed + [section for section in sections if section not in placed]
    out = {place.part for place in places if place.dropped and place.part not in told}
    return [section for section in order if section.part not in out], [one for one in order if one.part in out]


# Minutes ------------------------------------------------------------------------------------------------------------

# What one thing of a part asks beside one of another; what waits for a decision asks most.
SHARE_OF_ONE = {
    Part.ENDED: 6,
    Part.PROMOTIONS: 5,
    Part.BARRIERS: 4,
    Part.OFF_TRACK: 3,
    Part.OWN: 5,
    Part.ACTIONS: 1,
    Part.ADOPTION: 2,
    Part.DECIDED: 1,
    Part.NOT_DOING: 1,
    Part.WINS: 1,
    Part.AGREED: 1,
}
SHARE_OF_PART = {Part.BALANCE: 4, Part.MONEY: 8, Part.NOT_DOING: 3, Part.WINS: 4, Part.AGREED: 3}


def minutes_for(
    length: int, numbers: Mapping[Part, int], fixed: Mapping[Part, int], *, least: int = 1
) -> dict[Part, int]:
    """The minutes of each part, which together fit the length of the meeting where that can be.

    Args:
        length: of the meeting, in minutes.
        numbers: how many things each part on the agenda holds.
        fixed: the minutes that the facilitator gave.
        least: what a part gets that holds something or always asks attention, even where nothing is left for it.

    Returns:
        whole minutes; none for a part that holds nothing.
    """
    shares = {
        part: SHARE_OF_PART.get(part, 0) + number * SHARE_OF_ONE.get(part, 0)
        for part, number in numbers.items()
        if part not in fixed
    }
    asking = {part: share for part, share in shares.items() if share}
    left = max(length - sum(fixed[part] for part in numbers if part in fixed), least * len(asking))
    least = min(least, left // max(1, len(asking)))
    whole = sum(asking.values())
    exact = {part: least + (left - least * len(asking)) * share / whole for part, share in asking.items()}
    found = {part: int(minutes) for part, minutes in exact.items()}
    for part in sorted(exact, key=lambda part: found[part] - exact[part])[: left - sum(found.values())]:
        found[part] += 1  # The largest remainders take what rounding left.
    return {part: fixed.get(part, found.get(part, 0)) for part in numbers}


def planned(
    held: Sequence[Section], places: Sequence[Place | ReviewPlace], length: int, *, begun: bool = False
) -> dict[Part, int]:
    """The minutes of each part that is gone through: those it was given, else its share of the meeting.

    Args:
        begun: whether the meeting goes on; what comes up then gets minutes as far as some are left.
    """
    numbers = {section.part: len(section.asking) for section in held}
    fixed = {place.part: place.minutes for place in places if place.minutes and not place.dropped}
    return minutes_for(length, numbers, fixed, least=0 if begun else 1)
