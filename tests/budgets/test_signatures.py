"""Above the single-approver limit two different leaders sign the very same terms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portfolio.budgets.separation import GUARDS
from portfolio.foundation.database import db
from portfolio.foundation.errors import Conflict, RuleBroken
from portfolio.foundation.guard import put_up, take_down
from portfolio.network.experiment import Experiment
from portfolio.network.state import State
from portfolio.people.person import Person
from tests.budgets.books import assert_the_books_are_right, lead_of, supplement
from tests.factories import (
    a_charter,
    a_leader,
    a_milestone,
    a_proposed_experiment,
    a_running_experiment,
    an_envelope,
    approve,
    changing,
    deactivated,
    envelope_now,
    last_action,
    money,
    reloaded,
    with_roles,
)


@pytest.fixture
def leaders(app: Flask) -> tuple[Person, Person, Person]:
    """Three leaders, and an envelope of 100,000."""
    found = (a_leader(), a_leader(), a_leader())
    an_envelope("100000", by=found[0])
    return found


def test_the_first_of_two_reserves_nothing(leaders: tuple[Person, ...]) -> None:
    experiment = a_proposed_experiment(budget="60000")

    assert not approve(experiment, by=leaders[0])

    found = reloaded(experiment)
    assert (found.state, found.grant.money, found.sponsor_id) == (State.PROPOSED, money("0"), None)
    assert found.grant.waiting_signature is not None
    assert last_action() == "experiment.approval_signed"
    envelope = envelope_now()
    assert envelope is not None
    assert envelope.committed == 0
    assert_the_books_are_right()


def test_the_same_leader_is_not_both(leaders: tuple[Person, ...]) -> None:
    experiment = a_proposed_experiment(budget="60000")
    approve(experiment, by=leaders[0])

    with pytest.raises(RuleBroken, match="You signed this already"):
        approve(experiment, by=leaders[0])


def test_another_leader_confirms_the_same_terms(leaders: tuple[Person, ...]) -> None:
    experiment = a_proposed_experiment(budget="60000")
    approve(experiment, by=leaders[0])

    assert approve(experiment, by=leaders[1])

    found = reloaded(experiment)
    assert (found.state, found.grant.money) == (State.APPROVED, money("60000"))
    assert found.grant.waiting_signature is None
    assert found.sponsor_id == leaders[0].id  # Whoever signed first, as the first one meant it.
    assert_the_books_are_right()


@pytest.mark.parametrize(
    "other",
    [{"amount": "55000"}, {"conditions": "Ask the works council."}, {"sponsor": "third"}, {"tranches": "named"}],
)
def test_other_terms_are_a_new_first_signature(leaders: tuple[Person, ...], other: dict[str, Any]) -> None:
    experiment = a_proposed_experiment(budget="60000", milestones=(a_milestone(amount="20000"),))
    approve(experiment, by=leaders[0])
    if "sponsor" in other:
        other = {"sponsor": leaders[2]}
    if "tranches" in other:
        other = {"tranches": [money("50000").minor, money("10000").minor]}

    assert not approve(experiment, by=leaders[1], **other)

    grant = reloaded(experiment).grant
    assert [signature.is_live for signature in grant.signatures] == [False, True]
    # The first terms again: they were void by then, so this is one more first.
    assert not approve(experiment, by=leaders[2], sponsor=leaders[0])
    assert reloaded(experiment).state is State.PROPOSED


def test_the_second_confirms_what_the_third_has_not_changed(leaders: tuple[Person, ...]) -> None:
    experiment = a_proposed_experiment(budget="60000")
    approve(experiment, by=leaders[0])
    approve(experiment, by=leaders[1], amount="55000")

    assert approve(experiment, by=leaders[2], amount="55000")
    assert reloaded(experiment).grant.money == money("55000")


def test_one_leader_may_change_their_own_terms_and_it_stays_one(leaders: tuple[Person, ...]) -> None:
    experiment = a_proposed_experiment(budget="60000")
    approve(experiment, by=leaders[0])

    assert not approve(experiment, by=leaders[0], amount="55000")
    assert approve(experiment, by=leaders[1], amount="55000")


def joins(experiment: Experiment, leader: Person) -> None:
    with changing(experiment, by=leader) as (found, by, at):
        found.add_member(by, by=by, at=at)


def steps_down(experiment: Experiment, leader: Person) -> None:
    with_roles(leader)


def goes(experiment: Experiment, leader: Person) -> None:
    deactivated(leader)


@pytest.mark.parametrize("since", [joins, steps_down, goes])
def test_who_signed_first_and_could_not_sign_any_more_has_not_signed(
    leaders: tuple[Person, ...], since: Callable[[Experiment, Person], None]
) -> None:
    """Else one leader grants it together with somebody who is on its team, or no leader."""
    experiment = a_proposed_experiment(budget="60000")
    approve(experiment, by=leaders[0])

    since(experiment, leaders[0])

    assert reloaded(experiment).grant.waiting_signature is None
    assert not approve(experiment, by=leaders[1])
    assert reloaded(experiment).state is State.PROPOSED
    assert approve(experiment, by=leaders[2])
    assert reloaded(experiment).sponsor_id == leaders[1].id


def test_who_signed_a_supplement_and_joined_the_team_since_has_not_signed(leaders: tuple[Person, ...]) -> None:
    experiment = a_running_experiment(budget="50000", by=leaders[0])
    assert not supplement(experiment, "1000", by=leaders[1])

    joins(experiment, leaders[1])

    assert not supplement(experiment, "1000", by=leaders[2])
    assert reloaded(experiment).grant.money == money("50000")


def test_the_database_completes_no_signature_of_a_party(leaders: tuple[Person, ...]) -> None:
    experiment = a_proposed_experiment(budget="60000")
    approve(experiment, by=leaders[0])
    joins(experiment, leaders[0])
    complete = text("UPDATE signature SET completed_at = 1 WHERE person_id = :person").bindparams(person=leaders[0].id)

    with pytest.raises(DBAPIError, match="no_party_s_signature"), db.engine.begin() as connection:
        connection.execute(complete)

    with db.engine.begin() as connection:  # The control: it is the guard that refused, and nothing else.
        take_down(connection, GUARDS)
        connection.execute(complete)
        put_up(connection, GUARDS)


def test_the_first_of_two_signs_no_tranches_that_do_not_add_up(leaders: tuple[Person, ...]) -> None:
    experiment = a_proposed_experiment(budget="60000", milestones=(a_milestone(amount="20000"),))

    with pytest.raises(RuleBroken, match="add up"):
        approve(experiment, by=leaders[0], tranches=[money("50000").minor, money("9999").minor])

    assert reloaded(experiment).grant.waiting_signature is None


def test_a_part_under_the_limit_needs_no_second_signature(leaders: tuple[Person, ...]) -> None:
    experiment = a_proposed_experiment(budget="60000")
    approve(experiment, by=leaders[0])

    assert approve(experiment, by=leaders[1], amount="50000")
    assert reloaded(experiment).grant.waiting_signature is None


def test_exactly_the_limit_is_granted_by_one(leaders: tuple[Person, ...]) -> None:
    an_envelope("200000")

    assert approve(a_proposed_experiment(budget="50000"), by=leaders[0])
    assert not approve(a_proposed_experiment(budget="50000.01"), by=leaders[1])


def test_a_revision_voids_what_was_signed(leaders: tuple[Person, ...]) -> None:
    experiment = a_proposed_experiment(budget="60000")
    approve(experiment, by=leaders[0])
    seen = reloaded(experiment).version_hash
    revise(experiment, budget="60000", hypothesis="We believe something else.")

    assert reloaded(experiment).grant.waiting_signature is None
    with pytest.raises(Conflict, match="revised"):
        approve(experiment, by=leaders[1], version=seen)
    assert not approve(experiment, by=leaders[1])
    assert reloaded(experiment).state is State.PROPOSED


def test_a_return_voids_what_was_signed(leaders: tuple[Person, ...]) -> None:
    experiment = a_proposed_experiment(budget="60000")
    approve(experiment, by=leaders[0])
    with changing(experiment, by=leaders[1]) as (it, leader, moment):
        it.give_back_to_team("Smaller, please.", version_hash=it.version_hash or "", by=leader, at=moment)
    with changing(experiment, by=lead_of(experiment)) as (it, lead, moment):
        it.propose(rules=it.rules, by=lead, at=moment)

    assert not approve(experiment, by=leaders[1])


def test_the_second_signature_finds_the_money_gone_and_nothing_happens(leaders: tuple[Person, ...]) -> None:
    experiment = a_proposed_experiment(budget="60000")
    approve(experiment, by=leaders[0])
    approve(a_proposed_experiment(budget="45000"), by=leaders[1])

    with pytest.raises(RuleBroken, match="€55,000 left"):
        approve(experiment, by=leaders[1])
    assert reloaded(experiment).grant.waiting_signature is not None
    assert_the_books_are_right()


def test_the_limit_counts_grant_and_supplements_together(leaders: tuple[Person, ...]) -> None:
    experiment = a_running_experiment(by=leaders[2], budget="45000")

    assert supplement(experiment, "5000", by=leaders[0])
    assert not supplement(experiment, "0.01", by=leaders[0])
    with pytest.raises(RuleBroken, match="signed this already"):
        supplement(experiment, "0.01", by=leaders[0])
    assert supplement(experiment, "0.01", by=leaders[1])
    assert reloaded(experiment).grant.money == money("50000.01")
    assert_the_books_are_right()


def test_a_signature_for_the_grant_does_not_count_for_a_supplement(leaders: tuple[Person, ...]) -> None:
    experiment = a_running_experiment(by=leaders[2], budget="60000")

    assert not supplement(experiment, "10000", by=leaders[0])
    assert reloaded(experiment).grant.money == money("60000")


def revise(experiment: Experiment, **charter: Any) -> None:
    """The lead changes the proposal under way."""
    with changing(experiment, by=lead_of(experiment)) as (it, lead, moment):
        it.write(a_charter(**charter), revision=it.revision, by=lead, at=moment)
