"""The second step: set up with a first code, asked for at each sign-in, used once, and asked by the house rules."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select, text

from portfolio import commands
from portfolio.audit.entry import AuditEntry
from portfolio.foundation import clock, one_time_codes
from portfolio.foundation.database import db, write_tx
from portfolio.people import accounts, authenticator, second_step
from portfolio.people.authenticator import Authenticator, secret_of
from portfolio.people.password_link import LinkKind, PasswordLink
from portfolio.people.person import Person, RoleName
from portfolio.people.token import Scope, Token
from tests.browser import Browser
from tests.conftest import PASSWORD
from tests.factories import (
    a_leader,
    a_person,
    an_administrator,
    at,
    change_house_rules,
    here,
    last_action,
    reading,
    with_roles,
)

SignIn = Callable[[Person], Browser]
NOW = "2026-06-10T10:00"
HALF_MINUTE = timedelta(seconds=30)


def is_signed_in(browser: Browser) -> bool:
    """Whether this browser reads what needs signing in."""
    return browser.get("/account").status_code == 200


def code_of(person: Person) -> str:
    """The code somebody's app shows now."""
    with reading():
        secret = db.session.scalar(select(Authenticator.secret).where(Authenticator.person_id == person.id))
        assert secret is not None
        return one_time_codes.code_at(secret, clock.now())


def set_up(browser: Browser, person: Person) -> list[str]:
    """Set an app up; gives the recovery codes, if any are shown."""
    assert browser.post("/account/app").status_code == 200
    answer = browser.post("/account/app/confirmation", data={"code": code_of(person)})
    assert answer.status_code in (200, 303), answer.text
    return re.findall(r"<code>([A-Z2-9-]{19})</code>", answer.text)


def half_way(app: Flask, person: Person) -> Browser:
    """A browser in which somebody has typed their password, and no more."""
    browser: Browser = app.test_client()  # type: ignore[assignment]
    answer = browser.post("/sign-in?next=/experiments", data={"email": person.email, "password": PASSWORD})
    assert (answer.status_code, answer.location) == (302, "/sign-in/second-step")
    return browser


def step(browser: Browser, code: str) -> int:
    """Type a code at the second step; gives the status of the answer."""
    return browser.post("/sign-in/second-step", data={"code": code}).status_code


@pytest.fixture
def someone(app: Flask, signed_in: SignIn) -> Person:
    """Somebody whose app was set up a while ago."""
    person = a_person()
    with at("2026-06-10T09:00"):
        set_up(signed_in(person), person)
    return person


def test_an_app_is_set_up_with_its_picture_its_key_and_a_first_code(app: Flask, signed_in: SignIn) -> None:
    person = a_person()
    browser = signed_in(person)

    page = browser.post("/account/app").text
    assert 'src="data:image/svg+xml;base64,' in page
    assert re.search(r"<code class=\"key-text\">([A-Z2-7]{4} ){7}[A-Z2-7]{4}</code>", page)
    assert not second_step_of(person), "It counts for nothing before the first code."
    answer = browser.post("/account/app/confirmation", data={"code": code_of(person)})

    assert len(re.findall(r"<code>[A-Z2-9-]{19}</code>", answer.text)) == 10
    assert second_step_of(person)
    assert is_signed_in(browser)


def second_step_of(person: Person) -> bool:
    """Whether somebody has one."""
    with reading():
        return second_step.has_second_step(person.id)


def test_a_wrong_first_code_keeps_the_picture_and_sets_nothing_up(app: Flask, signed_in: SignIn) -> None:
    person = a_person()
    browser = signed_in(person)
    browser.post("/account/app")

    for code, status in (("000000" if code_of(person) != "000000" else "111111", 409), ("12", 409), ("", 422)):
        answer = browser.post("/account/app/confirmation", data={"code": code})
        assert answer.status_code == status
        assert "data:image/svg+xml" in answer.text
    assert not second_step_of(person)


def test_setting_up_ends_after_a_quarter_of_an_hour(app: Flask, signed_in: SignIn) -> None:
    person = a_person()
    with at(NOW):
        browser = signed_in(person)
        browser.post("/account/app")
    with at("2026-06-10T10:16"):
        assert browser.post("/account/app/confirmation", data={"code": code_of(person)}).status_code == 409


def test_setting_up_signs_other_devices_out(app: Flask, signed_in: SignIn) -> None:
    person = a_person()
    browser, other = signed_in(person), signed_in(person)

    set_up(browser, person)

    assert is_signed_in(browser)
    assert not is_signed_in(other)


