"""The numbers beside the list: kept by the database, the same as counting, and nobody's hidden things in them."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from portfolio.foundation.database import db
from portfolio.foundation.errors import RuleBroken
from portfolio.network import tally
from portfolio.network.experiment import Experiment
from portfolio.network.queries import counts
from portfolio.network.state import State
from portfolio.network.tally import Tally
from portfolio.organisation.house_rules import house_rules
from portfolio.people.person import Person
from tests.factories import (
    a_draft,
    a_leader,
    a_person,
    a_proposed_experiment,
    a_running_experiment,
    an_observer,
    changing,
    reading,
)

Number = dict[tuple[State, bool, bool], int]


def kept() -> Number:
    """What the database kept."""
    with reading():
        rows = db.session.execute(select(Tally.state, Tally.restricted, Tally.shared, Tally.number))
        return {(state, restricted, shared): number for state, restricted, shared, number in rows if number}


def counted() -> Number:
    """What there is."""
    by = (Experiment.state, Experiment.restricted, Experiment.shared)
    with reading():
        rows = db.session.execute(select(*by, func.count()).group_by(*by))
        return {(state, restricted, shared): number for state, restricted, shared, number in rows}


def seen_by(person: Person) -> dict[str, int]:
    """The numbers beside this person's list."""
    with reading():
        found = counts(here_and_now(person), house_rules().today)
        return {stage: number for stage, number in found.items() if number}


def here_and_now(person: Person) -> Person:
    """The person as the database has them."""
    return db.session.get_one(Person, person.id)


def move_and_refuse(experiment: Experiment, person: Person) -> None:
    """Move it, as far as the database knows; then break a rule."""
    experiment.set_visibility(restricted=True, shared=False, by=person)
    db.session.flush()
    experiment.set_visibility(restricted=True, shared=True, by=person)


def test_every_move_is_counted(app: Flask) -> None:
    draft = a_draft(restricted=True)
    a_proposed_experiment()
    a_running_experiment()
    assert draft.lead is not None
    with changing(draft, by=draft.lead) as (experiment, person, _moment):
        experiment.set_visibility(restricted=False, shared=True, by=person)
    with changing(draft, by=draft.lead) as (experiment, person, moment):
        experiment.withdraw(rules=house_rules(), by=person, at=moment)

    assert kept() == counted()
    assert kept()[State.WITHDRAWN, False, True] == 1


def test_what_is_refused_moves_no_number(app: Flask) -> None:
    draft = a_draft()
    before = kept()

    with pytest.raises(RuleBroken), changing(draft, by=a_person()) as (experiment, person, _moment):
        move_and_refuse(experiment, person)

    assert kept() == before == counted()


def test_without_its_triggers_the_number_would_be_wrong(app: Flask) -> None:
    draft = a_draft()
    with db.engine.begin() as connection:
        tally.forget(connection)
        connection.execute(text("UPDATE experiment SET state = 'withdrawn' WHERE id = :id"), {"id": draft.id})
    assert kept() != counted()

    with db.engine.begin() as connection:
        tally.keep(connection)

    assert kept() == counted()


def test_drafts_and_restricted_ones_count_for_those_who_see_them(app: Flask) -> None:
    member, leader = a_person(), a_leader()
    draft = a_draft(lead=member)
    a_draft()
    a_proposed_experiment(lead=member, restricted=True)
    a_proposed_experiment(restricted=True)
    a_proposed_experiment()
    a_proposed_experiment(shared=True)
    assert draft.lead is not None

    assert seen_by(member) == {"draft": 1, "proposed": 3}
    assert seen_by(a_person()) == {"proposed": 2}
    assert seen_by(leader) == {"proposed": 4}
    assert seen_by(an_observer()) == {"proposed": 1}
