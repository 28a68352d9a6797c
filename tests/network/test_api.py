"""Experiments through the API: the same rules as through the pages, said in JSON."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from portfolio.foundation import clock
from portfolio.network.state import State
from portfolio.organisation.house_rules import AmountsSeenBy
from portfolio.people.person import Person
from tests.api_client import Program, a_token
from tests.factories import (
    a_draft,
    a_leader,
    a_person,
    a_proposed_experiment,
    a_running_experiment,
    an_approved_experiment,
    an_envelope,
    an_observer,
    at,
    change_house_rules,
    envelope_now,
    last_action,
    reloaded,
)

PROPOSAL: dict[str, Any] = {
    "title": "Can teams find the one-day route themselves?",
    "form": "transition",
    "hypothesis": "We believe that a model of the work will lead to one day, because everyone sees it.",
    "riskiest_assumption": "People say what they see.",
    "timebox_weeks": 8,
    "budget": {"amount": "15000.00", "currency": "EUR"},
    "criteria": [{"metric": "Lead time", "unit": "days", "baseline": "6", "target": "1", "due_week": 8}],
    "milestones": [{"name": "Built with three teams", "week": 3, "amount": {"amount": "6000.00", "currency": "EUR"}}],
    "first_step": "Monday 9:00: lay the table.",
    "confidence": 60,
}


@pytest.fixture
def program(app: Flask) -> Callable[..., Program]:
    """Gives a program that acts for somebody."""
    return lambda person, *scopes: Program(app, a_token(person, *scopes))


ProgramOf = Callable[..., Program]


def test_an_experiment_goes_from_a_draft_to_its_decision(program: ProgramOf) -> None:
    an_envelope("40000")
    lead, leader, other = program(a_person()), program(a_leader()), program(a_leader())

    made = lead.post("/experiments", PROPOSAL)
    assert made.status_code == 201, made.json
    path = made.headers["Location"].removeprefix("/api/v1")
    assert made.json["obstacles_to_propose"] == []
    assert lead.post(f"{path}/proposal").json["state"] == "proposed"

    read = leader.get(path)
    approval = {"amount": {"amount": "12000.00", "currency": "EUR"}, "reason": "Worth knowing."}
    approved = leader.post(f"{path}/approval", approval, If_Match=read.headers["ETag"])
    assert approved.status_code == 200, approved.json
    assert approved.json["granted"] == {"amount": "12000.00", "currency": "EUR"}

    started = lead.post(f"{path}/start").json
    assert (started["state"], started["released"]["amount"]) == ("running", "9000.00")
    measure = started["criteria"][0]["measure"]
    pulse = {"confidence": 70, "next_step": "Ask.", "readings": [{"measure": measure, "value": "1"}]}
    assert lead.post(f"{path}/check-ins", pulse).json["criteria"][0]["latest"] == "1"
    bill = {"amount": {"amount": "250.50", "currency": "EUR"}, "what": "Bricks"}
    assert lead.post(f"{path}/expenses", bill).json["spent"]["amount"] == "250.50"
    assert lead.post(f"{path}/tranches/1/evidence", {"evidence": "Three tables."}).status_code == 200
    assert other.post(f"{path}/tranches/1/release").json["released"]["amount"] == "12000.00"
    learned = lead.post(f"{path}/learnings", {"title": "It waits.", "body": "Five days.", "evidence": "measured"})
    assert learned.status_code == 201
    with clock.set_everywhere(clock.now() + timedelta(weeks=9)):
        card = {name: "So." for name in ("reason", "believed", "observed", "learned", "therefore")}
        because = [{"metric": "Lead time", "because": "The week was over."}]
        decided = other.post(f"{path}/decision", card | {"kind": "stop", "not_measured": because})
        assert decided.status_code == 200, decided.json
        assert decided.json["outcome"]["returned"]["amount"] == "11749.50"


def test_a_proposal_goes_back_to_its_team_and_its_reader_is_answered(program: ProgramOf) -> None:
    """Whoever gives it back sees it no more: it is a draft again."""
    experiment, leader = a_proposed_experiment(), program(a_leader())
    path = f"/experiments/{experiment.ref}"

    answer = leader.post(f"{path}/return", {"reason": "Smaller."}, If_Match=leader.get(path).headers["ETag"])

    assert (answer.status_code, answer.json["state"]) == (200, "draft")
    assert reloaded(experiment).return_reason == "Smaller."
    assert leader.get(path).status_code == 404


def test_who_leaves_a_draft_is_answered_and_sees_it_no_more(program: ProgramOf) -> None:
    member = a_person()
    experiment, program_of_member = a_draft(team=[member]), program(member)

    assert program_of_member.post(f"/experiments/{experiment.ref}/leaving").status_code == 200
    assert not reloaded(experiment).is_on_team(member)
    assert program_of_member.get(f"/experiments/{experiment.ref}").status_code == 404


def test_what_is_missing_is_named_field_by_field(program: ProgramOf) -> None:
    body = {"form": "improve", "timebox_weeks": True, "budget": {"amount": 15000, "currency": "EUR"}, "colour": "red"}

    answer = program(a_person()).post("/experiments", body)

    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert {error["field"] for error in answer.json["errors"]} == {
        "title", "form", "timebox_weeks", "budget.amount", "colour"
    }  # fmt: skip


@pytest.mark.parametrize("amount", ["0.1+0.2", "1e4", "NaN", "Infinity", "-1", "1,000.50", "١٥", "9" * 20, " 5", ""])
def test_what_is_no_amount_is_refused_and_never_rounded(program: ProgramOf, amount: str) -> None:
    body = PROPOSAL | {"budget": {"amount": amount, "currency": "EUR"}}

    assert program(a_person()).post("/experiments", body).status_code == 422


@pytest.mark.parametrize(
    ("amount", "currency", "field"),
    [("1.005", "EUR", "amount"), ("1.000", "EUR", "amount"), ("5", "USD", "currency"), ("5", "eur", "currency")],
)
def test_money_of_another_kind_has_the_wrong_shape(program: ProgramOf, amount: str, currency: str, field: str) -> None:
    body = PROPOSAL | {"budget": {"amount": amount, "currency": currency}}

    answer = program(a_person()).post("/experiments", body)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == [f"budget.{field}"]
    assert "EUR" in answer.json["errors"][0]["detail"]


@pytest.mark.parametrize(
    "raw", [b"{", b"[]", b"null", b"[" * 20_000, b'{"title": 1e999}', b'{"title": NaN}', b"9" * 5000, b"\xff"]
)
def test_no_body_breaks_the_reader(program: ProgramOf, raw: bytes) -> None:
    sender = program(a_person())

    answer = sender.client.open(
        "/api/v1/experiments", method="POST", data=raw, headers=sender.headers, content_type="application/json"
    )

    assert answer.status_code in (400, 422)
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b'{"title": "One?", "title": "Two?"}', "title"),
        (b'{"title": "One?", "budget": {"amount": "1", "amount": "1", "currency": "EUR"}}', "amount"),
    ],
)
def test_a_name_that_is_said_twice_is_named_and_neither_counts(program: ProgramOf, raw: bytes, name: str) -> None:
    sender = program(a_person())

    answer = sender.client.open(
        "/api/v1/experiments", method="POST", data=raw, headers=sender.headers, content_type="application/json"
    )

    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert f"“{name}”" in answer.json["detail"]
    assert sender.get("/experiments").json["items"] == []


def test_an_approval_names_the_version_it_read(program: ProgramOf) -> None:
    experiment = a_proposed_experiment()
    an_envelope()
    leader = program(a_leader())
    body = {"amount": {"amount": "1000.00", "currency": "EUR"}, "reason": "Yes."}
    path = f"/experiments/{experiment.ref}"
    read = leader.get(path).headers["ETag"]

    assert leader.post(f"{path}/approval", body).status_code == 428
    assert leader.post(f"{path}/approval", body, If_Match='"something else"').status_code == 409
    lead = program(experiment.lead)
    assert lead.patch(path, {"hypothesis": "Another one."}).status_code == 200
    assert leader.post(f"{path}/approval", body, If_Match=read).status_code == 409
    assert reloaded(experiment).state is State.PROPOSED
    assert last_action() == "experiment.approval_refused"
    assert leader.post(f"{path}/approval", body, If_Match=leader.get(path).headers["ETag"]).status_code == 200


@pytest.mark.parametrize("answer", ["approval", "return", "decline"])
def test_an_answer_to_another_version_is_told_both(program: ProgramOf, answer: str) -> None:
    experiment = a_proposed_experiment()
    leader, lead = program(a_leader()), program(experiment.lead)
    path, body = f"/experiments/{experiment.ref}", {"reason": "Yes.", "amount": {"amount": "1.00", "currency": "EUR"}}
    if answer != "approval":
        del body["amount"]
    read = leader.get(path)
    budget = {"amount": "900.00", "currency": "EUR"}
    assert lead.patch(path, {"hypothesis": "Another one.", "budget": budget}).status_code == 200

    late = leader.post(f"{path}/{answer}", body, If_Match=read.headers["ETag"])

    assert late.status_code == 409
    assert late.json["versions"] == {
        "sent": read.headers["ETag"],
        "now": leader.get(path).headers["ETag"],
        "differ": [
            {"field": "hypothesis", "sent": read.json["hypothesis"], "now": "Another one."},
            {"field": "budget", "sent": read.json["budget"], "now": budget},
        ],
    }
    assert reloaded(experiment).state is State.PROPOSED


def test_a_version_that_never_was_is_told_the_one_there_is(program: ProgramOf) -> None:
    experiment, leader = a_proposed_experiment(), program(a_leader())
    path = f"/experiments/{experiment.ref}"

    late = leader.post(f"{path}/decline", {"reason": "No."}, If_Match='"7.none"')

    assert late.json["versions"]["sent"] == '"7.none"'
    assert {"field": "title", "sent": None, "now": experiment.title} in late.json["versions"]["differ"]


def test_nobody_approves_what_they_are_party_to(program: ProgramOf) -> None:
    leader = a_leader()
    experiment = a_proposed_experiment(lead=leader)
    an_envelope()
    sender = program(leader)
    tag = sender.get(f"/experiments/{experiment.ref}").headers["ETag"]

    answer = sender.post(
        f"/experiments/{experiment.ref}/approval",
        {"amount": {"amount": "1.00", "currency": "EUR"}, "reason": "Mine."},
        If_Match=tag,
    )

    assert answer.status_code == 403
    assert last_action() == "experiment.approval_refused"
    assert envelope_now().committed == 0


def test_an_old_version_overwrites_nothing(program: ProgramOf) -> None:
    experiment = a_draft()
    lead = program(experiment.lead)
    path = f"/experiments/{experiment.ref}"
    tag = lead.get(path).headers["ETag"]
    assert lead.patch(path, {"title": "First?"}, If_Match=tag).status_code == 200

    assert lead.patch(path, {"title": "Second?"}, If_Match=tag).status_code == 409
    assert reloaded(experiment).title == "First?"


def test_the_same_key_acts_once(program: ProgramOf) -> None:
    lead = program(a_person())

    first = lead.post("/experiments", PROPOSAL, Idempotency_Key="one")
    again = lead.post("/experiments", PROPOSAL, Idempotency_Key="one")
    other = lead.post("/experiments", PROPOSAL | {"title": "Another?"}, Idempotency_Key="one")

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert first.json == again.json
    assert first.headers["ETag"] == again.headers["ETag"]
    assert len(lead.get("/experiments", state="draft").json["items"]) == 1


def test_what_is_not_theirs_to_see_is_not_there(program: ProgramOf) -> None:
    draft, hidden = a_draft(), a_proposed_experiment(restricted=True)
    stranger, observer = program(a_person()), program(an_observer())

    for ref in (draft.ref, hidden.ref, "X-999", "L-001", "nothing"):
        for path in (f"/experiments/{ref}", f"/experiments/{ref}/comments", f"/experiments/{ref}/expenses"):
            assert stranger.get(path).status_code == 404, path
        assert stranger.post(f"/experiments/{ref}/start").status_code in (403, 404)
    assert stranger.get("/experiments").json["items"] == []
    assert observer.post("/experiments", PROPOSAL).status_code == 403


def test_a_list_comes_in_pages(program: ProgramOf) -> None:
    refs = [a_proposed_experiment().ref for _ in range(3)]
    reader = program(a_person())

    first = reader.get("/experiments", limit=2).json
    second = reader.get("/experiments", limit=2, after=first["next"]).json

    assert [row["id"] for row in first["items"] + second["items"]] == refs[::-1]
    assert second["next"] is None
    assert reader.get("/experiments", limit=0).status_code == 422
    assert reader.get("/experiments", colour="red").status_code == 422
    assert reader.get("/experiments", state="late").status_code == 422


def test_a_list_costs_three_statements(
    program: ProgramOf, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    for _ in range(3):
        a_running_experiment()
    reader = program(a_person())
    reader.get("/experiments")

    with count_statements() as statements:
        assert len(reader.get("/experiments").json["items"]) == 3

    assert len(statements) <= 3, "\n\n".join(statements)


def test_the_timebox_really_ends(program: ProgramOf) -> None:
    with at("2026-01-05"):
        experiment = a_running_experiment()
    lead: Person = experiment.lead
    sender = program(lead)
    bill = {"amount": {"amount": "1.00", "currency": "EUR"}, "what": "Late", "on": "2026-11-02"}

    assert sender.get(f"/experiments/{experiment.ref}").json["ended"]
    assert sender.post(f"/experiments/{experiment.ref}/expenses", bill).status_code == 409


def test_only_a_leader_sees_the_money_where_the_house_says_so(program: ProgramOf) -> None:
    experiment = an_approved_experiment()
    change_house_rules(amounts_seen_by=AmountsSeenBy.INVOLVED)

    assert program(a_person()).get(f"/experiments/{experiment.ref}").json["granted"] is None
    assert program(a_leader()).get(f"/experiments/{experiment.ref}").json["granted"] is not None


def test_what_a_body_names_and_is_not_there_is_no_wrong_address(program: ProgramOf) -> None:
    experiment = a_running_experiment()
    lead, path = program(experiment.lead), f"/experiments/{experiment.ref}"

    for command, body in {
        "readings": {"measure": 999, "value": "1"},
        "expenses": {"amount": {"amount": "1.00", "currency": "EUR"}, "what": "Bricks", "corrects": 999},
        "learnings": {"title": "It waits.", "body": "Five days.", "corrects": "L-999"},
        "lead": {"person": "nobody knows"},
    }.items():
        assert lead.post(f"{path}/{command}", body).status_code == 409, command
    for body in ({"unit": "nobody knows"}, {"phase": 999}, {"team": ["nobody knows"]}):
        assert lead.post("/experiments", PROPOSAL | body).status_code == 409, body
    assert lead.post(f"{path}/copy").status_code == 409


def test_a_draft_keeps_its_title_or_gets_another_and_never_none(program: ProgramOf) -> None:
    lead = program(a_person())
    path = lead.post("/experiments", PROPOSAL).headers["Location"].removeprefix("/api/v1")

    for blank in ("", "  "):
        assert lead.patch(path, {"title": blank}).status_code == 422, blank
