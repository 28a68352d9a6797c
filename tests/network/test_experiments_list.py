"""The list: every filter, page by page, at a constant cost, whatever is asked of it."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask

from portfolio.foundation.database import write_tx
from portfolio.network.experiment import Experiment
from portfolio.organisation.change import FormOfChange
from portfolio.organisation.house_rules import house_rules
from portfolio.people.person import Person
from tests.browser import Browser
from tests.factories import (
    a_charter,
    a_draft,
    a_leader,
    a_person,
    a_proposed_experiment,
    a_running_experiment,
    a_unit,
    an_approved_experiment,
    an_envelope,
    at,
    here,
)

SignIn = Callable[[Person], Browser]
Counting = Callable[[], AbstractContextManager[list[str]]]


def cursor(*place: object) -> str:
    """A cursor as the page makes them."""
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def test_a_page_costs_as_many_statements_for_many_as_for_one(
    app: Flask, signed_in: SignIn, count_statements: Counting
) -> None:
    leader, lead = a_leader(), a_person(unit=a_unit())
    browser = signed_in(leader)
    an_envelope("1000000", by=leader)

    def costs() -> dict[str, int]:
        """How many statements each page takes."""
        found = {}
        for address in ("/", "/experiments", "/approvals", "/people", "/envelopes"):
            browser.get(address)  # The first look may note that this device was seen.
            with count_statements() as statements:
                assert browser.get(address).status_code == 200
            found[address] = len(statements)
        return found

    a_of_each(lead, leader, 1)
    few = costs()
    a_of_each(lead, leader, 7)
    assert costs() == few


def a_of_each(lead: Person, leader: Person, times: int) -> None:
    """Some experiments in every state, some of them the reader's own."""
    for _ in range(times):
        a_proposed_experiment(lead=lead, unit=lead.unit)
        a_running_experiment(lead=a_person(unit=lead.unit), by=leader, budget="10")
        a_draft(lead=leader)


def test_one_experiment_costs_as_much_with_a_large_team_as_with_a_small(
    app: Flask, signed_in: SignIn, count_statements: Counting
) -> None:
    small = a_running_experiment(team=[a_person(unit=a_unit())], unit=a_unit())
    large = a_running_experiment(team=[a_person(unit=a_unit()) for _ in range(8)], unit=a_unit())
    browser = signed_in(a_person())
    for experiment in (small, large):
        for word in ("One.", "Two.") if experiment is small else ("a", "b", "c", "d", "e", "f"):
            browser.post(f"/experiments/{experiment.ref}/comments", data={"body": word})
    browser.get(f"/experiments/{small.ref}")
    with count_statements() as few:
        browser.get(f"/experiments/{small.ref}")
    with count_statements() as many:
        browser.get(f"/experiments/{large.ref}")

    assert len(many) == len(few)


def test_filters_find_what_they_say(app: Flask, signed_in: SignIn) -> None:
    unit, other = a_unit("Logistics"), a_unit("Sales")
    person = a_person()
    found = {
        "draft": a_draft(lead=person, title="Drafted?"),
        "proposed": a_proposed_experiment(title="Proposed 100% surely?", unit=unit),
        "approved": an_approved_experiment(title="Approved?", unit=other, form=FormOfChange.INNOVATION),
    }
    with at("2026-01-05"):
        found["ended"] = a_running_experiment(title="Ended?", weeks=8)
    found["running"] = a_running_experiment(title="Running?", lead=person)
    browser = signed_in(person)

    def titles(**said: object) -> set[str]:
        page = browser.get("/experiments", query_string=said).text
        return {name for name, experiment in found.items() if experiment.title in page}

    for stage in found:
        assert titles(stage=stage) == {stage}
    assert titles(stage="in-flight") == {"approved", "running", "ended"}
    assert titles(stage="nonsense") == set(found)
    assert titles(form="innovation") == {"approved"}
    assert titles(unit=unit.id) == {"proposed"}
    assert titles(q="ROV") == {"approved"}
    assert titles(q="100%") == {"proposed"}
    assert titles(q="%") == {"proposed"}
    assert titles(q="_") == set()
    assert titles(mine=1) == {"draft", "running"}
    assert titles(q="nothing like it") == set()


def test_pages_follow_each_other_and_show_everything_once(app: Flask, signed_in: SignIn) -> None:
    lead = a_person()
    titles = [f"Question {number:03}?" for number in range(61)]
    with write_tx() as moment:
        for title in titles:
            Experiment.draft(a_charter(title=title), rules=house_rules(), unit=None, by=here(lead), at=moment)
    browser, seen, address = signed_in(lead), [], "/experiments?stage=draft&q=question"
    while address:
        page = browser.get(address).text
        seen += re.findall(r"Question \d{3}\?", page)
        following = re.search(r'href="(/experiments\?[^"]*after=[^"]*)"', page)
        address = following[1].replace("&amp;", "&") if following else ""

    assert seen == titles[::-1]


HOSTILE = [
    "?after=x",
    "?after=%00",
    "?after=" + cursor("x"),
    "?after=" + cursor(1, 2),
    "?after=" + cursor(10**30),
    "?after=" + cursor(-(10**30)),
    "?after=" + cursor(True),
    "?after=" + cursor(None),
    "?after=" + cursor(1.5),
    "?unit=x",
    "?unit=99999999999999999999999999",
    "?unit=-1",
    "?unit=%D9%A1",
    "?form=x",
    "?q=%00",
    "?q=%FF",
    "?q=%5C",
    "?q=%25%27%22",
    "?q=" + "a" * 5000,
    "?q=%ED%A0%80",
    "?mine=x&stage=%00",
    "?before=99999999999999999999999999",
    "?before=x",
    "?proposal=%00",
    "?proposal=X-99999999999999999999999",
]


READ_BY = {
    "/experiments": ("after", "unit", "form", "q", "mine"),
    "/people": ("after", "q"),
    "/trail": ("before",),
    "/approvals": ("proposal",),
}


@pytest.mark.parametrize("address", READ_BY)
def test_nothing_asked_of_a_list_breaks_it(app: Flask, signed_in: SignIn, address: str) -> None:
    browser = signed_in(a_leader())
    a_proposed_experiment()

    for query in HOSTILE:
        if query[1:].split("=")[0] in READ_BY[address]:
            assert browser.get(address + query).status_code in (200, 404), address + query


@pytest.mark.parametrize(
    "path", ["/experiments/%00", "/people/%00", "/envelopes/%00", "/experiments/%FF", "/people/%ED"]
)
def test_no_address_breaks_a_page(app: Flask, signed_in: SignIn, path: str) -> None:
    assert signed_in(a_leader()).get(path).status_code == 404


def test_the_empty_list_says_what_to_do(app: Flask, signed_in: SignIn) -> None:
    browser = signed_in(a_person())

    assert "No experiments yet" in browser.get("/experiments").text
    assert "Nothing fits these filters" in browser.get("/experiments?q=x").text
