"""Every read about promotions.

A promotion is seen by every volunteer. One that carries a learning of a restricted experiment is seen by those who
can see that experiment, by the operations owner it is put to, and by those who promoted or wrote it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from flask import current_app
from sqlalchemy import ColumnElement, Select, case, false, func, or_, select
from sqlalchemy.orm import joinedload, raiseload, selectinload

from portfolio.bridge.answer import Answer, State
from portfolio.bridge.fate import AFTER, FATE, Fate, fates_of
from portfolio.bridge.promotion import Promotion, promotion_learning
from portfolio.foundation.database import db, for_change
from portfolio.foundation.errors import Missing
from portfolio.foundation.numbering import number_of
from portfolio.foundation.paging import Page
from portfolio.hierarchy import policy as hierarchy_policy
from portfolio.hierarchy import queries as hierarchy
from portfolio.hierarchy.effect import Effect, Lasting
from portfolio.hierarchy.goal import Goal
from portfolio.hierarchy.initiative import Initiative
from portfolio.network import queries as network
from portfolio.network.decision import Decision, DecisionKind
from portfolio.network.experiment import Experiment
from portfolio.network.learning import Learning
from portfolio.network.team import Member
from portfolio.organisation.unit import Unit
from portfolio.people.person import Person, Role

MOST_WAITING = 50
S = TypeVar("S", bound="Select[*tuple[Any, ...]]")


@dataclass(frozen=True)
class Crossing:
    """What became of a promotion.

    Args:
        effect: what its initiative did to the measure; None before there is one.
        shows_initiative: whether this reader can open the initiative, which may be a draft.
    """

    fate: Fate
    effect: Effect | None
    shows_initiative: bool

    @property
    def is_closed(self) -> bool:
        """Whether there is nothing more to hear: a no, a call-off, or an effect that was read again."""
        if self.fate.stands:
            return self.effect is not None and self.effect.is_measured_again
        return True

    @property
    def lasting(self) -> Lasting | None:
        """Whether its effect lasted, once that can be told."""
        return self.effect.lasting if self.effect is not None else None

    @property
    def label(self) -> object:
        """The fate for a reader; of an effect that was read again, whether it lasted."""
        return self.fate.label if self.lasting is None else self.lasting.label

    def expected_of(self, promotion: Promotion) -> Goal:
        """What its measure should do now: as the plan has it, or as promised while this reader sees no whole plan."""
        if self.effect is not None and self.shows_initiative and self.effect.goal.is_complete:
            return self.effect.goal
        return promotion.promised


# Who sees what ------------------------------------------------------------------------------------------------------


def visible_to(viewer: Person, statement: S) -> S:
    """Only the promotions this person may see."""
    if not viewer.is_volunteer:
        return statement.where(false())
    carried = promotion_learning.c
    of_learnings = select(carried.promotion_id).join(Learning, Learning.id == carried.learning_id)
    readable = network.visible_to(viewer, select(Experiment.id).where(Experiment.id == Learning.experiment_id))
    hidden = of_learnings.where(carried.promotion_id == Promotion.id, ~readable.correlate(Learning).exists()).correlate(
        Promotion
    )
    answered = select(Answer.promotion_id).where(Answer.by_id == viewer.id)
    return statement.where(
        or_(
            ~hidden.exists(),
            Promotion.unit_id.in_(viewer.owned_unit_ids),
            Promotion.promoter_id == viewer.id,
            Promotion.id.in_(of_learnings.where(Learning.by_id == viewer.id)),
            Promotion.id.in_(answered),
        )
    )


def experiments_of(promotions: Iterable[Promotion], *, viewer: Person) -> dict[int, Experiment]:
    """The experiments they were learned in, as far as this person may see them."""
    asked = {number for promotion in promotions for number in promotion.experiment_ids}
    statement = network.visible_to(viewer, select(Experiment)).where(Experiment.id.in_(asked))
    return {found.id: found for found in db.session.scalars(statement.options(joinedload(Experiment.lead)))}


# One promotion ------------------------------------------------------------------------------------------------------


def promotion(ref: str, *, viewer: Person) -> Promotion:
    """One promotion with what its page shows.

    Raises:
        Missing: it is not there, or not theirs to see.
    """
    return _one(_with_everything(visible_to(viewer, select(Promotion).where(Promotion.id == _number(ref)))))


def promotion_for_change(ref: str, *, viewer: Person) -> Promotion:
    """One promotion, locked, with what its rules ask about.

    Raises:
        Missing: it is not there, or not theirs to see.
    """
    number = _number(ref)
    _one(for_change(visible_to(viewer, select(Promotion).where(Promotion.id == number))))
    statement = _with_everything(select(Promotion).where(Promotion.id == number))
    return _one(statement.execution_options(populate_existing=True))


def crossings(promotions: Iterable[Promotion], *, viewer: Person | None) -> dict[int, Crossing]:
    """What became of each, the initiatives loaded; at most two queries.

    Args:
        viewer: reads it; None for what everybody in the organisation may read.
    """
    asked = list(promotions)
    initiatives = [promotion.initiative for promotion in asked if promotion.initiative is not None]
    effects = hierarchy.effects(initiatives)
    seen = {initiative.id for initiative in initiatives if hierarchy_policy.is_seen_by(viewer, initiative)}
    fates = fates_of(asked)
    return {
        promotion.id: Crossing(
            fates[promotion.id], effects.get(promotion.initiative_id or 0), promotion.initiative_id in seen
        )
        for promotion in asked
    }


# Lists --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PromotionSearch:
    """What the list may ask for; without a fate it shows everything that does not wait for an answer.

    Args:
        with_waiting: without a fate it shows that too.
    """

    fate: Fate | None = None
    with_waiting: bool = False

    def page(self, viewer: Person, after: str | None, *, size: int = 30) -> Page[Promotion]:
        """One page: what waits the longest first, everything else the newest first."""
        statement = _for_a_row(visible_to(viewer, select(Promotion)))
        if self.fate is not None:
            statement = statement.outerjoin(*AFTER).where(FATE == self.fate.value)  # noqa: SIM300
        elif not self.with_waiting:
            statement = statement.where(Promotion.state != State.OFFERED)
        descending = self.fate is not Fate.OFFERED
        return Page.of(statement, order=(Promotion.id,), after=after, descending=descending, size=size)


def counts(viewer: Person) -> dict[Fate, int]:
    """How many met which fate, of those this person may see."""
    each = visible_to(viewer, select(FATE.label("fate")).select_from(Promotion).outerjoin(*AFTER)).subquery()
    rows = db.session.execute(select(each.c.fate, func.count()).group_by(each.c.fate))
    return {Fate(value): int(count) for value, count in rows}


def waiting(viewer: Person, most: int = MOST_WAITING) -> Sequence[Promotion]:
    """What operations have not answered yet, the oldest first."""
    return _rows(visible_to(viewer, select(Promotion)).where(Promotion.state == State.OFFERED), most)


def waiting_for(person: Person, most: int = MOST_WAITING) -> Sequence[Promotion]:
    """What this operations owner should answer, the oldest first."""
    asked = Promotion.unit_id.in_(person.owned_unit_ids)
    return _rows(select(Promotion).where(Promotion.state == State.OFFERED, asked), most)


def crossed_since(moment: datetime, *, viewer: Person | None = None, most: int = 200) -> Sequence[Promotion]:
    """What operations said yes to since then, the oldest first; of one reader's, or all."""
    accepted = select(Answer.promotion_id).where(Answer.state == State.ACCEPTED, Answer.at >= moment)
    statement = select(Promotion).where(Promotion.id.in_(accepted))
    return _rows(visible_to(viewer, statement) if viewer else statement, most)


