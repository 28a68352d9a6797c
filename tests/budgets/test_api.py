"""The quarter's money through the API: who sets it, who sees it, and that it never goes below what is committed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask

from portfolio.organisation.house_rules import AmountsSeenBy
from portfolio.organisation.quarter import Quarter
from portfolio.people.person import Person
from tests.api_client import Program, a_token
from tests.factories import (
    a_facilitator,
    a_leader,
    a_person,
    a_running_experiment,
    an_administrator,
    an_envelope,
    an_observer,
    change_house_rules,
    envelope_now,
    last_action,
    rules_now,
)

ProgramOf = Callable[..., Program]


@pytest.fixture
def program(app: Flask) -> ProgramOf:
    """Gives a program that acts for somebody."""
    return lambda person, *scopes: Program(app, a_token(person, *scopes))


@pytest.fixture
def now(app: Flask) -> str:
    """The name of this quarter."""
    return rules_now().quarter.name


def euros(amount: str) -> dict[str, str]:
    """An amount as JSON has it."""
    return {"amount": amount, "currency": "EUR"}


def an_envelope_body(quarter: str, total: str = "80000.00", **more: Any) -> dict[str, Any]:
    """A quarter's envelope as a program sends it."""
    return {"quarter": quarter, "total": euros(total), "reason": "What the board agreed."} | more


# Refusals -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("somebody", [a_person, a_facilitator, an_administrator, an_observer])
def test_only_a_leader_sets_an_envelope(program: ProgramOf, now: str, somebody: Callable[[], Person]) -> None:
    an_envelope("1000")
    sender = program(somebody())

    assert sender.post("/envelopes", an_envelope_body(now)).status_code == 403
    assert last_action() == "envelope.setting_refused"
    more = {"amount": euros("1.00"), "reason": "More."}
    assert sender.post(f"/envelopes/{now}/adjustments", more).status_code == 403
    assert str(envelope_now().total) == "100000"


def test_a_token_for_writing_alone_sets_none(program: ProgramOf, now: str) -> None:
    answer = program(a_leader(), "read", "write", "admin").post("/envelopes", an_envelope_body(now))

    assert answer.status_code == 403
    assert "fund" in answer.json["detail"]
    assert envelope_now() is None


def test_an_envelope_never_goes_below_what_is_committed(program: ProgramOf, now: str) -> None:
    an_envelope("20000")
    a_running_experiment(amount="15000")
    leader = program(a_leader())

    answer = leader.post(f"/envelopes/{now}/adjustments", {"amount": euros("-5000.01"), "reason": "Less."})

    assert answer.status_code == 409
    assert "€15,000" in answer.json["detail"]
    assert last_action() == "envelope.setting_refused"
    assert envelope_now().total == 20_000_00
    enough = leader.post(f"/envelopes/{now}/adjustments", {"amount": euros("-5000.00"), "reason": "Less."})
    assert (enough.status_code, enough.json["free"]) == (200, euros("0.00"))


