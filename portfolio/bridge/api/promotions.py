"""Promotions: what crosses into operations, and the owner's answer."""

from __future__ import annotations

from typing import Any

from portfolio.bridge import learning_queries, policy, queries
from portfolio.bridge.api.bodies import AcceptanceBody, DeferralBody, PromotionBody, PromotionQuery
from portfolio.bridge.api.shapes import PromotionRow, PromotionShown, promotion_of, promotion_row
from portfolio.bridge.promotion import Promotion
from portfolio.bridge.wait import Wait
from portfolio.foundation.api.command import Command, commanding, named
from portfolio.foundation.api.fields import ReasonBody
from portfolio.foundation.api.resource import Resource, listed, page_of
from portfolio.foundation.authority import Permission, asks
from portfolio.foundation.database import db
from portfolio.foundation.errors import Obstacle, RuleBroken
from portfolio.foundation.languages import gettext as _
from portfolio.foundation.numbering import number_of
from portfolio.network.learning import Learning
from portfolio.organisation import queries as organisation
from portfolio.organisation.house_rules import house_rules
from portfolio.people import queries as people
from portfolio.people.accounts import somebody
from portfolio.people.comment import Comment
from portfolio.people.comment_api import CommentBody, Comments, comments_shown
from portfolio.people.person import Person

api = Resource("promotions", "Learnings on their way into daily work.", letter="P")


def shown(promotion: Promotion, viewer: Person) -> dict[str, Any]:
    """One promotion as its reader may see it."""
    seen = queries.experiments_of([promotion], viewer=viewer)
    learnings = [one for one in promotion.learnings if policy.reads_learning(viewer, promotion, one, seen)]
    crossing = queries.crossings([promotion], viewer=viewer)[promotion.id]
    return promotion_of(promotion, crossing, Wait.since(promotion.offered_at, house_rules()), learnings)


def changed(ref: str, act: Command, permission: Permission) -> Promotion:
    """One promotion, locked, which this person may do this to."""
    promotion = queries.promotion_for_change(ref, viewer=act.person)
    act.authorize(permission, promotion)
    return promotion


def answered(act: Command, promotion: Promotion, status: int = 200, **headers: str) -> Any:
    """The promotion as it is now."""
    db.session.flush()
    db.session.expire(promotion)
    return act.answer(shown(queries.promotion(promotion.ref, viewer=act.person), act.person), status, **headers)


@api.get("")
@asks(policy.may_read)
@api.takes(PromotionQuery, "query")
@api.answers(listed(PromotionRow))
def list_promotions(said: dict[str, Any]) -> Any:
    """What crosses, the newest first; what waits for an answer, when only that is asked, the longest first."""
    viewer, rules = somebody(), house_rules()
    search = queries.PromotionSearch(said["fate"], with_waiting=True)
    page = search.page(viewer, said["after"], size=said["limit"])
    crossings = queries.crossings(page.rows, viewer=viewer)
    return page_of(page, lambda row: promotion_row(row, crossings[row.id], Wait.since(row.offered_at, rules)))


@api.get("/<ref>")
@asks(policy.may_read)
@api.answers(PromotionShown)
def show_promotion(ref: str) -> Any:
    """One promotion, whole."""
    return shown(queries.promotion(ref, viewer=somebody()), somebody())


@api.post("")
@asks(policy.may_promote)
@api.takes(PromotionBody)
@api.answers(PromotionShown, 201)
def create_promotion(said: dict[str, Any]) -> Any:
    """Put learnings to an operations owner."""
    with commanding() as act:
        act.authorize(policy.may_promote)
        learnings = _learnings(said["learnings"], act)
        promotion = Promotion.offer(
            PromotionBody.text(said),
            learnings,
            standing=learning_queries.standing_of(learnings),
            unit=named("unit", organisation.unit, said["unit"]),
            owner=named("owner", people.person, said["owner"]),
            by=act.person,
            at=act.at,
        )
        db.session.flush()
        return answered(act, promotion, 201, Location=f"{api.url_prefix}/{promotion.ref}")


# The owner's answer -------------------------------------------------------------------------------------------------


@api.post("/<ref>/acceptance")
@asks(policy.may_answer)
@api.takes(AcceptanceBody)
@api.answers(PromotionShown)
def create_acceptance(said: dict[str, Any], ref: str) -> Any:
    """Yes: it becomes an initiative, planned when both days are given, else a draft."""
    with commanding() as act:
        promotion = changed(ref, act, policy.may_answer)
        promotion.accept(
            accountable=_accountable(said["accountable"], act.person),
            starts_on=said["starts_on"],
            due_on=said["due_on"],
            reason=said["reason"],
            by=act.person,
            at=act.at,
        )
        return answered(act, promotion)


@api.post("/<ref>/deferral")
@asks(policy.may_answer)
@api.takes(DeferralBody)
@api.answers(PromotionShown)
def create_deferral(said: dict[str, Any], ref: str) -> Any:
    """Not now."""
    with commanding() as act:
        promotion = changed(ref, act, policy.may_answer)
        begun = queries.reviews_begun()
        promotion.defer(said["until"], said["reason"], begun=begun, by=act.person, at=act.at)
        return answered(act, promotion)


@api.post("/<ref>/decline")
@asks(policy.may_answer)
@api.takes(ReasonBody)
@api.answers(PromotionShown)
def create_decline(said: dict[str, Any], ref: str) -> Any:
    """No."""
    with commanding() as act:
        promotion = changed(ref, act, policy.may_answer)
        promotion.decline(said["reason"], by=act.person, at=act.at)
        return answered(act, promotion)


# Talking ------------------------------------------------------------------------------------------------------------


@api.get("/<ref>/comments")
@asks(policy.may_read)
@api.answers(Comments)
def list_comments(ref: str) -> Any:
    """What was said about it."""
    return comments_shown(queries.promotion(ref, viewer=somebody()))


@api.post("/<ref>/comments")
@asks(policy.may_comment)
@api.takes(CommentBody)
@api.answers(PromotionShown)
def create_comment(said: dict[str, Any], ref: str) -> Any:
    """Say or ask something."""
    with commanding() as act:
        promotion = changed(ref, act, policy.may_comment)
        Comment.write(promotion, said["body"], is_question=said["is_question"], by=act.person, at=act.at)
        return answered(act, promotion)


def _accountable(handle: str | None, myself: Person) -> Person:
    return named("accountable", people.person, handle) if handle else myself


def _learnings(refs: list[str], act: Command) -> list[Learning]:
    """The learnings that are named, locked.

    Raises:
        RuleBroken: one is not there, or not theirs to see.
    """
    named = {ref: number_of("L", ref) or 0 for ref in refs}
    learnings = list(learning_queries.learnings_for_change(named.values(), viewer=act.person))
    found = {learning.id for learning in learnings}
    if unknown := [ref for ref, number in named.items() if number not in found]:
        words = _("%(refs)s: there is no such learning, or you cannot see it.", refs=", ".join(unknown))
        raise RuleBroken(_("One of the numbers needs another look."), [Obstacle(words, "learnings")])
    return learnings
