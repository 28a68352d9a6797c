"""The steps of an initiative: plan, start, weekly status, milestones, readings, embedding, calling it off."""

from __future__ import annotations

from typing import Any

from portfolio.foundation.api.command import Command, commanding, named
from portfolio.foundation.api.fields import ReasonBody
from portfolio.foundation.authority import asks
from portfolio.hierarchy import policy, queries
from portfolio.hierarchy.api.bodies import EffectReadingBody, EmbeddingBody, StatusBody
from portfolio.hierarchy.api.reading import answered, api, changed
from portfolio.hierarchy.api.shapes import InitiativeShown
from portfolio.hierarchy.initiative import Initiative
from portfolio.organisation import measure_queries
from portfolio.organisation.house_rules import house_rules
from portfolio.organisation.measure import Reading
from portfolio.people.accounts import somebody
from portfolio.people.comment import Comment
from portfolio.people.comment_api import CommentBody, Comments, comments_shown


@api.post("/<ref>/plan")
@asks(policy.may_plan)
@api.answers(InitiativeShown)
def create_plan(ref: str) -> Any:
    """Make the draft a commitment of its unit."""
    with commanding() as act:
        initiative = changed(ref, act, policy.may_plan)
        initiative.plan(by=act.person, at=act.at)
        return answered(act, initiative)


@api.post("/<ref>/start")
@asks(policy.may_deliver)
@api.answers(InitiativeShown)
def create_start(ref: str) -> Any:
    """Begin today."""
    with commanding() as act:
        initiative = changed(ref, act, policy.may_deliver)
        initiative.start(rules=house_rules(), by=act.person)
        return answered(act, initiative)


@api.post("/<ref>/milestones/<int:number>/reaching")
@asks(policy.may_deliver)
@api.answers(InitiativeShown)
def reach_milestone(ref: str, number: int) -> Any:
    """Put down that a milestone was reached today."""
    with commanding() as act:
        initiative, rules = changed(ref, act, policy.may_deliver), house_rules()
        initiative.reach_milestone(initiative.milestone(number), rules.today, rules=rules, by=act.person)
        return answered(act, initiative)


@api.post("/<ref>/statuses")
@asks(policy.may_deliver)
@api.takes(StatusBody)
@api.answers(InitiativeShown)
def create_status(said: dict[str, Any], ref: str) -> Any:
    """Say how it goes this week."""
    with commanding() as act:
        initiative = changed(ref, act, policy.may_deliver)
        initiative.report_status(**said, rules=house_rules(), by=act.person, at=act.at)
        return answered(act, initiative)


@api.post("/<ref>/readings")
@asks(policy.may_deliver)
@api.takes(EffectReadingBody)
@api.answers(InitiativeShown)
def create_reading(said: dict[str, Any], ref: str) -> Any:
    """Read its measure, or correct what was read."""
    with commanding() as act:
        initiative, rules = changed(ref, act, policy.may_deliver), house_rules()
        initiative.read(
            said["value"],
            said["on"] or rules.today,
            note=said["note"],
            corrects=_corrected(initiative, said["corrects"], act),
            rules=rules,
            by=act.person,
            at=act.at,
        )
        return answered(act, initiative)


@api.post("/<ref>/embedding")
@asks(policy.may_deliver)
@api.takes(EmbeddingBody)
@api.answers(InitiativeShown)
def create_embedding(said: dict[str, Any], ref: str) -> Any:
    """Make it daily work, and read its measure on that day."""
    with commanding() as act:
        initiative, rules = changed(ref, act, policy.may_deliver), house_rules()
        on = said["on"] or rules.today
        initiative.embed(said["value"], on, said["note"], rules=rules, by=act.person, at=act.at)
        return answered(act, initiative)


@api.post("/<ref>/cancellation")
@asks(policy.may_cancel)
@api.takes(ReasonBody)
@api.answers(InitiativeShown)
def create_cancellation(said: dict[str, Any], ref: str) -> Any:
    """Call it off, with a reason; it stays readable."""
    with commanding() as act:
        initiative = changed(ref, act, policy.may_cancel)
        initiative.cancel(said["reason"], by=act.person, at=act.at)
        return answered(act, initiative)


@api.get("/<ref>/comments")
@asks(policy.may_list)
@api.answers(Comments)
def list_comments(ref: str) -> Any:
    """What was said about it."""
    return comments_shown(queries.initiative(ref, viewer=somebody()))


@api.post("/<ref>/comments")
@asks(policy.may_comment)
@api.takes(CommentBody)
@api.answers(InitiativeShown)
def create_comment(said: dict[str, Any], ref: str) -> Any:
    """Say or ask something."""
    with commanding() as act:
        initiative = changed(ref, act, policy.may_comment)
        Comment.write(initiative, said["body"], is_question=said["is_question"], by=act.person, at=act.at)
        return answered(act, initiative)


def _corrected(initiative: Initiative, number: int | None, act: Command) -> Reading | None:
    """The reading that is corrected, its measure locked, so that none is corrected twice."""
    if number is None or initiative.measure_id is None:
        return None
    measure = named("corrects", measure_queries.measure_for_change, initiative.measure_id, viewer=act.person)
    return named("corrects", measure_queries.reading, number, measure)
