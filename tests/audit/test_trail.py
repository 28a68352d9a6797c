"""The trail: every change and every refusal, in order, chained, and nothing that did not happen."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, text

from portfolio.audit import queries as audit
from portfolio.audit.entry import AuditEntry, AuditNames, canonical
from portfolio.audit.queries import first_broken_link
from portfolio.foundation.database import db, write_tx
from portfolio.foundation.seal import SEALED, seal, unseal
from portfolio.network.state import State
from portfolio.organisation.unit import Unit
from portfolio.people.person import Person
from tests.browser import Browser
from tests.factories import (
    a_facilitator,
    a_leader,
    a_person,
    a_proposed_experiment,
    a_running_experiment,
    a_unit,
    an_administrator,
    an_approval_form,
    an_envelope,
    an_observer,
    last_action,
    last_line,
    reading,
    reloaded,
)

SignIn = Callable[[Person], Browser]


def test_a_refused_approval_is_on_the_trail_and_nothing_else_of_it_stays(app: Flask, signed_in: SignIn) -> None:
    leader = a_leader()
    experiment = a_proposed_experiment(team=[leader])
    an_envelope()

    answer = signed_in(leader).post(f"/experiments/{experiment.ref}/approval", data=an_approval_form(experiment))

    assert answer.status_code == 403
    assert reloaded(experiment).state is State.PROPOSED
    assert reloaded(experiment).grant.signatures == []
    line = last_line()
    assert (line.action, line.subject_type, line.subject_id) == (
        "experiment.approval_refused",
        "experiment",
        experiment.id,
    )
    assert line.names["actor"] == leader.name


def test_a_rule_that_refuses_is_on_the_trail_too(app: Flask, signed_in: SignIn) -> None:
    experiment, leader = a_proposed_experiment(), a_leader()
    an_envelope("100")

    answer = signed_in(leader).post(f"/experiments/{experiment.ref}/approval", data=an_approval_form(experiment))

    assert answer.status_code == 409
    assert (last_line().action, last_line().subject_id) == ("experiment.approval_refused", experiment.id)


def test_a_page_that_was_not_theirs_to_open_is_on_the_trail(app: Flask, signed_in: SignIn) -> None:
    person = a_person()

    assert signed_in(person).get("/trail").status_code == 403
    assert last_action() == "trail.reading_refused"


def test_reading_and_missing_things_leave_nothing_on_the_trail(app: Flask, signed_in: SignIn) -> None:
    browser = signed_in(a_person())
    before = last_line().seq

    browser.get("/experiments")
    browser.get("/experiments/X-999")
    assert last_line().seq == before


def test_the_history_of_a_thing_does_not_tell_who_was_refused(app: Flask, signed_in: SignIn) -> None:
    leader = a_leader()
    experiment = a_proposed_experiment(team=[leader])
    signed_in(leader).post(f"/experiments/{experiment.ref}/approval", data=an_approval_form(experiment))

    with reading():
        actions = {line.action for line in audit.history(experiment)}
    assert "experiment.proposed" in actions
    assert "experiment.approval_refused" not in actions


def test_the_chain_holds_from_its_first_link(app: Flask) -> None:
    a_running_experiment()

    with reading():
        entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()
        assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
        assert len(entries) > 5
        assert first_broken_link() is None


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE audit_entry SET action = 'experiment.declined' WHERE seq = 3",
        "UPDATE audit_entry SET actor_id = 4711 WHERE seq = 3",
        "UPDATE audit_entry SET at = at + 1 WHERE seq = 3",
        "UPDATE audit_entry SET details = '[]' WHERE seq = 3",
        "UPDATE audit_entry SET subject_id = 4711 WHERE seq = 3",
        "DELETE FROM audit_entry WHERE seq = 3",
    ],
)
def test_who_breaks_the_seal_breaks_the_chain(app: Flask, forgery: str) -> None:
    a_running_experiment()
    with db.engine.begin() as connection:
        unseal(connection, "audit_entry")
        connection.execute(text(forgery))
        seal(connection, "audit_entry", SEALED["audit_entry"])

    with reading():
        assert first_broken_link() == 3


def test_names_can_be_taken_away_and_the_chain_still_holds(app: Flask) -> None:
    a_running_experiment()

    with write_tx():
        for names in db.session.scalars(select(AuditNames)):
            names.names = "{}"

    with reading():
        assert first_broken_link() is None


def test_entries_hold_no_names_of_people(app: Flask) -> None:
    lead = a_person(name="Wilhelmina Kraaijenbrink")
    a_running_experiment(lead=lead)

    with reading():
        details = db.session.scalars(select(AuditEntry.details)).all()
    assert not any("Wilhelmina" in said for said in details)


def test_what_has_no_exact_spelling_is_not_put_on_the_trail() -> None:
    with pytest.raises(TypeError):
        canonical({"amount": object()})


def test_a_line_is_written_with_its_change_or_not_at_all(app: Flask) -> None:
    a_unit("Logistics")
    before = last_line().seq

    with pytest.raises(ZeroDivisionError):
        open_a_unit_and_stumble()

    assert last_line().seq == before


@pytest.mark.parametrize("maker", [a_leader, a_facilitator, an_administrator])
def test_leaders_facilitators_and_administrators_read_the_whole_trail(
    app: Flask, signed_in: SignIn, maker: Callable[[], Person]
) -> None:
    a_running_experiment()

    page = signed_in(maker()).get("/trail")

    assert page.status_code == 200
    assert "started it" in page.text


@pytest.mark.parametrize("maker", [a_person, an_observer])
def test_nobody_else_reads_it(app: Flask, signed_in: SignIn, maker: Callable[[], Person]) -> None:
    assert signed_in(maker()).get("/trail").status_code == 403


def test_every_action_has_a_sentence(app: Flask) -> None:
    a_running_experiment()
    sentences = app.jinja_env.globals["sentence"]

    with reading():
        lines = audit.latest()
    for line in lines:
        assert line.action in sentences, line.action
        assert json.dumps(line.details) is not None
        assert sentences(line).strip()


def open_a_unit_and_stumble() -> None:
    """A change that fails after it queued its line."""
    with write_tx():
        Unit.open("Shipping", by=None)
        _ = 1 // 0
