"""Tokens: what they open, what they never open, and how they end."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from portfolio.foundation import clock
from portfolio.foundation.database import db, write_tx
from portfolio.foundation.errors import RuleBroken
from portfolio.people import queries
from portfolio.people.person import Person, RoleName
from portfolio.people.token import Scope, Token, tokens_of
from tests.api_client import Program, a_token
from tests.browser import Browser
from tests.factories import a_leader, a_person, a_proposed_experiment, an_administrator, changing

SignIn = Callable[[Person], Browser]


def test_nothing_opens_without_a_token(app: Flask) -> None:
    for token in ("", "tandem_guessed", "é" * 40):
        answer = Program(app, token).get("/experiments")
        assert answer.status_code == 401
        assert answer.mimetype == "application/problem+json"
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_cookie_opens_nothing_there(app: Flask, signed_in: SignIn) -> None:
    assert signed_in(a_leader()).get("/api/v1/experiments").status_code == 401


def test_a_token_opens_no_page(app: Flask) -> None:
    program = Program(app, a_token(a_leader()))

    answer = program.client.get("/experiments", headers=program.headers)

    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")


def test_a_token_is_shown_once_and_kept_as_a_hash(app: Flask, signed_in: SignIn) -> None:
    browser = signed_in(a_person())

    answer = browser.post("/account/tokens", data={"name": "A spreadsheet", "scopes": ["read"], "days": "30"})

    (text,) = re.findall(r"tandem_[\w-]{20,}", answer.text)
    assert text not in browser.get("/account/tokens").text
    with db.engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT * FROM api_token").one()
    assert text not in str(kept)
    assert Program(app, text).get("/experiments").status_code == 200


def test_a_token_for_nothing_is_sent_back_with_its_name(signed_in: SignIn) -> None:
    browser = signed_in(a_person())

    answer = browser.post("/account/tokens", data={"name": "A spreadsheet", "days": "30"})

    assert answer.status_code == 422
    assert 'value="A spreadsheet"' in answer.text
    assert "No tokens yet" in answer.text


@pytest.mark.parametrize("end", ["by hand", "its last day", "deactivation", "a role taken away", "another password"])
def test_a_token_ends_at_once(app: Flask, end: str) -> None:
    person, token = a_leader(), ""
    an_administrator()
    token = a_token(person)
    program = Program(app, token)
    assert program.get("/experiments").status_code == 200
    handle = person.handle

    moment = clock.now()
    with write_tx() as at:
        found = queries.person_for_change(handle)
        if end == "by hand":
            tokens_of(found)[0].revoke(by=found, at=at)
        elif end == "its last day":
            moment = at + timedelta(days=200)
        elif end == "deactivation":
            found.deactivate(by=None)
        elif end == "a role taken away":
            found.appoint(set(), [], by=None)
        else:
            found.end_sessions()

    with clock.set_everywhere(moment):
        assert program.get("/experiments").status_code == 401


def test_a_token_does_only_what_it_is_for(app: Flask) -> None:
    leader, experiment = a_leader(), a_proposed_experiment()
    ref = experiment.ref
    reader, writer = Program(app, a_token(leader, "read")), Program(app, a_token(leader, "write"))

    assert reader.post(f"/experiments/{ref}/comments", {"body": "Why?"}).status_code == 403
    assert writer.get(f"/experiments/{ref}").status_code == 403
    assert writer.post(f"/experiments/{ref}/comments", {"body": "Why?"}).status_code == 200
    decline = writer.post(f"/experiments/{ref}/decline", {"reason": "No."}, If_Match='"1.x"')
    assert decline.status_code == 403
    assert "fund" in decline.json["detail"]


def test_a_scope_beyond_the_owner_gives_nothing(app: Flask) -> None:
    experiment = a_proposed_experiment()
    program = Program(app, a_token(a_person(), "fund"))

    answer = program.post(f"/experiments/{experiment.ref}/decline", {"reason": "No."}, If_Match='"1.x"')

    assert answer.status_code == 403


def test_nobody_ends_another_s_token(app: Flask, signed_in: SignIn) -> None:
    owner, other = a_person(), a_person()
    a_token(owner)
    token_id = tokens_of(owner)[0].id
    browser = signed_in(other)

    answer = browser.post(f"/account/tokens/{token_id}/revocation")

    assert answer.status_code == 404


def test_a_token_for_nothing_or_for_ever_is_refused(app: Flask) -> None:
    person = a_person()
    for scopes, days in (([], 30), ([Scope.READ], 0), ([Scope.READ], 366)):
        with changing(person, by=person) as (found, _by, at), pytest.raises(RuleBroken):
            Token.make(found, "x", scopes, lives=timedelta(days=days), by=found, at=at)


def test_a_new_role_ends_no_token(app: Flask) -> None:
    person = a_person()
    program = Program(app, a_token(person))
    with write_tx():
        queries.person_for_change(person.handle).appoint({RoleName.LEADER}, [], by=None)

    assert program.get("/experiments").status_code == 200
