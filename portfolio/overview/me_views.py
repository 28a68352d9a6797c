"""My page: what waits for somebody, what they do and learned, what changed because of it, and what happened to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from portfolio.audit.queries import Line
from portfolio.bridge import library
from portfolio.bridge import queries as bridge
from portfolio.foundation.authority import asks, signed_in
from portfolio.foundation.database import db
from portfolio.foundation.numbering import number_in
from portfolio.network import queries as network
from portfolio.network.experiment import Experiment
from portfolio.organisation.house_rules import HouseRules, house_rules
from portfolio.overview.actions import what_waits
from portfolio.overview.concerns import SHOWN, Show, happened, place
from portfolio.people.accounts import somebody
from portfolio.people.person import Person
from portfolio.reviews import queries as reviews

FEW = 5


@dataclass(frozen=True)
class Happened:
    """Some lines of the trail, and where the next begin."""

    lines: Sequence[Line]
    next: int | None
    shows_amounts: Callable[[Line], bool]

    @property
    def by_thing(self) -> list[list[Line]]:
        """The lines in their order; those about the same thing that follow one another together."""
        runs = groupby(self.lines, key=lambda line: (line.subject_type, line.subject_id))
        return [list(lines) for _thing, lines in runs]


@asks(signed_in)
def my_page() -> ResponseReturnValue:
    """What concerns this person, the newest first."""
    person, rules, said = somebody(), house_rules(), request.args
    show = next((one for one in Show if one.value == said.get("show")), Show.ALL)
    before = number_in(said.get("before", ""))
    coming = reviews.next_review() if person.is_volunteer else None
    promotions = bridge.promotions_of_contributor(person, FEW + 1)
    return render_template(
        "overview/me.html",
        waits=what_waits(person, rules, coming),
        experiments=network.ExperimentSearch(mine=True).page(person, None, rules.today, size=FEW),
        learnings=library.newest_of(person, FEW + 1),
        promotions=promotions[:FEW],
        more_promotions=len(promotions) > FEW,
        crossings=bridge.crossings(promotions[:FEW], viewer=person),
        few=FEW,
        show=show,
        shows=list(Show),
        begun=before is not None,
        happened=_happened(person, rules, show, before),
        place=place,
        today=rules.today,
    )


def _happened(person: Person, rules: HouseRules, show: Show, before: int | None) -> Happened:
    lines = happened(person, show, before=before, size=SHOWN + 1)
    sees = network.amounts_seen_by(person, rules)
    about = {line.subject_id for line in lines if line.subject_type == "experiment"}
    of_these = db.session.scalars(select(Experiment).where(Experiment.id.in_(about)))
    seen = {experiment.id for experiment in of_these if sees(experiment)}
    return Happened(
        lines[:SHOWN],
        lines[SHOWN - 1].seq if len(lines) > SHOWN else None,
        lambda line: line.subject_type != "experiment" or line.subject_id in seen,
    )
