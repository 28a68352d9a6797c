"""Nothing that is typed leads off this site, and nothing is done that its own page did not ask for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from portfolio.audit.entry import AuditEntry
from portfolio.foundation import clock
from portfolio.foundation.database import db
from portfolio.people import half_way, views
from portfolio.people.person import Person, RoleName
from tests.browser import Browser
from tests.conftest import PASSWORD
from tests.factories import a_person, reading

SignIn = Callable[[Person], Browser]
EVIL = "evil.example"
SAFE = {"GET", "HEAD", "OPTIONS"}

# Off this site -------------------------------------------------------------------------------------------------------


def redirects() -> list[str]:
    """Ways of writing an address so that it looks like one of this site, or like none."""
    starts = ["//", "///", "////", "/\\", "\\/", "\\\\", "/\\/", "\\", "//\\", "/\t/", "\t//", "/\n/", "/\r/", " //"]
    starts += [
        "https:",
        "https:/",
        "https://",
        "https:\\\\",
        "hTTps://",
        "http:",
        "http://",
        "ftp://",
        "\x00//",
        "\x01//",
    ]
    starts += ["//localhost@", "https://localhost@", "https://localhost:x@", "https://localhost\\@", "//localhost\\."]
    starts += ["//%00", "/%09/", "/%0d//", "/%5c", "%2f%2f", "/.//", "/..//", "/;//", "/?//", "/#//", "./..//", "//;@"]
    starts += [
        "／／",
        "/／",
        "\u2028//",
        "\u200b//",
        "/\u200b/",
        "//[::1]@",
        "//0x7f000001@",
        "?next=//",
        "@",
        ".",
        "//.",
    ]
    whole = [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "blob:x",
    ]
    whole += [
        "/\r\nLocation: https://evil.example",
        "/%0d%0aLocation:%20https://evil.example",
        "//evil。example",
        "//ⓔvil.example",
    ]
    return [start + EVIL for start in starts] + whole


ASK = """([base, given]) => given.map(to => {
    try { const url = new URL(to, base); return /^https?:$/.test(url.protocol) ? url.host : url.protocol }
    catch { return 'nowhere' }
})"""


def hosts(page: Page, base: str, given: list[str]) -> list[str]:
    """Where a real browser goes for each, seen from this site."""
    return page.evaluate(ASK, [base, given])  # type: ignore[no-any-return]


def answers(client: Browser, person: Person) -> Iterator[tuple[str, str]]:
    """Every form of address at every door that leads on, and where that leads."""
    sign_in, now = {"email": person.email, "password": PASSWORD}, clock.now()
    for number, wanted in enumerate(redirects()):
        with clock.set_to(now + number * timedelta(minutes=6)):  # A sign-in that leads elsewhere is one that failed.
            sent = answers_to(client, sign_in, wanted)
        for door, answer in sent.items():
            assert answer.status_code in (200, 302, 303, 404, 422), (door, wanted, answer.status_code)
            assert not {"\r", "\n"} & set(answer.location or "")
            yield f"{door}: {wanted!r}", answer.location or "/sign-in"  # Else it stays where it is, and says why.


def answers_to(client: Browser, sign_in: dict[str, str], wanted: str) -> dict[str, TestResponse]:
    """One form of address at every door that leads on."""
    by_address = client.post("/sign-in", query_string={"next": wanted}, data=sign_in)
    client.post("/sign-out")
    by_form = client.post("/sign-in", data=sign_in | {"next": wanted})
    by_language = client.post("/language", data={"language": "en", "next": wanted})
    client.post("/sign-out")
    return {"the address": by_address, "the form": by_form, "the language": by_language}


@pytest.mark.once
def test_no_form_of_address_leads_off_this_site(
    app: Flask, signed_in: SignIn, client: Browser, live_server: str, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.goto(f"{live_server}/sign-in")
    here = live_server.removeprefix("http://")
    raw = hosts(page, live_server, redirects())
    assert sum(host != here for host in raw) >= 40  # The control: a browser does go there.

    person = a_person()
    signed_in(person)
    said = dict(answers(client, person))
    off = {name for name, host in zip(said, hosts(page, live_server, list(said.values())), strict=True) if host != here}
    assert len(said) == 3 * len(redirects())
    assert off == set()

    monkeypatch.setattr(views, "same_site", lambda url: url)  # Without the guard they do leave.
    leaving = client.post("/language", data={"language": "en", "next": f"//{EVIL}"}).location
    assert hosts(page, live_server, [leaving]) == [EVIL]


def test_the_second_step_leads_nowhere_else_either(app: Flask) -> None:
    for wanted in redirects():
        assert not re.match(r"[\s\\/]*[\\/][\\/]|[a-zA-Z]+:", half_way.same_site(wanted))


# What its page did not ask for --------------------------------------------------------------------------------------


def unsafe(app: Flask, *, api: bool) -> list[tuple[str, str]]:
    """Every way of changing something: the method and an address that fits."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/") is not api:
            continue
        path = re.sub(r"<[^>]+>", "1", rule.rule)
        found += [(method, path) for method in sorted((rule.methods or set()) - SAFE)]
    return found


def everybody() -> Person:
    """Somebody who may do nearly everything."""
    return a_person(roles=[RoleName.LEADER, RoleName.ADMINISTRATOR, RoleName.FACILITATOR])


def entries() -> int:
    """How long the trail is."""
    with reading():
        return db.session.scalar(select(func.count(AuditEntry.seq))) or 0


@pytest.mark.once  # Whose page a form came from is asked before the database is.
def test_nothing_is_done_that_its_own_page_did_not_ask_for(app: Flask, signed_in: SignIn) -> None:
    """No token, a made-up one, and one of another session: as a form, as text and as JSON."""
    one, other = signed_in(everybody()), signed_in(everybody())
    before = entries()
    tokens = {"none": None, "made up": "x" * 40, "another's": other.csrf_token()}
    kinds = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain", "application/json"]
    accepted = []
    ways = unsafe(app, api=False)
    assert len(ways) > 50
    for (method, path), (name, token), kind in product(ways, tokens.items(), kinds):
        if name != "none" and kind != kinds[0]:
            continue  # A token is read from a form; a page cannot send another site a header of its own.
        said: Any = {"csrf_token": token} if token else {"reason": "x"}
        data = json.dumps(said) if kind in ("text/plain", "application/json") else said
        answer = one.open(path, method=method, data=data, content_type=kind)
        if answer.status_code != 400:
            accepted.append((method, path, name, kind, answer.status_code))
    assert accepted == []
    assert entries() == before

    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # Without the guard it is done.
    try:
        assert one.post("/language", data={"language": "nl"}, bare=True).status_code == 303
    finally:
        app.config["WTF_CSRF_CHECK_DEFAULT"] = True


def test_a_cookie_opens_no_door_for_programs(app: Flask, signed_in: SignIn) -> None:
    """What is sent to the API counts by its token alone, so no page of another site can send it for somebody."""
    browser = signed_in(everybody())
    before = entries()
    for method, path in unsafe(app, api=True):
        for kind in ("application/json", "text/plain", "application/x-www-form-urlencoded"):
            answer = browser.open(path, method=method, data="{}", content_type=kind)
            assert answer.status_code == 401, (method, path, kind)
    assert entries() == before


def test_an_address_is_not_told_to_other_sites(app: Flask, signed_in: SignIn) -> None:
    answer = signed_in(a_person()).get("/")

    assert answer.headers["Referrer-Policy"] in ("same-origin", "no-referrer", "strict-origin-when-cross-origin")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
