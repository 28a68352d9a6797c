"""Phases: at most 12 weeks, on a road that is read from the end backwards."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from markupsafe import Markup

from portfolio.foundation.database import write_tx
from portfolio.foundation.errors import RuleBroken
from portfolio.people.person import Person
from portfolio.strategy import queries
from portfolio.strategy.forms import offer_phases, phase_choice
from portfolio.strategy.phase import Phase, PhaseState, PhaseText
from tests.browser import Browser
from tests.factories import (
    a_facilitator,
    a_leader,
    a_person,
    an_administrator,
    at,
    changing,
    here,
    last_action,
    reading,
    reloaded,
)

SignedIn = Callable[..., Browser]


def a_text(**words: Any) -> PhaseText:
    """What a phase says."""
    usual = {
        "name": "Quotes without paper",
        "brings": "60% less time on a quote.",
        "worth": "Planners have their mornings back.",
        "serves": 24,
        "starts_on": date(2026, 9, 7),
        "ends_on": date(2026, 11, 1),
    }
    return PhaseText(**usual | words)


def a_phase(*, by: Person | None = None, **words: Any) -> Phase:
    """A phase on the road."""
    by = by or a_leader()
    with write_tx() as moment:
        phase = Phase.add(a_text(**words), by=here(by), at=moment)
    return reloaded(phase)


def a_phase_form(**answers: Any) -> dict[str, str]:
    """A phase as its page sends it."""
    return {key: str(value) for key, value in (vars(a_text()) | {"revision": 0} | answers).items()}


@pytest.mark.parametrize("somebody", [a_person, a_facilitator, an_administrator])
def test_only_leaders_put_phases_on_the_road(signed_in: SignedIn, somebody: Callable[[], Person]) -> None:
    phase, browser = a_phase(), signed_in(somebody())

    assert browser.get("/phases/new").status_code == 403
    assert browser.post("/phases", data=a_phase_form()).status_code == 403
    assert browser.get(f"/phases/{phase.id}/text").status_code == 403
    assert browser.post(f"/phases/{phase.id}/text", data=a_phase_form(name="Mine")).status_code == 403
    assert browser.post(f"/phases/{phase.id}/closure", data={"because": "No."}).status_code == 403
    assert last_action() == "direction.writing_refused"
    assert reloaded(phase).name == "Quotes without paper"
    assert not reloaded(phase).is_closed


@pytest.mark.parametrize("number", ["0", "12345", "9" * 30, "x", "-1"])
def test_a_phase_that_is_not_there_is_missing(signed_in: SignedIn, number: str) -> None:
    browser = signed_in(a_leader())

    assert browser.get(f"/phases/{number}").status_code == 404
    assert browser.post(f"/phases/{number}/closure", data={"because": "No."}).status_code == 404


@pytest.mark.parametrize(
    ("answers", "status", "words"),
    [
        ({"name": ""}, 422, "Give it a name"),
        ({"name": "x" * 81}, 422, "under 80 letters"),
        ({"brings": " "}, 422, "what is different"),
        ({"worth": ""}, 422, "if nothing comes after it"),
        ({"serves": "36"}, 422, "Choose one of these"),
        ({"starts_on": ""}, 422, "Give the day"),
        ({"starts_on": "7 September"}, 422, "for example 2026-09-25"),
        ({"ends_on": "2026-02-30"}, 422, "for example 2026-09-25"),
        ({"ends_on": "2026-09-06"}, 409, "first day or later"),
        ({"ends_on": "2026-11-30"}, 409, "at most 12 weeks"),
    ],
)
def test_a_phase_that_does_not_fit_is_sent_back_with_what_was_typed(
    signed_in: SignedIn, answers: dict[str, str], status: int, words: str
) -> None:
    answer = signed_in(a_leader()).post("/phases", data=a_phase_form(**answers))

    assert answer.status_code == status
    assert words in answer.text
    assert "Planners have their mornings back." in answer.text or "worth" in answers
    with reading():
        assert queries.road() == []


@pytest.mark.parametrize(
    ("last", "weeks"), [("2026-09-07", 1), ("2026-09-13", 1), ("2026-09-14", 2), ("2026-11-29", 12)]
)
def test_a_phase_takes_a_day_to_twelve_weeks(app: Flask, last: str, weeks: int) -> None:
    assert a_phase(ends_on=date.fromisoformat(last)).weeks == weeks


def test_a_phase_never_takes_a_day_more_than_twelve_weeks(app: Flask) -> None:
    with pytest.raises(RuleBroken, match="at most 12 weeks"):
        a_phase(ends_on=date(2026, 11, 30))


def test_where_a_phase_stands_follows_from_the_day(app: Flask) -> None:
    phase = a_phase()

    assert phase.state_on(date(2026, 9, 6)) is PhaseState.COMING
    assert phase.state_on(date(2026, 9, 7)) is phase.state_on(date(2026, 11, 1)) is PhaseState.NOW
    assert phase.state_on(date(2026, 11, 2)) is PhaseState.PAST


def test_a_leader_puts_a_phase_on_the_road_and_everyone_inside_reads_it(signed_in: SignedIn) -> None:
    answer = signed_in(a_leader()).post("/phases", data=a_phase_form(brings="**60%** less time."))
    assert answer.status_code == 303
    assert last_action() == "phase.added"

    page = signed_in(a_person()).get(answer.location).text
    assert "<strong>60%</strong> less time." in page
    assert "/text" not in page


def test_the_road_is_read_from_the_end_backwards(signed_in: SignedIn) -> None:
    for name, first, last in (
        ("Ordering", date(2026, 11, 2), date(2027, 1, 10)),
        ("Quotes", date(2026, 9, 7), date(2026, 11, 1)),
        ("Invoicing", date(2027, 1, 11), date(2027, 4, 4)),
    ):
        a_phase(name=name, starts_on=first, ends_on=last)

    with at("2026-12-01"):
        page = signed_in(a_person()).get("/direction").text
    places = [page.index(f">{name}</a>") for name in ("Invoicing", "Ordering", "Quotes")]
    assert places == sorted(places)
    assert re.findall(r"(Coming|Now|Past)</span>", page) == ["Coming", "Now", "Past"]


def test_a_phase_is_changed_and_nobody_overwrites_what_they_have_not_seen(signed_in: SignedIn) -> None:
    phase, browser = a_phase(), signed_in(a_leader())
    path = f"/phases/{phase.id}/text"
    assert 'value="2026-09-07"' in browser.get(path).text

    assert browser.post(path, data=a_phase_form(name="Quotes in a day")).status_code == 303
    assert last_action() == "phase.changed"
    late = browser.post(path, data=a_phase_form(name="Quotes in an hour"))
    assert late.status_code == 409
    assert "Quotes in an hour" in late.text
    assert reloaded(phase).name == "Quotes in a day"

    assert 'name="revision" value="1"' in late.text, "having read that, they can save after all"


def test_a_phase_is_closed_once_with_a_reason_and_stays_as_it_was(signed_in: SignedIn) -> None:
    phase, browser = a_phase(), signed_in(a_leader())
    path = f"/phases/{phase.id}"

    unexplained = browser.post(f"{path}/closure", data={"because": ""})
    assert unexplained.status_code == 422
    assert "Write what came of it" in unexplained.text
    assert not reloaded(phase).is_closed

    assert browser.post(f"{path}/closure", data={"because": "The supplier *left*."}).status_code == 303
    assert last_action() == "phase.closed"
    assert reloaded(phase).state_on(date(2026, 9, 7)) is PhaseState.CLOSED
    assert "The supplier <em>left</em>." in browser.get(path).text
    assert "The supplier <em>left</em>." in browser.get("/direction").text

    assert browser.post(f"{path}/closure", data={"because": "Again."}).status_code == 409
    assert browser.post(f"{path}/text", data=a_phase_form(name="Other")).status_code == 409


def test_what_is_new_hangs_on_phases_that_are_not_over(app: Flask) -> None:
    past = a_phase(name="Past", starts_on=date(2026, 1, 5), ends_on=date(2026, 2, 1))
    now, coming = a_phase(name="Now"), a_phase(name="Coming", starts_on=date(2026, 12, 7), ends_on=date(2026, 12, 20))
    closed = a_phase(name="Closed")
    with changing(closed, by=a_leader()) as (phase, leader, moment):
        phase.close("Done.", by=leader, at=moment)

    with reading():
        today = date(2026, 10, 1)
        assert [phase.id for phase in queries.phases_to_choose(today)] == [now.id, coming.id]
        kept = queries.phases_to_choose(today, keep=past.id)
        assert [phase.id for phase in kept] == [past.id, now.id, coming.id]


def test_a_form_offers_phases_after_the_empty_choice(app: Flask) -> None:
    from portfolio.foundation.forms import Form

    class HangingForm(Form):
        phase = phase_choice()

    phase = a_phase()
    with app.test_request_context():
        form = HangingForm(formdata=None)
        offer_phases(form.phase, [phase])
        assert [choice[0] if isinstance(choice, tuple) else choice.value for choice in form.phase.choices] == [
            0,
            phase.id,
        ]
        assert "Quotes without paper, Mon 7 September to Sun 1 November 2026" in form.phase()


def test_what_hangs_on_a_phase_is_shown_by_those_who_know(app: Flask, signed_in: SignedIn) -> None:
    phase, asked = a_phase(), []

    def provider(ids: list[int]) -> dict[int, Markup]:
        asked.append(ids)
        return {phase.id: Markup("<b>An experiment</b>")}

    slots = app.jinja_env.globals["slot"]
    slots.fill("phase.hangs", provider)
    try:
        browser = signed_in(a_person())
        assert "<b>An experiment</b>" in browser.get("/direction").text
        assert "<b>An experiment</b>" in browser.get(f"/phases/{phase.id}").text
    finally:
        slots._providers.pop("phase.hangs")
    assert asked == [[phase.id], [phase.id]]


def test_the_road_costs_as_many_statements_for_many_phases_as_for_one(
    signed_in: SignedIn, count_statements: Callable[[], Any]
) -> None:
    browser = signed_in(a_person())
    a_phase()
    browser.get("/direction")
    with count_statements() as one:
        browser.get("/direction")
    for number in range(20):
        a_phase(name=f"Phase {number}", brings=f"It brings {number}.")
    with count_statements() as many:
        browser.get("/direction")

    assert len(many) == len(one)
