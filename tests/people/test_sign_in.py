"""Signing in and out: one row per device, and no cookie outlives what it stood for."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from config import Settings
from portfolio import create_app
from portfolio.foundation import clock
from portfolio.people.person import Person, RoleName
from tests.browser import Browser
from tests.conftest import PASSWORD
from tests.factories import (
    a_leader,
    a_person,
    a_unit,
    an_administrator,
    at,
    deactivated,
    last_action,
    last_line,
    with_roles,
)

SignIn = Callable[[Person], Browser]


def is_signed_in(browser: Browser) -> bool:
    """Whether this browser reads what needs signing in."""
    answer = browser.get("/account")
    assert answer.status_code in (200, 302)
    return answer.status_code == 200


def copy_of(browser: Browser) -> Browser:
    """Another browser into which the session cookie was copied."""
    thief: Browser = browser.application.test_client()  # type: ignore[assignment]
    cookie = browser.get_cookie(browser.application.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    thief.set_cookie(cookie.key, cookie.value)
    return thief


def without_tokens(page: str) -> str:
    """A page without what differs each time."""
    page = re.sub(r'data-options="[^"]*"', "", page)  # What a browser is asked to sign.
    return re.sub(r'(name="(csrf_token|request_key)"[^>]*value=|v=)"?[\w.\-]+', "", page)


def test_a_stranger_is_sent_to_sign_in_and_then_to_where_they_wanted(client: Browser) -> None:
    a_person()
    answer = client.get("/experiments?stage=running")

    assert answer.status_code == 302
    assert answer.location == "/sign-in?next=/experiments?stage%3Drunning"


def test_after_signing_in_they_are_where_they_wanted(app: Flask, signed_in: SignIn, client: Browser) -> None:
    person = a_person()
    signed_in(person)

    answer = client.post("/sign-in?next=/experiments", data={"email": person.email, "password": PASSWORD})

    assert answer.location == "/experiments"


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_to_another_site(app: Flask, signed_in: SignIn, client: Browser, wanted: str) -> None:
    person = a_person()
    signed_in(person)

    answer = client.post(
        "/sign-in", query_string={"next": wanted}, data={"email": person.email, "password": PASSWORD, "next": wanted}
    )

    led_to = answer.headers.get("Location", "/")  # None: the form is shown again.
    assert led_to.startswith("/")
    assert not led_to.startswith(("//", "/\\"))


def test_known_unknown_uninvited_and_ended_accounts_get_the_same_answer(
    app: Flask, signed_in: SignIn, client: Browser
) -> None:
    known, gone, uninvited = a_person(), a_person(), a_person()
    signed_in(known)
    signed_in(gone)
    deactivated(gone)
    tries = [(known.email, "wrong"), ("nobody@company.example", "wrong"), (uninvited.email, "wrong")]
    tries += [(gone.email, PASSWORD), (uninvited.email, PASSWORD)]

    answers = [client.post("/sign-in", data={"email": email, "password": password}) for email, password in tries]

    pages = {without_tokens(answer.text).replace(email, "") for answer, (email, _) in zip(answers, tries, strict=True)}
    assert len(pages) == 1
    assert "Check your e-mail address and password" in pages.pop()
    assert {answer.status_code for answer in answers} == {200}
    assert not is_signed_in(client)


def test_an_address_may_be_typed_in_capitals(app: Flask, signed_in: SignIn, client: Browser) -> None:
    person = a_person(email="noor@company.example")
    signed_in(person)

    client.post("/sign-in", data={"email": "NOOR@Company.example", "password": PASSWORD})

    assert is_signed_in(client)


def test_a_forged_sign_in_is_refused(app: Flask, signed_in: SignIn, client: Browser) -> None:
    person = a_person()
    signed_in(person)

    answer = client.post("/sign-in", data={"email": person.email, "password": PASSWORD}, bare=True)

    assert answer.status_code == 400
    assert not is_signed_in(client)


def test_signing_in_and_out_is_on_the_trail(app: Flask, signed_in: SignIn) -> None:
    person = a_person()
    browser = signed_in(person)
    assert last_action() == "person.signed_in"

    browser.post("/sign-out")
    assert (last_line().action, last_line().subject_id) == ("person.signed_out", person.id)


def test_a_copied_cookie_is_worth_nothing_after_signing_out(app: Flask, signed_in: SignIn) -> None:
    browser = signed_in(a_person())
    thief = copy_of(browser)
    assert is_signed_in(thief)

    browser.post("/sign-out")

    assert not is_signed_in(thief)
    assert not is_signed_in(browser)


def test_signing_out_is_a_choice_and_no_link(app: Flask, signed_in: SignIn) -> None:
    browser = signed_in(a_person())

    assert browser.get("/sign-out").status_code == 405
    assert browser.post("/sign-out", bare=True).status_code == 400
    assert is_signed_in(browser)


def test_signing_out_ends_one_device_only(app: Flask, signed_in: SignIn) -> None:
    person = a_person()
    telephone, laptop = signed_in(person), signed_in(person)

    telephone.post("/sign-out")

    assert not is_signed_in(telephone)
    assert is_signed_in(laptop)


def test_ending_an_account_ends_its_sessions_at_once(app: Flask, signed_in: SignIn) -> None:
    person, administrator = a_person(), signed_in(an_administrator())
    browser = signed_in(person)

    assert administrator.post(f"/people/{person.handle}/deactivation").status_code == 303

    assert not is_signed_in(browser)
    assert not is_signed_in(copy_of(browser))


def test_opening_an_account_again_does_not_revive_its_sessions(app: Flask, signed_in: SignIn) -> None:
    person, administrator = a_person(), signed_in(an_administrator())
    browser = signed_in(person)
    administrator.post(f"/people/{person.handle}/deactivation")
    administrator.post(f"/people/{person.handle}/reactivation")

    assert not is_signed_in(browser)
    assert is_signed_in(signed_in(person))


def test_losing_a_role_ends_sessions_and_gaining_one_does_not(app: Flask, signed_in: SignIn) -> None:
    person = a_leader()
    browser = signed_in(person)

    with_roles(person, RoleName.LEADER, RoleName.FACILITATOR)
    assert is_signed_in(browser)
    with_roles(person, RoleName.FACILITATOR)
    assert not is_signed_in(browser)


def test_a_new_password_signs_other_devices_out_and_keeps_this_one(app: Flask, signed_in: SignIn) -> None:
    person = a_person()
    here, elsewhere = signed_in(person), signed_in(person)
    new = "another password for tests"

    answer = here.post(
        "/account/password", data={"password": PASSWORD, "new_password": new, "new_password_confirm": new}
    )

    assert answer.status_code == 302
    assert is_signed_in(here)
    assert not is_signed_in(elsewhere)
    assert last_action() == "person.password_set"


@pytest.mark.parametrize(
    ("present", "new", "again"),
    [
        ("wrong", "another password for tests", "another password for tests"),
        (PASSWORD, "short", "short"),
        (PASSWORD, "another password for tests", "yet another password"),
        (PASSWORD, PASSWORD, PASSWORD),
        ("", "", ""),
    ],
)
def test_a_password_is_not_changed_to_anything(
    app: Flask, signed_in: SignIn, present: str, new: str, again: str
) -> None:
    person = a_person()
    here, elsewhere = signed_in(person), signed_in(person)

    here.post("/account/password", data={"password": present, "new_password": new, "new_password_confirm": again})

    assert is_signed_in(elsewhere)


def test_a_device_that_is_not_used_for_a_week_is_signed_out(app: Flask, signed_in: SignIn) -> None:
    with at("2026-06-01"):
        browser = signed_in(a_person())
    with at("2026-06-07"):
        assert is_signed_in(browser)
    with at("2026-06-13"):
        assert is_signed_in(browser)
    with at("2026-06-21"):
        assert not is_signed_in(browser)


def test_a_device_is_signed_out_after_a_month_however_often_it_is_used(app: Flask, signed_in: SignIn) -> None:
    with at("2026-06-01"):
        browser = signed_in(a_person())
        began = clock.now()
    for days in range(5, 30, 5):
        with at(began + timedelta(days=days)):
            assert is_signed_in(browser)
    with at(began + timedelta(days=30)):
        assert not is_signed_in(browser)


def test_scripts_do_not_read_the_cookie_and_other_sites_do_not_send_it(app: Flask, signed_in: SignIn) -> None:
    cookie = signed_in(a_person()).get_cookie("tandem")

    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Lax"


def test_over_tls_the_cookie_is_bound_to_this_very_host(settings: Settings) -> None:
    served = create_app(dataclasses.replace(settings, base_url="https://tandem.example"))

    assert served.config["SESSION_COOKIE_NAME"] == "__Host-tandem"
    assert served.config["SESSION_COOKIE_SECURE"] is True


def test_nobody_is_offered_on_the_sign_in_page_of_an_organisation_s_own(app: Flask, client: Browser) -> None:
    a_person(name="Noor Visser", email="leader@tandem.example", unit=a_unit())

    assert "Noor Visser" not in client.get("/sign-in").text
