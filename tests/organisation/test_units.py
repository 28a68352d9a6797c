"""Units: the places in the hierarchy; an administrator keeps the list."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from portfolio.people.person import Person
from tests.browser import Browser
from tests.factories import a_leader, a_person, a_unit, an_administrator, last_action, reloaded

SignIn = Callable[[Person], Browser]


@pytest.mark.parametrize("maker", [a_person, a_leader])
def test_units_are_kept_by_an_administrator_only(app: Flask, signed_in: SignIn, maker: Callable[[], Person]) -> None:
    browser, unit = signed_in(maker()), a_unit("Logistics")

    assert browser.get("/units").status_code == 403
    assert browser.post("/units", data={"name": "Sales"}).status_code == 403
    assert browser.post(f"/units/{unit.handle}", data={"name": "Sales"}).status_code == 403
    assert reloaded(unit).name == "Logistics"


@pytest.mark.parametrize("name", ["Logistics", "LOGISTICS", "  logistics "])
def test_two_units_do_not_share_a_name(app: Flask, signed_in: SignIn, name: str) -> None:
    a_unit("Logistics")

    answer = signed_in(an_administrator()).post("/units", data={"name": name})

    assert answer.status_code == 409
    assert "There is a unit with this name already." in answer.text


@pytest.mark.parametrize("name", ["", "   ", "x" * 121])
def test_a_unit_has_a_name_that_fits(app: Flask, signed_in: SignIn, name: str) -> None:
    assert signed_in(an_administrator()).post("/units", data={"name": name}).status_code == 422


def test_a_unit_gets_another_name_and_the_trail_keeps_the_old(app: Flask, signed_in: SignIn) -> None:
    unit = a_unit("Logistics")

    assert signed_in(an_administrator()).post(f"/units/{unit.handle}", data={"name": "Supply"}).status_code == 303
    assert reloaded(unit).name == "Supply"
    assert last_action() == "unit.renamed"


def test_a_unit_may_change_the_letters_of_its_own_name(app: Flask, signed_in: SignIn) -> None:
    unit = a_unit("logistics")

    signed_in(an_administrator()).post(f"/units/{unit.handle}", data={"name": "Logistics"})

    assert reloaded(unit).name in ("Logistics", "logistics")


def test_a_unit_that_is_not_there_is_missing(app: Flask, signed_in: SignIn) -> None:
    browser = signed_in(an_administrator())

    assert browser.get("/units/none").status_code == 404
    assert browser.post("/units/none", data={"name": "Sales"}).status_code == 404
