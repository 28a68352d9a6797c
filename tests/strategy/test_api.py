"""The direction through the API: leaders write it, everyone inside reads it, nothing is overwritten unseen."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask

from portfolio.people.person import Person
from tests.api_client import Program, a_token
from tests.factories import a_facilitator, a_leader, a_person, an_administrator, an_observer, last_action

ProgramOf = Callable[..., Program]
STATEMENT = {"statement": "Every customer knows within a day."}
PHASE: dict[str, Any] = {
    "name": "One route",
    "brings": "One order type goes all the way in a day.",
    "worth": "A third of all orders, whatever comes after.",
    "serves": 24,
    "starts_on": "2026-10-05",
    "ends_on": "2026-12-11",
}


@pytest.fixture
def program(app: Flask) -> ProgramOf:
    """Gives a program that acts for somebody."""
    return lambda person, *scopes: Program(app, a_token(person, *scopes))


@pytest.mark.parametrize("somebody", [a_person, a_facilitator, an_administrator, an_observer])
def test_only_leaders_write_the_direction(program: ProgramOf, somebody: Callable[[], Person]) -> None:
    leader = program(a_leader())
    path = leader.post("/phases", PHASE).headers["Location"].removeprefix("/api/v1")
    sender = program(somebody())

    for answer in (
        sender.post("/big-opportunity", STATEMENT),
        sender.post("/vision", STATEMENT | {"months": 48}),
        sender.patch("/vision/24", STATEMENT),
        sender.post("/phases", PHASE),
        sender.patch(path, {"name": "Two routes"}),
        sender.post(f"{path}/closure", {"reason": "No more."}),
    ):
        assert answer.status_code == 403
    assert last_action() == "direction.writing_refused"
    assert leader.get("/vision").json["items"] == []
    assert leader.get(path).json["name"] == "One route"


def test_observers_read_no_direction(program: ProgramOf) -> None:
    for path in ("/big-opportunity", "/vision", "/vision/24", "/phases", "/phases/1"):
        assert program(an_observer()).get(path).status_code == 403, path


def test_what_is_not_written_is_not_there(program: ProgramOf) -> None:
    leader = program(a_leader())

    for path in ("/big-opportunity", "/vision/24", "/vision/36", "/phases/1"):
        assert leader.get(path).status_code == 404, path
    for path in ("/big-opportunity", "/vision/48", "/vision/36"):
        assert leader.patch(path, STATEMENT).status_code == 404, path


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"name": " "}, 422),
        ({"name": "n" * 81}, 422),
        ({"serves": 36}, 422),
        ({"serves": True}, 422),
        ({"starts_on": "soon"}, 422),
        ({"ends_on": "9999-12-31"}, 422),
        ({"ends_on": "2026-10-04"}, 409),
        ({"ends_on": "2026-12-28"}, 409),
        ({"starts_on": "2999-12-31", "ends_on": "2999-12-31"}, 201),
    ],
)
def test_a_phase_fits_in_twelve_weeks(program: ProgramOf, change: dict[str, Any], status: int) -> None:
    assert program(a_leader()).post("/phases", PHASE | change).status_code == status


def test_a_statement_that_was_rewritten_meanwhile_is_not_overwritten(program: ProgramOf) -> None:
    leader, other = program(a_leader()), program(a_leader())
    first = leader.post("/big-opportunity", STATEMENT)
    second = leader.post("/vision", STATEMENT | {"months": 24})
    assert (first.status_code, second.status_code) == (201, 201)

    assert leader.post("/big-opportunity", STATEMENT).status_code == 409
    assert leader.post("/vision", STATEMENT | {"months": 24}).status_code == 409
    for path, written in (("/big-opportunity", first), ("/vision/24", second)):
        assert other.patch(path, {"statement": "Within an hour."}, If_Match=written.headers["ETag"]).status_code == 200
        late = leader.patch(path, {"statement": "Within a week."}, If_Match=written.headers["ETag"])
        assert late.status_code == 409
        assert leader.get(path).json["statement"] == "Within an hour."
        assert leader.patch(path, {"statement": "Within an hour."}).status_code == 409


def test_the_direction_is_written_and_read(program: ProgramOf) -> None:
    leader, reader = program(a_leader()), program(a_person(), "read")

    vision = leader.post("/vision", STATEMENT | {"months": 48}, Idempotency_Key="one")
    assert leader.post("/vision", STATEMENT | {"months": 48}, Idempotency_Key="one").json == vision.json
    phase = leader.post("/phases", PHASE)
    path = phase.headers["Location"].removeprefix("/api/v1")
    assert (phase.status_code, phase.json["weeks"]) == (201, 10)
    changed = leader.patch(path, {"name": "Two routes"}, If_Match=phase.headers["ETag"])
    assert (changed.status_code, changed.json["brings"]) == (200, PHASE["brings"])
    assert leader.patch(path, {"name": "Three"}, If_Match=phase.headers["ETag"]).status_code == 409
    closed = leader.post(f"{path}/closure", {"reason": "It is done."}).json
    assert (closed["state"], closed["closed_because"]) == ("closed", "It is done.")
    assert leader.patch(path, {"name": "Three"}).status_code == 409

    assert [item["months"] for item in reader.get("/vision").json["items"]] == [48]
    assert reader.get(path).json["name"] == "Two routes"


def test_a_list_of_phases_costs_three_statements_and_comes_in_pages(
    program: ProgramOf, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    leader = program(a_leader())
    days = ("2026-10-12", "2026-10-19", "2026-10-19")
    made = [leader.post("/phases", PHASE | {"ends_on": day}).json["id"] for day in days]

    with count_statements() as statements:
        first = leader.get("/phases", limit=2).json

    assert len(statements) <= 3, "\n\n".join(statements)
    second = leader.get("/phases", limit=2, after=first["next"]).json
    assert [row["id"] for row in first["items"] + second["items"]] == made[::-1]
