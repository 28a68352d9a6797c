"""The end of a timebox, and changing a frozen charter in the open."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from portfolio.foundation.api.command import commanding
from portfolio.foundation.authority import asks
from portfolio.foundation.errors import Missing
from portfolio.network import policy
from portfolio.network.amendment import Amendment
from portfolio.network.api.bodies import (
    AmendmentAnswerBody,
    AmendmentBody,
    DecisionBody,
    RecommendationBody,
    budget_of,
    charter_of,
)
from portfolio.network.api.reading import FUND, answered, api, changed
from portfolio.network.api.shapes import ExperimentShown
from portfolio.network.deciding import LearningCard
from portfolio.network.experiment import Experiment
from portfolio.network.findings import findings_of
from portfolio.organisation.house_rules import house_rules
from portfolio.people import queries as people


@api.post("/<ref>/recommendation")
@asks(policy.may_log)
@api.takes(RecommendationBody)
@api.answers(ExperimentShown)
def create_recommendation(said: dict[str, Any], ref: str) -> Any:
    """The team's proposed next step, and what it would cost."""
    with commanding() as act:
        experiment = changed(ref, act, policy.may_log)
        cost = budget_of(said["cost"], experiment.currency)
        experiment.recommend(said["kind"], cost, said["reason"], by=act.person, at=act.at)
        return answered(act, experiment)


@api.post("/<ref>/decision")
@asks(policy.may_follow, FUND)
@api.takes(DecisionBody)
@api.answers(ExperimentShown)
def create_decision(said: dict[str, Any], ref: str) -> Any:
    """Scale, persevere, pivot or stop; persevere and pivot open a follow-up as a draft."""
    with commanding() as act:
        experiment, rules = changed(ref, act, policy.may_follow), house_rules()
        because = {row["metric"]: row["because"] for row in said["not_measured"]}
        decision = experiment.decide(
            said["kind"],
            said["reason"],
            LearningCard(said["believed"], said["observed"], said["learned"], said["therefore"]),
            findings_of(experiment),
            not_measured={c.id: because[c.metric] for c in experiment.criteria if c.metric in because},
            rules=rules,
            by=act.person,
            at=act.at,
        )
        if decision.kind.is_followed_up and experiment.lead is not None:
            lead = people.person_for_change(experiment.lead.handle)
            experiment.follow_up(rules=rules, lead=lead, at=act.at)
        return answered(act, experiment)


@api.post("/<ref>/amendments")
@asks(policy.may_write)
@api.takes(AmendmentBody)
@api.answers(ExperimentShown)
def create_amendment(said: dict[str, Any], ref: str) -> Any:
    """Ask to change the charter; until a leader says yes it stays as it is."""
    with commanding() as act:
        experiment = changed(ref, act, policy.may_write)
        charter = replace(charter_of(said, experiment.charter), form=experiment.form, horizon=experiment.horizon)
        experiment.propose_amendment(charter, said["reason"], rules=house_rules(), by=act.person, at=act.at)
        return answered(act, experiment)


@api.post("/<ref>/amendments/<int:number>/approval")
@asks(policy.may_follow, FUND)
@api.takes(AmendmentAnswerBody)
@api.answers(ExperimentShown)
def answer_amendment(said: dict[str, Any], ref: str, number: int) -> Any:
    """Let it hold from now on, or leave the charter as it is."""
    with commanding() as act:
        experiment = changed(ref, act, policy.may_follow)
        amendment, rules = _amendment(experiment, number), house_rules()
        answer = experiment.approve_amendment if said["approve"] else experiment.decline_amendment
        answer(amendment, said["reason"], rules=rules, by=act.person, at=act.at)
        return answered(act, experiment)


def _amendment(experiment: Experiment, number: int) -> Amendment:
    found = next((amendment for amendment in experiment.amendments if amendment.number == number), None)
    if found is None:
        raise Missing
    return found
