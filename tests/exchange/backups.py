"""Organisations to back up, places to restore them to, and backups that somebody tampered with."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import flask_migrate
from flask import Flask
from sqlalchemy import text

from config import Settings
from portfolio import create_app
from portfolio.exchange import archive, restoring
from portfolio.exchange.backup import back_up
from portfolio.exchange.manifest import Manifest, TableSum
from portfolio.exchange.snapshot import snapshot
from portfolio.foundation.database import db
from portfolio.people.comment import Comment
from tests.bridge.crossings import a_challenge, a_learning, an_accepted_promotion
from tests.factories import a_draft, a_person, a_running_experiment, an_approved_experiment, changing
from tests.reviews.meetings import a_closed_review

KEY = "a key for backups in tests: 0123456789 abcdefghij"
APPS: dict[str, Flask] = {}
APPS_KEPT = 8
Change = Callable[[dict[str, Any], dict[str, bytes]], None]


def an_organisation() -> None:
    """A few of everything, with a closed review, sealed rows, money, and letters of many kinds."""
    somebody = a_person(name="Zoë “Ünï” 李\N{LINE SEPARATOR}🚲")
    experiment = a_running_experiment()
    an_approved_experiment()
    a_draft()
    an_accepted_promotion(a_learning())
    a_challenge()
    with changing(experiment, by=somebody) as (found, writer, moment):
        Comment.write(found, "Tab\there, “quotes”, \\back\\slash\\ and 𝒶 line\nbreak.", by=writer, at=moment)
    a_closed_review()


def backed_up(path: Path, *, key: str = KEY, overwrite: bool = False) -> Manifest:
    """Back up the app at hand."""
    db.session.rollback()
    return back_up(db.engine, path, secret_key=key, overwrite=overwrite, tell=quiet).manifest


def prepared(schema: str | None) -> None:
    """Bring the app at hand to a schema."""
    flask_migrate.upgrade(directory=restoring.MIGRATIONS, revision=schema)


def restored(path: Path, *, key: str = KEY, unsigned: bool = False) -> Manifest:
    """Restore to the app at hand."""
    return restoring.restore(db.engine, path, secret_key=key, unsigned=unsigned, tell=quiet)


def sums() -> dict[str, tuple[int, str]]:
    """What the tables of the app at hand come to."""
    with snapshot(db.engine) as seen:
        found = {table.name: seen.sum(table) for table in seen.tables}
    return {name: (table.rows, table.sha256) for name, table in found.items()}


def sums_of(manifest: Manifest) -> dict[str, tuple[int, str]]:
    """What a backup says they come to."""
    return {table.name: (table.rows, table.sha256) for table in manifest.tables}


def rows_there() -> int:
    """How many rows the app at hand has of what people do; 0 when there are no tables."""
    with db.engine.connect() as connection:
        if not db.inspect(connection).has_table("person"):
            return 0
        counts = [connection.execute(text(f"SELECT count(*) FROM {t}")).scalar_one() for t in ("person", "audit_entry")]
    return sum(counts)


@contextmanager
def living_at(settings: Settings, url: str) -> Iterator[Flask]:
    """An app on another database, the same each time that one comes at this address."""
    other = _app_of(dataclasses.replace(settings, database_url=url))
    with other.app_context():
        try:
            yield other
        finally:
            db.session.remove()
            db.engine.dispose()


def _app_of(settings: Settings) -> Flask:
    """The app with these settings; a few are kept, for making one costs more than most of what is done with it."""
    key = repr(settings)
    if key not in APPS:
        if len(APPS) == APPS_KEPT:
            APPS.pop(next(iter(APPS)))
        APPS[key] = create_app(settings)
    return APPS[key]


def forged(source: Path, target: Path, change: Change, *, key: str | None = None) -> Path:
    """A copy in which something was changed by somebody who knows the format, hashes and all.

    Args:
        change: gets what the manifest says, and the texts by their path; tables without one lose their line.
        key: signs it; without one it keeps the signature it had.
    """
    with zipfile.ZipFile(source) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    said = json.loads(members.pop(archive.MANIFEST))
    change(said, members)
    tables = [TableSum(**table) for table in said["tables"]]
    manifest = Manifest(
        said["app"],
        said["schema"],
        said["database"],
        said["made_at"],
        said["trail"]["seq"],
        said["trail"]["hash"],
        tables,
    ).signed(key or "")
    if key is None:
        manifest = dataclasses.replace(manifest, signature=said["signature"])
    return packed_as(target, {**members, archive.MANIFEST: manifest.written()})


def packed_as(target: Path, members: dict[str, bytes], *, how: int = zipfile.ZIP_DEFLATED) -> Path:
    """A file with the seal of a backup and any contents."""
    with target.open("w+b") as stream:
        with zipfile.ZipFile(stream, "w", how) as packed:
            packed.comment = archive.SEAL + b"0" * archive.SEALED_BY
            for name, content in members.items():
                packed.writestr(name, content)
        archive._seal(stream)
    return target


def summed(said: dict[str, Any], members: dict[str, bytes], name: str) -> None:
    """Make the manifest agree with a table's text again."""
    content = members[f"tables/{name}.jsonl"]
    table = next(table for table in said["tables"] if table["name"] == name)
    table |= {
        "rows": content.count(b"\n"),
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def quiet(words: str) -> None:
    """Say nothing of how far it is."""
