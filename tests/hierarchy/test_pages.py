"""The hierarchy's pages: who gets in, who sees what, and a whole life over HTTP."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask

import portfolio
from config import Settings
from portfolio import create_app
from portfolio.foundation.database import db
from portfolio.foundation.slots import Slots
from portfolio.hierarchy.initiative import Initiative
from portfolio.hierarchy.state import State
from portfolio.organisation.change import FormOfChange
from portfolio.organisation.house_rules import AmountsSeenBy
from portfolio.people.person import Person
from tests.browser import Browser
from tests.factories import (
    a_facilitator,
    a_leader,
    a_person,
    a_unit,
    an_administrator,
    an_observer,
    an_operations_owner,
    change_house_rules,
    here,
    last_action,
    money,
    rules_now,
)
from tests.hierarchy.plans import (
    a_phase,
    a_planned_initiative,
    a_suggestion,
    an_active_initiative,
    an_embedded_initiative,
    an_initiative_form,
    initiative_now,
    owner_of,
    readings_of,
    working_on,
)

SignIn = Callable[[Person], Browser]
Counting = Callable[[], AbstractContextManager[list[str]]]

PAGES = ("", "/text", "/status", "/readings/new", "/embedding", "/cancellation")
STEPS: dict[str, dict[str, str]] = {
    "/planning": {},
    "/start": {},
    "/statuses": {"colour": "green", "percent": "10", "reason": "Begun."},
    "/readings": {"value": "40", "read_on": "2020-01-01"},
    "/embedding": {"value": "18", "embedded_on": "2020-01-01"},
    "/cancellation": {"reason": "No longer needed."},
    "/comments": {"body": "Why not sooner?"},
}


# Who gets in --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/initiatives", "/initiatives/new", "/initiatives/I-001", "/measures"])
def test_who_is_signed_out_signs_in_first(client: Browser, path: str) -> None:
    assert client.get(path).status_code == 302


def test_observers_see_no_initiative_at_all(app: Flask, signed_in: SignIn) -> None:
    active = an_active_initiative()
    browser = signed_in(an_observer())

    for path in ("/initiatives", "/initiatives/new", f"/initiatives/{active.ref}", "/measures"):
        assert browser.get(path).status_code == 403, path
    assert browser.post("/initiatives", data=an_initiative_form()).status_code == 403


def test_a_draft_is_seen_by_those_it_concerns_only(app: Flask, signed_in: SignIn) -> None:
    unit, suggester, owner = a_unit(), a_person(), a_person()
    draft = a_suggestion(by=suggester, owner=owner, unit=unit)

    for person in (suggester, owner, an_operations_owner(unit)):
        browser = signed_in(person)
        assert draft.title in browser.get("/initiatives").text
        assert browser.get(f"/initiatives/{draft.ref}").status_code == 200
    for person in (a_person(), a_leader(), a_facilitator(), an_administrator(), an_operations_owner()):
        browser = signed_in(person)
        assert draft.title not in browser.get("/initiatives").text
        for path in PAGES:
            assert browser.get(f"/initiatives/{draft.ref}{path}").status_code == 404, path
        for path, answers in STEPS.items():
            assert browser.post(f"/initiatives/{draft.ref}{path}", data=answers).status_code == 404, path


def test_everybody_in_the_organisation_reads_what_is_planned(app: Flask, signed_in: SignIn) -> None:
    planned = a_planned_initiative()
    browser = signed_in(a_person())

    assert planned.title in browser.get("/initiatives").text
    assert "<strong>45 minutes</strong>" in browser.get(f"/initiatives/{planned.ref}").text


def test_who_does_not_carry_it_moves_nothing(app: Flask, signed_in: SignIn) -> None:
    active = an_active_initiative()
    browser = signed_in(an_operations_owner())

    for path in PAGES[1:]:
        assert browser.get(f"/initiatives/{active.ref}{path}").status_code == 403, path
    for path, answers in STEPS.items():
        if path != "/comments":
            assert browser.post(f"/initiatives/{active.ref}{path}", data=answers).status_code == 403, path
    milestone = active.milestones[0].id
    assert browser.post(f"/initiatives/{active.ref}/milestones/{milestone}/reaching").status_code == 403
    assert browser.post(f"/initiatives/{active.ref}/text", data=an_initiative_form()).status_code == 403
    assert initiative_now(active.id).state is State.ACTIVE


def test_only_the_operations_owner_of_its_unit_commits_the_unit_and_calls_it_off(app: Flask, signed_in: SignIn) -> None:
    unit = a_unit()
    draft = a_suggestion(unit=unit)
    owner = signed_in(owner_of(draft))

    assert owner.post(f"/initiatives/{draft.ref}/planning").status_code == 403
    assert last_action() == "initiative.planning_refused"
    assert signed_in(an_operations_owner(unit)).post(f"/initiatives/{draft.ref}/planning").status_code == 303
    assert owner.post(f"/initiatives/{draft.ref}/cancellation", data={"reason": "No time."}).status_code == 403
    assert owner.post(f"/initiatives/{draft.ref}/start").status_code == 303


def test_whoever_suggested_it_takes_the_draft_back_but_not_the_plan(app: Flask, signed_in: SignIn) -> None:
    suggester = a_person()
    draft, planned = a_suggestion(by=suggester), a_planned_initiative(by=suggester)
    browser = signed_in(suggester)

    assert browser.post(f"/initiatives/{draft.ref}/cancellation", data={"reason": "Done."}).status_code == 303
    assert browser.post(f"/initiatives/{planned.ref}/cancellation", data={"reason": "Done."}).status_code == 403
    assert browser.post(f"/initiatives/{planned.ref}/text", data=an_initiative_form()).status_code == 403


@pytest.mark.parametrize("ref", ["I-999", "X-001", "nonsense", "I-999999999999999"])
def test_what_is_not_there_is_not_found(app: Flask, signed_in: SignIn, ref: str) -> None:
    browser = signed_in(a_person())

    assert browser.get(f"/initiatives/{ref}").status_code == 404
    assert browser.post(f"/initiatives/{ref}/comments", data={"body": "Hello?"}).status_code == 404


def test_a_step_at_the_wrong_moment_says_why_and_keeps_what_was_typed(app: Flask, signed_in: SignIn) -> None:
    planned = a_planned_initiative()

    answer = signed_in(owner_of(planned)).post(
        f"/initiatives/{planned.ref}/statuses", data={"colour": "red", "percent": "5", "reason": "Nobody has time."}
    )

    assert answer.status_code == 409
    assert "This is for an initiative that is active." in answer.text
    assert "Nobody has time." in answer.text


# Writing ------------------------------------------------------------------------------------------------------------


def test_the_form_begins_with_what_was_found_before(app: Flask, signed_in: SignIn) -> None:
    page = signed_in(a_person()).get("/initiatives/new?form=renew&title=One+planning+board").text

    assert 'value="renew" checked' in page
    assert 'value="One planning board"' in page


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"title": ""}, "Write the title"),
        ({"form": "innovation"}, "Choose one of these"),
        ({"due_on": "next week"}, "Give the day as year, month and day"),
        ({"baseline": "many"}, "Give this as a number"),
        ({"budget": "-1"}, "Give an amount of 0 or more"),
        ({"owner": "999"}, "Choose one of these"),
        ({"roles-0-letter": "A"}, "Choose one of these"),
    ],
)
def test_an_answer_that_cannot_be_read_is_asked_again(
    app: Flask, signed_in: SignIn, answers: dict[str, str], words: str
) -> None:
    answer = signed_in(a_person()).post("/initiatives", data=an_initiative_form(**answers))

    assert answer.status_code == 422
    assert words in answer.text
    assert "A quote takes" in answer.text


def test_a_title_is_enough_for_a_draft(app: Flask, signed_in: SignIn) -> None:
    person = a_person()
    answer = signed_in(person).post("/initiatives", data={"form": "improve", "title": "Beds cleaned in 48 hours"})

    assert answer.status_code == 303
    page = signed_in(person).get(answer.location).text
    assert "Before it can be planned" in page
    assert "Give the day it is due." in page


def test_rows_are_added_without_script(app: Flask, signed_in: SignIn) -> None:
    browser = signed_in(a_person())

    for rows in ("milestones", "roles"):
        page = browser.post("/initiatives", data=an_initiative_form(add=rows))
        assert page.status_code == 200
        assert f'name="{rows}-1-' in page.text
    assert initiative_list(browser).count("I-001") == 0


def test_two_who_write_at_once_do_not_overwrite_each_other(app: Flask, signed_in: SignIn) -> None:
    draft = a_suggestion()
    browser = signed_in(owner_of(draft))
    form = an_initiative_form(revision="1", owner=str(draft.owner_id), unit=str(draft.unit_id))

    assert browser.post(f"/initiatives/{draft.ref}/text", data=form | {"title": "First"}).status_code == 303
    second = browser.post(f"/initiatives/{draft.ref}/text", data=form | {"title": "Second"})

    assert second.status_code == 409
    assert 'value="Second"' in second.text
    assert initiative_now(draft.id).title == "First"


def test_sending_the_same_form_twice_makes_one_initiative(app: Flask, signed_in: SignIn) -> None:
    browser = signed_in(a_person())
    form = an_initiative_form(title="Only once", request_key="thesamekey")

    first, second = browser.post("/initiatives", data=form), browser.post("/initiatives", data=form)

    assert first.location == second.location
    assert initiative_list(browser).count("Only once") == 1


# A whole life -------------------------------------------------------------------------------------------------------


def test_an_initiative_lives_from_a_suggestion_to_daily_work(app: Flask, signed_in: SignIn) -> None:
    unit, owner, doer = a_unit("Finance"), a_person(name="Lies Maes"), a_person(name="Tom Desmet")
    planner = signed_in(an_operations_owner(unit))
    form = an_initiative_form(unit=unit.id, owner=owner.id, **{"roles-0-person": doer.id})
    today = rules_now().today.isoformat()

    address = signed_in(a_person()).post("/initiatives", data=form).location
    ref = address.rpartition("/")[2]
    assert planner.post(f"{address}/planning").status_code == 303
    carrier = signed_in(owner)
    assert carrier.post(f"{address}/start").status_code == 303
    made = initiative_now(int(ref[2:]))
    milestone = made.milestones[0].id
    assert carrier.post(f"{address}/milestones/{milestone}/reaching").status_code == 303
    status = {"colour": "amber", "percent": "80", "reason": "The **second** site waits for a scanner."}
    assert carrier.get(f"{address}/status").status_code == 200
    assert carrier.post(f"{address}/statuses", data=status).status_code == 303
    listed = signed_in(a_person()).get("/initiatives").text
    assert "At risk" in listed
    assert "80%" in listed
    assert carrier.get(f"{address}/embedding").status_code == 200
    embedding = {"value": "18", "embedded_on": today, "note": "412 quotes"}
    assert carrier.post(f"{address}/embedding", data=embedding).status_code == 303
    reading = {"value": "17.5", "read_on": today, "note": "once more"}
    assert carrier.post(f"{address}/readings", data=reading).status_code == 303
    said = {"body": "Well done.", "is_question": ""}
    assert signed_in(a_person()).post(f"{address}/comments", data=said).status_code == 303

    page = signed_in(doer).get(address).text
    for words in ("Lies Maes", "Tom Desmet", "<strong>second</strong>", "412 quotes", "61% less", "Well done.",
                  "embedded it in daily work", "Embedded"):  # fmt: skip
        assert words in page, words
    assert made.title not in initiative_list(planner)
    assert made.title in planner.get("/initiatives?stage=embedded").text
    for step in ("status", "embedding", "cancellation", "text"):
        assert planner.get(f"{address}/{step}").status_code == 409, step


def test_an_operations_owner_plans_straight_from_the_form(app: Flask, signed_in: SignIn) -> None:
    unit = a_unit()
    planner = an_operations_owner(unit)
    browser = signed_in(planner)
    form = an_initiative_form(unit=unit.id, owner=planner.id, then="plan")

    refused = browser.post("/initiatives", data=form | {"target": "45"})
    assert refused.status_code == 409
    assert "differs from the baseline" in refused.text
    assert initiative_list(browser).count("Digital quote tool") == 0

    assert browser.post("/initiatives", data=form).status_code == 303
    assert last_action() == "initiative.planned"


def test_a_reading_is_corrected_by_a_new_one_and_stays_readable(app: Flask, signed_in: SignIn) -> None:
    embedded = an_embedded_initiative("81")
    browser, (wrong,) = signed_in(owner_of(embedded)), readings_of(embedded)

    page = browser.get(f"/initiatives/{embedded.ref}/readings/new?corrects={wrong.id}")
    assert 'value="81"' in page.text
    right = {"value": "18", "read_on": wrong.read_on.isoformat(), "corrects": str(wrong.id)}
    assert browser.post(f"/initiatives/{embedded.ref}/readings", data=right).status_code == 303

    page = browser.get(f"/initiatives/{embedded.ref}")
    assert "Corrected" in page.text
    assert "60% less" in page.text
    assert browser.get(f"/initiatives/{embedded.ref}/readings/new?corrects=999").status_code == 404


# The list -----------------------------------------------------------------------------------------------------------


def test_the_list_is_filtered_by_unit_form_and_stage(app: Flask, signed_in: SignIn) -> None:
    unit = a_unit()
    a_planned_initiative(title="Scanner upgrade", form=FormOfChange.RENEW, unit=unit)
    a_planned_initiative(title="Urgent orders first")
    browser = signed_in(a_person())

    assert "Scanner upgrade" in browser.get(f"/initiatives?unit={unit.id}").text
    assert "Urgent orders" not in browser.get(f"/initiatives?unit={unit.id}").text
    assert "Scanner upgrade" not in browser.get("/initiatives?form=improve").text
    assert "Nothing fits" in browser.get("/initiatives?stage=cancelled").text
    for odd in ("unit=99999999999999999999", "unit=one", "form=innovation", "stage=nowhere", "after=zzz"):
        assert browser.get(f"/initiatives?{odd}").status_code == 200, odd


@pytest.mark.parametrize("path", ["/initiatives", "/measures"])
def test_a_list_asks_the_same_of_the_database_for_two_rows_and_for_thirty(
    app: Flask, signed_in: SignIn, count_statements: Counting, path: str
) -> None:
    browser, unit, owner = signed_in(a_leader()), a_unit(), a_person()

    def statements() -> int:
        with count_statements() as counted:
            assert browser.get(path).status_code == 200
        return len(counted)

    def fill(number: int) -> None:
        for row in range(number):
            make: Any = (a_planned_initiative, an_embedded_initiative)[row % 2]
            form = (FormOfChange.IMPROVE, FormOfChange.RENEW)[row % 3 % 2]
            make(unit=unit, owner=owner, form=form, metric=f"Measure {row} of {number}")

    fill(4)
    few = statements()
    fill(30)

    assert statements() == few


def test_a_long_list_goes_on_on_the_next_page(app: Flask, signed_in: SignIn) -> None:
    unit, owner, by = a_unit(), a_person(), a_person()
    made = [a_suggestion(unit=unit, owner=owner, by=by, title=f"Initiative number {n}.") for n in range(52)]
    browser = signed_in(by)

    first = browser.get("/initiatives").text
    rest = browser.get(first.partition('rel="next"')[0].rpartition('href="')[2].rstrip('" ').replace("&amp;", "&")).text

    assert made[-1].title in first
    assert made[0].title not in first
    assert made[0].title in rest


def test_amounts_are_for_those_involved_when_the_house_rules_say_so(app: Flask, signed_in: SignIn) -> None:
    unit = a_unit()
    active = an_active_initiative(unit=unit, budget=money("43210"))
    address = f"/initiatives/{active.ref}"
    assert "43,210" in signed_in(a_person()).get(address).text

    change_house_rules(amounts_seen_by=AmountsSeenBy.INVOLVED)

    outsider = signed_in(a_person())
    assert "43,210" not in outsider.get(address).text + outsider.get("/initiatives").text
    for person in (a_leader(), a_facilitator(), owner_of(active), an_operations_owner(unit)):
        browser = signed_in(person)
        assert "43,210" in browser.get(address).text
        assert "43,210" in browser.get("/initiatives").text


def test_an_initiative_is_found_by_what_it_says_now(app: Flask, signed_in: SignIn) -> None:
    planned = a_planned_initiative()
    browser = signed_in(owner_of(planned))
    assert planned.title in browser.get("/search?q=customers+wait").text

    form = an_initiative_form(unit=planned.unit_id, owner=planned.owner_id, revision="1", why="Nobody knows the price.")
    assert browser.post(f"/initiatives/{planned.ref}/text", data=form).status_code == 303

    assert planned.title in browser.get("/search?q=knows+the+price").text
    assert planned.title not in browser.get("/search?q=customers+wait").text


# On its own ---------------------------------------------------------------------------------------------------------


def test_the_hierarchy_works_without_the_bridge_and_whatever_else_fills_its_slots(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch, password_hash: str, signed_in: SignIn
) -> None:
    unit = a_unit()
    planner = an_operations_owner(unit)
    draft, embedded = a_suggestion(unit=unit), an_embedded_initiative(unit=unit)
    signed_in(planner)  # Gives them their password.
    monkeypatch.setattr(portfolio, "BLUEPRINTS", tuple(b for b in portfolio.BLUEPRINTS if b.name != "bridge"))
    alone = create_app(dataclasses.replace(settings))
    alone.jinja_env.globals["slot"] = Slots()
    alone.test_client_class = Browser
    browser = alone.test_client()
    browser.post("/sign-in", data={"email": planner.email, "password": "a password for tests only"})

    for path in ("/initiatives", f"/initiatives/{draft.ref}", f"/initiatives/{draft.ref}/text", "/initiatives/new",
                 f"/initiatives/{embedded.ref}", "/measures", f"/measures/{embedded.measure_id}"):  # fmt: skip
        assert browser.get(path).status_code == 200, path
    assert browser.post(f"/initiatives/{draft.ref}/planning").status_code == 303
    with alone.app_context():
        db.engine.dispose()


def initiative_list(browser: Browser) -> str:
    """What the plan of record shows."""
    return browser.get("/initiatives").text


def test_a_plan_hangs_on_a_phase_of_the_vision_and_stands_on_its_road(app: Flask, signed_in: SignIn) -> None:
    phase, active = a_phase("Quotes without paper"), an_active_initiative()
    owner, draft = signed_in(owner_of(active)), a_suggestion(title="Nobody else reads this yet")
    form = an_initiative_form(
        unit=active.unit_id, owner=active.owner_id, revision=initiative_now(active.id).revision, phase=phase.id
    )

    assert owner.post(f"/initiatives/{active.ref}/text", data=form).status_code == 303
    with working_on(draft, by=owner_of(draft)) as (tied, person, _moment):
        tied.tie_to(here(phase), by=person)

    assert "Quotes without paper" in owner.get(f"/initiatives/{active.ref}").text
    assert "said which phase it serves" in owner.get(f"/initiatives/{active.ref}").text
    assert f'<option selected value="{phase.id}">' in owner.get(f"/initiatives/{active.ref}/text").text
    for path in ("/direction", f"/phases/{phase.id}"):
        page = signed_in(a_person()).get(path).text
        assert active.title in page, path
        assert draft.title not in page, path


def test_a_plan_leaves_the_road_again(app: Flask, signed_in: SignIn) -> None:
    phase, active = a_phase("Quotes without paper"), an_active_initiative()
    with working_on(active, by=owner_of(active)) as (tied, person, _moment):
        tied.tie_to(here(phase), by=person)
    form = an_initiative_form(
        unit=active.unit_id, owner=active.owner_id, revision=initiative_now(active.id).revision, phase=0
    )

    assert signed_in(owner_of(active)).post(f"/initiatives/{active.ref}/text", data=form).status_code == 303

    assert initiative_now(active.id).phase is None
    assert active.title not in signed_in(a_person()).get(f"/phases/{phase.id}").text


@pytest.mark.parametrize("phase", ["999", "closed"])
def test_nothing_new_hangs_on_a_phase_that_is_not_offered(app: Flask, signed_in: SignIn, phase: str) -> None:
    closed = a_phase("Given up", closed=True)
    browser = signed_in(a_person())

    answer = browser.post("/initiatives", data=an_initiative_form(phase=closed.id if phase == "closed" else phase))

    assert answer.status_code == 422
    assert "Digital quote tool on the accounts" in answer.text


def test_every_step_is_a_line_of_its_history(app: Flask, signed_in: SignIn) -> None:
    embedded: Initiative = an_embedded_initiative()
    page = signed_in(a_person()).get(f"/initiatives/{embedded.ref}").text

    for words in ("suggested it", "planned it", "started it", "read its measure: 18", "embedded it in daily work"):
        assert words in page, words
