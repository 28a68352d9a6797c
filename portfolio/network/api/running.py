"""What people do with an experiment: taking part, the weekly pulse, the log, readings and money."""

from __future__ import annotations

from typing import Any

from marshmallow.fields import Boolean, Integer, List, Nested, String

from portfolio.budgets import queries as budgets
from portfolio.foundation.api.command import commanding, named
from portfolio.foundation.api.fields import Day, Moment, MoneyShown, OneOf, ReasonBody, Shown, day, moment, money
from portfolio.foundation.api.resource import ListQuery, listed, page_of
from portfolio.foundation.authority import asks
from portfolio.foundation.errors import Missing
from portfolio.network import log_queries, policy, queries
from portfolio.network.api.bodies import (
    CheckInBody,
    EvidenceBody,
    ExpenseBody,
    HandBody,
    LeadBody,
    LearningBody,
    ReadingBody,
    SupplementBody,
)
from portfolio.network.api.reading import FUND, answered, api, changed
from portfolio.network.api.shapes import ExperimentShown
from portfolio.network.learning import Evidence, Kind, Learning
from portfolio.organisation.house_rules import house_rules
from portfolio.people import queries as people
from portfolio.people.accounts import somebody
from portfolio.people.comment import Comment
from portfolio.people.comment_api import CommentBody, Comments, comments_shown
from portfolio.people.person import Person

# Shapes -------------------------------------------------------------------------------------------------------------


class CheckInShown(Shown):
    """One weekly pulse."""

    week = Integer(required=True)
    confidence = Integer(required=True)
    hours = Integer(required=True)
    next_step = String(required=True)
    by = String(required=True)
    at = Moment(required=True)


class LogEntryShown(Shown):
    """A learning as it stands in the log; its fate is told by `/learnings`."""

    id = String(required=True, metadata={"examples": ["L-042"]})
    experiment = String(required=True)
    title = String(required=True)
    body = String(required=True)
    believed = String(required=True)
    therefore = String(required=True)
    kind = OneOf(Kind, required=True)
    evidence = OneOf(Evidence, required=True)
    exploratory = Boolean(required=True)
    on = Day(required=True)
    by = String(required=True)


class ExpenseShown(Shown):
    """Something paid."""

    number = Integer(required=True)
    amount = Nested(MoneyShown, required=True, allow_none=True)
    what = String(required=True)
    on = Day(required=True)
    by = String(required=True)
    corrects = Integer(required=True, allow_none=True)


class CheckIns(Shown):
    """Every pulse, oldest first."""

    items = List(Nested(CheckInShown), required=True)


class Expenses(Shown):
    """What was paid, newest first."""

    items = List(Nested(ExpenseShown), required=True)


def log_entry(learning: Learning, experiment: str) -> dict[str, Any]:
    """A learning as JSON."""
    texts = ("title", "body", "believed", "therefore", "exploratory")
    return {name: getattr(learning, name) for name in texts} | {
        "id": learning.ref,
        "experiment": experiment,
        "kind": learning.kind.value,
        "evidence": learning.evidence.value,
        "on": day(learning.learned_on),
        "by": learning.by.handle,
    }


# Taking part --------------------------------------------------------------------------------------------------------


@api.get("/<ref>/comments")
@asks(policy.may_list)
@api.answers(Comments)
def list_comments(ref: str) -> Any:
    """What was said about it."""
    return comments_shown(queries.experiment(ref, viewer=somebody()))


@api.post("/<ref>/comments")
@asks(policy.may_comment)
@api.takes(CommentBody)
@api.answers(ExperimentShown)
def create_comment(said: dict[str, Any], ref: str) -> Any:
    """Say or ask something."""
    with commanding() as act:
        experiment = changed(ref, act, policy.may_comment)
        Comment.write(experiment, said["body"], is_question=said["is_question"], by=act.person, at=act.at)
        return answered(act, experiment)


@api.post("/<ref>/hands")
@asks(policy.may_join)
@api.takes(HandBody)
@api.answers(ExperimentShown)
def create_hand(said: dict[str, Any], ref: str) -> Any:
    """Offer to join."""
    with commanding() as act:
        experiment = changed(ref, act, policy.may_join)
        experiment.raise_hand(hours_a_week=said["hours_a_week"], note=said["note"], by=act.person, at=act.at)
        return answered(act, experiment)


