"""Every route tried by everybody, against the written table; what is refused changes nothing.

In the usual run a volunteer, a leader, an administrator and a stranger are tried wherever they are to be refused a
change, and a quarter of everybody elsewhere, at each line another quarter; with --promises everybody is tried
everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portfolio.people.person import Person
from tests.api_client import Program, a_token
from tests.authority.cast import Cast
from tests.authority.sends import bodies, forms
from tests.authority.world import (
    API_LINES,
    PAGE_LINES,
    ROOT,
    SCOPES,
    WHO,
    Line,
    address,
    fingerprints,
    is_let_in,
    keeping_nothing,
    routes,
)
from tests.browser import Browser
from tests.factories import deactivated

pytestmark = pytest.mark.once  # Whom a permission lets in is asked of people, not of the database.

SignIn = Callable[[Person], Browser]
HowMany = Callable[[int, int], int]


def test_every_route_is_in_the_table_and_every_line_is_a_route(the_app: Flask) -> None:
    written = {(line.method, line.route) for line in (*PAGE_LINES, *API_LINES)}

    assert routes(the_app).keys() - written == set(), "a route that nobody wrote into the table"
    assert written - routes(the_app).keys() == set(), "a line of the table that leads nowhere"


def test_a_line_says_what_a_token_has_to_carry_as_the_route_declares_it(the_app: Flask) -> None:
    gate = the_app.extensions["gate"]
    declared = {key: gate.scope_of(the_app, endpoint, key[0]) for key, endpoint in routes(the_app).items()}

    for line in API_LINES:
        if line.needs:
            assert declared[line.method, line.route] == line.needs, str(line)


def test_pages_let_in_who_the_table_says_and_nobody_else(
    app: Flask, signed_in: SignIn, cast: Cast, how_many: HowMany
) -> None:
    said = forms(cast)
    browsers = {letter: signed_in(person) for letter, person in cast.people.items()}
    browsers |= {"-": app.test_client(), "gone": signed_in(cast.gone)}  # type: ignore[dict-item]
    signed_in(cast["V"])
    own(cast, browsers["V"])
    deactivated(cast.gone)
    for browser in browsers.values():
        browser.get("/")  # It is noted once that they were seen.

    def knock(letter: str, line: Line) -> TestResponse:
        where = address(line.route, cast.things[line.thing])
        if line.method == "GET":
            return browsers[letter].get(where)
        return browsers[letter].post(where, data=said.get(line.route))

    assert found_otherwise(PAGE_LINES, list(browsers), knock, one_in=how_many(4, 1)) == []


def test_programs_are_let_in_as_the_table_says_and_no_others(app: Flask, cast: Cast, how_many: HowMany) -> None:
    said = bodies(cast)
    programs = {letter: Program(app, a_token(person)) for letter, person in cast.people.items()}
    programs |= {"-": Program(app, "tandem_nobody"), "gone": Program(app, a_token(cast.gone))}
    deactivated(cast.gone)
    for program in programs.values():
        program.get("/house-rules")  # It is noted once that the token was used.

    def knock(letter: str, line: Line) -> TestResponse:
        return sent(programs[letter], line, cast, said)

    assert found_otherwise(API_LINES, list(programs), knock, one_in=how_many(4, 1)) == []


def test_a_token_opens_what_it_is_for_and_nothing_else(app: Flask, cast: Cast) -> None:
    said = bodies(cast)
    tokens = [(letter, scope) for letter in cast.people for scope in SCOPES]
    programs = {(letter, scope): Program(app, a_token(cast[letter], scope)) for letter, scope in tokens}
    for program in programs.values():
        program.get("/house-rules")
    before = fingerprints()

    wrong = []
    with keeping_nothing():
        for line in API_LINES:
            letter = (line.lets_in.replace("-", "") or WHO)[0]
            for scope in SCOPES:
                opened = is_let_in(lambda: sent(programs[letter, scope], line, cast, said))  # noqa: B023
                if opened is not (scope == line.needs or not line.needs):
                    wrong.append(f"{letter} with “{scope}” {'is let in to' if opened else 'is refused at'} {line}")

    assert wrong == []
    assert fingerprints() == before


def test_control_a_permission_that_lets_everybody_in_is_noticed(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = bodies(cast)
    program = Program(app, a_token(cast["V"]))
    program.get("/house-rules")
    lines = [line for line in API_LINES if line.route.endswith(("/withdrawal", "/release", "/stop"))]
    monkeypatch.setattr("portfolio.foundation.authority.Permission.__call__", lambda *_: True)

    found = found_otherwise(lines, ["V"], lambda _letter, line: sent(program, line, cast, said), one_in=1)

    assert len(found) == len([line for line in lines if line.thing != "draft"])


# Inside -------------------------------------------------------------------------------------------------------------


def found_otherwise(
    lines: list[Line], letters: list[str], knock: Callable[[str, Line], TestResponse], *, one_in: int
) -> list[str]:
    """Where somebody is let in against the table, or refused against it, or changes something by being refused."""
    wrong, before = [], fingerprints()
    with keeping_nothing():
        for place, letter in enumerate(letters):
            for number, line in enumerate(lines):
                told = ("-" if letter == "gone" else letter) in line.lets_in
                refused_a_change = not told and line.method != "GET" and letter in "VDA-"
                if refused_a_change or (place + number) % one_in == 0:
                    found = is_let_in(lambda: knock(letter, line))  # noqa: B023
                    if found is not told:
                        wrong.append(f"{letter} {'is let in to' if found else 'is refused at'} {line}")
            wrong += [f"{letter} changed {name}" for name, now in fingerprints().items() if now != before[name]]
    return wrong


def own(cast: Cast, browser: Browser) -> None:
    """Give V another device, a token and a passkey."""
    cast.give_a_passkey("V")
    a_token(cast["V"], "read")
    page = browser.get("/account/signing-in").text
    cast.things["device"] = {"sign_in_id": number_after(page, "/account/devices/")}
    page = browser.get("/account/tokens").text
    cast.things["token"] = {"token_id": number_after(page, "/account/tokens/")}


def number_after(page: str, path: str) -> int:
    """The number in the first address that begins so."""
    found = [part.split("/")[0] for part in page.split(path)[1:]]
    return int(next(part for part in found if part.isdecimal()))


def sent(program: Program, line: Line, cast: Cast, said: Mapping[str, Any]) -> TestResponse:
    """What a program is answered."""
    return program.client.open(
        address(line.route, cast.things[line.thing]),
        method=line.method,
        json=said.get(f"{line.method} {line.route.removeprefix(ROOT)}"),
        headers=program.headers | cast.versions.get(line.thing, {}),
    )
