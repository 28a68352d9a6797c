"""Units, house rules and measures through the API."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask

from portfolio.foundation.database import write_tx
from portfolio.organisation.measure import Direction, Measure
from portfolio.people.person import Person
from tests.api_client import Program, a_token
from tests.factories import (
    a_leader,
    a_person,
    a_running_experiment,
    a_unit,
    an_administrator,
    an_envelope,
    an_observer,
    here,
    last_action,
    reloaded,
    rules_now,
)

ProgramOf = Callable[..., Program]


@pytest.fixture
def program(app: Flask) -> ProgramOf:
    """Gives a program that acts for somebody."""
    return lambda person, *scopes: Program(app, a_token(person, *scopes))


def a_measure(owner: Person, name: str = "Days to a quote", *, is_open: bool = True) -> Measure:
    """A measure of somebody's."""
    with write_tx():
        measure = Measure.named(name, "days", Direction.AT_MOST, owner=here(owner), is_open=is_open)
    return reloaded(measure)


# Units --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("somebody", [a_person, a_leader, an_observer])
def test_units_are_set_up_by_an_administrator(program: ProgramOf, somebody: Callable[[], Person]) -> None:
    unit = a_unit("Assembly")
    sender = program(somebody())

    assert sender.post("/units", {"name": "Field service"}).status_code == 403
    assert sender.patch(f"/units/{unit.handle}", {"name": "Paint"}).status_code == 403
    assert last_action() == "organisation.set_up_refused"
    assert reloaded(unit).name == "Assembly"


def test_administering_needs_the_scope_for_it(program: ProgramOf) -> None:
    sender = program(an_administrator(), "read", "write", "fund")

    for answer in (
        sender.post("/units", {"name": "Paint"}),
        sender.patch("/house-rules", {"timebox_weeks": 6}),
    ):
        assert answer.status_code == 403
        assert "admin" in answer.json["detail"]
    assert rules_now().timebox_weeks == 12


def test_a_unit_is_added_renamed_and_never_twice(program: ProgramOf) -> None:
    administrator, reader = program(an_administrator()), program(a_person())
    made = administrator.post("/units", {"name": "Assembly"}, Idempotency_Key="one")
    again = administrator.post("/units", {"name": "Assembly"}, Idempotency_Key="one")
    path = made.headers["Location"].removeprefix("/api/v1")
    assert (made.status_code, again.json) == (201, made.json)

    assert administrator.post("/units", {"name": "ASSEMBLY"}).status_code == 409
    assert administrator.post("/units", {"name": "\u200b"}).status_code == 422
    assert administrator.patch(path, {"name": "assembly"}).json["name"] == "assembly"
    assert administrator.patch(path, {"name": "Paint"}, If_Match=made.headers["ETag"]).status_code == 409
    assert administrator.patch("/units/none", {"name": "Paint"}).status_code == 404
    assert [unit["name"] for unit in reader.get("/units").json["items"]] == ["assembly"]
    assert reader.get(path).json["name"] == "assembly"
    assert program(an_observer()).get("/units").status_code == 403


def test_a_list_goes_on_after_the_longest_name_in_any_writing(program: ProgramOf) -> None:
    names = ["😍" * 119 + sign for sign in "αβγ"]
    for name in names:
        a_unit(name)
    reader = program(a_person())

    first = reader.get("/units", limit=2).json
    second = reader.get("/units", limit=2, after=first["next"])

    assert second.status_code == 200, second.json
    assert sorted(unit["name"] for unit in first["items"] + second.json["items"]) == names


@pytest.mark.parametrize("cursor", ["", "é", "a b", "a" * 1001])
def test_what_is_no_cursor_is_unprocessable(program: ProgramOf, cursor: str) -> None:
    assert program(a_person()).get("/units", after=cursor).status_code == 422


@pytest.mark.parametrize(
    ("weeks", "status"), [("6.0", 200), ("6.5", 422), ("1e999999", 422), ("-0", 422), ("NaN", 400)]
)
def test_a_whole_number_may_be_written_as_any_json_writes_it(program: ProgramOf, weeks: str, status: int) -> None:
    sender = program(an_administrator())

    answer = sender.client.patch(
        "/api/v1/house-rules",
        data=f'{{"timebox_weeks": {weeks}}}',
        headers=sender.headers,
        content_type="application/json",
    )

    assert answer.status_code == status


# House rules --------------------------------------------------------------------------------------------------------


