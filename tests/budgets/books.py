"""Moves of money, each through its transition in a transaction of its own, and the check of all books after one."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from portfolio.budgets.envelope import Envelope
from portfolio.budgets.expense import Expense
from portfolio.budgets.grant import Grant
from portfolio.budgets.ledger import Account, balance
from portfolio.budgets.signature import Terms
from portfolio.budgets.source import Source
from portfolio.foundation.database import db
from portfolio.network.experiment import Experiment
from portfolio.organisation.house_rules import house_rules
from portfolio.people.person import Person
from tests.factories import changing, here, money, reading, reloaded


def start(experiment: Experiment, *, by: Person | None = None) -> None:
    """The lead starts it."""
    with changing(experiment, by=by or lead_of(experiment)) as (it, person, moment):
        it.start(rules=house_rules(), by=person, at=moment)


def withdraw(experiment: Experiment, *, by: Person | None = None) -> None:
    """The lead takes it back."""
    with changing(experiment, by=by or lead_of(experiment)) as (it, person, moment):
        it.withdraw(rules=house_rules(), by=person, at=moment)


def give_evidence(experiment: Experiment, number: int, *, by: Person | None = None) -> None:
    """The team says how a milestone was reached."""
    with changing(experiment, by=by or lead_of(experiment)) as (it, person, moment):
        it.grant.give_evidence(number, "All ten quotes went out.", by=person, at=moment)


def release(experiment: Experiment, number: int, *, by: Person) -> None:
    """A leader accepts the evidence."""
    with changing(experiment, by=by) as (it, person, moment):
        it.grant.release(number, by=person, at=moment)


def supplement(experiment: Experiment, amount: str, *, by: Person, conditions: str = "") -> bool:
    """A leader grants more."""
    with changing(experiment, by=by) as (it, person, moment):
        rules = house_rules()
        return it.grant.supplement(
            Terms(money(amount, it.currency), it.version_hash or "", conditions),
            reason="The first ten asked for it.",
            rules=rules,
            today=rules.today,
            by=person,
            at=moment,
        )


def spend(experiment: Experiment, amount: str, *, by: Person | None = None, corrects: Expense | None = None) -> Expense:
    """The team books an expense, or puts another in the place of one."""
    with changing(experiment, by=by or lead_of(experiment)) as (it, person, moment):
        expense = it.grant.spend(
            money(amount, it.currency),
            house_rules().today,
            "Licences",
            by=person,
            at=moment,
            corrects=here(corrects) if corrects else None,
        )
    return reloaded(expense)


def hand_back(experiment: Experiment, *, by: Person | None = None, today: date | None = None) -> None:
    """The grant closes; what was not spent returns."""
    with changing(experiment, by=by or lead_of(experiment)) as (it, person, moment):
        rules = house_rules()
        it.grant.give_back(rules=rules, today=today or rules.today, by=person, at=moment)


def lead_of(experiment: Experiment) -> Person:
    """Who leads it."""
    assert experiment.lead is not None
    return experiment.lead


def assert_the_books_are_right() -> None:
    """Every kept column is what the entries of the ledger add up to, and nothing is overdrawn."""
    with reading():
        for envelope in db.session.scalars(select(Envelope)):
            stands = {account: balance(account, envelope_id=envelope.id) for account in Account}
            sources = db.session.scalars(select(Source).where(Source.envelope_id == envelope.id)).all()
            assert sum(stands.values()) == 0
            assert stands[Account.LEADERSHIP] == -envelope.total
            assert stands[Account.FREE] == envelope.total - envelope.committed == envelope.free.minor >= 0
            assert stands[Account.SPENT] == envelope.spent == sum(source.spent for source in sources)
            assert stands[Account.LOCKED] + stands[Account.RELEASED] == envelope.committed - envelope.spent
            assert envelope.committed == sum(source.amount - source.returned for source in sources)
            open_ones = open_among(sources)
            assert stands[Account.LOCKED] == sum(source.amount - source.released for source in open_ones)
            assert stands[Account.RELEASED] == sum(source.released - source.spent for source in open_ones)
        for grant in db.session.scalars(select(Grant).options(selectinload(Grant.sources))):
            for name in ("amount", "released", "spent", "returned"):
                assert getattr(grant, name) == sum(getattr(source, name) for source in grant.sources), name
            assert grant.spent == (spent_by_expenses(grant.id) or 0)
            assert grant.returned == (0 if grant.closed_at is None else grant.amount - grant.spent)


def open_among(sources: list[Source]) -> list[Source]:
    """Those whose grant is not closed."""
    closed = set(db.session.scalars(select(Grant.id).where(Grant.closed_at.is_not(None))))
    return [source for source in sources if source.grant_id not in closed]


def spent_by_expenses(grant_id: int) -> int | None:
    """The sum of what was booked and not corrected."""
    corrected = select(Expense.corrects_id).where(Expense.corrects_id.is_not(None))
    return db.session.scalar(
        select(func.sum(Expense.amount)).where(Expense.grant_id == grant_id, Expense.id.not_in(corrected))
    )
