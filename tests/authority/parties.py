"""Whoever is party to an experiment, in every way there is, and every door behind which something is granted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from portfolio.network.deciding import LearningCard
from portfolio.network.decision import DecisionKind
from portfolio.network.experiment import Experiment
from portfolio.network.findings import findings_of
from portfolio.organisation.house_rules import house_rules
from portfolio.people.person import Person, RoleName
from portfolio.reviews.review import Review
from tests.authority.cast import tag_of
from tests.authority.sends import CARD, WHY
from tests.factories import (
    a_charter,
    a_draft,
    a_leader,
    a_milestone,
    a_person,
    an_approval_form,
    approve,
    at,
    changing,
    enough_money,
    here,
    money,
    reloaded,
    rules_now,
    with_roles,
)
from tests.reviews.meetings import an_open_review

Change = Callable[[Experiment], None]
TENNER = {"amount": {"amount": "10.00", "currency": "EUR"}}


# How one becomes party ----------------------------------------------------------------------------------------------


@dataclass
class Party:
    """Somebody who is party to it.

    Args:
        person: who it is.
        told: what a draft is told of them.
        lived: what they do with every draft before it goes on.
        sponsors: whether they are named sponsor once it is granted, which they therefore are not before.
    """

    person: Person
    told: Mapping[str, Any] = field(default_factory=dict)
    lived: Change = lambda _draft: None
    sponsors: bool = False


def the_lead() -> Party:
    """Who leads it, and proposed it."""
    leader = a_leader()
    return Party(leader, {"lead": leader})


def a_member() -> Party:
    """Who is on the team."""
    leader = a_leader()
    return Party(leader, {"team": [leader]})


def a_former_member() -> Party:
    """Who was on the team."""
    leader = a_leader()
    return Party(leader, {"team": [leader]}, lambda draft: leave(draft, leader))


def a_former_lead() -> Party:
    """Who began it, handed it over and left."""
    leader, successor = a_leader(), a_person()

    def hand_over(draft: Experiment) -> None:
        with changing(draft, by=leader) as (it, lead, _):
            it.offer_lead(here(successor), by=lead)
        with changing(draft, by=successor) as (it, lead, now):
            it.take_lead(by=lead, at=now)
        leave(draft, leader)

    return Party(leader, {"lead": leader, "team": [successor]}, hand_over)


def who_wrote_the_amount() -> Party:
    """Who changed what it asks."""
    leader = a_leader()

    def write(draft: Experiment) -> None:
        with changing(draft, by=leader) as (it, writer, now):
            text = replace(it.charter, budget=money("14000"))
            it.write(text, revision=it.revision, by=writer, at=now)

    return Party(leader, {}, write)


def who_got_the_role_later() -> Party:
    """Who was on the team as a volunteer."""
    member = a_person()
    return Party(member, {"team": [member]})


def who_gave_the_role_away_and_got_it_back() -> Party:
    """Who was no leader while on the team."""
    leader = with_roles(a_leader())
    return Party(leader, {"team": [leader]}, lambda draft: leave(draft, leader))


def the_sponsor() -> Party:
    """Who sponsors it."""
    leader = a_leader()
    return Party(leader, sponsors=True)


WAYS = [
    the_lead,
    a_member,
    a_former_member,
    a_former_lead,
    who_wrote_the_amount,
    who_got_the_role_later,
    who_gave_the_role_away_and_got_it_back,
    the_sponsor,
]


def leave(experiment: Experiment, member: Person) -> None:
    """Let them leave the team."""
    with changing(experiment, by=member) as (it, person, now):
        it.leave(by=person, at=now)


# What they are party to ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Affairs:
    """One experiment in each state in which something is granted, and a review that goes on."""

    proposed: Experiment
    approved: Experiment
    running: Experiment
    ended: Experiment
    review: Review


def affairs_of(party: Party) -> Affairs:
    """What somebody is party to; they are a leader when it is done."""
    enough_money()
    made = {
        "proposed": grown(party, "proposed"),
        "approved": grown(party, "approved"),
        "running": asking_for_more(grown(party, "running")),
    }
    with at(rules_now().today - timedelta(weeks=12)):
        enough_money()
        made["ended"] = grown(party, "running")
    review = an_open_review("2026-Q1")
    if not party.person.is_leader:
        with_roles(party.person, RoleName.LEADER)
    return Affairs(**made, review=review)


def grown(party: Party, until: str) -> Experiment:
    """An experiment they have their part in."""
    text = a_charter(milestones=(a_milestone(),))
    experiment = a_draft(**party.told, milestones=text.milestones)
    party.lived(experiment)
    lead = reloaded(experiment).lead
    assert lead is not None
    with changing(experiment, by=lead) as (it, person, now):
        it.propose(rules=house_rules(), by=person, at=now)
    if until != "proposed":
        by = a_leader()
        approve(experiment, by=by, sponsor=party.person if party.sponsors else by)
    if until == "running":
        with changing(experiment, by=lead) as (it, person, now):
            it.start(rules=house_rules(), by=person, at=now)
    return reloaded(experiment)


def asking_for_more(experiment: Experiment) -> Experiment:
    """The same one, whose team gave evidence and asked to change the charter."""
    assert experiment.lead is not None
    with changing(experiment, by=experiment.lead) as (it, lead, now):
        rules = house_rules()
        it.give_evidence(1, "Ten quotes.", rules=rules, by=lead, at=now)
        it.propose_amendment(replace(it.charter, weeks=6), "It goes faster.", rules=rules, by=lead, at=now)
    return reloaded(experiment)


# The doors ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Door:
    """A way to decide on money.

    Args:
        name: what would be done.
        page: where the page sends it, and what.
        path: where a program sends it below `/api/v1`, and what.
        call: the same, asked of the model.
        of: the experiment it is about.
        guarded: whether the database refuses it too.
    """

    name: str
    of: Experiment
    page: tuple[str, Mapping[str, Any]]
    path: tuple[str, Mapping[str, Any]]
    call: Callable[[Any, Person, Any], object]
    guarded: bool = True

    @property
    def headers(self) -> dict[str, str]:
        """The version it binds to."""
        return {"If-Match": tag_of(self.of)}


def doors(affairs: Affairs, *, sponsors: bool = False) -> list[Door]:
    """Every door there is; a sponsor is none yet of what is proposed."""
    found = [*_of_a_grant(affairs), *_of_a_proposal(affairs.proposed)]
    return [door for door in found if door.of is not affairs.proposed] if sponsors else found


def _of_a_proposal(x: Experiment) -> list[Door]:
    version = x.version_hash or ""
    page, form = f"/experiments/{x.ref}/approval", an_approval_form(x)
    told: dict[str, Any] = {"version_hash": version, "reason": "Mine."}
    return [
        Door(
            "grant",
            x,
            (page, form),
            (f"/experiments/{x.ref}/approval", TENNER | WHY),
            lambda it, by, now: it.approve(money("10"), **told, rules=house_rules(), by=by, at=now),
        ),
        Door(
            "return",
            x,
            (page, form | {"answer": "return"}),
            (f"/experiments/{x.ref}/return", WHY),
            lambda it, by, now: it.give_back_to_team("Mine.", version_hash=version, by=by, at=now),
            guarded=False,
        ),
        Door(
            "decline",
            x,
            (page, form | {"answer": "decline"}),
            (f"/experiments/{x.ref}/decline", WHY),
            lambda it, by, now: it.decline("Mine.", version_hash=version, by=by, at=now),
            guarded=False,
        ),
    ]


def _of_a_grant(affairs: Affairs) -> list[Door]:
    x, ended, approved, review = affairs.running, affairs.ended, affairs.approved, affairs.review
    lost = {"why_not-0-criterion": str(ended.criteria[0].id), "why_not-0-because": "Lost."}
    metric = ended.criteria[0].metric
    release = f"/experiments/{x.ref}/tranches/1/release"
    amend = f"/experiments/{x.ref}/amendments/1/approval"
    return [
        Door(
            "release",
            x,
            (release, {}),
            (release, {}),
            lambda it, by, now: it.release(1, rules=house_rules(), by=by, at=now),
        ),
        Door(
            "supplement",
            x,
            (f"/experiments/{x.ref}/supplement", {"amount": "10", **WHY}),
            (f"/experiments/{x.ref}/supplement", TENNER | WHY),
            lambda it, by, now: it.supplement(money("10"), "Mine.", rules=house_rules(), by=by, at=now),
        ),
        Door(
            "amend",
            x,
            (amend, {"answer": "approve", **WHY}),
            (amend, {"approve": True, **WHY}),
            lambda it, by, now: it.approve_amendment(it.amendments[0], "Mine.", rules=house_rules(), by=by, at=now),
        ),
        Door(
            "decide",
            ended,
            (f"/experiments/{ended.ref}/decision", {"kind": "stop", **CARD, **lost}),
            (
                f"/experiments/{ended.ref}/decision",
                {"kind": "stop", **CARD, "not_measured": [{"metric": metric, "because": "Lost."}]},
            ),
            _decide,
        ),
        Door(
            "keep",
            approved,
            (f"/reviews/{review.ref}/keeps/{approved.ref}", WHY),
            (f"/reviews/{review.ref}/keeps", {"experiment": approved.ref, **WHY}),
            lambda it, by, now: here(review).keep(it, "Mine.", by=by, at=now),
            guarded=False,
        ),
    ]


def _decide(it: Any, by: Person, now: Any) -> object:
    why = {criterion.id: "Lost." for criterion in it.criteria}
    card = LearningCard("So.", "So.", "So.", "So.")
    told: dict[str, Any] = {"not_measured": why, "rules": house_rules(), "by": by, "at": now}
    return it.decide(DecisionKind.STOP, "Mine.", card, findings_of(it), **told)
