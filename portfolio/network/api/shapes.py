"""What an experiment looks like in JSON, and how it is made of one."""

from __future__ import annotations

from typing import Any

from marshmallow.fields import Boolean, Integer, List, Nested, String

from portfolio.foundation.api.fields import Day, Exact, Moment, MoneyShown, OneOf, Shown, day, moment, money, number
from portfolio.foundation.money import Money
from portfolio.network.charter import Charter, CriterionText, GuardrailText, MilestoneText
from portfolio.network.criterion import Verdict
from portfolio.network.decision import DecisionKind
from portfolio.network.experiment import Experiment
from portfolio.network.findings import Findings, findings_of
from portfolio.network.state import State
from portfolio.organisation.change import FormOfChange
from portfolio.organisation.measure import Direction

TEXTS = ("problem", "hypothesis", "riskiest_assumption", "standalone_value", "first_step")


class CriterionShown(Shown):
    """A success criterion, and what it says once it was read."""

    metric = String(required=True)
    unit = String(required=True)
    direction = OneOf(Direction, required=True, allow_none=True)
    baseline = Exact(required=True, allow_none=True)
    target = Exact(required=True, allow_none=True)
    stop_threshold = Exact(required=True, allow_none=True)
    how = String(required=True)
    due_week = Integer(required=True, allow_none=True)
    primary = Boolean(required=True)
    measure = Integer(allow_none=True)
    latest = Exact(allow_none=True)
    verdict = OneOf(Verdict)
    not_measured_because = String()


class GuardrailShown(Shown):
    """A guardrail, and whether it held."""

    metric = String(required=True)
    unit = String(required=True)
    direction = OneOf(Direction, required=True)
    limit = Exact(required=True, allow_none=True)
    measure = Integer(allow_none=True)
    latest = Exact(allow_none=True)
    breached = Boolean()


class MilestoneShown(Shown):
    """A milestone and the part of the money that waits for it."""

    name = String(required=True)
    week = Integer(required=True, allow_none=True)
    amount = Nested(MoneyShown, required=True, allow_none=True)


class TrancheShown(Shown):
    """A part of the grant. Number 0 is what no milestone names."""

    number = Integer(required=True)
    name = String(required=True)
    week = Integer(required=True, allow_none=True)
    amount = Nested(MoneyShown, required=True, allow_none=True)
    evidence = String(required=True)
    released_at = Moment(required=True, allow_none=True)


class HandShown(Shown):
    """A hand that is up."""

    number = Integer(required=True)
    person = String(required=True)
    hours_a_week = Integer(required=True)
    note = String(required=True)


class AmendmentShown(Shown):
    """A change of the charter that was asked for."""

    number = Integer(required=True)
    reason = String(required=True)
    approved = Boolean(required=True, allow_none=True)
    answer_reason = String(required=True)


class DecisionShown(Shown):
    """What leadership decided."""

    kind = OneOf(DecisionKind, required=True)
    verdict = OneOf(Verdict, required=True)
    charter_version = Integer(required=True)
    overrides = Boolean(required=True)
    reason = String(required=True)
    believed = String(required=True)
    observed = String(required=True)
    learned = String(required=True)
    therefore = String(required=True)
    returned = Nested(MoneyShown, required=True, allow_none=True)
    by = String(required=True)
    at = Moment(required=True)


class ExperimentRow(Shown):
    """An experiment on a list."""

    id = String(required=True, metadata={"examples": ["X-014"]})
    title = String(required=True)
    form = OneOf(FormOfChange, required=True, allow_none=True)
    state = OneOf(State, required=True)
    ended = Boolean(required=True)
    lead = String(required=True, allow_none=True, metadata={"description": "A person's id."})
    unit = String(required=True, allow_none=True, metadata={"description": "A unit's id."})
    timebox_weeks = Integer(required=True, allow_none=True)
    starts_on = Day(required=True, allow_none=True)
    ends_on = Day(required=True, allow_none=True)
    budget = Nested(MoneyShown, required=True, allow_none=True)
    granted = Nested(MoneyShown, required=True, allow_none=True)
    decision = OneOf(DecisionKind, required=True, allow_none=True)


