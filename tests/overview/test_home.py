"""Home: what a person does next, from every room that has something for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from decimal import Decimal

from flask import Flask

from portfolio.hierarchy.state import Colour
from portfolio.organisation.house_rules import house_rules
from portfolio.people.person import Person
from tests.bridge.crossings import a_learning, lead_of, promote, scaled
from tests.browser import Browser
from tests.factories import (
    ZONE,
    a_draft,
    a_facilitator,
    a_person,
    a_running_experiment,
    a_unit,
    an_observer,
    an_operations_owner,
    at,
    changing,
    rules_now,
)
from tests.hierarchy.plans import (
    a_planned_initiative,
    a_suggestion,
    an_active_initiative,
    an_embedded_initiative,
    owner_of,
    working_on,
)
from tests.reviews.meetings import HELD, a_scheduled_review, agreed, an_open_review, closed

SignIn = Callable[[Person], Browser]
NOTHING = "Nothing waits for you"


def test_what_was_agreed_in_a_review_waits_for_whoever_took_it_on(app: Flask, signed_in: SignIn) -> None:
    owner, colleague = a_person(), a_person()
    with at(HELD):
        review = an_open_review()
        action = agreed(review, "Show Roeselare how the table works", owner=owner)
        closed(review)
        assert "Show Roeselare how the table works" in signed_in(owner).get("/").text
        assert NOTHING in signed_in(colleague).get("/").text

        assert signed_in(owner).post(f"/reviews/actions/{action.id}/completion").status_code == 303
        assert NOTHING in signed_in(owner).get("/").text


def test_a_status_waits_for_who_is_accountable_from_the_day_it_is_due(app: Flask, signed_in: SignIn) -> None:
    active = an_active_initiative()
    begun = rules_now().today
    owner = owner_of(active)

    assert NOTHING in signed_in(owner).get("/").text
    with at(begun + timedelta(days=7)):
        assert f"Report how “{active.title}” goes" in signed_in(owner).get("/").text
        assert NOTHING in signed_in(a_person()).get("/").text
        with working_on(active, by=owner) as (initiative, person, moment):
            initiative.report_status(Colour.GREEN, "It goes.", 20, rules=house_rules(), by=person, at=moment)
        assert NOTHING in signed_in(owner).get("/").text


def test_a_plan_waits_for_its_start_and_a_suggestion_for_the_owner_of_its_unit(app: Flask, signed_in: SignIn) -> None:
    unit = a_unit()
    planner = an_operations_owner(unit)
    planned, draft = a_planned_initiative(title="Starts today"), a_suggestion(unit=unit, title="Suggested")

    assert "Start “Starts today”" in signed_in(owner_of(planned)).get("/").text
    assert "Plan “Suggested”" in signed_in(planner).get("/").text
    assert NOTHING in signed_in(owner_of(draft)).get("/").text


def test_an_effect_waits_to_be_read_again_until_it_was(app: Flask, signed_in: SignIn) -> None:
    embedded = an_embedded_initiative()
    assert embedded.due_again_on is not None
    owner = owner_of(embedded)

    assert NOTHING in signed_in(owner).get("/").text
    with at(embedded.due_again_on):
        assert f"Read the measure of “{embedded.title}” again" in signed_in(owner).get("/").text
        with working_on(embedded, by=owner) as (initiative, person, moment):
            rules = house_rules()
            initiative.read(Decimal(19), rules.today, rules=rules, by=person, at=moment)
        assert NOTHING in signed_in(owner).get("/").text


def test_what_is_scaled_waits_for_its_lead_until_it_is_promoted(app: Flask, signed_in: SignIn) -> None:
    experiment = a_running_experiment(title="Does it work?")
    learning, lead = a_learning(experiment), lead_of(experiment)
    scaled(experiment)

    assert "Promote what was learned in “Does it work?”" in signed_in(lead).get("/").text
    promote(learning, owner=an_operations_owner(a_unit()))
    assert "Promote what was learned in" not in signed_in(lead).get("/").text


def test_a_review_waits_for_its_facilitator_from_a_week_ahead_until_it_is_closed(app: Flask, signed_in: SignIn) -> None:
    facilitator = a_facilitator()
    with at("2026-06-17"):
        day = rules_now().today + timedelta(days=8)
        review = a_scheduled_review(by=facilitator, scheduled_for=datetime.combine(day, time(14), ZONE))
        assert NOTHING in signed_in(facilitator).get("/").text
    with at("2026-06-18"):
        assert "Hold the review of 2026-Q2" in signed_in(facilitator).get("/").text
        assert NOTHING in signed_in(a_facilitator()).get("/").text
        with changing(review, by=facilitator) as (found, person, moment):
            found.open(by=person, at=moment)
        assert "Close the review of 2026-Q2" in signed_in(facilitator).get("/").text
        closed(review)
        assert NOTHING in signed_in(facilitator).get("/").text


def test_the_lane_of_operations_shows_how_far_each_plan_is_and_which_is_late(app: Flask, signed_in: SignIn) -> None:
    active = an_active_initiative()
    owner, due = owner_of(active), active.due_on
    assert due is not None
    with working_on(active, by=owner) as (initiative, person, moment):
        initiative.report_status(Colour.GREEN, "It goes.", 40, rules=house_rules(), by=person, at=moment)

    page = signed_in(a_person()).get("/").text
    assert "40% done" in page
    assert "On plan" in page
    with at(due + timedelta(days=15)):
        page = signed_in(a_person()).get("/").text
    assert "Late, 2 weeks" in page
    assert "On plan" not in page, "the colour of three weeks ago says less than the day that passed"


def test_nothing_of_the_organisation_waits_for_an_observer(app: Flask, signed_in: SignIn) -> None:
    an_active_initiative()

    assert "You read what is shared with you. Nothing waits for you." in signed_in(an_observer()).get("/").text


def test_home_says_how_much_waits_and_my_page_shows_all_of_it(app: Flask, signed_in: SignIn) -> None:
    owner = a_person()
    for number in range(7):
        a_draft(lead=owner, title=f"Does question {number} hold?")
    browser = signed_in(owner)
    home = browser.get("/").text
    assert home.count("Finish “Does question") == 5
    assert "7 in all" in home
    assert '<a href="/me#acts-h">And 2 more</a>' in home

    mine = browser.get("/me").text
    assert mine.count("Finish “Does question") == 7
    assert "7 in all" in mine
    assert "more may wait" not in mine


def test_whoever_has_more_than_is_looked_up_at_once_is_told_so(app: Flask, signed_in: SignIn) -> None:
    unit = a_unit()
    owner = an_operations_owner(unit)
    for number in range(21):
        a_suggestion(unit=unit, title=f"Suggestion {number}")
    browser = signed_in(owner)
    assert "And at least 15 more" in browser.get("/").text

    mine = browser.get("/me").text
    assert mine.count("Plan “Suggestion") == 20
    assert "at least 20" in mine
    assert "No more than 20 of a kind are looked up at once, so more may wait." in mine
