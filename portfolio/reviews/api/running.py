"""Running a review: schedule and open it, write down what came of each part, close it; and corrections after that."""

from __future__ import annotations

from typing import Any

from portfolio.foundation.api.command import commanding, named, refuse_another_version
from portfolio.foundation.authority import asks
from portfolio.foundation.errors import Missing, RuleBroken
from portfolio.foundation.jobs import put
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.network import queries as network
from portfolio.network.policy import may_follow
from portfolio.organisation.house_rules import house_rules
from portfolio.people import queries as people
from portfolio.reviews import opening, policy, queries
from portfolio.reviews.api.bodies import CorrectionBody, KeepBody, NewReviewBody, ReviewBody, ReviewOutcomeBody, plan_of
from portfolio.reviews.api.reading import answered, api, changed, shown, tag_of
from portfolio.reviews.api.shapes import ReviewShown
from portfolio.reviews.closing import close
from portfolio.reviews.outcome import Part
from portfolio.reviews.review import Review
from portfolio.reviews.standing import say
from portfolio.reviews.telling import TELL

FUND = "fund"


@api.post("")
@asks(policy.may_schedule)
@api.takes(NewReviewBody)
@api.answers(ReviewShown, 201)
def create_review(said: dict[str, Any]) -> Any:
    """Schedule a review."""
    with commanding() as act:
        act.authorize(policy.may_schedule)
        rules = house_rules()
        review = Review.schedule(plan_of(said, None, rules=rules, by=act.person), rules=rules, by=act.person)
        answer = answered(act, review, 201, Location=f"{api.url_prefix}/{review.ref}")
    put(TELL)
    return answer


@api.patch("/<ref>")
@asks(policy.may_schedule)
@api.takes(ReviewBody)
@api.answers(ReviewShown)
def change_review(said: dict[str, Any], ref: str) -> Any:
    """Change the plan of a review that has not been opened."""
    with commanding() as act:
        review, rules = changed(ref, act, policy.may_schedule), house_rules()
        refuse_another_version(tag_of(review), lambda: shown(review, act.person))
        review.reschedule(plan_of(said, review, rules=rules, by=act.person), rules=rules, by=act.person)
        answer = answered(act, review)
    put(TELL)
    return answer


@api.post("/<ref>/opening")
@asks(policy.may_run)
@api.answers(ReviewShown)
def open_review(ref: str) -> Any:
    """Begin. What is decided anywhere from now on is noted on it."""
    with commanding() as act:
        review = changed(ref, act, policy.may_run)
        opening.open_review(review, rules=house_rules(), by=act.person, at=act.at)
        return answered(act, review)


@api.post("/<ref>/items/<int:number>/outcome")
@asks(policy.may_run)
@api.takes(ReviewOutcomeBody)
@api.answers(ReviewShown)
def create_outcome(said: dict[str, Any], ref: str, number: int) -> Any:
    """Write down what came of a part of the agenda: a note on it, what somebody takes on, what we will not do."""
    with commanding() as act:
        review = changed(ref, act, policy.may_run)
        part = _part(number)
        if not said:
            raise RuleBroken(_l("Say what came of it: a note, an action or a choice."))
        if "note" in said:
            review.note(part, said["note"], by=act.person, at=act.at)
        if action := said.get("action"):
            owner = named("action.owner", people.person, action["owner"])
            review.agree(action["what"], owner, action["due_on"], rules=house_rules(), by=act.person, at=act.at)
        if choice := said.get("choice"):
            act.authorize(policy.may_choose, review)
            review.choose_not(choice["what"], choice["reason"], by=act.person, at=act.at)
        return answered(act, review)


@api.post("/<ref>/keeps")
@asks(may_follow, FUND)
@api.takes(KeepBody)
@api.answers(ReviewShown)
def create_keep(said: dict[str, Any], ref: str) -> Any:
    """Let an approved experiment that has not started keep its money until the next review."""
    with commanding() as act:
        review = queries.review_for_change(ref)
        act.authorize(policy.may_read, review)
        kept = named("experiment", network.experiment_for_change, said["experiment"], viewer=act.person)
        act.authorize(may_follow, kept)
        review.keep(kept, said["reason"], by=act.person, at=act.at)
        return answered(act, review)


@api.post("/<ref>/closing")
@asks(policy.may_close)
@api.answers(ReviewShown)
def close_review(ref: str) -> Any:
    """Freeze it: from now on there is its record, and nobody alters it."""
    with commanding() as act:
        review = changed(ref, act, policy.may_close)
        close(review, rules=house_rules(), say=say(), by=act.person, at=act.at)
        answer = answered(act, review)
    put(TELL)
    return answer


@api.post("/<ref>/addenda")
@asks(policy.may_correct)
@api.takes(CorrectionBody)
@api.answers(ReviewShown)
def create_addendum(said: dict[str, Any], ref: str) -> Any:
    """Add a correction below the record, which stays as it is."""
    with commanding() as act:
        review = changed(ref, act, policy.may_correct)
        review.correct(said["body"], by=act.person, at=act.at)
        return answered(act, review)


def _part(number: int) -> Part:
    parts = list(Part)
    if not 1 <= number <= len(parts):
        raise Missing
    return parts[number - 1]
