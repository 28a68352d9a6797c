"""Decisions and what leads to them: what leadership does with an experiment whose timebox has ended."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portfolio.foundation.columns import choice
from portfolio.foundation.database import Base
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.network.criterion import Verdict
from portfolio.people.person import Person


class DecisionKind(enum.Enum):
    """The four; there is no maybe, and stop is as honourable as any."""

    SCALE = "scale"
    PERSEVERE = "persevere"
    PIVOT = "pivot"
    STOP = "stop"

    @property
    def label(self) -> object:
        """The decision for a reader."""
        return DECISION_LABELS[self]

    def opposes(self, verdict: Verdict) -> bool:
        """Whether it goes against what the criteria say; then its reason says why."""
        if self is DecisionKind.SCALE:
            return verdict is not Verdict.MET
        return self is DecisionKind.STOP and verdict is Verdict.MET

    @property
    def is_followed_up(self) -> bool:
        """Whether a follow-up opens as a draft."""
        return self in (DecisionKind.PERSEVERE, DecisionKind.PIVOT)


DECISION_LABELS = {
    DecisionKind.SCALE: _l("Scale"),
    DecisionKind.PERSEVERE: _l("Persevere"),
    DecisionKind.PIVOT: _l("Pivot"),
    DecisionKind.STOP: _l("Stop"),
}


class Recommendation(Base):
    """What the team proposes as the next step, and what that would cost; the latest counts."""

    __tablename__ = "recommendation"

    id: Mapped[int] = mapped_column(primary_key=True)
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiment.id"), index=True)
    kind: Mapped[DecisionKind] = mapped_column(choice(DecisionKind))
    cost: Mapped[int]
    currency: Mapped[str]
    reason: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    by: Mapped[Person] = relationship(lazy="raise")


class Decision(Base):
    """The one decision on an experiment, with its reason and its learning card. Never changed."""

    __tablename__ = "decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiment.id"), unique=True)
    kind: Mapped[DecisionKind] = mapped_column(choice(DecisionKind))
    verdict: Mapped[Verdict] = mapped_column(choice(Verdict))
    charter_version: Mapped[int]  # The version whose criteria the verdict read.
    overrides: Mapped[bool]
    alone: Mapped[bool]  # By the sponsor, because there was no other leader.
    reason: Mapped[str]
    believed: Mapped[str]
    observed: Mapped[str]
    learned: Mapped[str]
    therefore: Mapped[str]
    returned: Mapped[int]
    currency: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(index=True)

    by: Mapped[Person] = relationship(lazy="raise")
