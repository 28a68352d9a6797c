"""What learnings with their fate, promotions, challenges and barriers look like in JSON."""

from __future__ import annotations

from collections.abc import Container, Iterable
from datetime import date
from typing import Any

from flask import url_for
from marshmallow.fields import Boolean, Integer, List, Nested, String

from portfolio.bridge.answer import State
from portfolio.bridge.barrier import Barrier, BarrierState
from portfolio.bridge.challenge import Challenge, ChallengeState
from portfolio.bridge.challenge_queries import Takers
from portfolio.bridge.fate import Fate
from portfolio.bridge.promotion import Promotion
from portfolio.bridge.queries import Crossing
from portfolio.bridge.wait import Wait
from portfolio.foundation.api.fields import Day, Exact, Moment, OneOf, Shown, day, moment, number
from portfolio.foundation.numbering import ref
from portfolio.hierarchy.api.shapes import EffectShown, effect_of
from portfolio.network.api.running import LogEntryShown, log_entry
from portfolio.network.learning import Learning
from portfolio.network.picture import LearningPicture
from portfolio.organisation.change import FormOfChange
from portfolio.people.person import Person

PERSON = {"description": "A person's id."}
UNIT = {"description": "A unit's id."}


# Learnings ----------------------------------------------------------------------------------------------------------


class PictureRemovalShown(Shown):
    """That a picture was taken away for good."""

    reason = String(required=True)
    by = String(required=True, metadata=PERSON)
    at = Moment(required=True)


class PictureShown(Shown):
    """A picture of a learning. Its address is a page's: it opens for whoever is signed in and may read the learning."""

    number = Integer(required=True, metadata={"description": "Its place beside the learning, from 1."})
    removed = Boolean(required=True, metadata={"description": "It was taken away; nobody sees it any more."})
    removal = Nested(PictureRemovalShown, required=True, allow_none=True)
    address = String(
        required=True,
        allow_none=True,
        metadata={"description": "None once it was taken away.", "examples": ["/learnings/L-042/pictures/1"]},
    )
    shows = String(
        required=True, allow_none=True, metadata={"description": "What can be seen on it, for whoever does not see it."}
    )
    width = Integer(required=True)
    height = Integer(required=True)


class LearningShown(LogEntryShown):
    """One learning with what became of it."""

    corrected_by = String(required=True, allow_none=True, metadata={"description": "The learning in its place."})
    promotion = String(required=True, allow_none=True, metadata={"examples": ["P-003"]})
    fate = OneOf(Fate, required=True, allow_none=True)
    pictures = List(Nested(PictureShown), required=True)


def learning_of(
    learning: Learning,
    newer: Learning | None,
    promotion: Promotion | None,
    crossing: Crossing | None,
    *,
    opens: bool,
    pictures: Iterable[LearningPicture] = (),
) -> dict[str, Any]:
    """One learning with its fate.

    Args:
        opens: whether the reader may see the promotion it is in.
    """
    return entry_of(learning) | {
        "pictures": [picture_of(learning, picture) for picture in pictures],
        "corrected_by": newer.ref if newer else None,
        "promotion": promotion.ref if promotion and opens else None,
        "fate": crossing.fate.value if crossing else None,
    }


def picture_of(learning: Learning, picture: LearningPicture) -> dict[str, Any]:
    """Where a picture is, and what it shows; or who took it away, and why."""
    gone = picture.removal
    return {
        "number": picture.position,
        "removed": gone is not None,
        "removal": {"reason": gone.reason, "by": gone.by.handle, "at": moment(gone.at)} if gone else None,
        "address": None if gone else url_for("pictures.show_picture", ref=learning.ref, number=picture.position),
        "shows": None if gone else picture.shows,
        "width": picture.width,
        "height": picture.height,
    }


def entry_of(learning: Learning) -> dict[str, Any]:
    """A learning as it stands in the log."""
    return log_entry(learning, ref("X", learning.experiment_id))


# Promotions ---------------------------------------------------------------------------------------------------------


