"""Sealed tables: whoever gets past the app meets the database, which adds rows and neither changes nor removes one."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portfolio.foundation.database import db
from portfolio.foundation.seal import SEALED
from tests.factories import an_approved_experiment

# Rows of every sealed table that a grant leaves behind.
FILLED = {table: SEALED[table] for table in ("audit_entry", "ledger_entry", "experiment_version")}
EVERYWHERE = (
    "UPDATE {table} SET {key} = {key}",
    "UPDATE {table} SET {key} = {key} + 1000",
    "DELETE FROM {table}",
    "INSERT INTO {table} SELECT * FROM {table} WHERE true ON CONFLICT ({key}) DO UPDATE SET {key} = excluded.{key}",
)
ON_ONE = {
    "sqlite": (
        "REPLACE INTO {table} SELECT * FROM {table}",
        "INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
        "UPDATE OR REPLACE {table} SET {key} = {key} + 1",
    ),
    "postgresql": (
        "TRUNCATE {table} CASCADE",
        "SET LOCAL session_replication_role = replica; DELETE FROM {table}",
    ),
}


@pytest.mark.parametrize("table", FILLED)
def test_rows_of_a_sealed_table_stay_as_they_were_written(app: Flask, table: str) -> None:
    an_approved_experiment()
    before = rows_of(table)
    assert before

    for statement in (*EVERYWHERE, *ON_ONE[db.engine.dialect.name]):
        with pytest.raises(DBAPIError, match="is sealed"), db.engine.begin() as connection:
            connection.execute(text(statement.format(table=table, key=FILLED[table])))
        assert rows_of(table) == before


def rows_of(table: str) -> list[object]:
    """All rows, as they are stored."""
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(f"SELECT * FROM {table} ORDER BY 1"))]
