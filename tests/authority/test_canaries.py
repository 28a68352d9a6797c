"""No way round: what not everybody may read sings in no page, list, search, answer, header or trail of those."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portfolio.foundation.database import db
from portfolio.network.decision import DecisionKind
from portfolio.organisation.house_rules import AmountsSeenBy, house_rules
from portfolio.organisation.measure import Measure
from portfolio.people.comment import Comment
from portfolio.people.person import Person
from tests.api_client import Program, a_token
from tests.authority.cast import CANARY, Cast
from tests.authority.world import API_LINES, PAGE_LINES, Line, address, lines_that_read
from tests.browser import Browser
from tests.factories import a_running_experiment, change_house_rules, changing, money

pytestmark = pytest.mark.once  # What the database hides, test_unseen.py asks of both.

SignIn = Callable[[Person], Browser]
HowMany = Callable[[int, int], int]
LOWER = "VOWAB"  # Who reads neither the draft, nor what is restricted, nor what crossed out of it.
SONG = f"A {CANARY} sang"
# Amounts that nothing else in this house has.
AMOUNTS = ("13579", "13,579", "13.579", "2468.24", "2,468.24", "2.468,24", "321.07", "321,07")
ASKED = (
    f"/search?q={CANARY}",
    f"/search?q=A+{CANARY}",
    f"/learnings?q={CANARY}",
    f"/learnings?q=A+{CANARY}s&evidence=anecdote",
    "/learnings?fate=offered",
    f"/experiments?q={CANARY}",
    "/experiments?stage=draft",
    "/experiments?stage=running",
    f"/measures?q={CANARY}",
    f"/people?q={CANARY}",
    "/initiatives?state=draft",
    "/promotions?fate=offered",
    "/challenges?state=open",
    "/barriers",
    f"/api/v1/experiments?q={CANARY}",
    "/api/v1/experiments?state=draft",
    f"/api/v1/learnings?q={CANARY}",
    f"/api/v1/measures?q={CANARY}",
    f"/api/v1/initiatives?q={CANARY}",
    "/api/v1/initiatives?state=draft",
    "/api/v1/promotions?fate=offered",
    "/api/v1/barriers",
)


@pytest.fixture
def cast(cast: Cast) -> Cast:
    """Everybody, and one of everything; in what is restricted much was said and done."""
    lead = cast["L"]
    with changing(cast.hidden, by=lead) as (it, person, now):
        rules = house_rules()
        told = {"rules": rules, "by": person, "at": now}
        Comment.write(it, f"{SONG} a comment.", is_question=True, by=person, at=now)
        it.check_in(confidence=60, hours=4, next_step=f"{SONG} a step.", **told)
        it.spend(money("321.07"), rules.today, f"{SONG} a bill.", **told)
        it.give_evidence(1, f"{SONG} evidence.", **told)
        it.recommend(DecisionKind.STOP, money("0"), f"{SONG} advice.", by=person, at=now)
        it.propose_amendment(replace(it.charter, weeks=6), f"{SONG} an amendment.", **told)
        measure = db.session.get_one(Measure, it.criteria[0].measure_id)
        it.read(measure, Decimal(5), rules.today, note=f"{SONG} a reading.", **told)
    with changing(cast.hidden, by=cast["D"]) as (it, person, now):
        it.raise_hand(hours_a_week=2, note=f"{SONG} a hand.", by=person, at=now)
    return cast


def some_of(lower: dict[str, Reader], number: int, most: int) -> list[tuple[str, Reader]]:
    """A few of them, at each address others; all of them with --promises."""
    turned = [*lower.items()] * 2
    return turned[number % len(lower) :][:most]


def urls(cast: Cast) -> Iterator[str]:
    """Every address that is read, of everything in the table."""
    for line in lines_that_read((*PAGE_LINES, *API_LINES)):
        for where in [cast.things[line.thing], *numbers(cast, line)]:
            yield address(line.route, where)
    yield from ASKED


def numbers(cast: Cast, line: Line) -> Iterator[dict[str, object]]:
    """The hidden things at every address that might show them."""
    rest: dict[str, object] = {"number": 1, "hand_id": 1, "position": 1, "what": "summary"}
    for thing in ("draft", "restricted", "hidden", "quiet", "quiet-wall", "suggestion", "hidden-one"):
        where = rest | cast.things[thing]
        if all(name in where for name in _names(line.route)):
            yield where


def _names(route: str) -> list[str]:
    return re.findall(r"<(\w+)>", route)


class Reader:
    """Somebody with a browser and a program."""

    def __init__(self, app: Flask, signed_in: SignIn, person: Person) -> None:
        self._browser, self._program = signed_in(person), Program(app, a_token(person))

    def get(self, url: str) -> TestResponse:
        """Read an address the way it is read."""
        if url.startswith("/api/"):
            return self._program.client.get(url, headers=self._program.headers)
        return self._browser.get(url)


def sung(answer: TestResponse, *words: str) -> list[str]:
    """What is heard in an answer, its headers too; lists put back what was looked for."""
    said = answer.get_data().decode(errors="replace") + "\n".join(
        f"{name}: {value}" for name, value in answer.headers.items()
    )
    return [word for word in words if word in said]


def test_no_lower_role_hears_a_canary_not_even_right_after_somebody_who_may(
    app: Flask, signed_in: SignIn, cast: Cast, how_many: HowMany
) -> None:
    leader = Reader(app, signed_in, cast["D"])
    lower = {letter: Reader(app, signed_in, cast[letter]) for letter in LOWER}
    songs = [f"A {CANARY} of a", SONG]
    heard, leaks = set(), []

    for number, url in enumerate(sorted(set(urls(cast)))):
        if sung(leader.get(url), *songs):
            heard.add(url)
        for letter, reader in some_of(lower, number, how_many(2, 5)):
            answer = reader.get(url)
            leaks += [f"{letter} hears “{word}” at {url}" for word in sung(answer, *songs)]
            if answer.mimetype == "image/jpeg":  # Never another one at its address, and kept by its reader alone.
                assert answer.headers["Cache-Control"].startswith("private"), url
            elif "/static" not in url and "-static" not in url:
                assert answer.headers["Cache-Control"] == "no-store", url

    assert len(heard) > 20, "the control: a leader hears them"
    assert leaks == []


def test_no_amount_is_told_where_the_house_tells_it_to_those_involved(
    app: Flask, signed_in: SignIn, cast: Cast, how_many: HowMany
) -> None:
    told = {"lead": cast["L"], "by": cast["S"], "budget": "13579", "shared": True}
    running = a_running_experiment(**told)
    with changing(running, by=cast["L"]) as (it, person, now):
        rules = house_rules()
        it.spend(money("2468.24"), rules.today, "Sheets", rules=rules, by=person, at=now)
    change_house_rules(amounts_seen_by=AmountsSeenBy.INVOLVED)
    cast.things["running"] = cast.things["tranche"] | {"ref": running.ref}
    cast.things["shared"] = {"ref": running.ref}
    leader = Reader(app, signed_in, cast["D"])
    lower = {letter: Reader(app, signed_in, cast[letter]) for letter in LOWER}
    heard, leaks = set(), []

    for number, url in enumerate(sorted(set(urls(cast)))):
        if sung(leader.get(url), *AMOUNTS):
            heard.add(url)
        for letter, reader in some_of(lower, number, how_many(2, 5)):
            leaks += [f"{letter} reads {word} at {url}" for word in sung(reader.get(url), *AMOUNTS)]

    assert len(heard) > 5, "the control: a leader reads them"
    assert leaks == []


def test_control_without_what_hides_them_the_canaries_sing(
    app: Flask, signed_in: SignIn, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portfolio.network.queries.visible_to", lambda _viewer, statement: statement)
    reader = Reader(app, signed_in, cast["V"])

    assert sung(reader.get(f"/experiments/{cast.hidden.ref}"), SONG)
    assert sung(reader.get(f"/api/v1/experiments/{cast.hidden.ref}"), SONG)
    assert sung(reader.get("/experiments"), f"A {CANARY} of a title")
