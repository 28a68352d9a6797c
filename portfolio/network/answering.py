"""Leadership answers a proposal: grants all or less, returns it, or declines."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from portfolio.audit.entry import record
from portfolio.budgets.grant import Milestone
from portfolio.budgets.party import Why
from portfolio.budgets.signature import Terms
from portfolio.foundation import rich_text
from portfolio.foundation.errors import Conflict, RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.foundation.money import Money
from portfolio.network.part import Part
from portfolio.network.state import State
from portfolio.organisation.house_rules import HouseRules
from portfolio.people.person import Person


class Answering(Part):
    """How a proposal gets its answer."""

    def approve(
        self,
        amount: Money,
        *,
        version_hash: str,
        reason: str,
        conditions: str = "",
        sponsor: Person | None = None,
        confidence: int | None = None,
        tranches: Iterable[int] = (),
        rules: HouseRules,
        by: Person,
        at: datetime,
    ) -> bool:
        """Grant all or less of what it asks; freezes the charter.

        Args:
            version_hash: the version that was read; another one since is a conflict.
            sponsor: a leader; without one it is whoever signs first.

        Returns:
            whether it is approved now; False when a second leader has to confirm.

        Raises:
            Conflict: it was revised since it was shown.
            RuleBroken: a party to it, not proposed, or more than is asked or left.
        """
        self._refuse_unless_shown(version_hash)
        if sponsor is not None and not sponsor.is_leader:
            raise RuleBroken(_l("A sponsor is a leader."))
        first = self.grant.waiting_signature
        sponsor_id = sponsor.id if sponsor else (first.sponsor_id if first else None) or by.id
        terms = Terms(amount, version_hash, conditions, sponsor_id, tuple(tranches))
        milestones = [Milestone(m.name, m.week, m.amount) for m in self.milestones]
        complete = self.grant.reserve(
            terms, milestones, reason=reason, confidence=confidence, rules=self.rules, today=rules.today, by=by, at=at
        )
        said: dict[str, Any] = {"amount": amount.minor, "currency": amount.currency, "version": self.version}
        if not complete:
            record("experiment.approval_signed", self, by=by, **said)
            return False
        self.state, self.sponsor_id = State.APPROVED, sponsor_id
        self.grant.add_party(sponsor_id, Why.SPONSOR, at=at)
        self._answered(reason, by=by, at=at)
        record("experiment.approved", self, by=by, hash=version_hash, **said)
        return True

    def give_back_to_team(self, reason: str, *, version_hash: str, by: Person, at: datetime) -> None:
        """Return it as a draft, with a reason; the team can propose it again.

        Raises:
            Conflict: it was revised since it was shown.
            RuleBroken: a party to it, or not proposed.
        """
        self._answer_no(version_hash, by=by, at=at)
        self.state, self.return_reason = State.DRAFT, reason
        self._answered(reason, by=by, at=at)
        record("experiment.returned", self, by=by, version=self.version)

    def decline(self, reason: str, *, version_hash: str, by: Person, at: datetime) -> None:
        """Say no, with a reason; it stays readable.

        Raises:
            Conflict: it was revised since it was shown.
            RuleBroken: a party to it, or not proposed.
        """
        self._answer_no(version_hash, by=by, at=at)
        self.state, self.closed_at = State.DECLINED, at
        self._answered(reason, by=by, at=at)
        record("experiment.declined", self, by=by, version=self.version)

    def _refuse_unless_shown(self, version_hash: str) -> None:
        if self.state is not State.PROPOSED:
            raise RuleBroken(_l("This is not a proposal that waits for an answer."))
        if version_hash != self.version_hash:
            raise Conflict(
                _l("The team revised this proposal after you opened it. Read the new version below, then decide.")
            )

    def _answer_no(self, version_hash: str, *, by: Person, at: datetime) -> None:
        self._refuse_unless_shown(version_hash)
        if not self.grant.may_be_decided_by(by):
            raise RuleBroken(_l("You are party to this, so another leader answers it."))
        self.grant.void_signatures(at=at)

    def _answered(self, reason: str, *, by: Person, at: datetime) -> None:
        self.answered_at, self.answer_reason, self.answered_by_id = at, reason, by.id
        rich_text.keep(reason)
