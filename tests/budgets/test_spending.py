"""Spending a grant: up to what is released, corrected by a new entry, and the rest goes back where it came from."""

from __future__ import annotations

import pytest
from flask import Flask

from portfolio.budgets.ledger import EntryKind, LedgerEntry
from portfolio.foundation.database import db
from portfolio.foundation.errors import RuleBroken
from portfolio.network.state import State
from tests.budgets.books import (
    assert_the_books_are_right,
    give_evidence,
    hand_back,
    release,
    spend,
    supplement,
    withdraw,
)
from tests.factories import (
    a_leader,
    a_milestone,
    a_proposed_experiment,
    a_running_experiment,
    an_approved_experiment,
    an_envelope,
    approve,
    at,
    envelope_now,
    money,
    reading,
    reloaded,
    rules_now,
)


def free(quarter: str | None = None) -> str:
    """What is left in an envelope."""
    envelope = envelope_now(quarter)
    assert envelope is not None
    return str(envelope.free)


def test_nothing_is_spent_before_it_is_released(app: Flask) -> None:
    experiment = an_approved_experiment()

    with pytest.raises(RuleBroken, match="€0 is released"):
        spend(experiment, "1")


def test_nothing_is_spent_of_what_was_never_granted(app: Flask) -> None:
    with pytest.raises(RuleBroken, match="No money was granted"):
        spend(a_proposed_experiment(), "1")


def test_more_than_is_released_is_refused_and_says_what_is_left(app: Flask) -> None:
    experiment = a_running_experiment(budget="15000", milestones=(a_milestone(amount="5000"),))
    spend(experiment, "9000")

    with pytest.raises(RuleBroken, match="€1,000 is released and not spent"):
        spend(experiment, "1000.01")
    spend(experiment, "1000")
    assert reloaded(experiment).grant.left == money("0")
    assert_the_books_are_right()


def test_a_released_tranche_can_be_spent(app: Flask) -> None:
    experiment, leader = a_running_experiment(budget="15000", milestones=(a_milestone(amount="5000"),)), a_leader()
    spend(experiment, "10000")
    give_evidence(experiment, 1)
    release(experiment, 1, by=leader)

    spend(experiment, "5000")

    assert reloaded(experiment).grant.spent_money == money("15000")
    assert_the_books_are_right()


@pytest.mark.parametrize(("spent", "warned"), [("11999.99", False), ("12000", True), ("15000", True)])
def test_from_four_fifths_on_there_is_a_warning(app: Flask, spent: str, warned: bool) -> None:
    experiment = a_running_experiment(budget="15000")
    spend(experiment, spent)

    assert reloaded(experiment).grant.is_nearly_spent is warned


def test_a_correction_takes_the_place_of_what_it_corrects(app: Flask) -> None:
    experiment = a_running_experiment(budget="15000")
    wrong = spend(experiment, "1500")

    spend(experiment, "150", corrects=wrong)

    assert reloaded(experiment).grant.spent_money == money("150")
    assert reloaded(wrong).money == money("1500")
    with reading():
        assert [kind.value for kind in db.session.scalars(kinds())][-3:] == ["spend", "correct", "spend"]
    assert_the_books_are_right()


def kinds():  # type: ignore[no-untyped-def]
    """The kinds of all entries, oldest first."""
    return db.select(LedgerEntry.kind).order_by(LedgerEntry.id)


def test_a_correction_to_nothing_reverses_it(app: Flask) -> None:
    experiment = a_running_experiment(budget="15000")

    spend(experiment, "0", corrects=spend(experiment, "15000"))

    assert reloaded(experiment).grant.left == money("15000")
    assert_the_books_are_right()


def test_a_correction_may_use_what_it_frees(app: Flask) -> None:
    experiment = a_running_experiment(budget="15000")
    wrong = spend(experiment, "14000")

    spend(experiment, "15000", corrects=wrong)
    assert reloaded(experiment).grant.spent_money == money("15000")


def test_a_correction_does_not_go_beyond_what_is_released(app: Flask) -> None:
    experiment = a_running_experiment(budget="15000")
    wrong = spend(experiment, "14000")

    with pytest.raises(RuleBroken):
        spend(experiment, "15000.01", corrects=wrong)
    assert reloaded(experiment).grant.spent_money == money("14000")
    assert_the_books_are_right()


