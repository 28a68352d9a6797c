"""The ledger: double-entry, append-only. Balances are always the sum of its entries."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, func, select
from sqlalchemy.orm import Mapped, mapped_column

from portfolio.foundation.columns import choice
from portfolio.foundation.database import Base, db


class Account(enum.Enum):
    """Where the money of an envelope can stand."""

    LEADERSHIP = "leadership"  # Outside: what was set aside, and what went to a later envelope.
    FREE = "free"
    LOCKED = "locked"
    RELEASED = "released"
    SPENT = "spent"


class EntryKind(enum.Enum):
    """Why money moved."""

    SET = "set"
    RESERVE = "reserve"
    RELEASE = "release"
    SPEND = "spend"
    RETURN = "return"
    SUPPLEMENT = "supplement"
    CORRECT = "correct"


class LedgerEntry(Base):
    """One movement, from the credited account to the debited one. Never changed; mistakes are reversed."""

    __tablename__ = "ledger_entry"
    __table_args__ = (CheckConstraint("amount > 0", name="amount"), CheckConstraint("debit <> credit", name="accounts"))

    id: Mapped[int] = mapped_column(primary_key=True)
    envelope_id: Mapped[int] = mapped_column(ForeignKey("envelope.id"), index=True)
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("funding.id"), index=True)
    kind: Mapped[EntryKind] = mapped_column(choice(EntryKind))
    debit: Mapped[Account] = mapped_column(choice(Account, "debit"))
    credit: Mapped[Account] = mapped_column(choice(Account, "credit"))
    amount: Mapped[int]
    currency: Mapped[str]
    cause: Mapped[str] = mapped_column(unique=True)  # What it was for; nothing is booked twice for one cause.
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


def balance(account: Account, *, envelope_id: int) -> int:
    """What stands on an account of an envelope, in minor units, by its entries alone."""
    entries = LedgerEntry.envelope_id == envelope_id
    debits = select(func.coalesce(func.sum(LedgerEntry.amount), 0)).where(entries, LedgerEntry.debit == account)
    credits = select(func.coalesce(func.sum(LedgerEntry.amount), 0)).where(entries, LedgerEntry.credit == account)
    return int(db.session.scalar(debits) or 0) - int(db.session.scalar(credits) or 0)
