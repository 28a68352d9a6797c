"""What requests about experiments say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from marshmallow.fields import List, Nested
from marshmallow.validate import Length

from portfolio.foundation.api.fields import (
    Body,
    Day,
    Exact,
    Flag,
    Line,
    MoneyField,
    OneOf,
    Prose,
    ReasonBody,
    RowId,
    Whole,
)
from portfolio.foundation.api.resource import ListQuery
from portfolio.foundation.money import Money
from portfolio.network.charter import Charter, CriterionText, GuardrailText, MilestoneText
from portfolio.network.decision import DecisionKind
from portfolio.network.forms import MOST_ROWS, NETWORK_FORMS
from portfolio.network.learning import Evidence, Kind
from portfolio.network.queries import ExperimentSearch
from portfolio.network.state import State
from portfolio.organisation.change import FormOfChange
from portfolio.organisation.measure import Direction

ROWS = Length(max=MOST_ROWS)
STATES = [state.value for state in State] + ["ended"]


class ExperimentQuery(ListQuery):
    """What the list may be asked."""

    state = OneOf(["", *STATES], load_default="")
    form = OneOf(FormOfChange, load_default=None)
    unit = Line(40, load_default="")
    lead = Line(40, load_default="")
    q = Line(120, load_default="")


class CriterionBody(Body):
    """A success criterion."""

    metric = Line(120, required=True)
    unit = Line(30, load_default="")
    direction = OneOf(Direction, load_default=None, allow_none=True)
    baseline = Exact(load_default=None, allow_none=True)
    target = Exact(load_default=None, allow_none=True)
    stop_threshold = Exact(load_default=None, allow_none=True)
    how = Line(300, load_default="")
    due_week = Whole(1, 520, load_default=None, allow_none=True)
    primary = Flag(load_default=False)


class GuardrailBody(Body):
    """A guardrail."""

    metric = Line(120, required=True)
    unit = Line(30, load_default="")
    direction = OneOf(Direction, load_default=Direction.AT_LEAST)
    limit = Exact(load_default=None, allow_none=True)


class MilestoneBody(Body):
    """A milestone and its part of the money."""

    name = Line(120, required=True)
    week = Whole(1, 520, load_default=None, allow_none=True)
    amount = MoneyField(load_default=None, allow_none=True)


class _Text(Body):
    """What a proposal says; what is left out stays as it is, or blank."""

    form = OneOf(FormOfChange, only=NETWORK_FORMS)
    problem = Prose()
    hypothesis = Prose()
    riskiest_assumption = Prose()
    standalone_value = Prose()
    first_step = Prose()
    timebox_weeks = Whole(1, 520, allow_none=True)
    budget = MoneyField()
    criteria = List(Nested(CriterionBody), validate=ROWS)
    guardrails = List(Nested(GuardrailBody), validate=ROWS)
    milestones = List(Nested(MilestoneBody), validate=ROWS)
    horizon = Whole(1, 3)
    hours_a_week = Whole(0, 2000)
    confidence = Whole(0, 100, allow_none=True)
    unit = Line(40, allow_none=True, metadata={"description": "A unit's id."})
    phase = RowId(allow_none=True, metadata={"description": "A phase's id."})
    restricted = Flag()
    shared = Flag()


class ChangeBody(_Text):
    """A change of a draft, or of a proposal under way."""

    title = Line(120, filled=True)


class ProposalBody(_Text):
    """A new proposal; a draft needs no more than its question."""

    title = Line(120, required=True)
    team = List(Line(40), validate=Length(max=50), metadata={"description": "Ids of people on the team."})


def charter_of(said: dict[str, Any], before: Charter) -> Charter:
    """The charter that a request makes of what was there before."""
    names = ("title", "form", "problem", "hypothesis", "riskiest_assumption", "standalone_value", "first_step")
    changes: dict[str, Any] = {name: said[name] for name in (*names, "budget", "hours_a_week") if name in said}
    if "timebox_weeks" in said:
        changes["weeks"] = said["timebox_weeks"]
    if "form" in said and "horizon" not in said:
        changes["horizon"] = said["form"].default_horizon
    if "horizon" in said:
        changes["horizon"] = said["horizon"]
    if "criteria" in said:
        changes["criteria"] = tuple(CriterionText(**row) for row in said["criteria"])
    if "guardrails" in said:
        changes["guardrails"] = tuple(GuardrailText(**row) for row in said["guardrails"])
    if "milestones" in said:
        changes["milestones"] = tuple(
            MilestoneText(**row | {"amount": row["amount"].minor if row["amount"] else 0}) for row in said["milestones"]
        )
    return replace(before, **changes)


def search_of(said: dict[str, Any], unit_id: int | None, lead_id: int | None) -> ExperimentSearch:
    """The list that was asked for."""
    return ExperimentSearch(stage=said["state"], form=said["form"], unit_id=unit_id, lead_id=lead_id, text=said["q"])


# Commands -----------------------------------------------------------------------------------------------------------


class ApprovalBody(ReasonBody):
    """All or less of what was asked."""

    amount = MoneyField(required=True)
    conditions = Prose(load_default="")
    sponsor = Line(40, load_default=None, allow_none=True, metadata={"description": "A leader's id; you, if left out."})
    confidence = Whole(0, 100, load_default=None, allow_none=True)
    tranches = List(
        MoneyField(),
        load_default=[],
        validate=Length(max=MOST_ROWS + 1),
        metadata={"description": "Amounts from the start on; left out, less than asked is cut from the last one."},
    )


class HandBody(Body):
    """An offer to join."""

    hours_a_week = Whole(0, 60, required=True)
    note = Line(300, load_default="")


class LeadBody(Body):
    """Who is asked to lead."""

    person = Line(40, required=True)


class ReadingBody(Body):
    """A reading of one of the experiment's measures."""

    measure = RowId(required=True)
    value = Exact(required=True)
    on = Day(load_default=None, allow_none=True)
    note = Line(300, load_default="")


