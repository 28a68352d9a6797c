"""A quarterly review: scheduled, open, closed. Once closed, nobody alters it."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, ForeignKey, Index, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portfolio.audit.entry import TrailHead, record
from portfolio.foundation import rich_text
from portfolio.foundation.columns import choice
from portfolio.foundation.database import Base, db
from portfolio.foundation.errors import RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.foundation.numbering import ref
from portfolio.network.experiment import Experiment
from portfolio.organisation.house_rules import HouseRules
from portfolio.organisation.quarter import Quarter
from portfolio.people.person import Person
from portfolio.reviews.action import ReviewAction, refuse_unless_doable
from portfolio.reviews.outcome import Part, ReviewAddendum, ReviewChoice, ReviewKeep, ReviewNote
from portfolio.reviews.participant import ReviewParticipant
from portfolio.reviews.record import ReviewRecord

SHORTEST, LONGEST = 15, 600  # Minutes.


class ReviewState(enum.Enum):
    """Where a review stands."""

    SCHEDULED = "scheduled"
    OPEN = "open"
    CLOSED = "closed"

    @property
    def label(self) -> object:
        """The state for a reader."""
        return STATE_LABELS[self]


STATE_LABELS = {
    ReviewState.SCHEDULED: _l("Scheduled"),
    ReviewState.OPEN: _l("Open now"),
    ReviewState.CLOSED: _l("Closed"),
}


@dataclass(frozen=True)
class Plan:
    """When a review is held, and what it looks back on."""

    quarter: Quarter
    scheduled_for: datetime
    minutes: int
    facilitator: Person
    notes: str = ""
    participants: Sequence[Person] | None = None  # Beside whoever facilitates; None leaves them as they are.


class Review(Base):
    """The meeting that weighs the portfolio at the end of a quarter."""

    __tablename__ = "review"
    __table_args__ = (
        CheckConstraint(f"minutes BETWEEN {SHORTEST} AND {LONGEST}", name="minutes"),
        CheckConstraint("(opened_at IS NULL) = (state = 'scheduled')", name="opened"),
        CheckConstraint("(closed_at IS NOT NULL) = (state = 'closed')", name="closed"),
        Index("uq_review_open", "state", unique=True, sqlite_where=text("state = 'open'"),
              postgresql_where=text("state = 'open'")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[ReviewState] = mapped_column(choice(ReviewState), default=ReviewState.SCHEDULED)
    quarter: Mapped[str] = mapped_column(unique=True)
    scheduled_for: Mapped[datetime]
    minutes: Mapped[int]
    facilitator_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    notes: Mapped[str] = mapped_column(default="")
    trail_from: Mapped[int | None]  # The last position of the trail before it opened.
    opened_at: Mapped[datetime | None]
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    facilitator: Mapped[Person] = relationship(lazy="raise", foreign_keys=facilitator_id)
    opened_by: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=opened_by_id)
    closed_by: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=closed_by_id)

    @property
    def ref(self) -> str:
        """Its identifier for life, such as Q-002."""
        return ref("Q", self.id)

    @property
    def name(self) -> str:
        """What the trail calls it."""
        return self.quarter

    @property
    def is_open(self) -> bool:
        """Whether it is going on."""
        return self.state is ReviewState.OPEN

    @property
    def is_closed(self) -> bool:
        """Whether it is a permanent record."""
        return self.state is ReviewState.CLOSED

    # Before it ------------------------------------------------------------------------------------------------------

    @classmethod
    def schedule(cls, plan: Plan, *, rules: HouseRules, by: Person) -> Review:
        """Put a review in the calendar.

        Raises:
            RuleBroken: the quarter has one, its day has passed, or nobody could facilitate it.
        """
        _refuse_unless_held(plan, rules.today, rules)
        _refuse_a_second_of(plan.quarter, None)
        review = cls(state=ReviewState.SCHEDULED)
        review._take(plan)
        db.session.add(review)
        db.session.flush()
        people, _ = review._gather(plan)
        said: dict[str, Any] = {"for_": plan.scheduled_for.isoformat(), "minutes": plan.minutes}
        record("review.scheduled", review, by=by, participants=people, **said)
        return review

    def reschedule(self, plan: Plan, *, rules: HouseRules, by: Person) -> None:
        """Hold it at another moment, or change what is known of it.

        Raises:
            RuleBroken: it was opened, the quarter has one, its day has passed, or nobody could facilitate it.
        """
        self.refuse_unless_scheduled()
        _refuse_unless_held(plan, rules.today, rules)
        _refuse_a_second_of(plan.quarter, self.id)
        before = self._plan
        self._take(plan)
        if before != self._plan:
            ReviewParticipant.tell_again(self.id)
            record("review.rescheduled", self, by=by, for_=plan.scheduled_for.isoformat(), minutes=plan.minutes)
        added, removed = self._gather(plan)
        if added or removed:
            record("review.participants_changed", self, by=by, added=added, removed=removed)

    def open(self, *, by: Person, at: datetime) -> None:
        """Begin. What is recorded anywhere from now on is noted on it, until it is closed.

        Raises:
            RuleBroken: it was opened before, or another one is open.
        """
        self.refuse_unless_scheduled()
        another = db.session.scalars(select(Review).where(Review.state == ReviewState.OPEN)).first()
        if another is not None:
            raise RuleBroken(_l("The review of %(quarter)s is still open. Close it first.", quarter=another.quarter))
        self.trail_from = db.session.scalar(select(TrailHead.seq)) or 0
        self.state, self.opened_at, self.opened_by_id = ReviewState.OPEN, at, by.id
        record("review.opened", self, by=by)

    # While it is open -----------------------------------------------------------------------------------------------

    def note(self, part: Part, body: str, *, by: Person, at: datetime) -> ReviewNote:
        """Note what was said about a part of the agenda.

        Raises:
            RuleBroken: it is not open, or the same person noted the same words about it before.
        """
        self.refuse_unless_open()
        same = (ReviewNote.review_id == self.id, ReviewNote.part == part, ReviewNote.by_id == by.id)
        if db.session.scalar(select(ReviewNote.id).where(*same, ReviewNote.body == body)):
            raise RuleBroken(_l("You noted this already; it stands with that part."))
        note = ReviewNote(review_id=self.id, part=part, body=body, by_id=by.id, at=at)
        db.session.add(note)
        rich_text.keep(body)
        record("review.noted", self, by=by, part=part.value)
        return note

    def agree(
        self, what: str, owner: Person, due_on: date, *, rules: HouseRules, by: Person, at: datetime
    ) -> ReviewAction:
        """Agree that somebody does something by a day.

        Raises:
            RuleBroken: it is not open, the owner has no active account, or the day has passed.
        """
        self.refuse_unless_open()
        refuse_unless_doable(owner, due_on, rules.today)
        action = ReviewAction(review_id=self.id, what=what, owner_id=owner.id, due_on=due_on, by_id=by.id, at=at)
        db.session.add(action)
        db.session.flush()
        record("review.agreed", self, by=by, names={"owner": owner.name}, agreed=action.id, due=due_on.isoformat())
        return action

    def choose_not(self, what: str, reason: str, *, by: Person, at: datetime) -> ReviewChoice:
        """Say what we will not do.

        Raises:
            RuleBroken: it is not open, or this is not a leader's choice.
        """
        self.refuse_unless_open()
        if not by.is_leader:
            raise RuleBroken(_l("What we will not do is chosen by a leader."))
        chosen = ReviewChoice(review_id=self.id, what=what, reason=reason, by_id=by.id, at=at)
        db.session.add(chosen)
        rich_text.keep(reason)
        db.session.flush()
        record("review.choice_made", self, by=by, choice=chosen.id)
        return chosen

    def keep(self, experiment: Experiment, reason: str, *, by: Person, at: datetime) -> ReviewKeep:
        """Let an approved experiment keep its money past its quarter, until the next review.

        Raises:
            RuleBroken: it is not open, the experiment does not wait to start, it is kept already, or a party to it.
        """
        self.refuse_unless_open()
        if experiment.state.value != "approved":
            raise RuleBroken(_l("Only what is approved and has not started yet is kept."))
        if not experiment.grant.may_be_followed_by(by):
            raise RuleBroken(_l("You are party to this, so another leader keeps it."))
        kept = select(ReviewKeep.id).where(ReviewKeep.review_id == self.id, ReviewKeep.experiment_id == experiment.id)
        if db.session.scalar(kept):
            raise RuleBroken(_l("This is kept already."))
        row = ReviewKeep(review_id=self.id, experiment_id=experiment.id, reason=reason, by_id=by.id, at=at)
        db.session.add(row)
        rich_text.keep(reason)
        record("review.experiment_kept", self, by=by, names={"experiment": experiment.ref}, kept=experiment.id)
        return row

    def close(self, minutes: Mapping[str, Any], *, by: Person, at: datetime) -> ReviewRecord:
        """Freeze it: from now on it is this record.

        Args:
            minutes: all that the record says, words in both languages.

        Raises:
            RuleBroken: it is not open.
        """
        self.refuse_unless_open()
        self.state, self.closed_at, self.closed_by_id = ReviewState.CLOSED, at, by.id
        frozen = ReviewRecord.freeze(self.id, minutes, at=at)
        record("review.closed", self, by=by, hash=frozen.sha256, number=frozen.number)
        return frozen

    # After it -------------------------------------------------------------------------------------------------------

    def correct(self, body: str, *, by: Person, at: datetime) -> ReviewAddendum:
        """Add a correction below the record; the record itself stays as it is.

        Raises:
            RuleBroken: it is not closed.
        """
        if not self.is_closed:
            raise RuleBroken(_l("A correction is added to a closed review. This one can still be written on."))
        addendum = ReviewAddendum(review_id=self.id, body=body, name=by.name, by_id=by.id, at=at)
        db.session.add(addendum)
        rich_text.keep(body)
        record("review.corrected", self, by=by)
        return addendum

    def refuse_unless_scheduled(self) -> None:
        """Refuse what is only done before it begins.

        Raises:
            RuleBroken: it was opened.
        """
        if self.state is not ReviewState.SCHEDULED:
            raise RuleBroken(CLOSED if self.is_closed else _l("This review is open already."))

    def refuse_unless_open(self) -> None:
        """Refuse what is only done while it is open.

        Raises:
            RuleBroken: it is closed, or has not begun.
        """
        if not self.is_open:
            raise RuleBroken(CLOSED if self.is_closed else _l("This review has not been opened yet."))

    @property
    def _plan(self) -> tuple[object, ...]:
        """What everybody is told anew when it changes."""
        return self.quarter, self.scheduled_for, self.minutes, self.facilitator_id, self.notes

    def _gather(self, plan: Plan) -> tuple[list[int], list[int]]:
        """Let those of the plan take part; whoever facilitates always does. Gives who came to it, and who left it."""
        people = plan.participants
        if people is None:
            takes_part = select(ReviewParticipant.person_id).where(ReviewParticipant.review_id == self.id)
            people = db.session.scalars(select(Person).where(Person.id.in_(takes_part))).all()
        return ReviewParticipant.gather(self.id, [*people, plan.facilitator])

    def _take(self, plan: Plan) -> None:
        self.quarter, self.scheduled_for, self.minutes = plan.quarter.name, plan.scheduled_for, plan.minutes
        self.facilitator_id, self.notes = plan.facilitator.id, plan.notes
        rich_text.keep(plan.notes)


def may_facilitate(person: Person) -> bool:
    """Whether somebody can run a review: a facilitator or a leader with an account."""
    return person.is_leader or (person.is_volunteer and person.has("facilitator"))


CLOSED = _l("This review is closed, and a closed review stays as it is. Add a correction below its record instead.")


def _refuse_unless_held(plan: Plan, today: date, rules: HouseRules) -> None:
    if plan.scheduled_for.astimezone(ZoneInfo(rules.time_zone)).date() < today:
        raise RuleBroken(_l("Schedule it for today or later."))
    if not may_facilitate(plan.facilitator):
        raise RuleBroken(_l("A review is run by a facilitator or a leader."))


def _refuse_a_second_of(quarter: Quarter, review_id: int | None) -> None:
    taken = select(Review.id).where(Review.quarter == quarter.name)
    if db.session.scalar(taken) not in (None, review_id):
        raise RuleBroken(_l("%(quarter)s has its review already.", quarter=quarter.name))
