"""The house itself: the migrated schema is what the models say, seals hold, and a few words have one place each."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import Connection, inspect

from config import Settings
from portfolio import create_app
from portfolio.foundation.database import Base, db
from portfolio.foundation.seal import SEALED, unsealed
from tools.migration import enter_every_room

NOT_OURS = ("huey_", "alembic_version", "search_index")

enter_every_room()


def test_the_migrated_schema_is_what_the_models_say(app: Flask) -> None:
    with db.engine.connect() as connection:
        options = {"compare_type": True, "include_name": is_ours, "target_metadata": Base.metadata}
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata)

    assert differences == []


def test_migrations_and_models_make_the_same_tables_with_the_same_checks(
    app: Flask, settings: Settings, another_database: Callable[[str], str]
) -> None:
    from_models = create_app(dataclasses.replace(settings, database_url=another_database("from_models")))
    with from_models.app_context():
        with db.engine.begin() as connection:
            Base.metadata.create_all(connection)
            made = schema(connection)
        db.engine.dispose()
    with db.engine.connect() as connection:
        migrated = schema(connection)

    assert migrated == made


def test_every_sealed_table_is_sealed_by_the_database(app: Flask) -> None:
    with db.engine.connect() as connection:
        assert unsealed(connection) == []


def test_sealed_tables_are_tables(app: Flask) -> None:
    assert SEALED.items() <= {(t.name, ", ".join(t.primary_key.columns.keys())) for t in Base.metadata.tables.values()}


def test_sqlite_holds_every_column_to_its_type(app: Flask) -> None:
    with db.engine.connect() as connection:
        assert loose_tables(connection) == set()


def test_migrations_go_up_and_down_and_up_again(settings: Settings, another_database: Callable[[str], str]) -> None:
    traveller = create_app(dataclasses.replace(settings, database_url=another_database("traveller")))
    with traveller.app_context():
        flask_migrate.upgrade()
        first = everything()
        flask_migrate.downgrade(revision="base")
        nothing = everything()
        flask_migrate.upgrade()
        second = everything()
        db.engine.dispose()

    assert nothing == {}
    assert first
    assert second == first


@pytest.mark.parametrize(
    ("words", "its_place"),
    [
        (r"\bos\.environ\b|\bgetenv\(", "config.py"),
        (r"\bdatetime\.(now|utcnow)\(|\bdate\.today\(", "portfolio/foundation/clock.py"),
        (r"\.with_for_update\(", "portfolio/foundation/database.py"),
        (r"\bMarkup\(.*\|\s*safe\b|\bnh3\.", "portfolio/foundation/rich_text.py"),
    ],
)
def test_some_words_have_one_place(words: str, its_place: str, root: Path) -> None:
    sources = [root / "config.py", *(root / "portfolio").rglob("*.py")]
    places = {str(file.relative_to(root)) for file in sources if re.search(words, file.read_text())}

    assert places == {its_place}


def is_ours(name: str | None, kind: str, parents: Any) -> bool:
    """Whether a table belongs to the models, and not to a library that shares the database."""
    return kind != "table" or not str(name).startswith(NOT_OURS)


def loose_tables(connection: Connection) -> set[str]:
    """Tables into which SQLite would let anything; PostgreSQL has none."""
    if connection.dialect.name != "sqlite":
        return set()
    tables = connection.exec_driver_sql("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'")
    return {name for name, strict in tables if not strict and not name.startswith(("sqlite_", "search_index"))}


def everything() -> dict[str, Any]:
    """The schema of the app at hand, with the state of its seals."""
    with db.engine.connect() as connection:
        found = schema(connection)
        return found | {"unsealed": unsealed(connection)} if found else {}


def schema(connection: Connection) -> dict[str, Any]:
    """All that the database knows of its tables, in an order of no meaning."""
    inspector = inspect(connection)
    readers = (
        inspector.get_columns,
        inspector.get_check_constraints,
        inspector.get_foreign_keys,
        inspector.get_indexes,
        inspector.get_unique_constraints,
    )
    return {
        table: [sorted(map(plain, read(table))) for read in readers] + [plain(inspector.get_pk_constraint(table))]
        for table in inspector.get_table_names()
        if is_ours(table, "table", None)
    }


def plain(detail: Any) -> str:
    """A detail of a table as text that can be compared; types and conditions are objects of their own each time."""
    if isinstance(detail, dict):
        return str(sorted(f"{key}: {plain(value)}" for key, value in detail.items()))
    return str([plain(part) for part in detail]) if isinstance(detail, list) else str(detail)
