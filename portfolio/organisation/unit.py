"""Units: the places in the hierarchy where people have their work."""

from __future__ import annotations

import secrets

from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from portfolio.audit.entry import record
from portfolio.foundation.authority import Actor
from portfolio.foundation.database import Base, db
from portfolio.foundation.errors import RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l


class Unit(Base):
    """A department, team or site."""

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    handle: Mapped[str] = mapped_column(unique=True, default=lambda: secrets.token_hex(8))
    name: Mapped[str] = mapped_column(unique=True)

    @classmethod
    def open(cls, name: str, *, by: Actor | None) -> Unit:
        """Add a unit.

        Raises:
            RuleBroken: there is one with this name.
        """
        _refuse_a_second(name, None)
        unit = cls(name=name)
        db.session.add(unit)
        record("unit.opened", unit, by=by)
        return unit

    def rename(self, name: str, *, by: Actor) -> None:
        """Give it another name.

        Raises:
            RuleBroken: there is another one with this name.
        """
        if name != self.name:
            _refuse_a_second(name, self.id)
            before, self.name = self.name, name
            record("unit.renamed", self, by=by, names={"before": before})


def _refuse_a_second(name: str, unit_id: int | None) -> None:
    taken = db.session.execute(select(Unit.id, Unit.name))
    if any(other != unit_id and known.casefold() == name.casefold() for other, known in taken):
        raise RuleBroken(_l("There is a unit with this name already."))
