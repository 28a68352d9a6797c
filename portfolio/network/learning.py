"""Learnings: what a team saw, how strong the evidence is, and what follows from it."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portfolio.foundation.columns import choice
from portfolio.foundation.database import Base
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.foundation.numbering import ref
from portfolio.people.person import Person

if TYPE_CHECKING:
    from portfolio.network.experiment import Experiment


class Kind(enum.Enum):
    """What sort of learning it is."""

    OBSERVATION = "observation"
    INSIGHT = "insight"
    SURPRISE = "surprise"
    OBSTACLE = "obstacle"
    QUICK_WIN = "quick_win"

    @property
    def label(self) -> object:
        """The kind for a reader."""
        return KIND_LABELS[self]


class Evidence(enum.Enum):
    """How strong the evidence is, from what somebody thinks to what was measured."""

    OPINION = "opinion"
    ANECDOTE = "anecdote"
    BEHAVIOUR = "behaviour"
    MEASURED = "measured"

    @property
    def level(self) -> int:
        """1 to 4, to draw and to compare."""
        return list(Evidence).index(self) + 1

    @property
    def label(self) -> object:
        """The strength for a reader."""
        return EVIDENCE_LABELS[self]


KIND_LABELS = {
    Kind.OBSERVATION: _l("Observation"),
    Kind.INSIGHT: _l("Insight"),
    Kind.SURPRISE: _l("Surprise"),
    Kind.OBSTACLE: _l("Obstacle"),
    Kind.QUICK_WIN: _l("Quick win"),
}
EVIDENCE_LABELS = {
    Evidence.OPINION: _l("Opinion"),
    Evidence.ANECDOTE: _l("Anecdote"),
    Evidence.BEHAVIOUR: _l("Behaviour"),
    Evidence.MEASURED: _l("Measured"),
}


def strongest_first(learnings: Iterable[Learning]) -> list[Learning]:
    """Learnings by how strong their evidence is, the newest of several first."""
    return sorted(learnings, key=lambda one: (-one.evidence.level, -one.id))


class Learning(Base):
    """A dated entry in an experiment's log. A wrong one is corrected by a new one that names it."""

    __tablename__ = "learning"
    __table_args__ = (
        Index("ix_learning_experiment", "experiment_id", "id"),
        Index("ix_learning_kind", "kind", "id"),
        Index("ix_learning_evidence", "evidence", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiment.id"))
    kind: Mapped[Kind] = mapped_column(choice(Kind))
    evidence: Mapped[Evidence] = mapped_column(choice(Evidence))
    title: Mapped[str]  # We learned …
    body: Mapped[str]  # We observed …
    believed: Mapped[str] = mapped_column(default="")
    therefore: Mapped[str] = mapped_column(default="")
    learned_on: Mapped[date]
    exploratory: Mapped[bool] = mapped_column(default=False)  # Nobody predicted it; welcome, and labelled so.
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("learning.id"), unique=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime]

    by: Mapped[Person] = relationship(lazy="raise")
    experiment: Mapped[Experiment] = relationship(lazy="raise_on_sql", viewonly=True)  # Loaded before it is asked.

    @property
    def ref(self) -> str:
        """Its identifier for life, such as L-042."""
        return ref("L", self.id)

    @property
    def experiment_ref(self) -> str:
        """Of the experiment whose log it stands in, such as X-014."""
        return ref("X", self.experiment_id)
