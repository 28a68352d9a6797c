"""Imported history in the seeded portfolio: a row of the list whose words are its source's."""

from __future__ import annotations

from portfolio.network.record import ImportedAs
from tools.bench.ground import Ground
from tools.bench.rows import Rows
from tools.bench.words import Words


def add_record(rows: Rows, words: Words, ground: Ground, experiment: int) -> None:
    """Add what a source said of an experiment."""
    rows.add(
        "origin",
        experiment_id=experiment,
        imported_as=ImportedAs.RECORD,
        source="Earlier list",
        external_id=str(experiment),
        fingerprint=f"fingerprint {experiment}",
    )
    rows.add(
        "imported_record",
        experiment_id=experiment,
        source="Earlier list",
        external_id=str(experiment),
        state="Finished",
        outcome="",
        owner=words.name(experiment),
        team="",
        approvers="",
        unit=f"Unit {ground.unit(experiment)}",
        starts="spring 2023",
        duration="three months",
        amount_words="about 12.000",
        summary=words.paragraph(),
        hypothesis=words.sentence(),
        success_criteria="",
        raw="{}",
    )