class AnswerShown(Shown):
    """What operations said to it."""

    state = OneOf(State, required=True)
    reason = String(required=True)
    until = String(required=True, allow_none=True)
    by = String(required=True, metadata=PERSON)
    at = Moment(required=True)


class PromotionRow(Shown):
    """A promotion on a list."""

    id = String(required=True, metadata={"examples": ["P-003"]})
    title = String(required=True)
    form = OneOf(FormOfChange, required=True)
    state = OneOf(State, required=True)
    fate = OneOf(Fate, required=True)
    unit = String(required=True, metadata=UNIT)
    owner = String(required=True, metadata=PERSON)
    promoter = String(required=True, metadata=PERSON)
    offered_at = Moment(required=True)
    waited_days = Integer(required=True, allow_none=True, metadata={"description": "Until today, while it waits."})
    initiative = String(required=True, allow_none=True, metadata={"examples": ["I-008"]})


class PromotionShown(PromotionRow):
    """One promotion, whole."""

    change = String(required=True)
    measure = Nested(EffectShown, required=True)
    learnings = List(Nested(LogEntryShown), required=True)
    hidden_learnings = Integer(required=True, metadata={"description": "How many of them are not yours to read."})
    answers = List(Nested(AnswerShown), required=True, metadata={"description": "The latest holds."})
    loop_closed = Boolean(required=True)


def promotion_row(promotion: Promotion, crossing: Crossing, wait: Wait) -> dict[str, Any]:
    """A promotion on a list."""
    initiative = promotion.initiative if crossing.shows_initiative else None
    return {
        "id": promotion.ref,
        "title": promotion.title,
        "form": promotion.form.value,
        "state": promotion.state.value,
        "fate": crossing.fate.value,
        "unit": promotion.unit.handle,
        "owner": promotion.owner.handle,
        "promoter": promotion.promoter.handle,
        "offered_at": moment(promotion.offered_at),
        "waited_days": wait.days if promotion.is_open else None,
        "initiative": initiative.ref if initiative else None,
    }


def promotion_of(promotion: Promotion, crossing: Crossing, wait: Wait, learnings: Iterable[Learning]) -> dict[str, Any]:
    """One promotion, whole, with the learnings that its reader may read."""
    shown = [entry_of(learning) for learning in learnings]
    return promotion_row(promotion, crossing, wait) | {
        "change": promotion.change,
        "measure": _measure(promotion, crossing),
        "learnings": shown,
        "hidden_learnings": len(promotion.learnings) - len(shown),
        "answers": [
            {
                "state": answer.state.value,
                "reason": answer.reason,
                "until": answer.deferred_until or None,
                "by": answer.by.handle,
                "at": moment(answer.at),
            }
            for answer in promotion.answers
        ],
        "loop_closed": crossing.is_closed,
    }


def _measure(promotion: Promotion, crossing: Crossing) -> dict[str, Any]:
    """What it should move, and what it moved."""
    if crossing.effect is not None and promotion.initiative is not None:
        initiative = promotion.initiative
        return {"measure": initiative.measure_id, "metric": initiative.metric} | effect_of(crossing.effect)
    return {
        "measure": None,
        "metric": promotion.metric,
        "unit": promotion.unit_of_measure,
        "baseline": number(promotion.baseline),
        "target": number(promotion.target),
        "latest": None,
        "latest_on": None,
        "reaches_target": False,
        "measured": False,
        "at_embedding": None,
        "measured_again": False,
        "lasting": None,
    }


# Challenges ---------------------------------------------------------------------------------------------------------


class CountedShown(Shown):
    """What is counted, and what it said when the challenge was raised."""

    metric = String(required=True)
    unit = String(required=True)
    value = Exact(required=True, allow_none=True)


class ChallengeRow(Shown):
    """A challenge on a list."""

    id = String(required=True, metadata={"examples": ["C-005"]})
    title = String(required=True)
    state = OneOf(ChallengeState, required=True)
    fell_through = Boolean(
        required=True, metadata={"description": "What took it up was declined, withdrawn or called off."}
    )
    unit = String(required=True, allow_none=True, metadata=UNIT)
    raised_by = String(required=True, metadata=PERSON)
    raised_at = Moment(required=True)
    taker = String(required=True, allow_none=True, metadata={"examples": ["X-014"]})


