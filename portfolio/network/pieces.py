"""What the network puts on pages of lower rooms: experiments that hang on a phase, keep to a limit, or got money."""

from __future__ import annotations

from collections import defaultdict

from flask import get_template_attribute
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portfolio.budgets.ledger import LedgerEntry
from portfolio.foundation.database import db
from portfolio.network.experiment import Experiment
from portfolio.network.findings import GuardrailFinding
from portfolio.network.queries import visible_to
from portfolio.network.watching import guarded_by
from portfolio.organisation.house_rules import house_rules
from portfolio.people.accounts import somebody

MOST = 200


def experiments_of_phases(phase_ids: list[int]) -> dict[int, Markup]:
    """The experiments that hang on each phase; fills the slot `phase.hangs`."""
    statement = visible_to(somebody(), select(Experiment)).where(Experiment.phase_id.in_(phase_ids))
    rows = db.session.scalars(
        statement.options(joinedload(Experiment.lead), joinedload(Experiment.decision))
        .order_by(Experiment.id)
        .limit(MOST)
    )
    found: dict[int, list[Experiment]] = defaultdict(list)
    for experiment in rows:
        found[experiment.phase_id or 0].append(experiment)
    draw = get_template_attribute("network/pieces.html", "hanging")
    return {number: draw(experiments, house_rules().today) for number, experiments in found.items()}


def experiments_of_entries(entry_ids: list[int]) -> dict[int, Markup]:
    """The experiment that each entry of a ledger moved money for, for who may read it; fills the slot `ledger.what`."""
    statement = visible_to(somebody(), select(Experiment)).where(LedgerEntry.id.in_(entry_ids))
    moved_for = LedgerEntry.grant_id == Experiment.grant_id
    draw = get_template_attribute("network/pieces.html", "moved_for")
    rows = db.session.execute(statement.join(LedgerEntry, moved_for).add_columns(LedgerEntry.id))
    return {entry_id: draw(experiment) for experiment, entry_id in rows}


def limits_of_measures(measure_ids: list[int]) -> dict[int, Markup]:
    """The experiments that run within a limit of a measure, and whether they keep to it; fills `measure.aside`."""
    found: dict[int, list[tuple[Experiment, GuardrailFinding]]] = defaultdict(list)
    for experiment, finding in guarded_by(measure_ids, viewer=somebody(), rules=house_rules()):
        found[finding.guardrail.measure_id or 0].append((experiment, finding))
    draw = get_template_attribute("network/pieces.html", "guarded")
    return {number: draw(rows) for number, rows in found.items()}
