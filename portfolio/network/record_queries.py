"""Reading records: for their own page, and a few words of many for lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import undefer, undefer_group

from portfolio.foundation.database import db
from portfolio.foundation.errors import Missing
from portfolio.foundation.paging import Page
from portfolio.network.experiment import Experiment
from portfolio.network.record import ImportedAs, ImportedRecord, Origin, RecordEntry, RecordMilestone
from portfolio.network.state import State

ENTRIES = 20


def record_of(experiment: Experiment) -> ImportedRecord:
    """What the source says of it.

    Raises:
        Missing: it is no record.
    """
    found = db.session.scalars(
        select(ImportedRecord).where(ImportedRecord.experiment_id == experiment.id).options(undefer_group("texts"))
    ).first()
    if found is None:
        raise Missing
    return found


def records_among(experiments: Iterable[Experiment]) -> dict[int, ImportedRecord]:
    """What a list shows of the records in it, by experiment; asks nothing where there are none."""
    ids = [experiment.id for experiment in experiments if experiment.state is State.RECORD]
    if not ids:
        return {}
    rows = db.session.scalars(select(ImportedRecord).where(ImportedRecord.experiment_id.in_(ids)))
    return {row.experiment_id: row for row in rows}


def milestones_of(experiment: Experiment) -> Sequence[RecordMilestone]:
    """Its milestones, as the source orders them."""
    return db.session.scalars(
        select(RecordMilestone).where(RecordMilestone.experiment_id == experiment.id).order_by(RecordMilestone.position)
    ).all()


def entries_of(experiment: Experiment, after: str | None) -> Page[RecordEntry]:
    """A page of what the source has on file, each with its beginning."""
    statement = select(RecordEntry).where(RecordEntry.experiment_id == experiment.id)
    return Page.of(statement, order=(RecordEntry.position,), after=after, size=ENTRIES)


def entry_of(experiment: Experiment, position: int) -> RecordEntry:
    """One entry, whole.

    Raises:
        Missing: there is none.
    """
    found = db.session.scalars(
        select(RecordEntry)
        .where(RecordEntry.experiment_id == experiment.id, RecordEntry.position == position)
        .options(undefer(RecordEntry.body))
    ).first()
    if found is None:
        raise Missing
    return found


def imported_already(imported_as: ImportedAs) -> tuple[set[str], dict[tuple[str, str], str]]:
    """What was imported before.

    Returns:
        the fingerprints of all rows; the fingerprint of each row by its source and the identifier it has there.
    """
    rows = db.session.execute(
        select(Origin.fingerprint, Origin.source, Origin.external_id).where(Origin.imported_as == imported_as)
    ).all()
    named = {(source, external_id): print_ for print_, source, external_id in rows if external_id is not None}
    return {row[0] for row in rows}, named
