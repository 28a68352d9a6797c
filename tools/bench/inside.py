"""The same pages asked within this process: how many statements they cost, which of them take long, and why."""

from __future__ import annotations

import cProfile
import pstats
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine

from tests.browser import Browser
from tools.bench.ground import EMAIL, PASSWORD, PROGRAM
from tools.bench.pages import Measured

NOT_COUNTED = ("PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE")
PROFILED = 30  # Requests.
ANSWERED = (200, 302, 303)


class Inside:
    """People signed in to an app of this process."""

    def __init__(self, app: Flask, token: str) -> None:
        app.test_client_class = Browser
        self._clients: dict[int, Any] = {}
        for who, email in EMAIL.items():
            self._clients[who] = app.test_client()
            answer = self._clients[who].post("/sign-in", data={"email": email, "password": PASSWORD})
            if answer.status_code != 302:
                raise RuntimeError(f"Signing in was answered with {answer.status_code}.")
        self._clients[PROGRAM] = app.test_client()
        self._clients[PROGRAM].environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"

    def exists(self, page: Measured) -> bool:
        """Whether there is such a page yet."""
        return bool(self._clients[page.who].get(page.path).status_code != 404)

    def statements(self, page: Measured) -> int:
        """How many statements it costs, once the app is warm."""
        self.ask(page)
        with _timing() as statements:
            self.ask(page)
        return sum(len(taken) for taken in statements.values())

    def profile(self, page: Measured) -> None:
        """Print where its time goes: each statement, then the functions that take the most."""
        self.ask(page)
        with _timing() as statements:
            for _ in range(PROFILED):
                self.ask(page)
        print(f"\n{page.name}: ms of CPU a page, times a page, statement")
        for statement, taken in sorted(statements.items(), key=lambda item: -sum(item[1])):
            said = " ".join(statement.split())
            shown = said if len(said) < 330 else f"{said[:80]} … {said[said.find(' FROM ') :][:240]}"
            print(f"{sum(taken) / PROFILED * 1000:9.2f} {len(taken) / PROFILED:6.1f}  {shown}")
        profiler = cProfile.Profile(time.thread_time)  # Of this thread, for others are at work here too.
        with profiler:
            for _ in range(PROFILED):
                self.ask(page)
        for order in ("cumulative", "tottime"):
            pstats.Stats(profiler).sort_stats(order).print_stats(60)

    def ask(self, page: Measured) -> None:
        """Ask for it, or send its form."""
        client = self._clients[page.who]
        if page.forms is None:
            answer = client.get(page.path)
        else:
            path, fields = page.forms()
            answer = client.post(path, data=fields)
        if answer.status_code not in ANSWERED:
            raise RuntimeError(f"{page.name} is answered with {answer.status_code}:\n{answer.text[:2000]}")


@contextmanager
def _timing() -> Iterator[dict[str, list[float]]]:
    """Collect the statements that reach the database meanwhile, with the seconds of CPU that each took here."""
    found: dict[str, list[float]] = defaultdict(list)
    began = 0.0

    def before(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:  # noqa: ARG001
        nonlocal began
        began = time.thread_time()

    def after(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:  # noqa: ARG001
        if not statement.lstrip().upper().startswith(NOT_COUNTED):
            found[statement].append(time.thread_time() - began)

    event.listen(Engine, "before_cursor_execute", before)
    event.listen(Engine, "after_cursor_execute", after)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", before)
        event.remove(Engine, "after_cursor_execute", after)
