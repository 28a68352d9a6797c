"""The first administrator comes in with the code that the console shows; once, and only while there is nobody."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from portfolio.foundation.database import db, write_tx
from portfolio.people.person import Person, RoleName
from portfolio.people.setup_code import SetupCode
from tests.browser import Browser
from tests.factories import a_person, reading, reloaded, rules_now


def a_code() -> str:
    """A code as the console shows it."""
    with write_tx() as moment:
        return SetupCode.make(at=moment)


def a_first_run_form(code: str, **answers: Any) -> dict[str, str]:
    """What the first administrator sends."""
    usual = {
        "code": code,
        "organisation": "Van Dijk Machines",
        "name": "Noor van Dijk",
        "email": "noor@company.example",
        "password": "a password for tests only",
        "again": "a password for tests only",
    }
    return usual | answers


def everybody() -> list[Person]:
    """All accounts."""
    with reading():
        people = list(db.session.scalars(db.select(Person)))
    return [reloaded(person) for person in people]


def test_the_code_makes_the_first_administrator_and_signs_them_in(app: Flask, client: Browser) -> None:
    code = a_code()
    assert client.get("/first-run").status_code == 200

    assert client.post("/first-run", data=a_first_run_form(code)).status_code == 303

    (first,) = everybody()
    assert first.has("administrator")
    assert not first.has("leader")
    assert rules_now().organisation == "Van Dijk Machines"
    assert client.get("/").status_code == 200


def test_they_may_be_a_leader_too(app: Flask, client: Browser) -> None:
    client.post("/first-run", data=a_first_run_form(a_code(), also_leader="y"))

    (first,) = everybody()
    assert {role.role for role in first.roles} == {RoleName.ADMINISTRATOR, RoleName.LEADER}


@pytest.mark.parametrize("change", [str.lower, lambda code: code.replace("-", " "), lambda code: f" {code} "])
def test_the_code_may_be_copied_a_little_differently(app: Flask, client: Browser, change: Any) -> None:
    assert client.post("/first-run", data=a_first_run_form(change(a_code()))).status_code == 303


@pytest.mark.parametrize("code", ["AAAAA-AAAAA-AAAAA-AAAAA-AAAAA", "x", "-", "é"])
def test_another_code_makes_nobody_and_the_form_comes_back(app: Flask, client: Browser, code: str) -> None:
    a_code()

    answer = client.post("/first-run", data=a_first_run_form(code))

    assert answer.status_code == 409
    assert "Van Dijk Machines" in answer.text
    assert everybody() == []


def test_a_code_works_once(app: Flask, client: Browser) -> None:
    code = a_code()
    client.post("/first-run", data=a_first_run_form(code))
    other: Browser = app.test_client()  # type: ignore[assignment]

    assert other.get("/first-run").status_code == 404
    assert other.post("/first-run", data=a_first_run_form(code, email="x@company.example")).status_code == 404
    assert len(everybody()) == 1


def test_a_newer_code_ends_the_older(app: Flask, client: Browser) -> None:
    older, newer = a_code(), a_code()

    assert client.post("/first-run", data=a_first_run_form(older)).status_code == 409
    assert client.post("/first-run", data=a_first_run_form(newer)).status_code == 303


def test_a_live_code_makes_nobody_once_somebody_is_there(app: Flask, client: Browser) -> None:
    code = a_code()
    a_person()

    assert client.post("/first-run", data=a_first_run_form(code)).status_code == 404
    assert len(everybody()) == 1


@pytest.mark.parametrize(
    "answers", [{"password": "short", "again": "short"}, {"email": "noor"}, {"name": ""}, {"organisation": " "}]
)
def test_an_answer_that_will_not_do_does_not_use_the_code_up(
    app: Flask, client: Browser, answers: dict[str, str]
) -> None:
    code = a_code()

    assert client.post("/first-run", data=a_first_run_form(code, **answers)).status_code == 422
    assert client.post("/first-run", data=a_first_run_form(code)).status_code == 303
