"""Every change leaves a trace: whatever a route writes, it puts on the trail in the same transaction."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from portfolio.network import running
from portfolio.people.person import Person
from tests.api_client import Program, a_token
from tests.authority.cast import Cast
from tests.authority.sends import bodies, forms
from tests.authority.test_table import own, sent
from tests.authority.world import API_LINES, NOT_THE_BUSINESS, PAGE_LINES, Line, NotKept, address, fingerprints
from tests.browser import Browser

SignIn = Callable[[Person], Browser]
pytestmark = pytest.mark.once  # What is written down is asked of the commands, not of the database.

WRITES = re.compile(r"\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM)\s+\"?(\w+)", re.IGNORECASE)
# What is written beside the business, and says nothing that was not on the trail or in a text already.
BESIDE = NOT_THE_BUSINESS | {"rich_text", "search_document", "experiment_tally"}


# What does not come to its end in this state of the house; their own tests see what they put on the trail.
NOT_FROM_HERE = {
    *("/account/app", "/account/app/confirmation", "/account/app/removal", "/account/passkeys", "/sign-in/passkey"),
    *("/account/password", "/password", "/password/<token>", "/sign-in", "/house-rules", "/promotions"),
    "/people/<handle>/invitation",  # Recorded once it is sent.
    "/reviews/<ref>/opening",  # Another one goes on.
    "/challenges/<ref>/answer",  # Nobody works on it.
    "/api/v1/big-opportunity",  # There is one; it is changed.
    "/api/v1/people/<handle>/invitation",
    "/api/v1/reviews/<ref>/opening",
    "/api/v1/challenges/<ref>/answer",
}


class Watch:
    """What the transactions of one request wrote, and whether the trail says so."""

    def __init__(self) -> None:
        self.written: set[str] = set()
        self.traced: list[str] = []
        self.silent: set[str] = set()

    def note(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        """Remember the table that a statement writes to."""
        if found := WRITES.match(statement):
            self.written.add(found[1].lower())

    def stop(self, session: Session) -> None:
        """Before the commit: what was written and nobody recorded is silent; nothing of the business is kept."""
        session.flush()
        recorded = [queued.action for queued in session.info.get("trail") or ()]
        business = {name for name in self.written if name not in BESIDE and not name.startswith("huey_")}
        self.written.clear()
        self.traced += recorded
        if business and not recorded:
            self.silent |= business
        if business or any(not action.endswith("_refused") for action in recorded):
            raise NotKept


@contextmanager
def watching() -> Iterator[Watch]:
    """Let every change come as far as its commit, and see what it wrote and what it recorded."""
    watch = Watch()
    event.listen(Session, "before_commit", watch.stop, insert=True)
    event.listen(Engine, "before_cursor_execute", watch.note)
    try:
        yield watch
    finally:
        event.remove(Engine, "before_cursor_execute", watch.note)
        event.remove(Session, "before_commit", watch.stop)


def changes(lines: list[Line]) -> list[Line]:
    """The lines of what changes something, for somebody."""
    return [line for line in lines if line.method != "GET" and line.lets_in]


def walked(lines: list[Line], send: Callable[[str, Line], object]) -> tuple[list[str], set[str], set[tuple[str, str]]]:
    """What was written and not recorded; what was recorded; and which routes came as far as their commit."""
    silent, actions, done = [], set(), set()
    for line in changes(lines):
        for letter in line.lets_in.replace("-", ""):
            if (line.method, line.route) in done:
                break
            with watching() as watch:
                try:
                    send(letter, line)
                except NotKept:
                    done.add((line.method, line.route))
            silent += [f"{line} as {letter} wrote {name}" for name in sorted(watch.silent)]
            actions |= set(watch.traced)
    return silent, actions, done


def by_page(cast: Cast, app: Flask, signed_in: SignIn) -> Callable[[str, Line], object]:
    """How the pages send it."""
    said, browsers = forms(cast), {letter: signed_in(person) for letter, person in cast.people.items()}
    signed_in(cast["V"])
    own(cast, browsers["V"])
    for browser in browsers.values():
        browser.get("/")
    return lambda letter, line: browsers[letter].post(
        address(line.route, cast.things[line.thing]), data=said.get(line.route)
    )


def by_program(cast: Cast, app: Flask) -> Callable[[str, Line], object]:
    """How a program sends it."""
    said = bodies(cast)
    programs = {letter: Program(app, a_token(person)) for letter, person in cast.people.items()}
    for program in programs.values():
        program.get("/house-rules")
    return lambda letter, line: sent(programs[letter], line, cast, said)


def test_whatever_a_page_changes_is_on_the_trail(app: Flask, signed_in: SignIn, cast: Cast) -> None:
    send, before = by_page(cast, app, signed_in), fingerprints()

    silent, actions, done = walked(PAGE_LINES, send)

    assert silent == []
    assert not_done(PAGE_LINES, done) <= NOT_FROM_HERE
    assert len(actions) > 60
    assert fingerprints() == before


def test_whatever_a_program_changes_is_on_the_trail(app: Flask, cast: Cast) -> None:
    send, before = by_program(cast, app), fingerprints()

    silent, actions, done = walked(API_LINES, send)

    assert silent == []
    assert not_done(API_LINES, done) <= NOT_FROM_HERE
    assert len(actions) > 60
    assert fingerprints() == before


def test_control_a_noun_that_records_nothing_is_noticed(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = by_program(cast, app)
    monkeypatch.setattr(running, "record", lambda *_args, **_told: None)

    silent, _actions, _done = walked(API_LINES, send)

    assert {line.split(" ")[1].rsplit("/", 1)[1] for line in silent} >= {"check-ins", "expenses", "learnings"}


def not_done(lines: list[Line], done: set[tuple[str, str]]) -> set[str]:
    """The routes that no one here came to the end of."""
    return {line.route for line in changes(lines) if (line.method, line.route) not in done}
