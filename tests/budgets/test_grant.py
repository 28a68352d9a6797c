"""A grant: all or less, out of this quarter's envelope or not at all; cut from the last tranche backwards."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portfolio.budgets.tranche import divided
from portfolio.foundation.errors import RuleBroken
from portfolio.network.experiment import Experiment
from portfolio.network.state import State
from tests.budgets.books import assert_the_books_are_right, give_evidence, release, start
from tests.factories import (
    a_leader,
    a_milestone,
    a_person,
    a_proposed_experiment,
    a_running_experiment,
    an_approved_experiment,
    an_envelope,
    approve,
    at,
    envelope_now,
    money,
    reloaded,
)

THREE = (a_milestone("First", "4000"), a_milestone("Second", "3000"), a_milestone("Third", "2000"))


def tranches(experiment: Experiment) -> list[str]:
    """The amounts of a grant's tranches, in order."""
    return [str(tranche.money.amount.normalize().__format__("f")) for tranche in reloaded(experiment).grant.tranches]


def test_without_an_envelope_nothing_is_granted(app: Flask) -> None:
    experiment = a_proposed_experiment()

    with pytest.raises(RuleBroken, match="No envelope is set"):
        approve(experiment, by=a_leader())


def test_another_quarter_s_envelope_does_not_pay(app: Flask) -> None:
    with at("2026-03-30"):
        an_envelope("100000")
        experiment = a_proposed_experiment()
    with at("2026-04-01"), pytest.raises(RuleBroken, match="2026-Q2"):
        approve(experiment, by=a_leader())


def test_the_envelope_of_the_quarter_in_which_a_leader_approves_pays(app: Flask) -> None:
    with at("2026-03-30"):
        an_envelope("100000")
        experiment = a_proposed_experiment()
    with at("2026-04-01T00:00:00"):
        an_envelope("50000")
        approve(experiment, by=a_leader())

    first, second = envelope_now("2026-Q1"), envelope_now("2026-Q2")
    assert first is not None
    assert second is not None
    assert (first.committed, second.committed) == (0, money("15000").minor)


def test_a_grant_in_the_last_moment_of_a_quarter_is_that_quarter_s(app: Flask) -> None:
    with at("2026-03-30"):
        an_envelope("100000")
        experiment = a_proposed_experiment()
    with at("2026-03-31T23:59:59.999"):
        approve(experiment, by=a_leader())

    envelope = envelope_now("2026-Q1")
    assert envelope is not None
    assert envelope.committed_money == money("15000")


def test_more_than_is_free_is_refused_and_says_how_much_is_left(app: Flask) -> None:
    an_envelope("20000")
    an_approved_experiment(budget="15000")
    experiment = a_proposed_experiment(budget="5000.01")

    with pytest.raises(RuleBroken, match=r"has €5,000 left"):
        approve(experiment, by=a_leader())
    assert reloaded(experiment).state is State.PROPOSED
    assert_the_books_are_right()


def test_the_last_cent_can_be_granted(app: Flask) -> None:
    an_envelope("15000")

    an_approved_experiment(budget="15000")

    envelope = envelope_now()
    assert envelope is not None
    assert envelope.free == money("0")
    assert_the_books_are_right()


def test_more_than_was_asked_is_not_granted(app: Flask) -> None:
    an_envelope()
    experiment = a_proposed_experiment(budget="15000")

    with pytest.raises(RuleBroken, match="€15,000 was asked"):
        approve(experiment, by=a_leader(), amount="15000.01")


def test_less_than_nothing_is_not_granted(app: Flask) -> None:
    an_envelope()
    experiment = a_proposed_experiment()

    with pytest.raises(RuleBroken):
        approve(experiment, by=a_leader(), amount="-1")


def test_what_was_granted_is_not_granted_again(app: Flask) -> None:
    experiment = an_approved_experiment()

    with pytest.raises(RuleBroken):
        approve(experiment, by=a_leader())


def test_an_experiment_that_costs_nothing_is_granted_nothing(app: Flask) -> None:
    an_envelope("0")

    experiment = a_running_experiment(budget="0")

    assert experiment.state is State.RUNNING
    assert_the_books_are_right()


def test_a_grant_of_less_names_its_conditions(app: Flask) -> None:
    an_envelope()
    experiment = a_proposed_experiment(budget="15000")

    approve(experiment, by=a_leader(), amount="9000", conditions="Ask the works council first.")

    grant = reloaded(experiment).grant
    assert (grant.money, grant.asked_money, grant.conditions) == (
        money("9000"),
        money("15000"),
        "Ask the works council first.",
    )
    assert_the_books_are_right()


@pytest.mark.parametrize(
    ("granted", "parts"),
    [
        ("15000", ["6000", "4000", "3000", "2000"]),
        ("14000", ["6000", "4000", "3000", "1000"]),
        ("13000", ["6000", "4000", "3000", "0"]),
        ("11500", ["6000", "4000", "1500", "0"]),
        ("8000", ["6000", "2000", "0", "0"]),
        ("5000", ["5000", "0", "0", "0"]),
        ("0", ["0", "0", "0", "0"]),
    ],
)
def test_a_smaller_grant_is_cut_from_the_last_tranche_backwards(app: Flask, granted: str, parts: list[str]) -> None:
    assert tranches(an_approved_experiment(budget="15000", milestones=THREE, amount=granted)) == parts


