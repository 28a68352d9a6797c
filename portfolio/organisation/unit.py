"""Units: the places in the hierarchy where people have their work."""

from __future__ import annotations

import secrets

from sqlalchemy.orm import Mapped, mapped_column

from portfolio.audit.entry import record
from portfolio.foundation.authority import Actor
from portfolio.foundation.database import Base, db


class Unit(Base):
    """A department, team or site."""

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    handle: Mapped[str] = mapped_column(unique=True, default=lambda: secrets.token_hex(8))
    name: Mapped[str] = mapped_column(unique=True)

    @classmethod
    def open(cls, name: str, *, by: Actor | None) -> Unit:
        """Add a unit."""
        unit = cls(name=name)
        db.session.add(unit)
        record("unit.opened", unit, by=by)
        return unit

    def rename(self, name: str, *, by: Actor) -> None:
        """Give it another name."""
        if name != self.name:
            before, self.name = self.name, name
            record("unit.renamed", self, by=by, names={"before": before})