def answered_between(first: datetime, last: datetime, *, viewer: Person) -> Sequence[Promotion]:
    """What operations answered from one moment to another, the oldest first, as far as this person may see it."""
    answered = select(Answer.promotion_id).where(Answer.at.between(first, last))
    return _rows(visible_to(viewer, select(Promotion)).where(Promotion.id.in_(answered)), 200)


def promotions_of_experiments(ids: Iterable[int], *, viewer: Person) -> Sequence[Promotion]:
    """What was promoted of these experiments, the newest first, as far as this person may see it."""
    carried = (
        select(promotion_learning.c.promotion_id)
        .join(Learning, Learning.id == promotion_learning.c.learning_id)
        .where(Learning.experiment_id.in_(set(ids)))
    )
    statement = _for_a_row(visible_to(viewer, select(Promotion)).where(Promotion.id.in_(carried)))
    return db.session.scalars(statement.order_by(Promotion.id.desc()).limit(200)).unique().all()


def promotions_of_contributor(person: Person, most: int) -> Sequence[Promotion]:
    """What was learned in experiments that this person was on the team of or wrote in, the newest first.

    Whoever wrote a learning sees all of it, to the end; who was on the team, as far as they may still see it.
    """
    on_team = select(Member.experiment_id).where(Member.person_id == person.id)
    carried = (
        select(promotion_learning.c.promotion_id)
        .join(Learning, Learning.id == promotion_learning.c.learning_id)
        .where(or_(Learning.by_id == person.id, Learning.experiment_id.in_(on_team)))
    )
    statement = _for_a_row(visible_to(person, select(Promotion)).where(Promotion.id.in_(carried)))
    return db.session.scalars(statement.order_by(Promotion.id.desc()).limit(most)).unique().all()


