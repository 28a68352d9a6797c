"""Challenges: what operations asks of the network, who took it up, and what changed."""

from __future__ import annotations

from typing import Any

from portfolio.bridge import challenge_queries as challenges
from portfolio.bridge import policy
from portfolio.bridge.api.bodies import ChallengeBody, ChallengeQuery, OutcomeBody, UptakeBody
from portfolio.bridge.api.shapes import ChallengeRow, ChallengeShown, challenge_of, challenge_row
from portfolio.bridge.challenge import Challenge
from portfolio.foundation.api.command import Command, commanding, named
from portfolio.foundation.api.fields import ReasonBody
from portfolio.foundation.api.resource import Resource, listed, page_of
from portfolio.foundation.authority import asks
from portfolio.foundation.database import db
from portfolio.network.api import reading as experiments
from portfolio.network.api.shapes import ExperimentShown
from portfolio.network.experiment import Experiment
from portfolio.network.policy import may_draft
from portfolio.organisation import queries as organisation
from portfolio.organisation.house_rules import house_rules
from portfolio.people.accounts import somebody
from portfolio.people.comment import Comment
from portfolio.people.comment_api import CommentBody, Comments, comments_shown
from portfolio.people.person import Person

api = Resource("challenges", "Tensions in daily work, put to the network.", letter="C")


def shown(challenge: Challenge, viewer: Person) -> dict[str, Any]:
    """One challenge as its reader may see it."""
    return challenge_of(challenge, challenges.takers_of([challenge], viewer=viewer))


def answered(act: Command, challenge: Challenge, status: int = 200, **headers: str) -> Any:
    """The challenge as it is now."""
    db.session.flush()
    db.session.expire(challenge)
    return act.answer(shown(challenges.challenge(challenge.ref), act.person), status, **headers)


@api.get("")
@asks(policy.may_read)
@api.takes(ChallengeQuery, "query")
@api.answers(listed(ChallengeRow))
def list_challenges(said: dict[str, Any]) -> Any:
    """What operations asks, the newest first; what nobody works on, when only that is asked, the oldest first."""
    page = challenges.challenges(said["state"], said["after"], size=said["limit"])
    takers = challenges.takers_of(page.rows, viewer=somebody())
    return page_of(page, lambda row: challenge_row(row, takers))


@api.get("/<ref>")
@asks(policy.may_read)
@api.answers(ChallengeShown)
def show_challenge(ref: str) -> Any:
    """One challenge, whole."""
    return shown(challenges.challenge(ref), somebody())


@api.post("")
@asks(policy.may_raise)
@api.takes(ChallengeBody)
@api.answers(ChallengeShown, 201)
def create_challenge(said: dict[str, Any]) -> Any:
    """Put a tension to the network."""
    with commanding() as act:
        act.authorize(policy.may_raise)
        unit = named("unit", organisation.unit, said["unit"]) if said["unit"] else None
        challenge = Challenge.raise_(ChallengeBody.text(said), unit=unit, by=act.person, at=act.at)
        db.session.flush()
        return answered(act, challenge, 201, Location=f"{api.url_prefix}/{challenge.ref}")


@api.post("/<ref>/uptake")
@asks(policy.may_take_up)
@api.takes(UptakeBody)
@api.answers(ChallengeShown)
def create_uptake(said: dict[str, Any], ref: str) -> Any:
    """Let an experiment or an initiative of one's own work on it."""
    with commanding() as act:
        challenge = challenges.challenge_for_change(ref)
        taker = named("taker", challenges.taker_for_change, said["taker"], viewer=act.person)
        act.authorize(policy.may_take_up, taker)
        challenge.take_up(taker, by=act.person, at=act.at)
        return answered(act, challenge)


@api.post("/<ref>/experiment")
@asks(policy.may_take_up)
@api.answers(ExperimentShown, 201)
def create_experiment(ref: str) -> Any:
    """Begin a draft with its question and its measure, and take it up with that."""
    with commanding() as act:
        challenge, rules = challenges.challenge_for_change(ref), house_rules()
        act.authorize(may_draft)
        charter = challenge.first_charter(rules.currency)
        draft = Experiment.draft(charter, rules=rules, unit=None, by=act.person, at=act.at)
        challenge.take_up(draft, by=act.person, at=act.at)
        address = f"{experiments.api.url_prefix}/{draft.ref}"
        return experiments.answered(act, draft, 201, Location=address)


@api.post("/<ref>/answer")
@asks(policy.may_end)
@api.takes(OutcomeBody)
@api.answers(ChallengeShown)
def create_answer(said: dict[str, Any], ref: str) -> Any:
    """Say what changed."""
    with commanding() as act:
        challenge = challenges.challenge_for_change(ref)
        act.authorize(policy.may_end, challenge)
        challenge.answer(said["outcome"], by=act.person, at=act.at)
        return answered(act, challenge)


@api.post("/<ref>/closing")
@asks(policy.may_end)
@api.takes(ReasonBody)
@api.answers(ChallengeShown)
def create_closing(said: dict[str, Any], ref: str) -> Any:
    """Let it go, with a reason."""
    with commanding() as act:
        challenge = challenges.challenge_for_change(ref)
        act.authorize(policy.may_end, challenge)
        challenge.close(said["reason"], by=act.person, at=act.at)
        return answered(act, challenge)


@api.get("/<ref>/comments")
@asks(policy.may_read)
@api.answers(Comments)
def list_comments(ref: str) -> Any:
    """What was said about it."""
    return comments_shown(challenges.challenge(ref))


@api.post("/<ref>/comments")
@asks(policy.may_comment)
@api.takes(CommentBody)
@api.answers(ChallengeShown)
def create_comment(said: dict[str, Any], ref: str) -> Any:
    """Say or ask something."""
    with commanding() as act:
        challenge = challenges.challenge_for_change(ref)
        act.authorize(policy.may_comment, challenge)
        Comment.write(challenge, said["body"], is_question=said["is_question"], by=act.person, at=act.at)
        return answered(act, challenge)
