"""Guardrails while an experiment runs: who is told that one is past its limit, and until when."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from decimal import Decimal

from flask import Flask

from portfolio.foundation.database import db, write_tx
from portfolio.network.experiment import Experiment
from portfolio.organisation.house_rules import house_rules
from portfolio.organisation.measure import Direction, Measure
from portfolio.people.person import Person
from tests.browser import Browser
from tests.factories import a_guardrail, a_leader, a_person, at, here, reloaded
from tests.network.test_running import LAST_DAY, MONDAY, lead_of, running

SignIn = Callable[[Person], Browser]
Counting = Callable[[], AbstractContextManager[list[str]]]
BROKE = "Look at a guardrail that broke: Orders delivered on time"
SECOND_WEEK = MONDAY + timedelta(days=8)


def test_nobody_is_told_of_a_guardrail_that_holds_or_was_not_read(app: Flask, signed_in: SignIn) -> None:
    owner = a_person()
    experiment = guarded(owner)

    with at(SECOND_WEEK):
        for person in (lead_of(experiment), owner):
            assert BROKE not in signed_in(person).get("/").text
        read(experiment, "95", SECOND_WEEK, by=owner)
        for person in (lead_of(experiment), owner):
            assert BROKE not in signed_in(person).get("/").text


def test_lead_sponsor_and_owner_of_the_measure_are_told_and_nobody_else(app: Flask, signed_in: SignIn) -> None:
    owner, sponsor = a_person(), a_leader()
    experiment = guarded(owner, by=sponsor)
    read(experiment, "94.9", SECOND_WEEK, by=owner)

    with at(SECOND_WEEK):
        for person in (lead_of(experiment), sponsor, owner):
            page = signed_in(person).get("/").text
            assert BROKE in page
            assert "94.9% on Tue 10 March, the limit is at least 95%" in page
            assert experiment.title in page
        for person in (a_person(), a_leader()):
            assert BROKE not in signed_in(person).get("/").text


def test_they_are_told_until_it_holds_again_and_the_experiment_remembers(app: Flask, signed_in: SignIn) -> None:
    owner = a_person()
    experiment = guarded(owner)
    read(experiment, "94.9", SECOND_WEEK, by=owner)
    lead = signed_in(lead_of(experiment))
    with at(SECOND_WEEK):
        assert "Breached, 94.9" in lead.get(f"/experiments/{experiment.ref}").text
    read(experiment, "96", SECOND_WEEK + timedelta(days=1), by=owner)

    with at(SECOND_WEEK + timedelta(days=1)):
        assert BROKE not in signed_in(lead_of(experiment)).get("/").text
        assert "Breached before, 96 now" in signed_in(owner).get(f"/experiments/{experiment.ref}").text


def test_nobody_is_told_once_the_timebox_has_ended(app: Flask, signed_in: SignIn) -> None:
    owner = a_person()
    experiment = guarded(owner)
    read(experiment, "94.9", LAST_DAY, by=owner)

    with at(LAST_DAY + timedelta(days=1)):
        assert BROKE not in signed_in(owner).get("/").text


def test_who_owns_the_measure_hears_of_a_restricted_experiment_without_its_title(app: Flask, signed_in: SignIn) -> None:
    owner = a_person()
    experiment = guarded(owner, restricted=True)
    read(experiment, "94.9", SECOND_WEEK, by=owner)
    number = experiment.guardrails[0].measure_id

    with at(SECOND_WEEK):
        browser = signed_in(owner)
        page = browser.get("/").text
        assert "It guards a restricted experiment." in page
        assert experiment.title not in page
        assert f"/measures/{number}" in page
        assert experiment.title not in browser.get(f"/measures/{number}").text
        assert experiment.title in signed_in(lead_of(experiment)).get("/").text


def test_a_measure_says_which_experiments_keep_to_a_limit_of_it(app: Flask, signed_in: SignIn) -> None:
    owner = a_person()
    experiment = guarded(owner)
    read(experiment, "97", SECOND_WEEK, by=owner)

    with at(SECOND_WEEK):
        page = signed_in(a_person()).get(f"/measures/{experiment.guardrails[0].measure_id}").text

    assert "A guardrail of" in page
    assert experiment.title in page
    assert "Held, 97" in page


def test_home_costs_the_same_for_one_guardrail_and_for_many(
    app: Flask, signed_in: SignIn, count_statements: Counting
) -> None:
    owner = a_person()
    read(guarded(owner), "94.9", SECOND_WEEK, by=owner)
    with at(SECOND_WEEK):
        browser = signed_in(owner)
        browser.get("/")
        with count_statements() as one:
            browser.get("/")
    for _ in range(3):
        guarded(owner)
    with at(SECOND_WEEK), count_statements() as many:
        browser.get("/")

    assert len(many) == len(one)


# Inside -------------------------------------------------------------------------------------------------------------


def guarded(owner: Person, **details: object) -> Experiment:
    """An experiment that runs since Monday, with a guardrail on a measure of somebody's."""
    with at(MONDAY), write_tx():
        Measure.named("Orders delivered on time", "%", Direction.AT_LEAST, owner=here(owner))
    return reloaded(running(guardrails=(a_guardrail(),), **details))


def read(experiment: Experiment, value: str, on: date, *, by: Person) -> None:
    """Read its guardrail's measure."""
    with at(on), write_tx() as moment:
        measure = db.session.get_one(Measure, experiment.guardrails[0].measure_id)
        today = house_rules().today
        measure.read(Decimal(value), on, by=here(by), at=moment, today=today)
