"""Grants of the seeded portfolio: asked, reserved, released, spent and given back, with a ledger that adds up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from portfolio.budgets.ledger import Account, EntryKind
from portfolio.budgets.party import Why
from tools.bench.ground import Ground, book
from tools.bench.rows import Rows


@dataclass(frozen=True)
class Money:
    """What happens to a grant.

    Args:
        asked: in minor units.
        approved_on: the day a leader granted all of it, if any did.
        spent: what was spent of it.
        is_open: whether it was not given back yet.
    """

    asked: int
    approved_on: date | None = None
    spent: int = 0
    is_open: bool = True


def add_grant(rows: Rows, ground: Ground, money: Money, *, people: list[int], sponsor: int | None, leader: int) -> int:
    """Add a grant with its parties, tranches, sources and entries; gives its number.

    Args:
        people: the lead, who proposed it, and the team.
        leader: who releases its money, and is no party to it.
    """
    number = rows.number("funding")
    granted = money.asked if money.approved_on else 0
    rest = 0 if money.is_open else granted - money.spent
    rows.add(
        "funding",
        id=number,
        currency="EUR",
        asked=money.asked,
        amount=granted,
        released=granted,
        spent=money.spent,
        returned=rest,
        reserved_at=ground.now if money.approved_on else None,
        closed_at=None if money.is_open else ground.now,
    )
    since = ground.now - timedelta(days=60)
    parties = [(person, why) for person in people[:1] for why in (Why.PROPOSER, Why.LEAD, Why.AMOUNT)]
    parties += [(person, Why.TEAM) for person in people[1:]]
    parties += [(sponsor, Why.SPONSOR)] if sponsor else []
    for person, why in parties:
        rows.add("party", grant_id=number, person_id=person, why=why, since=since)
    if money.approved_on:
        _add_tranches(rows, ground, number, granted, leader)
        _pay(rows, ground, number, money, granted, rest)
    return number


def _add_tranches(rows: Rows, ground: Ground, grant: int, granted: int, leader: int) -> None:
    half = granted // 2
    for position, (name, part) in enumerate((("", granted - half), ("First ten customers", half))):
        rows.add(
            "tranche",
            id=rows.number("tranche"),
            grant_id=grant,
            number=position,
            name=name,
            week=position * 3 or None,
            amount=part,
            currency="EUR",
            released_at=ground.now,
            released_by_id=leader,
        )


def _pay(rows: Rows, ground: Ground, grant: int, money: Money, granted: int, rest: int) -> None:
    assert money.approved_on is not None
    purse = ground.purse(money.approved_on)
    source = rows.number("funding_source")
    rows.add(
        "funding_source",
        id=source,
        grant_id=grant,
        envelope_id=purse.id,
        amount=granted,
        released=granted,
        spent=money.spent,
        returned=rest,
    )
    purse.committed += granted - rest
    purse.spent += money.spent
    for kind, debit, credit, amount in (
        (EntryKind.RESERVE, Account.LOCKED, Account.FREE, granted),
        (EntryKind.RELEASE, Account.RELEASED, Account.LOCKED, granted),
        (EntryKind.SPEND, Account.SPENT, Account.RELEASED, money.spent),
        (EntryKind.RETURN, Account.FREE, Account.RELEASED, rest),
    ):
        book(rows, ground, purse.id, grant, kind, debit, credit, amount, f"seeded:{kind.value}:{source}")
    if money.spent:
        rows.add(
            "expense",
            id=rows.number("expense"),
            grant_id=grant,
            amount=money.spent,
            currency="EUR",
            spent_on=money.approved_on,
            what="Hours of a developer",
            by_id=ground.person(grant),
            at=ground.now,
        )
