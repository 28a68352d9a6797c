"""Whatever people try, in any order, the kept sums equal the ledger, and what is refused leaves no trace."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import hypothesis
import pytest
from flask import Flask
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from portfolio.budgets.expense import Expense
from portfolio.foundation.database import db
from portfolio.foundation.errors import RuleBroken
from tests.budgets import books
from tests.database import Database
from tests.factories import (
    a_leader,
    a_milestone,
    a_person,
    a_proposed_experiment,
    an_approved_experiment,
    an_envelope,
    approve,
    at,
)

amounts = st.sampled_from(["0", "0.01", "100", "4999.99", "5000", "9000", "12000", "15000", "20000"])
which = st.integers(0, 1)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("approve"), which, amounts, which),
        st.tuples(st.just("start"), which),
        st.tuples(st.just("evidence"), which, st.integers(0, 2)),
        st.tuples(st.just("release"), which, st.integers(0, 2), which),
        st.tuples(st.just("spend"), which, amounts),
        st.tuples(st.just("correct"), which, amounts, st.integers(0, 3)),
        st.tuples(st.just("supplement"), which, amounts, which),
        st.tuples(st.just("withdraw"), which),
        st.tuples(st.just("hand_back"), which),
        st.tuples(st.just("envelope"), amounts),
        st.tuples(st.just("wait"), st.integers(1, 60)),
    ),
    min_size=6,
    max_size=24,
)


class House:
    """Two leaders, two proposals, and a calendar that moves on."""

    def __init__(self) -> None:
        self.leaders = [a_leader(), a_leader()]
        self.lead = a_person()
        self.experiments = [
            a_proposed_experiment(lead=self.lead, budget="15000", milestones=(a_milestone(amount="5000"),)),
            a_proposed_experiment(lead=self.lead, budget="9000"),
        ]
        self.expenses: list[Expense] = []
        self.today = date(2026, 3, 2)
        self.seconds = 0

    def take(self, step: tuple[Any, ...]) -> None:
        """Try one step; a rule may refuse it."""
        verb, *said = step
        if verb == "wait":
            self.today += timedelta(days=said[0])
            return
        self.seconds += 1
        with at(f"{self.today}T12:{self.seconds // 60:02}:{self.seconds % 60:02}"):
            before = rows()
            try:
                getattr(self, verb)(*said)
            except RuleBroken:
                assert rows() == before

    def approve(self, one: int, amount: str, leader: int) -> None:
        """A leader grants it an amount."""
        approve(self.experiments[one], by=self.leaders[leader], amount=amount)

    def start(self, one: int) -> None:
        """It starts."""
        books.start(self.experiments[one])

    def evidence(self, one: int, number: int) -> None:
        """The team says how a milestone was reached."""
        books.give_evidence(self.experiments[one], number)

    def release(self, one: int, number: int, leader: int) -> None:
        """A leader releases a tranche."""
        books.release(self.experiments[one], number, by=self.leaders[leader])

    def spend(self, one: int, amount: str) -> None:
        """The team spends."""
        self.expenses.append(books.spend(self.experiments[one], amount))

    def correct(self, one: int, amount: str, which: int) -> None:
        """The team corrects one of all expenses, of whatever experiment."""
        if which < len(self.expenses):
            corrected = self.expenses[which]
            self.expenses.append(books.spend(self.experiments[one], amount, corrects=corrected))

    def supplement(self, one: int, amount: str, leader: int) -> None:
        """A leader grants more."""
        books.supplement(self.experiments[one], amount, by=self.leaders[leader])

    def withdraw(self, one: int) -> None:
        """The lead takes it back."""
        books.withdraw(self.experiments[one])

    def hand_back(self, one: int) -> None:
        """The grant closes."""
        books.hand_back(self.experiments[one])

    def envelope(self, total: str) -> None:
        """A leader sets the envelope of the quarter it is."""
        an_envelope(total, by=self.leaders[0])


@hypothesis.settings(max_examples=8, derandomize=True)
@hypothesis.given(taken=steps)
def test_the_books_are_right_after_every_step(the_app: Flask, the_database: Database, taken: list[Any]) -> None:
    the_database.reset(the_app)
    with the_app.app_context():
        with at("2026-03-02"):
            house = House()
            an_envelope("20000", by=house.leaders[0])
        for step in [("approve", 0, "15000", 0), *taken]:
            house.take(step)
            books.assert_the_books_are_right()


def rows() -> dict[str, list[Any]]:
    """Every row that money or the trail has, but for what a leader may sign meanwhile."""
    names = ("envelope", "funding", "funding_source", "tranche", "ledger_entry", "expense", "signature", "audit_entry")
    with db.engine.connect() as connection:
        return {
            name: [tuple(row) for row in connection.execute(text(f"SELECT * FROM {name} ORDER BY 1"))] for name in names
        }


@pytest.mark.parametrize(
    "overdraft",
    [
        "UPDATE envelope SET committed = total + 1",
        "UPDATE envelope SET spent = committed + 1",
        "UPDATE envelope SET total = committed - 1",
        "UPDATE funding SET released = amount + 1",
        "UPDATE funding SET spent = released + 1",
        "UPDATE funding_source SET released = amount + 1",
        "UPDATE funding_source SET spent = released + 1",
        "UPDATE funding_source SET returned = amount + 1",
        "UPDATE tranche SET amount = -1",
    ],
)
def test_the_database_itself_refuses_an_overdraft(app: Flask, overdraft: str) -> None:
    an_approved_experiment()

    with pytest.raises(IntegrityError), db.engine.begin() as connection:
        connection.execute(text(overdraft))