def test_the_password_alone_opens_nothing_any_more(app: Flask, someone: Person) -> None:
    with at(NOW):
        browser = half_way(app, someone)

        assert not is_signed_in(browser)
        assert browser.post("/account/devices/ending").status_code == 302
        assert step(browser, code_of(someone)) == 303
        assert is_signed_in(browser)


def test_after_the_second_step_they_are_where_they_wanted(app: Flask, someone: Person) -> None:
    with at(NOW):
        browser = half_way(app, someone)
        answer = browser.post("/sign-in/second-step", data={"code": code_of(someone)})

    assert answer.location == "/experiments"
    assert last_action() == "person.signed_in"


def test_a_code_is_used_once(app: Flask, someone: Person) -> None:
    with at(NOW):
        code = code_of(someone)
        first, second = half_way(app, someone), half_way(app, someone)
        assert step(first, code) == 303
        assert step(second, code) == 422
        assert step(second, f"{code[:3]} {code[3:]}") == 422
        assert not is_signed_in(second)


def test_an_older_code_is_used_up_along_with_a_newer_one(app: Flask, someone: Person) -> None:
    with at(NOW):
        older = code_of(someone)
    with clock.set_to(moment(NOW) + HALF_MINUTE):
        assert step(half_way(app, someone), code_of(someone)) == 303
        assert step(half_way(app, someone), older) == 422


def moment(words: str) -> object:
    """A moment in Amsterdam."""
    with at(words):
        return clock.now()


def test_a_code_sent_by_many_at_once_opens_for_one(app: Flask, someone: Person) -> None:
    with at(NOW):
        code = code_of(someone)
        browsers = [half_way(app, someone) for _ in range(4)]

    def send(browser: Browser) -> int:
        with at(NOW):
            return step(browser, code)

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(send, browsers))

    assert answers == [303, 422, 422, 422]


def test_control_without_using_it_up_a_code_opens_twice(
    app: Flask, someone: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_step, "use_code", lambda *_: True)
    with at(NOW):
        code = code_of(someone)
        answers = [step(half_way(app, someone), code) for _ in range(2)]

    assert answers == [303, 303]


@pytest.mark.parametrize(("seconds", "status"), [(-30, 303), (0, 303), (30, 303), (90, 422), (-90, 422)])
def test_a_telephone_s_clock_may_be_off_by_half_a_minute(
    app: Flask, someone: Person, seconds: int, status: int
) -> None:
    with clock.set_to(moment(NOW) + timedelta(seconds=seconds)):  # type: ignore[operator]
        code = code_of(someone)
    with at(NOW):
        assert step(half_way(app, someone), code) == status


def test_five_codes_are_looked_at_in_five_minutes(app: Flask, someone: Person) -> None:
    with at(NOW):
        right = code_of(someone)
        wrong = "000000" if right != "000000" else "111111"
        browser = half_way(app, someone)
        answers = [step(browser, wrong) for _ in range(6)]
        assert answers == [422] * 5 + [429]
        assert step(half_way(app, someone), right) == 429, "Typing the password anew does not begin it anew."


def test_half_way_ends_after_ten_minutes(app: Flask, someone: Person) -> None:
    with at(NOW):
        browser = half_way(app, someone)
    with at("2026-06-10T10:11"):
        answer = browser.post("/sign-in/second-step", data={"code": code_of(someone)})
        assert answer.location == "/sign-in"
        assert not is_signed_in(browser)


@pytest.mark.parametrize("how", ["deactivated", "new password", "role taken away"])
def test_half_way_ends_with_everything_else(app: Flask, signed_in: SignIn, how: str) -> None:
    person = a_leader()
    with at("2026-06-10T09:00"):
        set_up(signed_in(person), person)
    with at(NOW):
        browser = half_way(app, person)
        if how == "deactivated":
            with write_tx():
                here(person).deactivate(by=None)
        elif how == "role taken away":
            with_roles(person)
        else:
            with write_tx():
                here(person).end_sessions()
        code = code_of(person)
        assert browser.post("/sign-in/second-step", data={"code": code}).location == "/sign-in"
        assert not is_signed_in(browser)


def test_what_was_begun_ends_with_everything_else(app: Flask, signed_in: SignIn) -> None:
    person = a_leader()
    signed_in(person).post("/account/app")

    with_roles(person)

    with reading():
        assert authenticator.begun_app_of(person.id) is None


