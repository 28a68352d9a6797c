"""A phase: a step of at most 12 weeks, worked backwards from a vision and valuable on its own."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portfolio.audit.entry import record
from portfolio.foundation import rich_text, search
from portfolio.foundation.database import Base, db
from portfolio.foundation.errors import Conflict, Obstacle, RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.people.person import Person

MOST_WEEKS = 12


class PhaseState(enum.Enum):
    """Where a phase stands; the dates say it, unless it was closed."""

    PAST = "past"
    NOW = "now"
    COMING = "coming"
    CLOSED = "closed"

    @property
    def label(self) -> object:
        """Its name for a reader."""
        return STATE_LABELS[self]


STATE_LABELS = {
    PhaseState.PAST: _l("Past"),
    PhaseState.NOW: _l("Now"),
    PhaseState.COMING: _l("Coming"),
    PhaseState.CLOSED: _l("Closed"),
}


@dataclass(frozen=True)
class PhaseText:
    """What a phase says."""

    name: str
    brings: str
    worth: str
    serves: int
    starts_on: date
    ends_on: date


class Phase(Base):
    """A step towards a vision. Experiments and initiatives hang on it, and name it themselves."""

    __tablename__ = "phase"
    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="days"),
        CheckConstraint("serves IN (24, 48)", name="serves"),
        Index("ix_phase_ends", "ends_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    brings: Mapped[str]
    worth: Mapped[str]  # On its own, if nothing comes after it.
    serves: Mapped[int]  # The vision in so many months.
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    revision: Mapped[int] = mapped_column(default=0)  # Counts every change, so that none is overwritten.
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_because: Mapped[str] = mapped_column(default="")
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    closed_by: Mapped[Person | None] = relationship(lazy="raise")

    @classmethod
    def add(cls, text: PhaseText, *, by: Person, at: datetime) -> Phase:
        """Put a phase on the road.

        Raises:
            RuleBroken: it ends before it begins, or is longer than 12 weeks.
        """
        phase = cls(created_at=at, revision=0)
        phase._say(text)
        db.session.add(phase)
        phase._be_found()
        record("phase.added", phase, by=by)
        return phase

    @property
    def weeks(self) -> int:
        """How many weeks it takes, a begun one counted whole."""
        return ((self.ends_on - self.starts_on).days + 7) // 7

    @property
    def is_closed(self) -> bool:
        """Whether somebody ended it."""
        return self.closed_at is not None

    def state_on(self, today: date) -> PhaseState:
        """Where it stands."""
        if self.is_closed:
            return PhaseState.CLOSED
        if today > self.ends_on:
            return PhaseState.PAST
        return PhaseState.NOW if today >= self.starts_on else PhaseState.COMING

    def change(self, text: PhaseText, *, revision: int, by: Person) -> None:
        """Change what it says.

        Args:
            revision: the revision that was shown; somebody may have saved another one since.

        Raises:
            Conflict: somebody saved since it was shown.
            RuleBroken: it is closed, ends before it begins, or is longer than 12 weeks.
        """
        self._stays_open()
        if revision != self.revision:
            raise Conflict(_l("Somebody changed this phase after you opened it. Your text is still below."))
        self._say(text)
        self.revision += 1
        self._be_found()
        record("phase.changed", self, by=by)

    def close(self, because: str, *, by: Person, at: datetime) -> None:
        """End it, before its last day or after; it stays readable with the reason.

        Raises:
            RuleBroken: it is closed already.
        """
        self._stays_open()
        self.closed_at, self.closed_because, self.closed_by_id = at, because, by.id
        rich_text.keep(because)
        record("phase.closed", self, by=by)

    def _say(self, text: PhaseText) -> None:
        if obstacles := _obstacles(text):
            raise RuleBroken(_l("This phase does not fit."), obstacles)
        for name, value in vars(text).items():
            setattr(self, name, value)
        rich_text.keep(text.brings, text.worth)

    def _be_found(self) -> None:
        db.session.flush()  # A new row has no number before.
        search.index("phase", self.id, self.name, self.brings, self.worth)

    def _stays_open(self) -> None:
        if self.is_closed:
            raise RuleBroken(_l("This phase is closed. Add a new one instead."))


def _obstacles(text: PhaseText) -> list[Obstacle]:
    if text.ends_on < text.starts_on:
        return [Obstacle(_l("The last day is the first day or later."), "ends_on")]
    if text.ends_on - text.starts_on >= timedelta(weeks=MOST_WEEKS):
        words = _l("A phase takes at most %(weeks)s weeks. Cut it in two that stand alone.", weeks=MOST_WEEKS)
        return [Obstacle(words, "ends_on")]
    return []
