"""The first steps of a new organisation: shown to who can take them, until they are taken."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from portfolio.people.person import Person, RoleName
from tests.browser import Browser
from tests.factories import a_leader, a_person, a_unit, an_administrator, an_envelope, with_roles

SignedIn = Callable[[Person], Browser]


def test_nobody_but_an_administrator_is_asked_to_set_up(app: Flask, signed_in: SignedIn) -> None:
    an_administrator()

    assert "Name your units" not in signed_in(a_person()).get("/").text


def test_an_administrator_sees_what_is_left(app: Flask, signed_in: SignedIn) -> None:
    browser = signed_in(an_administrator())
    assert "0 of 6 done" in browser.get("/").text

    a_unit("Planning")
    a_leader()
    an_envelope()

    page = browser.get("/").text
    assert "3 of 6 done" in page
    assert "A leader writes it." in page


def test_what_only_a_leader_does_is_no_button_for_who_does_not_lead(app: Flask, signed_in: SignedIn) -> None:
    administrator = an_administrator()
    assert ">Write<" not in signed_in(administrator).get("/").text

    both = with_roles(administrator, RoleName.ADMINISTRATOR, RoleName.LEADER)
    assert ">Write<" in signed_in(both).get("/").text


def test_an_empty_house_leads_to_the_first_run(app: Flask, client: Browser) -> None:
    answer = client.get("/")

    assert answer.status_code == 302
    assert answer.location == "/first-run"
    assert client.get(answer.location).status_code == 200


def test_a_house_with_people_leads_to_signing_in(app: Flask, client: Browser) -> None:
    an_administrator()

    assert client.get("/").location == "/sign-in"
