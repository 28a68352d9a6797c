"""Makers of initiatives in a state, by the steps that lead there; what they give back is settled."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from portfolio.foundation.database import db, write_tx
from portfolio.hierarchy import queries
from portfolio.hierarchy.initiative import Initiative
from portfolio.hierarchy.text import InitiativeText, MilestoneText, RoleText
from portfolio.organisation.house_rules import house_rules
from portfolio.organisation.measure import Reading
from portfolio.organisation.unit import Unit
from portfolio.people.person import Person
from portfolio.strategy.phase import Phase, PhaseText
from tests.factories import a_leader, a_person, a_unit, an_operations_owner, here, money, reading, rules_now


def an_initiative_text(**words: Any) -> InitiativeText:
    """Everything a plan needs: quotes in 18 minutes instead of 45, from today on for eight weeks."""
    today = rules_now().today
    usual = InitiativeText(
        title="Digital quote tool on the accounts",
        why="A quote takes **45 minutes**, and customers wait.",
        starts_on=today,
        due_on=today + timedelta(weeks=8),
        budget=money("42000"),
        hours_a_week=12,
        metric="Minutes to a quote",
        unit_of_measure="min",
        baseline=Decimal(45),
        target=Decimal(18),
        milestones=(MilestoneText("Ten accounts live", today + timedelta(weeks=3)),),
    )
    return replace(usual, **words)


def a_suggestion(
    *, by: Person | None = None, owner: Person | None = None, unit: Unit | None = None, **words: Any
) -> Initiative:
    """A draft that could be planned; None for unit or owner in `words` leaves them open."""
    unit, owner, by = unit or a_unit(), owner or a_person(), by or a_person()
    text = an_initiative_text(**words)
    with write_tx() as moment:
        made = Initiative.suggest(_with_people(text), unit=here(unit), owner=here(owner), by=here(by), at=moment)
        number = made.id
    return initiative_now(number)


def a_planned_initiative(**details: Any) -> Initiative:
    """A commitment of its unit."""
    unit = details.pop("unit", None) or a_unit()
    draft = a_suggestion(unit=unit, **details)
    with working_on(draft, by=an_operations_owner(unit)) as (initiative, person, moment):
        initiative.plan(by=person, at=moment)
    return initiative_now(draft.id)


def an_active_initiative(**details: Any) -> Initiative:
    """A plan that began today."""
    planned = a_planned_initiative(**details)
    with working_on(planned, by=owner_of(planned)) as (initiative, person, _moment):
        initiative.start(rules=house_rules(), by=person)
    return initiative_now(planned.id)


def an_embedded_initiative(value: str = "18", on: date | None = None, **details: Any) -> Initiative:
    """Daily work since today, with a reading."""
    active = an_active_initiative(**details)
    with working_on(active, by=owner_of(active)) as (initiative, person, moment):
        rules = house_rules()
        initiative.embed(Decimal(value), on or rules.today, rules=rules, by=person, at=moment)
    return initiative_now(active.id)


@contextmanager
def working_on(initiative: Initiative, *, by: Person) -> Iterator[tuple[Initiative, Person, datetime]]:
    """Open the write transaction with an initiative, locked, and whoever does something with it."""
    with write_tx() as moment:
        person = here(by)
        yield queries.initiative_for_change(initiative.ref, viewer=person), person, moment


def initiative_now(number: int) -> Initiative:
    """An initiative as it is now, settled."""
    with reading():
        return queries._one(queries._with_everything(select(Initiative).where(Initiative.id == number)))


def a_phase(name: str, *, closed: bool = False) -> Phase:
    """A phase on the road, from today on for eight weeks."""
    leader, first = a_leader(), rules_now().today
    with write_tx() as moment:
        text = PhaseText(name, "A quote in minutes.", "An hour a day.", 24, first, first + timedelta(weeks=8, days=-1))
        phase = Phase.add(text, by=here(leader), at=moment)
        if closed:
            phase.close("Done.", by=here(leader), at=moment)
        number = phase.id
    with reading():
        return db.session.get_one(Phase, number)


def owner_of(initiative: Initiative) -> Person:
    """Who is accountable."""
    assert initiative.owner is not None
    return initiative.owner


def readings_of(initiative: Initiative) -> list[Reading]:
    """Everything read of its measure, oldest first."""
    with reading():
        statement = select(Reading).where(Reading.measure_id == initiative.measure_id).order_by(Reading.id)
        return list(db.session.scalars(statement))


def an_initiative_form(**answers: Any) -> dict[str, str]:
    """A complete plan as its page sends it; an answer of None leaves the field out."""
    today = rules_now().today
    usual: dict[str, Any] = {
        "form": "improve",
        "title": "Digital quote tool on the accounts",
        "why": "A quote takes **45 minutes**, and customers wait.",
        "unit": "0",
        "owner": "0",
        "mandate": "",
        "starts_on": today.isoformat(),
        "due_on": (today + timedelta(weeks=8)).isoformat(),
        "metric": "Minutes to a quote",
        "unit_of_measure": "min",
        "baseline": "45",
        "target": "18",
        "milestones-0-number": "",
        "milestones-0-name": "Ten accounts live",
        "milestones-0-due_on": (today + timedelta(weeks=3)).isoformat(),
        "roles-0-person": "0",
        "roles-0-letter": "R",
        "budget": "42000",
        "hours_a_week": "12",
        "horizon": "0",
        "revision": "0",
    }
    return {key: str(value) for key, value in (usual | answers).items() if value is not None}


def _with_people(text: InitiativeText) -> InitiativeText:
    return replace(text, roles=tuple(RoleText(here(role.person), role.letter) for role in text.roles if role.person))
