"""Knocks at every door that changes something, as a page and as a program, with answers that often fit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Flask
from sqlalchemy import text
from werkzeug.routing import IntegerConverter, Rule
from werkzeug.test import TestResponse

from portfolio.foundation.database import db
from portfolio.people.person import Person
from tests.api_client import Program, a_token
from tests.browser import Browser

LETTERS = {
    "experiments": "X",
    "initiatives": "I",
    "promotions": "P",
    "challenges": "C",
    "barriers": "B",
    "reviews": "Q",
}
SAFE = {"GET", "HEAD", "OPTIONS"}
# These end the session with which everything after them is asked.
NOT_KNOCKED = (
    "security.",
    "signing_in.",
    "people.set_password",
    "people.send_reset",
    "tokens.",
    "second_step.",
    "own_step.",
)
# Rows that come with being asked: the trail itself, when a device was seen, what was tried, forms that were used.
BESIDE = ("audit_", "trail_head", "sign_in", "api_token", "request_key", "huey_", "tr", "alembic", "sqlite_", "search_")
ANSWERS = {
    "reason": "Because it is so.",
    "body": "Something to say.",
    "text": "Something to say.",
    "part": "wins",
    "amount": "5",
    "what": "Something",
    "choice": "Something",
    "confidence": "50",
    "hours": "1",
    "next_step": "Go on.",
    "evidence": "It was seen.",
    "number": "1",
    "value": "5",
    "read_on": "2026-06-01",
    "total": "1",
    "kind": "stop",
}


class Knock:
    """One person at every door."""

    def __init__(self, app: Flask, browser: Browser, person: Person, names: dict[str, str]) -> None:
        """
        Args:
            names: what stands for a part of an address, such as a person's handle.
        """
        self.app, self.browser, self.names = app, browser, names
        self.program = Program(app, a_token(person))

    def everywhere(self) -> Iterator[tuple[str, str, TestResponse]]:
        """The endpoint, the address and the answer of each door that changes something."""
        for rule in sorted(self.app.url_map.iter_rules(), key=str):
            for method in sorted((rule.methods or set()) - SAFE):
                if not rule.endpoint.startswith(NOT_KNOCKED):
                    address = self._address(rule, method)
                    yield rule.endpoint, f"{method} {address}", self._open(method, address)

    def _open(self, method: str, address: str) -> TestResponse:
        if not address.startswith("/api/"):
            return self.browser.post(address, data=ANSWERS)
        answer = self.program._send(method.lower(), address.removeprefix("/api/v1"), {}, {})
        if answer.status_code != 422:
            return answer
        wanted = {name for error in (answer.get_json() or {}).get("errors", []) for name in _words(error)}
        body = {name: ANSWERS[name] for name in wanted if name in ANSWERS}
        return self.program._send(method.lower(), address.removeprefix("/api/v1"), body, {})

    def _address(self, rule: Rule, method: str) -> str:
        segments = rule.rule.removeprefix("/api/v1").split("/")
        numbers = {name for name, kind in rule._converters.items() if isinstance(kind, IntegerConverter)}
        filled: dict[str, Any] = {name: 1 if name in numbers else self.names.get(name, "x") for name in rule.arguments}
        if "ref" in filled:
            filled["ref"] = f"{LETTERS.get(segments[1], 'X')}-001"
        if segments[1] == "units":
            filled["handle"] = self.names["unit"]
        return str(self.app.url_map.bind("localhost").build(rule.endpoint, filled, method=method))


def everything_but_the_trail() -> dict[str, list[Any]]:
    """All rows that a refusal leaves as they are."""
    with db.engine.connect() as connection:
        names = [name for name in db.inspect(connection).get_table_names() if not name.startswith(BESIDE)]
        return {name: sorted(map(str, connection.execute(text(f"SELECT * FROM {name}")))) for name in names}


def _words(error: Any) -> set[str]:
    if isinstance(error, dict):
        return {word for value in error.values() for word in _words(value)}
    return set(str(error).replace("/", " ").replace(".", " ").split())