class ExperimentShown(ExperimentRow):
    """One experiment, whole."""

    problem = String(required=True)
    hypothesis = String(required=True)
    riskiest_assumption = String(required=True)
    standalone_value = String(required=True)
    first_step = String(required=True)
    horizon = Integer(required=True)
    hours_a_week = Integer(required=True)
    confidence = Integer(required=True, allow_none=True)
    restricted = Boolean(required=True)
    shared = Boolean(required=True)
    phase = Integer(required=True, allow_none=True)
    follows = String(required=True, allow_none=True)
    team = List(String(), required=True)
    sponsor = String(required=True, allow_none=True)
    version = Integer(required=True)
    version_hash = String(required=True, allow_none=True)
    proposed_at = Moment(required=True, allow_none=True)
    answer_due_on = Day(required=True, allow_none=True)
    answer_reason = String(required=True)
    return_reason = String(required=True)
    stop_reason = String(required=True)
    released = Nested(MoneyShown, required=True, allow_none=True)
    spent = Nested(MoneyShown, required=True, allow_none=True)
    returned = Nested(MoneyShown, required=True, allow_none=True)
    waits_for_second_signature = Boolean(required=True)
    obstacles_to_propose = List(String(), required=True)
    criteria = List(Nested(CriterionShown), required=True)
    guardrails = List(Nested(GuardrailShown), required=True)
    milestones = List(Nested(MilestoneShown), required=True)
    tranches = List(Nested(TrancheShown), required=True)
    hands = List(Nested(HandShown), required=True)
    amendments = List(Nested(AmendmentShown), required=True)
    verdict = OneOf(Verdict, required=True, allow_none=True)
    outcome = Nested(DecisionShown, required=True, allow_none=True)


def row_of(experiment: Experiment, today: Any, *, amounts: bool) -> dict[str, Any]:
    """An experiment on a list."""
    grant = experiment.grant
    return {
        "id": experiment.ref,
        "title": experiment.title,
        "form": None if experiment.state is State.RECORD else experiment.form.value,
        "state": experiment.state.value,
        "ended": experiment.has_ended(today),
        "lead": experiment.lead.handle if experiment.lead else None,
        "unit": experiment.unit.handle if experiment.unit else None,
        "timebox_weeks": experiment.weeks,
        "starts_on": day(experiment.starts_on),
        "ends_on": day(experiment.ends_on),
        "budget": money(grant.asked_money) if amounts else None,
        "granted": money(grant.money) if amounts and grant.is_reserved else None,
        "decision": experiment.decision.kind.value if experiment.decision else None,
    }


def whole_of(experiment: Experiment, today: Any, *, amounts: bool) -> dict[str, Any]:
    """One experiment, whole; without its amounts for who may not see them."""
    grant, findings = experiment.grant, findings_of(experiment)
    plain = (*TEXTS, "horizon", "hours_a_week", "confidence", "restricted", "shared", "version", "version_hash")
    reasons = ("answer_reason", "return_reason", "stop_reason")
    return (
        row_of(experiment, today, amounts=amounts)
        | {name: getattr(experiment, name) for name in (*plain, *reasons)}
        | {
            "phase": experiment.phase_id,
            "follows": experiment.follows.ref if experiment.follows else None,
            "team": [member.person.handle for member in experiment.team],
            "sponsor": experiment.sponsor.handle if experiment.sponsor else None,
            "proposed_at": moment(experiment.proposed_at),
            "answer_due_on": day(experiment.answer_due_on),
            "released": money(grant.released_money) if amounts else None,
            "spent": money(grant.spent_money) if amounts else None,
            "returned": money(grant.returned_money) if amounts else None,
            "waits_for_second_signature": grant.waiting_signature is not None,
            "obstacles_to_propose": [str(o) for o in _obstacles(experiment)],
            "criteria": [_criterion(part.text()) for part in experiment.criteria],
            "guardrails": [_guardrail(part.text()) for part in experiment.guardrails],
            "milestones": [_milestone(part.text(), grant.currency, amounts=amounts) for part in experiment.milestones],
            "tranches": [_tranche(tranche, amounts=amounts) for tranche in grant.tranches],
            "hands": [_hand(hand) for hand in experiment.hands if hand.is_up],
            "amendments": [_amendment(amendment) for amendment in experiment.amendments],
            "verdict": findings.verdict.value if experiment.starts_on else None,
            "outcome": _outcome(experiment, amounts=amounts),
        }
        | _found(experiment, findings)
    )


