"""A grant: what was asked, what was granted, who is party to it, and what became of the money.

Nobody decides on money they are party to. Above the limit two different leaders sign the very same terms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CheckConstraint, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portfolio.budgets.envelope import envelope_for_change
from portfolio.budgets.expense import Expense
from portfolio.budgets.ledger import EntryKind
from portfolio.budgets.party import Parties, Party, Why
from portfolio.budgets.signature import Signature, Signed, SignedFor, Terms
from portfolio.budgets.source import Source
from portfolio.budgets.tranche import Tranche, divided
from portfolio.foundation.database import Base, db
from portfolio.foundation.errors import RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.foundation.money import Money
from portfolio.organisation.house_rules import HouseRules, house_rules
from portfolio.people.person import Person


@dataclass(frozen=True)
class Milestone:
    """What a proposal ties a part of the money to."""

    name: str
    week: int | None
    amount: int


class Grant(Parties, Signed, Base):
    """The money side of whatever asks for some, from the first draft on."""

    __tablename__ = "funding"  # GRANT is a word of SQL.
    __table_args__ = (
        CheckConstraint(
            "asked >= 0 AND 0 <= spent AND spent <= released AND released <= amount", name="never_overdrawn"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    currency: Mapped[str]
    asked: Mapped[int] = mapped_column(default=0)
    amount: Mapped[int] = mapped_column(default=0)
    released: Mapped[int] = mapped_column(default=0)
    spent: Mapped[int] = mapped_column(default=0)
    returned: Mapped[int] = mapped_column(default=0)
    conditions: Mapped[str] = mapped_column(default="")
    reserved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    parties: Mapped[list[Party]] = relationship(lazy="raise")
    tranches: Mapped[list[Tranche]] = relationship(lazy="raise", order_by=Tranche.number)
    signatures: Mapped[list[Signature]] = relationship(lazy="raise", order_by=Signature.id)
    sources: Mapped[list[Source]] = relationship(lazy="raise", order_by=Source.id)

    @property
    def asked_money(self) -> Money:
        """What was asked."""
        return Money(self.asked, self.currency)

    @property
    def money(self) -> Money:
        """What was granted, supplements included."""
        return Money(self.amount, self.currency)

    @property
    def released_money(self) -> Money:
        """What may be spent in all."""
        return Money(self.released, self.currency)

    @property
    def spent_money(self) -> Money:
        """What was spent."""
        return Money(self.spent, self.currency)

    @property
    def returned_money(self) -> Money:
        """What went back unspent."""
        return Money(self.returned, self.currency)

    @property
    def left(self) -> Money:
        """What is released and not spent yet."""
        return Money(self.released - self.spent, self.currency)

    @property
    def locked(self) -> Money:
        """What waits for a milestone."""
        return Money(self.amount - self.released, self.currency)

    @property
    def is_reserved(self) -> bool:
        """Whether it was granted."""
        return self.reserved_at is not None

    @property
    def is_nearly_spent(self) -> bool:
        """From 80% of the grant on there is a warning."""
        return self.amount > 0 and self.spent * 5 >= self.amount * 4

    def ask(self, amount: Money, *, by: Person, at: datetime) -> None:
        """Ask for an amount; whoever wrote it is party to it."""
        if amount.minor != self.asked:
            self.asked = amount.minor
            self.add_party(by.id, Why.AMOUNT, at=at)

    def reserve(
        self,
        terms: Terms,
        milestones: Sequence[Milestone],
        *,
        reason: str,
        confidence: int | None = None,
        rules: HouseRules,
        today: date,
        by: Person,
        at: datetime,
    ) -> bool:
        """Grant the money out of this quarter's envelope; above the limit the first of two only signs.

        Args:
            milestones: what parts of the money wait for.
            rules: the house rules the proposal was made under.

        Returns:
            whether the money is reserved now; False for the first of two signatures.

        Raises:
            RuleBroken: a party to it, granted already, more than asked, more than the envelope has free, or tranches
                that do not add up.
        """
        self._refuse_a_party(by)
        if self.is_reserved:
            raise RuleBroken(_l("This was granted already."))
        if not 0 <= terms.amount.minor <= self.asked:
            raise RuleBroken(_l("%(asked)s was asked. A grant is that or less.", asked=self.asked_money))
        source = self._current_source(today)
        source.refuse_more_than_free(terms.amount.minor)
        parts = self._parts(terms, milestones)
        needs_two = terms.amount.minor > rules.single_approver_limit
        if not self._signed(SignedFor.GRANT, terms, needs_two, reason, confidence, by=by, at=at):
            return False
        self._take(source, EntryKind.RESERVE, terms.amount, by=by, at=at, cause=f"reserve:{self.id}")
        self.reserved_at, self.conditions = at, terms.conditions
        self._make_tranches(parts, milestones)
        return True

    def supplement(
        self, terms: Terms, *, reason: str, rules: HouseRules, today: date, by: Person, at: datetime
    ) -> bool:
        """Grant more while it runs, released at once; the limit counts grant and supplements together.

        Returns:
            whether the money is there now; False for the first of two signatures.

        Raises:
            RuleBroken: a party to it, not running, or more than this quarter's envelope has free.
        """
        self._refuse_a_party(by, followed=True)
        self._refuse_unless_open()
        if terms.amount.minor <= 0:
            raise RuleBroken(_l("A supplement is more than nothing."))
        source = self._current_source(today)
        source.refuse_more_than_free(terms.amount.minor)
        needs_two = self.amount + terms.amount.minor > rules.single_approver_limit
        if not self._signed(SignedFor.SUPPLEMENT, terms, needs_two, reason, None, by=by, at=at):
            return False
        cause = f"supplement:{self.id}:{at.isoformat()}"
        self._take(source, EntryKind.SUPPLEMENT, terms.amount, by=by, at=at, cause=cause)
        self.released += terms.amount.minor
        source.release(terms.amount.minor, by=by, at=at, cause=f"{cause}:released")
        return True

    def release_start(self, *, by: Person, at: datetime) -> None:
        """Release what no milestone names; happens at the start, once."""
        self._release(self.tranches[0], by=by, at=at)

    def give_evidence(self, number: int, evidence: str, *, by: Person, at: datetime) -> Tranche:
        """Say how a milestone was reached.

        Raises:
            RuleBroken: there is no such tranche, or it was released.
        """
        tranche = self._tranche(number)
        if tranche.is_released:
            raise RuleBroken(_l("This tranche was released already."))
        tranche.evidence, tranche.evidence_by_id, tranche.evidence_at = evidence, by.id, at
        return tranche

    def release(self, number: int, *, by: Person, at: datetime) -> Tranche:
        """Accept a milestone's evidence and release its money, once.

        Raises:
            RuleBroken: a party to it, no evidence yet, or released already.
        """
        self._refuse_a_party(by, followed=True)
        tranche = self._tranche(number)
        if tranche.evidence_at is None:
            raise RuleBroken(_l("The team has not said yet how this milestone was reached."))
        self._release(tranche, by=by, at=at)
        return tranche

    def spend(
        self, amount: Money, on: date, what: str, *, by: Person, at: datetime, corrects: Expense | None = None
    ) -> Expense:
        """Book an expense, up to what is released; the oldest envelope pays first.

        Args:
            corrects: an earlier expense that this one takes the place of.

        Raises:
            RuleBroken: nothing was paid, or more than is released and left; says how much is.
        """
        self._refuse_unless_open()
        if amount.minor < 0 or (amount.minor == 0 and corrects is None):
            raise RuleBroken(_l("An expense is more than nothing."))
        if corrects is not None:
            self._reverse(corrects, by=by, at=at)
        if amount.minor > self.left.minor:
            raise RuleBroken(
                _l(
                    "%(left)s is released and not spent. For more, give the evidence of the next milestone or ask "
                    "leadership for a supplement.",
                    left=self.left,
                )
            )
        expense = Expense(
            grant_id=self.id,
            amount=amount.minor,
            currency=self.currency,
            spent_on=on,
            what=what,
            by_id=by.id,
            at=at,
            corrects_id=corrects.id if corrects else None,
        )
        db.session.add(expense)
        db.session.flush()
        self.spent += amount.minor
        rest = amount.minor
        for source in self.sources:
            part = min(rest, source.released - source.spent)
            if part:
                source.spend(part, by=by, at=at, cause=f"expense:{expense.id}:{source.id}")
                rest -= part
        return expense

    def give_back(self, *, rules: HouseRules, today: date, by: Person, at: datetime) -> Money:
        """Close the grant; what was not spent returns.

        Returns:
            what went back.

        Raises:
            RuleBroken: it went back before.
        """
        if self.closed_at is not None:
            raise RuleBroken(_l("The rest of this money went back already."))
        self.closed_at = at
        self.void_signatures(at=at)
        self.returned = sum(source.give_back(rules=rules, today=today, by=by, at=at) for source in self.sources)
        return self.returned_money

    def _parts(self, terms: Terms, milestones: Sequence[Milestone]) -> list[int]:
        """What is for the start and for each milestone; the first of two leaders signs nothing that cannot be."""
        parts = list(terms.tranches) or divided(self.asked, [m.amount for m in milestones], terms.amount.minor)
        if len(parts) != len(milestones) + 1 or sum(parts) != terms.amount.minor or min(parts) < 0:
            raise RuleBroken(_l("The tranches have to add up to what is granted."))
        return parts

    def _make_tranches(self, parts: Sequence[int], milestones: Sequence[Milestone]) -> None:
        named = [Milestone("", None, 0), *milestones]
        self.tranches = [
            Tranche(number=number, name=milestone.name, week=milestone.week, amount=part, currency=self.currency)
            for number, (milestone, part) in enumerate(zip(named, parts, strict=True))
        ]

    def _tranche(self, number: int) -> Tranche:
        found = next((tranche for tranche in self.tranches if tranche.number == number), None)
        if found is None:
            raise RuleBroken(_l("This grant has no such tranche."))
        return found

    def _release(self, tranche: Tranche, *, by: Person, at: datetime) -> None:
        self._refuse_unless_open()
        won = db.session.execute(
            update(Tranche)
            .where(Tranche.id == tranche.id, Tranche.released_at.is_(None))
            .values(released_at=at, released_by_id=by.id)
            .returning(Tranche.id)
        ).first()
        if won is None:
            raise RuleBroken(_l("This tranche was released already."))
        self.released += tranche.amount
        self.sources[0].release(tranche.amount, by=by, at=at, cause=f"tranche:{tranche.id}")

    def _reverse(self, expense: Expense, *, by: Person, at: datetime) -> None:
        if expense.grant_id != self.id:
            raise RuleBroken(_l("That expense belongs to another grant."))
        if db.session.scalar(select(Expense.id).where(Expense.corrects_id == expense.id)):
            raise RuleBroken(_l("That expense was corrected already. Correct the newer one."))
        self.spent -= expense.amount
        rest = expense.amount
        for source in reversed(self.sources):
            part = min(rest, source.spent)
            if part:
                source.unspend(part, by=by, at=at, cause=f"correct:{expense.id}:{source.id}")
                rest -= part

    def _refuse_unless_open(self) -> None:
        if not self.is_reserved:
            raise RuleBroken(_l("No money was granted for this yet."))
        if self.closed_at is not None:
            raise RuleBroken(_l("This is decided; its money went back."))

    def _current_source(self, today: date) -> Source:
        """This grant's share in the envelope of the quarter in which a leader approves; made when there is none."""
        quarter = house_rules().quarter_of(today)  # Of the calendar now, whatever rules the proposal keeps.
        envelope = envelope_for_change(quarter)
        if envelope is None:
            raise RuleBroken(
                _l("No envelope is set for %(quarter)s yet. A leader sets it first.", quarter=quarter.name)
            )
        if envelope.currency != self.currency:
            raise RuleBroken(
                _l(
                    "This asks for %(asked)s and the envelope is in %(currency)s. Return it, so that it is asked anew.",
                    asked=self.asked_money,
                    currency=envelope.currency,
                )
            )
        found = next((source for source in self.sources if source.envelope_id == envelope.id), None)
        return found or Source(grant_id=self.id, envelope_id=envelope.id, amount=0, released=0, spent=0, returned=0)

    def _take(self, source: Source, kind: EntryKind, amount: Money, *, by: Person, at: datetime, cause: str) -> None:
        if source not in self.sources:
            self.sources.append(source)
            db.session.flush()
        source.commit(kind, amount.minor, by=by, at=at, cause=cause)
        self.amount += amount.minor
