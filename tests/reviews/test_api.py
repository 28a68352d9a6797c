"""Reviews through the API: run by the rules of the room, and frozen with the same lines for the same readers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask

from portfolio.network.decision import DecisionKind
from portfolio.organisation.house_rules import AmountsSeenBy
from portfolio.people.person import Person
from portfolio.reviews.outcome import Part
from portfolio.reviews.review import ReviewState
from tests.api_client import Program, a_token
from tests.factories import (
    a_facilitator,
    a_leader,
    a_person,
    an_administrator,
    an_approved_experiment,
    an_envelope,
    an_observer,
    at,
    change_house_rules,
    last_action,
    reloaded,
)
from tests.reviews.meetings import (
    HELD,
    a_closed_review,
    a_scheduled_review,
    an_ended_experiment,
    an_open_review,
    decide,
    frozen,
)

ProgramOf = Callable[..., Program]
PLAN: dict[str, Any] = {
    "quarter": "2026-Q2",
    "scheduled_for": "2026-06-25T12:00:00Z",
    "notes": "Read the **charters**.",
}
NUMBER = {part: number for number, part in enumerate(Part, start=1)}


@pytest.fixture(autouse=True)
def held(app: Flask) -> Iterator[None]:
    """All of it on the day of the review."""
    with at(HELD):
        yield


@pytest.fixture
def program(app: Flask) -> ProgramOf:
    """Gives a program that acts for somebody."""
    return lambda person, *scopes: Program(app, a_token(person, *scopes))


def item(review: dict[str, Any], part: Part) -> dict[str, Any]:
    """One part of an agenda or a record."""
    found: dict[str, Any] = review["items"][NUMBER[part] - 1]
    return found


# Refusals -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("somebody", [a_person, an_administrator, an_observer])
def test_only_facilitators_and_leaders_run_a_review(program: ProgramOf, somebody: Callable[[], Person]) -> None:
    review, sender = an_open_review(), program(somebody())
    path = f"/reviews/{review.ref}"

    for answer in (
        sender.post("/reviews", PLAN | {"quarter": "2026-Q1"}),
        sender.patch(path, {"minutes": 60}),
        sender.post(f"{path}/opening"),
        sender.post(f"{path}/items/1/outcome", {"note": "Said."}),
        sender.post(f"{path}/closing"),
        sender.post(f"{path}/addenda", {"body": "No."}),
        sender.post(f"{path}/keeps", {"experiment": "X-001", "reason": "Keep."}),
    ):
        assert answer.status_code == 403
    assert reloaded(review).state is ReviewState.OPEN


def test_observers_read_no_review(program: ProgramOf) -> None:
    review = a_closed_review()
    reader = program(an_observer())

    for path in ("/reviews", "/actions", f"/reviews/{review.ref}", f"/reviews/{review.ref}/record"):
        assert reader.get(path).status_code == 403, path


def test_what_is_not_there_is_not_there(program: ProgramOf) -> None:
    review, host = an_open_review(), program(a_facilitator())

    for ref in ("Q-999", "X-001", "nothing"):
        assert host.get(f"/reviews/{ref}").status_code == 404
        assert host.post(f"/reviews/{ref}/opening").status_code == 404
    assert host.get(f"/reviews/{review.ref}/record").status_code == 404
    for number in (0, len(Part) + 1, 999):
        outcome = host.post(f"/reviews/{review.ref}/items/{number}/outcome", {"note": "Said."})
        assert outcome.status_code == 404
    assert host.post("/actions/999/completion").status_code == 404


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"quarter": "2026-Q9"}, 422),
        ({"minutes": 5}, 422),
        ({"scheduled_for": "2026-06-25"}, 422),
        ({"scheduled_for": "2026-06-31T12:00:00Z"}, 422),
        ({"scheduled_for": "9999-12-31T23:59:59Z"}, 422),
        ({"scheduled_for": "2026-06-24T12:00:00Z"}, 409),
        ({"quarter": "2031-Q1"}, 409),
        ({"facilitator": "nobody"}, 409),
    ],
)
def test_a_plan_that_does_not_fit_is_refused(program: ProgramOf, change: dict[str, Any], status: int) -> None:
    host = program(a_facilitator())

    assert host.post("/reviews", PLAN | change).status_code == status
    assert host.get("/reviews").json["items"] == []


def test_a_volunteer_facilitates_no_review(program: ProgramOf) -> None:
    volunteer = a_person()

    assert program(a_leader()).post("/reviews", PLAN | {"facilitator": volunteer.handle}).status_code == 409


def test_commands_are_for_their_state(program: ProgramOf) -> None:
    host = program(a_facilitator())
    scheduled = f"/reviews/{a_scheduled_review('2026-Q1').ref}"
    opened = f"/reviews/{an_open_review().ref}"

    assert host.post(f"{scheduled}/items/1/outcome", {"note": "Early."}).status_code == 409
    assert host.post(f"{scheduled}/closing").status_code == 409
    assert host.post(f"{scheduled}/opening").status_code == 409  # Another one is open.
    assert host.post(f"{opened}/opening").status_code == 409
    assert host.patch(opened, {"minutes": 60}).status_code == 409
    assert host.post(f"{opened}/items/1/outcome", {}).status_code == 409
    assert host.post(f"{opened}/addenda", {"body": "Not yet."}).status_code == 409


def test_a_closed_review_stays_as_it_is(program: ProgramOf) -> None:
    review = a_closed_review()
    before, host, path = frozen(review), program(a_leader()), f"/reviews/{review.ref}"

    for answer in (
        host.post(f"{path}/opening"),
        host.post(f"{path}/items/1/outcome", {"note": "Late.", "choice": {"what": "That", "reason": "Late."}}),
        host.post(f"{path}/closing"),
        host.patch(path, {"notes": "Other."}),
    ):
        assert answer.status_code == 409
    assert last_action() == "review.scheduling_refused"
    assert frozen(review).body == before.body


def test_what_we_will_not_do_is_chosen_by_a_leader_and_nothing_else_of_it_is_kept(program: ProgramOf) -> None:
    review, host = an_open_review(), program(a_facilitator())
    outcome = {"note": "We leave it.", "choice": {"what": "Build our own", "reason": "Others do."}}

    answer = host.post(f"/reviews/{review.ref}/items/{NUMBER[Part.NOT_DOING]}/outcome", outcome)

    assert answer.status_code == 403
    assert item(host.get(f"/reviews/{review.ref}").json, Part.NOT_DOING)["notes"] == []


def test_a_plan_that_changed_meanwhile_is_not_overwritten(program: ProgramOf) -> None:
    review, host = a_scheduled_review(), program(a_facilitator())
    path = f"/reviews/{review.ref}"
    read = host.get(path).headers["ETag"]
    assert host.patch(path, {"minutes": 60}, If_Match=read).json["minutes"] == 60

    assert host.patch(path, {"minutes": 120}, If_Match=read).status_code == 409
    assert reloaded(review).minutes == 60


# Who reads what -----------------------------------------------------------------------------------------------------


def a_review_with_secrets() -> str:
    """The address of a closed review with a restricted experiment and amounts for few."""
    an_envelope("60000")
    change_house_rules(amounts_seen_by=AmountsSeenBy.INVOLVED)
    for title, restricted in (("Can we leave the region?", True), ("Can planners quote?", False)):
        decide(an_ended_experiment(title=title, restricted=restricted), DecisionKind.STOP)
    return f"/reviews/{a_closed_review().ref}"


def test_a_line_of_the_record_is_for_those_it_was_for(program: ProgramOf) -> None:
    path = a_review_with_secrets()
    volunteer = program(a_person()).get(f"{path}/record").json
    leader = program(a_leader()).get(f"{path}/record").json

    assert "Can we leave the region?" not in json.dumps(volunteer)
    assert volunteer["body"] is None
    hidden = [line for line in item(volunteer, Part.DECIDED)["lines"] if line["restricted"]]
    assert [(line["id"], line["title"]) for line in hidden] == [(None, "restricted")]
    assert {cell for line in hidden for said in line["cells"] for cell in said} == {"restricted"}
    assert "€" not in json.dumps(item(volunteer, Part.MONEY), ensure_ascii=False)
    assert "€" in json.dumps(item(leader, Part.MONEY), ensure_ascii=False)
    assert "Can we leave the region?" in json.dumps(leader)
    assert not any(line["restricted"] for each in leader["items"] for line in each["lines"])


def test_the_frozen_text_has_its_fingerprint_and_is_for_who_may_see_every_line(program: ProgramOf) -> None:
    path = a_review_with_secrets()

    for somebody in (a_leader, a_facilitator):
        record = program(somebody()).get(f"{path}/record").json
        text = b"tandem.review.v1\0" + record["previous"].encode() + record["body"].encode()
        assert hashlib.sha256(text).hexdigest() == record["sha256"]
        assert record["intact"]
    assert program(an_administrator()).get(f"{path}/record").json["body"] is None


def test_the_record_reads_in_the_readers_language(program: ProgramOf) -> None:
    path = a_review_with_secrets()

    record = program(a_person(language="nl")).get(f"{path}/record").json

    assert item(record, Part.NOT_DOING)["title"] == "Wat we niet doen"
    assert json.dumps(record).count('restricted"') == json.dumps(record).count('"restricted": ')


def test_an_agenda_shows_what_its_reader_may_see(program: ProgramOf) -> None:
    change_house_rules(amounts_seen_by=AmountsSeenBy.INVOLVED)
    an_envelope("60000")
    an_ended_experiment(title="Can we leave the region?", restricted=True)
    path = f"/reviews/{an_open_review().ref}"

    volunteer, leader = (program(who()).get(path).json for who in (a_person, a_leader))
    assert item(volunteer, Part.ENDED)["lines"] == []
    assert [line["title"] for line in item(leader, Part.ENDED)["lines"]] == ["Can we leave the region?"]
    assert "€" not in json.dumps(volunteer, ensure_ascii=False)


# What it does -------------------------------------------------------------------------------------------------------


def test_a_review_goes_from_its_plan_to_its_record(program: ProgramOf) -> None:
    owner = a_person()
    leader, reader = program(a_leader()), program(owner)

    made = leader.post("/reviews", PLAN, Idempotency_Key="one")
    assert made.status_code == 201, made.json
    assert leader.post("/reviews", PLAN, Idempotency_Key="one").json == made.json
    path = made.headers["Location"].removeprefix("/api/v1")
    assert [each["number"] for each in made.json["items"]] == list(range(1, len(Part) + 1))
    assert leader.post(f"{path}/opening").json["state"] == "open"
    outcome = {
        "note": "We leave it to *others*.",
        "choice": {"what": "Build our own", "reason": "Others do."},
        "action": {"what": "Tell the team", "owner": owner.handle, "due_on": "2026-07-01"},
    }
    said = leader.post(f"{path}/items/{NUMBER[Part.NOT_DOING]}/outcome", outcome)
    assert said.status_code == 200, said.json
    assert item(said.json, Part.NOT_DOING)["notes"][0]["body"] == "We leave it to *others*."
    closed = leader.post(f"{path}/closing").json
    assert (closed["state"], closed["items"]) == ("closed", None)
    assert leader.post(f"{path}/addenda", {"body": "It was Tuesday."}).status_code == 200

    record = reader.get(f"{path}/record").json
    assert item(record, Part.NOT_DOING)["lines"][-1]["title"] == "Build our own"
    assert [each["body"] for each in record["addenda"]] == ["It was Tuesday."]
    (action,) = reader.get("/actions").json["items"]
    assert (action["what"], action["owner"]) == ("Tell the team", owner.handle)
    assert program(a_person()).post(f"/actions/{action['id']}/completion").status_code == 403
    assert reader.post(f"/actions/{action['id']}/completion").json["done_at"] is not None
    assert reader.post(f"/actions/{action['id']}/completion").status_code == 409


def test_what_is_kept_is_kept_by_a_leader_who_is_no_party(program: ProgramOf) -> None:
    approver = a_leader()
    experiment = an_approved_experiment(by=approver)
    path = f"/reviews/{an_open_review().ref}"
    body = {"experiment": experiment.ref, "reason": "It starts in July."}

    assert program(a_leader(), "read", "write").post(f"{path}/keeps", body).status_code == 403
    assert program(approver).post(f"{path}/keeps", body).status_code == 403
    other = program(a_leader())
    assert other.post(f"{path}/keeps", body | {"experiment": "X-999"}).status_code == 409
    assert other.post(f"{path}/keeps", body).status_code == 200
    assert other.post(f"{path}/keeps", body).status_code == 409


def test_a_list_of_reviews_costs_three_statements_and_comes_in_pages(
    program: ProgramOf, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    a_closed_review("2026-Q1")
    an_open_review()
    reader = program(a_person())
    reader.get("/reviews")

    with count_statements() as statements:
        first = reader.get("/reviews", limit=1).json

    assert len(statements) <= 3, "\n\n".join(statements)
    assert [row["state"] for row in first["items"]] == ["open"]
    assert reader.get("/reviews", limit=1, after=first["next"]).json["items"][0]["state"] == "closed"


# How it is run --------------------------------------------------------------------------------------------------------


def in_order(*first: Part, out: Part | None = None) -> dict[str, Any]:
    """All parts, these first; one of them left out."""
    parts = [*first, *(part for part in Part if part not in first)]
    return {"parts": [{"part": part.value, "left_out": part is out} for part in parts]}


@pytest.mark.parametrize("somebody", [a_person, an_administrator, an_observer])
def test_only_facilitators_and_leaders_lead_the_room(program: ProgramOf, somebody: Callable[[], Person]) -> None:
    review, sender = an_open_review(), program(somebody())

    for path, body in {"agenda": in_order(), "topics": {"title": "The move"}, "turns": {"part": "wins"}}.items():
        assert sender.post(f"/reviews/{review.ref}/{path}", body).status_code == 403, path


def test_the_agenda_has_every_part_once_and_its_order_minutes_and_what_is_left_out_are_told(program: ProgramOf) -> None:
    review, karel = a_scheduled_review(), program(a_facilitator())
    path, wanted = f"/reviews/{review.ref}/agenda", in_order(Part.WINS, out=Part.BALANCE)
    wanted["parts"][0]["minutes"] = 25

    assert karel.post(path, {"parts": wanted["parts"][1:]}).status_code == 409
    arranged = karel.post(path, wanted)

    assert arranged.status_code == 200, arranged.text
    first, *_others, last = arranged.get_json()["programme"]
    assert first == {"number": NUMBER[Part.WINS], "part": "wins", "minutes": 25, "left_out": False}
    assert last == {"number": NUMBER[Part.BALANCE], "part": "balance", "minutes": 0, "left_out": True}


def test_a_topic_is_on_the_agenda_and_a_turn_is_what_the_room_looks_at(program: ProgramOf) -> None:
    ended, review, karel = an_ended_experiment(), an_open_review(), program(a_facilitator())
    path = f"/reviews/{review.ref}"

    added = karel.post(f"{path}/topics", {"title": "The move"})
    assert added.status_code == 201
    assert [line["title"] for line in item(added.get_json(), Part.OWN)["lines"]] == ["The move"]
    assert added.get_json()["turn"] is None
    assert karel.post(f"{path}/turns", {"part": "wins", "thing": ended.ref}).status_code == 409
    looked = karel.post(f"{path}/turns", {"part": "ended", "thing": ended.ref}).get_json()["turn"]
    assert (looked["part"], looked["thing"]) == ("ended", ended.ref)
    assert last_action() == "review.turn_taken"


def test_a_program_arranges_a_part_and_takes_off_what_was_added(program: ProgramOf) -> None:
    first, second = an_ended_experiment(), an_ended_experiment()
    review, karel, reader = an_open_review(), program(a_facilitator()), program(a_person())
    path, wanted = f"/reviews/{review.ref}", {"things": [{"thing": second.ref}, {"thing": first.ref, "left_out": True}]}

    assert reader.post(f"{path}/agenda/ended", wanted).status_code == 403
    assert karel.post(f"{path}/agenda/nothing", wanted).status_code == 404
    assert karel.post(f"{path}/agenda/wins", wanted).status_code == 409
    lines = item(karel.post(f"{path}/agenda/ended", wanted).get_json(), Part.ENDED)["lines"]
    assert [(line["id"], line["undecided"], line["left_out"]) for line in lines] == [
        (second.ref, True, False),
        (first.ref, False, True),
    ]

    topic = karel.post(f"{path}/topics", {"title": "The move"}).get_json()["topics"][0]
    assert reader.post(f"{path}/topics/{topic['number']}/removal").status_code == 403
    assert karel.post(f"{path}/topics/{topic['number']}/removal").get_json()["topics"] == []
    assert karel.post(f"{path}/topics/{topic['number']}/removal").status_code == 404


def test_nothing_is_looked_at_in_a_review_that_is_not_open(program: ProgramOf) -> None:
    karel = program(a_facilitator())

    for review in (a_scheduled_review("2026-Q1"), a_closed_review()):
        assert karel.post(f"/reviews/{review.ref}/turns", {"part": "wins"}).status_code == 409
