"""A program that uses the API with a token."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import inspect
from werkzeug.test import TestResponse

from portfolio.foundation.database import db, write_tx
from portfolio.people.person import Person
from portfolio.people.token import Scope, Token


def a_token(person: Person, *scopes: str, days: int = 200) -> str:
    """The text of a token of this person; for everything, if no scope is named."""
    (person_id,) = inspect(person).identity
    with write_tx() as at:
        owner = db.session.get_one(Person, person_id)
        wanted = [Scope(value) for value in scopes] or list(Scope)
        return Token.make(owner, "a test", wanted, lives=timedelta(days=days), by=owner, at=at)[1]


class Program:
    """Sends JSON with a token."""

    def __init__(self, app: Flask, token: str) -> None:
        self.client = app.test_client(use_cookies=False)
        self.headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str, **query: Any) -> TestResponse:
        """Read."""
        return self.client.get(f"/api/v1{path}", query_string=query, headers=self.headers)

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        """Command; header names with `_` for `-`."""
        return self._send("post", path, body, headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        """Change."""
        return self._send("patch", path, body, headers)

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.open(f"/api/v1{path}", method=method, json=body, headers=self.headers | named)
