"""Makers of what crosses the bridge, by the steps that lead there; what they give back is settled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from portfolio.bridge import barrier_queries, challenge_queries, learning_queries, queries
from portfolio.bridge.barrier import Barrier, BarrierText
from portfolio.bridge.challenge import Challenge, ChallengeText
from portfolio.bridge.fate import Fate, fates_of
from portfolio.bridge.promotion import Promotion
from portfolio.bridge.text import PromotionText
from portfolio.foundation.database import db, write_tx
from portfolio.hierarchy.initiative import Initiative
from portfolio.network.deciding import LearningCard
from portfolio.network.decision import DecisionKind
from portfolio.network.experiment import Experiment
from portfolio.network.findings import findings_of
from portfolio.network.learning import Evidence, Kind, Learning
from portfolio.network.picture import Illustration
from portfolio.organisation.change import FormOfChange
from portfolio.organisation.house_rules import house_rules
from portfolio.organisation.unit import Unit
from portfolio.people.person import Person, Role, RoleName
from tests.factories import (
    a_leader,
    a_person,
    a_running_experiment,
    an_operations_owner,
    changing,
    here,
    reading,
    reloaded,
    rules_now,
)
from tests.hierarchy.plans import initiative_now, working_on

TEXT = PromotionText(
    title="Planner and driver at one table at 15:00",
    change="Every day at 15:00 planner and driver fix the route **together**.",
    form=FormOfChange.IMPROVE,
    metric="First time right",
    unit_of_measure="%",
    baseline=Decimal(71),
    target=Decimal(90),
)


# Learnings ----------------------------------------------------------------------------------------------------------


def a_learning(
    experiment: Experiment | None = None,
    *,
    by: Person | None = None,
    title: str = "It goes right when both see the same route",
    corrects: Learning | None = None,
    body: str = "Nineteen of twenty deliveries were right.",
    therefore: str = "",
    evidence: Evidence = Evidence.MEASURED,
    pictures: Sequence[Illustration] = (),
) -> Learning:
    """A learning in the log of an experiment that runs."""
    experiment = experiment or a_running_experiment()
    with changing(experiment, by=by or lead_of(experiment)) as (found, author, moment):
        learning = found.learn(
            title,
            body,
            kind=Kind.INSIGHT,
            evidence=evidence,
            therefore=therefore,
            on=house_rules().today,
            corrects=here(corrects) if corrects else None,
            rules=house_rules(),
            by=author,
            at=moment,
        )
        found.illustrate(learning, pictures, by=author, at=moment)
        number = learning.id
    return learning_now(number)


def learning_now(number: int) -> Learning:
    """A learning as it is now, settled."""
    with reading():
        return db.session.get_one(Learning, number)


def scaled(experiment: Experiment) -> Experiment:
    """The same experiment, ended today and scaled by a leader."""
    with changing(experiment, by=lead_of(experiment)) as (found, lead, moment):
        found.stop_early("We know enough.", rules=house_rules(), by=lead, at=moment)
    with changing(experiment, by=a_leader()) as (found, leader, moment):
        found.decide(
            DecisionKind.SCALE,
            "It works, on all that was counted.",
            LearningCard("We believed it.", "We observed it.", "We learned it.", "Therefore."),
            findings_of(found),
            not_measured={criterion.id: "It ended early." for criterion in found.criteria},
            rules=house_rules(),
            by=leader,
            at=moment,
        )
    return reloaded(experiment)


def lead_of(experiment: Experiment) -> Person:
    """Who leads it."""
    assert experiment.lead is not None
    return experiment.lead


# Promotions ---------------------------------------------------------------------------------------------------------


def promote(
    *learnings: Learning, owner: Person, unit: Unit | None = None, by: Person | None = None, **words: Any
) -> Promotion:
    """Put learnings to an operations owner, as the page does."""
    by = by or a_person()
    with write_tx() as moment:
        person = here(by)
        ids = [learning.id for learning in learnings]
        found = learning_queries.learnings_for_change(ids, viewer=person)
        promotion = Promotion.offer(
            replace(TEXT, **words),
            found,
            standing=learning_queries.standing_of(found),
            unit=here(unit) if unit else unit_owned_by(here(owner)),
            owner=here(owner),
            by=person,
            at=moment,
        )
        db.session.flush()
        number = promotion.id
    return promotion_now(number)


def a_promotion(*learnings: Learning, owner: Person | None = None, by: Person | None = None, **words: Any) -> Promotion:
    """A promotion that waits for its owner."""
    return promote(*(learnings or (a_learning(),)), owner=owner or an_operations_owner(), by=by, **words)


def an_accepted_promotion(
    *learnings: Learning, days: bool = True, owner: Person | None = None, by: Person | None = None
) -> Promotion:
    """One that its owner took on: a planned initiative, or a draft."""
    promotion = a_promotion(*learnings, owner=owner, by=by)
    today = rules_now().today
    with answering(promotion) as (found, person, moment):
        found.accept(
            accountable=person,
            starts_on=today if days else None,
            due_on=today + timedelta(weeks=6) if days else None,
            reason="We begin in one region.",
            by=person,
            at=moment,
        )
    return promotion_now(promotion.id)


@contextmanager
def answering(promotion: Promotion, *, by: Person | None = None) -> Iterator[tuple[Promotion, Person, datetime]]:
    """Open the write transaction with a promotion, locked, and whoever answers it: its owner."""
    with write_tx() as moment:
        person = here(by or promotion.owner)
        yield queries.promotion_for_change(promotion.ref, viewer=person), person, moment


def promotion_now(number: int) -> Promotion:
    """A promotion as it is now, settled."""
    with reading():
        return queries._one(queries._with_everything(select(Promotion).where(Promotion.id == number)))


def fate_of(promotion: Promotion) -> Fate:
    """What became of it."""
    with reading():
        return fates_of([promotion])[promotion.id]


def initiative_of(promotion: Promotion) -> Initiative:
    """What it became, settled."""
    assert promotion.initiative_id is not None
    return initiative_now(promotion.initiative_id)


def embed(initiative: Initiative, value: str = "86") -> None:
    """Make it daily work today, from a plan."""
    assert initiative.owner is not None
    with working_on(initiative, by=initiative.owner) as (found, person, moment):
        found.start(rules=house_rules(), by=person)
        found.embed(Decimal(value), house_rules().today, rules=house_rules(), by=person, at=moment)


def unit_owned_by(person: Person) -> Unit:
    """The unit of an operations owner."""
    (number,) = person.owned_unit_ids
    return db.session.get_one(Unit, number)


def refs(promotions: Iterable[Promotion]) -> list[str]:
    """Their identifiers."""
    return [promotion.ref for promotion in promotions]


# Challenges ---------------------------------------------------------------------------------------------------------


def a_challenge(*, by: Person | None = None, unit: Unit | None = None, **words: Any) -> Challenge:
    """A challenge that nobody works on."""
    by = by or a_person()
    text = ChallengeText(
        title="Why do 1 in 5 returns come back incomplete?",
        tension="Every **fifth** bed comes back without its rails.",
        metric="Incomplete returns",
        unit_of_measure="%",
        value=Decimal(21),
    )
    with write_tx() as moment:
        challenge = Challenge.raise_(replace(text, **words), unit=here(unit) if unit else None, by=here(by), at=moment)
        db.session.flush()
        number = challenge.id
    return challenge_now(number)


def take_up(challenge: Challenge, taker: Experiment | Initiative, *, by: Person) -> None:
    """Let something work on it."""
    with write_tx() as moment:
        person = here(by)
        found = challenge_queries.challenge_for_change(challenge.ref)
        found.take_up(challenge_queries.taker_for_change(taker.ref, viewer=person), by=person, at=moment)


def challenge_now(number: int) -> Challenge:
    """A challenge as it is now, settled."""
    with reading():
        statement = select(Challenge).where(Challenge.id == number)
        return challenge_queries._one(challenge_queries._with_everything(statement))


# Barriers -----------------------------------------------------------------------------------------------------------


def a_barrier(experiment: Experiment | None = None, *, by: Person | None = None, **words: Any) -> Barrier:
    """A barrier that waits for an owner."""
    experiment = experiment or a_running_experiment()
    text = BarrierText(
        title="We cannot see the stock of the care homes",
        obstacle="Their system is closed to us. **Two calls** to their board would open it.",
    )
    with changing(experiment, by=by or lead_of(experiment)) as (found, person, moment):
        barrier = Barrier.raise_(replace(text, **words), experiment=found, by=person, at=moment)
        db.session.flush()
        number = barrier.id
    return barrier_now(number)


def give(barrier: Barrier, owner: Person, *, due: date | None = None, by: Person | None = None) -> Barrier:
    """Let somebody remove it, within a week unless a day is given."""
    with write_tx() as moment:
        leader, today = here(by or a_leader_at_hand()), house_rules().today
        found = barrier_queries.barrier_for_change(barrier.ref, viewer=leader)
        found.give_to(here(owner), due or today + timedelta(days=7), today=today, by=leader, at=moment)
    return barrier_now(barrier.id)


def a_leader_at_hand() -> Person:
    """Any leader; there is one wherever something was granted."""
    held = select(Role.person_id).where(Role.role == RoleName.LEADER)
    return db.session.scalars(select(Person).where(Person.active, Person.id.in_(held)).limit(1)).one()


def barrier_now(number: int) -> Barrier:
    """A barrier as it is now, settled."""
    with reading():
        return barrier_queries._one(barrier_queries._with_everything(select(Barrier).where(Barrier.id == number)))


# What browsers send -------------------------------------------------------------------------------------------------


def a_promotion_form(learnings: Sequence[Learning], owner: Person, **answers: Any) -> dict[str, Any]:
    """A complete promotion as its page sends it."""
    (unit_id,) = owner.owned_unit_ids
    usual: dict[str, Any] = {
        "learnings": [str(learning.id) for learning in learnings],
        "others": "",
        "title": TEXT.title,
        "change": TEXT.change,
        "put_to": f"{unit_id}-{owner.id}",
        "form": "improve",
        "metric": TEXT.metric,
        "unit_of_measure": "%",
        "baseline": "71",
        "target": "90",
    }
    return usual | answers
