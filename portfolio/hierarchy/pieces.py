"""What the hierarchy puts on pages of lower rooms: who owns a measure, what steers by it, what hangs on a phase."""

from __future__ import annotations

from collections import defaultdict

from flask import get_template_attribute
from markupsafe import Markup
from sqlalchemy import select

from portfolio.foundation.database import db
from portfolio.hierarchy.initiative import Initiative
from portfolio.hierarchy.queries import latest_statuses, visible_to
from portfolio.organisation.measure import Measure
from portfolio.people.accounts import somebody
from portfolio.people.person import Person

MOST = 200


def owners_of_measures(measure_ids: list[int]) -> dict[int, Markup]:
    """Each measure's owner; fills the slots `measures.owner` and `measure.owner`."""
    rows = db.session.execute(
        select(Measure.id, Person.name).join(Person, Person.id == Measure.owner_id).where(Measure.id.in_(measure_ids))
    )
    return {number: Markup.escape(name) for number, name in rows}


def initiatives_of_measures(measure_ids: list[int]) -> dict[int, Markup]:
    """The initiatives whose effect a measure shows; fills the slot `measure.aside`."""
    found: dict[int, list[Initiative]] = defaultdict(list)
    statement = select(Initiative).where(Initiative.measure_id.in_(measure_ids)).order_by(Initiative.id.desc())
    for initiative in db.session.scalars(visible_to(somebody(), statement).limit(20)):
        found[initiative.measure_id or 0].append(initiative)
    draw = get_template_attribute("hierarchy/measure_piece.html", "steered_by")
    return {number: draw(initiatives) for number, initiatives in found.items()}


def initiatives_of_phases(phase_ids: list[int]) -> dict[int, Markup]:
    """The initiatives that hang on each phase; fills the slot `phase.hangs`."""
    found: dict[int, list[Initiative]] = defaultdict(list)
    statement = select(Initiative).where(Initiative.phase_id.in_(phase_ids)).order_by(Initiative.id).limit(MOST)
    rows = db.session.scalars(visible_to(somebody(), statement)).all()
    for initiative in rows:
        found[initiative.phase_id or 0].append(initiative)
    draw, statuses = get_template_attribute("hierarchy/phase_piece.html", "hanging"), latest_statuses(rows)
    return {number: draw(initiatives, statuses) for number, initiatives in found.items()}
