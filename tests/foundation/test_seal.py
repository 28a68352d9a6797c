"""Sealed tables: whoever gets past the app meets the database, which adds rows and neither changes nor removes one."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from portfolio.audit.checks import seals
from portfolio.foundation.database import WRITING, db
from portfolio.foundation.seal import MAY_GO, SEALED, seal, seal_again, unseal, unsealed
from portfolio.hierarchy.state import Colour
from portfolio.organisation.house_rules import house_rules
from tests.bridge.crossings import a_learning, an_accepted_promotion, scaled
from tests.budgets.books import spend
from tests.factories import a_facilitator, a_leader, a_running_experiment, changing, reading
from tests.hierarchy.plans import an_active_initiative, owner_of, working_on
from tests.network.pictures import an_illustration, taken_away
from tests.reviews.meetings import a_closed_review

EVERYWHERE = (
    "UPDATE {table} SET {first} = {first}",
    "UPDATE {table} SET {number} = {number} + 1000",
    "DELETE FROM {table}",
    "INSERT INTO {table} SELECT * FROM {table} WHERE true ON CONFLICT ({key}) DO UPDATE SET {first} = excluded.{first}",
)
ON_ONE = {
    "sqlite": (
        "REPLACE INTO {table} SELECT * FROM {table}",
        "INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
        "UPDATE OR REPLACE {table} SET {number} = {number} + 1",
    ),
    "postgresql": (
        "TRUNCATE {table}",
        "TRUNCATE {table} CASCADE",
        "SET LOCAL session_replication_role = replica; DELETE FROM {table}",
        "SET LOCAL session_replication_role = replica; UPDATE {table} SET {first} = {first}",
    ),
}
# A grant has yet another guard, and so has what another table points at; one of them may be asked first.
REFUSED = "is sealed|no_party_signs_a_grant|cannot truncate a table referenced"
# Elsewhere `at` as well.
NUMBERS = {"audit_entry": "at", "review_record": "closed_at", "party": "since", "picture_content": "picture_id"}


@pytest.fixture
def filled(app: Flask) -> None:
    """Rows in every sealed table, by the transitions that put them there."""
    spend(a_running_experiment(), "5")
    scaled(a_running_experiment())
    learning = a_learning(pictures=[an_illustration(), an_illustration()])
    an_accepted_promotion(learning)
    taken_away(learning, 2, by=a_leader())
    initiative = an_active_initiative()
    with working_on(initiative, by=owner_of(initiative)) as (active, owner, moment):
        active.report_status(Colour.GREEN, "It goes.", 20, rules=house_rules(), by=owner, at=moment)
    review = a_closed_review()
    with changing(review, by=a_facilitator()) as (closed, host, moment):
        closed.correct("It was the 24th.", by=host, at=moment)


def statements_against(table: str) -> list[str]:
    """All the ways to change rows that this database knows."""
    key = SEALED[table]
    names = {"table": table, "key": key, "first": key.split(", ")[0], "number": NUMBERS.get(table, "at")}
    return [way.format(**names) for way in (*EVERYWHERE, *ON_ONE[db.engine.dialect.name])]


@pytest.mark.usefixtures("filled")
def test_rows_of_sealed_tables_stay_as_they_were_written() -> None:
    before = {table: rows_of(table) for table in SEALED}
    assert all(before.values()), [table for table, rows in before.items() if not rows]

    for table in SEALED:
        for statement in statements_against(table):
            with pytest.raises(DBAPIError, match=REFUSED), db.engine.begin() as connection:
                connection.execute(text(statement))
            assert rows_of(table) == before[table], statement


@pytest.mark.usefixtures("filled")
def test_without_its_seal_every_table_can_be_changed_and_the_check_says_so() -> None:
    for table, key in SEALED.items():
        with db.engine.connect().execution_options(**WRITING) as connection, connection.begin() as transaction:
            unseal(connection, table)
            assert unsealed(connection) == [table]
            first = key.split(", ")[0]
            changed = connection.execute(text(f"UPDATE {table} SET {first} = {first}"))
            assert changed.rowcount > 0, table
            transaction.rollback()


@pytest.mark.usefixtures("filled")
def test_what_becomes_of_a_signature_is_written_later_and_nothing_else_of_it() -> None:
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE signature SET voided_at = 1, completed_at = NULL"))
    for column in ("reason", "amount", "person_id", "terms_hash"):
        with pytest.raises(DBAPIError, match="is sealed"), db.engine.begin() as connection:
            connection.execute(text(f"UPDATE signature SET {column} = {column}, voided_at = 2"))


@pytest.mark.usefixtures("filled")
def test_what_a_picture_looks_like_goes_once_it_is_said_who_took_it_away_and_never_before(app: Flask) -> None:
    kept = rows_of("picture_content")
    with pytest.raises(DBAPIError, match="is sealed"), db.engine.begin() as connection:
        connection.execute(text("DELETE FROM picture_content WHERE picture_id = 1"))
    assert rows_of("picture_content") == kept
    with db.engine.connect().execution_options(**WRITING) as connection, connection.begin() as transaction:
        connection.execute(text("INSERT INTO picture_removal SELECT 1, reason, by_id, at FROM picture_removal"))
        with pytest.raises(DBAPIError, match="is sealed"), connection.begin_nested():
            connection.execute(text("UPDATE picture_content SET content = content"))
        assert connection.execute(text("DELETE FROM picture_content")).rowcount == 1
        transaction.rollback()


@pytest.mark.parametrize("looser", ["true", "OLD.picture_id > 0"])
def test_a_seal_that_lets_go_of_more_is_none(app: Flask, looser: str) -> None:
    with db.engine.connect().execution_options(**WRITING) as connection, connection.begin() as transaction:
        seal(connection, "picture_content", "picture_id", may_go=looser)
        assert unsealed(connection) == ["picture_content"]
        seal(connection, "picture_content", "picture_id")
        assert unsealed(connection) == ["picture_content"], "nor one that lets go of nothing: pictures could not go"
        transaction.rollback()


@pytest.mark.parametrize("table", SEALED)
def test_a_seal_that_lets_changes_pass_is_none(app: Flask, table: str) -> None:
    with db.engine.connect().execution_options(**WRITING) as connection, connection.begin() as transaction:
        weaken(connection, table)
        assert unsealed(connection) == [table]
        seal_again(connection, table)
        assert unsealed(connection) == []
        transaction.rollback()


def weaken(connection: Connection, table: str) -> None:
    """Leave the seal its name, and take away what it does."""
    if connection.dialect.name == "postgresql":
        trigger = f"{table}_kept" if table in MAY_GO else f"{table}_sealed"
        connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}"))  # A replica switches it off.
        return
    connection.execute(text(f"DROP TRIGGER {table}_no_delete"))
    connection.execute(text(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT 1; END"))


def test_the_app_finds_every_seal_in_its_place(app: Flask) -> None:
    with reading():
        assert list(seals()) == []


def rows_of(table: str) -> list[object]:
    """All rows, as they are stored."""
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2"))]
