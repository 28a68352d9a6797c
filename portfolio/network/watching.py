"""Guardrails while experiments run: what is past its limit now, for those who answer for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import raiseload, selectinload

from portfolio.foundation.database import db
from portfolio.foundation.paging import First
from portfolio.network.criterion import Guardrail, SuccessCriterion, better_of
from portfolio.network.experiment import Experiment
from portfolio.network.findings import GuardrailFinding, findings_of_guardrails
from portfolio.network.queries import visible_to
from portfolio.network.state import State
from portfolio.organisation.house_rules import HouseRules
from portfolio.organisation.measure import Measure, Reading
from portfolio.people.person import Person

MOST = 20


@dataclass(frozen=True)
class Breach:
    """A guardrail whose last reading is past its limit, while its experiment runs.

    Args:
        is_seen: whether whoever is told may open the experiment; who owns the measure may not always.
    """

    experiment: Experiment
    guardrail: Guardrail
    latest: Reading
    is_seen: bool


def breaches_for(person: Person, rules: HouseRules) -> First[Breach]:
    """What is past its limit now, for lead, sponsor and the owner of the measure; one query when nothing is guarded."""
    owned = select(Measure.id).where(Measure.owner_id == person.id)
    looked_at = _running(
        or_(
            Experiment.lead_id == person.id,
            Experiment.sponsor_id == person.id,
            exists().where(Guardrail.experiment_id == Experiment.id, Guardrail.measure_id.in_(owned)),
        ),
        rules,
    )
    running = looked_at.rows
    if not running:
        return First([], looked_at.more)
    watched = {guardrail.measure_id for experiment in running for guardrail in experiment.guardrails}
    own = set(db.session.scalars(owned.where(Measure.id.in_(watched))))
    ids = [experiment.id for experiment in running]
    seen = set(db.session.scalars(visible_to(person, select(Experiment.id)).where(Experiment.id.in_(ids))))
    breaches = [
        Breach(experiment, found.guardrail, found.latest, experiment.id in seen)
        for experiment, found in findings_of_guardrails(running)
        if found.is_past_now
        and found.latest is not None
        and (person.id in (experiment.lead_id, experiment.sponsor_id) or found.guardrail.measure_id in own)
    ]
    return First(breaches, looked_at.more)


def guarded_by(
    measure_ids: Iterable[int], *, viewer: Person, rules: HouseRules
) -> list[tuple[Experiment, GuardrailFinding]]:
    """The experiments that run within a limit of these measures, as far as this person may see them."""
    asked = set(measure_ids)
    watched = exists().where(Guardrail.experiment_id == Experiment.id, Guardrail.measure_id.in_(asked))
    seen = visible_to(viewer, select(Experiment.id))
    running = _running(watched & Experiment.id.in_(seen), rules).rows
    return [(one, found) for one, found in findings_of_guardrails(running) if found.guardrail.measure_id in asked]


def _running(concerned: ColumnElement[bool], rules: HouseRules) -> First[Experiment]:
    guarded = exists().where(Guardrail.experiment_id == Experiment.id)
    rows = db.session.scalars(
        select(Experiment)
        .where(Experiment.state == State.RUNNING, Experiment.ends_on >= rules.today, guarded, concerned)
        .options(selectinload(Experiment.guardrails), raiseload("*"))
        .order_by(Experiment.id.desc())
        .limit(MOST + 1)
    ).all()
    looked_at = First.of(rows, MOST)
    return First([each for each in looked_at.rows if not each.has_ended(rules.today)], looked_at.more)


def past_a_limit() -> set[int]:
    """Of what runs, the numbers of those with any reading in the timebox past a stop threshold or a guardrail.

    A net: whether a criterion is off track now, its findings say. Two queries of plain rows, for values are compared
    here and not by the database.
    """
    criteria = _read_in_time(
        SuccessCriterion, SuccessCriterion.stop_threshold, SuccessCriterion.baseline, SuccessCriterion.target
    )
    guardrails = _read_in_time(Guardrail, Guardrail.limit, Guardrail.limit, Guardrail.limit)
    return {
        experiment_id
        for statement in (criteria, guardrails)
        for experiment_id, value, direction, limit, baseline, target in db.session.execute(statement)
        if not better_of(direction, baseline, target).reaches(value, limit)
    }


def _read_in_time(part: Any, limit: Any, *way: Any) -> Select[Any]:
    in_time = Reading.read_on.between(Experiment.starts_on, Experiment.ends_on)
    return (
        select(part.experiment_id, Reading.value, part.direction, limit, *way)
        .join(Experiment, Experiment.id == part.experiment_id)
        .join(Reading, Reading.measure_id == part.measure_id)
        .where(Experiment.state == State.RUNNING, limit.is_not(None), in_time)
    )
