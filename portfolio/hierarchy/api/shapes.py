"""What an initiative looks like in JSON, and how it is made of one. Where it came from is for the bridge to say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow.fields import Boolean, Integer, List, Nested, String

from portfolio.foundation.api.fields import Day, Exact, Moment, MoneyShown, OneOf, Shown, day, moment, money, number
from portfolio.hierarchy.effect import Effect, Lasting
from portfolio.hierarchy.initiative import Initiative
from portfolio.hierarchy.state import Colour, Letter, State
from portfolio.hierarchy.status import InitiativeStatus
from portfolio.organisation.change import FormOfChange
from portfolio.organisation.measure import Reading
from portfolio.people.person import Person


class StatusShown(Shown):
    """What its owner said of it on one day."""

    colour = OneOf(Colour, required=True)
    percent = Integer(required=True)
    reason = String(required=True)
    on = Day(required=True)


class StatusEntry(StatusShown):
    """The same, with who said it."""

    by = String(required=True)
    at = Moment(required=True)


class InitiativeMilestoneShown(Shown):
    """A milestone of the plan."""

    number = Integer(required=True)
    name = String(required=True)
    due_on = Day(required=True, allow_none=True)
    reached_on = Day(required=True, allow_none=True)


class RaciShown(Shown):
    """Who carries which part; the one who is accountable is its owner."""

    person = String(required=True)
    part = OneOf(Letter, required=True)


class EffectReadingShown(Shown):
    """A reading of its measure."""

    number = Integer(required=True)
    value = Exact(required=True)
    on = Day(required=True)
    note = String(required=True)
    by = String(required=True, allow_none=True)
    corrects = Integer(required=True, allow_none=True)


class EffectShown(Shown):
    """What it did to its measure so far."""

    measure = Integer(required=True, allow_none=True)
    metric = String(required=True)
    unit = String(required=True)
    baseline = Exact(required=True, allow_none=True)
    target = Exact(required=True, allow_none=True)
    latest = Exact(required=True, allow_none=True)
    latest_on = Day(required=True, allow_none=True)
    reaches_target = Boolean(required=True)
    measured = Boolean(required=True, metadata={"description": "Read on or after the day of embedding."})
    at_embedding = Exact(
        required=True, allow_none=True, metadata={"description": "What was read when it was embedded."}
    )
    measured_again = Boolean(required=True, metadata={"description": "Read once more when lasting was to be shown."})
    lasting = OneOf(
        Lasting,
        required=True,
        allow_none=True,
        metadata={"description": "Whether what was gained was still there then; null until that can be told."},
    )


class InitiativeRow(Shown):
    """An initiative on a list."""

    id = String(required=True, metadata={"examples": ["I-008"]})
    title = String(required=True)
    form = OneOf(FormOfChange, required=True)
    state = OneOf(State, required=True)
    unit = String(required=True, allow_none=True, metadata={"description": "A unit's id."})
    owner = String(required=True, allow_none=True, metadata={"description": "A person's id."})
    starts_on = Day(required=True, allow_none=True)
    due_on = Day(required=True, allow_none=True)
    was_due_on = Day(required=True, allow_none=True)
    days_late = Integer(required=True)
    budget = Nested(MoneyShown, required=True, allow_none=True)
    hours_a_week = Integer(required=True)
    horizon = Integer(required=True)
    milestones_reached = Integer(required=True)
    milestones_planned = Integer(required=True)
    status = Nested(StatusShown, required=True, allow_none=True)


class InitiativeShown(InitiativeRow):
    """One initiative, whole."""

    why = String(required=True)
    mandate = String(required=True)
    suggested_by = String(required=True)
    phase = Integer(required=True, allow_none=True)
    started_on = Day(required=True, allow_none=True)
    embedded_on = Day(required=True, allow_none=True)
    due_again_on = Day(required=True, allow_none=True)
    cancel_reason = String(required=True)
    obstacles_to_plan = List(String(), required=True)
    raci = List(Nested(RaciShown), required=True)
    milestones = List(Nested(InitiativeMilestoneShown), required=True)
    statuses = List(Nested(StatusEntry), required=True, metadata={"description": "The latest first."})
    measure = Nested(EffectShown, required=True)
    readings = List(Nested(EffectReadingShown), required=True, metadata={"description": "The latest first."})


def row_of(initiative: Initiative, today: Any, status: InitiativeStatus | None, *, amounts: bool) -> dict[str, Any]:
    """An initiative on a list; without its amount for who may not see it."""
    plain = ("title", "hours_a_week", "horizon")
    days = ("starts_on", "due_on", "was_due_on")
    return (
        {name: getattr(initiative, name) for name in plain}
        | {name: day(getattr(initiative, name)) for name in days}
        | {
            "id": initiative.ref,
            "form": initiative.form.value,
            "state": initiative.state.value,
            "unit": initiative.unit.handle if initiative.unit else None,
            "owner": initiative.owner.handle if initiative.owner else None,
            "days_late": initiative.days_late(today),
            "budget": money(initiative.budget_money) if amounts else None,
            "milestones_reached": sum(milestone.is_reached for milestone in initiative.milestones),
            "milestones_planned": len(initiative.milestones),
            "status": _status(status) if status else None,
        }
    )


def whole_of(
    initiative: Initiative,
    today: Any,
    statuses: Sequence[InitiativeStatus],
    effect: Effect,
    readings: Sequence[Reading],
    readers: dict[int, Person],
    *,
    amounts: bool,
) -> dict[str, Any]:
    """One initiative, whole.

    Args:
        statuses: the latest first.
        readings: the latest first.
        readers: by number, everybody who took one of the readings.
    """
    days = ("started_on", "embedded_on", "due_again_on")
    return (
        row_of(initiative, today, statuses[0] if statuses else None, amounts=amounts)
        | {name: getattr(initiative, name) for name in ("why", "mandate", "cancel_reason")}
        | {name: day(getattr(initiative, name)) for name in days}
        | {
            "suggested_by": initiative.suggested_by.handle,
            "phase": initiative.phase_id,
            "obstacles_to_plan": _obstacles(initiative),
            "raci": [{"person": person.handle, "part": letter.value} for letter, person in initiative.raci],
            "milestones": [
                {"number": m.id, "name": m.name, "due_on": day(m.due_on), "reached_on": day(m.reached_on)}
                for m in initiative.milestones
            ],
            "statuses": [_status(one) | {"by": one.by.handle, "at": moment(one.at)} for one in statuses],
            "measure": {"measure": initiative.measure_id, "metric": initiative.metric} | effect_of(effect),
            "readings": [_reading(reading, readers) for reading in readings],
        }
    )


def tag_of(initiative: Initiative) -> str:
    """The version of its text: how often it was written."""
    return str(initiative.revision)


def effect_of(effect: Effect) -> dict[str, Any]:
    """What became of its measure."""
    return {
        "unit": effect.goal.unit,
        "baseline": number(effect.goal.baseline),
        "target": number(effect.goal.target),
        "latest": number(effect.latest.value) if effect.latest else None,
        "latest_on": day(effect.latest.read_on) if effect.latest else None,
        "reaches_target": effect.reaches_target,
        "measured": effect.is_measured,
        "at_embedding": number(effect.at_embedding.value) if effect.at_embedding else None,
        "measured_again": effect.is_measured_again,
        "lasting": effect.lasting.value if effect.lasting else None,
    }


def _obstacles(initiative: Initiative) -> list[str]:
    return [str(obstacle) for obstacle in initiative.obstacles_to_plan] if initiative.state is State.DRAFT else []


def _status(status: InitiativeStatus) -> dict[str, Any]:
    return {
        "colour": status.colour.value,
        "percent": status.percent,
        "reason": status.reason,
        "on": day(status.reported_on),
    }


def _reading(reading: Reading, readers: dict[int, Person]) -> dict[str, Any]:
    return {
        "number": reading.id,
        "value": number(reading.value),
        "on": day(reading.read_on),
        "note": reading.note,
        "by": readers[reading.by_id].handle if reading.by_id in readers else None,
        "corrects": reading.corrects_id,
    }
