"""People and their roles: who gives them, what they exclude, and that somebody always administers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager

import pytest
from flask import Flask

from portfolio.foundation.errors import RuleBroken
from portfolio.people.person import Person, RoleName
from tests.browser import Browser
from tests.factories import (
    a_facilitator,
    a_leader,
    a_person,
    a_unit,
    an_administrator,
    an_observer,
    an_operations_owner,
    deactivated,
    last_action,
    reloaded,
    with_roles,
)

SignIn = Callable[[Person], Browser]


def test_an_address_belongs_to_one_person_however_it_is_written(app: Flask) -> None:
    a_person(email="noor@company.example")

    with pytest.raises(RuleBroken, match="here already"):
        a_person(email=" NOOR@company.example")


def test_a_second_person_with_an_address_is_refused_and_the_form_comes_back(app: Flask, signed_in: SignIn) -> None:
    a_person(email="noor@company.example")
    form = {"name": "Another Noor", "email": "Noor@company.example", "unit": "0"}

    answer = signed_in(an_administrator()).post("/people", data=form)

    assert answer.status_code == 409
    assert "Another Noor" in answer.text


@pytest.mark.parametrize("email", ["", "noor", "noor@", "@company.example", "noor@company", "a b@company.example"])
def test_an_address_is_one_that_mail_knows(app: Flask, signed_in: SignIn, email: str) -> None:
    answer = signed_in(an_administrator()).post("/people", data={"name": "Noor", "email": email, "unit": "0"})

    assert answer.status_code == 422


def test_an_observer_has_no_other_role(app: Flask, signed_in: SignIn) -> None:
    person = a_person()

    for other in (RoleName.LEADER, RoleName.FACILITATOR, RoleName.ADMINISTRATOR):
        with pytest.raises(RuleBroken, match="no other role"):
            with_roles(person, RoleName.OBSERVER, other)
    form = {"roles": ["observer", "leader"]}
    assert signed_in(an_administrator()).post(f"/people/{person.handle}/roles", data=form).status_code == 409
    assert reloaded(person).roles == []


def test_an_observer_owns_no_operations(app: Flask, signed_in: SignIn) -> None:
    person, unit = a_person(), a_unit()

    form = {"roles": ["observer"], "owns": [str(unit.id)]}
    assert signed_in(an_administrator()).post(f"/people/{person.handle}/roles", data=form).status_code == 409


def test_an_administrator_gives_roles(app: Flask, signed_in: SignIn) -> None:
    person, one, other = a_person(), a_unit(), a_unit()
    browser = signed_in(an_administrator())

    form = {"roles": ["leader", "facilitator"], "owns": [str(one.id), str(other.id)]}
    assert browser.post(f"/people/{person.handle}/roles", data=form).status_code == 303
    found = reloaded(person)
    assert found.is_leader
    assert found.has("facilitator")
    assert found.owned_unit_ids == {one.id, other.id}
    assert last_action() == "person.roles_changed"

    browser.post(f"/people/{person.handle}/roles", data={"owns": [str(other.id)]})
    assert reloaded(person).owned_unit_ids == {other.id}
    assert not reloaded(person).is_leader


@pytest.mark.parametrize("maker", [a_person, a_leader, a_facilitator, an_operations_owner, an_observer])
def test_nobody_else_administers_people(app: Flask, signed_in: SignIn, maker: Callable[[], Person]) -> None:
    actor, person = maker(), a_person()
    browser = signed_in(actor)

    assert browser.get("/people/new").status_code == 403
    assert browser.post(f"/people/{actor.handle}/roles", data={"roles": ["administrator"]}).status_code == 403
    assert browser.post(f"/people/{person.handle}/deactivation").status_code == 403
    assert browser.post(f"/people/{person.handle}/reactivation").status_code == 403
    assert reloaded(person).active
    assert not reloaded(actor).has("administrator")


def test_the_last_administrator_stays(app: Flask, signed_in: SignIn) -> None:
    administrator, former = an_administrator(), an_administrator()
    deactivated(former)
    browser = signed_in(administrator)

    for address, form in (("roles", {"roles": ["leader"]}), ("deactivation", {})):
        answer = browser.post(f"/people/{administrator.handle}/{address}", data=form)
        assert answer.status_code == 409
        assert "last administrator" in answer.text
    assert reloaded(administrator).has("administrator")


def test_an_administrator_may_go_when_another_is_there(app: Flask, signed_in: SignIn) -> None:
    administrator, _ = an_administrator(), an_administrator()

    answer = signed_in(administrator).post(f"/people/{administrator.handle}/deactivation")

    assert answer.status_code == 303
    assert not reloaded(administrator).active


def test_an_ended_account_is_not_ended_again_nor_an_open_one_opened(app: Flask, signed_in: SignIn) -> None:
    browser, person = signed_in(an_administrator()), a_person()

    assert browser.post(f"/people/{person.handle}/reactivation").status_code == 409
    deactivated(person)
    assert browser.post(f"/people/{person.handle}/deactivation").status_code == 409


def test_somebody_who_is_not_there_is_missing(app: Flask, signed_in: SignIn) -> None:
    browser = signed_in(an_administrator())

    assert browser.get("/people/none").status_code == 404
    for verb in ("roles", "deactivation", "reactivation", "invitation"):
        assert browser.post(f"/people/none/{verb}").status_code == 404


def test_everyone_but_observers_reads_who_is_here(app: Flask, signed_in: SignIn) -> None:
    person = a_person(name="Wilhelmina Kraai")

    assert "Wilhelmina Kraai" in signed_in(a_person()).get("/people").text
    assert signed_in(an_observer()).get("/people").status_code == 403
    assert signed_in(an_observer()).get(f"/people/{person.handle}").status_code == 403


@pytest.mark.parametrize(
    ("wanted", "found"), [("wilh", True), ("KRAAI", True), ("%", False), ("_", False), ("x", False)]
)
def test_people_are_found_by_a_part_of_their_name(app: Flask, signed_in: SignIn, wanted: str, found: bool) -> None:
    a_person(name="Wilhelmina Kraai")

    page = signed_in(a_person(name="Bo")).get("/people", query_string={"q": wanted}).text

    assert ("Wilhelmina Kraai" in page) is found


def test_the_list_of_people_costs_the_same_for_one_and_for_thirty(
    app: Flask, signed_in: SignIn, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    browser = signed_in(an_operations_owner())
    browser.get("/people")
    with count_statements() as few:
        browser.get("/people")
    for _ in range(30):
        an_operations_owner()
    with count_statements() as many:
        browser.get("/people")

    assert len(many) == len(few)


def test_people_are_listed_page_by_page_and_nobody_twice(app: Flask, signed_in: SignIn) -> None:
    names = {a_person(name=f"Person {number:03}").name for number in range(60)}
    browser, seen, address = signed_in(a_person(name="Zed")), [], "/people"
    for _ in range(3):
        page = browser.get(address).text
        seen += in_order(names, page)
        following = [line.split('"')[0] for line in page.split('href="') if line.startswith("/people?after=")]
        if not following:
            break
        address = following[0].replace("&amp;", "&")

    assert sorted(seen) == sorted(names)


def in_order(names: Iterable[str], page: str) -> list[str]:
    """The names that stand on a page."""
    return [name for name in names if name in page]