def test_a_link_for_a_new_password_does_not_skip_the_second_step(app: Flask, someone: Person, client: Browser) -> None:
    new = "another password for tests"
    with at(NOW):
        with write_tx() as now:
            link = PasswordLink.make(here(someone), LinkKind.RESET, at=now)[1]
        answer = client.post(f"/password/{link}", data={"password": new, "again": new})

        assert answer.location == "/sign-in/second-step"
        assert not is_signed_in(client)
        assert step(client, code_of(someone)) == 303
        assert is_signed_in(client)


def test_a_recovery_code_opens_once_and_new_ones_replace_all(app: Flask, signed_in: SignIn) -> None:
    person = a_person()
    with at("2026-06-10T09:00"):
        browser = signed_in(person)
        codes = set_up(browser, person)
    with at(NOW):
        assert step(half_way(app, person), codes[0].lower().replace("-", " ")) == 303
        assert step(half_way(app, person), codes[0]) == 422
        again = half_way(app, person)
        assert step(again, codes[1]) == 303
        answer = again.post("/account/recovery-codes")
        new = re.findall(r"<code>([A-Z2-9-]{19})</code>", answer.text)
        assert len(new) == 10
        assert step(half_way(app, person), codes[2]) == 422
        assert step(half_way(app, person), new[2]) == 303


def test_somebody_else_s_recovery_code_opens_nothing(app: Flask, signed_in: SignIn, someone: Person) -> None:
    other = a_person()
    with at("2026-06-10T09:00"):
        codes = set_up(signed_in(other), other)
    with at(NOW):
        assert step(half_way(app, someone), codes[0]) == 422


def test_taking_the_app_away_asks_for_the_password_again(app: Flask, someone: Person) -> None:
    with at(NOW):
        browser = half_way(app, someone)
        step(browser, code_of(someone))
    with at("2026-06-10T10:11"):
        assert browser.post("/account/app/removal").status_code == 403
        assert second_step_of(someone)
        assert browser.post("/account/app/removal", data={"proof_password": PASSWORD}).status_code == 303
        assert not second_step_of(someone)
        with reading():
            assert second_step.use_recovery_code.__module__  # Its codes are gone along with it:
            assert db.session.execute(text("SELECT count(*) FROM recovery_code")).scalar() == 0


def test_no_app_replaces_another_unasked(app: Flask, someone: Person) -> None:
    with at(NOW):
        browser = half_way(app, someone)
        step(browser, code_of(someone))
        assert browser.post("/account/app").status_code == 409
        assert second_step_of(someone)


def test_an_administrator_helps_who_lost_their_telephone(app: Flask, signed_in: SignIn, someone: Person) -> None:
    with at(NOW):
        theirs = half_way(app, someone)
        step(theirs, code_of(someone))
        administrator = signed_in(an_administrator())
        assert signed_in(a_leader()).post(f"/people/{someone.handle}/second-step/removal").status_code == 403
        assert administrator.post(f"/people/{someone.handle}/second-step/removal").status_code == 303
        assert not is_signed_in(theirs)
        assert is_signed_in(signed_in(someone))
        assert administrator.post(f"/people/{someone.handle}/second-step/removal").status_code == 409


def test_no_secret_is_readable_in_the_database_or_on_the_trail(app: Flask, signed_in: SignIn) -> None:
    person = a_person()
    browser = signed_in(person)
    key = re.search(r'key-text">([A-Z2-7 ]+)<', browser.post("/account/app").text)
    assert key is not None
    code = code_of(person)
    answer = browser.post("/account/app/confirmation", data={"code": code})
    codes = re.findall(r"<code>([A-Z2-9-]{19})</code>", answer.text)

    with reading():
        kept = [
            str(row)
            for table in ("authenticator", "recovery_code", "audit_entry", "audit_names", "request_key")
            for row in db.session.execute(text(f"SELECT * FROM {table}"))
        ]
        assert "enckey" in (secret_of(person.id) or "")
    everything = " ".join(kept)
    for secret in (key[1], key[1].replace(" ", ""), *codes, *(shown.replace("-", "") for shown in codes)):
        assert secret not in everything
    assert not re.search(r"\b[0-9a-f]{64}\b", browser.get("/account/signing-in").text)


