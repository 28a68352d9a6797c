"""Making a backup: one look at the database, written down while others go on, and read back before it counts."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Engine

from portfolio.exchange.archive import MANY, ArchiveWriter, Tell, new_archive
from portfolio.exchange.manifest import BackupRefused, Manifest
from portfolio.exchange.snapshot import Snapshot, columns_of, snapshot
from portfolio.foundation import clock


@dataclass(frozen=True)
class Made:
    """A backup that is on the disk."""

    manifest: Manifest
    size: int


def back_up(engine: Engine, path: Path, *, secret_key: str, overwrite: bool, tell: Tell) -> Made:
    """Write everything the database holds to a file; the database itself is never changed, whatever its schema.

    Args:
        secret_key: signs the backup; empty when there is none.

    Raises:
        BackupRefused: there is nothing to back up, or a file of that name.
    """
    with new_archive(path, tell, overwrite=overwrite) as writer:
        with snapshot(engine) as seen:
            manifest = _write(writer, seen, engine.dialect.name, tell).signed(secret_key)
        writer.close_with(manifest)
    return Made(manifest, path.stat().st_size)


def _write(writer: ArchiveWriter, seen: Snapshot, database: str, tell: Tell) -> Manifest:
    revision = seen.revision
    if revision is None:
        raise BackupRefused("This database is not one of Tandem's, or nothing is in it yet.")
    made_at = clock.now()
    seq, end = seen.trail
    tables = []
    for table in seen.tables:
        tables.append(writer.add(table.name, columns_of(table), seen.lines(table)))
        if tables[-1].rows >= MANY:
            tell(f"{table.name}: {tables[-1].rows} rows")
    return Manifest(
        app=version("tandem-portfolio"),
        schema=revision,
        database=database,
        made_at=made_at.isoformat(timespec="seconds"),
        trail_seq=seq,
        trail_hash=end,
        tables=tables,
    )
