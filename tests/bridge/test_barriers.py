"""Barriers: a team puts what it cannot move to leadership, somebody has it by a day, and it is seen until then."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask import Flask

from portfolio.bridge import barrier_queries
from portfolio.bridge.barrier import Barrier, BarrierState
from portfolio.foundation.database import db, write_tx
from portfolio.foundation.errors import RuleBroken
from portfolio.organisation.house_rules import house_rules
from portfolio.people.person import Person
from tests.bridge.crossings import a_barrier, barrier_now, give, lead_of, scaled
from tests.browser import Browser
from tests.factories import (
    a_draft,
    a_facilitator,
    a_leader,
    a_person,
    a_proposed_experiment,
    a_running_experiment,
    an_observer,
    at,
    changing,
    deactivated,
    here,
    last_action,
    reading,
    rules_now,
)

SignIn = Callable[[Person], Browser]
Counting = Callable[[], AbstractContextManager[list[str]]]
FORM = {
    "title": "We cannot see the stock of the care homes",
    "obstacle": "Their system is closed to us. **Two calls** to their board would open it.",
}


# Rules --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("words", "says"), [({"title": ""}, "one sentence"), ({"obstacle": ""}, "what it would take")])
def test_a_barrier_says_what_it_would_take(app: Flask, words: dict[str, str], says: str) -> None:
    with pytest.raises(RuleBroken, match=says):
        a_barrier(**words)


def test_leadership_is_asked_nothing_about_a_draft_or_about_what_is_over(app: Flask) -> None:
    for experiment in (a_draft(), scaled(a_running_experiment())):
        with pytest.raises(RuleBroken, match="proposed, approved or running"):
            a_barrier(experiment)


def test_nobody_says_what_came_of_what_nobody_took(app: Flask) -> None:
    barrier, leader = a_barrier(), a_leader()

    for ending in (Barrier.remove, Barrier.close):
        with pytest.raises(RuleBroken, match="takes it first"), write_tx() as moment:
            ending(here(barrier), "It went away.", by=here(leader), at=moment)


def test_its_day_lies_ahead_and_its_owner_is_somebody_of_the_organisation(app: Flask) -> None:
    barrier, today = a_barrier(), rules_now().today

    with pytest.raises(RuleBroken, match="lies ahead"):
        give(barrier, a_leader(), due=today - timedelta(days=1))
    for person in (an_observer(), deactivated(a_person())):
        with pytest.raises(RuleBroken, match="of the organisation"):
            give(barrier, person)
    assert barrier_now(barrier.id).state is BarrierState.OPEN


def test_that_it_cannot_be_removed_asks_for_a_reason(app: Flask) -> None:
    leader = a_leader()
    barrier = give(a_barrier(), leader)

    with pytest.raises(RuleBroken, match="why it cannot"), write_tx() as moment:
        here(barrier).close("  ", by=here(leader), at=moment)


def test_what_is_over_stays_over(app: Flask) -> None:
    leader = a_leader()
    barrier = give(a_barrier(), leader)
    with write_tx() as moment:
        here(barrier).remove("", by=here(leader), at=moment)

    with pytest.raises(RuleBroken, match="over already"), write_tx() as moment:
        here(barrier).close("After all.", by=here(leader), at=moment)
    with pytest.raises(RuleBroken, match="over already"):
        give(barrier, a_leader())


def test_it_is_late_once_its_day_has_passed_and_until_it_is_removed(app: Flask) -> None:
    leader, today = a_leader(), rules_now().today
    barrier = give(a_barrier(), leader, due=today)

    assert not barrier.is_late(today)
    assert barrier.is_late(today + timedelta(days=1))
    with write_tx() as moment:
        here(barrier).remove("Two calls.", by=here(leader), at=moment)
    assert not barrier_now(barrier.id).is_late(today + timedelta(days=1))


def test_it_can_become_somebody_elses_and_waits_again_when_they_leave(app: Flask) -> None:
    first, second, leader = a_person(), a_person(), a_leader()
    barrier = give(give(a_barrier(), first), second)

    assert barrier.owner_id == second.id
    assert waiting_refs(leader) == []
    deactivated(second)
    assert barrier_now(barrier.id).needs_owner
    assert waiting_refs(leader) == [barrier.ref]


# Who may ------------------------------------------------------------------------------------------------------------


def test_observers_see_no_barrier(app: Flask, signed_in: SignIn) -> None:
    experiment = a_running_experiment(shared=True)
    browser, barrier = signed_in(an_observer()), a_barrier(experiment)

    assert browser.get("/barriers").status_code == 403
    assert browser.get(f"/barriers/{barrier.ref}").status_code == 403
    page = browser.get(f"/experiments/{experiment.ref}")
    assert page.status_code == 200
    assert barrier.title not in page.text


@pytest.mark.parametrize("path", ["/barriers", "/barriers/B-001", "/experiments/X-001/barriers/new"])
def test_who_is_signed_out_signs_in_first(client: Browser, path: str) -> None:
    assert client.get(path).status_code == 302


def test_a_barrier_that_is_not_there(app: Flask, signed_in: SignIn) -> None:
    browser = signed_in(a_person())

    for path in ("/barriers/B-99999", "/barriers/C-001", "/barriers/nonsense", "/experiments/X-99999/barriers/new"):
        assert browser.get(path).status_code == 404, path


def test_only_the_team_says_what_stands_in_its_way(app: Flask, signed_in: SignIn) -> None:
    experiment = a_running_experiment()

    for person in (a_person(), a_leader(), a_facilitator()):
        browser = signed_in(person)
        assert browser.get(f"/experiments/{experiment.ref}/barriers/new").status_code == 403
        assert browser.post(f"/experiments/{experiment.ref}/barriers", data=FORM).status_code == 403
        assert "Put it to leadership" not in browser.get(f"/experiments/{experiment.ref}").text


def test_only_a_leader_gives_it_to_somebody(app: Flask, signed_in: SignIn) -> None:
    barrier = a_barrier()
    lead = barrier.raised_by

    for person in (lead, a_person(), a_facilitator()):
        answer = signed_in(person).post(f"/barriers/{barrier.ref}/owner", data=given_to(person))
        assert answer.status_code == 403
    assert barrier_now(barrier.id).owner is None


def test_nobody_takes_it_on_by_leaving_the_list_as_it_is(app: Flask, signed_in: SignIn) -> None:
    barrier, browser = a_barrier(), signed_in(a_leader())
    assert '<option selected value="">Choose who</option>' in browser.get(f"/barriers/{barrier.ref}").text

    answer = browser.post(f"/barriers/{barrier.ref}/owner", data=given_to(a_person()) | {"owner": ""})

    assert answer.status_code == 422
    assert "Choose who removes it." in answer.text
    assert barrier_now(barrier.id).owner is None


def test_nobody_is_named_over_somebody_named_meanwhile(app: Flask, signed_in: SignIn) -> None:
    barrier, first, second = a_barrier(), a_person(), a_person()
    browser = signed_in(a_leader())
    assert browser.post(f"/barriers/{barrier.ref}/owner", data=given_to(first) | {"read": ""}).status_code == 303

    late = browser.post(f"/barriers/{barrier.ref}/owner", data=given_to(second) | {"read": ""})

    assert late.status_code == 409
    assert "changed this after you opened it" in late.text
    assert barrier_now(barrier.id).owner_id == first.id
    stays = browser.post(f"/barriers/{barrier.ref}/closing", data={"reason": "It is the law.", "read": ""})
    assert stays.status_code == 409
    assert "It is the law." in stays.text
    assert barrier_now(barrier.id).stands


def test_only_its_owner_and_leaders_say_what_came_of_it(app: Flask, signed_in: SignIn) -> None:
    owner = a_person()
    barrier = give(a_barrier(), owner)
    for person in (barrier.raised_by, a_person(), a_facilitator()):
        browser = signed_in(person)
        assert browser.post(f"/barriers/{barrier.ref}/removal", data={"outcome": ""}).status_code == 403
        assert browser.post(f"/barriers/{barrier.ref}/closing", data={"reason": "So."}).status_code == 403

    assert signed_in(owner).post(f"/barriers/{barrier.ref}/removal", data={"outcome": ""}).status_code == 303
    assert barrier_now(barrier.id).state is BarrierState.REMOVED


def test_what_is_in_the_way_of_a_restricted_experiment_is_not_there_for_others(app: Flask, signed_in: SignIn) -> None:
    experiment = a_running_experiment(restricted=True)
    barrier = a_barrier(experiment, title="The board keeps the keys")
    browser = signed_in(a_person())

    assert browser.get(f"/barriers/{barrier.ref}").status_code == 404
    assert browser.post(f"/barriers/{barrier.ref}/comments", data={"body": "And?"}).status_code == 404
    assert "The board keeps the keys" not in browser.get("/barriers").text
    assert "The board keeps the keys" not in browser.get("/search?q=keys").text
    for person in (lead_of(experiment), a_leader(), a_facilitator()):
        assert signed_in(person).get(f"/barriers/{barrier.ref}").status_code == 200


def test_whoever_is_asked_to_remove_it_reads_it_and_nothing_else_of_a_restricted_experiment(
    app: Flask, signed_in: SignIn
) -> None:
    experiment, owner = a_running_experiment(restricted=True), a_person()
    barrier = give(a_barrier(experiment), owner)
    browser = signed_in(owner)

    page = browser.get(f"/barriers/{barrier.ref}")

    assert page.status_code == 200
    assert barrier.title in page.text
    assert experiment.title not in page.text
    assert experiment.title not in browser.get("/barriers").text
    assert browser.get(f"/experiments/{experiment.ref}").status_code == 404


# Its way ------------------------------------------------------------------------------------------------------------


def test_a_barrier_goes_from_the_team_to_leadership_to_out_of_the_way(app: Flask, signed_in: SignIn) -> None:
    experiment, leader, owner = a_running_experiment(), a_leader(), a_person()
    lead = signed_in(lead_of(experiment))
    assert "Put it to leadership" in lead.get(f"/experiments/{experiment.ref}").text

    answer = lead.post(f"/experiments/{experiment.ref}/barriers", data=FORM)

    assert answer.status_code == 303
    path = f"/barriers/{answer.location.rsplit('/', 1)[1]}"
    assert last_action() == "barrier.raised"
    assert "Nobody is on it yet" in lead.get(path).text
    assert FORM["title"] in signed_in(a_person()).get(f"/experiments/{experiment.ref}").text

    assert signed_in(leader).post(f"{path}/owner", data=given_to(owner)).status_code == 303
    assert last_action() == "barrier.taken"
    assert f"{owner.name} removes it by" in lead.get(path).text

    answer = signed_in(owner).post(f"{path}/removal", data={"outcome": "They opened a **window** for us."})
    assert answer.status_code == 303
    assert last_action() == "barrier.removed"
    page = lead.get(path).text
    assert "It is out of the way" in page
    assert "<strong>window</strong>" in page


def test_that_it_cannot_be_removed_is_said_with_a_reason(app: Flask, signed_in: SignIn) -> None:
    leader = a_leader()
    barrier = give(a_barrier(), leader)
    browser = signed_in(leader)

    assert browser.post(f"/barriers/{barrier.ref}/closing", data={"reason": " "}).status_code == 422
    answer = browser.post(f"/barriers/{barrier.ref}/closing", data={"reason": "The law says so."})

    assert answer.status_code == 303
    assert last_action() == "barrier.closed"
    assert "The law says so." in browser.get(f"/barriers/{barrier.ref}").text


def test_what_was_typed_is_kept_when_the_experiment_is_over_by_then(app: Flask, signed_in: SignIn) -> None:
    experiment = a_proposed_experiment()
    browser = signed_in(lead_of(experiment))
    with changing(experiment, by=lead_of(experiment)) as (found, lead, moment):
        found.withdraw(rules=house_rules(), by=lead, at=moment)

    answer = browser.post(f"/experiments/{experiment.ref}/barriers", data=FORM)

    assert answer.status_code == 409
    assert FORM["title"] in answer.text


def test_people_talk_about_it(app: Flask, signed_in: SignIn) -> None:
    barrier = a_barrier()
    browser = signed_in(a_person())

    answer = browser.post(
        f"/barriers/{barrier.ref}/comments", data={"body": "Did you ask **Ann**?", "is_question": "y"}
    )

    assert answer.status_code == 303
    assert last_action() == "barrier.asked"
    assert "<strong>Ann</strong>" in browser.get(f"/barriers/{barrier.ref}").text


def test_the_list_shows_what_stands_in_the_way_and_the_rest_when_asked(app: Flask, signed_in: SignIn) -> None:
    leader = a_leader()
    standing, gone = a_barrier(title="The board keeps the keys"), give(a_barrier(title="The gate was shut"), leader)
    with write_tx() as moment:
        here(gone).remove("", by=here(leader), at=moment)
    browser = signed_in(a_person())

    assert (standing.title in (page := browser.get("/barriers").text), gone.title in page) == (True, False)
    assert (standing.title in (page := browser.get("/barriers?state=removed").text), gone.title in page) == (
        False,
        True,
    )
    assert standing.title in (page := browser.get("/barriers?state=all").text)
    assert gone.title in page
    assert "1 in the way" in browser.get("/challenges").text


def test_the_list_costs_the_same_for_one_and_for_many(
    app: Flask, signed_in: SignIn, count_statements: Counting
) -> None:
    leader = a_leader()
    browser = signed_in(leader)
    give(a_barrier(), leader)
    browser.get("/barriers")
    with count_statements() as one:
        browser.get("/barriers")
    experiment = a_running_experiment()
    for _ in range(5):
        give(a_barrier(experiment), leader)
    with count_statements() as many:
        assert browser.get("/barriers").text.count("B-0") >= 6

    assert len(many) == len(one)


# On home ------------------------------------------------------------------------------------------------------------


def test_what_nobody_is_on_waits_for_leaders_and_then_for_its_owner(app: Flask, signed_in: SignIn) -> None:
    barrier, leader, owner = a_barrier(), a_leader(), a_person()
    asks, due = "Take a barrier, or name who does", rules_now().today + timedelta(days=7)

    assert asks in signed_in(leader).get("/").text
    assert asks not in signed_in(owner).get("/").text
    give(barrier, owner, due=due, by=leader)
    assert asks not in signed_in(leader).get("/").text
    assert "You have it until" in signed_in(owner).get("/").text
    with at(due + timedelta(days=1)):
        assert "The team still waits" in signed_in(owner).get("/").text


# Inside -------------------------------------------------------------------------------------------------------------


def given_to(owner: Person) -> dict[str, str]:
    """The form that names an owner, as its page sends it."""
    return {"owner": str(owner.id), "due_on": (rules_now().today + timedelta(days=7)).isoformat()}


def waiting_refs(leader: Person) -> list[str]:
    """What waits for an owner."""
    with reading():
        return [barrier.ref for barrier in barrier_queries.waiting_for(db.session.get_one(Person, leader.id), 50)]


def test_a_weekend_in_the_way_is_counted_in_days(app: Flask, signed_in: SignIn) -> None:
    with at("2026-06-13"):
        barrier = a_barrier()
    with at("2026-06-14"):
        page = signed_in(a_person()).get(f"/barriers/{barrier.ref}").text

    assert "in the way for one day<" in page
