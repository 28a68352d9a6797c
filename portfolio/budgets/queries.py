"""Reading the quarter's money."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portfolio.budgets.envelope import Envelope
from portfolio.budgets.expense import Expense
from portfolio.budgets.ledger import LedgerEntry
from portfolio.foundation.correction import is_corrected
from portfolio.foundation.database import db
from portfolio.foundation.paging import Page
from portfolio.organisation.quarter import Quarter


def envelope_of(quarter: Quarter) -> Envelope | None:
    """The envelope of a quarter, if one was set."""
    return db.session.scalars(select(Envelope).where(Envelope.quarter == quarter.name)).first()


def envelopes(most: int = 12) -> Sequence[Envelope]:
    """The latest envelopes, newest first."""
    return db.session.scalars(select(Envelope).order_by(Envelope.first_day.desc()).limit(most)).all()


def envelopes_by_quarter(after: str | None, *, size: int = 50) -> Page[Envelope]:
    """Every envelope, newest first, a page at a time."""
    order = (Envelope.first_day, Envelope.id)
    return Page.of(select(Envelope), order=order, after=after, size=size, descending=True)


def ledger(envelope: Envelope, after: str | None, *, size: int = 50) -> Page[LedgerEntry]:
    """The entries of one envelope, newest first."""
    statement = select(LedgerEntry).where(LedgerEntry.envelope_id == envelope.id)
    return Page.of(statement, order=(LedgerEntry.id,), after=after, size=size, descending=True)


def expenses_of(grant_id: int, most: int = 50) -> Sequence[tuple[Expense, bool]]:
    """The latest expenses of a grant, newest first, each with whether it was corrected."""
    rows = db.session.execute(
        select(Expense, is_corrected(Expense))
        .where(Expense.grant_id == grant_id)
        .options(joinedload(Expense.by))
        .order_by(Expense.id.desc())
        .limit(most)
    )
    return [(expense, bool(is_corrected)) for expense, is_corrected in rows]