def test_an_expense_is_corrected_once_and_then_its_correction_is(app: Flask) -> None:
    experiment = a_running_experiment(budget="15000")
    wrong = spend(experiment, "1500")
    better = spend(experiment, "150", corrects=wrong)

    with pytest.raises(RuleBroken, match="corrected already"):
        spend(experiment, "15", corrects=wrong)
    spend(experiment, "15", corrects=better)
    assert reloaded(experiment).grant.spent_money == money("15")
    assert_the_books_are_right()


def test_an_expense_of_another_experiment_is_not_corrected_here(app: Flask) -> None:
    one, other = a_running_experiment(), a_running_experiment()
    expense = spend(one, "100")

    with pytest.raises(RuleBroken, match="another grant"):
        spend(other, "10", corrects=expense)


def test_a_supplement_is_released_at_once(app: Flask) -> None:
    experiment = a_running_experiment(budget="15000", milestones=(a_milestone(amount="5000"),))

    assert supplement(experiment, "2000", by=a_leader())

    grant = reloaded(experiment).grant
    assert (grant.money, grant.left, grant.locked) == (money("17000"), money("12000"), money("5000"))
    assert_the_books_are_right()


@pytest.mark.parametrize("amount", ["0", "-1"])
def test_a_supplement_is_more_than_nothing(app: Flask, amount: str) -> None:
    with pytest.raises(RuleBroken, match="more than nothing"):
        supplement(a_running_experiment(), amount, by=a_leader())


def test_a_supplement_comes_from_what_is_free(app: Flask) -> None:
    an_envelope("16000")
    experiment = a_running_experiment(budget="15000")

    with pytest.raises(RuleBroken, match="€1,000 left"):
        supplement(experiment, "1000.01", by=a_leader())


def test_a_supplement_is_paid_by_the_envelope_of_its_own_quarter(app: Flask) -> None:
    leader = a_leader()
    with at("2026-03-25"):
        an_envelope("20000", by=leader)
        experiment = a_running_experiment(budget="15000")
    with at("2026-04-10"):
        an_envelope("10000", by=leader)
        supplement(experiment, "3000", by=leader)
        spend(experiment, "16000")

        assert (free("2026-Q1"), free("2026-Q2")) == ("€5,000", "€7,000")
        first, second = reloaded(experiment).grant.sources
        assert (first.spent, second.spent) == (money("15000").minor, money("1000").minor)
        assert_the_books_are_right()


def test_a_correction_over_two_envelopes_leaves_both_right(app: Flask) -> None:
    leader = a_leader()
    with at("2026-03-25"):
        an_envelope("20000", by=leader)
        experiment = a_running_experiment(budget="15000")
    with at("2026-04-10"):
        an_envelope("10000", by=leader)
        supplement(experiment, "3000", by=leader)
        wrong = spend(experiment, "17000")
        spend(experiment, "100", corrects=wrong)

        assert reloaded(experiment).grant.spent_money == money("100")
        assert_the_books_are_right()


def test_the_rest_returns_to_its_envelope_while_that_is_open(app: Flask) -> None:
    an_envelope("20000")
    experiment = a_running_experiment(budget="15000", milestones=(a_milestone(amount="5000"),))
    spend(experiment, "4000")

    hand_back(experiment)

    grant = reloaded(experiment).grant
    assert grant.returned_money == money("11000")
    assert free() == "€16,000"
    assert_the_books_are_right()


def test_the_rest_goes_to_the_current_envelope_when_its_own_is_over(app: Flask) -> None:
    leader = a_leader()
    with at("2026-03-25"):
        an_envelope("20000", by=leader)
        experiment = a_running_experiment(budget="15000")
        spend(experiment, "4000")
    with at("2026-05-20"):
        an_envelope("30000", by=leader)
        hand_back(experiment)

    assert (free("2026-Q1"), free("2026-Q2")) == ("€5,000", "€41,000")
    assert_the_books_are_right()


def test_where_there_is_no_current_envelope_one_is_opened_at_nothing(app: Flask) -> None:
    with at("2026-03-25"):
        an_envelope("20000")
        experiment = a_running_experiment(budget="15000")
        spend(experiment, "4000")
    with at("2026-08-20"):
        hand_back(experiment)

    envelope = envelope_now("2026-Q3")
    assert envelope is not None
    assert (envelope.total_money, envelope.free) == (money("11000"), money("11000"))
    assert_the_books_are_right()


