"""Clients that behave like a browser towards the app: each request stands alone, and every form carries its tokens."""

from __future__ import annotations

import contextvars
import threading
import uuid
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar

from flask import session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from werkzeug.serving import ThreadedWSGIServer
from werkzeug.test import TestResponse

P = ParamSpec("P")
T = TypeVar("T")


class Browser(FlaskClient):
    """A browser as far as forms and cookies go; CSRF stays on, and is checked for real."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request and let the app answer it as a server would: without the context the test itself holds."""
        return elsewhere(super().open, *args, **kwargs)

    def post(self, *args: Any, bare: bool = False, **kwargs: Any) -> TestResponse:
        """Send a form, with the two hidden fields that its page would have put into it.

        Args:
            bare: leave them out, as a forged form would; what is sent as JSON never has them.
        """
        if not bare and "json" not in kwargs:
            hidden = {"csrf_token": self.csrf_token(), "request_key": uuid.uuid4().hex}
            kwargs["data"] = hidden | dict(kwargs.get("data") or {})
        return super().post(*args, **kwargs)

    def csrf_token(self) -> str:
        """A token that belongs to this browser's session, made by the library that checks it."""
        return elsewhere(self._csrf_token)

    def _csrf_token(self) -> str:
        with self.session_transaction() as cookie, self.application.test_request_context():
            session.update(cookie)
            token = generate_csrf()
            cookie.update(session)
        return str(token)


def elsewhere(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call something as if no app or request were at hand; the test's own clock goes along."""
    fresh = contextvars.Context()
    for variable, value in contextvars.copy_context().items():
        if not variable.name.startswith("flask."):
            fresh.run(variable.set, value)
    return fresh.run(call, *args, **kwargs)


def cookie_of(client: FlaskClient, url: str) -> Mapping[str, Any]:
    """A client's session cookie, as Playwright takes it."""
    name = client.application.config["SESSION_COOKIE_NAME"]
    held = client.get_cookie(name)
    if held is None:
        raise RuntimeError("This client is not signed in.")
    return {"name": name, "value": held.value, "url": url}


class Serving(ThreadedWSGIServer):
    """A server with threads, which tells when nothing is being answered any more.

    A page that is closed leaves requests behind; the next test's database must not come under their feet.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._idle = threading.Condition()
        self._answering = 0

    def process_request(self, request: Any, client_address: Any) -> None:
        """Count it from the moment it is let in."""
        with self._idle:
            self._answering += 1
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Count it off when its connection is closed, however it ended."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._idle:
                self._answering -= 1
                self._idle.notify_all()

    def settle(self, seconds: float = 30) -> None:
        """Wait until every request is answered.

        Raises:
            TimeoutError: one is not, after so many seconds.
        """
        with self._idle:
            if not self._idle.wait_for(lambda: self._answering == 0, seconds):
                raise TimeoutError("A request of the last test is still being answered.")
