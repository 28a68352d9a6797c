"""Rows of sealed tables are noted on the trail, by their hash, in the entry of the change that added them."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import event, select, text

from portfolio.audit.entry import AuditEntry
from portfolio.audit.noted import NOTED, _note, hash_of_row, rows_of
from portfolio.audit.noting import note_what_is_there
from portfolio.audit.queries import first_broken_link
from portfolio.budgets.party import Party, Why
from portfolio.foundation.database import WRITING, Base, db, write_tx
from portfolio.organisation.unit import Unit
from tests.factories import a_person, a_running_experiment, an_approved_experiment, reading


def noted() -> dict[str, dict[str, str]]:
    """All that the trail notes: table, key, hash."""
    found: dict[str, dict[str, str]] = {}
    with reading():
        for details in db.session.scalars(select(AuditEntry.details)):
            for table, rows in json.loads(details).get("sealed", {}).items():
                found.setdefault(table, {}).update(rows)
    return found


def there(table: str) -> dict[str, str]:
    """All rows of a sealed table: key and hash."""
    with db.engine.connect() as connection:
        return dict(rows_of(connection, table))


def test_every_row_is_noted_as_the_database_keeps_it(app: Flask) -> None:
    a_running_experiment()

    for table in ("ledger_entry", "signature", "party", "experiment_version"):
        assert there(table)
        assert noted()[table] == there(table)


def test_what_becomes_of_a_signature_leaves_its_hash_as_it_is(app: Flask) -> None:
    an_approved_experiment()
    before = there("signature")

    with write_tx():
        db.session.execute(text("UPDATE signature SET voided_at = 1, completed_at = NULL"))

    assert there("signature") == before


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"id": 1, "amount": 500}, {"id": 1, "amount": 501}),
        ({"id": 1, "what": "12"}, {"id": 1, "what": 12}),
        ({"id": 1, "what": ""}, {"id": 1, "what": None}),
    ],
)
def test_another_value_is_another_hash(before: dict[str, object], after: dict[str, object]) -> None:
    assert hash_of_row("expense", before) != hash_of_row("expense", after)


def test_a_later_column_that_is_null_leaves_old_hashes_as_they_are() -> None:
    assert hash_of_row("expense", {"id": 1}) == hash_of_row("expense", {"id": 1, "receipt": None})
    assert hash_of_row("expense", {"id": 1}) != hash_of_row("decision", {"id": 1})


def test_a_change_that_fails_leaves_nothing_to_note_for_the_next(app: Flask) -> None:
    experiment, person = a_running_experiment(), a_person()
    before = noted()

    with pytest.raises(ZeroDivisionError):
        become_party_and_stumble(Party(grant_id=experiment.grant_id, person_id=person.id, why=Why.TEAM))
    with write_tx():
        Unit.open("Shipping", by=None)

    assert noted() == before


def test_without_the_listener_nothing_is_noted(app: Flask) -> None:
    event.remove(Base, "after_insert", _note)
    try:
        a_running_experiment()
    finally:
        event.listen(Base, "after_insert", _note, propagate=True)

    assert there("ledger_entry")
    assert noted() == {}


def test_what_was_there_before_its_table_was_sealed_is_noted_by_the_migration(app: Flask) -> None:
    event.remove(Base, "after_insert", _note)
    try:
        a_running_experiment()
    finally:
        event.listen(Base, "after_insert", _note, propagate=True)
    db.session.rollback()

    with db.engine.connect().execution_options(**WRITING) as connection, connection.begin():
        note_what_is_there(connection, *NOTED)

    with reading():
        assert first_broken_link() is None
    assert noted() == {table: there(table) for table in NOTED if there(table)}


def become_party_and_stumble(party: Party) -> None:
    """A change that fails after its row was written."""
    with write_tx() as moment:
        party.since = moment
        db.session.add(party)
        db.session.flush()
        _ = 1 // 0
