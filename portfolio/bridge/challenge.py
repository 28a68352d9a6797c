"""A challenge: a tension from operations, put to the network; the other direction of the bridge."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portfolio.audit.entry import record
from portfolio.foundation import rich_text, search
from portfolio.foundation.columns import choice
from portfolio.foundation.database import Base, db
from portfolio.foundation.errors import Obstacle, RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.foundation.money import Money
from portfolio.foundation.numbering import ref
from portfolio.hierarchy.initiative import Initiative
from portfolio.hierarchy.state import OPEN
from portfolio.hierarchy.state import State as InitiativeState
from portfolio.network.charter import Charter, CriterionText
from portfolio.network.experiment import Experiment
from portfolio.network.state import UNDER_WAY
from portfolio.network.state import State as ExperimentState
from portfolio.organisation.change import FormOfChange
from portfolio.organisation.unit import Unit
from portfolio.people.person import Person

FALLEN_EXPERIMENT = (ExperimentState.DECLINED, ExperimentState.WITHDRAWN)


class ChallengeState(enum.Enum):
    """Where a challenge stands."""

    OPEN = "open"
    TAKEN_UP = "taken_up"
    ANSWERED = "answered"
    CLOSED = "closed"

    @property
    def label(self) -> object:
        """The state for a reader."""
        return CHALLENGE_LABELS[self]


CHALLENGE_LABELS = {
    ChallengeState.OPEN: _l("Open"),
    ChallengeState.TAKEN_UP: _l("Taken up"),
    ChallengeState.ANSWERED: _l("Answered"),
    ChallengeState.CLOSED: _l("Closed"),
}


@dataclass(frozen=True)
class ChallengeText:
    """What a challenge says, as a value; the measure may be left out."""

    title: str
    tension: str
    metric: str = ""
    unit_of_measure: str = ""
    value: Decimal | None = None

    @property
    def missing(self) -> list[Obstacle]:
        """What nobody could take it up without."""
        return [
            Obstacle(words, field)
            for stands, words, field in (
                (not self.title, _l("Ask it in one sentence."), "title"),
                (not self.tension, _l("Write what hurts."), "tension"),
                (self.value is not None and not self.metric, _l("Name what is counted."), "metric"),
            )
            if stands
        ]


class Challenge(Base):
    """Something that hurts in daily work and that no plan solves."""

    __tablename__ = "challenge"
    __table_args__ = (
        CheckConstraint("experiment_id IS NULL OR initiative_id IS NULL", name="one_taker"),
        CheckConstraint(
            "state NOT IN ('taken_up', 'answered') OR experiment_id IS NOT NULL OR initiative_id IS NOT NULL",
            name="taken_up",
        ),
        Index("ix_challenge_state_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[ChallengeState] = mapped_column(choice(ChallengeState), default=ChallengeState.OPEN)
    title: Mapped[str]
    tension: Mapped[str]
    metric: Mapped[str]
    unit_of_measure: Mapped[str]
    value: Mapped[Decimal | None]  # What the measure says today.
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    raised_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    raised_at: Mapped[datetime]

    experiment_id: Mapped[int | None] = mapped_column(ForeignKey("experiment.id"), index=True)
    initiative_id: Mapped[int | None] = mapped_column(ForeignKey("initiative.id"), index=True)
    taken_up_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    taken_up_at: Mapped[datetime | None]

    outcome: Mapped[str] = mapped_column(default="")  # What changed, or why it was closed.
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]

    unit: Mapped[Unit | None] = relationship(lazy="raise")
    raised_by: Mapped[Person] = relationship(lazy="raise", foreign_keys=raised_by_id)
    taken_up_by: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=taken_up_by_id)
    ended_by: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=ended_by_id)
    experiment: Mapped[Experiment | None] = relationship(lazy="raise")
    initiative: Mapped[Initiative | None] = relationship(lazy="raise")

    @property
    def ref(self) -> str:
        """Its identifier for life, such as C-005."""
        return ref("C", self.id)

    @property
    def fell_through(self) -> bool:
        """Whether what took it up was declined, withdrawn or called off, so that nobody works on it."""
        if self.state is not ChallengeState.TAKEN_UP:
            return False
        if self.experiment is not None:
            return self.experiment.state in FALLEN_EXPERIMENT
        return self.initiative is not None and self.initiative.state is InitiativeState.CANCELLED

    @property
    def can_be_taken_up(self) -> bool:
        """Whether somebody can begin on it now."""
        return self.state is ChallengeState.OPEN or self.fell_through

    @classmethod
    def raise_(cls, text: ChallengeText, *, unit: Unit | None, by: Person, at: datetime) -> Challenge:
        """Put a tension to the network.

        Raises:
            RuleBroken: it does not say what hurts.
        """
        if obstacles := text.missing:
            raise RuleBroken(_l("This challenge is not complete yet."), obstacles)
        challenge = cls(
            **vars(text),
            state=ChallengeState.OPEN,
            unit_id=unit.id if unit else None,
            raised_by_id=by.id,
            raised_at=at,
            outcome="",
        )
        db.session.add(challenge)
        rich_text.keep(text.tension)
        db.session.flush()  # A new row has no number before.
        search.index("challenge", challenge.id, f"{challenge.ref} {text.title}", text.tension, text.metric)
        record("challenge.raised", challenge, by=by)
        return challenge

    def first_charter(self, currency: str) -> Charter:
        """What a proposal for it begins with: its question, what hurts, and its measure as it is today."""
        criteria = (
            (CriterionText(metric=self.metric, unit=self.unit_of_measure, baseline=self.value),) if self.metric else ()
        )
        return Charter(
            title=self.title,
            form=FormOfChange.INNOVATION,
            problem=self.tension,
            budget=Money(0, currency),
            horizon=FormOfChange.INNOVATION.default_horizon,
            criteria=criteria,
        )

    def take_up(self, taker: Experiment | Initiative, *, by: Person, at: datetime) -> None:
        """Let an experiment or an initiative work on it.

        Raises:
            RuleBroken: somebody works on it, it is over, or the taker is.
        """
        if not self.can_be_taken_up:
            raise RuleBroken(_l("Only an open challenge is taken up."))
        if taker.state not in (*UNDER_WAY, *OPEN):
            raise RuleBroken(_l("What has ended takes up nothing new. Choose one that is under way."))
        self.experiment, self.initiative = None, None
        if isinstance(taker, Experiment):
            self.experiment = taker
        else:
            self.initiative = taker
        self.experiment_id = self.experiment.id if self.experiment else None
        self.initiative_id = self.initiative.id if self.initiative else None
        self.state, self.taken_up_by_id, self.taken_up_at = ChallengeState.TAKEN_UP, by.id, at
        record("challenge.taken_up", self, by=by, ref=taker.ref)

    def answer(self, outcome: str, *, by: Person, at: datetime) -> None:
        """Say what changed since it was taken up.

        Raises:
            RuleBroken: nobody took it up, it is over, or nothing is said.
        """
        if self.state is not ChallengeState.TAKEN_UP:
            raise RuleBroken(_l("A challenge is answered once somebody has taken it up."))
        self._end(ChallengeState.ANSWERED, outcome, by=by, at=at)
        record("challenge.answered", self, by=by)

    def close(self, reason: str, *, by: Person, at: datetime) -> None:
        """Let it go, with a reason.

        Raises:
            RuleBroken: it is over already, or no reason is given.
        """
        if self.state not in (ChallengeState.OPEN, ChallengeState.TAKEN_UP):
            raise RuleBroken(_l("This challenge is over already."))
        self._end(ChallengeState.CLOSED, reason, by=by, at=at)
        record("challenge.closed", self, by=by)

    def _end(self, state: ChallengeState, outcome: str, *, by: Person, at: datetime) -> None:
        if not outcome.strip():
            raise RuleBroken(_l("Write it in a sentence or two."))
        self.state, self.outcome = state, outcome
        self.ended_by_id, self.ended_at = by.id, at
        rich_text.keep(outcome)