def promotions_of_initiatives(ids: Iterable[int]) -> Sequence[Promotion]:
    """Where these initiatives came from, whoever asks."""
    return _rows(select(Promotion).where(Promotion.initiative_id.in_(set(ids))), 200)


def promoters_of_initiatives(ids: Iterable[int], *, viewer: Person) -> dict[int, str | None]:
    """Who promoted each of these that came of a promotion; None where this person may not see which."""
    asked = Promotion.initiative_id.in_(set(ids))
    seen = visible_to(viewer, select(Promotion.id)).where(asked).subquery()
    rows = db.session.execute(
        select(Promotion.initiative_id, case((seen.c.id.is_not(None), Person.name)))
        .join(Person, Person.id == Promotion.promoter_id)
        .outerjoin(seen, seen.c.id == Promotion.id)
        .where(asked)
    )
    return {number: name for number, name in rows if number is not None}


def visible_ids(promotions: Iterable[Promotion], *, viewer: Person) -> set[int]:
    """Which of these a person may open."""
    asked = [promotion.id for promotion in promotions]
    return set(db.session.scalars(visible_to(viewer, select(Promotion.id)).where(Promotion.id.in_(asked))))


def scaled_not_promoted(ids: Iterable[int]) -> set[int]:
    """Of these experiments the ones that leadership scales and nobody has put to operations."""
    asked = Decision.experiment_id.in_(set(ids))
    return set(db.session.scalars(select(Decision.experiment_id).where(asked, *_is_scaled_not_promoted())))


def to_promote(person: Person, most: int) -> Sequence[Experiment]:
    """The experiments this person leads that leadership scales and nobody has put to operations."""
    return db.session.scalars(
        select(Experiment)
        .join(Decision, Decision.experiment_id == Experiment.id)
        .where(Experiment.lead_id == person.id, *_is_scaled_not_promoted())
        .options(joinedload(Experiment.decision), raiseload("*"))
        .order_by(Decision.id)
        .limit(most)
    ).all()


def _is_scaled_not_promoted() -> tuple[ColumnElement[bool], ...]:
    promoted = (
        select(Learning.experiment_id)
        .join(promotion_learning, promotion_learning.c.learning_id == Learning.id)
        .where(Learning.experiment_id == Decision.experiment_id)
        .exists()
    )
    return Decision.kind == DecisionKind.SCALE, ~promoted


# Whom to put it to ----------------------------------------------------------------------------------------------------


def operations_owners() -> list[tuple[Unit, Person]]:
    """Every unit that has an operations owner, with each of them."""
    rows = db.session.execute(
        select(Unit, Person)
        .join(Role, Role.unit_id == Unit.id)
        .join(Person, Person.id == Role.person_id)
        .where(Person.active)
        .order_by(Unit.name, Person.name)
    )
    return [(unit, person) for unit, person in rows]


# Inside -------------------------------------------------------------------------------------------------------------


def reviews_begun() -> set[str]:
    """The names of the reviews that are open or over, as the room above knows them."""
    begun: set[str] = current_app.extensions["reviews_begun"]()
    return begun


def _for_a_row(statement: S) -> S:
    return statement.options(
        joinedload(Promotion.owner),
        joinedload(Promotion.promoter),
        joinedload(Promotion.unit),
        joinedload(Promotion.initiative).joinedload(Initiative.owner),
        selectinload(Promotion.learnings).joinedload(Learning.by),
        selectinload(Promotion.answers),
    )


def _with_everything(statement: Select[Any]) -> Select[Any]:
    return statement.options(
        joinedload(Promotion.owner).joinedload(Person.unit),
        joinedload(Promotion.promoter).joinedload(Person.unit),
        joinedload(Promotion.unit),
        joinedload(Promotion.initiative).joinedload(Initiative.owner),
        selectinload(Promotion.learnings).joinedload(Learning.by).joinedload(Person.unit),
        selectinload(Promotion.answers).joinedload(Answer.by),
    )


def _rows(statement: Select[Any], most: int) -> Sequence[Promotion]:
    return db.session.scalars(_for_a_row(statement).order_by(Promotion.id).limit(most)).unique().all()


def _one(statement: Select[Any]) -> Promotion:
    found: Promotion | None = db.session.scalars(statement).unique().first()
    if found is None:
        raise Missing
    return found


def _number(ref: str) -> int:
    number = number_of("P", ref)
    if number is None:
        raise Missing
    return number