class PulseReadingBody(Body):
    """A reading that came with a check-in."""

    measure = RowId(required=True)
    value = Exact(required=True)


class CheckInBody(Body):
    """The weekly pulse."""

    confidence = Whole(0, 100, required=True)
    next_step = Prose(required=True)
    hours = Whole(0, 2000, load_default=0)
    readings = List(Nested(PulseReadingBody), load_default=[], validate=Length(max=2 * MOST_ROWS))


class LearningBody(Body):
    """An entry for the log."""

    title = Line(200, required=True)
    body = Prose(required=True)
    kind = OneOf(Kind, load_default=Kind.OBSERVATION)
    evidence = OneOf(Evidence, load_default=Evidence.ANECDOTE)
    believed = Prose(load_default="")
    therefore = Prose(load_default="")
    on = Day(load_default=None, allow_none=True)
    exploratory = Flag(load_default=False)
    corrects = Line(20, load_default=None, allow_none=True, metadata={"description": "The learning it replaces."})


class ExpenseBody(Body):
    """Something paid."""

    amount = MoneyField(required=True)
    what = Line(200, required=True)
    on = Day(load_default=None, allow_none=True)
    corrects = RowId(load_default=None, allow_none=True, metadata={"description": "The expense it replaces."})


class EvidenceBody(Body):
    """How a milestone was reached."""

    evidence = Prose(required=True)


class SupplementBody(ReasonBody):
    """More money while it runs."""

    amount = MoneyField(required=True)


class AmendmentBody(_Text):
    """The charter as it would be, with the reason."""

    class Meta(Body.Meta):
        exclude = ("form", "budget", "milestones", "horizon", "confidence", "unit", "phase", "restricted", "shared")

    title = Line(120, filled=True)
    reason = Prose(required=True)


class AmendmentAnswerBody(ReasonBody):
    """Yes or no to an amendment."""

    approve = Flag(load_default=True)


class RecommendationBody(ReasonBody):
    """The team's proposed next step."""

    kind = OneOf(DecisionKind, required=True)
    cost = MoneyField(load_default=None, allow_none=True)


class WhyNotBody(Body):
    """Why a criterion has no result."""

    metric = Line(120, required=True)
    because = Line(300, required=True)


class DecisionBody(ReasonBody):
    """Scale, persevere, pivot or stop, with the learning card."""

    kind = OneOf(DecisionKind, required=True)
    believed = Prose(required=True)
    observed = Prose(required=True)
    learned = Prose(required=True)
    therefore = Prose(required=True)
    not_measured = List(Nested(WhyNotBody), load_default=[], validate=Length(max=MOST_ROWS))


def budget_of(said: Money | None, currency: str) -> Money:
    """An amount, or nothing."""
    return said or Money(0, currency)