def test_everyone_reads_the_house_rules_and_an_administrator_changes_them(program: ProgramOf) -> None:
    leader, administrator = program(a_leader()), program(an_administrator())
    read = program(an_observer()).get("/house-rules")
    assert read.json["single_approver_limit"] == {"amount": "50000.00", "currency": "EUR"}

    assert leader.patch("/house-rules", {"timebox_weeks": 6}).status_code == 403
    change = {"timebox_weeks": 6, "single_approver_limit": {"amount": "20000.00", "currency": "EUR"}}
    changed = administrator.patch("/house-rules", change, If_Match=read.headers["ETag"])
    assert changed.status_code == 200, changed.json
    assert (changed.json["timebox_weeks"], rules_now().single_approver_limit) == (6, 20_000_00)
    assert last_action() == "house_rules.changed"
    late = administrator.patch("/house-rules", {"timebox_weeks": 8}, If_Match=read.headers["ETag"])
    assert late.status_code == 409
    assert rules_now().timebox_weeks == 6


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"timebox_weeks": 0}, 422),
        ({"timebox_weeks": "6"}, 422),
        ({"organisation": " "}, 422),
        ({"amounts_seen_by": "nobody"}, 422),
        ({"running_floor": 1}, 422),
        ({"mix_1": 60}, 409),
        ({"silent_days": 3}, 409),
        ({"grant_to": {"amount": "1.00", "currency": "EUR"}}, 409),
        ({"currency": "QQQ"}, 409),
        ({"time_zone": "Middle/Earth"}, 409),
        ({"single_approver_limit": {"amount": "1.00", "currency": "USD"}}, 422),
    ],
)
def test_house_rules_that_do_not_fit_change_nothing(program: ProgramOf, change: dict[str, Any], status: int) -> None:
    before = rules_now().id

    assert program(an_administrator()).patch("/house-rules", change).status_code == status
    assert rules_now().id == before


def test_in_another_currency_the_figures_stay_until_money_is_in_use(program: ProgramOf) -> None:
    administrator = program(an_administrator())

    assert administrator.patch("/house-rules", {"currency": "JPY"}).json["grant_from"]["amount"] == "15000"
    assert administrator.patch("/house-rules", {"currency": "KWD"}).json["grant_to"]["amount"] == "50000.000"
    an_envelope("1000")
    assert administrator.patch("/house-rules", {"currency": "EUR"}).status_code == 409


# Measures -----------------------------------------------------------------------------------------------------------


def test_readings_are_added_by_the_owner_of_a_measure(program: ProgramOf) -> None:
    owner = a_person()
    measure = a_measure(owner)
    path = f"/measures/{measure.id}"

    assert program(a_leader()).post(f"{path}/readings", {"value": "4"}).status_code == 403
    assert last_action() == "measure.adding_refused"
    assert program(owner, "read").post(f"{path}/readings", {"value": "4"}).status_code == 403
    assert program(an_observer()).get("/measures").status_code == 403
    assert program(owner).get(path).json["readings"]["items"] == []


def test_what_only_a_restricted_experiment_counts_is_not_there_for_others(program: ProgramOf) -> None:
    hidden = a_measure(a_person(), "Secret days", is_open=False)
    stranger = program(a_person())

    assert stranger.get("/measures").json["items"] == []
    for path in (f"/measures/{hidden.id}", f"/measures/{hidden.id}/readings", "/measures/999"):
        assert stranger.get(path).status_code == 404, path
    assert stranger.post(f"/measures/{hidden.id}/readings", {"value": "1"}).status_code in (403, 404)
    taken = {"name": "secret  DAYS", "unit": "days", "direction": "at_most"}
    assert stranger.post("/measures", taken).status_code == 409
    assert not reloaded(hidden).is_open
    assert program(a_leader()).get(f"/measures/{hidden.id}").status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"value": 4}, 422),
        ({"value": "4,5"}, 422),
        ({"value": "1e3"}, 422),
        ({"value": "4", "on": "0001-01-01"}, 422),
        ({"value": "4", "on": "2026-02-30"}, 422),
        ({"value": "4", "on": "2999-01-01"}, 409),
        ({"value": "4", "corrects": 999}, 409),
    ],
)
def test_a_reading_that_cannot_be_is_refused(program: ProgramOf, body: dict[str, Any], status: int) -> None:
    owner = a_person()
    measure = a_measure(owner)

    assert program(owner).post(f"/measures/{measure.id}/readings", body).status_code == status


def test_a_measure_is_made_read_and_corrected(program: ProgramOf) -> None:
    owner = program(a_person())
    made = owner.post("/measures", {"name": "Days to a quote", "unit": "days", "direction": "at_most"})
    assert made.status_code == 201, made.json
    path = made.headers["Location"].removeprefix("/api/v1")

    wrong = owner.post(f"{path}/readings", {"value": "90", "note": "A slip"}, Idempotency_Key="one").json
    owner.post(f"{path}/readings", {"value": "90", "note": "A slip"}, Idempotency_Key="one")
    first = wrong["readings"]["items"][0]["id"]
    right = owner.post(f"{path}/readings", {"value": "9.0", "corrects": first})

    assert (right.status_code, right.json["latest"]) == (201, "9.0")
    items = owner.get(f"{path}/readings").json["items"]
    assert [(item["value"], item["corrects"], item["corrected_by"]) for item in items] == [
        ("9.0", first, None),
        ("90", None, items[0]["id"]),
    ]
    assert owner.post(f"{path}/readings", {"value": "8", "corrects": first}).status_code == 409


def test_a_list_of_measures_costs_three_statements(
    program: ProgramOf, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    for number in range(3):
        a_running_experiment(title=f"Can it be done, question {number}?")
        a_measure(a_person(), f"Measure {number}")
    reader = program(a_person())
    reader.get("/measures")

    with count_statements() as statements:
        assert len(reader.get("/measures", q="measure").json["items"]) == 3

    assert len(statements) <= 3, "\n\n".join(statements)
