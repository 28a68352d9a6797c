"""The kinds of things search finds: who may see which, and how each is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from sqlalchemy import Select, literal, select
from sqlalchemy.orm import joinedload

from portfolio.bridge import barrier_queries as barriers
from portfolio.bridge import policy as bridge
from portfolio.bridge import queries as promotions
from portfolio.bridge.barrier import Barrier
from portfolio.bridge.challenge import Challenge
from portfolio.bridge.promotion import Promotion
from portfolio.foundation.database import db
from portfolio.foundation.languages import date_words
from portfolio.foundation.languages import gettext as _
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.hierarchy import queries as hierarchy
from portfolio.hierarchy.initiative import Initiative
from portfolio.network import queries as network
from portfolio.network.experiment import Experiment
from portfolio.network.learning import Learning
from portfolio.organisation.house_rules import house_rules
from portfolio.people.person import Person
from portfolio.strategy import policy as strategy
from portfolio.strategy.phase import Phase


@dataclass(frozen=True)
class Row:
    """How one thing is shown among what was found."""

    title: str
    url: str
    sub: str


@dataclass(frozen=True)
class SearchKind:
    """A kind of thing that can be found.

    Args:
        kind: as it is indexed.
        label: its name for a reader.
        visible: the ids a person may see; nothing else is ever found for them.
        rows: how those with these ids are shown, in one query.
    """

    kind: str
    label: Any
    visible: Callable[[Person], Select[Any]]
    rows: Callable[[list[int], Person], Mapping[int, Row]]


def _experiments(ids: list[int], viewer: Person) -> dict[int, Row]:
    found = db.session.scalars(
        network.visible_to(viewer, select(Experiment))
        .where(Experiment.id.in_(ids))
        .options(joinedload(Experiment.decision))
    )
    today = house_rules().today
    return {
        experiment.id: Row(
            experiment.title,
            url_for("network.show_experiment", ref=experiment.ref),
            f"{experiment.ref}, {_state(experiment, today)}",
        )
        for experiment in found
    }


def _state(experiment: Experiment, today: date) -> object:
    """Where it stands, as its own page says it."""
    if experiment.has_ended(today):
        return _("Ended, to decide")
    return experiment.decision.kind.label if experiment.decision else experiment.state.label


def _learnings(ids: list[int], viewer: Person) -> dict[int, Row]:
    found = db.session.execute(
        network.visible_to(viewer, select(Learning, Experiment.title))
        .join(Experiment, Experiment.id == Learning.experiment_id)
        .where(Learning.id.in_(ids))
    )
    return {
        learning.id: Row(
            learning.title,
            url_for("running.show_learning", ref=learning.ref),
            f"{learning.ref}, {learning.evidence.label}. {question}",
        )
        for learning, question in found
    }


def _learnings_visible_to(viewer: Person) -> Select[Any]:
    of_an_experiment = select(Learning.id).join(Experiment, Experiment.id == Learning.experiment_id)
    return network.visible_to(viewer, of_an_experiment)


def _initiatives(ids: list[int], viewer: Person) -> dict[int, Row]:
    found = db.session.scalars(hierarchy.visible_to(viewer, select(Initiative)).where(Initiative.id.in_(ids)))
    return {
        initiative.id: Row(
            initiative.title,
            url_for("hierarchy.show_initiative", ref=initiative.ref),
            f"{initiative.ref}, {initiative.state.label}",
        )
        for initiative in found
    }


def _promotions(ids: list[int], viewer: Person) -> dict[int, Row]:
    found = db.session.scalars(
        promotions.visible_to(viewer, select(Promotion))
        .where(Promotion.id.in_(ids))
        .options(joinedload(Promotion.unit))
    )
    return {
        promotion.id: Row(
            promotion.title,
            url_for("bridge.show_promotion", ref=promotion.ref),
            f"{promotion.ref}, {promotion.unit.name}",
        )
        for promotion in found
    }


def _challenges(ids: list[int], viewer: Person) -> dict[int, Row]:  # noqa: ARG001
    found = db.session.scalars(select(Challenge).where(Challenge.id.in_(ids)))
    return {
        challenge.id: Row(
            challenge.title,
            url_for("bridge.show_challenge", ref=challenge.ref),
            f"{challenge.ref}, {challenge.state.label}",
        )
        for challenge in found
    }


def _barriers(ids: list[int], viewer: Person) -> dict[int, Row]:
    found = db.session.scalars(barriers.visible_to(viewer, select(Barrier)).where(Barrier.id.in_(ids)))
    return {
        barrier.id: Row(
            barrier.title,
            url_for("bridge.show_barrier", ref=barrier.ref),
            f"{barrier.ref}, {barrier.state.label}",
        )
        for barrier in found
    }


def _phases(ids: list[int], viewer: Person) -> dict[int, Row]:  # noqa: ARG001
    found = db.session.scalars(select(Phase).where(Phase.id.in_(ids)))
    return {
        phase.id: Row(
            phase.name,
            url_for("strategy.show_phase", phase_id=phase.id),
            _(
                "%(first)s to %(last)s",
                first=date_words(phase.starts_on),
                last=date_words(phase.ends_on, year=True),
            ),
        )
        for phase in found
    }


# What can be found, in the order of the page. A room that has more to find adds a line, and calls `index()` on writing.
KINDS = (
    SearchKind(
        "experiment",
        _l("Experiments"),
        lambda viewer: network.visible_to(viewer, select(Experiment.id)),
        _experiments,
    ),
    SearchKind("learning", _l("Learnings"), _learnings_visible_to, _learnings),
    SearchKind(
        "initiative",
        _l("Initiatives"),
        lambda viewer: hierarchy.visible_to(viewer, select(Initiative.id)),
        _initiatives,
    ),
    SearchKind(
        "promotion",
        _l("Promotions"),
        lambda viewer: promotions.visible_to(viewer, select(Promotion.id)),
        _promotions,
    ),
    SearchKind(
        "challenge",
        _l("Challenges"),
        lambda viewer: select(Challenge.id).where(literal(bridge.may_read(viewer))),
        _challenges,
    ),
    SearchKind(
        "barrier",
        _l("Barriers"),
        lambda viewer: barriers.visible_to(viewer, select(Barrier.id)),
        _barriers,
    ),
    SearchKind(
        "phase",
        _l("Phases"),
        lambda viewer: select(Phase.id).where(literal(strategy.may_read_direction(viewer))),
        _phases,
    ),
)