def test_where_nothing_is_left_no_envelope_is_opened_for_it(app: Flask) -> None:
    with at("2026-03-25"):
        an_envelope("20000")
        experiment = a_running_experiment(budget="15000")
        spend(experiment, "15000")
    with at("2026-05-20"):
        hand_back(experiment)

    assert envelope_now("2026-Q2") is None
    assert_the_books_are_right()


def test_money_of_two_quarters_returns_each_its_own_way(app: Flask) -> None:
    leader = a_leader()
    with at("2026-03-25"):
        an_envelope("20000", by=leader)
        experiment = a_running_experiment(budget="15000")
    with at("2026-04-10"):
        an_envelope("10000", by=leader)
        supplement(experiment, "3000", by=leader)
        spend(experiment, "1000")
        hand_back(experiment)

    assert (free("2026-Q1"), free("2026-Q2")) == ("€5,000", "€24,000")
    assert_the_books_are_right()


def test_money_goes_back_once(app: Flask) -> None:
    experiment = a_running_experiment()
    hand_back(experiment)

    with pytest.raises(RuleBroken, match="went back already"):
        hand_back(experiment)
    assert_the_books_are_right()


def test_after_it_went_back_nothing_is_spent_released_or_added(app: Flask) -> None:
    experiment, leader = a_running_experiment(budget="15000", milestones=(a_milestone(),)), a_leader()
    give_evidence(experiment, 1)
    wrong = spend(experiment, "100")
    hand_back(experiment)

    for move in (
        lambda: spend(experiment, "1"),
        lambda: spend(experiment, "1", corrects=wrong),
        lambda: release(experiment, 1, by=leader),
        lambda: supplement(experiment, "1", by=leader),
    ):
        with pytest.raises(RuleBroken, match="its money went back"):
            move()
    assert_the_books_are_right()


def test_a_withdrawal_returns_what_was_reserved(app: Flask) -> None:
    an_envelope("20000")
    experiment = an_approved_experiment(budget="15000")
    assert free() == "€5,000"

    withdraw(experiment)

    assert reloaded(experiment).state is State.WITHDRAWN
    assert free() == "€20,000"
    assert_the_books_are_right()


def test_a_withdrawal_in_a_later_quarter_returns_it_there(app: Flask) -> None:
    with at("2026-03-25"):
        an_envelope("20000")
        experiment = an_approved_experiment(budget="15000")
    with at("2026-04-02"):
        withdraw(experiment)

    assert (free("2026-Q1"), free("2026-Q2")) == ("€5,000", "€15,000")
    assert_the_books_are_right()


def test_a_withdrawn_first_signature_counts_no_more(app: Flask) -> None:
    experiment = a_proposed_experiment(budget="60000")
    an_envelope()
    approve(experiment, by=a_leader())

    withdraw(experiment)

    assert reloaded(experiment).grant.waiting_signature is None
    with pytest.raises(RuleBroken):
        approve(experiment, by=a_leader())


def test_every_movement_names_its_reason_and_who(app: Flask) -> None:
    experiment = a_running_experiment(budget="15000")
    spend(experiment, "100")
    hand_back(experiment)

    with reading():
        entries = db.session.scalars(db.select(LedgerEntry).order_by(LedgerEntry.id)).all()
    wanted = [EntryKind.SET, EntryKind.RESERVE, EntryKind.RELEASE, EntryKind.SPEND, EntryKind.RETURN]
    assert [entry.kind for entry in entries] == wanted
    assert all(entry.by_id and entry.cause and entry.currency == rules_now().currency for entry in entries)
    assert len({entry.cause for entry in entries}) == len(entries)


def test_nothing_is_no_expense_but_may_correct_one(app: Flask) -> None:
    experiment = a_running_experiment(budget="5000")
    with pytest.raises(RuleBroken, match="more than nothing"):
        spend(experiment, "0")

    spend(experiment, "0", corrects=spend(experiment, "1000"))

    assert reloaded(experiment).grant.spent == 0
    assert_the_books_are_right()
