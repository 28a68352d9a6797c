"""What one envelope pays of a grant. A supplement granted in a later quarter is paid by that quarter's envelope."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from portfolio.budgets.envelope import Envelope, envelope_for_change
from portfolio.budgets.ledger import Account, EntryKind
from portfolio.foundation.authority import Actor
from portfolio.foundation.database import Base, db
from portfolio.foundation.errors import RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.organisation.house_rules import HouseRules


class Source(Base):
    """A grant's share in one envelope, in minor units; moves only together with the envelope's ledger."""

    __tablename__ = "funding_source"
    __table_args__ = (
        Index("uq_funding_source_envelope", "grant_id", "envelope_id", unique=True),
        CheckConstraint("0 <= spent AND spent <= released AND released <= amount", name="never_overdrawn"),
        CheckConstraint("0 <= returned AND returned <= amount - spent", name="returned"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    grant_id: Mapped[int] = mapped_column(ForeignKey("funding.id"))
    envelope_id: Mapped[int] = mapped_column(ForeignKey("envelope.id"), index=True)
    amount: Mapped[int] = mapped_column(default=0)
    released: Mapped[int] = mapped_column(default=0)
    spent: Mapped[int] = mapped_column(default=0)
    returned: Mapped[int] = mapped_column(default=0)

    def refuse_more_than_free(self, amount: int) -> None:
        """Refuse what the envelope cannot pay.

        Raises:
            RuleBroken: it has less left; says how much.
        """
        envelope = self._envelope()
        if amount > envelope.free.minor:
            raise RuleBroken(
                _l("The envelope of %(quarter)s has %(free)s left.", quarter=envelope.quarter, free=envelope.free)
            )

    def commit(self, kind: EntryKind, amount: int, *, by: Actor, at: datetime, cause: str) -> None:
        """Set money of the envelope aside for the grant.

        Raises:
            RuleBroken: the envelope has less left; says how much.
        """
        self.refuse_more_than_free(amount)
        envelope = self._envelope()
        envelope.committed += amount
        self.amount += amount
        self._post(envelope, kind, Account.LOCKED, Account.FREE, amount, by=by, at=at, cause=cause)

    def release(self, amount: int, *, by: Actor, at: datetime, cause: str) -> None:
        """Let money that was set aside be spent."""
        self.released += amount
        self._post(
            self._envelope(), EntryKind.RELEASE, Account.RELEASED, Account.LOCKED, amount, by=by, at=at, cause=cause
        )

    def spend(self, amount: int, *, by: Actor, at: datetime, cause: str) -> None:
        """Note that released money was spent."""
        envelope = self._envelope()
        self.spent += amount
        envelope.spent += amount
        self._post(envelope, EntryKind.SPEND, Account.SPENT, Account.RELEASED, amount, by=by, at=at, cause=cause)

    def unspend(self, amount: int, *, by: Actor, at: datetime, cause: str) -> None:
        """Reverse spending that was noted wrongly."""
        envelope = self._envelope()
        self.spent -= amount
        envelope.spent -= amount
        self._post(envelope, EntryKind.CORRECT, Account.RELEASED, Account.SPENT, amount, by=by, at=at, cause=cause)

    def give_back(self, *, rules: HouseRules, today: date, by: Actor, at: datetime) -> int:
        """Return what was not spent to its envelope, or to the current one if that quarter is over.

        Returns:
            how much, in minor units.
        """
        envelope = self._envelope()
        rest, locked = self.amount - self.spent, self.amount - self.released
        into = Account.FREE
        if rest and envelope.is_over(today):
            into = Account.LEADERSHIP
            quarter = rules.quarter_of(today)
            later = envelope_for_change(quarter) or Envelope.open(quarter, by=by, at=at)
            later.total += rest
            cause = f"carried:{self.id}"
            self._post(later, EntryKind.RETURN, Account.FREE, Account.LEADERSHIP, rest, by=by, at=at, cause=cause)
        envelope.committed -= rest
        if into is Account.LEADERSHIP:
            envelope.total -= rest
        for part, out_of in ((locked, Account.LOCKED), (rest - locked, Account.RELEASED)):
            cause = f"return:{self.id}:{out_of.value}"
            self._post(envelope, EntryKind.RETURN, into, out_of, part, by=by, at=at, cause=cause)
        self.returned = rest
        return rest

    def _envelope(self) -> Envelope:
        """The envelope, locked before its balance is read."""
        return db.session.get_one(Envelope, self.envelope_id, with_for_update=True)

    def _post(
        self,
        envelope: Envelope,
        kind: EntryKind,
        debit: Account,
        credit: Account,
        amount: int,
        *,
        by: Actor,
        at: datetime,
        cause: str,
    ) -> None:
        envelope.post(kind, debit, credit, amount, by=by, at=at, cause=cause, grant_id=self.grant_id)
