"""Leadership's answer: to the very version that was shown, with a reason, and never from a party."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from portfolio.network.experiment import Experiment
from portfolio.network.state import State
from portfolio.people.person import Person
from tests.browser import Browser
from tests.factories import (
    a_charter,
    a_draft,
    a_facilitator,
    a_leader,
    a_person,
    a_proposed_experiment,
    a_running_experiment,
    an_administrator,
    an_approval_form,
    an_approved_experiment,
    an_envelope,
    an_observer,
    an_operations_owner,
    approve,
    at,
    change_house_rules,
    changing,
    envelope_now,
    last_action,
    money,
    reloaded,
)

SignIn = Callable[[Person], Browser]


def revise(experiment: Experiment, **words: object) -> None:
    """The lead changes the proposal under way."""
    assert experiment.lead is not None
    with changing(experiment, by=experiment.lead) as (it, lead, moment):
        it.write(a_charter(**words), revision=it.revision, by=lead, at=moment)


@pytest.mark.parametrize("maker", [a_person, a_facilitator, an_administrator, an_operations_owner, an_observer])
def test_only_leaders_open_the_queue_and_answer(app: Flask, signed_in: SignIn, maker: Callable[[], Person]) -> None:
    experiment, browser = a_proposed_experiment(shared=True), signed_in(maker())
    an_envelope()

    assert browser.get("/approvals").status_code == 403
    answer = browser.post(f"/experiments/{experiment.ref}/approval", data=an_approval_form(experiment))
    assert answer.status_code == 403
    assert reloaded(experiment).state is State.PROPOSED


def test_the_lead_of_a_proposal_who_leads_the_firm_reads_it_and_cannot_answer(app: Flask, signed_in: SignIn) -> None:
    leader = a_leader()
    experiment = a_proposed_experiment(lead=leader)

    page = signed_in(leader).get("/approvals")

    assert page.status_code == 200
    assert "Not yours to decide" in page.text
    assert "Give this answer" not in page.text
    assert experiment.title in page.text


def test_a_leader_grants_all_of_it(app: Flask, signed_in: SignIn) -> None:
    experiment, leader = a_proposed_experiment(), a_leader()
    an_envelope()

    answer = signed_in(leader).post(f"/experiments/{experiment.ref}/approval", data=an_approval_form(experiment))

    assert answer.status_code == 303
    found = reloaded(experiment)
    assert (found.state, found.sponsor_id, found.answered_by_id) == (State.APPROVED, leader.id, leader.id)
    assert found.answer_reason == "A cheap way to learn it."
    assert last_action() == "experiment.approved"


def test_a_leader_grants_less_with_conditions_and_another_sponsor(app: Flask, signed_in: SignIn) -> None:
    experiment, sponsor = a_proposed_experiment(budget="15000"), a_leader()
    an_envelope()
    form = an_approval_form(experiment, amount="9,000.50", conditions="Ask the works council.", sponsor=sponsor.id)

    assert signed_in(a_leader()).post(f"/experiments/{experiment.ref}/approval", data=form).status_code == 303

    found = reloaded(experiment)
    assert (found.grant.money, found.grant.conditions, found.sponsor_id) == (
        money("9000.50"),
        "Ask the works council.",
        sponsor.id,
    )


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ({"reason": ""}, 422),
        ({"reason": "   "}, 422),
        ({"answer": None}, 422),
        ({"answer": "maybe"}, 422),
        ({"answer": "part", "amount": ""}, 422),
        ({"answer": "part", "amount": "1.000"}, 422),
        ({"answer": "part", "amount": "-1"}, 422),
        ({"answer": "part", "amount": "NaN"}, 422),
        ({"sponsor": "4711"}, 422),
        ({"confidence": "101"}, 422),
        ({"answer": "part", "amount": "15000.01"}, 409),
        ({"version": ""}, 409),
        ({"version": "0" * 64}, 409),
    ],
)
def test_an_answer_that_will_not_do_comes_back_and_changes_nothing(
    app: Flask, signed_in: SignIn, answers: dict[str, str], status: int
) -> None:
    experiment = a_proposed_experiment()
    an_envelope()
    form = an_approval_form(experiment, **({"conditions": "Typed conditions."} | answers))

    answer = signed_in(a_leader()).post(f"/experiments/{experiment.ref}/approval", data=form)

    assert answer.status_code == status
    assert "Typed conditions." in answer.text
    assert ("A cheap way to learn it." in answer.text) is ("reason" not in answers)
    assert reloaded(experiment).state is State.PROPOSED


def test_what_was_revised_since_it_was_shown_stands_beside_what_was_read(app: Flask, signed_in: SignIn) -> None:
    experiment, browser = a_proposed_experiment(), signed_in(a_leader())
    an_envelope()
    form = an_approval_form(experiment)
    read = experiment.hypothesis
    revise(experiment, title=experiment.title, hypothesis="We believe something quite different now.")

    answer = browser.post(f"/experiments/{experiment.ref}/approval", data=form)

    assert answer.status_code == 409
    assert f"<mark>{read}</mark>" in answer.text
    assert "<mark>We believe something quite different now.</mark>" in answer.text
    assert answer.text.count("<mark>") == 2  # Nothing else differs.
    assert "<mark>" not in browser.get(f"/approvals?proposal={experiment.ref}").text


def test_a_sponsor_who_is_no_leader_is_not_offered(app: Flask, signed_in: SignIn) -> None:
    experiment, volunteer = a_proposed_experiment(), a_person()
    an_envelope()
    form = an_approval_form(experiment, sponsor=volunteer.id)

    assert signed_in(a_leader()).post(f"/experiments/{experiment.ref}/approval", data=form).status_code == 422


def test_what_was_revised_since_it_was_shown_is_read_again_first(app: Flask, signed_in: SignIn) -> None:
    experiment, browser = a_proposed_experiment(), signed_in(a_leader())
    an_envelope()
    form = an_approval_form(experiment, reason="My typed reason, long thought over.")
    revise(experiment, hypothesis="We believe something quite different now.")

    answer = browser.post(f"/experiments/{experiment.ref}/approval", data=form)

    assert answer.status_code == 409
    assert "The team revised this proposal after you opened it" in answer.text
    assert "We believe something quite different now." in answer.text
    assert "My typed reason, long thought over." in answer.text
    new_version = reloaded(experiment).version_hash
    assert f'name="version" value="{new_version}"' in answer.text
    assert reloaded(experiment).state is State.PROPOSED

    again = browser.post(f"/experiments/{experiment.ref}/approval", data=form | {"version": str(new_version)})
    assert again.status_code == 303
    assert reloaded(experiment).state is State.APPROVED


@pytest.mark.parametrize("answer", ["return", "decline"])
def test_a_no_is_to_the_version_that_was_shown_too(app: Flask, signed_in: SignIn, answer: str) -> None:
    experiment, browser = a_proposed_experiment(), signed_in(a_leader())
    form = an_approval_form(experiment, answer=answer)
    revise(experiment, title="Another question?")

    assert browser.post(f"/experiments/{experiment.ref}/approval", data=form).status_code == 409
    assert reloaded(experiment).state is State.PROPOSED


def test_a_returned_proposal_is_a_draft_with_the_reason_and_can_be_proposed_again(
    app: Flask, signed_in: SignIn
) -> None:
    experiment = a_proposed_experiment()
    form = an_approval_form(experiment, answer="return", reason="Name one customer first.")

    assert signed_in(a_leader()).post(f"/experiments/{experiment.ref}/approval", data=form).status_code == 303

    found = reloaded(experiment)
    assert (found.state, found.return_reason) == (State.DRAFT, "Name one customer first.")
    assert experiment.lead is not None
    browser = signed_in(experiment.lead)
    assert "Name one customer first." in browser.get(f"/experiments/{experiment.ref}").text
    assert browser.post(f"/experiments/{experiment.ref}/proposal").status_code == 303
    assert (reloaded(experiment).state, reloaded(experiment).version) == (State.PROPOSED, 2)


def test_a_declined_proposal_stays_readable_with_the_reason(app: Flask, signed_in: SignIn) -> None:
    experiment = a_proposed_experiment()
    form = an_approval_form(experiment, answer="decline", reason="We tried it in *2024*.")

    assert signed_in(a_leader()).post(f"/experiments/{experiment.ref}/approval", data=form).status_code == 303

    assert reloaded(experiment).state is State.DECLINED
    page = signed_in(a_person()).get(f"/experiments/{experiment.ref}").text
    assert "We tried it in <em>2024</em>." in page


@pytest.mark.parametrize("maker", [a_draft, an_approved_experiment, a_running_experiment])
def test_what_is_not_proposed_gets_no_answer(app: Flask, signed_in: SignIn, maker: Callable[..., Experiment]) -> None:
    experiment, leader = maker(), a_leader()
    before = experiment.state
    an_envelope()

    answer = signed_in(leader).post(f"/experiments/{experiment.ref}/approval", data=an_approval_form(experiment))

    assert answer.status_code == (404 if before is State.DRAFT else 409)
    assert reloaded(experiment).state is before


def test_two_leaders_who_answer_at_once_grant_once(app: Flask, signed_in: SignIn) -> None:
    experiment, one, other = a_proposed_experiment(), signed_in(a_leader()), signed_in(a_leader())
    an_envelope("100000")
    form = an_approval_form(experiment)

    answers = [browser.post(f"/experiments/{experiment.ref}/approval", data=form) for browser in (one, other)]

    assert [answer.status_code for answer in answers] == [303, 409]
    envelope = envelope_now()
    assert envelope is not None
    assert envelope.committed_money == money("15000")


def test_more_than_is_left_is_refused_with_what_is_left_and_the_text_comes_back(app: Flask, signed_in: SignIn) -> None:
    experiment = a_proposed_experiment(budget="15000")
    an_envelope("10000")
    form = an_approval_form(experiment, reason="My typed reason.")

    answer = signed_in(a_leader()).post(f"/experiments/{experiment.ref}/approval", data=form)

    assert answer.status_code == 409
    assert "has €10,000 left" in answer.text
    assert "My typed reason." in answer.text


def test_above_the_limit_the_page_says_one_of_two_and_another_leader_confirms(app: Flask, signed_in: SignIn) -> None:
    experiment, first, second = a_proposed_experiment(budget="60000"), a_leader(), a_leader()
    an_envelope("100000")
    one, two = signed_in(first), signed_in(second)
    one.post(
        f"/experiments/{experiment.ref}/approval",
        data=an_approval_form(experiment, amount="55000", conditions="Ask the works council.", reason="First reason."),
    )

    page = two.get("/approvals").text
    assert "1 of 2" in page
    assert "First reason." in page
    assert 'value="55,000"' in page
    assert "Ask the works council." in page

    form = an_approval_form(experiment, amount="55000", conditions="Ask the works council.", sponsor=first.id)
    assert one.post(f"/experiments/{experiment.ref}/approval", data=form | {"sponsor": "0"}).status_code == 409
    assert two.post(f"/experiments/{experiment.ref}/approval", data=form).status_code == 303
    found = reloaded(experiment)
    assert (found.state, found.grant.money, found.sponsor_id) == (State.APPROVED, money("55000"), first.id)


def test_a_second_leader_who_takes_the_sponsorship_signs_other_terms(app: Flask, signed_in: SignIn) -> None:
    experiment, second = a_proposed_experiment(budget="60000"), a_leader()
    an_envelope("100000")
    approve(experiment, by=a_leader())
    form = an_approval_form(experiment, sponsor=0)

    signed_in(second).post(f"/experiments/{experiment.ref}/approval", data=form)

    assert reloaded(experiment).state is State.PROPOSED


def test_a_second_leader_named_as_sponsor_by_the_first_confirms_as_it_stands(app: Flask, signed_in: SignIn) -> None:
    experiment, second = a_proposed_experiment(budget="60000"), a_leader()
    an_envelope("100000")
    approve(experiment, by=a_leader(), sponsor=second)

    signed_in(second).post(f"/experiments/{experiment.ref}/approval", data=an_approval_form(experiment))

    assert (reloaded(experiment).state, reloaded(experiment).sponsor_id) == (State.APPROVED, second.id)


def test_where_there_is_one_leader_the_page_says_what_cannot_be_granted(app: Flask, signed_in: SignIn) -> None:
    a_proposed_experiment(budget="60000")

    page = signed_in(a_leader()).get("/approvals").text

    assert "There is only one, so grant less" in page


def test_a_leader_who_is_party_to_it_is_no_second_one(app: Flask, signed_in: SignIn) -> None:
    experiment = a_proposed_experiment(budget="60000", lead=a_leader())

    page = signed_in(a_leader()).get(f"/approvals?proposal={experiment.ref}").text

    assert "There is only one, so grant less" in page


def test_the_limit_that_is_named_is_the_one_it_was_proposed_under(app: Flask, signed_in: SignIn) -> None:
    experiment = a_proposed_experiment(budget="60000")
    change_house_rules(single_approver_limit=70000_00)
    a_leader()

    page = signed_in(a_leader()).get(f"/approvals?proposal={experiment.ref}").text

    assert "This is above €50,000" in page


def test_a_leader_may_say_how_sure_they_are(app: Flask, signed_in: SignIn) -> None:
    an_envelope()
    experiment, browser = a_proposed_experiment(budget="5000"), signed_in(a_leader())

    assert 'name="confidence"' in browser.get(f"/approvals?proposal={experiment.ref}").text
    browser.post(f"/experiments/{experiment.ref}/approval", data=an_approval_form(experiment, confidence="70"))

    assert reloaded(experiment).grant.signatures[-1].confidence == 70


def test_a_reason_to_return_is_shown_as_it_was_meant(app: Flask, signed_in: SignIn) -> None:
    experiment = a_proposed_experiment()
    form = an_approval_form(experiment, answer="return", reason="Cut it in **two**.")
    signed_in(a_leader()).post(f"/experiments/{experiment.ref}/approval", data=form)

    assert experiment.lead is not None
    page = signed_in(experiment.lead).get(f"/experiments/{experiment.ref}").text

    assert "<strong>two</strong>" in page


def test_the_longest_wait_comes_first(app: Flask, signed_in: SignIn) -> None:
    with at("2026-06-15"):
        later = a_proposed_experiment(title="The later question?")
    with at("2026-06-01"):
        earlier = a_proposed_experiment(title="The earlier question?")
    with at("2026-06-16"):
        page = signed_in(a_leader()).get("/approvals").text
        focused = signed_in(a_leader()).get(f"/approvals?proposal={later.ref}")

    assert page.index(earlier.title) < page.index(later.title)
    assert focused.status_code == 200


def test_an_empty_queue_says_so(app: Flask, signed_in: SignIn) -> None:
    assert signed_in(a_leader()).get("/approvals").status_code == 200


@pytest.mark.parametrize(("language", "words"), [("en", "within one working day."), ("nl", "binnen één werkdag.")])
def test_a_promise_of_one_day_is_said_as_one(app: Flask, signed_in: SignIn, language: str, words: str) -> None:
    change_house_rules(answer_days=1)
    browser = signed_in(a_leader(language=language))

    assert words in browser.get("/approvals").text
    assert words in browser.get("/experiments/new").text
