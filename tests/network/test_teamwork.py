"""Taking part: hands go up and down without a reason, the lead welcomes, and nobody is on it twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from portfolio.foundation.errors import RuleBroken
from portfolio.network.experiment import Experiment
from portfolio.people.person import Person
from tests.browser import Browser
from tests.factories import (
    a_draft,
    a_leader,
    a_person,
    a_proposed_experiment,
    a_running_experiment,
    an_approved_experiment,
    an_observer,
    changing,
    deactivated,
    here,
    last_action,
    last_line,
    reloaded,
)

SignIn = Callable[[Person], Browser]
OFFER = {"hours_a_week": "4", "note": "I know the planners."}


def raise_hand(experiment: Experiment, person: Person) -> int:
    """Somebody offers to join; gives the hand's number."""
    with changing(experiment, by=person) as (it, volunteer, moment):
        it.raise_hand(hours_a_week=4, note="", by=volunteer, at=moment)
    return reloaded(experiment).hands[-1].id


def lead_of(experiment: Experiment) -> Person:
    """Who leads it."""
    assert experiment.lead is not None
    return experiment.lead


def withdrawn() -> Experiment:
    """An experiment that is over."""
    experiment = a_proposed_experiment()
    with changing(experiment, by=lead_of(experiment)) as (it, lead, moment):
        it.withdraw(rules=it.rules, by=lead, at=moment)
    return reloaded(experiment)


@pytest.mark.parametrize("maker", [a_proposed_experiment, an_approved_experiment, a_running_experiment])
def test_a_volunteer_raises_a_hand_and_the_lead_welcomes_them(
    app: Flask, signed_in: SignIn, maker: Callable[[], Experiment]
) -> None:
    experiment, person = maker(), a_person()

    assert signed_in(person).post(f"/experiments/{experiment.ref}/hands", data=OFFER).status_code == 303
    (hand,) = reloaded(experiment).hands
    assert (hand.person_id, hand.hours_a_week, hand.note, hand.is_up) == (person.id, 4, "I know the planners.", True)
    assert last_action() == "experiment.hand_raised"

    lead = signed_in(lead_of(experiment))
    assert "I know the planners." in lead.get(f"/experiments/{experiment.ref}").text
    assert lead.post(f"/experiments/{experiment.ref}/hands/{hand.id}/acceptance").status_code == 303
    found = reloaded(experiment)
    assert found.is_on_team(person)
    assert found.hand_of(person) is None
    assert (last_line().action, last_line().names["member"]) == ("experiment.joined", person.name)
    assert f"{person.name} joined the team." in lead.get(f"/experiments/{experiment.ref}").text


def test_observers_do_not_join(app: Flask, signed_in: SignIn) -> None:
    experiment, browser = a_proposed_experiment(shared=True), signed_in(an_observer())

    for address in ("hands", "hands/mine/lowering", "leaving", "comments"):
        assert browser.post(f"/experiments/{experiment.ref}/{address}", data=OFFER | {"body": "x"}).status_code == 403
    assert reloaded(experiment).hands == []


@pytest.mark.parametrize("hours", ["", "-1", "61", "2.5", "many"])
def test_an_offer_says_how_many_hours(app: Flask, signed_in: SignIn, hours: str) -> None:
    experiment = a_proposed_experiment()

    answer = signed_in(a_person()).post(f"/experiments/{experiment.ref}/hands", data=OFFER | {"hours_a_week": hours})

    assert answer.status_code == 422
    assert "I know the planners." in answer.text
    assert reloaded(experiment).hands == []


def test_one_hand_a_person(app: Flask, signed_in: SignIn) -> None:
    experiment, person = a_proposed_experiment(), a_person()
    browser = signed_in(person)
    browser.post(f"/experiments/{experiment.ref}/hands", data=OFFER)

    answer = browser.post(f"/experiments/{experiment.ref}/hands", data=OFFER)

    assert answer.status_code == 409
    assert "Your hand is up already." in answer.text


@pytest.mark.parametrize("who", ["lead", "member"])
def test_who_is_on_it_raises_no_hand(app: Flask, signed_in: SignIn, who: str) -> None:
    member = a_person()
    experiment = a_proposed_experiment(team=[member])
    person = member if who == "member" else lead_of(experiment)

    assert signed_in(person).post(f"/experiments/{experiment.ref}/hands", data=OFFER).status_code == 409


