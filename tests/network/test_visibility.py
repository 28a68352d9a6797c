"""Who sees what: drafts are their team's, restricted ones the involved's, observers read what is shared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from portfolio.network.experiment import Experiment
from portfolio.organisation.house_rules import AmountsSeenBy
from portfolio.people.person import Person
from tests.browser import Browser
from tests.factories import (
    a_draft,
    a_facilitator,
    a_leader,
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
    last_line,
    with_roles,
)

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

    def who_see_it(self, signed_in: SignIn) -> set[str]:
        """Who gets its page; and for all of them the list says the same."""
        seen = set()
        for name, person in self.people.items():
            browser = signed_in(person)
            status = browser.get(f"/experiments/{self.experiment.ref}").status_code
            assert status in (200, 404)
            assert (self.experiment.title in browser.get("/experiments").text) is (status == 200), name
            assert (self.experiment.title in browser.get("/").text) <= (status == 200), name
            if status == 200:
                seen.add(name)
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
def test_everybody_sees_what_is_theirs_to_see(
    app: Flask, signed_in: SignIn, details: dict[str, Any], seen_by: set[str]
) -> None:
    assert Cast(**details).who_see_it(signed_in) == seen_by


def test_a_sponsor_who_is_a_leader_no_more_still_reads_what_is_restricted(app: Flask, signed_in: SignIn) -> None:
    sponsor = a_leader()
    experiment = a_running_experiment(restricted=True, by=sponsor)
    assert signed_in(with_roles(sponsor)).get(f"/experiments/{experiment.ref}").status_code == 200


@pytest.mark.parametrize("details", [{"maker": a_draft}, {"maker": a_proposed_experiment, "restricted": True}])
@pytest.mark.parametrize("act", ACTS)
def test_what_is_not_theirs_to_see_is_missing_whatever_they_try(
    app: Flask, signed_in: SignIn, details: dict[str, Any], act: str
) -> None:
    maker = details["maker"]
    experiment = maker(**{key: value for key, value in details.items() if key != "maker"})
    browser = signed_in(a_person())

    answer = browser.post(f"/experiments/{experiment.ref}/{act}", data=ACTS[act])

    assert answer.status_code == 404
    assert experiment.title not in answer.text
    assert last_line().action == "person.signed_in"


@pytest.mark.parametrize("act", ACTS)
def test_what_is_not_there_is_missing(app: Flask, signed_in: SignIn, act: str) -> None:
    browser = signed_in(a_person())

    for ref in ("X-999", "X-1", "x", "I-001", "X-999999999999999999999", "X-٠٠١"):
        assert browser.get(f"/experiments/{ref}").status_code == 404
        assert browser.post(f"/experiments/{ref}/{act}", data=ACTS[act]).status_code == 404


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


@pytest.mark.parametrize(
    ("name", "sees"),
    [
        ("lead", True),
        ("member", True),
        ("sponsor", True),
        ("leader", True),
        ("facilitator", True),
        ("former", False),
        ("volunteer", False),
        ("administrator", False),
        ("owner", False),
        ("observer", False),
    ],
)
def test_amounts_are_for_the_involved_when_the_house_rules_say_so(
    app: Flask, signed_in: SignIn, name: str, sees: bool
) -> None:
    cast = Cast(maker=a_running_experiment, budget="12345", shared=True)
    change_house_rules(amounts_seen_by=AmountsSeenBy.INVOLVED)
    browser = signed_in(cast.people[name])

    for address in ("/experiments", f"/experiments/{cast.experiment.ref}"):
        assert ("12,345" in browser.get(address).text) is sees, address


def test_observers_never_see_amounts_of_the_house(app: Flask, signed_in: SignIn) -> None:
    experiment = a_running_experiment(budget="12345", shared=True)
    browser = signed_in(an_observer())

    for address in ("/", "/experiments", f"/experiments/{experiment.ref}"):
        assert "12,345" not in browser.get(address).text
