"""What concerns somebody, read from the trail: what happened to the things they are part of, and what they decided."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import Select, literal, or_, select, union

from portfolio.audit.entry import AuditEntry
from portfolio.audit.queries import Line, lines_at
from portfolio.bridge import barrier_queries
from portfolio.bridge import queries as bridge
from portfolio.bridge.barrier import Barrier
from portfolio.bridge.challenge import Challenge
from portfolio.bridge.promotion import Promotion, promotion_learning
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.foundation.numbering import ref
from portfolio.hierarchy import queries as hierarchy
from portfolio.hierarchy.initiative import Initiative
from portfolio.hierarchy.role import InitiativeRole
from portfolio.network import queries as network
from portfolio.network.experiment import Experiment
from portfolio.network.learning import Learning
from portfolio.network.team import Member
from portfolio.people.person import Person
from portfolio.reviews.participant import ReviewParticipant
from portfolio.reviews.review import Review

SHOWN = 20
# What settles something: money, a direction, a yes or a no.
DECISIONS = (
    "experiment.approval_signed",
    "experiment.approved",
    "experiment.returned",
    "experiment.declined",
    "experiment.tranche_released",
    "experiment.supplement_signed",
    "experiment.supplemented",
    "experiment.amended",
    "experiment.amendment_declined",
    "experiment.decided",
    "initiative.cancelled",
    "initiative.embedded",
    "promotion.accepted",
    "promotion.deferred",
    "promotion.declined",
    "barrier.taken",
    "barrier.removed",
    "barrier.closed",
    "challenge.answered",
    "challenge.closed",
)
# What of a review concerns those in it; how its agenda is arranged and gone through is for the trail alone.
OF_A_REVIEW = (
    "review.scheduled",
    "review.rescheduled",
    "review.participants_changed",
    "review.opened",
    "review.agreed",
    "review.action_done",
    "review.choice_made",
    "review.choice_reopened",
    "review.experiment_kept",
    "review.closed",
    "review.corrected",
)
# What of an initiative concerns those whose promotion it was: every step, not what is reported week by week.
OF_WHAT_BECAME = (
    "initiative.planned",
    "initiative.started",
    "initiative.remeasured",
    "initiative.handed_over",
    "initiative.measured",
    "initiative.embedded",
    "initiative.cancelled",
)
# The letter of each kind of thing, and the page of one.
PAGES = {
    "experiment": ("X", "network.show_experiment"),
    "initiative": ("I", "hierarchy.show_initiative"),
    "promotion": ("P", "bridge.show_promotion"),
    "challenge": ("C", "bridge.show_challenge"),
    "barrier": ("B", "bridge.show_barrier"),
    "review": ("Q", "reviews.show_review"),
}


class Show(enum.Enum):
    """Which lines of the trail."""

    ALL = ""
    DECISIONS = "decisions"
    MINE = "mine"

    @property
    def label(self) -> object:
        """For a reader."""
        return {Show.ALL: _l("Everything"), Show.DECISIONS: _l("Decisions"), Show.MINE: _l("What I did")}[self]


def happened(person: Person, show: Show, *, before: int | None, size: int = SHOWN) -> Sequence[Line]:
    """What happened to what they are part of and what they decided elsewhere, newest first, before a position.

    Nothing of what they may not see any more is there. Their part in a team ends when they leave it.
    """
    asked: list[Any] = [
        AuditEntry.action.not_like("%\\_refused", escape="\\"),
        or_(AuditEntry.subject_type != "review", AuditEntry.action.in_(OF_A_REVIEW)),
    ]
    if before is not None:
        asked.append(AuditEntry.seq < before)
    if show is Show.DECISIONS:
        asked.append(AuditEntry.action.in_(DECISIONS))
    if show is Show.MINE:
        asked.append(AuditEntry.actor_id == person.id)
    decided = (*asked, AuditEntry.actor_id == person.id, AuditEntry.action.in_(DECISIONS))
    became = (*asked, AuditEntry.action.in_(OF_WHAT_BECAME))
    found = [
        *_about(_part_of(person), asked),
        *_about(_decided_on(person), decided),
        *_about(_became_of(person), became),
    ]
    return lines_at(union(*found), size=size)


@dataclass(frozen=True)
class Place:
    """The identifier of a thing, and where its page is."""

    ref: str
    url: str


def place(line: Line) -> Place | None:
    """What a line is about."""
    if line.subject_type not in PAGES or line.subject_id is None:
        return None
    letter, endpoint = PAGES[line.subject_type]
    name = ref(letter, line.subject_id)
    return Place(name, url_for(endpoint, ref=name))


def _about(things: Mapping[str, Select[Any]], conditions: Sequence[Any]) -> list[Select[int]]:
    """The positions of what was recorded of these things; one select a kind, for each to be looked up by itself."""
    return [
        select(AuditEntry.seq).where(AuditEntry.subject_type == kind, AuditEntry.subject_id.in_(ids), *conditions)
        for kind, ids in things.items()
    ]


def _part_of(person: Person) -> dict[str, Select[Any]]:
    """The numbers of what they are part of and may see, by kind."""
    on_team = select(Member.experiment_id).where(Member.person_id == person.id, Member.until.is_(None))
    carries = select(InitiativeRole.initiative_id).where(InitiativeRole.person_id == person.id)
    takes_part = select(ReviewParticipant.review_id).where(ReviewParticipant.person_id == person.id)
    mine = or_(Experiment.id.in_(on_team), Experiment.sponsor_id == person.id)
    in_my_way = select(Experiment.id).where(mine)
    inside = literal(person.is_volunteer)
    return {
        "experiment": network.visible_to(person, select(Experiment.id)).where(mine),
        "initiative": hierarchy.visible_to(person, select(Initiative.id)).where(
            or_(
                Initiative.owner_id == person.id,
                Initiative.suggested_by_id == person.id,
                Initiative.id.in_(carries),
            )
        ),
        "promotion": bridge.visible_to(person, select(Promotion.id)).where(
            or_(
                Promotion.promoter_id == person.id,
                Promotion.unit_id.in_(person.owned_unit_ids),
                Promotion.id.in_(_learned_by(person)),
            )
        ),
        "challenge": select(Challenge.id).where(
            inside, or_(Challenge.raised_by_id == person.id, Challenge.taken_up_by_id == person.id)
        ),
        "barrier": _barriers(person).where(
            or_(
                Barrier.raised_by_id == person.id,
                Barrier.owner_id == person.id,
                Barrier.experiment_id.in_(in_my_way),
            )
        ),
        "review": select(Review.id).where(inside, or_(Review.facilitator_id == person.id, Review.id.in_(takes_part))),
    }


def _became_of(person: Person) -> dict[str, Select[Any]]:
    """The numbers of the initiatives that came of what they promoted or learned."""
    theirs = or_(Promotion.promoter_id == person.id, Promotion.id.in_(_learned_by(person)))
    became = bridge.visible_to(person, select(Promotion.initiative_id)).where(theirs)
    return {"initiative": hierarchy.visible_to(person, select(Initiative.id)).where(Initiative.id.in_(became))}


def _learned_by(person: Person) -> Select[Any]:
    """The numbers of the promotions that carry a learning of theirs."""
    return (
        select(promotion_learning.c.promotion_id)
        .join(Learning, Learning.id == promotion_learning.c.learning_id)
        .where(Learning.by_id == person.id)
    )


def _decided_on(person: Person) -> dict[str, Select[Any]]:
    """The numbers of what they decided on and may see, by kind."""

    def decided(kind: str) -> Select[Any]:
        return select(AuditEntry.subject_id).where(
            AuditEntry.actor_id == person.id, AuditEntry.subject_type == kind, AuditEntry.action.in_(DECISIONS)
        )

    return {
        "experiment": network.visible_to(person, select(Experiment.id)).where(Experiment.id.in_(decided("experiment"))),
        "promotion": bridge.visible_to(person, select(Promotion.id)).where(Promotion.id.in_(decided("promotion"))),
        "barrier": _barriers(person).where(Barrier.id.in_(decided("barrier"))),
    }


def _barriers(person: Person) -> Select[Any]:
    """Those in the way of what they may see: whoever only removes one is not told of what."""
    seen = network.visible_to(person, select(Experiment.id))
    return barrier_queries.visible_to(person, select(Barrier.id).where(Barrier.experiment_id.in_(seen)))
