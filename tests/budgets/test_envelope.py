"""The envelope: what leadership sets aside for one quarter, never less than it has granted."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from portfolio.foundation.errors import RuleBroken
from portfolio.organisation.house_rules import AmountsSeenBy
from portfolio.organisation.quarter import Quarter
from portfolio.people.person import Person
from tests.browser import Browser
from tests.budgets.books import assert_the_books_are_right
from tests.factories import (
    a_facilitator,
    a_leader,
    a_person,
    an_administrator,
    an_approved_experiment,
    an_envelope,
    an_observer,
    an_operations_owner,
    at,
    change_house_rules,
    envelope_now,
    last_action,
    money,
    rules_now,
)

SignIn = Callable[[Person], Browser]


def setting(total: str, *, read: str = "") -> dict[str, str]:
    """What a leader sends, who read that it holds so many cents, or that it is not set."""
    return {"total": total, "read": read, "reason": "As agreed in the review."}


@pytest.mark.parametrize("maker", [a_person, a_facilitator, an_administrator, an_operations_owner, an_observer])
def test_an_envelope_is_set_by_a_leader_only(app: Flask, signed_in: SignIn, maker: Callable[[], Person]) -> None:
    answer = signed_in(maker()).post(f"/envelopes/{rules_now().quarter.name}", data=setting("100000"))

    assert answer.status_code == 403
    assert envelope_now() is None
    assert last_action() == "envelope.setting_refused"


def test_a_leader_sets_it_and_says_why(app: Flask, signed_in: SignIn) -> None:
    answer = signed_in(a_leader()).post(f"/envelopes/{rules_now().quarter.name}", data=setting("100,000"))

    assert answer.status_code == 303
    envelope = envelope_now()
    assert envelope is not None
    assert (envelope.total_money, envelope.free, envelope.reason) == (
        money("100000"),
        money("100000"),
        "As agreed in the review.",
    )
    assert last_action() == "envelope.set"
    assert_the_books_are_right()


@pytest.mark.parametrize("typed", ["", "-1", "a lot", "1.000", "100.000,00", "1e5", "NaN", "0.001"])
def test_an_amount_that_cannot_be_read_is_given_back(app: Flask, signed_in: SignIn, typed: str) -> None:
    answer = signed_in(a_leader()).post(f"/envelopes/{rules_now().quarter.name}", data=setting(typed))

    assert answer.status_code == 422
    assert "As agreed in the review." in answer.text
    assert f'value="{typed}"' in answer.text
    assert envelope_now() is None


def test_it_is_never_less_than_what_is_granted(app: Flask, signed_in: SignIn) -> None:
    an_envelope("100000")
    an_approved_experiment(budget="15000")
    browser = signed_in(a_leader())

    refused = browser.post(f"/envelopes/{rules_now().quarter.name}", data=setting("14999.99", read="10000000"))
    assert refused.status_code == 409
    assert "€15,000 of this envelope is granted already" in refused.text
    assert "14999.99" in refused.text

    assert (
        browser.post(f"/envelopes/{rules_now().quarter.name}", data=setting("15000", read="10000000")).status_code
        == 303
    )
    envelope = envelope_now()
    assert envelope is not None
    assert envelope.free == money("0")
    assert_the_books_are_right()


def test_setting_what_is_there_is_no_change(app: Flask, signed_in: SignIn) -> None:
    an_envelope("100000")
    same = setting("100000", read="10000000")

    answer = signed_in(a_leader()).post(f"/envelopes/{rules_now().quarter.name}", data=same)

    assert answer.status_code == 409
    assert "what the envelope holds already" in answer.text


def test_what_is_taken_back_is_told_apart_from_what_is_set_aside(app: Flask, signed_in: SignIn) -> None:
    an_envelope("100000")
    browser, path = signed_in(a_leader()), f"/envelopes/{rules_now().quarter.name}"

    browser.post(path, data=setting("80000", read="10000000"))

    assert re.findall(r'data-label="What">([^<]+)<', browser.get(path).text) == ["Taken back", "Set aside"]


def test_what_another_leader_set_meanwhile_is_not_set_over_unread(app: Flask, signed_in: SignIn) -> None:
    quarter, browser = rules_now().quarter.name, signed_in(a_leader())
    assert 'type="hidden" name="read" value=""' in browser.get(f"/envelopes/{quarter}").text
    an_envelope("45000")

    answer = browser.post(f"/envelopes/{quarter}", data=setting("60000"))

    assert answer.status_code == 409
    assert "the envelope came to hold €45,000" in answer.text
    assert 'value="60000"' in answer.text
    assert envelope_now().total_money == money("45000")  # type: ignore[union-attr]
    assert 'value="4500000"' in answer.text
    again = browser.post(f"/envelopes/{quarter}", data=setting("60000", read="4500000"))
    assert again.status_code == 303
    assert "to €60,000; it held €45,000." in browser.get("/").text + browser.get("/trail").text


def test_the_envelope_of_a_quarter_that_is_over_is_closed(app: Flask, signed_in: SignIn) -> None:
    with at("2026-03-31"):
        an_envelope("100000")
    with at("2026-04-01"):
        answer = signed_in(a_leader()).post("/envelopes/2026-Q1", data=setting("200000", read="10000000"))

    assert answer.status_code == 409
    assert "2026-Q1 is over" in answer.text
    envelope = envelope_now("2026-Q1")
    assert envelope is not None
    assert envelope.total_money == money("100000")


def test_a_quarter_that_is_over_gets_no_envelope_after_all(app: Flask, signed_in: SignIn) -> None:
    with at("2026-04-01"):
        assert signed_in(a_leader()).post("/envelopes/2026-Q1", data=setting("1")).status_code == 409
    assert envelope_now("2026-Q1") is None


def test_the_next_quarter_can_be_set_ahead(app: Flask, signed_in: SignIn) -> None:
    with at("2026-03-31"):
        assert signed_in(a_leader()).post("/envelopes/2026-Q2", data=setting("50000")).status_code == 303


def test_an_envelope_is_open_until_the_last_moment_of_its_quarter(app: Flask) -> None:
    with at("2026-03-30"):
        an_envelope("100000")
    with at("2026-03-31T23:59:59.999999"):
        an_envelope("120000", quarter=Quarter.named("2026-Q1", 1))
    with at("2026-04-01T00:00:00"), pytest.raises(RuleBroken, match="is over"):
        an_envelope("130000", quarter=Quarter.named("2026-Q1", 1))


@pytest.mark.parametrize("name", ["2026-Q5", "2026", "0000-Q1", "9999-Q4", "x", "2026-Q1 "])
def test_what_is_no_quarter_has_no_page(app: Flask, signed_in: SignIn, name: str) -> None:
    browser = signed_in(a_leader())

    assert browser.get(f"/envelopes/{name}").status_code == 404
    assert browser.post(f"/envelopes/{name}", data=setting("1")).status_code == 404


def test_everyone_sees_what_it_holds_when_the_house_rules_say_so(app: Flask, signed_in: SignIn) -> None:
    an_envelope("123456")
    quarter = rules_now().quarter.name
    person, leader, facilitator = signed_in(a_person()), signed_in(a_leader()), signed_in(a_facilitator())
    assert "123,456" in person.get(f"/envelopes/{quarter}").text

    change_house_rules(amounts_seen_by=AmountsSeenBy.INVOLVED)

    for address in ("/", "/envelopes", f"/envelopes/{quarter}"):
        assert "123,456" not in person.get(address).text
    assert "123,456" in leader.get(f"/envelopes/{quarter}").text
    assert "123,456" in facilitator.get(f"/envelopes/{quarter}").text


def test_observers_do_not_read_it(app: Flask, signed_in: SignIn) -> None:
    an_envelope()

    browser = signed_in(an_observer())
    assert browser.get("/envelopes").status_code == 403
    assert browser.get(f"/envelopes/{rules_now().quarter.name}").status_code == 403


def test_the_ledger_says_which_experiment_money_moved_for_to_who_may_read_it(app: Flask, signed_in: SignIn) -> None:
    an_envelope()
    shown, restricted = an_approved_experiment(), an_approved_experiment(restricted=True)
    address = f"/envelopes/{rules_now().quarter.name}"
    leader, colleague = signed_in(a_leader()).get(address).text, signed_in(a_person()).get(address).text

    assert (shown.ref in leader, restricted.ref in leader) == (True, True)
    assert (shown.ref in colleague, restricted.ref in colleague) == (True, False)
