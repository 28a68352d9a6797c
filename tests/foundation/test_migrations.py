"""Migrations with rows in them: up and down, one by one, killed half way, and the same rules on both databases."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Connection, inspect, text

from config import ROOT, Settings
from portfolio.audit import queries as audit
from portfolio.exchange import restoring
from portfolio.exchange.manifest import BackupRefused
from portfolio.exchange.snapshot import NOT_ROWS, snapshot
from portfolio.foundation.database import db
from portfolio.foundation.seal import unsealed
from tests.database import Database
from tests.exchange.backups import an_organisation, backed_up, living_at, prepared, restored, sums
from tests.foundation.migrating import Scratch

MIGRATIONS = str(ROOT / "migrations")
NEWEST_FIRST = [script.revision for script in ScriptDirectory(MIGRATIONS).walk_revisions()]
COUNTED_ANEW = {"experiment_tally"}  # Made from the rest by the migration that brings it.
TRAIL = {"audit_entry", "audit_names", "trail_head"}  # A migration may add to it, and never change what is there.
HowMany = Callable[[int, int], int]
Record = list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def file(settings: Settings, migrated_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of an organisation that has a few of everything, with the newest schema."""
    path = tmp_path_factory.mktemp("migrations") / "tandem.backup"
    with living_at(settings, migrated_database("to_migrate")):
        an_organisation()
        backed_up(path)
    return path


@pytest.fixture(scope="module")
def original(file: Path, settings: Settings, the_database: Database) -> str:
    """Where a database is to which that backup was restored; it is copied and never migrated."""
    address = the_database.another("to_copy")
    with living_at(settings, address):
        restored(file)
    return address


@pytest.fixture
def address(original: str, the_database: Database) -> str:
    """Where a database with rows in it is that a test migrates."""
    return the_database.copy("migrating", of=original)


@pytest.fixture
def organisation(settings: Settings, address: str) -> Iterator[Flask]:
    """An app on a database with rows in it, which a test migrates."""
    with living_at(settings, address) as app:
        yield app


# Up and down ----------------------------------------------------------------------------------------------------------


def test_every_migration_goes_down_and_up_with_rows_in_it_and_loses_none(
    organisation: Flask, how_many: HowMany
) -> None:
    memory, now = what_never_changes(), sums()
    for revision in NEWEST_FIRST[: how_many(3, len(NEWEST_FIRST) - 1)]:
        flask_migrate.downgrade(directory=MIGRATIONS)
        down = sums()
        assert counts_of(down).items() <= counts_of(now).items(), revision
        assert is_kept(memory), revision
        flask_migrate.upgrade(directory=MIGRATIONS, revision=revision)
        assert counts_of(sums()) == counts_of(now), revision
        assert is_kept(memory), revision
        flask_migrate.downgrade(directory=MIGRATIONS)
        assert content_of(sums()) == content_of(down), revision
        now = down

    flask_migrate.upgrade(directory=MIGRATIONS)
    assert is_kept(memory)
    with db.engine.connect() as connection:
        assert unsealed(connection) == []


def test_every_older_schema_with_rows_in_it_comes_up_to_date(
    organisation: Flask, settings: Settings, another_database: Callable[[str], str], tmp_path: Path, how_many: HowMany
) -> None:
    memory, older = what_never_changes(), NEWEST_FIRST[1:]
    for revision in older[-how_many(1, len(older)) :]:
        flask_migrate.downgrade(directory=MIGRATIONS, revision=revision) if revision != older[0] else None
        backed_up(tmp_path / revision)
        with living_at(settings, another_database("older")):
            manifest = restored(tmp_path / revision)

            assert manifest.schema == revision
            assert is_kept(memory), revision
            with db.engine.connect() as connection:
                assert unsealed(connection) == []


