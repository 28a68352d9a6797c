"""Whether the money adds up: every kept sum is what the ledger comes to, entry by entry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Row, func, or_, select

from portfolio.budgets.envelope import Envelope
from portfolio.budgets.expense import Expense
from portfolio.budgets.grant import Grant
from portfolio.budgets.ledger import Account, EntryKind, LedgerEntry
from portfolio.budgets.source import Source
from portfolio.budgets.tranche import Tranche
from portfolio.foundation.checking import Check, Problem
from portfolio.foundation.correction import is_corrected
from portfolio.foundation.database import db

GRANTED = (EntryKind.RESERVE, EntryKind.SUPPLEMENT)


def checks() -> list[Check]:
    """All of this room."""
    return [
        Check("Every entry of the ledger is in the currency of its envelope and its grant", currencies),
        Check("Every envelope is what its ledger comes to", envelopes),
        Check("Every grant's share in an envelope is what the ledger comes to", sources),
        Check("Every grant is the sum of its shares, its tranches and its expenses", grants),
        Check("Every tranche that was released, and no other, is in the ledger", tranches),
        Check("Every expense is in the ledger, once", expenses),
    ]


def currencies() -> Iterator[Problem]:
    """Entries, tranches and expenses in another currency than the money they belong to."""
    statement = (
        select(LedgerEntry.id, LedgerEntry.currency)
        .join(Envelope, Envelope.id == LedgerEntry.envelope_id)
        .outerjoin(Grant, Grant.id == LedgerEntry.grant_id)
        .where(or_(LedgerEntry.currency != Envelope.currency, LedgerEntry.currency != Grant.currency))
    )
    for number, currency in db.session.execute(statement.order_by(LedgerEntry.id)):
        yield Problem("ledger_entry", number, f"is in {currency}, and its envelope or its grant is not")
    for model in (Tranche, Expense):
        stray = select(model.id).join(Grant, Grant.id == model.grant_id).where(model.currency != Grant.currency)
        for number in db.session.scalars(stray.order_by(model.id)):
            yield Problem(model.__tablename__, number, "is in another currency than its grant")


def envelopes() -> Iterator[Problem]:
    """Envelopes whose columns are not the sums of their ledger."""
    books = _books(LedgerEntry.envelope_id)
    for row in db.session.execute(select(Envelope.__table__).order_by(Envelope.id)):
        book = books[row.id]
        spent = book.balance(Account.SPENT)
        committed = spent + book.balance(Account.LOCKED) + book.balance(Account.RELEASED)
        yield from _unlike("envelope", row, total=-book.balance(Account.LEADERSHIP), committed=committed, spent=spent)


def sources() -> Iterator[Problem]:
    """Shares whose columns are not the sums of their entries."""
    books = _books(LedgerEntry.grant_id, LedgerEntry.envelope_id)
    known = set()
    for row in db.session.execute(select(Source.__table__).order_by(Source.id)):
        book = books[row.grant_id, row.envelope_id]
        known.add((row.grant_id, row.envelope_id))
        yield from _unlike(
            "funding_source",
            row,
            amount=book.moved(GRANTED),
            released=book.moved((EntryKind.RELEASE,)),
            spent=book.balance(Account.SPENT),
            returned=book.returned,
        )
        held = book.balance(Account.LOCKED) + book.balance(Account.RELEASED)
        if held != row.amount - row.spent - row.returned:
            yield Problem("funding_source", row.id, f"holds {row.amount - row.spent - row.returned}, its ledger {held}")
    for (grant, envelope), book in sorted((key, book) for key, book in books.items() if None not in key):
        if (grant, envelope) not in known and book.moved(GRANTED):
            yield Problem("funding", grant, f"took money from envelope {envelope} and has no share in it")


def grants() -> Iterator[Problem]:
    """Grants that are not the sum of their parts."""
    shares = _sums(Source.grant_id, Source.amount, Source.released, Source.spent, Source.returned)
    parts = _sums(Tranche.grant_id, Tranche.amount)
    reserved = _sums(LedgerEntry.grant_id, LedgerEntry.amount, only=LedgerEntry.kind == EntryKind.RESERVE)
    paid = _sums(Expense.grant_id, Expense.amount, only=~is_corrected(Expense))
    for row in db.session.execute(select(Grant.__table__).order_by(Grant.id)):
        amount, released, spent, returned = shares.get(row.id, (0, 0, 0, 0))
        yield from _unlike("funding", row, amount=amount, released=released, spent=spent, returned=returned)
        yield from _unlike("funding", row, spent=paid.get(row.id, (0,))[0])
        divided, granted = parts.get(row.id, (0,))[0], reserved.get(row.id, (0,))[0]
        if divided != granted:
            yield Problem("funding", row.id, f"was granted {granted} and is divided into tranches of {divided}")


def tranches() -> Iterator[Problem]:
    """Tranches released without the ledger knowing, or known to it with another amount."""
    booked = _caused("tranche:")
    for row in db.session.execute(select(Tranche.__table__).order_by(Tranche.id)):
        wanted = row.amount if row.released_at is not None else 0
        found = booked.pop(str(row.id), 0)
        if found != wanted:
            yield Problem("tranche", row.id, f"has released {wanted}, and its ledger says {found}")
    for key in booked:
        yield Problem("tranche", key, "is gone, and the ledger says it was released")


def expenses() -> Iterator[Problem]:
    """Expenses that the ledger does not know, or knows with another amount."""
    booked, reversed_ = _caused("expense:"), _caused("correct:")
    for row in db.session.execute(select(Expense.__table__, is_corrected(Expense).label("gone")).order_by(Expense.id)):
        found, back = booked.pop(str(row.id), 0), reversed_.pop(str(row.id), 0)
        if (found, back) != (row.amount, row.amount if row.gone else 0):
            yield Problem("expense", row.id, f"is {row.amount}, and its ledger says {found}, of which {back} reversed")
    for key in [*booked, *reversed_]:
        yield Problem("expense", key, "is gone, and the ledger says it was paid")


class Book:
    """The movements of one envelope, or of one grant in one envelope."""

    def __init__(self) -> None:
        self._moves: list[tuple[EntryKind, Account, Account, int]] = []

    def add(self, kind: EntryKind, debit: Account, credit: Account, amount: int) -> None:
        """Take movements of a kind along."""
        self._moves.append((kind, debit, credit, amount))

    def balance(self, account: Account) -> int:
        """What stands on an account."""
        return sum(amount * ((debit is account) - (credit is account)) for _, debit, credit, amount in self._moves)

    def moved(self, kinds: Iterable[EntryKind]) -> int:
        """How much was moved by entries of these kinds."""
        return sum(amount for kind, _, _, amount in self._moves if kind in kinds)

    @property
    def returned(self) -> int:
        """What was granted and went back; what an earlier quarter carried here is not."""
        held = (Account.LOCKED, Account.RELEASED)
        return sum(a for kind, _, credit, a in self._moves if kind is EntryKind.RETURN and credit in held)


def _books(*keys: Any) -> dict[Any, Book]:
    """The movements by envelope, or by grant and envelope, added up by the database."""
    books: dict[Any, Book] = defaultdict(Book)
    what = (LedgerEntry.kind, LedgerEntry.debit, LedgerEntry.credit)
    for row in db.session.execute(select(*keys, *what, func.sum(LedgerEntry.amount)).group_by(*keys, *what)):
        *key, kind, debit, credit, amount = row
        books[key[0] if len(key) == 1 else tuple(key)].add(kind, debit, credit, int(amount))
    return books


def _sums(by: Any, *columns: Any, only: Any = None) -> dict[int, tuple[int, ...]]:
    statement = select(by, *(func.sum(column) for column in columns)).where(by.is_not(None)).group_by(by)
    rows = db.session.execute(statement if only is None else statement.where(only))
    return {row[0]: tuple(map(int, row[1:])) for row in rows}


def _caused(by: str) -> dict[str, int]:
    """What the ledger booked for causes such as `expense:12:3`, by the number in them."""
    found: dict[str, int] = defaultdict(int)
    entries = select(LedgerEntry.cause, LedgerEntry.amount).where(LedgerEntry.cause.startswith(by))
    for cause, amount in db.session.execute(entries.order_by(LedgerEntry.id)):
        found[cause.split(":")[1]] += amount
    return dict(found)


def _unlike(table: str, row: Row[Any], **wanted: int) -> Iterator[Problem]:
    """Where a row's columns are not what they should be, in minor units."""
    for column, amount in wanted.items():
        found = getattr(row, column)
        if found != amount:
            yield Problem(table, row.id, f"says {column} {found}, and what is booked comes to {amount} (minor units)")
