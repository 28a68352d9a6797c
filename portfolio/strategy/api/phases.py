"""Phases as JSON."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from marshmallow.fields import Integer, String

from portfolio.foundation.api.command import Command, commanding, quoted, refuse_another_version
from portfolio.foundation.api.fields import Body, Day, Line, OneOf, Prose, Shown, day
from portfolio.foundation.api.resource import ListQuery, Resource, listed, page_of
from portfolio.foundation.authority import asks
from portfolio.foundation.database import db
from portfolio.organisation.house_rules import house_rules
from portfolio.strategy import policy, queries
from portfolio.strategy.api.statements import Months
from portfolio.strategy.phase import Phase, PhaseState, PhaseText
from portfolio.strategy.vision import MONTHS

api = Resource("phases", "Steps of at most 12 weeks, worked backwards from the visions.")


class PhaseShown(Shown):
    """A phase."""

    id = Integer(required=True)
    name = String(required=True)
    brings = String(required=True)
    worth = String(required=True)
    serves = Integer(required=True, metadata={"description": "The vision in so many months."})
    starts_on = Day(required=True)
    ends_on = Day(required=True)
    weeks = Integer(required=True)
    state = OneOf(PhaseState, required=True)
    closed_because = String(required=True)


class NewPhaseBody(Body):
    """A phase."""

    name = Line(80, required=True)
    brings = Prose(required=True)
    worth = Prose(required=True, metadata={"description": "On its own, if nothing comes after it."})
    serves = Months(load_default=min(MONTHS))
    starts_on = Day(required=True)
    ends_on = Day(required=True)


class PhaseBody(Body):
    """What changes; what is left out stays."""

    name = Line(80, filled=True)
    brings = Prose(filled=True)
    worth = Prose(filled=True)
    serves = Months()
    starts_on = Day()
    ends_on = Day()


class ClosureBody(Body):
    """What came of it, or why it is not done."""

    reason = Prose(required=True)


def phase_of(phase: Phase) -> dict[str, Any]:
    """A phase as JSON has it."""
    plain = ("id", "name", "brings", "worth", "serves", "weeks", "closed_because")
    return {name: getattr(phase, name) for name in plain} | {
        "starts_on": day(phase.starts_on),
        "ends_on": day(phase.ends_on),
        "state": phase.state_on(house_rules().today).value,
    }


# Phases -------------------------------------------------------------------------------------------------------------


@api.get("")
@asks(policy.may_read_direction)
@api.takes(ListQuery, "query")
@api.answers(listed(PhaseShown))
def list_phases(said: dict[str, Any]) -> Any:
    """The road, from the end backwards."""
    return page_of(queries.phases(said["after"], size=said["limit"]), phase_of)


@api.get("/<int:number>")
@asks(policy.may_read_direction)
@api.answers(PhaseShown)
def show_phase(number: int) -> Any:
    """One phase. Its `ETag` names the version."""
    phase = queries.phase(number)
    return phase_of(phase), {"ETag": quoted(str(phase.revision))}


@api.post("")
@asks(policy.may_write_direction)
@api.takes(NewPhaseBody)
@api.answers(PhaseShown, 201)
def create_phase(said: dict[str, Any]) -> Any:
    """Put a phase on the road."""
    with commanding() as act:
        act.authorize(policy.may_write_direction)
        phase = Phase.add(PhaseText(**said), by=act.person, at=act.at)
        return _answered(act, phase, 201, Location=f"{api.url_prefix}/{phase.id}")


@api.patch("/<int:number>")
@asks(policy.may_write_direction)
@api.takes(PhaseBody)
@api.answers(PhaseShown)
def change_phase(said: dict[str, Any], number: int) -> Any:
    """Change what a phase says. `If-Match` refuses to overwrite a newer text."""
    with commanding() as act:
        phase = _phase(number, act)
        refuse_another_version(str(phase.revision), lambda: phase_of(phase))
        text = PhaseText(**{part.name: getattr(phase, part.name) for part in fields(PhaseText)})
        phase.change(replace(text, **said), revision=phase.revision, by=act.person)
        return _answered(act, phase)


@api.post("/<int:number>/closure")
@asks(policy.may_write_direction)
@api.takes(ClosureBody)
@api.answers(PhaseShown)
def close_phase(said: dict[str, Any], number: int) -> Any:
    """End a phase, with the reason; it stays readable."""
    with commanding() as act:
        phase = _phase(number, act)
        phase.close(said["reason"], by=act.person, at=act.at)
        return _answered(act, phase)


# Inside -------------------------------------------------------------------------------------------------------------


def _phase(number: int, act: Command) -> Phase:
    phase = queries.phase_for_change(number)
    act.authorize(policy.may_write_direction, phase)
    return phase


def _answered(act: Command, phase: Phase, status: int = 200, **headers: str) -> Any:
    db.session.flush()
    return act.answer(phase_of(phase), status, ETag=quoted(str(phase.revision)), **headers)
