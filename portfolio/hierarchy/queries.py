"""Every read behind the hierarchy's pages; drafts are seen by those they concern, observers see none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, bindparam, false, func, or_, select
from sqlalchemy.orm import aliased, joinedload, raiseload, selectinload

from portfolio.foundation import search
from portfolio.foundation.database import db, for_change
from portfolio.foundation.errors import Missing
from portfolio.foundation.numbering import number_of
from portfolio.foundation.paging import Page
from portfolio.hierarchy.effect import Effect
from portfolio.hierarchy.initiative import Initiative
from portfolio.hierarchy.readings import latest_reading, reading_at_embedding
from portfolio.hierarchy.role import InitiativeRole
from portfolio.hierarchy.state import OPEN, State
from portfolio.hierarchy.status import InitiativeStatus
from portfolio.organisation.change import FormOfChange
from portfolio.organisation.measure import Reading
from portfolio.people.person import Person, Role

STAGES: dict[str, tuple[State, ...]] = {"open": OPEN} | {state.value: (state,) for state in State}
S = TypeVar("S", bound="Select[*tuple[Any, ...]]")


def visible_to(viewer: Person, statement: S) -> S:
    """Only what this person may see: a draft is for who suggested it, its owner and its unit's operations owner."""
    if not viewer.is_volunteer:
        return statement.where(false())
    return statement.where(
        or_(
            Initiative.state != State.DRAFT,
            Initiative.suggested_by_id == viewer.id,
            Initiative.owner_id == viewer.id,
            Initiative.unit_id.in_(viewer.owned_unit_ids),
        )
    )


def initiative(ref: str, *, viewer: Person) -> Initiative:
    """One initiative with what its page shows.

    Raises:
        Missing: it is not there, or not theirs to see.
    """
    return _one(_with_everything(visible_to(viewer, select(Initiative).where(Initiative.id == _number(ref)))))


def initiative_for_change(ref: str, *, viewer: Person) -> Initiative:
    """One initiative, locked, with what its rules ask about.

    Raises:
        Missing: it is not there, or not theirs to see.
    """
    number = _number(ref)
    _one(for_change(visible_to(viewer, select(Initiative).where(Initiative.id == number))))
    statement = _with_everything(select(Initiative).where(Initiative.id == number))
    return _one(statement.execution_options(populate_existing=True))


def as_written(changed: Initiative) -> Initiative:
    """An initiative as it is now, for whoever just changed it: also when they passed it on and see it no more."""
    db.session.flush()
    statement = _with_everything(select(Initiative).where(Initiative.id == changed.id))
    return _one(statement.execution_options(populate_existing=True))


def by_ids(ids: Iterable[int]) -> dict[int, Initiative]:
    """Initiatives by number with unit and owner, whoever asks: for rooms that have their own say in who sees it."""
    rows = db.session.scalars(
        select(Initiative)
        .where(Initiative.id.in_(set(ids)))
        .options(joinedload(Initiative.owner).joinedload(Person.unit), joinedload(Initiative.unit))
    )
    return {found.id: found for found in rows}


@dataclass(frozen=True)
class InitiativeSearch:
    """What the list may ask for; a blank field means any."""

    stage: str = "open"
    form: FormOfChange | None = None
    unit_id: int | None = None
    text: str = ""

    def page(self, viewer: Person, after: str | None, *, size: int = 50) -> Page[Initiative]:
        """One page, the newest first."""
        statement = visible_to(viewer, select(Initiative)).options(
            joinedload(Initiative.owner).joinedload(Person.unit),
            joinedload(Initiative.unit),
            selectinload(Initiative.milestones),
            raiseload("*"),
        )
        statement = statement.where(*self._conditions())
        return Page.of(statement, order=(Initiative.id,), after=after, size=size, descending=True)

    def _conditions(self) -> list[Any]:
        conditions: list[Any] = []
        if self.stage in STAGES:
            conditions.append(Initiative.state.in_(STAGES[self.stage]))
        if self.form is not None:
            conditions.append(Initiative.form == self.form)
        if self.unit_id is not None:
            conditions.append(Initiative.unit_id == self.unit_id)
        if self.text:
            conditions.append(Initiative.id.in_(search.matching(self.text, "initiative")))
        return conditions


def count_open(viewer: Person) -> int:
    """How many commitments are planned or active, of those this person may see."""
    counted = visible_to(viewer, select(func.count(Initiative.id))).where(Initiative.state.in_(STAGES["open"]))
    return db.session.scalar(counted) or 0


def statuses(of: Initiative, most: int = 60) -> Sequence[InitiativeStatus]:
    """What was reported of an initiative, the latest first."""
    return db.session.scalars(
        select(InitiativeStatus)
        .where(InitiativeStatus.initiative_id == of.id)
        .options(joinedload(InitiativeStatus.by))
        .order_by(InitiativeStatus.id.desc())
        .limit(most)
    ).all()


def latest_statuses(initiatives: Iterable[Initiative]) -> dict[int, InitiativeStatus]:
    """The latest status of each that has one; one query."""
    asked = [initiative.id for initiative in initiatives]
    rows = db.session.scalars(
        select(InitiativeStatus).where(InitiativeStatus.initiative_id.in_(asked), is_newest_status())
    )
    return {status.initiative_id: status for status in rows}


def effects(initiatives: Iterable[Initiative]) -> dict[int, Effect]:
    """What each did to its measure so far; one query."""
    asked = {initiative.id: initiative for initiative in initiatives}
    rows = db.session.execute(_read_of(), {"initiatives": sorted(asked)})
    return {number: Effect.of(asked[number], latest, at_embedding) for number, latest, at_embedding in rows}


@cache
def _read_of() -> Select[int, Reading, Reading]:
    """The same statement for all `initiatives`: of each its last reading and the one at embedding."""
    latest, first = aliased(Reading), aliased(Reading)
    return (
        select(Initiative.id, latest, first)
        .select_from(Initiative)
        .outerjoin(latest, latest.id == latest_reading())
        .outerjoin(first, first.id == reading_at_embedding())
        .where(Initiative.id.in_(bindparam("initiatives", expanding=True)))
    )


@cache
def is_newest_status() -> ColumnElement[bool]:
    """Whether a status is the one that holds now."""
    newer = aliased(InitiativeStatus)
    same = (newer.initiative_id == InitiativeStatus.initiative_id, newer.id > InitiativeStatus.id)
    return ~select(newer.id).where(*same).correlate(InitiativeStatus).exists()


def operations_owners(unit_id: int | None) -> Sequence[Person]:
    """Who can make a commitment of a unit, by name."""
    held = select(Role.person_id).where(Role.unit_id == unit_id)
    return db.session.scalars(select(Person).where(Person.active, Person.id.in_(held)).order_by(Person.name)).all()


def _with_everything(statement: Select[Any]) -> Select[Any]:
    return statement.options(
        joinedload(Initiative.owner).options(joinedload(Person.unit), selectinload(Person.roles)),
        joinedload(Initiative.suggested_by),
        joinedload(Initiative.unit),
        joinedload(Initiative.measure),
        joinedload(Initiative.phase),
        selectinload(Initiative.milestones),
        selectinload(Initiative.roles)
        .joinedload(InitiativeRole.person)
        .options(joinedload(Person.unit), selectinload(Person.roles)),
    )


def _one(statement: Select[Any]) -> Initiative:
    found: Initiative | None = db.session.scalars(statement).unique().first()
    if found is None:
        raise Missing
    return found


def _number(ref: str) -> int:
    number = number_of("I", ref)
    if number is None:
        raise Missing
    return number
