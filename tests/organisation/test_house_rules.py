"""House rules: new ones hold from now on, and never reach what was begun under the old."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from portfolio.foundation.errors import RuleBroken
from portfolio.network.state import State
from portfolio.organisation.house_rules import AmountsSeenBy
from portfolio.people.person import Person
from tests.browser import Browser
from tests.factories import (
    a_facilitator,
    a_leader,
    a_person,
    a_proposed_experiment,
    an_administrator,
    an_envelope,
    an_operations_owner,
    approve,
    change_house_rules,
    last_action,
    money,
    reloaded,
    rules_now,
)

SignIn = Callable[[Person], Browser]


def a_house_rules_form(**answers: Any) -> dict[str, str]:
    """The page of the house rules as it comes filled in."""
    rules = rules_now()
    names = ("timebox_weeks", "answer_days", "checkin_days", "silent_days", "volunteers_per_running", "led_at_once")
    names += ("mix_1", "mix_2", "mix_3", "effect_weeks", "currency", "time_zone", "fiscal_year_month")
    amounts = ("grant_from", "grant_to", "single_approver_limit")
    usual = {name: getattr(rules, name) for name in names} | {name: getattr(rules, name) // 100 for name in amounts}
    usual |= {"organisation": rules.organisation or "Van Dijk", "amounts_seen_by": rules.amounts_seen_by.value}
    return {name: str(value) for name, value in (usual | answers).items()}


@pytest.mark.parametrize("maker", [a_person, a_leader, a_facilitator, an_operations_owner])
def test_house_rules_are_set_by_an_administrator_only(
    app: Flask, signed_in: SignIn, maker: Callable[[], Person]
) -> None:
    browser = signed_in(maker())

    assert browser.get("/house-rules").status_code == 200
    assert browser.get("/house-rules/change").status_code == 403
    assert browser.post("/house-rules", data=a_house_rules_form(timebox_weeks=6)).status_code == 403
    assert rules_now().timebox_weeks == 12


def test_an_administrator_changes_them_for_what_comes(app: Flask, signed_in: SignIn) -> None:
    before = rules_now()

    answer = signed_in(an_administrator()).post("/house-rules", data=a_house_rules_form(timebox_weeks=6))

    assert answer.status_code == 303
    assert rules_now().timebox_weeks == 6
    assert reloaded(before).timebox_weeks == 12
    assert last_action() == "house_rules.changed"


def test_saving_what_is_there_already_makes_no_new_rules(app: Flask, signed_in: SignIn) -> None:
    change_house_rules(organisation="Van Dijk")
    before = rules_now()

    signed_in(an_administrator()).post("/house-rules", data=a_house_rules_form())

    assert rules_now().id == before.id
    assert last_action() != "house_rules.changed"


@pytest.mark.parametrize(
    "answers",
    [
        {"timebox_weeks": "0"},
        {"timebox_weeks": "53"},
        {"timebox_weeks": "6.5"},
        {"timebox_weeks": "twelve"},
        {"single_approver_limit": "1.000"},
        {"single_approver_limit": "1.000,50"},
        {"single_approver_limit": "-1"},
        {"single_approver_limit": "1e400"},
        {"volunteers_per_running": "1.000"},
        {"grant_to": "100", "grant_from": "200"},
        {"mix_1": "70", "mix_2": "20", "mix_3": "20"},
        {"currency": "EURO"},
        {"currency": "ZZZ"},
        {"time_zone": "Mars/Olympus"},
        {"fiscal_year_month": "13"},
        {"amounts_seen_by": "nobody"},
    ],
)
def test_rules_that_make_no_sense_or_two_senses_are_refused_and_given_back(
    app: Flask, signed_in: SignIn, answers: dict[str, str]
) -> None:
    before = rules_now().id

    answer = signed_in(an_administrator()).post("/house-rules", data=a_house_rules_form(**answers))

    assert answer.status_code == 422
    assert "another look" in answer.text
    for typed in answers.values():
        assert typed in answer.text or "amounts_seen_by" in answers or "fiscal_year_month" in answers
    assert rules_now().id == before


def test_currency_and_fiscal_year_are_free_until_there_is_an_envelope(app: Flask, signed_in: SignIn) -> None:
    form = a_house_rules_form(currency="usd", fiscal_year_month=4)

    assert signed_in(an_administrator()).post("/house-rules", data=form).status_code == 303
    assert (rules_now().currency, rules_now().fiscal_year_month) == ("USD", 4)


@pytest.mark.parametrize("answers", [{"currency": "USD"}, {"fiscal_year_month": "4"}])
def test_currency_and_fiscal_year_stay_once_an_envelope_is_set(
    app: Flask, signed_in: SignIn, answers: dict[str, str]
) -> None:
    an_envelope("0")

    answer = signed_in(an_administrator()).post("/house-rules", data=a_house_rules_form(**answers))

    assert answer.status_code == 409
    assert "stay as they are once an envelope has been set" in answer.text
    assert (rules_now().currency, rules_now().fiscal_year_month) == ("EUR", 1)


def test_other_rules_can_still_change_then(app: Flask, signed_in: SignIn) -> None:
    an_envelope()

    assert signed_in(an_administrator()).post("/house-rules", data=a_house_rules_form(led_at_once=3)).status_code == 303
    assert rules_now().led_at_once == 3
    assert rules_now().money_in_use


def test_amounts_keep_their_size_when_the_currency_has_no_cents(app: Flask, signed_in: SignIn) -> None:
    signed_in(an_administrator()).post("/house-rules", data=a_house_rules_form(currency="JPY"))

    assert rules_now().limit == money("50000", "JPY")


def test_a_stricter_timebox_does_not_reach_a_proposal_under_way(app: Flask) -> None:
    experiment, leader = a_proposed_experiment(weeks=8), a_leader()
    an_envelope()
    change_house_rules(timebox_weeks=2)

    assert approve(experiment, by=leader)
    assert reloaded(experiment).rules.timebox_weeks == 12


def test_a_lower_limit_asks_no_second_signature_of_a_proposal_under_way(app: Flask) -> None:
    experiment = a_proposed_experiment(budget="20000")
    an_envelope()
    change_house_rules(single_approver_limit=money("1000").minor)

    assert approve(experiment, by=a_leader())


def test_a_higher_limit_does_not_spare_a_proposal_under_way_its_second_signature(app: Flask) -> None:
    experiment = a_proposed_experiment(budget="60000")
    an_envelope()
    change_house_rules(single_approver_limit=money("90000").minor)

    assert not approve(experiment, by=a_leader())
    assert reloaded(experiment).state is State.PROPOSED


def test_a_draft_is_proposed_under_the_rules_of_that_day(app: Flask) -> None:
    change_house_rules(timebox_weeks=4)

    with pytest.raises(RuleBroken, match="8 weeks is more than 4"):
        a_proposed_experiment(weeks=8)


def test_a_proposal_finds_this_quarter_s_envelope_when_the_fiscal_year_moved_meanwhile(app: Flask) -> None:
    experiment = a_proposed_experiment()
    change_house_rules(fiscal_year_month=rules_now().today.month)
    an_envelope()

    assert approve(experiment, by=a_leader())


def test_a_proposal_in_the_old_currency_is_not_paid_from_an_envelope_in_the_new_one(app: Flask) -> None:
    experiment = a_proposed_experiment()
    change_house_rules(currency="JPY")
    an_envelope("100000000")

    with pytest.raises(RuleBroken, match="JPY"):
        approve(experiment, by=a_leader())


def test_the_running_limit_is_one_for_five_volunteers_and_never_under_three(app: Flask) -> None:
    rules = rules_now()

    assert [rules.running_limit(volunteers) for volunteers in (0, 14, 15, 19, 20, 1000)] == [3, 3, 3, 3, 4, 200]


def test_everyone_reads_the_rules_and_who_sees_amounts(app: Flask, signed_in: SignIn) -> None:
    change_house_rules(amounts_seen_by=AmountsSeenBy.INVOLVED)

    page = signed_in(a_person()).get("/house-rules")

    assert page.status_code == 200


def test_nobody_is_called_silent_before_a_check_in_is_due(app: Flask, signed_in: SignIn) -> None:
    answer = signed_in(an_administrator()).post("/house-rules", data=a_house_rules_form(silent_days=3))

    assert answer.status_code == 422
    assert "less than the days between check-ins" in answer.text
    assert rules_now().silent_days == 14


def test_a_wrong_currency_gets_one_advice(app: Flask, signed_in: SignIn) -> None:
    answer = signed_in(an_administrator()).post("/house-rules", data=a_house_rules_form(currency="GULDEN"))

    assert "three letters" in answer.text
    assert "One answer needs another look" in answer.text
