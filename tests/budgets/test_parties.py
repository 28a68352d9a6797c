"""Nobody decides on money they are party to, however they came to be party and whatever they are since."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from portfolio.foundation.errors import RuleBroken
from portfolio.network.experiment import Experiment
from portfolio.network.state import State
from portfolio.organisation.house_rules import house_rules
from portfolio.people.person import Person, RoleName
from tests.browser import Browser
from tests.budgets.books import give_evidence, release, supplement
from tests.factories import (
    a_charter,
    a_draft,
    a_leader,
    a_milestone,
    a_person,
    a_proposed_experiment,
    a_running_experiment,
    an_approval_form,
    an_envelope,
    approve,
    changing,
    deactivated,
    here,
    last_action,
    money,
    reloaded,
    with_roles,
)

SignIn = Callable[[Person], Browser]
PartyMaker = Callable[[], tuple[Experiment, Person]]


def proposed(draft: Experiment, by: Person) -> Experiment:
    """The draft, put to leadership."""
    with changing(draft, by=by) as (experiment, lead, moment):
        experiment.propose(rules=house_rules(), by=lead, at=moment)
    return reloaded(draft)


def the_lead_who_is_a_leader() -> tuple[Experiment, Person]:
    """Who leads it."""
    leader = a_leader()
    return a_proposed_experiment(lead=leader), leader


def a_team_member() -> tuple[Experiment, Person]:
    """Who is on the team."""
    leader = a_leader()
    return a_proposed_experiment(team=[leader]), leader


def a_former_team_member() -> tuple[Experiment, Person]:
    """Who left the team before it was proposed."""
    leader = a_leader()
    draft = a_draft(team=[leader])
    with changing(draft, by=leader) as (experiment, member, moment):
        experiment.leave(by=member, at=moment)
    assert draft.lead is not None
    return proposed(draft, draft.lead), leader


def a_lead_who_handed_it_over_and_left() -> tuple[Experiment, Person]:
    """Who began it, handed the lead over, and left."""
    leader, successor = a_leader(), a_person()
    draft = a_draft(lead=leader, team=[successor])
    with changing(draft, by=leader) as (experiment, lead, _):
        experiment.offer_lead(here(successor), by=lead)
    with changing(draft, by=successor) as (experiment, new_lead, moment):
        experiment.take_lead(by=new_lead, at=moment)
    with changing(draft, by=leader) as (experiment, old_lead, moment):
        experiment.leave(by=old_lead, at=moment)
    return proposed(draft, successor), leader


def the_one_who_wrote_its_amount() -> tuple[Experiment, Person]:
    """Who changed the amount and nothing else, without being on the team (as an import or the API might let them)."""
    leader = a_leader()
    draft = a_draft()
    with changing(draft, by=leader) as (experiment, writer, moment):
        experiment.write(a_charter(budget="12000"), revision=experiment.revision, by=writer, at=moment)
    assert draft.lead is not None
    return proposed(draft, draft.lead), leader


def a_member_made_leader_afterwards() -> tuple[Experiment, Person]:
    """Who was on the team as a volunteer and became a leader since."""
    member = a_person()
    experiment = a_proposed_experiment(team=[member])
    return experiment, with_roles(member, RoleName.LEADER)


def a_leader_who_was_one_before_too() -> tuple[Experiment, Person]:
    """Who gave up being a leader, joined, left, and became a leader again."""
    leader = with_roles(a_leader())
    draft = a_draft(team=[leader])
    with changing(draft, by=leader) as (experiment, member, moment):
        experiment.leave(by=member, at=moment)
    assert draft.lead is not None
    return proposed(draft, draft.lead), with_roles(leader, RoleName.LEADER, RoleName.FACILITATOR)


def a_member_who_joined_while_it_was_proposed() -> tuple[Experiment, Person]:
    """Who raised a hand after it was proposed, and was welcomed."""
    leader, experiment = a_leader(), a_proposed_experiment()
    with changing(experiment, by=leader) as (it, volunteer, moment):
        it.raise_hand(hours_a_week=2, note="", by=volunteer, at=moment)
    assert experiment.lead is not None
    with changing(experiment, by=experiment.lead) as (it, lead, moment):
        it.accept_hand(it.hands[0], here(leader), by=lead, at=moment)
    return reloaded(experiment), leader


PARTIES = [
    the_lead_who_is_a_leader,
    a_team_member,
    a_former_team_member,
    a_lead_who_handed_it_over_and_left,
    the_one_who_wrote_its_amount,
    a_member_made_leader_afterwards,
    a_leader_who_was_one_before_too,
    a_member_who_joined_while_it_was_proposed,
]


@pytest.mark.parametrize("party", PARTIES)
def test_a_party_does_not_grant_it_money(app: Flask, party: PartyMaker) -> None:
    experiment, leader = party()
    an_envelope()

    with pytest.raises(RuleBroken, match="party"):
        approve(experiment, by=leader)
    assert reloaded(experiment).state is State.PROPOSED


@pytest.mark.parametrize("party", PARTIES)
def test_a_party_gives_no_answer_through_the_page(app: Flask, signed_in: SignIn, party: PartyMaker) -> None:
    experiment, leader = party()
    an_envelope()
    browser = signed_in(leader)

    for answer in ("all", "part", "return", "decline"):
        form = an_approval_form(experiment, amount="100") | {"answer": answer}
        assert browser.post(f"/experiments/{experiment.ref}/approval", data=form).status_code == 403
    assert reloaded(experiment).state is State.PROPOSED
    assert last_action() == "experiment.approval_refused"


@pytest.mark.parametrize("party", PARTIES)
def test_a_party_is_not_the_second_signature_either(app: Flask, party: PartyMaker) -> None:
    experiment, leader = party()
    an_envelope()
    with changing(experiment, by=experiment.lead or leader) as (it, writer, moment):
        it.write(a_charter(budget="60000"), revision=it.revision, by=writer, at=moment)
    approve(experiment, by=a_leader())

    with pytest.raises(RuleBroken, match="party"):
        approve(experiment, by=leader)
    assert reloaded(experiment).grant.money == money("0")


@pytest.mark.parametrize("party", PARTIES)
def test_a_party_neither_returns_nor_declines_it(app: Flask, party: PartyMaker) -> None:
    experiment, leader = party()

    with pytest.raises(RuleBroken, match="party"):
        say_no("decline", experiment, leader)
    with pytest.raises(RuleBroken, match="party"):
        say_no("give_back_to_team", experiment, leader)


def say_no(verb: str, experiment: Experiment, by: Person) -> None:
    """Return or decline a proposal."""
    with changing(experiment, by=by) as (it, leader, moment):
        getattr(it, verb)("Not now.", version_hash=it.version_hash or "", by=leader, at=moment)


@pytest.mark.parametrize("roles", [[], [RoleName.FACILITATOR], [RoleName.ADMINISTRATOR]])
def test_who_is_no_leader_grants_nothing(app: Flask, roles: list[RoleName]) -> None:
    experiment, person = a_proposed_experiment(), a_person(roles=roles)
    an_envelope()

    with pytest.raises(RuleBroken, match="granted by a leader"):
        approve(experiment, by=person)


def test_a_leader_who_left_the_organisation_grants_nothing(app: Flask) -> None:
    experiment, leader = a_proposed_experiment(), a_leader()
    an_envelope()

    with pytest.raises(RuleBroken, match="granted by a leader"):
        approve(experiment, by=deactivated(leader))


def test_whoever_approves_is_its_sponsor_and_party_from_then_on(app: Flask) -> None:
    approver, _ = a_leader(), a_leader()
    experiment = a_running_experiment(by=approver, budget="15000", milestones=(a_milestone(),))
    give_evidence(experiment, 1)

    assert experiment.sponsor_id == approver.id
    with pytest.raises(RuleBroken, match="party"):
        release(experiment, 1, by=approver)
    with pytest.raises(RuleBroken, match="party"):
        supplement(experiment, "100", by=approver)


def test_a_named_sponsor_is_party_and_the_approver_is_not(app: Flask) -> None:
    approver, sponsor = a_leader(), a_leader()
    experiment = a_running_experiment(by=approver, sponsor=sponsor, budget="15000", milestones=(a_milestone(),))
    give_evidence(experiment, 1)

    with pytest.raises(RuleBroken, match="party"):
        release(experiment, 1, by=sponsor)
    release(experiment, 1, by=approver)


def test_a_sponsor_is_a_leader(app: Flask) -> None:
    experiment, leader, volunteer = a_proposed_experiment(), a_leader(), a_person()
    an_envelope()

    with pytest.raises(RuleBroken, match="sponsor is a leader"):
        approve(experiment, by=leader, sponsor=volunteer)


def test_a_leader_with_no_part_in_it_grants_it(app: Flask, signed_in: SignIn) -> None:
    experiment, leader = a_proposed_experiment(team=[a_leader()]), a_leader()
    an_envelope()

    answer = signed_in(leader).post(f"/experiments/{experiment.ref}/approval", data=an_approval_form(experiment))

    assert answer.status_code == 303
    assert reloaded(experiment).state is State.APPROVED
