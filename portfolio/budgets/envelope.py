"""The envelope: the money leadership sets aside for the network in one quarter."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from portfolio.audit.entry import record
from portfolio.budgets.ledger import Account, EntryKind, LedgerEntry
from portfolio.foundation.authority import Actor
from portfolio.foundation.database import Base, db, for_change
from portfolio.foundation.errors import Conflict, RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.foundation.money import Money
from portfolio.organisation.house_rules import house_rules
from portfolio.organisation.quarter import Quarter


class Envelope(Base):
    """One quarter's money. Its columns are kept sums of the ledger; the database refuses to overdraw them."""

    __tablename__ = "envelope"
    __table_args__ = (
        CheckConstraint("0 <= spent AND spent <= committed AND committed <= total", name="never_overdrawn"),
        CheckConstraint("first_day < last_day", name="days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    quarter: Mapped[str] = mapped_column(unique=True)
    first_day: Mapped[date]
    last_day: Mapped[date] = mapped_column(index=True)
    currency: Mapped[str]
    total: Mapped[int] = mapped_column(default=0)
    committed: Mapped[int] = mapped_column(default=0)
    spent: Mapped[int] = mapped_column(default=0)
    set_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")  # Why it was set as it is.

    @classmethod
    def open(cls, quarter: Quarter, *, by: Actor | None, at: datetime) -> Envelope:
        """Open the envelope of a quarter, at nothing; from then on currency and calendar are fixed.

        Raises:
            RuleBroken: the quarter has one.
        """
        if db.session.scalar(select(cls.id).where(cls.quarter == quarter.name)):
            raise RuleBroken(_l("The envelope of %(quarter)s is set already. Change it instead.", quarter=quarter.name))
        rules = house_rules().changed({"money_in_use": True}, by=by, at=at)
        envelope = cls(
            quarter=quarter.name,
            first_day=quarter.first_day,
            last_day=quarter.last_day,
            currency=rules.currency,
            total=0,
            committed=0,
            spent=0,
            set_at=at,
        )
        db.session.add(envelope)
        db.session.flush()
        return envelope

    @property
    def name(self) -> str:
        """What the trail calls it."""
        return self.quarter

    @property
    def total_money(self) -> Money:
        """What was set aside, and what came back from earlier quarters."""
        return Money(self.total, self.currency)

    @property
    def version(self) -> str:
        """What a form that sets it was made from: what it holds, in minor units; nothing before it was ever set."""
        return str(self.total or "")

    @property
    def free(self) -> Money:
        """What is left to grant."""
        return Money(self.total - self.committed, self.currency)

    @property
    def committed_money(self) -> Money:
        """What was granted and not returned, spent or not."""
        return Money(self.committed, self.currency)

    @property
    def spent_money(self) -> Money:
        """What was spent."""
        return Money(self.spent, self.currency)

    @property
    def unspent(self) -> Money:
        """What was granted and is not spent yet."""
        return Money(self.committed - self.spent, self.currency)

    def is_over(self, today: date) -> bool:
        """Whether its quarter has ended."""
        return today > self.last_day

    def set_to(self, total: Money, *, read: str, reason: str, by: Actor, at: datetime, today: date) -> None:
        """Let it hold so much; never below what is committed.

        Args:
            read: what it held, in minor units, when whoever sets it looked; nothing when it was not set.

        Raises:
            Conflict: it holds something else by now.
            RuleBroken: its quarter is over, or so much is not free; says how much is.
        """
        if read != self.version:
            raise Conflict(
                _l(
                    "After you opened this page the envelope came to hold %(total)s. Look at why, and send yours again "
                    "if you still mean it.",
                    total=self.total_money,
                )
            )
        self.adjust(total - self.total_money, reason=reason, by=by, at=at, today=today)

    def adjust(self, change: Money, *, reason: str, by: Actor, at: datetime, today: date) -> None:
        """Add to the envelope or take from it; never below what is committed.

        Raises:
            RuleBroken: its quarter is over, or so much is not free; says how much is.
        """
        if self.is_over(today):
            raise RuleBroken(_l("%(quarter)s is over; its envelope is closed.", quarter=self.quarter))
        if not change:
            raise RuleBroken(_l("This is what the envelope holds already."))
        if self.free.minor + change.minor < 0:
            raise RuleBroken(
                _l(
                    "%(committed)s of this envelope is granted already, so it cannot be less than that.",
                    committed=self.committed_money,
                )
            )
        self.total += change.minor
        self.reason = reason
        into, out_of = (Account.FREE, Account.LEADERSHIP) if change.minor > 0 else (Account.LEADERSHIP, Account.FREE)
        self.post(EntryKind.SET, into, out_of, abs(change.minor), by=by, at=at, cause=f"set:{self.id}:{at.isoformat()}")
        record("envelope.set", self, by=by, change=change.minor, total=self.total, currency=self.currency)

    def post(
        self,
        kind: EntryKind,
        debit: Account,
        credit: Account,
        amount: int,
        *,
        by: Actor | None,
        at: datetime,
        cause: str,
        grant_id: int | None = None,
    ) -> None:
        """Book a movement of this envelope's money; nothing moves for an amount of 0."""
        if amount:
            db.session.add(
                LedgerEntry(
                    envelope_id=self.id,
                    grant_id=grant_id,
                    kind=kind,
                    debit=debit,
                    credit=credit,
                    amount=amount,
                    currency=self.currency,
                    cause=cause,
                    by_id=by.id if by else None,
                    at=at,
                )
            )


def envelope_for_change(quarter: Quarter) -> Envelope | None:
    """The envelope of a quarter, locked."""
    return db.session.scalars(for_change(select(Envelope).where(Envelope.quarter == quarter.name))).first()
