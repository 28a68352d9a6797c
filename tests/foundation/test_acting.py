"""One act through a page: a lost race is run again, and the same form acts once."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import psycopg
import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from portfolio.foundation.acting import TRIES
from portfolio.foundation.database import db
from portfolio.network.experiment import Experiment
from portfolio.organisation.unit import Unit
from portfolio.people.comment import Comment
from portfolio.people.person import Person
from tests.browser import Browser
from tests.factories import (
    a_person,
    a_proposal_form,
    a_proposed_experiment,
    an_administrator,
    reading,
)

SignIn = Callable[[Person], Browser]
ERRORS: dict[str, type[psycopg.Error]] = {
    "deadlock": psycopg.errors.DeadlockDetected,
    "serialization": psycopg.errors.SerializationFailure,
}
ERRORS["the same name"] = psycopg.errors.UniqueViolation


@pytest.fixture
def races(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Units cannot be added as long as there is a lost race on the list; gives the list."""
    lost: list[str] = []
    add = Unit.open

    def contended(name: str, *, by: Person) -> Unit:
        if lost:
            raise OperationalError("INSERT", {}, ERRORS[lost.pop()]())
        return add(name, by=by)

    monkeypatch.setattr(Unit, "open", contended)
    return lost


def test_a_lost_race_is_run_again_until_it_is_won(races: list[str], signed_in: SignIn) -> None:
    browser = signed_in(an_administrator())
    races.extend(["deadlock", "serialization", "the same name"][: TRIES - 1])

    answer = browser.post("/units", data={"name": "Logistics"})

    assert answer.status_code == 303
    assert number_of(Unit) == 1


def test_a_race_lost_too_often_is_told_and_nothing_of_it_stays(races: list[str], signed_in: SignIn) -> None:
    browser = signed_in(an_administrator())
    races.extend(["deadlock"] * TRIES)

    with pytest.raises(OperationalError):
        browser.post("/units", data={"name": "Logistics"})
    assert number_of(Unit) == 0


def test_a_double_click_acts_once_and_gets_the_same_answer(app: Flask, signed_in: SignIn) -> None:
    experiment, browser = a_proposed_experiment(), signed_in(a_person())
    said = {"body": "What did the planners say?", "request_key": uuid.uuid4().hex}

    first = browser.post(f"/experiments/{experiment.ref}/comments", data=said)
    second = browser.post(f"/experiments/{experiment.ref}/comments", data=said)

    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert number_of(Comment) == 1


def test_a_draft_sent_twice_is_one_draft_and_both_land_on_it(app: Flask, signed_in: SignIn) -> None:
    browser = signed_in(a_person())
    said = a_proposal_form(request_key=uuid.uuid4().hex)

    first, second = (browser.post("/experiments", data=said) for _ in range(2))

    assert number_of(Experiment) == 1
    assert first.location == second.location
    assert first.location.startswith("/experiments/X-")


def test_another_text_under_a_used_key_is_refused(app: Flask, signed_in: SignIn) -> None:
    experiment, browser = a_proposed_experiment(), signed_in(a_person())
    key = uuid.uuid4().hex
    browser.post(f"/experiments/{experiment.ref}/comments", data={"body": "First.", "request_key": key})

    answer = browser.post(f"/experiments/{experiment.ref}/comments", data={"body": "Second.", "request_key": key})

    assert answer.status_code == 422
    assert "Second." in answer.text
    assert number_of(Comment) == 1


def test_a_key_used_for_one_thing_does_not_answer_for_another(app: Flask, signed_in: SignIn) -> None:
    one, other, browser = a_proposed_experiment(), a_proposed_experiment(), signed_in(a_person())
    said = {"body": "Good.", "request_key": uuid.uuid4().hex}
    browser.post(f"/experiments/{one.ref}/comments", data=said)

    assert browser.post(f"/experiments/{other.ref}/comments", data=said).status_code == 422


def test_a_key_is_one_person_s_own(app: Flask, signed_in: SignIn) -> None:
    experiment = a_proposed_experiment()
    said = {"body": "Good.", "request_key": uuid.uuid4().hex}

    for person in (a_person(), a_person()):
        assert signed_in(person).post(f"/experiments/{experiment.ref}/comments", data=said).status_code == 303
    assert number_of(Comment) == 2


def test_after_a_refusal_the_same_form_can_be_sent_again(app: Flask, signed_in: SignIn) -> None:
    browser = signed_in(a_person())
    said = a_proposal_form(weeks="40", then="propose", request_key=uuid.uuid4().hex)

    assert browser.post("/experiments", data=said).status_code == 409
    assert browser.post("/experiments", data=said | {"weeks": "8"}).status_code == 303
    assert number_of(Experiment) == 1


def number_of(kind: type) -> int:
    """How many there are."""
    with reading():
        return db.session.scalar(select(func.count()).select_from(kind)) or 0
