"""Challenges: what hurts is put to the network, somebody takes it up, and whoever raised it says what changed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portfolio.bridge.challenge import ChallengeState
from portfolio.bridge.challenge_queries import open_challenges
from portfolio.foundation.database import db, write_tx
from portfolio.foundation.errors import RuleBroken
from portfolio.network.experiment import Experiment
from portfolio.organisation.house_rules import house_rules
from portfolio.organisation.measure import Direction, Measure
from portfolio.people.person import Person
from tests.bridge.crossings import a_challenge, challenge_now, lead_of, scaled, take_up
from tests.browser import Browser
from tests.factories import (
    a_draft,
    a_person,
    a_proposed_experiment,
    a_running_experiment,
    a_unit,
    an_observer,
    an_operations_owner,
    changing,
    here,
    last_action,
    reading,
)
from tests.hierarchy.plans import a_suggestion, an_active_initiative, owner_of, working_on

SignIn = Callable[[Person], Browser]
FORM = {
    "title": "Why do 1 in 5 returns come back incomplete?",
    "tension": "Every **fifth** bed comes back without its rails.",
    "unit": "0",
    "metric": "Incomplete returns",
    "unit_of_measure": "%",
    "value": "21",
}


# Rules --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"title": ""}, "one sentence"),
        ({"tension": ""}, "what hurts"),
        ({"metric": "", "value": Decimal(1)}, "what is counted"),
    ],
)
def test_a_challenge_says_what_hurts(app: Flask, words: dict[str, Any], says: str) -> None:
    with pytest.raises(RuleBroken, match=says):
        a_challenge(**words)


def test_what_somebody_works_on_is_not_taken_up_again(app: Flask) -> None:
    challenge, first, second = a_challenge(), a_running_experiment(), a_running_experiment()
    take_up(challenge, first, by=lead_of(first))

    with pytest.raises(RuleBroken, match="Only an open challenge"):
        take_up(challenge, second, by=lead_of(second))


def test_nothing_that_is_over_takes_it_up(app: Flask) -> None:
    challenge, proposal = a_challenge(), a_proposed_experiment()
    with changing(proposal, by=lead_of(proposal)) as (found, lead, moment):
        found.withdraw(rules=house_rules(), by=lead, at=moment)

    with pytest.raises(RuleBroken, match="has ended"):
        take_up(challenge, proposal, by=lead_of(proposal))


def test_nobody_answers_what_was_not_taken_up(app: Flask) -> None:
    challenge = a_challenge()

    with pytest.raises(RuleBroken, match="once somebody has taken it up"), write_tx() as moment:
        here(challenge).answer("It went away.", by=here(challenge.raised_by), at=moment)


def test_what_is_over_stays_over(app: Flask) -> None:
    challenge = a_challenge()
    with write_tx() as moment:
        here(challenge).close("It went away.", by=here(challenge.raised_by), at=moment)

    with pytest.raises(RuleBroken, match="over already"), write_tx() as moment:
        here(challenge).close("Again.", by=here(challenge.raised_by), at=moment)


def test_it_is_open_again_when_what_took_it_up_fell_through(app: Flask) -> None:
    challenge, initiative = a_challenge(), a_suggestion()
    take_up(challenge, initiative, by=owner_of(initiative))
    assert open_refs() == []
    with working_on(initiative, by=owner_of(initiative)) as (found, person, moment):
        found.cancel("No time.", by=person, at=moment)

    assert challenge_now(challenge.id).fell_through
    assert open_refs() == [challenge.ref]
    experiment = a_running_experiment()
    take_up(challenge, experiment, by=lead_of(experiment))
    found_again = challenge_now(challenge.id)
    assert (found_again.experiment_id, found_again.initiative_id) == (experiment.id, None)
    assert open_refs() == []


# Pages --------------------------------------------------------------------------------------------------------------


def test_observers_see_no_challenge(app: Flask, signed_in: SignIn) -> None:
    browser, challenge = signed_in(an_observer()), a_challenge()

    for path in ("/challenges", "/challenges/new", f"/challenges/{challenge.ref}"):
        assert browser.get(path).status_code == 403, path
    assert browser.post("/challenges", data=FORM).status_code == 403


@pytest.mark.parametrize("path", ["/challenges", "/challenges/new", "/challenges/C-001"])
def test_who_is_signed_out_signs_in_first(client: Browser, path: str) -> None:
    assert client.get(path).status_code == 302


def test_a_challenge_that_is_not_there(app: Flask, signed_in: SignIn) -> None:
    browser = signed_in(a_person())

    for path in ("/challenges/C-99999", "/challenges/P-001", "/challenges/nonsense"):
        assert browser.get(path).status_code == 404, path


def test_an_experiment_begun_for_it_is_a_draft_with_its_question_and_has_taken_it_up(
    app: Flask, signed_in: SignIn
) -> None:
    volunteer = a_person()
    challenge = a_challenge()

    answer = signed_in(volunteer).post(f"/challenges/{challenge.ref}/experiment")

    found = challenge_now(challenge.id)
    assert answer.status_code == 303
    assert found.state is ChallengeState.TAKEN_UP
    assert found.experiment is not None
    assert found.experiment.title == challenge.title
    assert found.experiment.lead_id == volunteer.id
    assert answer.location.endswith(f"{found.experiment.ref}/text")


def test_what_somebody_works_on_is_not_begun_again(app: Flask, signed_in: SignIn) -> None:
    challenge = a_challenge()
    signed_in(a_person()).post(f"/challenges/{challenge.ref}/experiment")

    answer = signed_in(a_person()).post(f"/challenges/{challenge.ref}/experiment")

    assert answer.status_code == 409
    with reading():
        assert db.session.scalar(select(func.count(Experiment.id))) == 1


def test_an_observer_begins_nothing(app: Flask, signed_in: SignIn) -> None:
    challenge = a_challenge()

    assert signed_in(an_observer()).post(f"/challenges/{challenge.ref}/experiment").status_code == 403


def test_nobody_takes_it_up_with_the_work_of_others(app: Flask, signed_in: SignIn) -> None:
    challenge, experiment = a_challenge(), a_running_experiment()
    browser = signed_in(a_person())

    answer = browser.post(f"/challenges/{challenge.ref}/uptake", data={"taker": experiment.ref})

    assert answer.status_code == 422
    assert challenge_now(challenge.id).state is ChallengeState.OPEN


def test_only_who_raised_it_or_owns_its_unit_ends_it(app: Flask, signed_in: SignIn) -> None:
    unit = a_unit()
    challenge, experiment = a_challenge(unit=unit), a_running_experiment()
    take_up(challenge, experiment, by=lead_of(experiment))

    for person in (lead_of(experiment), an_operations_owner()):
        browser = signed_in(person)
        assert browser.post(f"/challenges/{challenge.ref}/answer", data={"outcome": "Done."}).status_code == 403
        assert browser.post(f"/challenges/{challenge.ref}/closing", data={"reason": "Done."}).status_code == 403
        assert "What changed?" not in browser.get(f"/challenges/{challenge.ref}").text
    assert challenge_now(challenge.id).state is ChallengeState.TAKEN_UP

    owner = signed_in(an_operations_owner(unit))
    answer = owner.post(f"/challenges/{challenge.ref}/answer", data={"outcome": "Rails have a label now."})
    assert answer.status_code == 303
    assert challenge_now(challenge.id).state is ChallengeState.ANSWERED
    assert last_action() == "challenge.answered"


def test_a_form_that_is_not_complete_keeps_what_was_typed(app: Flask, signed_in: SignIn) -> None:
    answer = signed_in(a_person()).post("/challenges", data=FORM | {"title": "", "value": "a lot"})

    assert answer.status_code == 422
    assert "Every **fifth** bed" in answer.text
    assert "a lot" in answer.text


def test_from_raising_to_what_changed(app: Flask, signed_in: SignIn) -> None:
    raiser, lead = a_person(), a_person()
    experiment = a_running_experiment(lead=lead)
    raised = signed_in(raiser).post("/challenges", data=FORM)
    path = raised.headers["Location"]
    assert "Begin an experiment for it" in signed_in(a_person()).get(path).text

    taken = signed_in(lead).post(f"{path}/uptake", data={"taker": experiment.ref})
    assert taken.status_code == 303
    assert experiment.title in signed_in(a_person()).get(path).text
    assert "Answers a challenge" in signed_in(a_person()).get(f"/experiments/{experiment.ref}").text

    said = signed_in(raiser).post(f"{path}/answer", data={"outcome": "Rails have a label now."})
    assert said.status_code == 303
    assert "Rails have a label now." in signed_in(a_person()).get(path).text
    assert "1 in 5" in signed_in(a_person()).get("/challenges?state=answered").text


def test_an_initiative_shows_the_challenge_it_answers(app: Flask, signed_in: SignIn) -> None:
    challenge, initiative = a_challenge(), an_active_initiative()
    take_up(challenge, initiative, by=owner_of(initiative))

    assert challenge.title in signed_in(a_person()).get(f"/initiatives/{initiative.ref}").text


def test_a_draft_that_takes_it_up_is_not_given_away(app: Flask, signed_in: SignIn) -> None:
    challenge, draft = a_challenge(), a_draft(title="Can a label on the rail end incomplete returns?")
    take_up(challenge, draft, by=lead_of(draft))

    for path in (f"/challenges/{challenge.ref}", "/challenges?state=taken_up"):
        others = signed_in(a_person()).get(path).text
        assert challenge.title in others
        assert "label on the rail" not in others
    assert "label on the rail" in signed_in(lead_of(draft)).get(f"/challenges/{challenge.ref}").text


def test_everyone_comments(app: Flask, signed_in: SignIn) -> None:
    challenge, browser = a_challenge(), signed_in(a_person())

    answer = browser.post(f"/challenges/{challenge.ref}/comments", data={"body": "Since when?", "is_question": "y"})

    assert answer.status_code == 303
    assert last_action() == "challenge.asked"
    assert "Since when?" in browser.get(f"/challenges/{challenge.ref}").text


def open_refs() -> list[str]:
    """What nobody works on."""
    with reading():
        return [challenge.ref for challenge in open_challenges()]


def test_what_is_done_waits_to_be_answered_by_whoever_put_it_and_by_the_owner_of_its_unit(
    app: Flask, signed_in: SignIn
) -> None:
    unit, raiser, experiment = a_unit(), a_person(), a_running_experiment()
    owner, lead = an_operations_owner(unit), lead_of(experiment)
    challenge = a_challenge(by=raiser, unit=unit)
    take_up(challenge, experiment, by=lead)
    asks = f"Say what changed: “{challenge.title}”"
    assert asks not in signed_in(raiser).get("/").text, "somebody still works on it"
    scaled(experiment)

    for person in (raiser, owner):
        assert asks in signed_in(person).get("/").text
    assert asks not in signed_in(lead).get("/").text
    answer = signed_in(owner).post(f"/challenges/{challenge.ref}/answer", data={"outcome": "Rails stay on."})
    assert answer.status_code == 303
    assert asks not in signed_in(raiser).get("/").text


def test_a_challenge_shows_what_its_measure_says_now_beside_what_it_said(app: Flask, signed_in: SignIn) -> None:
    reader = a_person()
    challenge = a_challenge()
    assert "21%" in signed_in(reader).get(f"/challenges/{challenge.ref}").text
    with write_tx() as moment:
        raiser, today = here(challenge.raised_by), house_rules().today
        measure = Measure.named("Incomplete returns", "%", Direction.AT_MOST, owner=raiser)
        measure.read(Decimal(12), today, by=raiser, at=moment, today=today)
        number = measure.id

    page = signed_in(reader).get(f"/challenges/{challenge.ref}").text

    assert f"/measures/{number}" in page
    assert "21%" in page
    assert "12%" in page
