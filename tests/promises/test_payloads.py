"""What people type never runs: published payloads in a real browser, in every place where text is shown."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext
from sqlalchemy import Connection, Table, Text, select, text, update
from werkzeug.exceptions import HTTPException

from portfolio.foundation import rich_text
from portfolio.foundation.database import db
from portfolio.foundation.headers import CONTENT_POLICY
from portfolio.foundation.rich_text import render
from portfolio.overview.demonstration.telling import tell
from portfolio.people.person import Person, RoleName
from tests.browser import Browser, cookie_of
from tests.factories import a_person
from tests.promises.payloads import Payload, payloads
from tests.promises.sandbox import Sandbox

pytestmark = [pytest.mark.promise, pytest.mark.once]

HowMany = Callable[[int, int], int]
Told = Callable[[int, int], None]
AT_ONCE = 60

# Text columns that nobody types into: marks, hashes, words the app chooses, and JSON with a schema of its own.
WORDS = """
    handle email language theme password fs_uniquifier currency converted_currency time_zone hash prev_hash
    sha256 version version_hash code_hash key_hash token_hash body_hash terms_hash owner_mark scopes secret
    credential_id public_key fingerprint renderer key action subject_type source_type details names content
    cause quarter month kind occasion limit_name moments route answer html name_key folded_title folded_body marks
    deferred_until
"""
NOT_TYPED = frozenset(WORDS.split())
FROZEN = {"review_record"}  # One text, whose hash is looked at; it is closed over payloads instead.


def raw(payload: Payload) -> str:
    """A page that does not take care."""
    return payload.raw


def cleaned(payload: Payload) -> str:
    """The same on a page of ours."""
    return "<hr>".join(render(text) for text in payload.marked)


def tried(
    context: BrowserContext, site: str, chosen: list[Payload], page: Callable[[Payload], str], told: Told, **how: Any
) -> Sandbox:
    """Show them all to a browser."""
    sandbox = Sandbox(context, site, **how)
    for start in range(0, len(chosen), AT_ONCE):
        sandbox.try_documents(page(payload) for payload in chosen[start : start + AT_ONCE])
        told(min(start + AT_ONCE, len(chosen)), len(chosen))
    return sandbox


def test_markdown_never_runs(context: BrowserContext, live_server: str, how_many: HowMany, progress: Told) -> None:
    chosen = payloads(how_many(150, 3000))

    sandbox = tried(context, live_server, chosen, cleaned, progress)

    assert sandbox.hits == set()
    assert sandbox.others == []


def test_the_same_browser_sees_them_run_where_nobody_takes_care(
    context: BrowserContext, live_server: str, how_many: HowMany, progress: Told
) -> None:
    """The control: else the test above would only say that its browser sees nothing."""
    chosen = payloads(how_many(150, 3000))

    sandbox = tried(context, live_server, chosen, raw, progress)

    assert len(sandbox.hits) > 0.4 * len(chosen)


def test_the_policy_is_a_second_wall(
    context: BrowserContext, live_server: str, how_many: HowMany, progress: Told
) -> None:
    """Where nobody takes care, nothing runs all the same."""
    chosen = payloads(how_many(150, 3000))

    sandbox = tried(context, live_server, chosen, raw, progress, policy=CONTENT_POLICY)

    assert sandbox.hits == set()
    assert not [said for said in sandbox.others if said.startswith("a dialog")]


# Every page -----------------------------------------------------------------------------------------------------------


def test_no_page_runs_what_stands_in_its_fields(
    app: Flask,
    context: BrowserContext,
    live_server: str,
    signed_in: Callable[[Person], Browser],
    how_many: HowMany,
    progress: Told,
) -> None:
    """Payloads lie in every field of every row, past all that would have tidied them; then every page is opened."""
    tell(lambda _words: None)
    chosen = payloads(3000)
    poisoned(chosen)
    somebody = a_person(roles=[RoleName.LEADER, RoleName.FACILITATOR, RoleName.ADMINISTRATOR])
    browser = signed_in(somebody)
    found = list(pages(browser, most=how_many(1, 12)))
    context.add_cookies([cookie_of(browser, live_server)])  # type: ignore[list-item]

    sandbox = Sandbox(context, live_server)
    shown: set[int] = set()
    for done, address in enumerate(found, 1):
        sandbox.try_page(f"{live_server}{address}")
        shown |= {int(number) for number in re.findall(r"top\.hit\((\d+)\)", sandbox.page.content())}
        assert sandbox.hits == set(), address
        assert sandbox.others == [], address
        progress(done, len(found))

    assert len(found) > 40
    assert len(shown) > how_many(200, 1000)


def test_a_page_that_takes_no_care_is_noticed(
    app: Flask, context: BrowserContext, live_server: str, signed_in: Callable[[Person], Browser], monkeypatch: Any
) -> None:
    """The control: with escaping switched off, a unit's name runs on the page that lists it."""
    browser = signed_in(a_person(roles=[RoleName.ADMINISTRATOR]))
    browser.post("/units", data={"name": "<img src=x onerror=top.hit(7)>"})
    context.add_cookies([cookie_of(browser, live_server)])  # type: ignore[list-item]
    sandbox = Sandbox(context, live_server)

    sandbox.try_page(f"{live_server}/units")
    assert sandbox.hits == set()

    app.jinja_env.cache.clear()
    monkeypatch.setattr(app.jinja_env, "autoescape", False)
    try:
        sandbox.try_page(f"{live_server}/units")
        assert sandbox.hits == {7}
    finally:
        app.jinja_env.cache.clear()


