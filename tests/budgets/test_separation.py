"""The third layer of separation of duty: the database refuses, whatever the code forgets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portfolio.budgets import separation as of_money
from portfolio.foundation.database import db
from portfolio.foundation.guard import not_up, put_up, take_down
from portfolio.network import separation as of_experiments
from portfolio.network.experiment import Experiment
from portfolio.people import queries as people
from portfolio.people.person import Person, RoleName
from tests.factories import (
    a_leader,
    a_milestone,
    a_person,
    a_proposed_experiment,
    a_running_experiment,
    changing,
    deactivated,
    reading,
)

GUARDS = (*of_money.GUARDS, *of_experiments.GUARDS)
SIGN = """INSERT INTO signature (id, grant_id, signed_for, terms_hash, version, amount, currency, conditions, reason,
          person_id, at) VALUES (9001, :grant, :what, 'x', 'x', 1, 'EUR', '', '', :person, 1)"""
RELEASE = "UPDATE tranche SET released_by_id = :person, released_at = 1 WHERE grant_id = :grant AND number = 1"
DECIDE = """INSERT INTO decision (id, experiment_id, kind, verdict, charter_version, overrides, alone, reason, believed,
            observed, learned, "therefore", returned, currency, by_id, at)
            VALUES (9001, :experiment, 'stop', 'met', 1, {false}, {false}, '', '', '', '', '', 0, 'EUR', :person, 1)"""


def by_hand(statement: str, experiment: Experiment, person: Person, **values: Any) -> None:
    """Write a row past the model, as somebody with the database could."""
    told = {"experiment": experiment.id, "grant": experiment.grant_id, "person": person.id} | values
    with db.engine.begin() as connection:
        false = "0" if connection.dialect.name == "sqlite" else "false"
        query = text(statement.replace("{false}", false))
        connection.execute(query, {name: told[name] for name in query.compile().params})


def leaders() -> list[Person]:
    """Everyone who leads."""
    with reading():
        return list(people.holders(RoleName.LEADER))


@contextmanager
def unguarded() -> Iterator[None]:
    """The same database with these guards taken down."""
    with db.engine.begin() as connection:
        take_down(connection, GUARDS)
    try:
        yield
    finally:
        with db.engine.begin() as connection:
            put_up(connection, GUARDS)


def as_party(kind: str) -> tuple[Experiment, Person]:
    """An experiment that runs, and a leader who is party to it in one way or another."""
    leader = a_leader()
    a_leader()
    if kind == "former team":
        experiment = a_running_experiment(team=[leader], milestones=(a_milestone(),))
        with changing(experiment, by=leader) as (found, by, at):
            found.leave(by=by, at=at)
        return experiment, leader
    if kind == "sponsor":
        return a_running_experiment(by=leader, milestones=(a_milestone(),)), leader
    if kind == "lead":
        return a_running_experiment(lead=leader, milestones=(a_milestone(),)), leader
    return a_running_experiment(team=[leader], milestones=(a_milestone(),)), leader


@pytest.mark.parametrize("kind", ["lead", "team", "former team", "sponsor"])
@pytest.mark.parametrize(
    ("statement", "values"),
    [(SIGN, {"what": "grant"}), (SIGN, {"what": "supplement"}), (RELEASE, {}), (DECIDE, {})],
    ids=["sign a grant", "sign a supplement", "release", "decide"],
)
def test_no_hand_in_the_database_puts_a_party_s_name_under_its_money(
    app: Flask, kind: str, statement: str, values: dict[str, Any]
) -> None:
    experiment, party = as_party(kind)

    with pytest.raises(DBAPIError, match="no_party_"):
        by_hand(statement, experiment, party, **values)

    with unguarded():  # The control: it is the guard that refused, and nothing else.
        by_hand(statement, experiment, party, **values)


def test_a_leader_who_is_no_party_passes(app: Flask) -> None:
    experiment, _party = as_party("lead")

    by_hand(SIGN, experiment, a_leader(), what="supplement")
    by_hand(RELEASE, experiment, a_leader())


def test_a_sponsor_goes_on_alone_only_where_there_is_no_other_leader(app: Flask) -> None:
    sponsor = a_leader()
    a_leader()
    experiment = a_running_experiment(by=sponsor, milestones=(a_milestone(),))

    with pytest.raises(DBAPIError, match="no_party_releases_a_tranche"):
        by_hand(RELEASE, experiment, sponsor)
    for leader in leaders():
        if leader.id != sponsor.id:
            deactivated(leader)
    by_hand(RELEASE, experiment, sponsor)


def test_a_party_cannot_be_written_out_of_it(app: Flask) -> None:
    leader = a_leader()
    experiment = a_proposed_experiment(team=[leader])

    with pytest.raises(DBAPIError, match="sealed"):
        by_hand("DELETE FROM party WHERE grant_id = :grant AND person_id = :person", experiment, leader)


def test_a_guard_that_is_missing_or_changed_is_noticed(app: Flask) -> None:
    with db.engine.connect() as connection:
        assert not_up(connection, GUARDS) == []
    with unguarded(), db.engine.connect() as connection:
        assert not_up(connection, GUARDS) == [guard.name for guard in GUARDS]


def test_whoever_is_no_leader_signs_nothing_in_the_model(app: Flask) -> None:
    experiment = a_proposed_experiment()
    stranger = a_person()

    with changing(experiment, by=stranger) as (found, by, _at):
        assert not found.grant.may_be_decided_by(by)
