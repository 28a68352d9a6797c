"""From a suggestion to a plan that runs, or that is called off: what stands in the way, and the steps."""

from __future__ import annotations

from datetime import datetime

from portfolio.audit.entry import record
from portfolio.foundation import rich_text
from portfolio.foundation.errors import Obstacle, RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.hierarchy.part import Part
from portfolio.hierarchy.state import OPEN, State
from portfolio.organisation.house_rules import HouseRules
from portfolio.organisation.measure import Direction, Measure
from portfolio.people.person import Person


class Planning(Part):
    """How an initiative becomes a commitment."""

    @property
    def obstacles_to_plan(self) -> list[Obstacle]:
        """Why it cannot be planned now, in words the page shows beside the button."""
        if self.state is not State.DRAFT:
            return [Obstacle(_l("It is no longer a draft."))]
        return self._missing_answers

    @property
    def _missing_answers(self) -> list[Obstacle]:
        starts, due = self.starts_on, self.due_on
        inactive = self.owner is not None and not self.owner.is_volunteer
        return [
            Obstacle(words, field)
            for stands, words, field in (
                (not self.title, _l("Say in a few words what will be different."), "title"),
                (self.unit is None, _l("Choose the unit whose operations it changes."), "unit"),
                (self.owner is None, _l("Name one person who is accountable."), "owner"),
                (inactive, _l("Name somebody else as accountable: this account is not active any more."), "owner"),
                (starts is None, _l("Give the day it starts."), "starts_on"),
                (due is None, _l("Give the day it is due."), "due_on"),
                (starts is not None and due is not None and due <= starts,
                 _l("Let the day it is due come after the day it starts."), "due_on"),
                (not self.metric, _l("Name the measure that will show its effect."), "metric"),
                (self.baseline is None, _l("Give the measure’s baseline: today’s value, measured."), "baseline"),
                (self.target is None, _l("Give the measure’s target."), "target"),
                (self.baseline is not None and self.baseline == self.target,
                 _l("Give a target that differs from the baseline."), "target"),
                (any(not m.name or m.due_on is None for m in self.milestones),
                 _l("Give every milestone a name and a day, or take it out."), "milestones"),
            )
            if stands
        ]  # fmt: skip

    @property
    def better(self) -> Direction:
        """Which way its measure has to go: from the baseline to the target."""
        assert self.baseline is not None
        assert self.target is not None
        return Direction.towards(self.baseline, self.target)

    def plan(self, *, by: Person, at: datetime) -> None:
        """Make the draft a commitment of its unit.

        Raises:
            RuleBroken: something still stands in the way.
        """
        if obstacles := self.obstacles_to_plan:
            raise RuleBroken(_l("This initiative cannot be planned yet."), obstacles)
        self.state, self.planned_at, self.first_due_on = State.PLANNED, at, self.due_on
        self._tie_measure(by)
        record("initiative.planned", self, by=by)

    def start(self, *, rules: HouseRules, by: Person) -> None:
        """Begin today.

        Raises:
            RuleBroken: it is not planned, or its plan is not complete any more.
        """
        if self.state is not State.PLANNED:
            raise RuleBroken(_l("Only a planned initiative can start."))
        if obstacles := self._missing_answers:
            raise RuleBroken(_l("This initiative cannot start yet."), obstacles)
        self.state, self.started_on = State.ACTIVE, rules.today
        record("initiative.started", self, by=by, on=rules.today.isoformat())

    def cancel(self, reason: str, *, by: Person, at: datetime) -> None:
        """Call it off, with a reason; it stays readable.

        Raises:
            RuleBroken: it is embedded or cancelled already, or no reason is given.
        """
        if self.state not in OPEN:
            raise RuleBroken(_l("What is embedded or cancelled stays as it is."))
        if not reason.strip():
            raise RuleBroken(_l("Write why it is called off."))
        before, self.state = self.state, State.CANCELLED
        self.cancel_reason, self.ended_at = reason, at
        rich_text.keep(reason)
        record("initiative.cancelled", self, by=by, before=before.value)

    def _tie_measure(self, by: Person) -> None:
        """Point at the measure of that name and unit; one is made for the owner where there is none."""
        assert self.owner is not None
        self.measure = Measure.named(self.metric, self.unit_of_measure, self.better, owner=self.owner, by=by)
        self.measure_id = self.measure.id
