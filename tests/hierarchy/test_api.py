"""Initiatives through the API: the same rules as through the pages, said in JSON."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask

from portfolio.hierarchy.state import State
from portfolio.organisation.house_rules import AmountsSeenBy
from portfolio.people.person import Person
from tests.api_client import Program, a_token
from tests.factories import (
    a_leader,
    a_person,
    a_unit,
    an_observer,
    an_operations_owner,
    change_house_rules,
    last_action,
    rules_now,
)
from tests.hierarchy.plans import (
    a_planned_initiative,
    a_suggestion,
    an_active_initiative,
    an_embedded_initiative,
    initiative_now,
    owner_of,
    readings_of,
)

ProgramOf = Callable[..., Program]
COMMANDS: dict[str, Any] = {
    "plan": None,
    "start": None,
    "statuses": {"colour": "green", "percent": 10, "reason": "Begun."},
    "readings": {"value": "40"},
    "embedding": {"value": "18"},
    "cancellation": {"reason": "Something else comes first."},
    "milestones/1/reaching": None,
}


@pytest.fixture
def program(app: Flask) -> ProgramOf:
    """Gives a program that acts for somebody."""
    return lambda person, *scopes: Program(app, a_token(person, *scopes))


def a_plan(unit: str, owner: str, **words: Any) -> dict[str, Any]:
    """Everything a plan needs, as JSON."""
    return {
        "title": "Digital quote tool on the accounts",
        "form": "improve",
        "why": "A quote takes **45 minutes**, and customers wait.",
        "unit": unit,
        "owner": owner,
        "starts_on": "2026-01-05",
        "due_on": "2999-03-02",
        "budget": {"amount": "42000.00", "currency": "EUR"},
        "hours_a_week": 12,
        "measure": {"metric": "Minutes to a quote", "unit": "min", "baseline": "45", "target": "18"},
        "milestones": [{"name": "Ten accounts live", "due_on": "2026-02-02"}],
    } | words


# Refusals -----------------------------------------------------------------------------------------------------------


def test_without_a_token_nothing_is_told(app: Flask) -> None:
    client = app.test_client(use_cookies=False)

    assert client.get("/api/v1/initiatives").status_code == 401
    assert client.post("/api/v1/initiatives", json={"title": "Faster quotes"}).status_code == 401


def test_a_token_to_read_changes_nothing(program: ProgramOf) -> None:
    reader = program(a_person(), "read")

    assert reader.get("/initiatives").status_code == 200
    assert reader.post("/initiatives", {"title": "Faster quotes"}).status_code == 403


def test_observers_see_nothing_of_the_hierarchy(program: ProgramOf) -> None:
    planned, observer = a_planned_initiative(), program(an_observer())

    assert observer.get("/initiatives").status_code == 403
    assert observer.get(f"/initiatives/{planned.ref}").status_code == 403
    assert observer.post("/initiatives", {"title": "Faster quotes"}).status_code == 403


def test_a_draft_of_others_is_not_there(program: ProgramOf) -> None:
    draft, stranger = a_suggestion(), program(a_person())

    for ref in (draft.ref, "I-999", "X-001", "nothing"):
        path = f"/initiatives/{ref}"
        assert stranger.get(path).status_code == 404
        assert stranger.get(f"{path}/comments").status_code == 404
        assert stranger.patch(path, {"title": "Mine?"}).status_code == 404
        for command, body in COMMANDS.items():
            assert stranger.post(f"{path}/{command}", body).status_code == 404, command
    assert stranger.get("/initiatives").json["items"] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_who_does_not_carry_it_does_nothing_to_it(program: ProgramOf, command: str) -> None:
    active = an_active_initiative()

    answer = program(a_leader()).post(f"/initiatives/{active.ref}/{command}", COMMANDS[command])

    assert answer.status_code == 403
    assert last_action().endswith("_refused")
    assert initiative_now(active.id).state is State.ACTIVE


def test_only_the_operations_owner_of_the_unit_commits_it(program: ProgramOf) -> None:
    draft = a_suggestion()

    assert program(owner_of(draft)).post(f"/initiatives/{draft.ref}/plan").status_code == 403
    assert initiative_now(draft.id).state is State.DRAFT


@pytest.mark.parametrize("command", ["plan", "start", "milestones/1/reaching", "cancellation", "embedding", "statuses"])
def test_what_is_daily_work_goes_no_other_way(program: ProgramOf, command: str) -> None:
    unit = a_unit()
    boss = an_operations_owner(unit)
    embedded = an_embedded_initiative(unit=unit)
    number = embedded.milestones[0].id

    path = f"/initiatives/{embedded.ref}/{command.replace('/1/', f'/{number}/')}"
    answer = program(boss).post(path, COMMANDS[command])

    assert answer.status_code == 409, answer.json
    assert answer.mimetype == "application/problem+json"


def test_a_gap_in_the_plan_is_named(program: ProgramOf) -> None:
    boss = an_operations_owner()
    sender = program(boss)
    path = sender.post("/initiatives", {"title": "Faster quotes", "unit": boss.unit.handle}).headers["Location"]

    answer = sender.post(f"{path.removeprefix('/api/v1')}/plan")

    assert answer.status_code == 409
    assert "Name one person who is accountable." in answer.json["obstacles"]
    assert answer.json["obstacles"] == sender.get(path.removeprefix("/api/v1")).json["obstacles_to_plan"]


def test_what_has_another_shape_is_named_field_by_field(program: ProgramOf) -> None:
    body = {
        "form": "innovation",
        "hours_a_week": "12",
        "starts_on": "5-1-2026",
        "measure": {"baseline": 45},
        "raci": [{"person": "x", "part": "B"}],
        "colour": "red",
    }

    answer = program(a_person()).post("/initiatives", body)

    assert answer.status_code == 422
    assert {error["field"] for error in answer.json["errors"]} == {
        "title", "form", "hours_a_week", "starts_on", "measure.baseline", "raci.0.part", "colour"
    }  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        {"unit": "nobody knows"},
        {"owner": "nobody knows"},
        {"phase": 999},
        {"raci": [{"person": "nobody knows", "part": "R"}]},
    ],
)
def test_who_or_what_is_not_there_cannot_be_named(program: ProgramOf, body: dict[str, Any]) -> None:
    answer = program(a_person()).post("/initiatives", {"title": "Faster quotes"} | body)

    assert answer.status_code == 409
    assert answer.json["obstacles"] == ["Name another one."]


def test_one_person_is_accountable(program: ProgramOf) -> None:
    owner, other = a_person(), a_person()
    body = {"title": "Faster quotes", "owner": owner.handle, "raci": [{"person": other.handle, "part": "A"}]}

    assert program(a_person()).post("/initiatives", body).status_code == 409


def test_a_plan_under_way_stays_complete(program: ProgramOf) -> None:
    planned = a_planned_initiative()

    answer = program(owner_of(planned)).patch(f"/initiatives/{planned.ref}", {"measure": {"target": None}})

    assert answer.status_code == 409
    assert initiative_now(planned.id).target == 18


def test_an_old_version_overwrites_nothing(program: ProgramOf) -> None:
    draft = a_suggestion()
    owner, path = program(owner_of(draft)), f"/initiatives/{draft.ref}"
    tag = owner.get(path).headers["ETag"]
    changed = owner.patch(path, {"title": "First"}, If_Match=tag)
    assert changed.status_code == 200

    assert owner.patch(path, {"title": "Second"}, If_Match=tag).status_code == 409
    assert initiative_now(draft.id).title == "First"
    assert owner.patch(path, {"title": "Second"}, If_Match=changed.headers["ETag"]).status_code == 200


def test_the_same_key_acts_once(program: ProgramOf) -> None:
    sender = program(a_person())

    first = sender.post("/initiatives", {"title": "Faster quotes"}, Idempotency_Key="one")
    again = sender.post("/initiatives", {"title": "Faster quotes"}, Idempotency_Key="one")
    other = sender.post("/initiatives", {"title": "Slower quotes"}, Idempotency_Key="one")

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert first.json == again.json
    assert len(sender.get("/initiatives").json["items"]) == 1


def test_a_wrong_reading_is_corrected_once(program: ProgramOf) -> None:
    active = an_active_initiative()
    owner, path = program(owner_of(active)), f"/initiatives/{active.ref}/readings"
    wrong = owner.post(path, {"value": "400"}).json["readings"][0]["number"]

    assert owner.post(path, {"value": "40", "corrects": wrong}).json["measure"]["latest"] == "40"
    assert owner.post(path, {"value": "41", "corrects": wrong}).status_code == 409
    assert owner.post(path, {"value": "41", "corrects": 999}).status_code == 409
    assert owner.post(path, {"value": "41", "on": "2999-01-01"}).status_code == 409
    assert len(readings_of(active)) == 2


# A life -------------------------------------------------------------------------------------------------------------


def test_an_initiative_goes_from_a_suggestion_to_daily_work(program: ProgramOf) -> None:
    unit = a_unit()
    boss, owner, consulted = an_operations_owner(unit), a_person(unit=unit), a_person()
    deciding, doing = program(boss), program(owner)
    body = a_plan(unit.handle, owner.handle, raci=[{"person": consulted.handle, "part": "C"}])

    made = program(a_person()).post("/initiatives", body)
    assert made.status_code == 201, made.json
    path = made.headers["Location"].removeprefix("/api/v1")
    assert made.json["obstacles_to_plan"] == []
    assert made.json["raci"] == [
        {"person": owner.handle, "part": "A"},
        {"person": consulted.handle, "part": "C"},
    ]

    later = deciding.patch(path, {"due_on": "2999-04-01", "mandate": "Decides alone up to 5,000."})
    assert later.json["measure"]["target"] == "18"
    assert deciding.post(f"{path}/plan").json["state"] == "planned"
    started = doing.post(f"{path}/start").json
    assert (started["state"], started["started_on"]) == ("active", rules_now().today.isoformat())
    status = {"colour": "amber", "percent": 30, "reason": "The import is slow."}
    assert doing.post(f"{path}/statuses", status).json["status"]["colour"] == "amber"
    number = started["milestones"][0]["number"]
    reached = doing.post(f"{path}/milestones/{number}/reaching").json
    assert (reached["milestones_reached"], reached["milestones_planned"]) == (1, 1)
    assert doing.post(f"{path}/readings", {"value": "30", "note": "Week 3"}).json["measure"]["latest"] == "30"
    asked = program(a_person()).post(f"{path}/comments", {"body": "And invoices?", "is_question": True})
    assert asked.status_code == 200
    assert doing.get(f"{path}/comments").json["items"][0]["body"] == "And invoices?"

    embedded = doing.post(f"{path}/embedding", {"value": "17.5"}).json

    assert embedded["state"] == "embedded"
    assert embedded["measure"]["reaches_target"]
    assert embedded["measure"]["measured"]
    assert [reading["value"] for reading in embedded["readings"]] == ["17.5", "30"]


def test_who_passes_a_draft_on_is_answered_though_they_see_it_no_more(program: ProgramOf) -> None:
    boss, elsewhere = an_operations_owner(), a_unit()
    draft = a_suggestion(unit=boss.unit)
    sender, path = program(boss), f"/initiatives/{draft.ref}"

    assert sender.patch(path, {"unit": elsewhere.handle}).json["unit"] == elsewhere.handle
    assert sender.get(path).status_code == 404


def test_calling_it_off_keeps_the_reason(program: ProgramOf) -> None:
    boss = an_operations_owner()
    planned = a_planned_initiative(unit=boss.unit)

    answer = program(boss).post(f"/initiatives/{planned.ref}/cancellation", {"reason": "Something else comes first."})

    assert (answer.json["state"], answer.json["cancel_reason"]) == ("cancelled", "Something else comes first.")


# Lists --------------------------------------------------------------------------------------------------------------


def test_the_list_is_narrowed_and_comes_in_pages(program: ProgramOf) -> None:
    unit = a_unit()
    refs = [a_planned_initiative(unit=unit, title=title).ref for title in ("Quotes", "Invoices", "Faster quotes")]
    a_suggestion()
    reader = program(a_person())

    assert found(reader) == refs[::-1]
    assert found(reader, q="fast QUOT") == [refs[2]]
    assert found(reader, q="!!") == []
    assert found(reader, unit=unit.handle, state="planned", form="improve") == refs[::-1]
    assert found(reader, state="embedded") == []
    first = reader.get("/initiatives", limit=2).json
    second = reader.get("/initiatives", limit=2, after=first["next"]).json
    assert [row["id"] for row in first["items"] + second["items"]] == refs[::-1]
    assert second["next"] is None
    for wrong in ({"state": "late"}, {"form": "innovation"}, {"limit": 0}, {"colour": "red"}):
        assert reader.get("/initiatives", **wrong).status_code == 422, wrong
    assert reader.get("/initiatives", unit="nobody knows").status_code == 404


def test_a_list_costs_the_same_for_one_row_and_for_many(
    program: ProgramOf, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    reader = program(a_person())
    for _ in range(3):
        an_active_initiative()
    reader.get("/initiatives")

    with count_statements() as statements:
        assert len(reader.get("/initiatives").json["items"]) == 3

    # The token, the house rules, the initiatives, their milestones and their latest status.
    assert len(statements) == 5, "\n\n".join(statements)


def test_only_who_carries_it_sees_the_money_where_the_house_says_so(program: ProgramOf) -> None:
    planned = a_planned_initiative()
    change_house_rules(amounts_seen_by=AmountsSeenBy.INVOLVED)

    def budget(person: Person) -> Any:
        sender = program(person)
        (row,) = sender.get("/initiatives").json["items"]
        assert row["budget"] == sender.get(f"/initiatives/{planned.ref}").json["budget"]
        return row["budget"]

    assert budget(a_person()) is None
    assert budget(a_leader()) == budget(owner_of(planned)) == {"amount": "42000.00", "currency": "EUR"}


def found(reader: Program, **asked: Any) -> list[str]:
    """The identifiers on a list."""
    return [row["id"] for row in reader.get("/initiatives", **asked).json["items"]]
