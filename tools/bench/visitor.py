"""A browser as far as the server can tell: one connection, a cookie, forms with their tokens, answers compressed."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from tools.bench.ground import EMAIL, PASSWORD

KEPT = 0.5  # Seconds; a server lets a connection go that says nothing for two.
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
ACCEPTED = {"Accept-Encoding": "gzip, deflate, br, zstd", "Accept": "text/html", "Accept-Language": "en"}


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    size: int  # Bytes of the body as sent.
    body: bytes


class Visitor:
    """Somebody at a server on this machine, who keeps the cookie of the sign-in; or a program with its token."""

    def __init__(self, port: int, *, token: str = "") -> None:
        self._always = {**ACCEPTED, "Authorization": f"Bearer {token}"} if token else ACCEPTED
        self._cookies: dict[str, str] = {}
        self._token = ""
        self._connection = HTTPConnection("127.0.0.1", port, timeout=120)
        self._asked = 0.0  # When, last.

    def sign_in(self, who: int) -> None:
        """Sign in through the form, and fetch the token that this sign-in's forms carry."""
        self._fetch_token("/sign-in")
        reply = self.send("/sign-in", {"email": EMAIL[who], "password": PASSWORD}, keeps_cookies=True)
        if reply.status not in (302, 303):
            raise RuntimeError(f"Signing in was answered with {reply.status}.")
        self._fetch_token("/account")

    def get(self, path: str) -> Reply:
        """Ask for a page."""
        return self._ask("GET", path)

    def send(self, path: str, fields: Mapping[str, str], *, keeps_cookies: bool = False) -> Reply:
        """Send a form.

        Args:
            keeps_cookies: remember the answer's; without, each form is sent by a browser that was just signed in.
        """
        hidden = {"csrf_token": self._token, "request_key": uuid.uuid4().hex}
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urlencode(hidden | dict(fields)), kind, keeps_cookies=keeps_cookies)

    def _fetch_token(self, path: str) -> None:
        page = self._ask("GET", path, extra={"Accept-Encoding": "identity"}, keeps_cookies=True).body.decode()
        found = TOKEN.search(page)
        if found is None:
            raise RuntimeError(f"{path} holds no form.")
        self._token = found[1]

    def _ask(
        self,
        method: str,
        path: str,
        body: str | None = None,
        extra: Mapping[str, str] | None = None,
        *,
        keeps_cookies: bool = False,
    ) -> Reply:
        if time.monotonic() - self._asked > KEPT:
            self._connection.close()  # The next request opens it again.
        cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        self._connection.request(
            method, path, body, {**self._always, **(cookie if self._cookies else {}), **(extra or {})}
        )
        answer = self._connection.getresponse()
        said = answer.read()
        self._asked = time.monotonic()
        if keeps_cookies:
            self._keep(answer)
        return Reply(answer.status, len(said), said)

    def _keep(self, answer: HTTPResponse) -> None:
        for line in answer.headers.get_all("Set-Cookie", []):
            self._cookies.update({name: morsel.value for name, morsel in SimpleCookie(line).items()})
