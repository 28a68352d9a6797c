"""Personal data: everybody can take along what is held about them, and a name can go while history stays."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portfolio.audit.entry import AuditEntry, AuditNames
from portfolio.audit.queries import first_broken_link, latest
from portfolio.foundation import clock
from portfolio.foundation.database import Base, db
from portfolio.foundation.errors import RuleBroken
from portfolio.people.departure import pseudonymise
from portfolio.people.person import Person
from portfolio.people.personal_data import SECRET, held_about
from portfolio.people.retention import keep_no_longer
from portfolio.people.sign_in import SignIn
from tests.api_client import Program, a_token
from tests.browser import Browser
from tests.factories import (
    a_leader,
    a_person,
    a_running_experiment,
    an_administrator,
    at,
    changing,
    deactivated,
    envelope_now,
    last_action,
    reading,
    reloaded,
)

SignedIn = Callable[[Person], Browser]


def what_is_held(person: Person) -> dict[str, list[dict[str, object]]]:
    """What the file says."""
    with reading():
        found: dict[str, list[dict[str, object]]] = json.loads("".join(held_about(reloaded(person))))
        return found


def test_the_file_holds_every_row_that_names_them(app: Flask, signed_in: SignedIn) -> None:
    lead = a_person()
    experiment = a_running_experiment(lead=lead)
    browser = signed_in(lead)

    answer = browser.post("/account/data")

    assert answer.headers["Content-Disposition"].startswith("attachment")
    held = json.loads(answer.text)
    assert held["person"][0]["email"] == lead.email
    assert held["experiment"][0]["title"] == experiment.title
    assert {"member", "party", "audit_entry", "experiment_version", "sign_in"} <= set(held)
    assert last_action() == "person.data_taken_along"


def test_nobody_gets_what_is_held_about_another(app: Flask, signed_in: SignedIn) -> None:
    other = a_person()
    a_running_experiment(lead=other)
    browser = signed_in(a_person())

    held = json.loads(browser.post("/account/data").text)

    assert "experiment" not in held
    assert other.email not in json.dumps(held)


def test_what_opens_an_account_is_in_no_file(app: Flask, signed_in: SignedIn) -> None:
    person = a_leader()
    token = a_token(person)
    signed_in(person)

    text = json.dumps(what_is_held(person))

    assert token not in text
    assert "argon2" not in text
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            assert not SECRET.search(column.name) or f'"{column.name}"' not in text


def test_a_name_is_not_taken_from_somebody_who_is_here(app: Flask) -> None:
    person = a_person()

    with changing(person, by=person) as (found, by, _at), pytest.raises(RuleBroken):
        pseudonymise(found, by=by)


def test_only_an_administrator_takes_a_name_away(app: Flask, signed_in: SignedIn) -> None:
    person = deactivated(a_person())

    answer = signed_in(a_leader()).post(f"/people/{person.handle}/pseudonym")

    assert answer.status_code == 403
    assert reloaded(person).name == person.name


def test_a_former_colleague_s_name_is_nowhere_and_everything_still_adds_up(app: Flask, signed_in: SignedIn) -> None:
    administrator, person = an_administrator(), a_person(name="Wilhelmina Zonderling")
    experiment = a_running_experiment(lead=a_person(), team=[person])
    a_running_experiment(lead=person)
    before, entries = envelope_now(), _entries()
    deactivated(person)

    answer = signed_in(administrator).post(f"/people/{person.handle}/pseudonym", follow_redirects=True)

    assert answer.status_code == 200
    assert "Zonderling" not in answer.text
    with db.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            for row in connection.execute(select(table)):
                assert "Zonderling" not in str(row), table.name
    with reading():
        assert first_broken_link() is None
        assert any("Former colleague" in line.names.get("member", "") for line in latest(size=200))
    assert _entries() > entries
    assert envelope_now().committed == before.committed
    assert [member.person_id for member in reloaded(experiment).members][-1] == person.id


def test_another_of_the_same_name_keeps_it(app: Flask) -> None:
    leaving, staying = a_person(name="Jan Jansen"), a_person(name="Jan Jansen")
    for person in (leaving, staying):
        a_running_experiment(lead=a_person(), team=[person])
    gone = deactivated(leaving)

    with changing(gone, by=an_administrator()) as (found, by, _at):
        pseudonymise(found, by=by)

    with reading():
        told = [line.names.get("member") for line in latest(size=200) if line.action == "experiment.joined"]
    assert told.count("Jan Jansen") == 1
    assert reloaded(staying).name == "Jan Jansen"


def test_nobody_comes_back_under_a_name_that_was_taken_away(app: Flask, signed_in: SignedIn) -> None:
    administrator, person = an_administrator(), a_person()
    token = a_token(person)
    deactivated(person)
    browser = signed_in(administrator)
    browser.post(f"/people/{person.handle}/pseudonym")

    assert browser.post(f"/people/{person.handle}/pseudonym").status_code == 409
    assert browser.post(f"/people/{person.handle}/reactivation").status_code == 409
    assert Program(app, token).get("/experiments").status_code == 401


def test_what_nobody_uses_is_kept_no_longer(app: Flask, signed_in: SignedIn) -> None:
    signed_in(a_person())

    with at(clock.now() + timedelta(days=89)):
        keep_no_longer()
    with reading():
        assert db.session.scalar(select(func.count(SignIn.id))) == 1
    with at(clock.now() + timedelta(days=91)):
        keep_no_longer()
    with reading():
        assert db.session.scalar(select(func.count(SignIn.id))) == 0


def _entries() -> int:
    with reading():
        assert db.session.scalar(select(func.count(AuditNames.seq))) == db.session.scalar(
            select(func.count(AuditEntry.seq))
        )
        return db.session.scalar(select(func.count(AuditEntry.seq))) or 0
