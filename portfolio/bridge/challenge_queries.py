"""Every read about challenges; every volunteer sees all of them, but not always who took one up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from portfolio.bridge.challenge import FALLEN_EXPERIMENT, Challenge, ChallengeState
from portfolio.foundation.database import db, for_change
from portfolio.foundation.errors import Missing
from portfolio.foundation.numbering import number_of
from portfolio.foundation.paging import Page
from portfolio.hierarchy import queries as hierarchy
from portfolio.hierarchy.initiative import Initiative
from portfolio.hierarchy.state import OPEN
from portfolio.hierarchy.state import State as InitiativeState
from portfolio.network import queries as network
from portfolio.network.experiment import Experiment
from portfolio.network.state import UNDER_WAY
from portfolio.people.person import Person


@dataclass(frozen=True)
class Takers:
    """The experiments and initiatives that took challenges up, as far as one reader may see them."""

    experiment_ids: set[int]
    initiative_ids: set[int]

    def shows(self, challenge: Challenge) -> bool:
        """Whether the reader can open what took it up."""
        return challenge.experiment_id in self.experiment_ids or challenge.initiative_id in self.initiative_ids


def challenge(ref: str) -> Challenge:
    """One challenge with what its page shows.

    Raises:
        Missing: it is not there.
    """
    return _one(_with_everything(select(Challenge).where(Challenge.id == _number(ref))))


def challenge_for_change(ref: str) -> Challenge:
    """One challenge, locked, with what its rules ask about.

    Raises:
        Missing: it is not there.
    """
    number = _number(ref)
    _one(for_change(select(Challenge).where(Challenge.id == number)))
    statement = _with_everything(select(Challenge).where(Challenge.id == number))
    return _one(statement.execution_options(populate_existing=True))


def challenges(state: ChallengeState | None, after: str | None, *, size: int = 30) -> Page[Challenge]:
    """One page of those in a state, or of all: what is open the longest first, the rest the newest first."""
    statement = _with_everything(select(Challenge))
    if state is ChallengeState.OPEN:
        statement = statement.where(_needs_somebody())
    elif state is not None:
        statement = statement.where(Challenge.state == state)
    descending = state is not ChallengeState.OPEN
    return Page.of(statement, order=(Challenge.id,), after=after, descending=descending, size=size)


def open_challenges(most: int = 50) -> Sequence[Challenge]:
    """What nobody works on, the oldest first."""
    statement = _with_everything(select(Challenge).where(_needs_somebody()))
    return db.session.scalars(statement.order_by(Challenge.id).limit(most)).unique().all()


def counts() -> dict[ChallengeState, int]:
    """How many stand where; what fell through counts as open, and as taken up too."""
    rows = db.session.execute(select(Challenge.state, func.count()).group_by(Challenge.state))
    found = {state: int(count) for state, count in rows}
    found[ChallengeState.OPEN] = count_open()
    return found


def count_open() -> int:
    """How many nobody works on."""
    return db.session.scalar(select(func.count()).select_from(needing().subquery())) or 0


def needing() -> Select[int]:
    """The numbers of those nobody works on."""
    return select(Challenge.id).where(_needs_somebody())


def takers_of(challenges: Iterable[Challenge], *, viewer: Person) -> Takers:
    """Which of what took these up a person may open; two queries."""
    asked = list(challenges)
    experiments = {challenge.experiment_id for challenge in asked} - {None}
    initiatives = {challenge.initiative_id for challenge in asked} - {None}
    return Takers(
        set(db.session.scalars(
            network.visible_to(viewer, select(Experiment.id)).where(Experiment.id.in_(experiments)))),
        set(db.session.scalars(
            hierarchy.visible_to(viewer, select(Initiative.id)).where(Initiative.id.in_(initiatives)))),
    )  # fmt: skip


def challenges_of_experiments(ids: Iterable[int]) -> Sequence[Challenge]:
    """What these experiments work on."""
    return db.session.scalars(
        select(Challenge).where(Challenge.experiment_id.in_(set(ids))).order_by(Challenge.id).limit(200)
    ).all()


def challenges_of_initiatives(ids: Iterable[int]) -> Sequence[Challenge]:
    """What these initiatives work on."""
    return db.session.scalars(
        select(Challenge).where(Challenge.initiative_id.in_(set(ids))).order_by(Challenge.id).limit(200)
    ).all()


def work_of(person: Person) -> list[Experiment | Initiative]:
    """What this person can take a challenge up with: experiments they lead, initiatives they own, under way."""
    experiments = db.session.scalars(
        select(Experiment)
        .where(Experiment.lead_id == person.id, Experiment.state.in_(UNDER_WAY))
        .order_by(Experiment.id.desc())
    ).all()
    initiatives = db.session.scalars(
        select(Initiative)
        .where(Initiative.owner_id == person.id, Initiative.state.in_(OPEN))
        .order_by(Initiative.id.desc())
    ).all()
    return [*experiments, *initiatives]


def taker_for_change(ref: str, *, viewer: Person) -> Experiment | Initiative:
    """An experiment or an initiative by its identifier, locked.

    Raises:
        Missing: it is not there, or not theirs to see.
    """
    if ref.startswith("X"):
        return network.experiment_for_change(ref, viewer=viewer)
    return hierarchy.initiative_for_change(ref, viewer=viewer)


def _needs_somebody() -> ColumnElement[bool]:
    """Open, or taken up by what was declined, withdrawn or called off since."""
    fallen = select(Experiment.id).where(Experiment.state.in_(FALLEN_EXPERIMENT))
    cancelled = select(Initiative.id).where(Initiative.state == InitiativeState.CANCELLED)
    return or_(
        Challenge.state == ChallengeState.OPEN,
        and_(
            Challenge.state == ChallengeState.TAKEN_UP,
            or_(Challenge.experiment_id.in_(fallen), Challenge.initiative_id.in_(cancelled)),
        ),
    )


def _with_everything(statement: Select[Any]) -> Select[Any]:
    return statement.options(
        joinedload(Challenge.unit),
        joinedload(Challenge.raised_by).joinedload(Person.unit),
        joinedload(Challenge.taken_up_by),
        joinedload(Challenge.ended_by),
        joinedload(Challenge.experiment),
        joinedload(Challenge.initiative),
    )


def _one(statement: Select[Any]) -> Challenge:
    found: Challenge | None = db.session.scalars(statement).unique().first()
    if found is None:
        raise Missing
    return found


def _number(ref: str) -> int:
    number = number_of("C", ref)
    if number is None:
        raise Missing
    return number
