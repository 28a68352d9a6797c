"""What is not somebody's to see answers exactly as what is not there, and nothing comes of guessing its number."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portfolio.organisation.house_rules import house_rules
from portfolio.people.person import Person
from tests.api_client import Program, a_token
from tests.authority.cast import CANARY, Cast, Where
from tests.authority.sends import WHY, bodies, forms
from tests.authority.world import (
    API_LINES,
    PAGE_LINES,
    ROOT,
    NotKept,
    address,
    fingerprints,
    keeping_nothing,
)
from tests.browser import Browser
from tests.factories import a_running_experiment, changing, money

SignIn = Callable[[Person], Browser]
NOBODY = 99_999_999
NOTHING = {"X": "X-99999999", "L": "L-99999999", "P": "P-99999999", "I": "I-99999999"}
UNSEEN = {
    "experiments": ("draft", "restricted"),
    "learnings": ("hidden",),
    "promotions": ("quiet",),
    "initiatives": ("suggestion",),
    "measures": ("hidden-one",),
}
VARIES = ("Set-Cookie", "Content-Length", "Content-Security-Policy")


def asked(cast: Cast, lines: list[Any]) -> Iterator[tuple[Any, Where, Where]]:
    """Every route that takes the number of something that may be hidden: with one that is, and with one of nothing."""
    for method, route in sorted({(line.method, line.route) for line in lines}):
        kind = route.removeprefix(ROOT).split("/")[1]
        if "<" not in route or kind not in UNSEEN:
            continue
        for thing in UNSEEN[kind]:
            rest: Where = {"number": 1, "hand_id": 1, "position": 1, "what": "summary"}
            hidden = rest | cast.things[thing]
            nothing = hidden | ({"ref": NOTHING[hidden["ref"][0]]} if "ref" in hidden else {"number": NOBODY})
            yield (method, route), hidden, nothing


def told(answer: Callable[[], TestResponse], *names: str) -> Any:
    """What an answer tells, but for the number that was asked for and what each page has of its own."""
    try:
        found = answer()
    except NotKept:
        return "done"
    said = [found.text, *(f"{name}: {value}" for name, value in found.headers.items() if name not in VARIES)]
    for name in names:
        said = [re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "…", part) for part in said]
    said = [re.sub(r'value="[^"]{20,}"', "", part) for part in said]
    assert CANARY not in "".join(said)
    return found.status_code, said


@pytest.mark.parametrize("letter", ["V", "A", "B"])
def test_no_page_tells_the_hidden_from_what_is_not_there(
    app: Flask, signed_in: SignIn, cast: Cast, letter: str
) -> None:
    browser, said = signed_in(cast[letter]), forms(cast)
    before, compared = fingerprints(), 0

    with keeping_nothing():
        for (method, route), hidden, nothing in asked(cast, PAGE_LINES):
            both = []
            for where in (hidden, nothing):
                path = address(route, where)
                names = [str(where[key]) for key in ("ref",) if key in where]

                def knock(path: str = path) -> TestResponse:
                    return browser.get(path) if method == "GET" else browser.post(path, data=said.get(route))  # noqa: B023

                both.append(told(knock, *names, path))
            assert both[0] == both[1], (method, route, hidden)
            assert both[0][0] in (403, 404), (method, route)
            compared += 1

    assert compared > 70
    assert fingerprints() == before


@pytest.mark.parametrize("letter", ["V", "A", "B"])
def test_no_program_tells_the_hidden_from_what_is_not_there(app: Flask, cast: Cast, letter: str) -> None:
    program, said = Program(app, a_token(cast[letter])), bodies(cast)
    before, compared = fingerprints(), 0

    with keeping_nothing():
        for (method, route), hidden, nothing in asked(cast, API_LINES):
            body = said.get(f"{method} {route.removeprefix(ROOT)}")
            both = []
            for where in (hidden, nothing):
                path = address(route, where)
                headers = program.headers | {"If-Match": '"1.x"'}

                def knock(path: str = path, headers: dict[str, str] = headers) -> TestResponse:
                    return program.client.open(path, method=method, json=body, headers=headers)  # noqa: B023

                both.append(told(knock, *[str(where[key]) for key in ("ref",) if key in where], path))
            assert both[0] == both[1], (method, route, hidden)
            assert both[0][0] in (403, 404), (method, route)
            compared += 1

    assert compared > 50
    assert fingerprints() == before


def test_a_number_inside_what_is_sent_tells_nothing_either(app: Flask, cast: Cast) -> None:
    lead, things = cast["O"], cast.things
    mine = a_running_experiment(lead=lead)
    program = Program(app, a_token(lead))
    program.get("/house-rules")
    bill = {"amount": {"amount": "1.00", "currency": "EUR"}, "what": "Sheets"}
    with changing(cast.running, by=cast["L"]) as (it, person, now):
        theirs = it.spend(money("5"), house_rules().today, "Theirs", rules=house_rules(), by=person, at=now)
        expense = theirs.id if hasattr(theirs, "id") else 1
    x = f"/experiments/{mine.ref}"
    promotion = bodies(cast)["POST /promotions"]
    draft, hidden, count = things["draft"]["ref"], things["hidden"]["ref"], things["hidden-one"]["number"]
    questions: list[tuple[str, str, Callable[[Any], Any], Any, Any]] = [
        ("POST", f"{x}/readings", lambda n: {"measure": n, "value": "4"}, count, NOBODY),
        ("POST", f"{x}/check-ins", _pulse, count, NOBODY),
        ("POST", f"{x}/expenses", lambda n: bill | {"corrects": n}, expense, NOBODY),
        ("POST", f"{x}/learnings", _correction, hidden, NOTHING["L"]),
        ("POST", "/promotions", lambda ref: promotion | {"learnings": [ref]}, hidden, NOTHING["L"]),
        ("POST", f"/challenges/{things['challenge']['ref']}/uptake", lambda ref: {"taker": ref}, draft, NOTHING["X"]),
        (
            "POST",
            f"/challenges/{things['challenge']['ref']}/uptake",
            lambda ref: {"taker": ref},
            things["suggestion"]["ref"],
            NOTHING["I"],
        ),
        ("GET", "/learnings?experiment=", lambda ref: ref, draft, NOTHING["X"]),
        ("GET", "/learnings?experiment=", lambda ref: ref, things["restricted"]["ref"], NOTHING["X"]),
    ]
    before = fingerprints()

    with keeping_nothing():
        for method, path, said, unseen, nothing in questions:
            both = []
            for number in (unseen, nothing):
                where = f"{path}{number}" if method == "GET" else path
                body = None if method == "GET" else said(number)

                def knock(where: str = where, body: Any = body) -> TestResponse:
                    return program.client.open(f"{ROOT}{where}", method=method, json=body, headers=program.headers)  # noqa: B023

                both.append(told(knock, str(number)))
            assert both[0] == both[1], (method, path, unseen)
            assert both[0] != "done", (method, path)

    assert fingerprints() == before


def test_a_leader_who_names_what_is_hidden_keeps_nothing(app: Flask, cast: Cast) -> None:
    leader = Program(app, a_token(cast["D"]))
    path = f"/reviews/{cast.things['open']['ref']}/keeps"
    drafted, missing = (
        leader.post(path, {"experiment": ref, **WHY}) for ref in (cast.things["draft"]["ref"], NOTHING["X"])
    )

    assert (drafted.status_code, drafted.json) == (missing.status_code, missing.json)
    assert missing.status_code == 409


def _pulse(number: Any) -> dict[str, Any]:
    return {"confidence": 60, "next_step": "Ask.", "readings": [{"measure": number, "value": "4"}]}


def _correction(ref: Any) -> dict[str, Any]:
    return {"title": "It waits.", "body": "We saw it.", "corrects": ref}
