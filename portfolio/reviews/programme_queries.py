"""Reading how a meeting is run: the order of its parts, what was added, and what the room looks at."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portfolio.audit.entry import AuditEntry
from portfolio.foundation.database import db
from portfolio.foundation.errors import Missing
from portfolio.reviews.outcome import Part
from portfolio.reviews.programme import ReviewPlace, ReviewTopic, ReviewTurn
from portfolio.reviews.review import Review
from portfolio.reviews.thing import ReviewThing

# What concerns nobody in the room, or happens all the time.
NOT_NEWS = ("person.%", "%\\_refused")


def places_of(review: Review) -> Sequence[ReviewPlace]:
    """Where the facilitator put the parts, in their order; none where they stand as usual."""
    statement = select(ReviewPlace).where(ReviewPlace.review_id == review.id).order_by(ReviewPlace.place)
    return db.session.scalars(statement).all()


def things_of(review: Review) -> dict[Part, list[ReviewThing]]:
    """Where the facilitator put the things of each part that was arranged."""
    found: dict[Part, list[ReviewThing]] = {}
    for thing in db.session.scalars(select(ReviewThing).where(ReviewThing.review_id == review.id)):
        found.setdefault(thing.part, []).append(thing)
    return found


def topic_for_change(review: Review, number: int) -> ReviewTopic:
    """One thing that was added to the agenda.

    Raises:
        Missing: there is none.
    """
    found = db.session.get(ReviewTopic, number)
    if found is None or found.review_id != review.id:
        raise Missing
    return found


def topics_of(review: Review) -> Sequence[ReviewTopic]:
    """What was added to the agenda, oldest first."""
    statement = select(ReviewTopic).where(ReviewTopic.review_id == review.id).options(joinedload(ReviewTopic.by))
    return db.session.scalars(statement.order_by(ReviewTopic.id)).all()


def turn_of(review: Review) -> ReviewTurn | None:
    """What the room looks at now."""
    statement = select(ReviewTurn).where(ReviewTurn.review_id == review.id)
    return db.session.scalars(statement.order_by(ReviewTurn.id.desc()).limit(1)).first()


def news_of(review: Review) -> int:
    """A number that grows whenever something happens that the room should see; one statement."""
    statement = select(func.max(AuditEntry.seq)).where(AuditEntry.seq > (review.trail_from or 0))
    for pattern in NOT_NEWS:
        statement = statement.where(AuditEntry.action.not_like(pattern, escape="\\"))
    return db.session.scalar(statement) or 0
