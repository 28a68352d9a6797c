"""Amendments: a frozen charter is changed in the open, with a reason, by a leader who is no party."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portfolio.foundation.database import Base
from portfolio.network.charter import Charter
from portfolio.people.person import Person


class Amendment(Base):
    """A proposed change of the charter, and the answer to it. The old text stays readable beside the new one."""

    __tablename__ = "amendment"
    __table_args__ = (Index("uq_amendment_number", "experiment_id", "number", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiment.id"))
    number: Mapped[int]
    changes_version: Mapped[int]  # The version it was written against.
    content: Mapped[str]
    reason: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]
    approved: Mapped[bool | None]
    answer_reason: Mapped[str] = mapped_column(default="")

    by: Mapped[Person] = relationship(lazy="raise", foreign_keys=by_id)
    answered_by: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=answered_by_id)

    @property
    def charter(self) -> Charter:
        """What it would say."""
        return Charter.from_json(json.loads(self.content))

    @property
    def waits(self) -> bool:
        """Whether nobody answered yet."""
        return self.answered_at is None
