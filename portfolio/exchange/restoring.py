"""Restoring: check the whole file, write all of it in one transaction, and compare before that counts."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import flask_migrate
import psycopg
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from config import ROOT
from portfolio.exchange.archive import MANY, Archive, Tell, open_archive
from portfolio.exchange.loader import Loader, loader_for
from portfolio.exchange.manifest import BackupRefused, Manifest, TableSum
from portfolio.exchange.snapshot import Snapshot, columns_of
from portfolio.foundation import search
from portfolio.foundation.seal import unsealed

MIGRATIONS = str(ROOT / "migrations")
MOST_AT_ONCE = 32 * 1024 * 1024  # Bytes of rows, such as pictures, that are written together.


def check(path: Path, tell: Tell) -> Manifest:
    """Read a whole backup and say whether all of it is as it was written, and whether this Tandem can restore it.

    Raises:
        BackupRefused: it is not, or it cannot.
    """
    with open_archive(path) as archive:
        _refuse_a_later_schema(archive.manifest)
        archive.check(tell)
        return archive.manifest


def restore(engine: Engine, path: Path, *, secret_key: str, unsigned: bool, tell: Tell) -> Manifest:
    """Fill an empty database with what a backup holds.

    Nothing is written before the whole file has been read and found right; then all of it is, or nothing.

    Args:
        secret_key: the key it must have been signed with.
        unsigned: take it without looking at its signature.

    Raises:
        BackupRefused: the file or the database is not fit for it; the database is as empty as before.
    """
    with open_archive(path) as archive:
        manifest = archive.manifest
        if not unsigned:
            manifest.refuse_a_stranger(secret_key)
        _refuse_a_later_schema(manifest)
        with engine.connect() as connection:
            _refuse_a_database_in_use(connection)
        tell("Checking the file")
        unfit = archive.check(tell).unfit_for_postgresql
        if unfit and engine.dialect.name == "postgresql":
            raise BackupRefused(
                f"In {unfit} there is a text with the character NUL, which PostgreSQL does not keep. "
                "Restore it to SQLite, or take the character away there and make another backup."
            )
        _make_the_schema_of(manifest, engine)
        tell("Everything is right with it; writing")
        try:
            with engine.connect().execution_options(mode="writing") as connection, connection.begin():
                _load(archive, connection, tell)
        except (DBAPIError, psycopg.Error) as error:
            why = str(getattr(error, "orig", error)).splitlines()[0]
            raise BackupRefused(f"Its rows break a rule of the database, which keeps none of them: {why}") from error
    _bring_up_to_date(engine, manifest)
    return manifest


def newest_schema() -> str | None:
    """The number of the newest migration that this Tandem knows."""
    return ScriptDirectory(MIGRATIONS).get_current_head()


def _known_schemas() -> set[str]:
    return {script.revision for script in ScriptDirectory(MIGRATIONS).walk_revisions()}


def _refuse_a_later_schema(manifest: Manifest) -> None:
    if manifest.schema not in _known_schemas():
        raise BackupRefused(
            f"It was made by Tandem {manifest.app} with schema {manifest.schema}, which this Tandem does not know; "
            f"its own newest is {newest_schema()}. Install that version or a newer one, and restore with it."
        )


def _refuse_a_database_in_use(connection: Connection) -> None:
    """Only a database without tables, or one in which nobody has done anything yet, is filled.

    Raises:
        BackupRefused: it has rows, or tables that are not Tandem's.
    """
    tables = {name for name in inspect(connection).get_table_names() if not name.startswith(("huey_", "sqlite_"))}
    if not tables:
        return
    if "alembic_version" not in tables or "trail_head" not in tables:
        if tables == {"alembic_version"} and Snapshot(connection).revision is None:
            return
        raise BackupRefused("The database holds tables that are not Tandem's. Give a database of its own.")
    has_rows = "SELECT EXISTS (SELECT 1 FROM person) OR EXISTS (SELECT 1 FROM trail_head WHERE seq > 0)"
    if connection.execute(text(has_rows)).scalar_one():
        raise BackupRefused(
            "The database is not empty, and a restore never writes over anything. Give an empty one: "
            "another TANDEM_DATA_DIR, or another DATABASE_URL."
        )


def _make_the_schema_of(manifest: Manifest, engine: Engine) -> None:
    """Bring the empty database to the schema that the backup was made with."""
    with engine.connect() as connection:
        now = Snapshot(connection).revision
    if now == manifest.schema:
        return
    if now is not None:
        if now not in _known_schemas():
            raise BackupRefused(f"The database has schema {now}, which this Tandem does not know. Give a new one.")
        flask_migrate.downgrade(directory=MIGRATIONS, revision="base")
    flask_migrate.upgrade(directory=MIGRATIONS, revision=manifest.schema)


def _load(archive: Archive, connection: Connection, tell: Tell) -> None:
    manifest, seen = archive.manifest, Snapshot(connection)
    with loader_for(connection) as loader:
        _refuse_a_database_in_use(connection)  # Once more, now that nobody else can write.
        announced = {table.name: table for table in manifest.tables}
        if {table.name: columns_of(table) for table in seen.tables} != {t.name: t.columns for t in manifest.tables}:
            raise BackupRefused(f"Its tables are not those of schema {manifest.schema}; it was not made by Tandem.")
        loader.empty()
        for table in seen.tables:
            if announced[table.name].rows >= MANY:
                tell(f"{table.name}: {announced[table.name].rows} rows")
            _load_table(archive, announced[table.name], loader)
    tell("Reading everything back")
    for table in seen.tables:
        found, wanted = seen.sum(table), announced[table.name]
        if (found.rows, found.bytes, found.sha256) != (wanted.rows, wanted.bytes, wanted.sha256):
            raise BackupRefused(f"The table {table.name} reads back as something else than the backup holds.")
    if seen.trail != (manifest.trail_seq, manifest.trail_hash):
        raise BackupRefused("The trail in it does not end where its manifest says.")
    if manifest.schema == newest_schema():
        search.rebuild(connection)


def _load_table(archive: Archive, table: TableSum, loader: Loader) -> None:
    rows = archive.rows(table)
    at_once = max(1, min(loader.at_once, MOST_AT_ONCE * table.rows // max(1, table.bytes)))
    while some := list(islice(rows, at_once)):
        loader.add(table.name, table.columns, some)


def _bring_up_to_date(engine: Engine, manifest: Manifest) -> None:
    if manifest.schema != newest_schema():
        flask_migrate.upgrade(directory=MIGRATIONS)
        with engine.connect().execution_options(mode="writing") as connection, connection.begin():
            search.rebuild(connection)
    with engine.connect() as connection:
        open_tables = unsealed(connection)
    if open_tables:
        raise BackupRefused(f"These tables are not sealed: {', '.join(open_tables)}.")
