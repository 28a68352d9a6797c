"""Reading reviews, what they left behind, and what the trail noted while they were open."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portfolio.audit.entry import AuditEntry, AuditNames
from portfolio.audit.queries import Line
from portfolio.foundation.database import db, for_change
from portfolio.foundation.errors import Missing
from portfolio.foundation.numbering import number_of
from portfolio.foundation.paging import Page
from portfolio.network.experiment import Experiment
from portfolio.network.state import State
from portfolio.organisation.house_rules import HouseRules
from portfolio.organisation.quarter import Quarter
from portfolio.people.person import Person, Role, RoleName
from portfolio.reviews.action import ReviewAction
from portfolio.reviews.outcome import ReviewAddendum, ReviewChoice, ReviewKeep, ReviewNote
from portfolio.reviews.participant import ReviewParticipant
from portfolio.reviews.record import ReviewRecord
from portfolio.reviews.reopening import ReviewReopening
from portfolio.reviews.review import Review, ReviewState

# What a review can bring about, wherever the command is.
OUTCOMES = (
    "experiment.approved",
    "experiment.approval_signed",
    "experiment.returned",
    "experiment.declined",
    "experiment.decided",
    "experiment.stopped_early",
    "experiment.tranche_released",
    "experiment.supplemented",
    "experiment.supplement_signed",
    "experiment.amended",
    "experiment.amendment_declined",
    "experiment.withdrawn",
    "envelope.set",
    "promotion.accepted",
    "promotion.deferred",
    "promotion.declined",
    "barrier.taken",
    "barrier.removed",
    "barrier.closed",
    "review.opened",
    "review.experiment_kept",
)


# Reviews ------------------------------------------------------------------------------------------------------------


def review(ref: str) -> Review:
    """One review.

    Raises:
        Missing: there is none.
    """
    return _one(select(Review).where(Review.id == _number(ref)))


def state_of(ref: str) -> ReviewState:
    """Where one review stands.

    Raises:
        Missing: there is none.
    """
    state = db.session.scalar(select(Review.state).where(Review.id == _number(ref)))
    if state is None:
        raise Missing
    return state


def review_for_change(ref: str) -> Review:
    """One review, locked together with all that are not closed, so that no two are opened at once.

    Raises:
        Missing: there is none.
    """
    number = _number(ref)
    db.session.execute(
        for_change(
            select(Review.id).where(or_(Review.id == number, Review.state != ReviewState.CLOSED)).order_by(Review.id)
        )
    )
    return _one(select(Review).where(Review.id == number).execution_options(populate_existing=True))


def reviews(after: str | None, *, size: int = 20) -> Page[Review]:
    """Every review, the latest quarter first."""
    statement = select(Review).options(joinedload(Review.facilitator))
    return Page.of(statement, order=(Review.scheduled_for, Review.id), after=after, descending=True, size=size)


def next_review() -> Review | None:
    """The review that is open, else the one that comes first."""
    found = db.session.scalars(
        select(Review)
        .where(Review.state != ReviewState.CLOSED)
        .options(joinedload(Review.facilitator))
        .order_by(Review.state == ReviewState.SCHEDULED, Review.scheduled_for, Review.id)
        .limit(1)
    )
    return found.first()


def reviewed_quarters() -> set[str]:
    """The quarters that have their review."""
    return set(db.session.scalars(select(Review.quarter)))


def reviews_begun() -> set[str]:
    """The quarters whose review is open or over, so that nothing can be put off to it."""
    return set(db.session.scalars(select(Review.quarter).where(Review.state != ReviewState.SCHEDULED)))


def review_before(review: Review) -> Review | None:
    """The review that was closed last before this one."""
    earlier = select(Review).where(Review.state == ReviewState.CLOSED, Review.id != review.id)
    if review.closed_at is not None:
        earlier = earlier.where(Review.closed_at < review.closed_at)
    return db.session.scalars(earlier.order_by(Review.closed_at.desc(), Review.id.desc()).limit(1)).first()


def since_when(review: Review, before: Review | None, rules: HouseRules) -> datetime:
    """From when on a review looks back: the one before was closed, or its quarter began."""
    if before is not None and before.closed_at is not None:
        return before.closed_at
    first = Quarter.named(review.quarter, rules.fiscal_year_month).first_day
    return datetime.combine(first, time(), ZoneInfo(rules.time_zone))


# Who takes part ------------------------------------------------------------------------------------------------------


def is_followed(review: Review, rules: HouseRules) -> bool:
    """Whether the quarter after has its review already."""
    after = Quarter.named(review.quarter, rules.fiscal_year_month).next
    return db.session.scalar(select(Review.id).where(Review.quarter == after.name)) is not None


def participants_of(review: Review) -> Sequence[Person]:
    """Who takes part, by name."""
    taking = select(ReviewParticipant.person_id).where(ReviewParticipant.review_id == review.id)
    statement = select(Person).where(Person.id.in_(taking)).options(joinedload(Person.unit))
    return db.session.scalars(statement.order_by(Person.name, Person.id)).all()


def usual_participants() -> Sequence[Person]:
    """Who takes part unless somebody says otherwise: leaders, operations owners, and leads of what runs; by name."""
    usual = (RoleName.LEADER, RoleName.OPERATIONS_OWNER)
    roles = select(Role.person_id).where(Role.role.in_(usual))
    leads = select(Experiment.lead_id).where(Experiment.state == State.RUNNING, Experiment.lead_id.is_not(None))
    observers = select(Role.person_id).where(Role.role == RoleName.OBSERVER)
    statement = (
        select(Person)
        .where(Person.active, Person.id.not_in(observers), or_(Person.id.in_(roles), Person.id.in_(leads)))
        .options(joinedload(Person.unit), selectinload(Person.roles))
    )
    return db.session.scalars(statement.order_by(Person.name, Person.id)).all()


# What they left behind ----------------------------------------------------------------------------------------------


def notes_of(review: Review) -> Sequence[ReviewNote]:
    """What was noted, oldest first."""
    statement = select(ReviewNote).where(ReviewNote.review_id == review.id).options(joinedload(ReviewNote.by))
    return db.session.scalars(statement.order_by(ReviewNote.id)).all()


def choices_of(review: Review) -> Sequence[ReviewChoice]:
    """What we will not do, oldest first."""
    statement = select(ReviewChoice).where(ReviewChoice.review_id == review.id).options(joinedload(ReviewChoice.by))
    return db.session.scalars(statement.order_by(ReviewChoice.id)).all()


def choices_standing(this: Quarter) -> Sequence[tuple[ReviewChoice, str, ReviewReopening | None]]:
    """What we will not do this quarter, the review it was chosen in, and what was reopened since.

    What a review chose stands for the whole quarter after its own, and as long as no other was closed.
    """
    closed = select(Review.id).where(Review.state == ReviewState.CLOSED)
    last = closed.order_by(Review.closed_at.desc(), Review.id.desc()).limit(1)
    stands = or_(Review.quarter.in_((this.name, this.previous.name)), Review.id == last.scalar_subquery())
    statement = (
        select(ReviewChoice, Review.quarter, ReviewReopening)
        .join(Review, Review.id == ReviewChoice.review_id)
        .outerjoin(ReviewReopening, ReviewReopening.choice_id == ReviewChoice.id)
        .where(Review.state == ReviewState.CLOSED, stands)
        .options(joinedload(ReviewChoice.by), joinedload(ReviewReopening.by))
        .order_by(ReviewChoice.id)
    )
    return [(choice, quarter, reopening) for choice, quarter, reopening in db.session.execute(statement)]


def choice_for_change(choice_id: int) -> ReviewChoice:
    """One choice, locked.

    Raises:
        Missing: there is none.
    """
    found = db.session.scalars(for_change(select(ReviewChoice).where(ReviewChoice.id == choice_id))).first()
    if found is None:
        raise Missing
    return found


def choices_reopened(choices: Sequence[ReviewChoice]) -> set[int]:
    """The numbers of those that were reopened."""
    numbers = [choice.id for choice in choices]
    return set(db.session.scalars(select(ReviewReopening.choice_id).where(ReviewReopening.choice_id.in_(numbers))))


def choices_made_again(choices: Sequence[ReviewChoice]) -> dict[int, str]:
    """The latest quarter in whose review one of these was chosen once more, in the same words, by its number."""
    again = select(ReviewChoice.what, ReviewChoice.id, Review.quarter).join(Review, Review.id == ReviewChoice.review_id)
    words = [choice.what for choice in choices]
    rows = db.session.execute(again.where(ReviewChoice.what.in_(words)).order_by(ReviewChoice.id)).all()
    later = {(choice.id, what): quarter for what, number, quarter in rows for choice in choices if number > choice.id}
    return {choice.id: later[choice.id, choice.what] for choice in choices if (choice.id, choice.what) in later}


def keeps_of(review: Review) -> dict[int, ReviewKeep]:
    """What keeps its money, by the number of the experiment."""
    statement = select(ReviewKeep).where(ReviewKeep.review_id == review.id).options(joinedload(ReviewKeep.by))
    return {kept.experiment_id: kept for kept in db.session.scalars(statement)}


def actions_of(review: Review) -> Sequence[ReviewAction]:
    """What was agreed in it, oldest first."""
    statement = select(ReviewAction).where(ReviewAction.review_id == review.id).options(joinedload(ReviewAction.owner))
    return db.session.scalars(statement.order_by(ReviewAction.id)).all()


def actions_before(review: Review, before: Review | None, since: datetime) -> Sequence[ReviewAction]:
    """What was agreed last time and in half hours since, and what is still open from earlier."""
    of, half_hour = ReviewAction.review_id, ReviewAction.half_hour_id
    still = and_(ReviewAction.done_at.is_(None), or_(of.is_(None), of != review.id))
    asked = or_(still, and_(half_hour.is_not(None), ReviewAction.at > since))
    statement = select(ReviewAction).where(or_(asked, of == before.id) if before else asked)
    return db.session.scalars(
        statement.options(joinedload(ReviewAction.owner), *_meeting()).order_by(ReviewAction.due_on, ReviewAction.id)
    ).all()


def actions_open(most: int = 50) -> Sequence[ReviewAction]:
    """What was agreed and is not done yet, soonest first."""
    return db.session.scalars(
        select(ReviewAction)
        .where(ReviewAction.done_at.is_(None))
        .options(joinedload(ReviewAction.owner), *_meeting())
        .order_by(ReviewAction.due_on, ReviewAction.id)
        .limit(most)
    ).all()


def actions_waiting_for(person: Person) -> Sequence[ReviewAction]:
    """What this person took on and has not done yet, soonest first."""
    return db.session.scalars(
        select(ReviewAction)
        .where(ReviewAction.owner_id == person.id, ReviewAction.done_at.is_(None))
        .options(*_meeting())
        .order_by(ReviewAction.due_on, ReviewAction.id)
        .limit(20)
    ).all()


def action_for_change(action_id: int) -> ReviewAction:
    """One agreement, locked.

    Raises:
        Missing: there is none.
    """
    loads = (selectinload(ReviewAction.review), selectinload(ReviewAction.half_hour), selectinload(ReviewAction.owner))
    statement = select(ReviewAction).where(ReviewAction.id == action_id).options(*loads)
    found = db.session.scalars(for_change(statement)).first()
    if found is None:
        raise Missing
    return found


def addenda_of(review: Review) -> Sequence[ReviewAddendum]:
    """What was corrected since, oldest first."""
    statement = select(ReviewAddendum).where(ReviewAddendum.review_id == review.id)
    return db.session.scalars(statement.order_by(ReviewAddendum.id)).all()


# The trail and the chain --------------------------------------------------------------------------------------------


def outcomes_of(review: Review) -> Sequence[Line]:
    """What was recorded anywhere since the review was opened, oldest first; asked while it is open."""
    if review.opened_at is None or review.trail_from is None:
        return []
    rows = db.session.execute(
        select(AuditEntry, AuditNames.names)
        .join(AuditNames, AuditNames.seq == AuditEntry.seq)
        .where(
            AuditEntry.seq > review.trail_from,
            AuditEntry.at >= review.opened_at,
            AuditEntry.action.in_(OUTCOMES),
        )
        .order_by(AuditEntry.seq)
    )
    return [
        Line(e.seq, e.at, e.action, e.subject_type, e.subject_id, json.loads(e.details), json.loads(names))
        for e, names in rows
    ]


def record_of(review: Review) -> ReviewRecord:
    """The frozen record of a closed review.

    Raises:
        Missing: there is none.
    """
    found = db.session.get(ReviewRecord, review.id)
    if found is None:
        raise Missing
    return found


def _meeting() -> tuple[Any, ...]:
    """Where an action was agreed."""
    return joinedload(ReviewAction.review), joinedload(ReviewAction.half_hour)


def _one(statement: Select[Review]) -> Review:
    people = (joinedload(Review.facilitator), joinedload(Review.opened_by), joinedload(Review.closed_by))
    found = db.session.scalars(statement.options(*people)).first()
    if found is None:
        raise Missing
    return found


def _number(ref: str) -> int:
    number = number_of("Q", ref)
    if number is None:
        raise Missing
    return number
