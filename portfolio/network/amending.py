"""Changing what was approved: proposed by the team, answered by a leader who is no party."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from portfolio.audit.entry import record
from portfolio.foundation import rich_text
from portfolio.foundation.errors import Conflict, RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.network.amendment import Amendment
from portfolio.network.charter import Charter
from portfolio.network.part import Part
from portfolio.network.state import State
from portfolio.network.version import VersionKind
from portfolio.organisation.house_rules import HouseRules
from portfolio.people.person import Person


class Amending(Part):
    """How a frozen charter changes."""

    def propose_amendment(
        self, charter: Charter, reason: str, *, rules: HouseRules, by: Person, at: datetime
    ) -> Amendment:
        """Ask to change the charter; the money stays as granted.

        Raises:
            RuleBroken: it is not under way, another amendment waits, or nothing would change.
        """
        self._refuse_unless_amendable(rules)
        if any(amendment.waits for amendment in self.amendments):
            raise RuleBroken(_l("Another amendment still waits for its answer."))
        now = self.charter
        criteria = tuple(criterion.settled() for criterion in charter.tidy().criteria)  # As what was approved has them.
        charter = replace(charter.tidy(), criteria=criteria, budget=now.budget, milestones=now.milestones)
        if charter.hash == self.charter.hash:
            raise RuleBroken(_l("This is what the charter says already."))
        amendment = Amendment(
            number=len(self.amendments) + 1,
            changes_version=self.version,
            content=charter.as_json(),
            reason=reason,
            by_id=by.id,
            at=at,
        )
        self.amendments.append(amendment)
        rich_text.keep(reason, charter.hypothesis, charter.riskiest_assumption, charter.problem)
        record("experiment.amendment_proposed", self, by=by, amendment=amendment.number)
        return amendment

    def approve_amendment(
        self, amendment: Amendment, reason: str, *, rules: HouseRules, by: Person, at: datetime
    ) -> None:
        """Let it hold from now on; verdicts say which version they read.

        Raises:
            Conflict: the charter changed since it was written.
            RuleBroken: a party to it, answered already, or as amended it would break a rule of proposing.
        """
        self._answer_amendment(amendment, reason, rules=rules, by=by, at=at)
        if amendment.changes_version != self.version:
            raise Conflict(_l("The charter changed after this amendment was written. Let the team write it anew."))
        amendment.approved = True
        self._write(amendment.charter, by=by, at=at)
        if obstacles := self._missing_answers:
            raise RuleBroken(_l("As amended, the charter would not be complete."), obstacles)
        if self.starts_on is not None and self.weeks is not None:
            self.ends_on = self.starts_on + timedelta(days=7 * self.weeks - 1)
            if self.ends_on < rules.today:
                raise RuleBroken(_l("So short a timebox would be over already. Stop the experiment early instead."))
        self._tie_measures()
        self._keep_version(VersionKind.AMENDED, by=by, at=at)
        record(
            "experiment.amended",
            self,
            by=by,
            amendment=amendment.number,
            version=self.version,
            hash=self.version_hash,
            alone=self.grant.is_decided_alone_by(by),
        )

    def decline_amendment(
        self, amendment: Amendment, reason: str, *, rules: HouseRules, by: Person, at: datetime
    ) -> None:
        """Leave the charter as it is.

        Raises:
            RuleBroken: a party to it, or answered already.
        """
        self._answer_amendment(amendment, reason, rules=rules, by=by, at=at)
        amendment.approved = False
        record("experiment.amendment_declined", self, by=by, amendment=amendment.number)

    def _answer_amendment(
        self, amendment: Amendment, reason: str, *, rules: HouseRules, by: Person, at: datetime
    ) -> None:
        self._refuse_unless_amendable(rules)
        if not self.grant.may_be_followed_by(by):
            raise RuleBroken(_l("You are party to this, so another leader answers it."))
        if not amendment.waits:
            raise RuleBroken(_l("This amendment was answered already."))
        amendment.answered_at, amendment.answered_by_id, amendment.answer_reason = at, by.id, reason
        rich_text.keep(reason)

    def _refuse_unless_amendable(self, rules: HouseRules) -> None:
        if self.state not in (State.APPROVED, State.RUNNING):
            raise RuleBroken(_l("Only what was approved and is not decided is amended."))
        if self.has_ended(rules.today):
            raise RuleBroken(_l("Its timebox is over; what it said then is what it is judged by."))
