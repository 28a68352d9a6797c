"""What requests about initiatives say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from marshmallow.fields import List, Nested
from marshmallow.validate import Length

from portfolio.foundation.api.fields import (
    Body,
    Day,
    Exact,
    Line,
    MoneyField,
    OneOf,
    Prose,
    RowId,
    Whole,
)
from portfolio.foundation.api.resource import ListQuery
from portfolio.hierarchy.forms import HIERARCHY_FORMS, MOST_ROWS
from portfolio.hierarchy.queries import STAGES
from portfolio.hierarchy.state import Colour, Letter
from portfolio.hierarchy.text import InitiativeText, MilestoneText, RoleText
from portfolio.organisation.change import FormOfChange
from portfolio.people.person import Person

ROWS = Length(max=MOST_ROWS)


class InitiativeQuery(ListQuery):
    """What the list may be asked; `open` is everything that is not over."""

    state = OneOf(["", *STAGES], load_default="")
    form = OneOf(FormOfChange, only=HIERARCHY_FORMS, load_default=None)
    unit = Line(40, load_default="")
    q = Line(120, load_default="")


class EffectBody(Body):
    """The measure that shows the effect: what is counted, what it says today and what it should say."""

    metric = Line(120)
    unit = Line(30)
    baseline = Exact(allow_none=True)
    target = Exact(allow_none=True)


class InitiativeMilestoneBody(Body):
    """A milestone; with its number it is the one that was there."""

    number = RowId(load_default=None, allow_none=True)
    name = Line(120, load_default="")
    due_on = Day(load_default=None, allow_none=True)


class RaciBody(Body):
    """Who carries which part."""

    person = Line(40, required=True, metadata={"description": "A person's id."})
    part = OneOf(Letter, required=True)


class InitiativeChangeBody(Body):
    """A change of what it says; what is left out stays as it is."""

    title = Line(120, filled=True)
    form = OneOf(FormOfChange, only=HIERARCHY_FORMS)
    why = Prose()
    mandate = Prose()
    unit = Line(40, allow_none=True, metadata={"description": "A unit's id."})
    owner = Line(40, allow_none=True, metadata={"description": "The id of the person who is accountable."})
    phase = RowId(allow_none=True, metadata={"description": "A phase's id."})
    starts_on = Day(allow_none=True)
    due_on = Day(allow_none=True)
    budget = MoneyField()
    hours_a_week = Whole(0, 2000)
    horizon = Whole(1, 3)
    measure = Nested(EffectBody)
    milestones = List(Nested(InitiativeMilestoneBody), validate=ROWS)
    raci = List(Nested(RaciBody), validate=ROWS)


class SuggestionBody(InitiativeChangeBody):
    """A new initiative; a draft needs no more than its title."""

    title = Line(120, required=True)


class StatusBody(Body):
    """How it goes this week, and how much is done."""

    colour = OneOf(Colour, required=True)
    percent = Whole(0, 100, required=True)
    reason = Prose(required=True)


class EffectReadingBody(Body):
    """A reading of its measure."""

    value = Exact(required=True)
    on = Day(load_default=None, allow_none=True)
    note = Line(300, load_default="")
    corrects = RowId(load_default=None, allow_none=True, metadata={"description": "The reading it replaces."})


class EmbeddingBody(Body):
    """The day it became daily work, and what its measure said then."""

    value = Exact(required=True)
    on = Day(load_default=None, allow_none=True)
    note = Line(300, load_default="")


PLAIN = ("title", "form", "why", "mandate", "starts_on", "due_on", "budget", "hours_a_week", "horizon")


def text_of(said: dict[str, Any], before: InitiativeText, person: Callable[[str], Person]) -> InitiativeText:
    """The text that a request makes of what was there before."""
    changes: dict[str, Any] = {name: said[name] for name in PLAIN if name in said}
    if "form" in said and "horizon" not in said:
        changes["horizon"] = said["form"].default_horizon
    if "measure" in said:
        changes |= {"unit_of_measure" if name == "unit" else name: part for name, part in said["measure"].items()}
    if "milestones" in said:
        changes["milestones"] = tuple(MilestoneText(**row) for row in said["milestones"])
    if "raci" in said:
        changes["roles"] = tuple(RoleText(person(row["person"]), row["part"]) for row in said["raci"])
    return replace(before, **changes)
