"""Passkeys in a real browser with a device made of software: made, used for either step, used once, taken away."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import func, select

from portfolio.foundation.database import db, write_tx
from portfolio.people import passkey, second_step_views
from portfolio.people.passkey import Passkey
from portfolio.people.person import Person
from tests.browser import Browser
from tests.conftest import PASSWORD
from tests.factories import a_leader, a_person, change_house_rules, deactivated, here, last_action, reading

SignIn = Callable[[Person], Browser]
PageOf = Callable[[Person], Page]
# What a device signed is looked at before the database is; that passkeys are kept, used and spent both databases show.
before_the_database = pytest.mark.once


def a_device(page: Page, *, asks: bool = True) -> str:
    """Give a page's browser a device that holds passkeys.

    Args:
        asks: whether it asks for a finger, and gets one.
    """
    session: Any = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": asks}
    options |= {"isUserVerified": asks, "automaticPresenceSimulation": True}
    return str(session.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"])


def make_one(page: Page, name: str = "My laptop") -> None:
    """Make a passkey on the pages that are there for it."""
    page.goto("/account/signing-in")
    page.get_by_role("link", name="Make a passkey").click()
    page.get_by_label("Name of the passkey").fill(name)
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_text("The passkey is kept.")).to_be_visible()


def sign_out(page: Page) -> None:
    """Sign out, the device stays."""
    page.goto("/account")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1, name="Sign in")).to_be_visible()


def how_many() -> int:
    """How many passkeys are kept."""
    with reading():
        return db.session.scalar(select(func.count(Passkey.id))) or 0


def test_a_passkey_is_made_named_listed_and_taken_away(page_of: PageOf) -> None:
    page = page_of(a_person())
    a_device(page)

    make_one(page)
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_text("My laptop")).to_be_visible()
    page.get_by_role("button", name="Take away").click()

    expect(page.get_by_text("The passkey is taken away.")).to_be_visible()
    assert how_many() == 0


def test_with_a_passkey_alone_one_signs_in(page_of: PageOf) -> None:
    page = page_of(a_person(name="Noor Visser"))
    a_device(page)
    make_one(page)
    sign_out(page)

    page.goto("/sign-in?next=/experiments")
    page.get_by_role("button", name="Sign in with a passkey").click()

    page.wait_for_url(re.compile(r"\d/experiments$"))
    assert last_action() == "person.signed_in"


@before_the_database
def test_it_is_the_second_step_beside_the_password(page_of: PageOf) -> None:
    person = a_person()
    page = page_of(person)
    a_device(page, asks=False)
    make_one(page)
    sign_out(page)

    page.get_by_label("Work e-mail").fill(person.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="The second step")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()

    page.wait_for_url(re.compile(r"/$"))
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


@before_the_database
def test_a_device_that_asks_for_nothing_is_not_both_steps(page_of: PageOf) -> None:
    page = page_of(a_person())
    a_device(page, asks=False)
    make_one(page)
    sign_out(page)

    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_text("That was broken off")).to_be_visible()


@before_the_database
def test_a_leader_who_needs_one_can_make_it(page_of: PageOf) -> None:
    page = page_of(a_leader())
    a_device(page)
    change_house_rules(two_steps_needed=True)
    page.goto("/experiments")
    expect(page.get_by_role("heading", name="First, your second step")).to_be_visible()

    make_one(page)

    page.goto("/experiments")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.url.endswith("/experiments")


@pytest.fixture
def shown(page_of: PageOf, context: BrowserContext) -> tuple[Person, dict[str, str], str]:
    """Somebody, what their browser sent to sign in with a passkey alone, and the cookie it sent it with."""
    person = a_person()
    page = page_of(person)
    a_device(page)
    make_one(page)
    sign_out(page)
    sent: dict[str, str] = {}

    def hold(route: Any) -> None:
        sent.update(parse_qsl(route.request.post_data or ""))
        route.abort()

    page.route("**/sign-in/passkey*", hold)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_timeout(1000)
    cookie = next(cookie for cookie in context.cookies() if cookie["name"] == "tandem")
    return person, sent, cookie["value"]  # type: ignore[return-value]


def send_again(app: Flask, sent: dict[str, str], cookie: str) -> Browser:
    """Send what was held back, from a browser into which the cookie was copied."""
    browser: Browser = app.test_client()  # type: ignore[assignment]
    browser.set_cookie("tandem", cookie)
    answer = browser.post("/sign-in/passkey", data={"credential": sent["credential"]})
    browser.status = answer.status_code  # type: ignore[attr-defined]
    return browser


def status(browser: Browser) -> int:
    """How the answer was."""
    return browser.status  # type: ignore[attr-defined, no-any-return]


def test_what_was_signed_opens_once(app: Flask, shown: tuple[Person, dict[str, str], str]) -> None:
    _person, sent, cookie = shown

    assert status(send_again(app, sent, cookie)) == 303
    assert status(send_again(app, sent, cookie)) == 422


def test_control_without_the_last_use_what_was_signed_opens_twice(
    app: Flask, shown: tuple[Person, dict[str, str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_step_views, "use_passkey", lambda *_, **__: True)
    _person, sent, cookie = shown

    assert [status(send_again(app, sent, cookie)) for _ in range(2)] == [303, 303]


def test_it_opens_nothing_of_an_ended_account(app: Flask, shown: tuple[Person, dict[str, str], str]) -> None:
    person, sent, cookie = shown
    deactivated(person)

    assert status(send_again(app, sent, cookie)) == 422
    assert last_action() == "person.sign_in_refused"


@before_the_database
def test_it_is_bound_to_what_was_asked_of_it(app: Flask, shown: tuple[Person, dict[str, str], str]) -> None:
    _person, sent, _cookie = shown
    browser: Browser = app.test_client()  # type: ignore[assignment]
    browser.get("/sign-in")  # Asks for something else to be signed.

    answer = browser.post("/sign-in/passkey", data={"credential": sent["credential"]})

    assert answer.status_code == 422


@before_the_database
def test_it_is_bound_to_this_very_site(
    app: Flask, shown: tuple[Person, dict[str, str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _person, sent, cookie = shown
    monkeypatch.setattr(second_step_views, "site", lambda: passkey.Site("evil.example", "https://evil.example"))

    assert status(send_again(app, sent, cookie)) == 422


@pytest.mark.parametrize(
    "sent", ["", "{}", "[]", "null", '{"id": 5}', "x" * 5000, '{"id": "' + "A" * 40 + '"}', "[" * 9999]
)
def test_nonsense_opens_nothing(app: Flask, client: Browser, sent: str) -> None:
    client.get("/sign-in")

    assert client.post("/sign-in/passkey", data={"credential": sent}).status_code == 422


def test_somebody_else_s_passkey_is_not_theirs_to_take_away(app: Flask, signed_in: SignIn) -> None:
    owner, other = a_person(), a_person()
    with write_tx() as now:
        kept = Passkey(person_id=here(owner).id, name="Stick", credential_id="AAAA", public_key="AAAA", sign_count=0)
        kept.made_at = now
        db.session.add(kept)
        db.session.flush()
        number = kept.id

    assert signed_in(other).post(f"/account/passkeys/{number}/removal").status_code == 404
    assert how_many() == 1


def test_where_tandem_has_a_number_for_a_name_no_passkey_is_offered(
    app: Flask, client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_step_views, "site", lambda: None)

    assert "passkey.js" not in client.get("/sign-in").text
