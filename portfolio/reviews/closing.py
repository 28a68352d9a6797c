"""Closing a review: what was granted and never started returns, then everything is frozen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from portfolio.foundation.database import db
from portfolio.network import queries as network
from portfolio.network.experiment import Experiment
from portfolio.network.state import State
from portfolio.organisation.house_rules import HouseRules
from portfolio.people.person import Person
from portfolio.reviews import programme_queries, queries
from portfolio.reviews.agenda import Agenda, Noted, Say, agenda_of, noted_on, parts_of
from portfolio.reviews.minutes import Closing, minutes_of
from portfolio.reviews.outcome import Part
from portfolio.reviews.programme import ReviewPlace, arranged
from portfolio.reviews.record import ReviewRecord
from portfolio.reviews.review import Review
from portfolio.reviews.said import Section
from portfolio.reviews.situation import situation_of


def close(review: Review, *, rules: HouseRules, say: Say, by: Person, at: datetime) -> ReviewRecord:
    """Close a review for good.

    Args:
        review: locked.
        say: the sentence of a line of the trail, with its amounts or without.
        by: a facilitator or a leader, who therefore sees every line.

    Raises:
        RuleBroken: it is not open.
    """
    review.refuse_unless_open()
    returned = frozenset(experiment.id for experiment in _return_unstarted(review, rules=rules, by=by, at=at))
    db.session.flush()
    agenda = agenda_of(review, rules=rules, returned=returned)
    noted = noted_on(review, say=say, now=agenda.now)
    held, left_out = as_held(agenda, programme_queries.places_of(review), noted)
    closing = Closing(by, at, queries.participants_of(review), [section.part for section in left_out])
    minutes = minutes_of(review, replace(agenda, sections=held), noted, closing, rules=rules)
    return review.close(minutes, by=by, at=at)


def as_held(
    agenda: Agenda, places: Sequence[ReviewPlace], noted: Sequence[Noted]
) -> tuple[list[Section], list[Section]]:
    """The parts in the order of the meeting, and what was left out; what waits or was recorded stays in."""
    held, dropped = arranged(agenda.sections, places, parts_of(noted))
    written = {Part.AGREED: agenda.now.actions, Part.NOT_DOING: agenda.now.choices}
    kept = [section for section in dropped if section.waiting or section.notes or written.get(section.part)]
    return held + kept, [section for section in dropped if section not in kept]


def _return_unstarted(review: Review, *, rules: HouseRules, by: Person, at: datetime) -> list[Experiment]:
    """What was granted in a quarter that is over, has not started and is not kept: withdrawn, its money returns."""
    now = situation_of(review, rules=rules)
    refs = [experiment.ref for experiment in now.unstarted if experiment.id not in now.keeps]
    returned = []
    for ref in refs:
        experiment = network.experiment_for_change(ref, viewer=by)
        if experiment.state is State.APPROVED:  # It may have started while this waited for the lock.
            experiment.withdraw(rules=rules, by=by, at=at)
            returned.append(experiment)
    return returned
