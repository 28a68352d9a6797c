"""Putting a draft to leadership: what stands in the way, the version that is kept, taking it back."""

from __future__ import annotations

from datetime import datetime

from portfolio.audit.entry import record
from portfolio.foundation.database import db
from portfolio.foundation.errors import Obstacle, RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.network.part import Part
from portfolio.network.state import State
from portfolio.network.version import Version, VersionKind
from portfolio.organisation.house_rules import HouseRules
from portfolio.organisation.measure import Measure
from portfolio.organisation.quarter import after_working_days
from portfolio.people.person import Person


class Proposing(Part):
    """How a draft becomes a proposal."""

    @property
    def obstacles_to_propose(self) -> list[Obstacle]:
        """Why it cannot be proposed now, in words the page shows beside the button."""
        if self.state is not State.DRAFT:
            return [Obstacle(_l("It is no longer a draft."))]
        return self._missing_answers

    @property
    def _missing_answers(self) -> list[Obstacle]:
        limit, weeks = self.rules.timebox_weeks, self.weeks or 0
        parts = sum(milestone.amount for milestone in self.milestones)
        return [
            Obstacle(words, field)
            for stands, words, field in (
                (not self.title, _l("Write the question it answers."), "title"),
                (not self.hypothesis, _l("Write the hypothesis."), "hypothesis"),
                (not self.riskiest_assumption, _l("Write the riskiest assumption. One sentence will do."),
                 "riskiest_assumption"),
                (not any(c.text().is_measurable for c in self.criteria),
                 _l("Give at least one criterion with a metric, a baseline and a target that differs from it."),
                 "criteria"),
                (any(c.metric and not c.text().is_measurable for c in self.criteria),
                 _l("Give every criterion a baseline and a target, or take it out."), "criteria"),
                (any(c.due_week is not None and not 1 <= c.due_week <= max(weeks, 1) for c in self.criteria),
                 _l("Read every criterion in a week of the timebox."), "criteria"),
                (any(g.metric and g.limit is None for g in self.guardrails),
                 _l("Give every guardrail a limit, or take it out."), "guardrails"),
                (not weeks, _l("Say how many weeks it takes."), "weeks"),
                (weeks > limit,
                 _l("%(weeks)s weeks is more than %(limit)s. Cut it, or split it in two experiments.",
                    weeks=weeks, limit=limit), "weeks"),
                (any(m.amount and not m.name for m in self.milestones),
                 _l("Name every milestone that money waits for."), "milestones"),
                (parts > self.grant.asked,
                 _l("The milestones ask for more than the budget. Make the budget larger or the parts smaller."),
                 "milestones"),
                (not self.first_step, _l("Say what the first step is, on the first Monday at 9:00."), "first_step"),
                (self.lead_id is None, _l("Somebody has to lead it."), "lead"),
            )
            if stands
        ]  # fmt: skip

    def propose(self, *, rules: HouseRules, by: Person, at: datetime) -> None:
        """Put it to leadership, under the house rules of this moment.

        Raises:
            RuleBroken: something still stands in the way.
        """
        self.rules, self.rules_id = rules, rules.id
        if obstacles := self.obstacles_to_propose:
            raise RuleBroken(_l("This experiment cannot be proposed yet."), obstacles)
        self.state, self.proposed_at = State.PROPOSED, at
        self.answer_due_on = after_working_days(rules.today, rules.answer_days)
        self.return_reason, self.answered_at = "", None
        self._tie_measures()
        self._keep_version(VersionKind.PROPOSED, by=by, at=at)
        record(
            "experiment.proposed", self, by=by, version=self.version, hash=self.version_hash, asked=self.grant.asked,
            currency=self.currency,
        )  # fmt: skip

    def withdraw(self, *, rules: HouseRules, by: Person, at: datetime) -> None:
        """Take it back, while draft, proposed or approved; reserved money returns.

        Raises:
            RuleBroken: it started, or is over.
        """
        if self.state not in (State.DRAFT, State.PROPOSED, State.APPROVED):
            raise RuleBroken(_l("What has started is stopped, not withdrawn."))
        self.state, self.closed_at = State.WITHDRAWN, at
        returned = self.grant.give_back(rules=rules, today=rules.today, by=by, at=at)
        record("experiment.withdrawn", self, by=by, returned=returned.minor, currency=self.currency)

    def _tie_measures(self) -> None:
        """Point criteria and guardrails at measures; one is made with the lead as owner where there is none."""
        assert self.lead is not None
        for criterion in self.criteria:
            criterion.direction = criterion.better
            criterion.measure_id = Measure.named(
                criterion.metric, criterion.unit, criterion.better, owner=self.lead, is_open=not self.restricted
            ).id
        for guardrail in self.guardrails:
            guardrail.measure_id = Measure.named(
                guardrail.metric, guardrail.unit, guardrail.direction, owner=self.lead, is_open=not self.restricted
            ).id

    def _keep_version(self, kind: VersionKind, *, by: Person, at: datetime) -> None:
        charter = self.charter
        self.version += 1
        self.version_hash = charter.hash
        db.session.add(
            Version(
                experiment_id=self.id,
                number=self.version,
                kind=kind,
                content=charter.as_json(),
                hash=charter.hash,
                by_id=by.id,
                at=at,
            )
        )
