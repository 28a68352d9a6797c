"""The first steps of a new organisation, shown to its administrators on home until the last is taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import url_for
from sqlalchemy import func, select

from portfolio.budgets import policy as budgets_policy
from portfolio.budgets.envelope import Envelope
from portfolio.foundation.database import db
from portfolio.foundation.languages import gettext as _
from portfolio.foundation.languages import ngettext
from portfolio.hierarchy.initiative import Initiative
from portfolio.network.experiment import Experiment
from portfolio.network.state import State
from portfolio.organisation.house_rules import HouseRules
from portfolio.organisation.unit import Unit
from portfolio.people.person import Person, Role, RoleName
from portfolio.strategy import policy as strategy_policy
from portfolio.strategy.vision import Vision


@dataclass(frozen=True)
class Step:
    """One step: what it is, why, and where it is taken."""

    title: str
    text: str
    label: str
    url: str  # Blank where it is for somebody else to take.
    is_done: bool


class SoFar(NamedTuple):
    """How much of it is there."""

    units: int
    people: int
    leaders: int
    visions: int
    envelopes: int
    initiatives: int
    experiments: int


def steps(person: Person, rules: HouseRules) -> list[Step]:
    """The steps in their order; none once all are taken, and none for who does not administer. One statement."""
    if not person.has("administrator"):
        return []
    so_far = _counted(rules)
    found = [
        _units(so_far),
        _people(so_far),
        _vision(so_far, person),
        _envelope(so_far, person, rules),
        _operations(so_far),
        _experiment(so_far),
    ]
    return [] if all(step.is_done for step in found) else found


def _units(so_far: SoFar) -> Step:
    done = so_far.units > 0
    text = ngettext("One unit.", "%(num)s units.", so_far.units) if done else _("Departments, teams, sites.")
    label = _("Change") if done else _("Name them")
    return Step(_("Name your units"), text, label, url_for("organisation.list_units"), done)


def _people(so_far: SoFar) -> Step:
    done = so_far.people > 1 and so_far.leaders > 0
    text = (
        _("%(people)s have an account, and somebody leads.", people=so_far.people)
        if done
        else _("Everyone is a volunteer. Make two of them leaders if you can, and give each unit an owner.")
    )
    url = url_for("people.new_person") if so_far.people == 1 else url_for("people.list_people")
    return Step(_("Invite people"), text, _("Change") if done else _("Invite"), url, done)


def _vision(so_far: SoFar, person: Person) -> Step:
    done, leads = so_far.visions > 0, strategy_policy.may_write_direction(person)
    text = _("Where are you in 24 and in 48 months? Two sentences will do for now.")
    if not (done or leads):
        text = f"{text} {_('A leader writes it.')}"
    url = url_for("strategy.show_direction") if leads else ""
    return Step(_("Write the vision"), text, _("Change") if done else _("Write"), url, done)


def _envelope(so_far: SoFar, person: Person, rules: HouseRules) -> Step:
    done, leads = so_far.envelopes > 0, budgets_policy.may_set_envelope(person)
    low, high = rules.usual_grant
    text = _(
        "What leadership sets aside each quarter: often three to five times %(low)s to %(high)s.", low=low, high=high
    )
    if not (done or leads):
        text = f"{text} {_('A leader sets it.')}"
    url = url_for("budgets.show_envelope", quarter=rules.quarter.name) if leads else ""
    return Step(_("Set the envelope"), text, _("Change") if done else _("Set"), url, done)


def _operations(so_far: SoFar) -> Step:
    done = so_far.initiatives > 0
    text = _("Improvements and renewals under way, so that both systems are in the picture from day one.")
    label = _("Look at it") if done else _("Add one")
    return Step(_("List what operations already run"), text, label, url_for("hierarchy.list_initiatives"), done)


def _experiment(so_far: SoFar) -> Step:
    done = so_far.experiments > 0
    text = _("One page, nine questions. Ask it yourself, or send somebody the way there.")
    url = url_for("network.list_experiments") if done else url_for("bridge.find_form")
    return Step(_("Ask for the first experiment"), text, _("Look at it") if done else _("Begin"), url, done)


def _counted(rules: HouseRules) -> SoFar:
    """How many of each there are; of what there may be thousands, whether there is one."""

    def number(column: Any, *conditions: Any) -> Any:
        return select(func.count(column)).where(*conditions).scalar_subquery()

    def one(column: Any, *conditions: Any) -> Any:
        return select(func.count()).select_from(select(column).where(*conditions).limit(1).subquery()).scalar_subquery()

    counted = select(
        number(Unit.id),
        number(Person.id, Person.active),
        number(Role.id, Role.role == RoleName.LEADER),
        one(Vision.id),
        one(Envelope.id, Envelope.quarter == rules.quarter.name),
        one(Initiative.id),
        one(Experiment.id, Experiment.state != State.RECORD),
    )
    return SoFar(*db.session.execute(counted).one())
