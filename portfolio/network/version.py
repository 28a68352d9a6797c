"""Versions of a proposal, word for word and sealed: what was approved is what was seen."""

from __future__ import annotations

import enum
import json
from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from portfolio.foundation.columns import choice
from portfolio.foundation.database import Base
from portfolio.network.charter import Charter


class VersionKind(enum.Enum):
    """How a version came about."""

    PROPOSED = "proposed"
    REVISED = "revised"
    AMENDED = "amended"


class Version(Base):
    """The text of a proposal at one moment. Never changed."""

    __tablename__ = "experiment_version"
    __table_args__ = (Index("uq_experiment_version", "experiment_id", "number", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiment.id"))
    number: Mapped[int]
    kind: Mapped[VersionKind] = mapped_column(choice(VersionKind))
    content: Mapped[str]
    hash: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    @property
    def charter(self) -> Charter:
        """What it says."""
        return Charter.from_json(json.loads(self.content))