def text_of(charter: Charter, *, amounts: bool) -> dict[str, Any]:
    """What a charter says, under the names it has in an experiment."""
    currency = charter.budget.currency
    return {name: getattr(charter, name) for name in ("title", *TEXTS, "horizon", "hours_a_week")} | {
        "form": charter.form.value,
        "timebox_weeks": charter.weeks,
        "budget": money(charter.budget) if amounts else None,
        "criteria": [_criterion(text) for text in charter.criteria],
        "guardrails": [_guardrail(text) for text in charter.guardrails],
        "milestones": [_milestone(text, currency, amounts=amounts) for text in charter.milestones],
    }


def tag_of(experiment: Experiment) -> str:
    """The version of its text: how often it was saved, and the fingerprint of what was put to leadership."""
    return f"{experiment.revision}.{experiment.version_hash or 'draft'}"


def _obstacles(experiment: Experiment) -> list[Any]:
    return experiment.obstacles_to_propose if experiment.state is State.DRAFT else []


def _found(experiment: Experiment, findings: Findings) -> dict[str, Any]:
    """Criteria and guardrails again, with what the readings say of them, once there can be any."""
    if experiment.starts_on is None:
        return {}
    return {
        "criteria": [
            _criterion(finding.criterion.text())
            | {
                "measure": finding.criterion.measure_id,
                "latest": number(finding.latest.value) if finding.latest else None,
                "verdict": finding.verdict.value,
                "not_measured_because": finding.criterion.not_measured_because,
            }
            for finding in findings.criteria
        ],
        "guardrails": [
            _guardrail(finding.guardrail.text())
            | {
                "measure": finding.guardrail.measure_id,
                "latest": number(finding.latest.value) if finding.latest else None,
                "breached": finding.breached,
            }
            for finding in findings.guardrails
        ],
    }


def _criterion(text: CriterionText) -> dict[str, Any]:
    return vars(text) | {
        "direction": text.direction.value if text.direction else None,
        "baseline": number(text.baseline),
        "target": number(text.target),
        "stop_threshold": number(text.stop_threshold),
    }


def _guardrail(text: GuardrailText) -> dict[str, Any]:
    return vars(text) | {"direction": text.direction.value, "limit": number(text.limit)}


def _milestone(text: MilestoneText, currency: str, *, amounts: bool) -> dict[str, Any]:
    return vars(text) | {"amount": money(Money(text.amount, currency)) if amounts else None}


def _tranche(tranche: Any, *, amounts: bool) -> dict[str, Any]:
    return {
        "number": tranche.number,
        "name": tranche.name,
        "week": tranche.week,
        "amount": money(tranche.money) if amounts else None,
        "evidence": tranche.evidence,
        "released_at": moment(tranche.released_at),
    }


def _hand(hand: Any) -> dict[str, Any]:
    return {
        "number": hand.id,
        "person": hand.person.handle,
        "hours_a_week": hand.hours_a_week,
        "note": hand.note,
    }


def _amendment(amendment: Any) -> dict[str, Any]:
    return {name: getattr(amendment, name) for name in ("number", "reason", "approved", "answer_reason")}


def _outcome(experiment: Experiment, *, amounts: bool) -> dict[str, Any] | None:
    decision = experiment.decision
    if decision is None:
        return None
    said = ("charter_version", "overrides", "reason", "believed", "observed", "learned", "therefore")
    return {name: getattr(decision, name) for name in said} | {
        "kind": decision.kind.value,
        "verdict": decision.verdict.value,
        "returned": money(Money(decision.returned, decision.currency)) if amounts else None,
        "by": decision.by.handle,
        "at": moment(decision.at),
    }
