"""A barrier: an obstacle the team cannot remove itself, put to leadership to give it an owner and a day."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portfolio.audit.entry import record
from portfolio.foundation import rich_text, search
from portfolio.foundation.columns import choice
from portfolio.foundation.database import Base, db
from portfolio.foundation.errors import Obstacle, RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.foundation.numbering import ref
from portfolio.network.experiment import Experiment
from portfolio.network.state import State
from portfolio.people.person import Person

# A draft is its team's alone: leadership could not even read what stands in its way.
STANDS_IN_THE_WAY_OF = (State.PROPOSED, State.APPROVED, State.RUNNING)


class BarrierState(enum.Enum):
    """Where a barrier stands."""

    OPEN = "open"
    TAKEN = "taken"
    REMOVED = "removed"
    STAYS = "stays"

    @property
    def label(self) -> object:
        """The state for a reader."""
        return BARRIER_LABELS[self]


BARRIER_LABELS = {
    BarrierState.OPEN: _l("Waits for an owner"),
    BarrierState.TAKEN: _l("Somebody is on it"),
    BarrierState.REMOVED: _l("Removed"),
    BarrierState.STAYS: _l("Cannot be removed"),
}
STANDING = (BarrierState.OPEN, BarrierState.TAKEN)


@dataclass(frozen=True)
class BarrierText:
    """What a barrier says, as a value."""

    title: str
    obstacle: str

    @property
    def missing(self) -> list[Obstacle]:
        """What nobody could remove it without."""
        return [
            Obstacle(words, field)
            for stands, words, field in (
                (not self.title, _l("Say in one sentence what stands in the way."), "title"),
                (not self.obstacle, _l("Write what you tried, and what it would take."), "obstacle"),
            )
            if stands
        ]


class Barrier(Base):
    """Something in the way of an experiment that only leadership can move."""

    __tablename__ = "barrier"
    __table_args__ = (
        CheckConstraint("(state = 'open') = (owner_id IS NULL)", name="owner"),
        CheckConstraint("(owner_id IS NULL) = (due_on IS NULL)", name="day"),
        CheckConstraint("(ended_at IS NULL) = (state IN ('open', 'taken'))", name="ended"),
        Index("ix_barrier_state_id", "state", "id"),
        Index("ix_barrier_owner", "owner_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[BarrierState] = mapped_column(choice(BarrierState), default=BarrierState.OPEN)
    title: Mapped[str]
    obstacle: Mapped[str]
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiment.id"), index=True)
    raised_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    raised_at: Mapped[datetime]

    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    due_on: Mapped[date | None]  # By when the owner means to have it out of the way.
    named_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    named_at: Mapped[datetime | None]

    outcome: Mapped[str] = mapped_column(default="")  # What made way, or why it cannot be removed.
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None] = mapped_column(index=True)

    experiment: Mapped[Experiment] = relationship(lazy="raise")
    raised_by: Mapped[Person] = relationship(lazy="raise", foreign_keys=raised_by_id)
    owner: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=owner_id)
    named_by: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=named_by_id)
    ended_by: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=ended_by_id)

    @property
    def ref(self) -> str:
        """Its identifier for life, such as B-001."""
        return ref("B", self.id)

    @property
    def stands(self) -> bool:
        """Whether it is still in the way, as far as anybody said."""
        return self.state in STANDING

    @property
    def needs_owner(self) -> bool:
        """Whether nobody is on it: nobody was named, or whoever was named has left."""
        return self.stands and (self.owner is None or not self.owner.active)

    def is_late(self, today: date) -> bool:
        """Whether its day has passed and it still stands."""
        return self.stands and self.due_on is not None and today > self.due_on

    @classmethod
    def raise_(cls, text: BarrierText, *, experiment: Experiment, by: Person, at: datetime) -> Barrier:
        """Put what stands in the way of an experiment to leadership.

        Raises:
            RuleBroken: it does not say what, or the experiment is a draft or over.
        """
        if obstacles := text.missing:
            raise RuleBroken(_l("This barrier is not complete yet."), obstacles)
        if experiment.state not in STANDS_IN_THE_WAY_OF:
            raise RuleBroken(_l("A barrier is in the way of what is proposed, approved or running."))
        barrier = cls(
            **vars(text),
            state=BarrierState.OPEN,
            experiment_id=experiment.id,
            raised_by_id=by.id,
            raised_at=at,
            outcome="",
        )
        db.session.add(barrier)
        rich_text.keep(text.obstacle)
        db.session.flush()  # A new row has no number before.
        search.index("barrier", barrier.id, f"{barrier.ref} {text.title}", text.obstacle)
        record("barrier.raised", barrier, by=by, names={"ref": experiment.ref})
        return barrier

    def give_to(self, owner: Person, due_on: date, *, today: date, by: Person, at: datetime) -> None:
        """Let somebody remove it by a day; said again when it becomes somebody else's, or another day.

        Raises:
            RuleBroken: it is over, the owner has no active account, or the day has passed.
        """
        self._refuse_unless_it_stands()
        if not owner.is_volunteer:
            raise RuleBroken(_l("Name somebody of the organisation who removes it."))
        if due_on < today:
            raise RuleBroken(_l("Its day lies ahead."), [Obstacle(_l("Give today or a later day."), "due_on")])
        self.state, self.owner, self.owner_id, self.due_on = BarrierState.TAKEN, owner, owner.id, due_on
        self.named_by_id, self.named_at = by.id, at
        said = {"due": due_on.isoformat(), "own": owner.id == by.id}
        record("barrier.taken", self, by=by, names={"owner": owner.name}, **said)

    def remove(self, outcome: str, *, by: Person, at: datetime) -> None:
        """Say that it is out of the way.

        Args:
            outcome: what made way; may be blank.

        Raises:
            RuleBroken: nobody took it, or it is over.
        """
        self._refuse_unless_taken()
        self._end(BarrierState.REMOVED, outcome, by=by, at=at)
        record("barrier.removed", self, by=by)

    def close(self, reason: str, *, by: Person, at: datetime) -> None:
        """Say that it cannot be removed, and why.

        Raises:
            RuleBroken: nobody took it, it is over, or no reason is given.
        """
        self._refuse_unless_taken()
        if not reason.strip():
            raise RuleBroken(_l("Write why it cannot be removed. The team reads it."))
        self._end(BarrierState.STAYS, reason, by=by, at=at)
        record("barrier.closed", self, by=by)

    def _end(self, state: BarrierState, outcome: str, *, by: Person, at: datetime) -> None:
        self.state, self.outcome = state, outcome
        self.ended_by_id, self.ended_at = by.id, at
        rich_text.keep(outcome)

    def _refuse_unless_it_stands(self) -> None:
        if not self.stands:
            raise RuleBroken(_l("This barrier is over already."))

    def _refuse_unless_taken(self) -> None:
        self._refuse_unless_it_stands()
        if self.state is not BarrierState.TAKEN:
            raise RuleBroken(_l("Somebody takes it first, with a day. Then they say what came of it."))
