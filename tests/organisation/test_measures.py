"""Measures: counted the same way each time, read by their owner, corrected in the open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from portfolio.foundation.database import db, write_tx
from portfolio.foundation.errors import RuleBroken
from portfolio.organisation.house_rules import house_rules
from portfolio.organisation.measure import Direction, Measure, Reading
from portfolio.organisation.measure_queries import latest_readings
from portfolio.people.person import Person
from tests.browser import Browser
from tests.factories import a_leader, a_person, an_observer, here, last_action, reading, reloaded, rules_now

SignIn = Callable[[Person], Browser]
A_DAY = timedelta(days=1)


def a_measure(owner: Person, name: str = "Minutes to a quote", direction: Direction = Direction.AT_MOST) -> Measure:
    """A measure that somebody owns."""
    with write_tx():
        measure = Measure.named(name, "min", direction, owner=here(owner))
    return reloaded(measure)


def read(measure: Measure, value: str, by: Person, days_ago: int = 0, corrects: Reading | None = None) -> Reading:
    """Read it, some days ago."""
    with write_tx() as at:
        today = house_rules().today
        wrong = here(corrects) if corrects else None
        on = today - days_ago * A_DAY
        new = here(measure).read(Decimal(value), on, by=here(by), at=at, today=today, corrects=wrong)
    return reloaded(new)


def readings_of(measure: Measure) -> list[Decimal]:
    """Every value that was put down, in that order."""
    with reading():
        return list(
            db.session.scalars(select(Reading.value).where(Reading.measure_id == measure.id).order_by(Reading.id))
        )


def a_reading_form(**answers: str) -> dict[str, str]:
    """A reading of today as its page sends it."""
    return {"value": "18", "read_on": rules_now().today.isoformat(), "note": "", "corrects": ""} | answers


def test_a_reading_is_not_taken_ahead_of_time(app: Flask) -> None:
    owner = a_person()
    measure = a_measure(owner)

    with pytest.raises(RuleBroken, match="today or earlier"):
        read(measure, "18", owner, days_ago=-1)


def test_a_reading_is_corrected_once_and_by_one_of_the_same_measure(app: Flask) -> None:
    owner = a_person()
    measure, other = a_measure(owner), a_measure(owner, "Visits")
    wrong = read(measure, "81", owner)

    with pytest.raises(RuleBroken, match="another measure"):
        read(other, "18", owner, corrects=wrong)
    read(measure, "18", owner, corrects=wrong)
    with pytest.raises(RuleBroken, match="already"):
        read(measure, "17", owner, corrects=wrong)


def test_the_last_value_is_of_the_last_day_and_was_not_corrected(app: Flask) -> None:
    owner = a_person()
    measure, unread = a_measure(owner), a_measure(owner, "Visits")
    read(measure, "40", owner, days_ago=2)
    read(measure, "45", owner, days_ago=9)
    wrong = read(measure, "99", owner)

    with reading():
        assert latest_readings([measure.id, unread.id])[measure.id].value == 99
    read(measure, "39", owner, days_ago=1, corrects=wrong)
    with reading():
        found = latest_readings([measure.id, unread.id, None])

    assert {number: row.value for number, row in found.items()} == {measure.id: Decimal(39)}


def test_observers_do_not_read_measures(app: Flask, signed_in: SignIn) -> None:
    measure = a_measure(a_person())
    browser = signed_in(an_observer())

    assert browser.get("/measures").status_code == 403
    assert browser.get(f"/measures/{measure.id}").status_code == 403


def test_only_its_owner_adds_a_reading(app: Flask, signed_in: SignIn) -> None:
    measure = a_measure(a_person())
    browser = signed_in(a_leader())

    assert "Keep the reading" not in browser.get(f"/measures/{measure.id}").text
    assert browser.post(f"/measures/{measure.id}/readings", data=a_reading_form()).status_code == 403
    assert readings_of(measure) == []
    assert last_action() == "measure.adding_refused"


@pytest.mark.parametrize("number", ["999", "999999999999999", "99999999999999999999", "one"])
def test_a_measure_that_is_not_there_is_not_found(app: Flask, signed_in: SignIn, number: str) -> None:
    browser = signed_in(a_person())

    assert browser.get(f"/measures/{number}").status_code == 404
    assert browser.post(f"/measures/{number}/readings", data=a_reading_form()).status_code == 404


@pytest.mark.parametrize(
    ("answers", "status", "words"),
    [
        ({"value": "many"}, 422, "Give this as a number"),
        ({"value": ""}, 422, "Give the value."),
        ({"read_on": "soon"}, 422, "Give the day as year, month and day"),
        ({"read_on": "2999-01-01"}, 409, "today or earlier"),
        ({"corrects": "999"}, 404, ""),
    ],
)
def test_a_reading_that_cannot_be_kept_says_why(
    app: Flask, signed_in: SignIn, answers: dict[str, str], status: int, words: str
) -> None:
    owner = a_person()
    measure = a_measure(owner)

    answer = signed_in(owner).post(f"/measures/{measure.id}/readings", data=a_reading_form(**answers))

    assert answer.status_code == status
    assert words in answer.text
    assert readings_of(measure) == []


def test_its_owner_adds_a_reading_and_corrects_it_in_the_open(app: Flask, signed_in: SignIn) -> None:
    owner = a_person()
    measure = a_measure(owner)
    browser, address = signed_in(owner), f"/measures/{measure.id}"

    assert browser.post(f"{address}/readings", data=a_reading_form(value="81", note="412 quotes")).status_code == 303
    page = browser.get(address).text
    assert "412 quotes" in page
    correcting = page.partition("corrects=")[2].partition("#")[0]
    assert 'value="81"' in browser.get(f"{address}?corrects={correcting}").text
    assert browser.post(f"{address}/readings", data=a_reading_form(corrects=correcting)).status_code == 303

    page = browser.get(address).text
    assert readings_of(measure) == [81, 18]
    assert "Corrected to 18" in page
    assert "in place of an earlier one" in page


def test_the_list_tells_the_last_value_the_owner_and_which_way_is_better(app: Flask, signed_in: SignIn) -> None:
    owner = a_person(name="Lies Maes")
    read(a_measure(owner, "Minutes to a quote"), "18", owner)
    a_measure(owner, "First-time-right", Direction.AT_LEAST)
    browser = signed_in(a_person())

    page = browser.get("/measures").text
    for words in ("Minutes to a quote", "18\N{NO-BREAK SPACE}min", "lower", "higher", "Lies Maes", "none yet"):
        assert words in page, words
    assert "First-time-right" not in browser.get("/measures?q=QUOTE").text
    assert "No measure has these words" in browser.get("/measures?q=%25").text