@api.post("/<ref>/hands/mine/lowering")
@asks(policy.may_join)
@api.answers(ExperimentShown)
def lower_hand(ref: str) -> Any:
    """Take your hand down again; no reason is asked."""
    with commanding() as act:
        experiment = changed(ref, act, policy.may_join)
        experiment.lower_hand(by=act.person, at=act.at)
        return answered(act, experiment)


@api.post("/<ref>/hands/<int:number>/acceptance")
@asks(policy.may_lead)
@api.answers(ExperimentShown)
def accept_hand(ref: str, number: int) -> Any:
    """Take somebody on the team."""
    with commanding() as act:
        experiment = changed(ref, act, policy.may_lead)
        hand, person = queries.hand_for_change(experiment, number)
        experiment.accept_hand(hand, person, by=act.person, at=act.at)
        return answered(act, experiment)


@api.post("/<ref>/leaving")
@asks(policy.may_join)
@api.answers(ExperimentShown)
def leave_team(ref: str) -> Any:
    """Leave the team; no reason is asked."""
    with commanding() as act:
        experiment = changed(ref, act, policy.may_join)
        experiment.leave(by=act.person, at=act.at)
        return answered(act, experiment)


@api.post("/<ref>/lead")
@asks(policy.may_hand_over)
@api.takes(LeadBody)
@api.answers(ExperimentShown)
def offer_lead(said: dict[str, Any], ref: str) -> Any:
    """Ask somebody to take over the lead."""
    with commanding() as act:
        experiment = changed(ref, act, policy.may_hand_over)
        experiment.offer_lead(named("person", people.person_for_change, said["person"]), by=act.person)
        return answered(act, experiment)


@api.post("/<ref>/lead/acceptance")
@asks(policy.may_join)
@api.answers(ExperimentShown)
def take_lead(ref: str) -> Any:
    """Say yes to leading it."""
    with commanding() as act:
        experiment = changed(ref, act, policy.may_join)
        experiment.take_lead(by=act.person, at=act.at)
        return answered(act, experiment)


# The timebox, the pulse and the log ---------------------------------------------------------------------------------


@api.post("/<ref>/start")
@asks(policy.may_start)
@api.answers(ExperimentShown)
def create_start(ref: str) -> Any:
    """Begin today."""
    with commanding() as act:
        experiment = changed(ref, act, policy.may_start)
        experiment.start(rules=house_rules(), by=act.person, at=act.at)
        return answered(act, experiment)


@api.post("/<ref>/stop")
@asks(policy.may_stop)
@api.takes(ReasonBody)
@api.answers(ExperimentShown)
def create_stop(said: dict[str, Any], ref: str) -> Any:
    """End it today; then it is decided like any other."""
    with commanding() as act:
        experiment = changed(ref, act, policy.may_stop)
        experiment.stop_early(said["reason"], rules=house_rules(), by=act.person, at=act.at)
        return answered(act, experiment)


@api.get("/<ref>/check-ins")
@asks(policy.may_list)
@api.answers(CheckIns)
def list_check_ins(ref: str) -> Any:
    """The weekly pulses."""
    pulses = log_queries.check_ins_of(queries.experiment(ref, viewer=somebody()))
    said = ("week", "confidence", "hours", "next_step")
    return {
        "items": [{name: getattr(p, name) for name in said} | {"by": p.by.handle, "at": moment(p.at)} for p in pulses]
    }


@api.post("/<ref>/check-ins")
@asks(policy.may_log)
@api.takes(CheckInBody)
@api.answers(ExperimentShown)
def create_check_in(said: dict[str, Any], ref: str) -> Any:
    """The weekly pulse, and the readings that came with it."""
    with commanding() as act:
        experiment, rules = changed(ref, act, policy.may_log), house_rules()
        pulse = {name: said[name] for name in ("confidence", "hours", "next_step")}
        experiment.check_in(**pulse, rules=rules, by=act.person, at=act.at)
        for row in said["readings"]:
            measure = log_queries.measure(experiment, row["measure"])
            experiment.read(measure, row["value"], rules.today, rules=rules, by=act.person, at=act.at)
        return answered(act, experiment)


@api.post("/<ref>/readings")
@asks(policy.may_log)
@api.takes(ReadingBody)
@api.answers(ExperimentShown)
def create_reading(said: dict[str, Any], ref: str) -> Any:
    """A reading on a day of its own."""
    with commanding() as act:
        experiment, rules = changed(ref, act, policy.may_log), house_rules()
        on = said["on"] or rules.today
        measure = log_queries.measure(experiment, said["measure"])
        experiment.read(measure, said["value"], on, note=said["note"], rules=rules, by=act.person, at=act.at)
        return answered(act, experiment)


