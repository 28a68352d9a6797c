"""A running experiment: the timebox really ends, money follows the evidence, the log keeps what was seen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portfolio.foundation.database import db
from portfolio.foundation.errors import RuleBroken
from portfolio.network.check_in import CheckIn
from portfolio.network.experiment import Experiment
from portfolio.network.learning import Evidence, Kind, Learning
from portfolio.network.state import State
from portfolio.organisation.house_rules import house_rules
from portfolio.organisation.measure import Direction, Measure, Reading
from portfolio.people import queries as people
from portfolio.people.person import Person, RoleName
from tests.factories import (
    a_leader,
    a_milestone,
    a_person,
    a_running_experiment,
    an_approved_experiment,
    an_envelope,
    at,
    changing,
    envelope_now,
    here,
    last_action,
    money,
    reading,
    reloaded,
)

MONDAY = date(2026, 3, 2)  # Week 1; a timebox of 8 weeks ends on Sunday 26 April.
LAST_DAY = date(2026, 4, 26)


def running(**details: Any) -> Experiment:
    """An experiment that began on a Monday in March, in a quarter that ends in March."""
    with at(MONDAY):
        return a_running_experiment(**details)


def lead_of(experiment: Experiment) -> Person:
    """Its lead, settled."""
    with reading():
        return db.session.get_one(Person, experiment.lead_id)


@contextmanager
def on(
    day: date | str, experiment: Experiment, by: Person | None = None
) -> Iterator[tuple[Experiment, dict[str, Any]]]:
    """One change by somebody (the lead) on a day; gives the experiment and what every verb is told."""
    with at(day), changing(experiment, by=by or lead_of(experiment)) as (found, person, moment):
        yield found, {"rules": house_rules(), "by": person, "at": moment}


def check_in(experiment: Experiment, day: date | str, confidence: int = 60) -> None:
    with on(day, experiment) as (found, told):
        found.check_in(confidence=confidence, hours=4, next_step="Ask three more.", **told)


def learn(experiment: Experiment, day: date, title: str = "Planners copy by hand", **more: Any) -> Learning:
    with on(day, experiment) as (found, told):
        kind, evidence = more.pop("kind", Kind.SURPRISE), more.pop("evidence", Evidence.BEHAVIOUR)
        return found.learn(title, "We saw it.", kind=kind, evidence=evidence, on=day, **more, **told)


def spend(experiment: Experiment, amount: str, spent_on: date, day: date | None = None) -> None:
    with on(day or spent_on, experiment) as (found, told):
        found.spend(money(amount), spent_on, "Sheets", **told)


def read(experiment: Experiment, value: str, day: date, today: date | None = None) -> Reading:
    with on(today or day, experiment) as (found, told):
        measure = db.session.get_one(Measure, found.criteria[0].measure_id)
        return found.read(measure, Decimal(value), day, **told)


def test_what_is_not_approved_does_not_start(app: Flask) -> None:
    experiment = running()

    with pytest.raises(RuleBroken, match="Only an approved"), on(MONDAY, experiment) as (found, told):
        found.start(**told)


def test_the_last_day_is_start_plus_seven_days_a_week_minus_one(app: Flask) -> None:
    experiment = running()

    assert experiment.ends_on == LAST_DAY
    assert not experiment.has_ended(LAST_DAY)
    assert experiment.has_ended(LAST_DAY + timedelta(days=1)), "no job is needed for that"


def test_it_ends_at_midnight_where_the_organisation_is(app: Flask) -> None:
    experiment = running()

    check_in(experiment, "2026-04-26T23:59:59")
    with pytest.raises(RuleBroken, match="timebox is over"):
        check_in(experiment, "2026-04-27T00:00:00")


def test_a_check_in_counts_for_its_week(app: Flask) -> None:
    experiment = running()
    check_in(experiment, MONDAY + timedelta(days=6), 40)
    check_in(experiment, MONDAY + timedelta(days=7), 70)

    with reading():
        assert db.session.scalars(select(CheckIn.week).order_by(CheckIn.id)).all() == [1, 2]


def test_a_learning_is_dated_today_or_earlier(app: Flask) -> None:
    experiment = running()

    with pytest.raises(RuleBroken, match="today or earlier"), on(MONDAY, experiment) as (found, told):
        found.learn("Soon", "?", kind=Kind.INSIGHT, evidence=Evidence.OPINION, on=MONDAY + timedelta(days=1), **told)


def test_the_log_is_closed_before_the_start(app: Flask) -> None:
    with at(MONDAY):
        experiment = an_approved_experiment()

    with pytest.raises(RuleBroken, match="opens when the experiment starts"):
        learn(experiment, MONDAY)


def test_a_learning_is_corrected_by_a_new_one_that_names_it(app: Flask) -> None:
    experiment = running()
    first = learn(experiment, MONDAY, "Forty of them")
    first_id = first.id
    with on(MONDAY, experiment) as (found, told):
        old = db.session.get_one(Learning, first_id)
        found.learn(
            "Fourteen of them",
            "We miscounted.",
            kind=Kind.INSIGHT,
            evidence=Evidence.MEASURED,
            on=MONDAY,
            corrects=old,
            **told,
        )

    with reading():
        titles = db.session.scalars(select(Learning.title).order_by(Learning.id)).all()
    assert titles == ["Forty of them", "Fourteen of them"], "the old one stays"


def test_a_reading_outside_the_timebox_is_refused(app: Flask) -> None:
    experiment = running()

    for day in (MONDAY - timedelta(days=1), LAST_DAY + timedelta(days=1)):
        with pytest.raises(RuleBroken, match="inside the timebox"):
            read(experiment, "5", day, today=LAST_DAY + timedelta(days=2))


def test_somebody_else_s_measure_is_not_read_here(app: Flask) -> None:
    experiment = running()
    with on(MONDAY, experiment) as (found, told):
        foreign = Measure.named("Something else", "", Direction.AT_MOST, owner=told["by"])
        with pytest.raises(RuleBroken, match="not one of the experiment’s"):
            found.read(foreign, Decimal(1), MONDAY, **told)


def test_a_tranche_is_released_by_a_leader_who_is_no_party_on_evidence_once(app: Flask) -> None:
    leader, other = a_leader(), a_leader()
    experiment = running(milestones=(a_milestone("Ten quotes", "5000"),), by=leader)

    with pytest.raises(RuleBroken, match="not said yet"), on(MONDAY, experiment, other) as (found, told):
        found.release(1, **told)
    with on(MONDAY, experiment) as (found, told):
        found.give_evidence(1, "Ten quotes lie on the table.", **told)
    with pytest.raises(RuleBroken, match="party to this"), on(MONDAY, experiment, leader) as (found, told):
        found.release(1, **told)
    with on(MONDAY, experiment, other) as (found, told):
        found.release(1, **told)
    with pytest.raises(RuleBroken, match="released already"), on(MONDAY, experiment, other) as (found, told):
        found.release(1, **told)

    assert reloaded(experiment).grant.released_money == money("15000")
    assert last_action() == "experiment.tranche_released"


def test_after_the_last_day_no_tranche_is_released(app: Flask) -> None:
    experiment = running(milestones=(a_milestone("Ten quotes", "5000"),))
    with on(LAST_DAY, experiment) as (found, told):
        found.give_evidence(1, "Done.", **told)

    with (
        pytest.raises(RuleBroken, match="timebox is over"),
        on(LAST_DAY + timedelta(days=1), experiment, a_leader()) as (found, told),
    ):
        found.release(1, **told)


def test_costs_dated_inside_the_timebox_are_booked_until_the_decision(app: Flask) -> None:
    experiment = running()
    spend(experiment, "100", LAST_DAY, day=LAST_DAY + timedelta(days=20))

    with pytest.raises(RuleBroken, match="inside the timebox"):
        spend(experiment, "100", LAST_DAY + timedelta(days=1), day=LAST_DAY + timedelta(days=20))
    assert reloaded(experiment).grant.spent_money == money("100")


def test_more_than_is_released_is_refused_and_says_how_much_is_left(app: Flask) -> None:
    experiment = running(milestones=(a_milestone("Ten quotes", "5000"),))

    with pytest.raises(RuleBroken, match="€10,000 is released"):
        spend(experiment, "10000.01", MONDAY)


def test_an_only_leader_who_sponsors_it_releases_and_the_trail_says_so(app: Flask) -> None:
    leader = a_leader()
    experiment = running(milestones=(a_milestone("Ten quotes", "5000"),), by=leader)
    with on(MONDAY, experiment) as (found, told):
        found.give_evidence(1, "Done.", **told)
    for person in _other_leaders(leader):
        with changing(person, by=person) as (other, _, _moment):
            other.appoint([], [], by=other)

    with on(MONDAY, experiment, leader) as (found, told):
        found.release(1, **told)

    assert reloaded(experiment).grant.released_money == money("15000")


def _other_leaders(leader: Person) -> list[Person]:
    with reading():
        return [person for person in people.holders(RoleName.LEADER) if person.id != leader.id]


def test_stopping_early_ends_it_today_and_it_is_decided_like_any_other(app: Flask) -> None:
    experiment = running()
    day = MONDAY + timedelta(days=10)
    with on(day, experiment) as (found, told):
        found.stop_early("We know enough.", **told)

    stopped = reloaded(experiment)
    assert stopped.state is State.RUNNING
    assert stopped.ends_on == day
    assert stopped.has_ended(day)
    with pytest.raises(RuleBroken, match="timebox is over"):
        check_in(experiment, day)


def test_the_lead_passes_when_the_other_says_yes_and_both_stay_party(app: Flask) -> None:
    experiment, next_lead, stranger = running(), a_person(), a_person()
    with on(MONDAY, experiment) as (found, told):
        found.offer_lead(here(next_lead), by=told["by"])
    with pytest.raises(RuleBroken, match="Nobody asked you"), on(MONDAY, experiment, stranger) as (found, told):
        found.take_lead(by=told["by"], at=told["at"])
    before = lead_of(experiment)
    with on(MONDAY, experiment, next_lead) as (found, told):
        found.take_lead(by=told["by"], at=told["at"])

    changed = reloaded(experiment)
    assert changed.lead_id == next_lead.id
    assert changed.grant.is_party(before)
    assert changed.grant.is_party(next_lead)


def test_the_envelope_of_the_quarter_in_which_it_is_granted_pays_a_supplement(app: Flask) -> None:
    leader = a_leader()
    experiment = running()
    with at("2026-04-02"):
        an_envelope("3000")
    with on(date(2026, 4, 2), experiment, leader) as (found, told):
        assert found.supplement(money("2000"), "The count takes longer.", **told)

    with at("2026-04-02"):
        later = envelope_now()
    assert later is not None
    assert later.free == money("1000")
    assert reloaded(experiment).grant.money == money("17000")
