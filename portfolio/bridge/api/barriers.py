"""Barriers: what stands in the way of experiments, who removes it by when, and what came of it."""

from __future__ import annotations

from typing import Any

from portfolio.bridge import barrier_queries as barriers
from portfolio.bridge import policy
from portfolio.bridge.api.bodies import BarrierBody, BarrierQuery, OwnerBody, RemovalBody
from portfolio.bridge.api.shapes import BarrierRow, BarrierShown, barrier_of, barrier_row
from portfolio.bridge.barrier import Barrier
from portfolio.foundation.api.command import Command, commanding, named
from portfolio.foundation.api.fields import ReasonBody
from portfolio.foundation.api.resource import Resource, listed, page_of
from portfolio.foundation.authority import Permission, asks
from portfolio.foundation.database import db
from portfolio.network import queries as network
from portfolio.organisation.house_rules import house_rules
from portfolio.people import queries as people
from portfolio.people.accounts import somebody
from portfolio.people.comment import Comment
from portfolio.people.comment_api import CommentBody, Comments, comments_shown
from portfolio.people.person import Person

api = Resource("barriers", "Obstacles that teams cannot remove themselves, put to leadership.", letter="B")


def shown(barrier: Barrier, viewer: Person) -> dict[str, Any]:
    """One barrier as its reader may see it."""
    return barrier_of(barrier, barriers.experiments_seen([barrier], viewer=viewer), house_rules().today)


def changed(ref: str, act: Command, permission: Permission) -> Barrier:
    """One barrier, locked, which this person may do this to."""
    barrier = barriers.barrier_for_change(ref, viewer=act.person)
    act.authorize(permission, barrier)
    return barrier


def answered(act: Command, barrier: Barrier, status: int = 200, **headers: str) -> Any:
    """The barrier as it is now."""
    db.session.flush()
    return act.answer(shown(barriers.barrier_changed(barrier), act.person), status, **headers)


@api.get("")
@asks(policy.may_read)
@api.takes(BarrierQuery, "query")
@api.answers(listed(BarrierRow))
def list_barriers(said: dict[str, Any]) -> Any:
    """Every barrier the reader may see, the newest first; those in one state that still stand, the oldest first."""
    search = barriers.BarrierSearch(said["state"], everything=said["state"] is None, experiment=said["experiment"])
    page = search.page(somebody(), said["after"], size=said["limit"])
    seen, today = barriers.experiments_seen(page.rows, viewer=somebody()), house_rules().today
    return page_of(page, lambda row: barrier_row(row, seen, today))


@api.get("/<ref>")
@asks(policy.may_read)
@api.answers(BarrierShown)
def show_barrier(ref: str) -> Any:
    """One barrier, whole."""
    viewer = somebody()
    return shown(barriers.barrier(ref, viewer=viewer), viewer)


@api.post("")
@asks(policy.may_put)
@api.takes(BarrierBody)
@api.answers(BarrierShown, 201)
def create_barrier(said: dict[str, Any]) -> Any:
    """Put what stands in the way of an experiment to leadership."""
    with commanding() as act:
        experiment = named("experiment", network.experiment_for_change, said["experiment"], viewer=act.person)
        act.authorize(policy.may_put, experiment)
        barrier = Barrier.raise_(BarrierBody.text(said), experiment=experiment, by=act.person, at=act.at)
        db.session.flush()
        return answered(act, barrier, 201, Location=f"{api.url_prefix}/{barrier.ref}")


@api.post("/<ref>/owner")
@asks(policy.may_give)
@api.takes(OwnerBody)
@api.answers(BarrierShown)
def create_owner(said: dict[str, Any], ref: str) -> Any:
    """Take it, or name who removes it; and by when."""
    with commanding() as act:
        barrier = changed(ref, act, policy.may_give)
        owner = named("owner", people.person, said["owner"]) if said["owner"] else act.person
        barrier.give_to(owner, said["due_on"], today=house_rules().today, by=act.person, at=act.at)
        return answered(act, barrier)


@api.post("/<ref>/removal")
@asks(policy.may_end_barrier)
@api.takes(RemovalBody)
@api.answers(BarrierShown)
def create_removal(said: dict[str, Any], ref: str) -> Any:
    """Say that it is out of the way."""
    with commanding() as act:
        barrier = changed(ref, act, policy.may_end_barrier)
        barrier.remove(said["outcome"], by=act.person, at=act.at)
        return answered(act, barrier)


@api.post("/<ref>/closing")
@asks(policy.may_end_barrier)
@api.takes(ReasonBody)
@api.answers(BarrierShown)
def create_closing(said: dict[str, Any], ref: str) -> Any:
    """Say why it cannot be removed."""
    with commanding() as act:
        barrier = changed(ref, act, policy.may_end_barrier)
        barrier.close(said["reason"], by=act.person, at=act.at)
        return answered(act, barrier)


@api.get("/<ref>/comments")
@asks(policy.may_read)
@api.answers(Comments)
def list_comments(ref: str) -> Any:
    """What was said about it."""
    return comments_shown(barriers.barrier(ref, viewer=somebody()))


@api.post("/<ref>/comments")
@asks(policy.may_comment)
@api.takes(CommentBody)
@api.answers(BarrierShown)
def create_comment(said: dict[str, Any], ref: str) -> Any:
    """Say or ask something."""
    with commanding() as act:
        barrier = changed(ref, act, policy.may_comment)
        Comment.write(barrier, said["body"], is_question=said["is_question"], by=act.person, at=act.at)
        return answered(act, barrier)