@api.get("/<ref>/learnings")
@asks(policy.may_list)
@api.takes(ListQuery, "query")
@api.answers(listed(LogEntryShown))
def list_log(said: dict[str, Any], ref: str) -> Any:
    """The log, the newest first."""
    experiment = queries.experiment(ref, viewer=somebody())
    page = log_queries.learnings_of(experiment, said["after"], size=said["limit"])
    return page_of(page, lambda learning: log_entry(learning, experiment.ref))


@api.post("/<ref>/learnings")
@asks(policy.may_log)
@api.takes(LearningBody)
@api.answers(LogEntryShown, 201)
def create_learning(said: dict[str, Any], ref: str) -> Any:
    """An entry for the log, or one that takes the place of another."""
    with commanding() as act:
        experiment, rules = changed(ref, act, policy.may_log), house_rules()
        learning = experiment.learn(
            said["title"],
            said["body"],
            kind=said["kind"],
            evidence=said["evidence"],
            on=said["on"] or rules.today,
            believed=said["believed"],
            therefore=said["therefore"],
            exploratory=said["exploratory"],
            corrects=_corrected(said["corrects"], act.person),
            rules=rules,
            by=act.person,
            at=act.at,
        )
        kept = log_queries.learning(learning.ref, viewer=act.person)
        return act.answer(log_entry(kept, experiment.ref), 201, Location=f"/api/v1/learnings/{learning.ref}")


def _corrected(ref: str | None, viewer: Person) -> Learning | None:
    return named("corrects", log_queries.learning, ref, viewer=viewer) if ref else None


# Money --------------------------------------------------------------------------------------------------------------


@api.get("/<ref>/expenses")
@asks(policy.may_list)
@api.answers(Expenses)
def list_expenses(ref: str) -> Any:
    """What was paid."""
    viewer, rules = somebody(), house_rules()
    experiment = queries.experiment(ref, viewer=viewer)
    if not policy.sees_amounts(viewer, experiment, rules):
        raise Missing
    return {
        "items": [
            {
                "number": expense.id,
                "amount": money(expense.money),
                "what": expense.what,
                "on": day(expense.spent_on),
                "by": expense.by.handle,
                "corrects": expense.corrects_id,
            }
            for expense, _replaced in budgets.expenses_of(experiment.grant_id)
        ]
    }


@api.post("/<ref>/expenses")
@asks(policy.may_log)
@api.takes(ExpenseBody)
@api.answers(ExperimentShown)
def create_expense(said: dict[str, Any], ref: str) -> Any:
    """Book something paid inside the timebox, up to what is released."""
    with commanding() as act:
        experiment, rules = changed(ref, act, policy.may_log), house_rules()
        corrects = named("corrects", log_queries.expense, experiment, str(said["corrects"] or ""))
        on = said["on"] or rules.today
        experiment.spend(said["amount"], on, said["what"], corrects=corrects, rules=rules, by=act.person, at=act.at)
        return answered(act, experiment)


@api.post("/<ref>/tranches/<int:number>/evidence")
@asks(policy.may_log)
@api.takes(EvidenceBody)
@api.answers(ExperimentShown)
def create_evidence(said: dict[str, Any], ref: str, number: int) -> Any:
    """Say how a milestone was reached."""
    with commanding() as act:
        experiment = changed(ref, act, policy.may_log)
        experiment.give_evidence(number, said["evidence"], rules=house_rules(), by=act.person, at=act.at)
        return answered(act, experiment)


@api.post("/<ref>/tranches/<int:number>/release")
@asks(policy.may_follow, FUND)
@api.answers(ExperimentShown)
def release_tranche(ref: str, number: int) -> Any:
    """Accept the evidence and release the money."""
    with commanding() as act:
        experiment = changed(ref, act, policy.may_follow)
        experiment.release(number, rules=house_rules(), by=act.person, at=act.at)
        return answered(act, experiment)


@api.post("/<ref>/supplement")
@asks(policy.may_follow, FUND)
@api.takes(SupplementBody)
@api.answers(ExperimentShown)
def create_supplement(said: dict[str, Any], ref: str) -> Any:
    """Grant more while it runs, or sign first of two."""
    with commanding() as act:
        experiment = changed(ref, act, policy.may_follow)
        experiment.supplement(said["amount"], said["reason"], rules=house_rules(), by=act.person, at=act.at)
        return answered(act, experiment)
