"""Nobody decides on what they are party to: whichever way they came to be it, and through whichever door they try."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.exc import DBAPIError

from portfolio.budgets.party import Parties
from portfolio.foundation.authority import Permission
from portfolio.foundation.errors import RuleBroken
from portfolio.people.person import Person
from tests.api_client import Program, a_token
from tests.authority.parties import WAYS, Door, Party, a_member, affairs_of, doors
from tests.authority.world import fingerprints
from tests.browser import Browser
from tests.budgets.test_separation import unguarded
from tests.factories import changing, last_line, reloaded

SignIn = Callable[[Person], Browser]
WORD = {
    "grant": "experiment.approval",
    "return": "experiment.approval",
    "decline": "experiment.approval",
}


def through_the_page(door: Door, browser: Browser) -> int:
    """What the page is answered."""
    where, form = door.page
    return browser.post(where, data=form).status_code


def through_the_api(door: Door, program: Program) -> int:
    """What a program is answered."""
    where, body = door.path
    headers = program.headers | door.headers
    return program.client.post(f"/api/v1{where}", json=body, headers=headers).status_code


@pytest.mark.parametrize("way", WAYS)
def test_no_door_lets_a_party_decide(app: Flask, signed_in: SignIn, way: Callable[[], Party]) -> None:
    party = way()
    all_doors = doors(affairs_of(party), sponsors=party.sponsors)
    person = reloaded(party.person)
    assert person.is_leader
    browser, program = signed_in(person), Program(app, a_token(person))
    before = fingerprints()

    for door in all_doors:
        refused = f"{WORD.get(door.name, 'experiment.following')}_refused"
        for answer in (through_the_page(door, browser), through_the_api(door, program)):
            assert answer == 403, door.name
            line = last_line()
            assert (line.action, line.names["actor"]) == (refused, person.name), door.name
            assert (line.subject_type, line.subject_id) == ("experiment", door.of.id), door.name
        with pytest.raises(RuleBroken, match="party"), changing(door.of, by=person) as (it, by, now):
            door.call(it, by, now)

    assert fingerprints() == before


# The controls: one layer after the other is taken away, and the next one still holds. ---------------------------------


def without_the_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every permission says yes."""
    monkeypatch.setattr(Permission, "__call__", lambda *_: True)


def without_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """No rule asks who is party."""
    for name in ("may_be_decided_by", "may_be_followed_by"):
        monkeypatch.setattr(Parties, name, lambda _self, _person: True)


@pytest.mark.parametrize("by_page", [True, False], ids=["page", "api"])
def test_control_without_the_policy_the_model_refuses(
    app: Flask, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch, by_page: bool
) -> None:
    party = a_member()
    all_doors = doors(affairs_of(party))
    browser, program = signed_in(party.person), Program(app, a_token(party.person))
    before = fingerprints()
    without_the_policy(monkeypatch)

    for door in all_doors:
        answer = through_the_page(door, browser) if by_page else through_the_api(door, program)
        assert answer == 409, door.name

    assert fingerprints() == before


@pytest.mark.parametrize("by_page", [True, False], ids=["page", "api"])
def test_control_without_policy_and_model_the_database_refuses_and_without_all_three_it_is_granted(
    app: Flask, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch, by_page: bool
) -> None:
    party = a_member()
    all_doors = [door for door in doors(affairs_of(party)) if door.guarded]
    browser, program = signed_in(party.person), Program(app, a_token(party.person))
    without_the_policy(monkeypatch)
    without_the_model(monkeypatch)

    def knock(door: Door) -> int:
        return through_the_page(door, browser) if by_page else through_the_api(door, program)

    assert {door.name for door in all_doors} == {"grant", "release", "supplement", "amend", "decide"}
    before = fingerprints()
    for door in all_doors:
        with pytest.raises(DBAPIError, match="no_party_"):
            knock(door)
    assert fingerprints() == before

    with unguarded():
        for door in all_doors:
            assert knock(door) in (200, 303), door.name