def test_a_leader_may_name_the_tranches_instead(app: Flask) -> None:
    an_envelope()
    experiment = a_proposed_experiment(budget="15000", milestones=THREE)
    named = [money(amount).minor for amount in ("1000", "2000", "3000", "3000")]

    approve(experiment, by=a_leader(), amount="9000", tranches=named)

    assert tranches(experiment) == ["1000", "2000", "3000", "3000"]


@pytest.mark.parametrize("named", [(1000, 2000), (1000, 2000, 3000, 3001), (10000, -1000, 0, 0), (9000,)])
def test_tranches_that_do_not_add_up_are_refused(app: Flask, named: tuple[int, ...]) -> None:
    an_envelope()
    experiment = a_proposed_experiment(budget="15000", milestones=THREE)
    leader = a_leader()

    with pytest.raises(RuleBroken, match="add up"):
        approve(experiment, by=leader, amount="9000", tranches=[part * 100 for part in named])
    assert_the_books_are_right()


@given(
    start_part=st.integers(0, 10**12),
    milestones=st.lists(st.integers(0, 10**12), max_size=8),
    share=st.fractions(0, 1),
)
def test_divided_parts_add_up_and_only_the_tail_is_cut(start_part: int, milestones: list[int], share: object) -> None:
    whole = [start_part, *milestones]
    granted = int(sum(whole) * share)  # type: ignore[operator]

    parts = divided(sum(whole), milestones, granted)

    assert sum(parts) == granted
    assert all(0 <= part <= asked for part, asked in zip(parts, whole, strict=True))
    cut = [place for place, (part, asked) in enumerate(zip(parts, whole, strict=True)) if part < asked]
    assert all(parts[place] == 0 for place in cut[1:])


def test_the_start_releases_what_no_milestone_names(app: Flask) -> None:
    experiment = a_running_experiment(budget="15000", milestones=THREE)

    assert experiment.grant.released_money == money("6000")
    assert experiment.grant.locked == money("9000")
    assert_the_books_are_right()


def test_without_milestones_the_start_releases_everything(app: Flask) -> None:
    assert a_running_experiment(budget="15000").grant.released_money == money("15000")


def test_nothing_is_released_twice_at_the_start(app: Flask) -> None:
    experiment = a_running_experiment()

    with pytest.raises(RuleBroken):
        start(experiment)


def test_a_tranche_waits_for_the_team_s_evidence(app: Flask) -> None:
    experiment, leader = a_running_experiment(budget="15000", milestones=THREE), a_leader()

    with pytest.raises(RuleBroken, match="has not said yet"):
        release(experiment, 1, by=leader)


def test_a_tranche_is_released_once(app: Flask) -> None:
    experiment, leader = a_running_experiment(budget="15000", milestones=THREE), a_leader()
    give_evidence(experiment, 1)

    release(experiment, 1, by=leader)

    assert reloaded(experiment).grant.released_money == money("10000")
    with pytest.raises(RuleBroken, match="released already"):
        release(experiment, 1, by=leader)
    with pytest.raises(RuleBroken, match="released already"):
        give_evidence(experiment, 1)
    assert_the_books_are_right()


def test_tranches_may_be_released_in_any_order(app: Flask) -> None:
    experiment, leader = a_running_experiment(budget="15000", milestones=THREE), a_leader()
    for number in (3, 1):
        give_evidence(experiment, number)
        release(experiment, number, by=leader)

    assert reloaded(experiment).grant.released_money == money("12000")
    assert_the_books_are_right()


def test_a_tranche_that_is_not_there_is_not_released(app: Flask) -> None:
    experiment = a_running_experiment()

    with pytest.raises(RuleBroken, match="no such tranche"):
        give_evidence(experiment, 7)


@pytest.mark.parametrize("who", ["lead", "volunteer", "sponsor"])
def test_a_tranche_is_released_by_another_leader_only(app: Flask, who: str) -> None:
    sponsor, lead, _ = a_leader(), a_person(), a_leader()
    experiment = a_running_experiment(lead=lead, by=sponsor, budget="15000", milestones=THREE)
    give_evidence(experiment, 1)

    with pytest.raises(RuleBroken):
        release(experiment, 1, by={"lead": lead, "volunteer": a_person(), "sponsor": sponsor}[who])


def test_a_sponsor_releases_where_there_is_no_other_leader_and_only_there(app: Flask) -> None:
    sponsor = a_leader()
    an_envelope(by=sponsor)
    experiment = a_running_experiment(by=sponsor, budget="15000", milestones=THREE)
    give_evidence(experiment, 1)
    give_evidence(experiment, 2)

    release(experiment, 1, by=sponsor)

    a_leader()
    with pytest.raises(RuleBroken, match="party"):
        release(experiment, 2, by=sponsor)


def test_a_sole_leader_who_is_on_the_team_does_not_release(app: Flask) -> None:
    leader, other = a_leader(), a_leader()
    experiment = a_running_experiment(lead=leader, by=other, sponsor=leader, budget="15000", milestones=THREE)
    give_evidence(experiment, 1)

    with pytest.raises(RuleBroken, match="party"):
        release(experiment, 1, by=leader)
