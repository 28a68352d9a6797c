"""How often somebody may try to come in: counted for everybody, wherever they knock, and never telling who is here."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from config import Settings
from portfolio import create_app
from portfolio.audit.entry import AuditEntry
from portfolio.foundation import clock, tries
from portfolio.foundation.database import db, write_tx
from portfolio.foundation.tries import Tries
from portfolio.people import guarding
from portfolio.people.person import Person
from tests.browser import Browser, elsewhere
from tests.conftest import PASSWORD
from tests.factories import a_person, an_administrator, at, last_line, reading

SignIn = Callable[[Person], Browser]
NOW = "2026-06-10T10:00"
LATER = "2026-06-10T10:05:01"


def knock(browser: Browser, email: str, password: str = "wrong", *, ip: str = "192.0.2.1") -> int:
    """Try to sign in from somewhere; gives the status of the answer."""
    answer = browser.post("/sign-in", data={"email": email, "password": password}, environ_base={"REMOTE_ADDR": ip})
    return answer.status_code


def refusals() -> int:
    """How many failed sign-ins are on the trail: each is a guess that was looked at."""
    with reading():
        counted = select(func.count()).where(AuditEntry.action == "person.sign_in_refused")
        return db.session.scalar(counted) or 0


def plain(page: str) -> str:
    """A page without what differs each time."""
    page = re.sub(r'data-options="[^"]*"', "", page)  # What a browser is asked to sign.
    return re.sub(r'(name="(csrf_token|request_key)"[^>]*value=|v=)"?[\w.\-]+', "", page)


def test_ten_guesses_are_looked_at_in_five_minutes_and_no_more(app: Flask, signed_in: SignIn) -> None:
    person = a_person()
    signed_in(person)
    stranger: Browser = app.test_client()  # type: ignore[assignment]

    with at(NOW):
        answers = [knock(stranger, person.email, ip=f"192.0.2.{n}") for n in range(1, 31)]
        right = knock(stranger, person.email, PASSWORD, ip="192.0.2.99")

    assert answers == [200] * 10 + [429] * 20
    assert refusals() == 10
    assert right == 429, "A right password beyond the limit is not looked at either."


def test_the_window_slides(app: Flask, signed_in: SignIn, client: Browser) -> None:
    person = a_person()
    signed_in(person)
    for n in range(10):
        with at(f"2026-06-10T10:0{n // 3}:{n:02}"):
            knock(client, person.email, ip=f"192.0.2.{n}")

    with at("2026-06-10T10:05:01"):
        assert knock(client, person.email, ip="192.0.2.50") == 200
        assert knock(client, person.email, ip="192.0.2.50") == 200
        assert knock(client, person.email, ip="192.0.2.50") == 429
    with at("2026-06-10T10:30"):
        assert knock(client, person.email, PASSWORD) == 302


def test_one_place_is_stopped_whatever_addresses_it_tries(app: Flask, signed_in: SignIn, client: Browser) -> None:
    person = a_person()
    signed_in(person)

    with at(NOW):
        answers = [knock(client, f"somebody{n}@company.example") for n in range(12)]
        assert answers == [200] * 10 + [429] * 2
        assert knock(client, person.email, PASSWORD) == 429
        assert knock(client, person.email, PASSWORD, ip="192.0.2.2") == 302


def test_one_household_of_long_addresses_is_one_place(app: Flask, client: Browser) -> None:
    with at(NOW):
        answers = [knock(client, f"somebody{n}@company.example", ip=f"2001:db8:0:1::{n:x}") for n in range(1, 12)]

    assert answers[-1] == 429


def test_whoever_knows_their_password_is_never_stopped(app: Flask, signed_in: SignIn) -> None:
    person = a_person()

    with at(NOW):
        for _ in range(15):
            signed_in(person)


def test_a_refusal_says_when_to_try_again_and_keeps_the_address(app: Flask, client: Browser) -> None:
    with at(NOW):
        for _ in range(10):
            knock(client, "noor@company.example")
    with at("2026-06-10T10:01"):
        answer = client.post(
            "/sign-in",
            data={"email": "noor@company.example", "password": "wrong"},
            environ_base={"REMOTE_ADDR": "192.0.2.7"},
        )

    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "240"
    assert "Try again in 4 minutes." in answer.text
    assert 'value="noor@company.example"' in answer.text


def test_a_known_and_an_unknown_address_are_stopped_alike(app: Flask, signed_in: SignIn, client: Browser) -> None:
    known = a_person()
    signed_in(known)
    pages: dict[str, list[tuple[int, str]]] = {}
    with at(NOW):
        for number, email in enumerate((known.email, "nobody@company.example")):
            where = {"REMOTE_ADDR": f"192.0.2.{number}"}
            answers = [
                client.post("/sign-in", data={"email": email, "password": "wrong"}, environ_base=where)
                for _ in range(12)
            ]
            pages[email] = [(a.status_code, plain(a.text).replace(email, "")) for a in answers]

    assert pages[known.email] == pages["nobody@company.example"]


def test_an_address_is_counted_as_one_however_it_is_spelt(app: Flask, client: Browser) -> None:
    with at(NOW):
        for n, email in enumerate(["noor@company.example", "NOOR@Company.Example", " noor@COMPANY.example "] * 4):
            last = knock(client, email, ip=f"192.0.2.{n}")

    assert last == 429


def test_a_restart_and_another_process_count_along(app: Flask, settings: Settings) -> None:
    with at(NOW):
        here: Browser = app.test_client()  # type: ignore[assignment]
        for n in range(10):
            knock(here, "noor@company.example", ip=f"192.0.2.{n}")
        another = elsewhere(create_app, dataclasses.replace(settings))
        another.test_client_class = Browser
        assert knock(another.test_client(), "noor@company.example", ip="192.0.2.60") == 429  # type: ignore[arg-type]
        with another.app_context():
            db.engine.dispose()


def test_guesses_at_once_are_counted_one_by_one(app: Flask, signed_in: SignIn) -> None:
    person = a_person()
    signed_in(person)

    def guess(number: int) -> int:
        return knock(app.test_client(), person.email, ip=f"198.51.100.{number}")  # type: ignore[arg-type]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(24)))

    assert answers.count(200) == 10
    assert answers.count(429) == 14
    assert refusals() == 10


def test_control_counting_in_the_process_alone_would_let_them_through(
    app: Flask, signed_in: SignIn, client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guarding, "take", lambda *_, **__: None)
    person = a_person()
    signed_in(person)

    with at(NOW):
        for n in range(30):
            knock(client, person.email, ip=f"192.0.2.{n}")

    assert refusals() == 30


def test_who_knocked_cannot_be_read_from_the_count(app: Flask, client: Browser) -> None:
    knock(client, "noor@company.example", ip="192.0.2.77")

    with reading():
        kept = " ".join(f"{row.limit_name} {row.key_hash} {row.moments}" for row in db.session.scalars(select(Tries)))
    assert "noor" not in kept
    assert "192.0.2.77" not in kept
    assert kept.count("sign_in.") == 2


def test_a_failed_sign_in_is_on_the_trail_without_the_address_that_nobody_has(
    app: Flask, signed_in: SignIn, client: Browser
) -> None:
    person = a_person()
    signed_in(person)

    knock(client, person.email)
    assert (last_line().action, last_line().subject_id) == ("person.sign_in_refused", person.id)
    knock(client, "nobody@company.example")
    assert (last_line().action, last_line().subject_id) == ("person.sign_in_refused", None)
    assert "nobody@" not in str(last_line().names)


def test_five_links_for_a_new_password_a_day(app: Flask, client: Browser) -> None:
    person = a_person()

    def ask(email: str, ip: str) -> tuple[int, str]:
        answer = client.post("/password", data={"email": email}, environ_base={"REMOTE_ADDR": ip})
        return answer.status_code, plain(answer.text).replace(email, "")

    with at(NOW):
        known = [ask(person.email, f"192.0.2.{n}") for n in range(7)]
        unknown = [ask("nobody@company.example", f"192.0.2.{n}") for n in range(7)]
    assert [status for status, _ in known] == [200] * 5 + [429] * 2
    assert known == unknown
    assert len(app.extensions["jobs"].huey.pending()) == 10
    with at("2026-06-11T10:01"):
        assert ask(person.email, "192.0.2.1")[0] == 200


def test_one_place_asks_for_twenty_links_a_day(app: Flask, client: Browser) -> None:
    with at(NOW):
        answers = [client.post("/password", data={"email": f"s{n}@company.example"}).status_code for n in range(21)]

    assert answers == [200] * 20 + [429]


def test_the_first_code_is_not_guessed(app: Flask, client: Browser) -> None:
    form = {"organisation": "Fjord", "name": "Noor", "email": "noor@fjord.example"}
    form |= {"password": PASSWORD, "again": PASSWORD, "code": "AAAAA-BBBBB"}

    with at(NOW):
        answers = [client.post("/first-run", data=form) for _ in range(11)]

    assert [answer.status_code for answer in answers] == [409] * 10 + [429]
    assert 'value="Fjord"' in answers[-1].text


def test_nobody_is_invited_over_and_over(app: Flask, signed_in: SignIn) -> None:
    invited = a_person()
    browser = signed_in(an_administrator())

    answers = [browser.post(f"/people/{invited.handle}/invitation").status_code for _ in range(6)]

    assert answers == [303] * 5 + [429]
    assert len(app.extensions["jobs"].huey.pending()) == 5


def test_the_present_password_is_not_guessed_in_an_open_session(app: Flask, signed_in: SignIn) -> None:
    person = a_person()
    browser = signed_in(person)
    new = "another password for tests"
    wrong = {"password": "wrong", "new_password": new, "new_password_confirm": new}

    with at(clock.now()):
        answers = [browser.post("/account/password", data=wrong).status_code for _ in range(6)]
        right = browser.post("/account/password", data=wrong | {"password": PASSWORD})

    assert answers == [200] * 5 + [429]
    assert right.status_code == 429


def test_counts_that_say_nothing_any_more_are_forgotten(app: Flask, client: Browser) -> None:
    with at(NOW):
        knock(client, "noor@company.example")
    with at("2026-06-10T10:06"):
        app.extensions["jobs"].carry_out("people.forget_tries")

    with reading():
        assert db.session.scalar(select(func.count()).select_from(Tries)) == 0


def test_control_a_count_forgotten_too_early_lets_them_guess_on(app: Flask, client: Browser) -> None:
    with at(NOW):
        for n in range(10):
            knock(client, "noor@company.example", ip=f"192.0.2.{n}")
    with at("2026-06-10T10:04"):
        app.extensions["jobs"].carry_out("people.forget_tries")
        assert knock(client, "noor@company.example", ip="192.0.2.90") == 429
        with write_tx():
            tries.forget(at=clock.now() + timedelta(minutes=2))
        assert knock(client, "noor@company.example", ip="192.0.2.90") == 200