def test_a_hand_is_lowered_without_a_reason_and_may_go_up_again(app: Flask, signed_in: SignIn) -> None:
    experiment, person = a_proposed_experiment(), a_person()
    raise_hand(experiment, person)
    browser = signed_in(person)

    assert browser.post(f"/experiments/{experiment.ref}/hands/mine/lowering").status_code == 303
    assert reloaded(experiment).hand_of(person) is None
    assert last_action() == "experiment.hand_lowered"
    assert browser.post(f"/experiments/{experiment.ref}/hands/mine/lowering").status_code == 409
    assert browser.post(f"/experiments/{experiment.ref}/hands", data=OFFER).status_code == 303


def test_a_lowered_hand_is_not_welcomed(app: Flask, signed_in: SignIn) -> None:
    experiment, person = a_proposed_experiment(), a_person()
    hand = raise_hand(experiment, person)
    with changing(experiment, by=person) as (it, volunteer, moment):
        it.lower_hand(by=volunteer, at=moment)

    answer = signed_in(lead_of(experiment)).post(f"/experiments/{experiment.ref}/hands/{hand}/acceptance")

    assert answer.status_code == 409
    assert not reloaded(experiment).is_on_team(person)


def test_a_hand_is_welcomed_once(app: Flask, signed_in: SignIn) -> None:
    experiment, person = a_proposed_experiment(), a_person()
    hand, browser = raise_hand(experiment, person), signed_in(lead_of(experiment))

    answers = [browser.post(f"/experiments/{experiment.ref}/hands/{hand}/acceptance") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 409]
    assert len(reloaded(experiment).team) == 1


def test_the_hand_of_somebody_who_has_gone_is_not_welcomed(app: Flask, signed_in: SignIn) -> None:
    experiment, person = a_proposed_experiment(), a_person()
    hand = raise_hand(experiment, person)
    deactivated(person)

    answer = signed_in(lead_of(experiment)).post(f"/experiments/{experiment.ref}/hands/{hand}/acceptance")

    assert answer.status_code == 409


@pytest.mark.parametrize("who", ["member", "volunteer", "leader", "themselves"])
def test_the_lead_decides_who_joins(app: Flask, signed_in: SignIn, who: str) -> None:
    member, themselves = a_person(), a_person()
    experiment = a_proposed_experiment(team=[member])
    hand = raise_hand(experiment, themselves)
    actor = {"member": member, "volunteer": a_person(), "leader": a_leader(), "themselves": themselves}[who]

    assert signed_in(actor).post(f"/experiments/{experiment.ref}/hands/{hand}/acceptance").status_code == 403
    assert not reloaded(experiment).is_on_team(themselves)


def test_a_hand_raised_elsewhere_is_missing_here(app: Flask, signed_in: SignIn) -> None:
    lead = a_person()
    one, other = a_proposed_experiment(lead=lead), a_proposed_experiment(lead=lead)
    hand = raise_hand(one, a_person())

    browser = signed_in(lead)
    assert browser.post(f"/experiments/{other.ref}/hands/{hand}/acceptance").status_code == 404
    assert browser.post(f"/experiments/{other.ref}/hands/{10**18}/acceptance").status_code == 404


def test_a_member_leaves_without_a_reason_and_may_come_back(app: Flask, signed_in: SignIn) -> None:
    member = a_person()
    experiment = a_running_experiment(team=[member])
    browser = signed_in(member)

    assert browser.post(f"/experiments/{experiment.ref}/leaving").status_code == 303
    assert not reloaded(experiment).is_on_team(member)
    assert reloaded(experiment).grant.is_party(member)
    assert last_action() == "experiment.left"
    assert browser.post(f"/experiments/{experiment.ref}/leaving").status_code == 409
    assert browser.post(f"/experiments/{experiment.ref}/hands", data=OFFER).status_code == 303


def test_who_leaves_a_draft_or_a_restricted_one_is_not_sent_to_what_they_see_no_more(
    app: Flask, signed_in: SignIn
) -> None:
    member = a_person()
    browser = signed_in(member)

    for experiment in (a_draft(team=[member]), a_running_experiment(team=[member], restricted=True)):
        left = browser.post(f"/experiments/{experiment.ref}/leaving")

        assert browser.get(left.headers["Location"]).status_code == 200
        assert browser.get(f"/experiments/{experiment.ref}").status_code == 404


