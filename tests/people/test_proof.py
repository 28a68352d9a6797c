"""What matters most asks again who it is; what was filled in goes along, and nobody guesses the proof."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask

from portfolio.people.person import Person
from tests.browser import Browser
from tests.conftest import PASSWORD
from tests.factories import a_leader, a_person, a_unit, an_administrator, at, last_action, last_line, reloaded

SignIn = Callable[[Person], Browser]
BEGAN, SOON, LATER = "2026-06-10T10:00", "2026-06-10T10:09", "2026-06-10T10:11"


def carried(page: str) -> dict[str, str]:
    """The hidden fields of the page that asks for proof; the last of each name."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.split('class="stack narrow"')[1])
    return {name: unescape(value) for name, value in found if name != "csrf_token"}


def somebody_new(**words: Any) -> dict[str, str]:
    """A form with somebody new."""
    return {"name": 'Fenna "de Boer" <b>', "email": "fenna@company.example", "unit": "0"} | words


def test_soon_after_signing_in_nothing_is_asked(app: Flask, signed_in: SignIn) -> None:
    person = a_person()
    with at(BEGAN):
        browser = signed_in(an_administrator())
    with at(SOON):
        assert browser.post(f"/people/{person.handle}/deactivation").status_code == 303


@pytest.mark.parametrize("what", ["deactivation", "roles", "devices/ending"])
def test_later_it_is_asked_and_nothing_happens_without_it(app: Flask, signed_in: SignIn, what: str) -> None:
    person = a_leader()
    with at(BEGAN):
        browser = signed_in(an_administrator())
        theirs = signed_in(person)
    with at(LATER):
        answer = browser.post(f"/people/{person.handle}/{what}")
        assert answer.status_code == 403
        assert "Your password once more" in answer.text
        assert theirs.get("/account").status_code == 200

    assert reloaded(person).active
    assert reloaded(person).is_leader


def test_the_house_rules_too(app: Flask, signed_in: SignIn) -> None:
    with at(BEGAN):
        browser = signed_in(an_administrator())
    with at(LATER):
        assert browser.post("/house-rules", data={"organisation": "Fjord"}).status_code == 403


def test_what_was_filled_in_goes_along_and_the_proof_holds_for_a_while(app: Flask, signed_in: SignIn) -> None:
    unit = a_unit()
    with at(BEGAN):
        browser = signed_in(an_administrator())
    with at(LATER):
        page = browser.post("/people", data=somebody_new(unit=str(unit.id), roles=["leader", "facilitator"])).text
        sent = carried(page)
        assert sent["name"] == 'Fenna "de Boer" <b>'
        assert page.count('name="roles"') == 2

        answer = browser.post("/people", data=sent | {"roles": ["leader", "facilitator"], "proof_password": PASSWORD})
        assert answer.status_code == 303
        again = browser.post("/people", data=somebody_new(email="another@company.example"))
        assert again.status_code == 303


def test_the_same_form_sent_twice_with_its_proof_acts_once(app: Flask, signed_in: SignIn) -> None:
    with at(BEGAN):
        browser = signed_in(an_administrator())
    with at(LATER):
        form = carried(browser.post("/people", data=somebody_new()).text) | {"proof_password": PASSWORD}
        first, second = browser.post("/people", data=form), browser.post("/people", data=form)

    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location


def test_a_wrong_password_proves_nothing_and_keeps_what_was_filled_in(app: Flask, signed_in: SignIn) -> None:
    administrator = an_administrator()
    with at(BEGAN):
        browser = signed_in(administrator)
    with at(LATER):
        answer = browser.post("/people", data=somebody_new(proof_password="wrong"))

    assert answer.status_code == 422
    assert "This is not your password." in answer.text
    assert carried(answer.text)["email"] == "fenna@company.example"
    assert "wrong" not in answer.text
    assert (last_action(), last_line().subject_id) == ("person.proof_refused", administrator.id)


def test_the_proof_is_tried_five_times_in_five_minutes(app: Flask, signed_in: SignIn) -> None:
    with at(BEGAN):
        browser = signed_in(an_administrator())
    with at(LATER):
        answers = [browser.post("/people", data=somebody_new(proof_password="wrong")) for _ in range(6)]
        right = browser.post("/people", data=somebody_new(proof_password=PASSWORD))

    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert right.status_code == 429
    assert carried(right.text)["email"] == "fenna@company.example"


def test_a_proof_on_one_device_is_none_for_another(app: Flask, signed_in: SignIn) -> None:
    administrator = an_administrator()
    with at(BEGAN):
        here, elsewhere = signed_in(administrator), signed_in(administrator)
    with at(LATER):
        assert here.post("/people", data=somebody_new(proof_password=PASSWORD)).status_code == 303
        assert elsewhere.post("/people", data=somebody_new(email="x@company.example")).status_code == 403


def test_a_proof_is_no_permission(app: Flask, signed_in: SignIn) -> None:
    person = a_person()
    with at(BEGAN):
        browser = signed_in(a_leader())
    with at(LATER):
        answer = browser.post(f"/people/{person.handle}/deactivation", data={"proof_password": PASSWORD})

    assert answer.status_code == 403
    assert reloaded(person).active


def test_control_without_the_gate_an_old_session_ends_accounts(
    app: Flask, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.extensions["gate"], "prove", lambda: None)
    person = a_person()
    with at(BEGAN):
        browser = signed_in(an_administrator())
    with at(LATER):
        assert browser.post(f"/people/{person.handle}/deactivation").status_code == 303

    assert not reloaded(person).active
