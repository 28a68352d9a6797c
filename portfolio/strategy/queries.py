"""Reading the direction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from portfolio.foundation.database import db, for_change
from portfolio.foundation.errors import Missing
from portfolio.foundation.paging import Page
from portfolio.strategy.big_opportunity import BigOpportunity
from portfolio.strategy.phase import Phase
from portfolio.strategy.vision import MONTHS, Vision

MOST_PHASES = 300  # Of the road that is shown; a year of work side by side in ten lanes has some forty.
MOST_EARLIER = 10


def big_opportunity() -> BigOpportunity | None:
    """The statement that holds now."""
    return db.session.scalars(_opportunities().limit(1)).first()


def big_opportunities() -> Sequence[BigOpportunity]:
    """The latest statements, the one that holds first."""
    statement = _opportunities().options(joinedload(BigOpportunity.by)).limit(MOST_EARLIER)
    return db.session.scalars(statement).all()


def big_opportunity_for_change() -> BigOpportunity | None:
    """The statement that holds, locked, so that no two follow the same one."""
    db.session.scalars(for_change(_opportunities().limit(1))).all()
    return big_opportunity()  # Asked again: another may have come while this waited for the lock.


def vision(months: int) -> Vision | None:
    """The vision in so many months that holds now.

    Raises:
        Missing: there is no vision at so many months.
    """
    return db.session.scalars(_visions(months).limit(1)).first()


def visions() -> dict[int, Vision]:
    """The visions that hold now, by their months."""
    latest = select(func.max(Vision.id)).group_by(Vision.months)
    return {vision.months: vision for vision in db.session.scalars(select(Vision).where(Vision.id.in_(latest)))}


def visions_of(months: int) -> Sequence[Vision]:
    """The latest visions in so many months, the one that holds first.

    Raises:
        Missing: there is no vision at so many months.
    """
    return db.session.scalars(_visions(months).options(joinedload(Vision.by)).limit(MOST_EARLIER)).all()


def vision_for_change(months: int) -> Vision | None:
    """The vision that holds, locked, so that no two follow the same one.

    Raises:
        Missing: there is no vision at so many months.
    """
    db.session.scalars(for_change(_visions(months).limit(1))).all()
    return vision(months)


def road() -> Sequence[Phase]:
    """The phases from the end backwards."""
    return db.session.scalars(select(Phase).order_by(Phase.ends_on.desc(), Phase.id.desc()).limit(MOST_PHASES)).all()


def phases(after: str | None, *, size: int = 50) -> Page[Phase]:
    """The same, however many, a page at a time."""
    return Page.of(select(Phase), order=(Phase.ends_on, Phase.id), after=after, size=size, descending=True)


def phases_to_choose(today: date, *, keep: int | None = None) -> Sequence[Phase]:
    """The phases that something new can hang on, the nearest first.

    Args:
        keep: the phase that a thing hangs on already, offered whatever became of it.
    """
    still = and_(Phase.closed_at.is_(None), Phase.ends_on >= today)
    offered = or_(still, Phase.id == keep) if keep is not None else still
    return db.session.scalars(select(Phase).where(offered).order_by(Phase.starts_on, Phase.id).limit(MOST_PHASES)).all()


def phase(phase_id: int) -> Phase:
    """One phase.

    Raises:
        Missing: there is none.
    """
    return _one(_phase(phase_id).options(joinedload(Phase.closed_by)))


def phase_for_change(phase_id: int) -> Phase:
    """One phase, locked.

    Raises:
        Missing: there is none.
    """
    return _one(for_change(_phase(phase_id)))


def _opportunities() -> Select[BigOpportunity]:
    return select(BigOpportunity).order_by(BigOpportunity.id.desc())


def _visions(months: int) -> Select[Vision]:
    if months not in MONTHS:
        raise Missing
    return select(Vision).where(Vision.months == months).order_by(Vision.id.desc())


def _phase(phase_id: int) -> Select[Phase]:
    return select(Phase).where(Phase.id == phase_id)


def _one(statement: Select[Phase]) -> Phase:
    found = db.session.scalars(statement).first()
    if found is None:
        raise Missing
    return found