def test_a_lead_hands_it_over_before_leaving(app: Flask, signed_in: SignIn) -> None:
    experiment = a_running_experiment()

    answer = signed_in(lead_of(experiment)).post(f"/experiments/{experiment.ref}/leaving")

    assert answer.status_code == 409
    assert "Hand over the lead first." in answer.text


def test_the_lead_passes_when_the_other_says_yes(app: Flask) -> None:
    other, experiment = a_person(), a_running_experiment()
    with changing(experiment, by=lead_of(experiment)) as (it, lead, _):
        it.offer_lead(here(other), by=lead)
    assert reloaded(experiment).lead_id != other.id

    with changing(experiment, by=other) as (it, successor, moment):
        it.take_lead(by=successor, at=moment)

    found = reloaded(experiment)
    assert found.lead_id == other.id
    assert found.is_on_team(other)
    assert found.is_on_team(lead_of(experiment))
    assert found.grant.is_party(other)


def test_nobody_is_asked_to_lead_who_was_not_chosen(app: Flask, signed_in: SignIn) -> None:
    experiment = a_running_experiment()
    a_person()
    browser = signed_in(lead_of(experiment))

    assert "Choose somebody" in browser.get(f"/experiments/{experiment.ref}/lead").text
    answer = browser.post(f"/experiments/{experiment.ref}/lead", data={"person": ""})

    assert answer.status_code == 422
    assert "Choose somebody." in answer.text
    assert reloaded(experiment).next_lead_id is None


def test_nobody_takes_a_lead_that_was_not_offered(app: Flask) -> None:
    experiment = a_running_experiment()

    with pytest.raises(RuleBroken, match="Nobody asked you"):
        take_lead(experiment, a_person())


def test_whoever_takes_the_lead_has_no_hand_up_any_more(app: Flask) -> None:
    other, experiment = a_person(), a_running_experiment()
    raise_hand(experiment, other)
    with changing(experiment, by=lead_of(experiment)) as (it, lead, _):
        it.offer_lead(here(other), by=lead)

    take_lead(experiment, other)

    assert reloaded(experiment).hand_of(other) is None


@pytest.mark.parametrize("maker", [an_observer, lambda: deactivated(a_person())])
def test_who_cannot_take_part_is_not_put_on_the_team(app: Flask, maker: Callable[[], Person]) -> None:
    person = maker()

    with pytest.raises(RuleBroken, match="cannot take part"):
        a_draft(team=[person])


def take_lead(experiment: Experiment, person: Person) -> None:
    """Somebody says yes to leading it."""
    with changing(experiment, by=person) as (it, successor, moment):
        it.take_lead(by=successor, at=moment)


def test_nobody_joins_what_is_over(app: Flask, signed_in: SignIn) -> None:
    experiment = withdrawn()

    answer = signed_in(a_person()).post(f"/experiments/{experiment.ref}/hands", data=OFFER)

    assert answer.status_code == 409
    assert "over" in answer.text


def test_a_comment_and_a_question_are_there_for_everyone_who_reads_it(app: Flask, signed_in: SignIn) -> None:
    experiment, browser = a_proposed_experiment(), signed_in(a_person())

    browser.post(f"/experiments/{experiment.ref}/comments", data={"body": "Did *anyone* try?", "is_question": "y"})
    assert last_action() == "experiment.asked"
    browser.post(f"/experiments/{experiment.ref}/comments", data={"body": "<script>alert(1)</script>"})
    assert last_action() == "experiment.commented"

    page = signed_in(a_person()).get(f"/experiments/{experiment.ref}").text
    assert "Did <em>anyone</em> try?" in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_asking_does_not_stop_the_clock(app: Flask, signed_in: SignIn) -> None:
    experiment = a_proposed_experiment()

    signed_in(a_leader()).post(f"/experiments/{experiment.ref}/comments", data={"body": "Why?", "is_question": "y"})

    assert reloaded(experiment).answer_due_on == experiment.answer_due_on


@pytest.mark.parametrize("body", ["", "  \n ", "x" * 20_001])
def test_a_comment_says_something_and_not_everything(app: Flask, signed_in: SignIn, body: str) -> None:
    experiment = a_proposed_experiment()

    answer = signed_in(a_person()).post(f"/experiments/{experiment.ref}/comments", data={"body": body})

    assert answer.status_code == 422
