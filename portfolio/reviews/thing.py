"""Where one thing comes within its part of an agenda, and which wait for another time.

What nobody arranged stands as the portfolio brings it, after what was.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import CheckConstraint, ForeignKey, delete
from sqlalchemy.orm import Mapped, mapped_column

from portfolio.audit.entry import record
from portfolio.foundation.columns import choice
from portfolio.foundation.database import Base, db
from portfolio.foundation.errors import RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.people.person import Person
from portfolio.reviews.outcome import Part
from portfolio.reviews.review import CLOSED, Review
from portfolio.reviews.said import Line, Said, Section


@dataclass(frozen=True)
class Thing:
    """One thing in its place.

    Args:
        ref: its identifier for life, such as X-014.
        left_out: whether it waits for another time.
    """

    ref: str
    left_out: bool = False


class ReviewThing(Base):
    """Where the facilitator put one thing within its part."""

    __tablename__ = "review_thing"
    __table_args__ = (CheckConstraint("place > 0", name="place"),)

    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), primary_key=True, autoincrement=False)
    part: Mapped[Part] = mapped_column(choice(Part), primary_key=True)
    ref: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[int]
    left_out: Mapped[bool]

    @staticmethod
    def arrange(review: Review, section: Section, things: Sequence[Thing], *, by: Person) -> None:
        """Put the things of a part in this order.

        Args:
            section: the part as it stands.
            things: those to arrange; what is not named stands after them.

        Raises:
            RuleBroken: the review is closed, one is named twice, or is not in that part.
        """
        if review.is_closed:
            raise RuleBroken(CLOSED)
        named, there = [thing.ref for thing in things], {line.ref for line in section.lines if line.ref}
        for ref in named:
            if ref not in there:
                raise RuleBroken(_l("%(thing)s is not in that part of the agenda.", thing=ref))
            if named.count(ref) > 1:
                raise RuleBroken(_l("%(thing)s is named twice.", thing=ref))
        known = (ReviewThing.review_id == review.id, ReviewThing.part == section.part)
        db.session.execute(delete(ReviewThing).where(*known))
        for number, thing in enumerate(things, start=1):
            db.session.add(
                ReviewThing(
                    review_id=review.id, part=section.part, ref=thing.ref, place=number, left_out=thing.left_out
                )
            )
        left_out = [thing.ref for thing in things if thing.left_out]
        record("review.part_arranged", review, by=by, part=section.part.value, things=named, left_out=left_out)


def in_order(section: Section, things: Sequence[ReviewThing], recorded: Collection[str] = ()) -> Section:
    """A part with its things where the facilitator put them; what is left out comes last and asks nothing.

    Args:
        recorded: identifiers of what something was recorded about meanwhile, so that it was not left out after all.
    """
    if not things:
        return section
    places = {thing.ref: thing.place for thing in things}
    out = {thing.ref for thing in things if thing.left_out}.difference(recorded)
    lines = [_left_out(line) if line.ref in out else line for line in section.lines]
    return replace(
        section, lines=sorted(lines, key=lambda line: (line.left_out, places.get(line.ref, len(places) + 1)))
    )


def _left_out(line: Line) -> Line:
    return replace(line, waits=False, left_out=True, sub=(*line.sub, Said(_l("Left out this time"))))
