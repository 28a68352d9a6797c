"""The trail through the API: who reads it, and that anybody who does can repeat its hashes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask

from portfolio.people.person import Person
from tests.api_client import Program, a_token
from tests.factories import a_facilitator, a_leader, a_person, a_running_experiment, an_administrator, an_observer

ProgramOf = Callable[..., Program]


@pytest.fixture
def program(app: Flask) -> ProgramOf:
    """Gives a program that acts for somebody."""
    return lambda person, *scopes: Program(app, a_token(person, *scopes))


def hash_of(entry: dict[str, Any]) -> str:
    """An entry's hash, from what the API says of it alone and as docs/api.md says it is made."""
    about = entry["subject"] or {"type": None, "number": None}
    said = {
        "action": entry["action"],
        "actor": entry["actor_number"],
        "at": entry["at"].replace("Z", "+00:00"),
        "details": entry["details"],
        "prev": entry["previous"],
        "seq": entry["position"],
        "subject": [about["type"], about["number"]],
    }
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(b"tandem.audit.v1\0" + text.encode()).hexdigest()


@pytest.mark.parametrize("somebody", [a_person, an_observer])
def test_the_trail_is_not_for_everyone(program: ProgramOf, somebody: Callable[[], Person]) -> None:
    reader = program(somebody())

    assert reader.get("/audit").status_code == 403
    assert reader.get("/audit/head").status_code == 403


@pytest.mark.parametrize("somebody", [a_leader, a_facilitator, an_administrator])
def test_who_reads_it_follows_it_by_position(program: ProgramOf, somebody: Callable[[], Person]) -> None:
    a_running_experiment()
    reader = program(somebody())
    found: list[dict[str, Any]] = []
    after: int | None = 0
    while after is not None:
        page = reader.get("/audit", after=after, limit=3).json
        found, after = found + page["items"], page["next"]

    head = reader.get("/audit/head").json
    assert [entry["position"] for entry in found] == list(range(1, head["position"] + 1))
    assert head["hash"] == found[-1]["hash"]
    assert [entry["hash"] for entry in found] == [hash_of(entry) for entry in found]
    assert [entry["previous"] for entry in found[1:]] == [entry["hash"] for entry in found[:-1]]
    assert reader.get("/audit", after=head["position"]).json == {"items": [], "next": None}


def test_an_entry_says_who_did_it_and_holds_no_name(program: ProgramOf) -> None:
    experiment = a_running_experiment()
    entries = program(a_leader()).get("/audit").json["items"]

    started = next(entry for entry in entries if entry["action"] == "experiment.started")
    assert (started["actor"], started["actor_number"]) == (experiment.lead.handle, experiment.lead.id)
    assert started["subject"] == {"type": "experiment", "number": experiment.id}
    assert experiment.lead.name not in str(entries)
    assert experiment.title not in str(entries)


@pytest.mark.parametrize("query", [{"after": -1}, {"after": "x"}, {"after": 2**63}, {"limit": 0}, {"limit": 501}])
def test_what_is_no_position_is_unprocessable(program: ProgramOf, query: dict[str, Any]) -> None:
    assert program(a_leader()).get("/audit", **query).status_code == 422


def test_the_trail_costs_three_statements(
    program: ProgramOf, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    a_running_experiment()
    reader = program(a_leader())
    reader.get("/audit")

    with count_statements() as statements:
        assert len(reader.get("/audit").json["items"]) > 5

    assert len(statements) <= 3, "\n\n".join(statements)
