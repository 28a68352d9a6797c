"""Ending an experiment: the team recommends, leadership decides, the rest of the money returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from portfolio.audit.entry import record
from portfolio.foundation import rich_text
from portfolio.foundation.database import db
from portfolio.foundation.errors import Obstacle, RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.foundation.money import Money
from portfolio.network.criterion import Verdict
from portfolio.network.decision import Decision, DecisionKind, Recommendation
from portfolio.network.findings import Findings
from portfolio.network.part import Part
from portfolio.network.state import State
from portfolio.organisation.house_rules import HouseRules
from portfolio.people.person import Person


@dataclass(frozen=True)
class LearningCard:
    """What every decision leaves behind."""

    believed: str
    observed: str
    learned: str
    therefore: str


class Deciding(Part):
    """What happens after the last day."""

    def recommend(self, kind: DecisionKind, cost: Money, reason: str, *, by: Person, at: datetime) -> None:
        """The team proposes one of the four, and says what it costs.

        Raises:
            RuleBroken: it is not running any more.
        """
        if self.state is not State.RUNNING:
            raise RuleBroken(_l("A next step is proposed before the decision."))
        db.session.add(
            Recommendation(
                experiment_id=self.id,
                kind=kind,
                cost=cost.minor,
                currency=cost.currency,
                reason=reason,
                by_id=by.id,
                at=at,
            )
        )
        rich_text.keep(reason)
        record("experiment.recommended", self, by=by, kind=kind.value, cost=cost.minor, currency=cost.currency)

    def obstacles_to_decide(self, rules: HouseRules) -> list[Obstacle]:
        """Why it cannot be decided now."""
        if self.state is not State.RUNNING:
            return [Obstacle(_l("Only a running experiment whose timebox is over is decided."))]
        if not self.has_ended(rules.today):
            return [Obstacle(_l("Its timebox still runs. Stop it early, or wait for its last day."))]
        return []

    def decide(
        self,
        kind: DecisionKind,
        reason: str,
        card: LearningCard,
        findings: Findings,
        *,
        not_measured: Mapping[int, str],
        rules: HouseRules,
        by: Person,
        at: datetime,
    ) -> Decision:
        """Scale, persevere, pivot or stop, with a reason and a learning card; the unspent money returns.

        Args:
            findings: what the frozen criteria say, computed in this transaction.
            not_measured: per criterion without a result, why it has none.

        Raises:
            RuleBroken: it has not ended, a party to it, or something that every decision carries is missing.
        """
        obstacles = self.obstacles_to_decide(rules) or _missing(reason, card, findings, not_measured)
        if obstacles:
            raise RuleBroken(_l("This cannot be decided yet."), obstacles)
        if not self.grant.may_be_followed_by(by):
            raise RuleBroken(_l("You are party to this, so another leader decides."))
        for finding in findings.criteria:
            finding.criterion.not_measured_because = not_measured.get(finding.criterion.id, "")
        alone = self.grant.is_decided_alone_by(by)
        returned = self.grant.give_back(rules=rules, today=rules.today, by=by, at=at)
        decision = Decision(
            experiment_id=self.id,
            kind=kind,
            verdict=findings.verdict,
            charter_version=self.version,
            overrides=kind.opposes(findings.verdict),
            alone=alone,
            reason=reason,
            **vars(card),
            returned=returned.minor,
            currency=self.currency,
            by_id=by.id,
            at=at,
        )
        db.session.add(decision)
        self.state, self.closed_at = State.CLOSED, at
        rich_text.keep(reason, *vars(card).values())
        record(
            "experiment.decided",
            self,
            by=by,
            kind=kind.value,
            verdict=findings.verdict.value,
            overrides=decision.overrides,
            alone=alone,
            returned=returned.minor,
            currency=self.currency,
        )
        return decision


def _missing(reason: str, card: LearningCard, findings: Findings, not_measured: Mapping[int, str]) -> list[Obstacle]:
    unexplained = [
        finding.criterion.metric
        for finding in findings.criteria
        if finding.verdict is Verdict.INCONCLUSIVE and not not_measured.get(finding.criterion.id)
    ]
    return [
        *([] if reason else [Obstacle(_l("Write the reason."), "reason")]),
        *([] if all(vars(card).values()) else [Obstacle(_l("Fill in the whole learning card."), "believed")]),
        *(Obstacle(_l("Say why “%(metric)s” was not measured in its week.", metric=metric)) for metric in unexplained),
    ]