def test_everything_can_be_taken_away_with_rows_in_it(organisation: Flask) -> None:
    flask_migrate.downgrade(directory=MIGRATIONS, revision="base")

    with db.engine.connect() as connection:
        left = {name for name in inspect(connection).get_table_names() if not name.startswith(NOT_ROWS)}
    assert left == set()


def test_a_second_upgrade_changes_nothing(organisation: Flask, count_statements: Callable[[], Any]) -> None:
    before, rules = sums(), rules_of_the_house()
    with count_statements() as statements:
        flask_migrate.upgrade(directory=MIGRATIONS)

    assert [s for s in statements if re.match(r"\s*(INSERT|UPDATE|DELETE|CREATE|DROP|ALTER)", s, re.IGNORECASE)] == []
    assert (sums(), rules_of_the_house()) == (before, rules)


# Guards of the way they run, with each taken away ---------------------------------------------------------------------

REBUILD = '''
def upgrade() -> None:
    rebuilt = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    with op.batch_alter_table("{table}", recreate=rebuilt, table_kwargs={{"sqlite_strict": True}}) as batch_op:
        batch_op.add_column(sa.Column("scratch", sa.Text(), nullable=True))
{more}

def downgrade() -> None:
    """Not needed."""
'''
SEAL_AGAIN = '    from portfolio.foundation.seal import seal\n\n    seal(op.get_bind(), "{table}", "id")\n'
SWITCH = 'connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")'


def test_a_table_that_others_point_at_can_be_rebuilt(organisation: Flask, tmp_path: Path) -> None:
    before = counts_of(sums())
    scratch = Scratch.made_in(tmp_path / "scratch")
    scratch.add("9001", REBUILD.format(table="measure", more=""))
    flask_migrate.upgrade(directory=scratch.migrations)

    assert counts_of(sums()) == before


def test_without_switching_foreign_keys_off_it_could_not(organisation: Flask, tmp_path: Path) -> None:
    scratch = Scratch.made_in(tmp_path / "scratch")
    scratch.add("9001", REBUILD.format(table="measure", more=""))
    scratch.change("env.py", SWITCH, "pass")
    before = counts_of(sums())
    if db.engine.dialect.name == "postgresql":  # It rebuilds nothing, so it needs no switch.
        flask_migrate.upgrade(directory=scratch.migrations)
    else:
        with pytest.raises(Exception, match="FOREIGN KEY constraint failed"):
            flask_migrate.upgrade(directory=scratch.migrations)

    assert counts_of(sums()) == before


def test_a_migration_that_leaves_orphans_leaves_nothing_of_itself(organisation: Flask, tmp_path: Path) -> None:
    scratch = Scratch.made_in(tmp_path / "scratch")
    scratch.add("9001", "def upgrade() -> None:\n    op.execute('DELETE FROM person')\n")
    before = sums()

    with pytest.raises((Exception, SystemExit)):
        flask_migrate.upgrade(directory=scratch.migrations)
    assert sums() == before


def test_a_sealed_table_that_is_rebuilt_is_sealed_again(organisation: Flask, tmp_path: Path) -> None:
    scratch = Scratch.made_in(tmp_path / "scratch")
    scratch.add("9001", REBUILD.format(table="ledger_entry", more=SEAL_AGAIN.format(table="ledger_entry")))
    flask_migrate.upgrade(directory=scratch.migrations)

    with db.engine.connect() as connection:
        assert unsealed(connection) == []


def test_without_sealing_it_again_it_is_found_open(organisation: Flask, tmp_path: Path) -> None:
    scratch = Scratch.made_in(tmp_path / "scratch")
    scratch.add("9001", REBUILD.format(table="ledger_entry", more=""))
    flask_migrate.upgrade(directory=scratch.migrations)

    with db.engine.connect() as connection:
        lost = {"sqlite": ["ledger_entry"], "postgresql": []}[connection.dialect.name]
        assert unsealed(connection) == lost


# Killed half way ------------------------------------------------------------------------------------------------------

