"""One's own account, and the language one reads in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from portfolio.people.person import Person
from tests.browser import Browser
from tests.factories import a_person, a_unit, an_observer, last_action, reloaded

SignIn = Callable[[Person], Browser]
DUTCH = {"Accept-Language": "nl-NL,nl;q=0.9,en;q=0.5"}


def an_account_form(**answers: Any) -> dict[str, str]:
    """What a person says about themselves."""
    usual = {"name": "Noor Visser", "unit": "0", "hours_a_week": "4", "language": "", "theme": ""}
    return {key: str(value) for key, value in (usual | answers).items()}


def test_people_say_who_they_are_and_what_they_offer(app: Flask, signed_in: SignIn) -> None:
    person, unit = a_person(), a_unit()

    answer = signed_in(person).post("/account", data=an_account_form(unit=unit.id, theme="dark"))

    assert answer.status_code == 303
    found = reloaded(person)
    assert (found.name, found.unit_id, found.hours_a_week, found.theme) == ("Noor Visser", unit.id, 4, "dark")
    assert last_action() == "person.changed"


@pytest.mark.parametrize(
    "answers",
    [
        {"name": ""},
        {"name": "x" * 121},
        {"hours_a_week": "61"},
        {"hours_a_week": "-1"},
        {"hours_a_week": "2.5"},
        {"hours_a_week": ""},
        {"language": "fr"},
        {"theme": "pink"},
        {"unit": "4711"},
        {"unit": "x"},
    ],
)
def test_an_answer_that_will_not_do_comes_back_with_all_others(
    app: Flask, signed_in: SignIn, answers: dict[str, str]
) -> None:
    person = a_person(name="Before")

    answer = signed_in(person).post("/account", data=an_account_form(**{"name": "Typed name"} | answers))

    assert answer.status_code == 422
    assert ("Typed name" in answer.text) is ("name" not in answers)
    assert reloaded(person).name == "Before"


def test_observers_have_an_account_too(app: Flask, signed_in: SignIn) -> None:
    assert signed_in(an_observer()).post("/account", data=an_account_form()).status_code == 303


def test_a_person_s_language_goes_before_the_browser_s(app: Flask, signed_in: SignIn) -> None:
    browser = signed_in(a_person(language="en"))

    assert '<html lang="en"' in browser.get("/account", headers=DUTCH).text


def test_without_a_choice_the_browser_s_language_is_spoken(app: Flask, signed_in: SignIn, client: Browser) -> None:
    browser = signed_in(a_person())

    assert '<html lang="nl"' in browser.get("/account", headers=DUTCH).text
    assert '<html lang="en"' in browser.get("/account", headers={"Accept-Language": "fr"}).text
    assert '<html lang="nl"' in client.get("/sign-in", headers=DUTCH).text


def test_a_chosen_language_stays_with_the_account(app: Flask, signed_in: SignIn) -> None:
    person = a_person()
    browser = signed_in(person)

    answer = browser.post("/language", data={"language": "nl", "next": "/experiments?stage=running"})

    assert answer.location == "/experiments?stage=running"
    assert reloaded(person).language == "nl"
    assert '<html lang="nl"' in signed_in(person).get("/account").text


def test_a_stranger_s_choice_stays_in_the_browser(app: Flask, client: Browser) -> None:
    client.post("/language", data={"language": "nl", "next": "/sign-in"})

    assert '<html lang="nl"' in client.get("/sign-in").text


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""]
)
def test_choosing_a_language_leads_to_no_other_site(app: Flask, client: Browser, address: str) -> None:
    assert client.post("/language", data={"language": "nl", "next": address}).location == "/"


@pytest.mark.parametrize("language", ["fr", "", "../en"])
def test_a_language_tandem_does_not_speak_is_not_chosen(app: Flask, client: Browser, language: str) -> None:
    assert client.post("/language", data={"language": language}).status_code == 404


def test_amounts_are_written_and_read_in_the_reader_s_language(app: Flask, signed_in: SignIn) -> None:
    browser = signed_in(a_person(language="nl"))
    form = {"configuration": "0", "paradigm": "1", "title": "Kan het sneller?", "budget": "15.000,50"}
    form |= {"guardrails-0-direction": "at_least", "horizon": "0", "unit": "0", "visibility": "open"}

    answer = browser.post("/experiments", data=form)

    assert answer.status_code == 303
    assert "15.000,50" in browser.get(answer.location).text