class ChallengeShown(ChallengeRow):
    """One challenge, whole."""

    tension = String(required=True)
    measure = Nested(CountedShown, required=True, allow_none=True)
    taken_up_by = String(required=True, allow_none=True, metadata=PERSON)
    taken_up_at = Moment(required=True, allow_none=True)
    outcome = String(required=True)
    ended_by = String(required=True, allow_none=True, metadata=PERSON)
    ended_at = Moment(required=True, allow_none=True)


def challenge_row(challenge: Challenge, takers: Takers) -> dict[str, Any]:
    """A challenge on a list; without what took it up for who may not see that."""
    taker = (challenge.experiment or challenge.initiative) if takers.shows(challenge) else None
    return {
        "id": challenge.ref,
        "title": challenge.title,
        "state": challenge.state.value,
        "fell_through": challenge.fell_through,
        "unit": challenge.unit.handle if challenge.unit else None,
        "raised_by": challenge.raised_by.handle,
        "raised_at": moment(challenge.raised_at),
        "taker": taker.ref if taker else None,
    }


def challenge_of(challenge: Challenge, takers: Takers) -> dict[str, Any]:
    """One challenge, whole."""
    counted = {"metric": challenge.metric, "unit": challenge.unit_of_measure, "value": number(challenge.value)}
    return challenge_row(challenge, takers) | {
        "tension": challenge.tension,
        "measure": counted if challenge.metric else None,
        "taken_up_by": _handle(challenge.taken_up_by),
        "taken_up_at": moment(challenge.taken_up_at),
        "outcome": challenge.outcome,
        "ended_by": _handle(challenge.ended_by),
        "ended_at": moment(challenge.ended_at),
    }


# Barriers -----------------------------------------------------------------------------------------------------------


class BarrierRow(Shown):
    """A barrier on a list."""

    id = String(required=True, metadata={"examples": ["B-001"]})
    title = String(required=True)
    state = OneOf(BarrierState, required=True)
    experiment = String(
        required=True,
        allow_none=True,
        metadata={"description": "None where you may not read it.", "examples": ["X-014"]},
    )
    raised_by = String(required=True, metadata=PERSON)
    raised_at = Moment(required=True)
    owner = String(required=True, allow_none=True, metadata=PERSON)
    due_on = Day(required=True, allow_none=True)
    late = Boolean(required=True)


class BarrierShown(BarrierRow):
    """One barrier, whole."""

    obstacle = String(required=True)
    named_by = String(required=True, allow_none=True, metadata=PERSON)
    named_at = Moment(required=True, allow_none=True)
    outcome = String(required=True)
    ended_by = String(required=True, allow_none=True, metadata=PERSON)
    ended_at = Moment(required=True, allow_none=True)


def barrier_row(barrier: Barrier, seen: Container[int], today: date) -> dict[str, Any]:
    """A barrier on a list.

    Args:
        seen: the numbers of the experiments that its reader may see.
    """
    return {
        "id": barrier.ref,
        "title": barrier.title,
        "state": barrier.state.value,
        "experiment": barrier.experiment.ref if barrier.experiment_id in seen else None,
        "raised_by": barrier.raised_by.handle,
        "raised_at": moment(barrier.raised_at),
        "owner": _handle(barrier.owner),
        "due_on": day(barrier.due_on),
        "late": barrier.is_late(today),
    }


def barrier_of(barrier: Barrier, seen: Container[int], today: date) -> dict[str, Any]:
    """One barrier, whole."""
    return barrier_row(barrier, seen, today) | {
        "obstacle": barrier.obstacle,
        "named_by": _handle(barrier.named_by),
        "named_at": moment(barrier.named_at),
        "outcome": barrier.outcome,
        "ended_by": _handle(barrier.ended_by),
        "ended_at": moment(barrier.ended_at),
    }


def _handle(person: Person | None) -> str | None:
    return person.handle if person else None