FIRST = """
def upgrade() -> None:
    op.execute("UPDATE unit SET name = name || ' (first)'")
"""
HALF_WAY = """
def upgrade() -> None:
    op.create_table("scratch", sa.Column("id", sa.BigInteger(), primary_key=True), sqlite_strict=True)
    op.execute("UPDATE unit SET name = name || ' (second)'")
    {between}
    stand_still()
    op.execute("INSERT INTO scratch (id) VALUES (1)")
"""


def test_an_upgrade_killed_half_way_is_done_by_running_it_again(
    organisation: Flask, address: str, tmp_path: Path
) -> None:
    scratch = Scratch.made_in(tmp_path / "scratch")
    scratch.add("9001", FIRST)
    scratch.add("9002", HALF_WAY.format(between=""), before="9001")
    memory, before = what_never_changes(), sums()
    place = placed(address, tmp_path)
    scratch.killed_half_way(place)

    assert revision_now() == "9001"
    assert table_names() == set(before)
    assert all(name.endswith("(first)") for name in unit_names())
    assert is_kept(memory)

    again = scratch.upgrade(place)
    assert "newest schema" in again.communicate(timeout=120)[0]
    assert again.returncode == 0
    assert revision_now() == "9002"
    assert table_names() == {*before, "scratch"}
    assert all(name.endswith("(first) (second)") for name in unit_names())
    assert is_kept(memory)
    assert counts_of(before).items() <= counts_of(sums()).items()


def test_without_one_transaction_for_each_migration_half_of_it_would_stay(
    organisation: Flask, address: str, tmp_path: Path
) -> None:
    scratch = Scratch.made_in(tmp_path / "scratch")
    ends = 'op.get_bind().exec_driver_sql("COMMIT"); op.get_bind().exec_driver_sql("BEGIN")'
    scratch.add("9001", HALF_WAY.format(between=ends))
    place = placed(address, tmp_path)
    scratch.killed_half_way(place)

    assert revision_now() == restoring.newest_schema()
    assert "scratch" in table_names()
    again = scratch.upgrade(place)
    again.communicate(timeout=120)
    assert again.returncode != 0  # The table is there already.


def test_a_database_of_a_later_tandem_is_left_alone(organisation: Flask, file: Path) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = sums()

    with pytest.raises(BackupRefused, match="not empty"):
        restored(file)
    with pytest.raises((Exception, SystemExit)):
        flask_migrate.upgrade(directory=MIGRATIONS)
    assert sums() == before


# The same rules on both databases -------------------------------------------------------------------------------------


def test_both_databases_hold_the_same_rules(app: Flask, settings: Settings, tmp_path: Path) -> None:
    here = rules_of_the_house()
    with living_at(settings, f"sqlite:///{tmp_path / 'other.db'}"):
        prepared("head")
        there = rules_of_the_house()

    assert len(here) > 300
    assert sorted(here ^ there) == []


def test_a_rule_that_one_of_them_lacks_is_named(app: Flask, settings: Settings, tmp_path: Path) -> None:
    here = rules_of_the_house()
    with living_at(settings, f"sqlite:///{tmp_path / 'other.db'}"):
        prepared("head")
        with db.engine.begin() as connection:
            connection.execute(text("DROP INDEX uq_member_now"))
        there = rules_of_the_house()

    assert [(rule[0], rule[1]) for rule in here ^ there] == [("member", "unique")]


def rules_of_the_house() -> set[tuple[Any, ...]]:
    """Every NOT NULL, key, UNIQUE, foreign key and CHECK of the app at hand, in words that both databases share."""
    with db.engine.connect() as connection:
        inspector = inspect(connection)
        names = [name for name in inspector.get_table_names() if not name.startswith(NOT_ROWS)]
        return {rule for name in names for rule in _rules_of(name, inspector, connection)}


