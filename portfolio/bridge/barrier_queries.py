"""Every read about barriers.

A barrier is seen by those who see the experiment it is in the way of, and by whoever was named to remove it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import joinedload

from portfolio.bridge.barrier import STANDING, STANDS_IN_THE_WAY_OF, Barrier, BarrierState
from portfolio.foundation.database import db, for_change
from portfolio.foundation.errors import Missing
from portfolio.foundation.numbering import number_of
from portfolio.foundation.paging import Page
from portfolio.network import queries as network
from portfolio.network.experiment import Experiment
from portfolio.network.team import Member
from portfolio.people.person import Person

MOST = 200
S = TypeVar("S", bound="Select[*tuple[Any, ...]]")


def visible_to(viewer: Person, statement: S) -> S:
    """Only the barriers this person may see."""
    if not viewer.is_volunteer:
        return statement.where(false())
    seen = network.visible_to(viewer, select(Experiment.id).where(Experiment.id == Barrier.experiment_id))
    return statement.where(or_(seen.correlate(Barrier).exists(), Barrier.owner_id == viewer.id))


# One ----------------------------------------------------------------------------------------------------------------


def barrier(ref: str, *, viewer: Person) -> Barrier:
    """One barrier with what its page shows.

    Raises:
        Missing: it is not there, or not theirs to see.
    """
    return _one(_with_everything(visible_to(viewer, select(Barrier).where(Barrier.id == _number(ref)))))


def barrier_for_change(ref: str, *, viewer: Person) -> Barrier:
    """One barrier, locked, with what its rules ask about.

    Raises:
        Missing: it is not there, or not theirs to see.
    """
    number = _number(ref)
    _one(for_change(visible_to(viewer, select(Barrier).where(Barrier.id == number))))
    statement = _with_everything(select(Barrier).where(Barrier.id == number))
    return _one(statement.execution_options(populate_existing=True))


def barrier_changed(changed: Barrier) -> Barrier:
    """The same one, read anew for whoever changed it."""
    statement = _with_everything(select(Barrier).where(Barrier.id == changed.id))
    return _one(statement.execution_options(populate_existing=True))


def experiments_seen(barriers: Iterable[Barrier], *, viewer: Person) -> set[int]:
    """Which of the experiments they are in the way of a person may open; an owner may not always."""
    asked = {barrier.experiment_id for barrier in barriers}
    return set(db.session.scalars(network.visible_to(viewer, select(Experiment.id)).where(Experiment.id.in_(asked))))


# Several ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BarrierSearch:
    """What the list may ask for.

    Args:
        state: None for those that still stand, unless all are asked for.
        experiment: the identifier of the experiment they are in the way of.
    """

    state: BarrierState | None = None
    everything: bool = False
    experiment: str = ""

    def page(self, viewer: Person, after: str | None, *, size: int = 30) -> Page[Barrier]:
        """One page: what stands the longest first, everything else the newest first."""
        statement = _with_everything(visible_to(viewer, select(Barrier)))
        if self.state is not None:
            statement = statement.where(Barrier.state == self.state)
        elif not self.everything:
            statement = statement.where(Barrier.state.in_(STANDING))
        if self.experiment:
            statement = statement.where(Barrier.experiment_id == (number_of("X", self.experiment) or 0))
        ended = self.everything or (self.state is not None and self.state not in STANDING)
        return Page.of(statement, order=(Barrier.id,), after=after, descending=ended, size=size)


def counts(viewer: Person) -> dict[BarrierState, int]:
    """How many stand where, of those this person may see."""
    each = visible_to(viewer, select(Barrier.state.label("state"))).subquery()
    rows = db.session.execute(select(each.c.state, func.count()).group_by(each.c.state))
    return {state: int(count) for state, count in rows}


def count_standing(viewer: Person) -> int:
    """How many are still in the way, of those this person may see."""
    return db.session.scalar(select(func.count()).select_from(standing(viewer).subquery())) or 0


def standing(viewer: Person) -> Select[int]:
    """The numbers of those still in the way, of those this person may see."""
    return visible_to(viewer, select(Barrier.id).where(Barrier.state.in_(STANDING)))


def waiting_for(person: Person, most: int) -> Sequence[Barrier]:
    """What this person was named to remove and, for a leader, what nobody is on; the oldest first."""
    own = and_(Barrier.owner_id == person.id, Barrier.state == BarrierState.TAKEN)
    statement = visible_to(person, select(Barrier)).where(or_(own, _needs_owner()) if person.is_leader else own)
    loads = (joinedload(Barrier.experiment), joinedload(Barrier.owner))
    return db.session.scalars(statement.options(*loads).order_by(Barrier.id).limit(most)).all()


def standing_rows(viewer: Person, most: int) -> Sequence[Barrier]:
    """What is in the way, the longest first, as far as this person may see it."""
    return _rows(visible_to(viewer, select(Barrier)).where(Barrier.state.in_(STANDING)), most)


def barriers_of_experiments(ids: Iterable[int], *, viewer: Person) -> Sequence[Barrier]:
    """What is or was in the way of these experiments, the newest first."""
    statement = visible_to(viewer, select(Barrier)).where(Barrier.experiment_id.in_(set(ids)))
    loads = joinedload(Barrier.owner)
    return db.session.scalars(statement.options(loads).order_by(Barrier.id.desc()).limit(MOST)).all()


def barriers_named(ids: Iterable[int], *, viewer: Person) -> Sequence[Barrier]:
    """These barriers, as far as this person may see them."""
    return _rows(visible_to(viewer, select(Barrier)).where(Barrier.id.in_(set(ids))), MOST)


def standing_or_ended_since(moment: datetime) -> Sequence[Barrier]:
    """What is in the way and what ended since a moment, whoever may see it, with the teams; the oldest first."""
    statement = select(Barrier).where(or_(Barrier.state.in_(STANDING), Barrier.ended_at > moment))
    return db.session.scalars(
        _with_everything(statement)
        .options(joinedload(Barrier.experiment).selectinload(Experiment.members))
        .order_by(Barrier.state.not_in(STANDING), Barrier.id)
    ).all()


def teams_of(person: Person, most: int = 50) -> Sequence[Experiment]:
    """The experiments for which this person can put a barrier to leadership."""
    mine = select(Member.experiment_id).where(Member.person_id == person.id, Member.until.is_(None))
    return db.session.scalars(
        select(Experiment)
        .where(Experiment.id.in_(mine), Experiment.state.in_(STANDS_IN_THE_WAY_OF))
        .order_by(Experiment.id.desc())
        .limit(most)
    ).all()


def put_by(person: Person, ids: Iterable[int]) -> set[int]:
    """Of these experiments the ones for which this person can put a barrier to leadership."""
    mine = select(Member.experiment_id).where(Member.person_id == person.id, Member.until.is_(None))
    free = select(Experiment.id).where(Experiment.id.in_(set(ids)), Experiment.state.in_(STANDS_IN_THE_WAY_OF))
    return set(db.session.scalars(free.where(Experiment.id.in_(mine))))


# Inside -------------------------------------------------------------------------------------------------------------


def _needs_owner() -> ColumnElement[bool]:
    """Nobody was named, or whoever was named has left."""
    left = select(Person.id).where(Person.active.is_(False))
    return or_(
        Barrier.state == BarrierState.OPEN,
        and_(Barrier.state == BarrierState.TAKEN, Barrier.owner_id.in_(left)),
    )


def _with_everything(statement: Select[Any]) -> Select[Any]:
    return statement.options(
        joinedload(Barrier.experiment),
        joinedload(Barrier.raised_by).joinedload(Person.unit),
        joinedload(Barrier.owner).joinedload(Person.unit),
        joinedload(Barrier.named_by),
        joinedload(Barrier.ended_by),
    )


def _rows(statement: Select[Any], most: int) -> Sequence[Barrier]:
    return db.session.scalars(_with_everything(statement).order_by(Barrier.id).limit(most)).all()


def _one(statement: Select[Any]) -> Barrier:
    found: Barrier | None = db.session.scalars(statement).first()
    if found is None:
        raise Missing
    return found


def _number(ref: str) -> int:
    number = number_of("B", ref)
    if number is None:
        raise Missing
    return number