def poisoned(chosen: list[Payload]) -> None:
    """Put payloads into every field that people type into, a few in each."""
    supply = itertools.cycle(chosen)
    db.session.rollback()
    with db.engine.begin() as connection:
        sealed = _open(connection)
        for table in db.metadata.sorted_tables:
            if table.name not in FROZEN | sealed:
                _poison(connection, table, supply)
        connection.execute(db.metadata.tables["rich_text"].delete())
        _poison_names(connection, supply)


def _open(connection: Connection) -> set[str]:
    """Take the seals off a SQLite file; elsewhere say which tables are left as they are."""
    if connection.dialect.name != "sqlite":
        found = connection.execute(
            text("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgenabled = 'A'")
        )
        return {name.strip('"') for (name,) in found}
    triggers = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
    for (name,) in triggers:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    return set()


def _poison(connection: Connection, table: Table, supply: Iterator[Payload]) -> None:
    columns = [c for c in table.columns if type(c.type) is Text and c.name not in NOT_TYPED]
    keys = list(table.primary_key.columns)
    if not columns:
        return
    for row in connection.execute(select(*keys, *columns)).all():
        values = {column.name: _said(supply) for column in columns if row._mapping[column.name]}
        if values:
            where = [key == row._mapping[key.name] for key in keys]
            connection.execute(update(table).where(*where).values(values))


def _poison_names(connection: Connection, supply: Iterator[Payload]) -> None:
    """The trail's names lie in JSON beside it."""
    names = db.metadata.tables["audit_names"]
    for seq, said in connection.execute(select(names.c.seq, names.c.names)).all():
        named = json.dumps({key: _said(supply) for key in json.loads(said)})
        connection.execute(update(names).where(names.c.seq == seq).values(names=named))


def _said(supply: Iterator[Payload]) -> str:
    """Three payloads, as plain text and in Markdown."""
    some = [next(supply) for _ in range(3)]
    parts = [some[0].text, some[1].text, *some[2].marked[:2]]
    return "\n\n".join(parts).replace("\0", "")  # PostgreSQL keeps none.


def pages(browser: Browser, *, most: int) -> Iterator[str]:
    """Addresses of pages by following links from the front page, so many of each kind at most."""
    seen, waiting, kinds = {"/"}, ["/"], {}
    urls = browser.application.url_map.bind("localhost")
    while waiting:
        address = waiting.pop(0)
        endpoint = _endpoint(urls, address)
        if endpoint is None or kinds.get(endpoint, 0) >= most:
            continue
        answer = browser.get(address)
        if answer.status_code != 200 or not answer.mimetype.startswith("text/html"):
            continue
        kinds[endpoint] = kinds.get(endpoint, 0) + 1
        yield address
        for link in re.findall(r'<a\b[^>]*?\bhref="(/[^"#]*)', answer.text):
            target = link.replace("&amp;", "&")
            if target not in seen:
                seen.add(target)
                waiting.append(target)


def _endpoint(urls: Any, address: str) -> str | None:
    try:
        endpoint, _values = urls.match(address.split("?")[0], method="GET")
    except HTTPException:  # It leads nowhere, or elsewhere.
        return None
    return None if endpoint == "static" else str(endpoint)


def test_every_text_column_is_typed_or_known_not_to_be() -> None:
    """A column that is new is poisoned along, unless it is named above."""
    names = {c.name for t in db.metadata.sorted_tables for c in t.columns if type(c.type) is Text}

    assert NOT_TYPED - {"answer", "kind"} <= names | {"answer"}
    assert rich_text.RichText.__table__.c.html.name in NOT_TYPED