def _rules_of(table: str, inspector: Any, connection: Connection) -> Iterator[tuple[Any, ...]]:
    columns = inspector.get_columns(table)
    for column in columns:
        yield table, "column", column["name"], KINDS[type(column["type"]).__name__], column["nullable"]
    yield table, "key", tuple(inspector.get_pk_constraint(table)["constrained_columns"])
    for unique in inspector.get_unique_constraints(table):
        yield table, "unique", tuple(sorted(unique["column_names"])), ()
    for index in inspector.get_indexes(table):
        if index["unique"] and not index.get("duplicates_constraint"):
            where = index.get("dialect_options", {}).get(f"{connection.dialect.name}_where")
            yield (
                table,
                "unique",
                tuple(sorted(index["column_names"])),
                words("" if where is None else str(where), columns),
            )
    for key in inspector.get_foreign_keys(table):
        rule = tuple(key["constrained_columns"]), key["referred_table"], tuple(key["referred_columns"])
        yield table, "points at", *rule, key["options"].get("ondelete")
    for check in inspector.get_check_constraints(table):
        yield table, "check", check["name"], words(check["sqltext"], columns)


KINDS = {
    "BIGINT": "number",
    "INTEGER": "number",
    "BOOLEAN": "number",
    "TEXT": "text",
    "VARCHAR": "text",
    "DATE": "text",
    "BLOB": "bytes",
    "BYTEA": "bytes",
}


def words(condition: str, columns: list[dict[str, Any]]) -> tuple[str, ...]:
    """What a condition names: columns, texts and numbers; how it compares them each database writes down in its way."""
    names = {column["name"] for column in columns}
    found = re.findall(r"'[^']*'|\w+", re.sub(r"::[a-z ]+(\[\])?(\(\d+\))?", "", condition))
    return tuple(sorted({word for word in found if word in names or word[0] == "'" or word.isdecimal()}))


# Words of these tests -------------------------------------------------------------------------------------------------


def what_never_changes() -> tuple[Record, Record]:
    """The texts of closed reviews, and the trail, as they are stored."""
    reviews = "SELECT number, body, sha256, prev_hash FROM review_record ORDER BY number"
    trail = (
        "SELECT seq, at, actor_id, action, subject_type, subject_id, details, prev_hash, hash FROM audit_entry"
        " ORDER BY seq"
    )
    with db.engine.connect() as connection:
        return rows(connection, reviews), rows(connection, trail)


def is_kept(memory: tuple[Record, Record]) -> bool:
    """Whether closed reviews are what they were, and the trail goes on from where it was without a break."""
    reviews, trail = what_never_changes()
    db.session.rollback()
    return reviews == memory[0] and trail[: len(memory[1])] == memory[1] and audit.first_broken_link() is None


def rows(connection: Connection, statement: str) -> Record:
    """What a statement gives."""
    return [tuple(row) for row in connection.execute(text(statement))]


def content_of(found: dict[str, tuple[int, str]]) -> dict[str, tuple[int, str]]:
    """What the tables hold, without the trail, which may have grown."""
    return {name: content for name, content in found.items() if name not in TRAIL}


def counts_of(found: dict[str, tuple[int, str]]) -> dict[str, int]:
    """How many rows the tables have that hold what people did."""
    return {name: rows for name, (rows, _) in found.items() if name not in COUNTED_ANEW | TRAIL}


def revision_now() -> str | None:
    """The schema of the app at hand."""
    with snapshot(db.engine) as seen:
        return seen.revision


def table_names() -> set[str]:
    """The tables of the app at hand that a backup holds."""
    with snapshot(db.engine) as seen:
        return {table.name for table in seen.tables}


def unit_names() -> list[str]:
    """What units are called now."""
    with db.engine.connect() as connection:
        return list(connection.execute(text("SELECT name FROM unit")).scalars())


def placed(address: str, tmp_path: Path) -> dict[str, str]:
    """The environment of a command that works on a database."""
    db.engine.dispose()
    return {"DATABASE_URL": address, "TANDEM_DATA_DIR": str(tmp_path / "data")}
