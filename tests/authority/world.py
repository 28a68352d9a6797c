"""Walking the table: everybody at every door, in one state of the database that nobody changes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import event, inspect
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portfolio.foundation.database import db
from tests.authority.cast import Where
from tests.authority.table import API, PAGES

ROOT = "/api/v1"
WHO = "VLTODPSUWFAB"
GROUPS = {"all": WHO, "inside": WHO.replace("B", ""), "anybody": WHO + "-", "nobody": ""}
SCOPES = ("read", "write", "fund", "admin")

# What may be written down when somebody is refused: that they were, that they tried, and that they were there.
NOT_THE_BUSINESS = {"audit_entry", "audit_names", "trail_head", "sign_in", "api_token", "request_key", "tries"}
NOT_THE_BUSINESS |= {"authenticator"}  # An app that somebody begins to set up counts for nothing yet.


@dataclass(frozen=True)
class Line:
    """A line of the table.

    Args:
        needs: what a token has to carry; nothing for a page.
        lets_in: the letters of whoever is let in, with `-` for who is not signed in.
    """

    method: str
    route: str
    thing: str
    needs: str
    lets_in: str

    def __str__(self) -> str:
        return f"{self.method} {self.route} ({self.thing})"


class NotKept(Exception):
    """It would have been committed, so it was let in; but the next one finds everything as it was."""


def lines(text: str, *, scoped: bool) -> list[Line]:
    """The lines of a table."""
    found = []
    for row in text.splitlines():
        words = row.split()
        if not words or words[0] == "#":
            continue
        method, route, thing, *rest = words
        needs = rest.pop(0) if scoped else ""
        found.append(Line(method, route, thing, needs.strip("-"), GROUPS.get(rest[0], rest[0])))
    return found


PAGE_LINES, API_LINES = lines(PAGES, scoped=False), lines(API, scoped=True)


def lines_that_read(lines: Iterable[Line]) -> list[Line]:
    """The lines of everything that is read by its address alone."""
    return [line for line in lines if line.method == "GET" and "token" not in line.route]


def routes(app: Flask) -> dict[tuple[str, str], str]:
    """Every route that there is, with each of its methods, as the table writes it; and its endpoint."""
    return {
        (method, re.sub(r"<[^<>]*?(\w+)>", r"<\1>", rule.rule)): rule.endpoint
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def address(route: str, where: Where) -> str:
    """A route's address for a thing."""
    return re.sub(r"<(\w+)>", lambda found: str(where[found[1]]), route)


def is_let_in(send: Callable[[], TestResponse]) -> bool:
    """Whether somebody was let in: anything but being refused, missing, or led to sign in."""
    try:
        answer = send()
    except NotKept:
        return True
    if answer.status_code in (302, 303) and "/sign-in" in answer.headers.get("Location", ""):
        return False
    return answer.status_code not in (401, 403, 404)


@contextmanager
def keeping_nothing() -> Iterator[None]:
    """Let every change come as far as its commit, and no further; that somebody was refused is written down."""

    def stop(session: Session) -> None:
        if any(not queued.action.endswith("_refused") for queued in session.info.get("trail") or ()):
            raise NotKept

    event.listen(Session, "before_commit", stop, insert=True)
    try:
        yield
    finally:
        event.remove(Session, "before_commit", stop)


def fingerprints() -> dict[str, str]:
    """A hash of every row of every table of the business, as the database keeps it."""
    with db.engine.connect() as connection:
        found = {}
        for name in inspect(connection).get_table_names():
            if name not in NOT_THE_BUSINESS and not name.startswith("huey_"):
                rows = sorted(repr(tuple(row)) for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"'))
                found[name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found
