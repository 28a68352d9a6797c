"""Search: whatever somebody may see, by the words in it, a section for each kind of thing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, literal, select

from portfolio.foundation.authority import asks, signed_in
from portfolio.foundation.database import db
from portfolio.foundation.languages import date_words
from portfolio.foundation.languages import gettext as _
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.foundation.search import MOST_LETTERS, Hit, Hits, find, words_of
from portfolio.hierarchy import queries as hierarchy
from portfolio.hierarchy.initiative import Initiative
from portfolio.network import queries as network
from portfolio.network.experiment import Experiment
from portfolio.network.learning import Learning
from portfolio.people.accounts import somebody
from portfolio.people.person import Person
from portfolio.strategy import policy as strategy
from portfolio.strategy.phase import Phase

FEW, MANY = 5, 20  # Hits of each kind side by side, and of one kind alone.


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


@dataclass(frozen=True)
class Section:
    """What was found of one kind."""

    kind: SearchKind
    found: list[tuple[Row, Hit]]
    next: int | None


def _experiments(ids: list[int], viewer: Person) -> dict[int, Row]:
    found = db.session.scalars(network.visible_to(viewer, select(Experiment)).where(Experiment.id.in_(ids)))
    return {
        experiment.id: Row(
            experiment.title,
            url_for("network.show_experiment", ref=experiment.ref),
            f"{experiment.ref}, {experiment.state.label}",
        )
        for experiment in found
    }


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
        "phase",
        _l("Phases"),
        lambda viewer: select(Phase.id).where(literal(strategy.may_read_direction(viewer))),
        _phases,
    ),
)


@asks(signed_in)
def search() -> ResponseReturnValue:
    """What holds the words asked for, of what this person may see."""
    asked, only, after = (request.args.get(name, "").strip() for name in ("q", "kind", "after"))
    too_long = len(asked) > MOST_LETTERS
    words = [] if too_long else words_of(asked)
    one = next((kind for kind in KINDS if kind.kind == only), None)
    begin = int(after) if one and after.isdecimal() and len(after) < 6 else 0
    return render_template(
        "overview/search.html",
        asked=asked[:MOST_LETTERS],
        too_long=too_long,
        most_letters=MOST_LETTERS,
        words=words,
        one=one,
        begin=begin,
        sections=_sections(asked, one, begin) if words else [],
    )


def _sections(asked: str, one: SearchKind | None, begin: int) -> list[Section]:
    person, limit = somebody(), MANY if one else FEW
    found = (
        _section(kind, find(asked, kind.kind, kind.visible(person), limit=limit, after=begin), person)
        for kind in ([one] if one else KINDS)
    )
    return [section for section in found if section.found]


def _section(kind: SearchKind, hits: Hits, person: Person) -> Section:
    rows = kind.rows([hit.subject_id for hit in hits.rows], person) if hits.rows else {}
    return Section(kind, [(rows[hit.subject_id], hit) for hit in hits.rows if hit.subject_id in rows], hits.next)
