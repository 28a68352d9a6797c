"""Learnings with their fate, promotions, challenges and barriers through the API: the same rules as on the pages."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask

from portfolio.bridge.answer import State
from portfolio.network.learning import Learning
from portfolio.people.person import Person
from tests.api_client import Program, a_token
from tests.bridge.crossings import (
    a_barrier,
    a_challenge,
    a_learning,
    a_promotion,
    an_accepted_promotion,
    barrier_now,
    challenge_now,
    embed,
    give,
    initiative_of,
    lead_of,
    promotion_now,
    take_up,
)
from tests.factories import (
    a_draft,
    a_facilitator,
    a_leader,
    a_person,
    a_proposed_experiment,
    a_running_experiment,
    an_observer,
    an_operations_owner,
    last_action,
    rules_now,
)
from tests.hierarchy.plans import a_suggestion, an_active_initiative, owner_of

ProgramOf = Callable[..., Program]
Counting = Callable[[], AbstractContextManager[list[str]]]
REASON = {"reason": "Not in this quarter."}
YES = {"reason": "It saves a day."}
ANSWERS: dict[str, Any] = {"acceptance": YES, "deferral": REASON | {"until": "2027-Q1"}, "decline": REASON}
ENDINGS = {"answer": {"outcome": "Rails stay on."}, "closing": {"reason": "It went away."}}


@pytest.fixture
def program(app: Flask) -> ProgramOf:
    """Gives a program that acts for somebody."""
    return lambda person, *scopes: Program(app, a_token(person, *scopes))


def an_offer(owner: Person, *learnings: Learning, **words: Any) -> dict[str, Any]:
    """A complete promotion, as JSON."""
    return {
        "learnings": [learning.ref for learning in learnings],
        "title": "Planner and driver at one table at 15:00",
        "change": "Every day at 15:00 planner and driver fix the route **together**.",
        "unit": owner.unit.handle if owner.unit else "",
        "owner": owner.handle,
        "measure": {"metric": "First time right", "unit": "%", "baseline": "71", "target": "90"},
    } | words


def found(reader: Program, path: str, **asked: Any) -> list[str]:
    """The identifiers on a list."""
    return [row["id"] for row in reader.get(path, **asked).json["items"]]


# Refusals -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/learnings", "/promotions", "/challenges", "/promotions/P-001", "/challenges/C-001"])
def test_without_a_token_nothing_is_told(app: Flask, path: str) -> None:
    assert app.test_client(use_cookies=False).get(f"/api/v1{path}").status_code == 401


def test_a_token_to_read_changes_nothing(program: ProgramOf) -> None:
    reader = program(an_operations_owner(), "read")

    assert reader.get("/promotions").status_code == 200
    assert reader.post("/challenges", {"title": "Why?", "tension": "It hurts."}).status_code == 403


def test_observers_see_nothing_of_the_bridge(program: ProgramOf) -> None:
    experiment = a_running_experiment(shared=True)
    learning = a_learning(experiment)
    promotion, challenge, observer = a_promotion(learning), a_challenge(), program(an_observer())

    for path in ("/promotions", f"/promotions/{promotion.ref}", "/challenges", f"/challenges/{challenge.ref}"):
        assert observer.get(path).status_code == 403, path
    shared = observer.get(f"/learnings/{learning.ref}").json
    assert (shared["title"], shared["promotion"], shared["fate"]) == (learning.title, None, None)


def test_what_is_restricted_is_not_there_for_others(program: ProgramOf) -> None:
    experiment, owner = a_running_experiment(restricted=True), an_operations_owner()
    learning = a_learning(experiment)
    promotion = a_promotion(learning, owner=owner, by=lead_of(experiment))
    stranger = program(an_operations_owner())

    assert found(stranger, "/learnings") == found(stranger, "/promotions") == []
    for path in (f"/learnings/{learning.ref}", f"/promotions/{promotion.ref}", f"/promotions/{promotion.ref}/comments"):
        assert stranger.get(path).status_code == 404, path
    for command, body in ANSWERS.items():
        assert stranger.post(f"/promotions/{promotion.ref}/{command}", body).status_code == 404
    assert stranger.post("/promotions", an_offer(owner, learning)).status_code == 409
    # Whom it is put to reads what they answer, by this way only.
    read = program(owner).get(f"/promotions/{promotion.ref}").json
    assert [one["title"] for one in read["learnings"]] == [learning.title]
    assert program(owner).get(f"/learnings/{learning.ref}").status_code == 404


def test_who_took_part_reads_only_the_learnings_that_are_theirs_to_read(program: ProgramOf) -> None:
    experiment = a_running_experiment()
    ours, hidden = a_learning(experiment), a_learning(a_running_experiment(restricted=True))
    promotion = a_promotion(ours, hidden, by=a_facilitator())

    read = program(lead_of(experiment)).get(f"/promotions/{promotion.ref}").json

    assert [one["id"] for one in read["learnings"]] == [ours.ref]
    assert read["hidden_learnings"] == 1


@pytest.mark.parametrize("command", ANSWERS)
def test_only_the_operations_owner_of_the_unit_answers(program: ProgramOf, command: str) -> None:
    promotion = a_promotion()

    for person in (a_leader(), an_operations_owner()):
        assert program(person).post(f"/promotions/{promotion.ref}/{command}", ANSWERS[command]).status_code == 403
    assert last_action() == "promotion.answer_refused"
    assert promotion_now(promotion.id).state is State.OFFERED


@pytest.mark.parametrize("command", ANSWERS)
def test_an_answer_stands(program: ProgramOf, command: str) -> None:
    owner = an_operations_owner()
    promotion = an_accepted_promotion(owner=owner)

    assert program(owner).post(f"/promotions/{promotion.ref}/{command}", ANSWERS[command]).status_code == 409


def test_a_learning_crosses_once(program: ProgramOf) -> None:
    learning, owner, sender = a_learning(), an_operations_owner(), program(a_person())
    assert sender.post("/promotions", an_offer(owner, learning)).status_code == 201

    again = sender.post("/promotions", an_offer(owner, learning))

    assert again.status_code == 409
    assert "crosses the bridge once" in again.json["obstacles"][0]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ({"learnings": []}, 409),
        ({"learnings": ["L-999"]}, 409),
        ({"learnings": ["nothing"]}, 409),
        ({"measure": {"metric": "First time right", "baseline": "71", "target": "71"}}, 409),
        ({"owner": "nobody knows"}, 409),
        ({"unit": "nobody knows"}, 409),
        ({"form": "innovation"}, 422),
        ({"measure": {"metric": "First time right", "baseline": 71, "target": "90"}}, 422),
        ({"learnings": ["L-001"] * 51}, 422),
        ({"title": " "}, 422),
        ({"colour": "red"}, 422),
    ],
)
def test_what_operations_could_not_answer_is_not_put_to_them(
    program: ProgramOf, words: dict[str, Any], status: int
) -> None:
    offer = an_offer(an_operations_owner(), a_learning())

    answer = program(a_person()).post("/promotions", offer | words)

    assert answer.status_code == status, answer.json
    assert found(program(a_leader()), "/promotions") == []


def test_it_is_put_to_who_owns_those_operations(program: ProgramOf) -> None:
    owner, other = an_operations_owner(), an_operations_owner()
    offer = an_offer(owner, a_learning()) | {"owner": other.handle}

    assert program(a_person()).post("/promotions", offer).status_code == 409


def test_the_same_key_promotes_once(program: ProgramOf) -> None:
    sender, offer = program(a_person()), an_offer(an_operations_owner(), a_learning())

    first = sender.post("/promotions", offer, Idempotency_Key="one")
    again = sender.post("/promotions", offer, Idempotency_Key="one")
    other = sender.post("/promotions", offer | {"title": "Another"}, Idempotency_Key="one")

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert first.json == again.json
    assert len(found(sender, "/promotions")) == 1


@pytest.mark.parametrize("command", ENDINGS)
def test_a_challenge_is_ended_by_whose_it_is(program: ProgramOf, command: str) -> None:
    owner = an_operations_owner()
    challenge, initiative = a_challenge(unit=owner.unit), an_active_initiative()
    take_up(challenge, initiative, by=owner_of(initiative))
    path = f"/challenges/{challenge.ref}/{command}"

    assert program(a_leader()).post(path, ENDINGS[command]).status_code == 403
    assert last_action() == "challenge.ending_refused"
    assert program(owner).post(path, ENDINGS[command]).status_code == 200
    assert program(owner).post(path, ENDINGS[command]).status_code == 409


def test_nobody_takes_it_up_with_the_work_of_others(program: ProgramOf) -> None:
    challenge, experiment = a_challenge(), a_running_experiment()
    hidden, draft = a_draft(), a_suggestion()
    sender, path = program(a_leader()), f"/challenges/{challenge.ref}/uptake"

    assert sender.post(path, {"taker": experiment.ref}).status_code == 403
    for ref in (hidden.ref, draft.ref, "X-999", "nothing", challenge.ref):
        assert sender.post(path, {"taker": ref}).status_code == 409, ref
    assert sender.post("/challenges/C-999/uptake", {"taker": experiment.ref}).status_code == 404
    assert challenge_now(challenge.id).experiment_id is None


def test_nobody_learns_which_hidden_work_took_it_up(program: ProgramOf) -> None:
    experiment = a_running_experiment(restricted=True)
    challenge = a_challenge()
    take_up(challenge, experiment, by=lead_of(experiment))

    for reader, taker in ((program(a_person()), None), (program(a_leader()), experiment.ref)):
        assert reader.get(f"/challenges/{challenge.ref}").json["taker"] == taker
        assert reader.get("/challenges").json["items"][0]["taker"] == taker


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ({"measure": {"metric": " ", "value": "21"}}, 422),
        ({"measure": {"metric": "Incomplete returns", "value": 21}}, 422),
        ({"tension": ""}, 422),
        ({"title": "x" * 121}, 422),
        ({"unit": "nobody knows"}, 409),
    ],
)
def test_what_nobody_could_take_up_is_no_challenge(program: ProgramOf, words: dict[str, Any], status: int) -> None:
    body = {"title": "Why do 1 in 5 come back incomplete?", "tension": "Every fifth bed."} | words

    assert program(a_person()).post("/challenges", body).status_code == status


# Lives --------------------------------------------------------------------------------------------------------------


def test_a_promotion_goes_from_its_learnings_to_a_measured_effect(program: ProgramOf) -> None:
    experiment, owner = a_running_experiment(), an_operations_owner()
    learning = a_learning(experiment)
    sender, answering, author = program(a_person()), program(owner), program(lead_of(experiment))

    made = sender.post("/promotions", an_offer(owner, learning))
    assert made.status_code == 201, made.json
    path = made.headers["Location"].removeprefix("/api/v1")
    assert made.json["learnings"][0]["id"] == learning.ref
    assert (made.json["fate"], made.json["waited_days"]) == ("offered", 0)
    later = answering.post(f"{path}/deferral", {"until": "2027-Q1", "reason": "The table is full."})
    assert later.json["answers"][-1]["until"] == "2027-Q1"
    assert author.post(f"{path}/comments", {"body": "We wait for you."}).status_code == 200
    assert answering.get(f"{path}/comments").json["items"][0]["body"] == "We wait for you."

    today = rules_now().today.isoformat()
    accepted = answering.post(f"{path}/acceptance", {"starts_on": today, "due_on": "2999-01-01", **YES}).json
    assert (accepted["state"], accepted["fate"]) == ("accepted", "accepted")
    assert accepted["initiative"] is not None
    assert program(owner).get(f"/initiatives/{accepted['initiative']}").json["state"] == "planned"

    embed(initiative_of(promotion_now(int(made.json["id"][2:]))))
    known = author.get(f"/learnings/{learning.ref}").json
    assert (known["promotion"], known["fate"]) == (made.json["id"], "effect_measured")
    measured = author.get(path).json["measure"]
    assert (measured["latest"], measured["at_embedding"], measured["lasting"]) == ("86", "86", None)


def test_a_no_carries_its_reason(program: ProgramOf) -> None:
    owner = an_operations_owner()
    promotion = a_promotion(owner=owner)

    answer = program(owner).post(f"/promotions/{promotion.ref}/decline", {"reason": "We stop with this service."})

    assert (answer.json["fate"], answer.json["loop_closed"]) == ("declined", True)
    assert answer.json["answers"][0]["reason"] == "We stop with this service."


def test_half_a_plan_is_no_plan(program: ProgramOf) -> None:
    owner = an_operations_owner()
    promotion = a_promotion(owner=owner)

    answer = program(owner).post(f"/promotions/{promotion.ref}/acceptance", {"starts_on": "2026-01-05", **YES})

    assert answer.status_code == 409
    assert promotion_now(promotion.id).state is State.OFFERED


def test_a_challenge_goes_from_what_hurts_to_what_changed(program: ProgramOf) -> None:
    owner, lead = an_operations_owner(), a_person()
    raising, working = program(owner), program(lead)
    counted = {"metric": "Incomplete returns", "unit": "%", "value": "21"}
    body = {"title": "Why do 1 in 5 come back incomplete?", "tension": "Every fifth bed.", "measure": counted}

    made = raising.post("/challenges", body | {"unit": owner.unit.handle if owner.unit else None})
    assert made.status_code == 201, made.json
    assert made.json["measure"] == counted
    path = made.headers["Location"].removeprefix("/api/v1")
    assert raising.post(f"{path}/answer", {"outcome": "Too soon."}).status_code == 409
    assert working.post(f"{path}/comments", {"body": "Which beds?", "is_question": True}).status_code == 200
    begun = working.post(f"{path}/experiment")
    assert begun.status_code == 201
    assert begun.json["criteria"][0]["metric"] == "Incomplete returns"
    assert working.get(path).json["taker"] == begun.json["id"]
    assert working.post(f"{path}/experiment").status_code == 409

    answered = raising.post(f"{path}/answer", {"outcome": "Rails stay on."}).json

    assert (answered["state"], answered["outcome"]) == ("answered", "Rails stay on.")
    assert raising.get(f"{path}/comments").json["items"][0]["is_question"]


def test_a_challenge_is_taken_up_with_ones_own_work(program: ProgramOf) -> None:
    challenge, experiment, initiative = a_challenge(), a_proposed_experiment(), an_active_initiative()
    lead, path = program(lead_of(experiment)), f"/challenges/{challenge.ref}/uptake"

    taken = lead.post(path, {"taker": experiment.ref}).json

    assert (taken["state"], taken["taker"]) == ("taken_up", experiment.ref)
    assert program(owner_of(initiative)).post(path, {"taker": initiative.ref}).status_code == 409
    assert lead.post(f"/experiments/{experiment.ref}/withdrawal").status_code == 200
    assert lead.get(f"/challenges/{challenge.ref}").json["fell_through"]
    assert program(owner_of(initiative)).post(path, {"taker": initiative.ref}).json["taker"] == initiative.ref


# Lists --------------------------------------------------------------------------------------------------------------


def test_the_library_is_narrowed_and_comes_in_pages(program: ProgramOf) -> None:
    experiment = a_running_experiment()
    old = a_learning(experiment, title="Nurses hide the keys")
    new = a_learning(experiment, title="It goes right together", body="Keys were there.", corrects=old)
    other, reader = a_learning(title="It waits"), program(a_person())

    assert found(reader, "/learnings") == [other.ref, new.ref]
    assert found(reader, "/learnings", experiment=experiment.ref) == [new.ref]
    assert found(reader, "/learnings", q="key together") == [new.ref]
    assert found(reader, "/learnings", q="nurses") == found(reader, "/learnings", q="?") == []
    assert found(reader, "/learnings", kind="insight", evidence="measured") == [other.ref, new.ref]
    assert found(reader, "/learnings", kind="quick_win") == found(reader, "/learnings", experiment="X-999") == []
    first = reader.get("/learnings", limit=1).json
    assert reader.get("/learnings", limit=1, after=first["next"]).json["items"][0]["id"] == new.ref
    assert reader.get(f"/learnings/{old.ref}").json["corrected_by"] == new.ref
    for wrong in ({"kind": "lie"}, {"evidence": "none"}, {"limit": 101}, {"colour": "red"}):
        assert reader.get("/learnings", **wrong).status_code == 422, wrong


def test_promotions_and_challenges_are_narrowed(program: ProgramOf) -> None:
    accepted, waiting, waiting_too = an_accepted_promotion(), a_promotion(), a_promotion()
    taken, still_open, open_too = a_challenge(), a_challenge(), a_challenge()
    initiative = an_active_initiative()
    take_up(taken, initiative, by=owner_of(initiative))
    reader = program(a_person())

    assert found(reader, "/promotions") == [waiting_too.ref, waiting.ref, accepted.ref]
    assert found(reader, "/promotions", fate="offered") == [waiting.ref, waiting_too.ref]
    assert found(reader, "/promotions", fate="accepted") == [accepted.ref]
    assert found(reader, "/challenges") == [open_too.ref, still_open.ref, taken.ref]
    assert found(reader, "/challenges", state="open", limit=1) == [still_open.ref]
    assert found(reader, "/challenges", state="taken_up") == [taken.ref]


@pytest.mark.parametrize(
    ("path", "maker", "most"),
    [("/learnings", a_learning, 2), ("/promotions", an_accepted_promotion, 8), ("/challenges", a_challenge, 4)],
)
def test_a_list_costs_the_same_for_one_row_and_for_many(
    program: ProgramOf, count_statements: Counting, path: str, maker: Callable[[], Any], most: int
) -> None:
    reader, counts = program(a_person()), []
    reader.get(path)
    for rows in (1, 2, 3):
        maker()
        with count_statements() as statements:
            assert len(reader.get(path).json["items"]) == rows
        counts.append(len(statements))

    assert max(counts) <= most, "\n\n".join(statements)


# Barriers -----------------------------------------------------------------------------------------------------------


def test_only_the_team_puts_a_barrier_and_only_a_leader_gives_it(program: ProgramOf) -> None:
    experiment = a_running_experiment()
    said = {"experiment": experiment.ref, "title": "It is closed to us.", "obstacle": "Two calls."}
    for person in (a_person(), a_leader(), a_facilitator()):
        assert program(person).post("/barriers", said).status_code == 403
    lead = program(lead_of(experiment))

    assert lead.post("/barriers", said | {"title": ""}).status_code in (409, 422)
    made = lead.post("/barriers", said)

    assert made.status_code == 201
    assert made.json | {"state": "open", "owner": None, "due_on": None, "late": False} == made.json
    assert made.json["experiment"] == experiment.ref
    assert made.headers["Location"] == f"/api/v1/barriers/{made.json['id']}"
    assert lead.post(f"/barriers/{made.json['id']}/owner", {"due_on": "2031-01-01"}).status_code == 403


def test_a_barrier_goes_from_the_team_to_out_of_the_way(program: ProgramOf) -> None:
    barrier, leader, owner = a_barrier(), a_leader(), a_person()
    path, due = f"/barriers/{barrier.ref}", rules_now().today.isoformat()
    assert program(leader).post(f"{path}/removal", {}).status_code == 409

    given = program(leader).post(f"{path}/owner", {"owner": owner.handle, "due_on": due})
    assert (given.status_code, given.json["owner"], given.json["due_on"]) == (200, owner.handle, due)
    assert program(barrier.raised_by).post(f"{path}/removal", {}).status_code == 403
    removed = program(owner).post(f"{path}/removal", {"outcome": "A window."})

    assert (removed.status_code, removed.json["state"], removed.json["outcome"]) == (200, "removed", "A window.")
    assert last_action() == "barrier.removed"
    assert program(owner).post(f"{path}/closing", {"reason": "After all."}).status_code == 409
    assert found(program(leader), "/barriers", state="open") == []
    assert found(program(leader), "/barriers") == [barrier.ref]


def test_a_leader_takes_it_without_naming_anybody_and_says_why_it_stays(program: ProgramOf) -> None:
    barrier, leader = a_barrier(), a_leader()
    acts, path = program(leader), f"/barriers/{barrier.ref}"

    assert acts.post(f"{path}/owner", {"due_on": "2020-01-01"}).status_code == 409
    assert acts.post(f"{path}/owner", {"due_on": rules_now().today.isoformat()}).json["owner"] == leader.handle
    assert acts.post(f"{path}/closing", {}).status_code == 422
    assert acts.post(f"{path}/closing", {"reason": "The law says so."}).json["state"] == "stays"
    assert barrier_now(barrier.id).outcome == "The law says so."


def test_a_restricted_barrier_is_there_for_its_owner_without_its_experiment(program: ProgramOf) -> None:
    experiment, owner = a_running_experiment(restricted=True), a_person()
    barrier = give(a_barrier(experiment), owner)

    assert program(a_person()).get(f"/barriers/{barrier.ref}").status_code == 404
    assert found(program(a_person()), "/barriers") == []
    assert program(owner).get(f"/barriers/{barrier.ref}").json["experiment"] is None
    assert program(lead_of(experiment)).get(f"/barriers/{barrier.ref}").json["experiment"] == experiment.ref
    assert found(program(lead_of(experiment)), "/barriers", experiment=experiment.ref) == [barrier.ref]


def test_people_talk_about_a_barrier(program: ProgramOf) -> None:
    barrier = a_barrier()
    reader = program(a_person())

    assert reader.post(f"/barriers/{barrier.ref}/comments", {"body": "Did you ask?"}).status_code == 200
    assert [said["body"] for said in reader.get(f"/barriers/{barrier.ref}/comments").json["items"]] == ["Did you ask?"]