def test_a_quarter_has_one_envelope_and_a_past_one_none(program: ProgramOf, now: str) -> None:
    leader, past = program(a_leader()), rules_now().quarter.previous.name
    assert leader.post("/envelopes", an_envelope_body(now)).status_code == 201

    assert leader.post("/envelopes", an_envelope_body(now)).status_code == 409
    assert leader.post("/envelopes", an_envelope_body(past)).status_code == 409
    assert leader.post("/envelopes", an_envelope_body("2999-Q1")).status_code == 409
    assert leader.get(f"/envelopes/{past}").status_code == 404
    assert leader.post(f"/envelopes/{past}/adjustments", {"amount": euros("1"), "reason": "?"}).status_code == 404
    assert leader.post(f"/envelopes/{now}/adjustments", {"amount": euros("0"), "reason": "?"}).status_code == 409


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"quarter": "2026-Q5"}, "quarter"),
        ({"quarter": 2026}, "quarter"),
        ({"total": euros("-1.00")}, "total"),
        ({"total": "80000"}, "total"),
        ({"reason": " "}, "reason"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_body_of_another_shape_is_unprocessable(
    program: ProgramOf, now: str, body: dict[str, Any], field: str
) -> None:
    answer = program(a_leader()).post("/envelopes", an_envelope_body(now) | body)

    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"].startswith(field)
    assert envelope_now() is None


@pytest.mark.parametrize("name", ["2026-Q5", "nothing", "2026-q1", "99999-Q1", "%00"])
def test_what_is_no_quarter_is_not_there(program: ProgramOf, name: str) -> None:
    reader = program(a_leader())

    for path in (f"/envelopes/{name}", f"/envelopes/{name}/ledger"):
        assert reader.get(path).status_code == 404, path


def test_an_observer_reads_no_envelope(program: ProgramOf, now: str) -> None:
    an_envelope()
    reader = program(an_observer())

    for path in ("/envelopes", f"/envelopes/{now}", f"/envelopes/{now}/ledger"):
        assert reader.get(path).status_code == 403, path


def test_amounts_are_for_those_the_house_rules_name(program: ProgramOf, now: str) -> None:
    an_envelope()
    change_house_rules(amounts_seen_by=AmountsSeenBy.INVOLVED)
    volunteer, facilitator = program(a_person()), program(a_facilitator())

    assert volunteer.get(f"/envelopes/{now}").json["total"] is None
    assert {volunteer.get("/envelopes").json["items"][0][key] for key in ("total", "committed", "free", "spent")} == {
        None
    }
    assert volunteer.get(f"/envelopes/{now}/ledger").status_code == 404
    assert facilitator.get(f"/envelopes/{now}").json["total"] is not None
    assert facilitator.get(f"/envelopes/{now}/ledger").status_code == 200


# What it does -------------------------------------------------------------------------------------------------------


def test_the_same_key_adds_once(program: ProgramOf, now: str) -> None:
    an_envelope("1000")
    leader, more = program(a_leader()), {"amount": euros("500.00"), "reason": "More."}

    answers = [leader.post(f"/envelopes/{now}/adjustments", more, Idempotency_Key="once") for _ in range(2)]

    assert [answer.json["total"] for answer in answers] == [euros("1500.00")] * 2
    assert envelope_now().total == 1500_00


def test_an_envelope_is_set_adjusted_and_read_back(program: ProgramOf, now: str) -> None:
    leader = program(a_leader())

    made = leader.post("/envelopes", an_envelope_body(now, "40000.00"))
    assert made.status_code == 201, made.json
    assert made.headers["Location"] == f"/api/v1/envelopes/{now}"
    a_running_experiment(amount="15000")
    leader.post(f"/envelopes/{now}/adjustments", {"amount": euros("-2500.50"), "reason": "Lent to another quarter."})

    read = program(a_person(), "read").get(f"/envelopes/{now}").json
    assert read["current"]
    figures = {key: read[key]["amount"] for key in ("total", "committed", "spent", "free")}
    assert figures == {"total": "37499.50", "committed": "15000.00", "spent": "0.00", "free": "22499.50"}
    kinds = [
        (entry["kind"], entry["amount"]["amount"]) for entry in leader.get(f"/envelopes/{now}/ledger").json["items"]
    ]
    assert kinds == [("set", "2500.50"), ("release", "15000.00"), ("reserve", "15000.00"), ("set", "40000.00")]


def test_the_ledger_comes_in_pages(program: ProgramOf, now: str) -> None:
    for total in ("1000", "2000", "3000"):
        an_envelope(total)
    reader = program(a_leader())

    first = reader.get(f"/envelopes/{now}/ledger", limit=2).json
    second = reader.get(f"/envelopes/{now}/ledger", limit=2, after=first["next"]).json

    assert len({entry["number"] for entry in first["items"] + second["items"]}) == 3
    assert second["next"] is None


def test_a_list_of_envelopes_costs_three_statements(
    program: ProgramOf, now: str, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    quarter: Quarter = rules_now().quarter
    for wanted in (quarter, quarter.next, quarter.next.next):
        an_envelope("1000", wanted)
    reader = program(a_leader())
    reader.get("/envelopes")

    with count_statements() as statements:
        page = reader.get("/envelopes", limit=2).json

    assert [row["quarter"] for row in page["items"]] == [quarter.next.next.name, quarter.next.name]
    assert len(statements) <= 3, "\n\n".join(statements)
    rest = reader.get("/envelopes", limit=2, after=page["next"]).json["items"]
    assert [(row["quarter"], row["current"]) for row in rest] == [(now, True)]
