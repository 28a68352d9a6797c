"""People through the API: who is here, and administering them with a token that says so."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask

from portfolio.people.person import Person, RoleName
from tests.api_client import Program, a_token
from tests.factories import (
    a_facilitator,
    a_leader,
    a_person,
    a_unit,
    an_administrator,
    an_observer,
    an_operations_owner,
    last_action,
    reloaded,
)

ProgramOf = Callable[..., Program]
NEW = {"name": "Noor de Wit", "email": "Noor@Company.example"}


@pytest.fixture
def program(app: Flask) -> ProgramOf:
    """Gives a program that acts for somebody."""
    return lambda person, *scopes: Program(app, a_token(person, *scopes))


# Refusals -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("somebody", [a_person, a_leader, a_facilitator, an_observer])
def test_people_are_administered_by_administrators(program: ProgramOf, somebody: Callable[[], Person]) -> None:
    other, sender = a_person(), program(somebody())
    path = f"/people/{other.handle}"

    assert sender.post("/people", NEW).status_code == 403
    assert sender.patch(path, {"roles": ["leader"]}).status_code == 403
    for command in ("deactivation", "reactivation", "invitation"):
        assert sender.post(f"{path}/{command}").status_code == 403, command
    assert last_action() == "person.administration_refused"
    assert reloaded(other).active
    assert not reloaded(other).roles


def test_a_token_without_the_scope_for_it_administers_nobody(program: ProgramOf) -> None:
    other, sender = a_person(), program(an_administrator(), "read", "write", "fund")

    for answer in (
        sender.post("/people", NEW),
        sender.patch(f"/people/{other.handle}", {"roles": ["leader"]}),
        sender.post(f"/people/{other.handle}/deactivation"),
    ):
        assert answer.status_code == 403
        assert "admin" in answer.json["detail"]
    assert reloaded(other).active


def test_nobody_makes_themselves_a_leader(program: ProgramOf) -> None:
    person = a_person()

    assert program(person).patch(f"/people/{person.handle}", {"roles": ["leader"]}).status_code == 403
    assert not reloaded(person).is_leader


def test_the_last_administrator_stays(program: ProgramOf) -> None:
    only = an_administrator()
    sender = program(only)

    assert sender.patch(f"/people/{only.handle}", {"roles": []}).status_code == 409
    assert sender.post(f"/people/{only.handle}/deactivation").status_code == 409
    assert reloaded(only).has("administrator")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"email": "nobody"}, 409),
        ({"email": " "}, 422),
        ({"name": ""}, 422),
        ({"roles": ["king"]}, 422),
        ({"roles": ["operations_owner"]}, 422),
        ({"roles": ["observer", "leader"]}, 409),
        ({"unit": "none"}, 409),
        ({"owns": ["none"]}, 409),
        ({"active": False}, 422),
    ],
)
def test_somebody_who_cannot_be_is_not_added(program: ProgramOf, change: dict[str, Any], status: int) -> None:
    sender = program(an_administrator())

    assert sender.post("/people", NEW | change).status_code == status
    assert sender.get("/people", q="Noor de Wit").json["items"] == []


def test_nobody_is_flooded_with_invitations(app: Flask, program: ProgramOf) -> None:
    person, administrator = a_person(), program(an_administrator())

    answers = [administrator.post(f"/people/{person.handle}/invitation") for _ in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert len(app.extensions["jobs"].huey.pending()) == 5


def test_an_address_is_used_once(program: ProgramOf) -> None:
    a_person(email="noor@company.example")

    assert program(an_administrator()).post("/people", NEW).status_code == 409


def test_who_is_not_there_is_not_there(program: ProgramOf) -> None:
    administrator = program(an_administrator())

    assert administrator.get("/people/none").status_code == 404
    assert administrator.patch("/people/none", {"name": "No one"}).status_code == 404
    assert administrator.post("/people/none/deactivation").status_code == 404
    assert program(an_observer()).get("/people").status_code == 403


def test_what_somebody_else_changed_is_not_overwritten(program: ProgramOf) -> None:
    person, administrator = a_person(), program(an_administrator())
    path = f"/people/{person.handle}"
    read = administrator.get(path).headers["ETag"]
    assert administrator.patch(path, {"roles": ["facilitator"]}, If_Match=read).status_code == 200

    assert administrator.patch(path, {"roles": ["leader"]}, If_Match=read).status_code == 409
    assert administrator.get(path).json["roles"] == ["facilitator"]


# What it does -------------------------------------------------------------------------------------------------------


def test_somebody_is_added_once_appointed_and_deactivated(app: Flask, program: ProgramOf) -> None:
    unit, administrator = a_unit("Assembly"), program(an_administrator())
    body = NEW | {"unit": unit.handle, "roles": ["leader"]}

    made = administrator.post("/people", body, Idempotency_Key="one")
    assert made.status_code == 201, made.json
    assert administrator.post("/people", body, Idempotency_Key="one").json == made.json
    assert len(app.extensions["jobs"].huey.pending()) == 1
    path = made.headers["Location"].removeprefix("/api/v1")
    read = program(a_person(), "read").get(path).json
    assert (read["email"], read["unit"], read["roles"]) == ("noor@company.example", unit.handle, ["leader"])

    appointed = administrator.patch(path, {"owns": [unit.handle], "name": "Noor"}).json
    assert (appointed["name"], appointed["roles"]) == ("Noor", ["leader", "operations_owner"])
    assert appointed["owns"] == [unit.handle]
    assert administrator.patch(path, {"unit": None}).json["unit"] is None
    assert not administrator.post(f"{path}/deactivation").json["active"]
    assert administrator.post(f"{path}/deactivation").status_code == 409
    assert administrator.post(f"{path}/reactivation").json["active"]


@pytest.mark.parametrize("command", [{"roles": []}, "deactivation"])
def test_tokens_end_with_a_role_or_an_account(program: ProgramOf, command: Any) -> None:
    leader = a_leader()
    theirs, administrator = program(leader), program(an_administrator())
    assert theirs.get("/people").status_code == 200

    path = f"/people/{leader.handle}"
    answer = (
        administrator.patch(path, command) if isinstance(command, dict) else administrator.post(f"{path}/{command}")
    )

    assert answer.status_code == 200
    assert theirs.get("/people").status_code == 401


def test_a_name_alone_ends_nothing(program: ProgramOf) -> None:
    leader = a_leader(unit=a_unit())
    theirs = program(leader)

    program(an_administrator()).patch(f"/people/{leader.handle}", {"name": "Another name"})

    assert theirs.get(f"/people/{leader.handle}").json["roles"] == ["leader"]
    assert reloaded(leader).unit_id == leader.unit_id


def test_a_list_of_people_costs_three_statements_and_comes_in_pages(
    program: ProgramOf, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    reader = program(an_administrator())
    for _ in range(3):
        an_operations_owner()
    reader.get("/people")

    with count_statements() as statements:
        first = reader.get("/people", limit=3).json

    assert len(statements) <= 3, "\n\n".join(statements)
    assert [row["roles"] for row in first["items"]] == [["administrator"], ["operations_owner"], ["operations_owner"]]
    assert len(reader.get("/people", after=first["next"]).json["items"]) == 1
    assert RoleName.LEADER.value not in str(first)
