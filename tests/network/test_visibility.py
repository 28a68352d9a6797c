"""Who sees what: drafts are their team's, restricted ones the involved's, observers read what is shared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from portfolio.foundation.errors import Missing
from portfolio.network import queries
from portfolio.network.experiment import Experiment
from portfolio.organisation.house_rules import AmountsSeenBy, house_rules
from portfolio.people.person import Person
from tests.browser import Browser
from tests.factories import (
    a_draft,
    a_facilitator,
    a_leader,
    a_milestone,
    a_person,
    a_proposal_form,
    a_proposed_experiment,
    a_running_experiment,
    an_administrator,
    an_approval_form,
    an_observer,
    an_operations_owner,
    change_house_rules,
    changing,
    here,
    last_line,
    reading,
    with_roles,
)
from tests.strategy.test_phase import a_phase

SignIn = Callable[[Person], Browser]
ACTS: dict[str, dict[str, str]] = {
    "text": a_proposal_form(),
    "proposal": {},
    "withdrawal": {},
    "start": {},
    "comments": {"body": "Hello."},
    "hands": {"hours_a_week": "4"},
    "hands/mine/lowering": {},
    "hands/1/acceptance": {},
    "leaving": {},
}


class Cast:
    """Everybody who could look."""

    def __init__(self, **details: Any) -> None:
        self.people = {
            "lead": a_person(),
            "member": a_person(),
            "former": a_person(),
            "sponsor": a_leader(),
            "volunteer": a_person(),
            "leader": a_leader(),
            "facilitator": a_facilitator(),
            "administrator": an_administrator(),
            "owner": an_operations_owner(),
            "observer": an_observer(),
        }
        maker = details.pop("maker")
        team = [self.people["member"], self.people["former"]]
        if maker is a_running_experiment:
            details["by"] = self.people["sponsor"]
        self.experiment: Experiment = maker(lead=self.people["lead"], team=team, **details)
        with changing(self.experiment, by=self.people["former"]) as (it, former, moment):
            it.leave(by=former, at=moment)

    def who_see_it(self) -> set[str]:
        """Who finds it at its address; for all of them the list and the counts say the same."""
        seen = set()
        for name, person in self.people.items():
            with reading():
                viewer, today = here(person), house_rules().today
                listed = queries.ExperimentSearch().page(viewer, None, today).rows
                try:
                    queries.experiment(self.experiment.ref, viewer=viewer)
                    seen.add(name)
                except Missing:
                    pass
                assert bool(listed) is (name in seen), name
                assert sum(queries.counts(viewer, today).values()) == len(listed), name
        return seen


INSIDE = {
    "lead",
    "member",
    "former",
    "sponsor",
    "volunteer",
    "leader",
    "facilitator",
    "administrator",
    "owner",
}


@pytest.mark.parametrize(
    ("details", "seen_by"),
    [
        ({"maker": a_draft}, {"lead", "member"}),
        ({"maker": a_draft, "shared": True}, {"lead", "member"}),
        ({"maker": a_draft, "restricted": True}, {"lead", "member"}),
        ({"maker": a_proposed_experiment}, INSIDE),
        ({"maker": a_proposed_experiment, "restricted": True}, {"lead", "member", "sponsor", "leader", "facilitator"}),
        ({"maker": a_running_experiment, "restricted": True}, {"lead", "member", "sponsor", "leader", "facilitator"}),
        ({"maker": a_running_experiment, "shared": True}, INSIDE | {"observer"}),
    ],
)
def test_everybody_sees_what_is_theirs_to_see(app: Flask, details: dict[str, Any], seen_by: set[str]) -> None:
    assert Cast(**details).who_see_it() == seen_by


@pytest.mark.parametrize("name", ["member", "volunteer", "leader", "observer"])
def test_every_page_says_the_same(app: Flask, signed_in: SignIn, name: str) -> None:
    cast = Cast(maker=a_running_experiment, restricted=True)
    browser = signed_in(cast.people[name])
    sees = name in ("member", "leader")

    assert browser.get(f"/experiments/{cast.experiment.ref}").status_code == (200 if sees else 404)
    assert (cast.experiment.title in browser.get("/experiments").text) is sees
    assert (cast.experiment.title in browser.get("/").text) <= sees


def test_a_sponsor_who_is_a_leader_no_more_still_reads_what_is_restricted(app: Flask, signed_in: SignIn) -> None:
    sponsor = a_leader()
    experiment = a_running_experiment(restricted=True, by=sponsor)
    assert signed_in(with_roles(sponsor)).get(f"/experiments/{experiment.ref}").status_code == 200


@pytest.mark.parametrize("hidden", [a_draft, lambda: a_proposed_experiment(restricted=True)])
def test_what_is_not_theirs_to_see_is_missing_whatever_they_try(
    app: Flask, signed_in: SignIn, hidden: Callable[[], Experiment]
) -> None:
    experiment, browser = hidden(), signed_in(a_person())

    for act, form in ACTS.items():
        answer = browser.post(f"/experiments/{experiment.ref}/{act}", data=form)
        assert answer.status_code == 404, act
        assert experiment.title not in answer.text, act
    assert last_line().action == "person.signed_in"


def test_what_is_not_there_is_missing(app: Flask, signed_in: SignIn) -> None:
    browser = signed_in(a_person())

    for act, form in ACTS.items():
        assert browser.post(f"/experiments/X-999/{act}", data=form).status_code == 404, act
    for ref in ("X-999", "X-1", "x", "I-001", "X-999999999999999999999", "X-٠٠١"):
        assert browser.get(f"/experiments/{ref}").status_code == 404, ref


def test_evidence_is_given_for_a_tranche_that_is_there(app: Flask, signed_in: SignIn) -> None:
    experiment = a_running_experiment(milestones=(a_milestone(),))
    assert experiment.lead is not None
    browser = signed_in(experiment.lead)

    answers = [browser.get(f"/experiments/{experiment.ref}/tranches/{number}/evidence") for number in (0, 1, 2)]

    assert [answer.status_code for answer in answers] == [404, 200, 404]


def test_a_form_that_is_wrong_tells_no_more_about_a_hidden_one(app: Flask, signed_in: SignIn) -> None:
    experiment = a_draft()
    browser = signed_in(a_leader())

    for act, wrong in (("text", {"title": ""}), ("comments", {"body": ""}), ("hands", {}), ("approval", {})):
        assert browser.post(f"/experiments/{experiment.ref}/{act}", data=wrong).status_code == 404
    form = an_approval_form(experiment)
    assert browser.post(f"/experiments/{experiment.ref}/approval", data=form).status_code == 404


def test_a_leader_does_not_read_a_draft_before_its_team_is_ready(app: Flask, signed_in: SignIn) -> None:
    experiment = a_draft(title="Not ready yet?")
    browser = signed_in(a_leader())

    assert browser.get(f"/experiments/{experiment.ref}").status_code == 404
    assert "Not ready yet?" not in browser.get("/approvals").text


def test_counts_count_only_what_may_be_seen(app: Flask, signed_in: SignIn) -> None:
    a_draft()
    a_proposed_experiment(restricted=True)
    a_proposed_experiment()

    assert "Proposed 1" in signed_in(a_person()).get("/experiments").text
    assert "Proposed 2" in signed_in(a_leader()).get("/experiments").text


# Amounts ------------------------------------------------------------------------------------------------------------


def test_everyone_sees_amounts_unless_the_house_rules_say_otherwise(app: Flask, signed_in: SignIn) -> None:
    experiment = a_running_experiment(budget="12345")

    assert "12,345" in signed_in(a_person()).get(f"/experiments/{experiment.ref}").text


def test_amounts_are_for_the_involved_when_the_house_rules_say_so(app: Flask, signed_in: SignIn) -> None:
    cast = Cast(maker=a_running_experiment, budget="12345", shared=True)
    change_house_rules(amounts_seen_by=AmountsSeenBy.INVOLVED)

    for name, person in cast.people.items():
        browser = signed_in(person)
        sees = name in ("lead", "member", "sponsor", "leader", "facilitator")
        for address in ("/experiments", f"/experiments/{cast.experiment.ref}"):
            assert ("12,345" in browser.get(address).text) is sees, (name, address)


def test_observers_never_see_amounts_of_the_house(app: Flask, signed_in: SignIn) -> None:
    experiment = a_running_experiment(budget="12345", shared=True)
    browser = signed_in(an_observer())

    for address in ("/", "/experiments", f"/experiments/{experiment.ref}"):
        assert "12,345" not in browser.get(address).text


def test_what_an_observer_reads_leads_nowhere_they_may_not_go(app: Flask, signed_in: SignIn) -> None:
    experiment, phase = a_running_experiment(shared=True), a_phase()
    with changing(experiment, by=a_person()) as (it, person, _):
        it.tie_to(here(phase), by=person)
    browser, colleague = signed_in(an_observer()), signed_in(a_person())
    address = f"/phases/{phase.id}"

    assert address in colleague.get(f"/experiments/{experiment.ref}").text
    assert address not in browser.get(f"/experiments/{experiment.ref}").text