def test_once_the_secret_key_is_another_no_code_fits_and_recovery_codes_still_do(
    app: Flask, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = a_person()
    with at("2026-06-10T09:00"):
        codes = set_up(signed_in(person), person)
    with at(NOW):
        code = code_of(person)
        monkeypatch.setitem(app.config, "SECRET_KEY", "another secret key: 0123456789 abcdefghijklmnop")
        assert step(half_way(app, person), code) == 422
        assert step(half_way(app, person), codes[0]) == 303


def test_failed_second_steps_are_on_the_trail(app: Flask, someone: Person) -> None:
    with at(NOW):
        step(half_way(app, someone), "no code")

    assert last_action() == "person.second_step_refused"


# The house rule -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("maker", [a_leader, an_administrator])
def test_by_the_house_rules_they_set_one_up_before_anything_else(
    app: Flask, signed_in: SignIn, maker: Callable[[], Person]
) -> None:
    person = maker()
    browser = signed_in(person)
    assert browser.get("/experiments").status_code == 200
    change_house_rules(two_steps_needed=True)

    for address in ("/", "/experiments", "/people", "/account"):
        answer = browser.get(address)
        assert (answer.status_code, answer.location) == (303, "/account/signing-in"), address
    assert browser.post("/account", data={"name": "Noor"}).location == "/account/signing-in"
    assert "First, your second step" in browser.get("/account/signing-in").text
    set_up(browser, person)
    assert browser.get("/experiments").status_code == 200


def test_by_the_house_rules_nobody_else_has_to(app: Flask, signed_in: SignIn) -> None:
    browser = signed_in(a_person(roles=[RoleName.FACILITATOR]))
    change_house_rules(two_steps_needed=True)

    assert browser.get("/experiments").status_code == 200


def test_whoever_becomes_a_leader_has_to_from_then_on(app: Flask, signed_in: SignIn) -> None:
    change_house_rules(two_steps_needed=True)
    person = a_person()
    browser = signed_in(person)
    with_roles(person, RoleName.LEADER)

    assert browser.get("/experiments").location == "/account/signing-in"


def test_the_last_second_step_stays_while_the_rules_ask_for_it(app: Flask, signed_in: SignIn) -> None:
    leader = a_leader()
    browser = signed_in(leader)
    set_up(browser, leader)
    change_house_rules(two_steps_needed=True)

    answer = browser.post("/account/app/removal")

    assert answer.status_code == 409
    assert second_step_of(leader)


def test_a_token_of_whoever_lacks_it_opens_nothing(app: Flask, signed_in: SignIn, client: Browser) -> None:
    leader = a_leader()
    with write_tx() as now:
        _token, said = Token.make(here(leader), "Sheet", [Scope.READ], lives=timedelta(days=1), by=None, at=now)
    bearing = {"Authorization": f"Bearer {said}"}
    assert client.get("/api/v1/experiments", headers=bearing).status_code == 200
    change_house_rules(two_steps_needed=True)

    assert client.get("/api/v1/experiments", headers=bearing).status_code == 401
    set_up(signed_in(leader), leader)
    # Setting it up does not end tokens: they were made by the same person.
    assert client.get("/api/v1/experiments", headers=bearing).status_code == 200


def test_the_rule_costs_no_statement(app: Flask, signed_in: SignIn, count_statements: Callable[[], object]) -> None:
    browser = signed_in(a_leader())
    browser.get("/account")
    with count_statements() as before:  # type: ignore[attr-defined]
        browser.get("/account")

    asked = [statement for statement in before if "authenticator" in statement]
    assert len(asked) == 1
    assert "sign_in" in asked[0], "It is asked along with who is signed in."


def test_control_without_the_rule_s_hook_a_leader_goes_on(
    app: Flask, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = signed_in(a_leader())
    change_house_rules(two_steps_needed=True)
    monkeypatch.setattr(accounts, "STILL_OPEN", ("network",))

    assert browser.get("/experiments").status_code == 200


def test_setting_it_up_is_on_the_trail(app: Flask, signed_in: SignIn) -> None:
    person = a_person()
    set_up(signed_in(person), person)

    with reading():
        actions = set(db.session.scalars(select(AuditEntry.action)))
    assert "person.app_set_up" in actions


def test_the_console_helps_the_last_administrator(app: Flask, someone: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "_ready_app", lambda *_: app)

    answer = CliRunner().invoke(
        commands.cli, ["person", "second-step-off", "--email", someone.email], catch_exceptions=False
    )

    assert "with the password alone" in answer.output
    assert not second_step_of(someone)
