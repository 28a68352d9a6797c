"""The commands `tandem verify` and `tandem anchor`: whether everything still is what it was, and how to tell later."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
from flask import Flask

from portfolio.audit import checks as audit
from portfolio.audit.anchor import Anchor, strays
from portfolio.budgets import checks as budgets
from portfolio.exchange.archive import open_archive
from portfolio.exchange.manifest import BackupRefused
from portfolio.exchange.restoring import newest_schema
from portfolio.exchange.snapshot import Snapshot
from portfolio.foundation import clock
from portfolio.foundation.checking import Check, Problem
from portfolio.foundation.database import db
from portfolio.network import checks as network
from portfolio.reviews import checks as reviews

ROOMS = (audit, budgets, network, reviews)
MOST_READ = 64 * 1024 * 1024  # Bytes of a file with anchors; ten years of them are less than one.


class NoAnchor(click.ClickException):
    """A file that was given as an anchor holds none, or none that can be read."""


def every_check(anchors: list[Anchor], copies: list[bytes], key: str) -> list[Check]:
    """All that can be looked at, room by room.

    Args:
        anchors: what was kept elsewhere of the trail.
        copies: records of closed reviews that were kept elsewhere, byte by byte.
        key: what the anchors were signed with.
    """
    found = [check for room in ROOMS for check in room.checks()]
    if anchors:
        found.append(Check(f"The trail goes on from all anchors ({len(anchors)})", lambda: strays(anchors, key)))
    if copies:
        found.append(
            Check(f"Records kept elsewhere are the records here ({len(copies)})", lambda: reviews.unlike(copies))
        )
    return found


def problems(checks: list[Check]) -> Iterator[tuple[Check, Problem | None]]:
    """Each check with the first row for which it does not hold; reads in the transaction of the caller."""
    for check in checks:
        yield check, check.first()


@click.command()
@click.option(
    "--anchor",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with anchors: anchors.log, a saved mail, a record of a review (from page or API), or a backup.",
)
@click.pass_obj
def verify(ready_app: Callable[..., Flask], files: tuple[Path, ...]) -> None:
    """Look whether the trail, the money, the proposals and the frozen reviews still are what they were.

    Reads only, and may run while people work. Says the first bad row of each kind; exit status 1 when there is one.
    Without --anchor it cannot tell a trail that was computed anew as a whole; docs/trust.md says what it cannot tell.
    """
    app = ready_app(as_it_is=True)
    with app.app_context():
        _refuse_another_schema()
        key = app.config["TANDEM"].anchor_key
        anchors, copies = _kept(files, key)
        _read_as_one_moment()
        wrong = 0
        for check, problem in problems(every_check(anchors, copies, key)):
            wrong += problem is not None
            click.echo(f"ok       {check.what}." if problem is None else f"PROBLEM  {problem}.")
        seq, hash_ = audit.head()
        db.session.rollback()
    if wrong:
        click.echo(
            f"{wrong} {'problem' if wrong == 1 else 'problems'} found. Change nothing; compare with a backup first."
        )
        sys.exit(1)
    click.echo(f"Everything holds: the trail to entry {seq} ({hash_[:16]}…), {len(anchors)} anchors.")


@click.command()
@click.pass_obj
def anchor(ready_app: Callable[..., Flask]) -> None:
    """Print an anchor of the trail as it is now; keep it where nobody of the database can write."""
    app = ready_app(as_it_is=True)
    with app.app_context():
        _refuse_another_schema()
        click.echo(Anchor.drop(_key(app.config["TANDEM"].anchor_key), at=clock.now()))


def _kept(files: tuple[Path, ...], key: str) -> tuple[list[Anchor], list[bytes]]:
    anchors: list[Anchor] = []
    copies: list[bytes] = []
    for file in files:
        if file.stat().st_size > MOST_READ or file.read_bytes()[:2] == b"PK":
            anchors.append(_anchor_in_backup(file, _key(key)))
            continue
        said = file.read_bytes()
        found = list(Anchor.all_in(said.decode("utf-8", "replace")))
        if found:
            _key(key)
            anchors += found
        elif record := _record_in(said):
            copies.append(record)
        else:
            raise NoAnchor(f"{file}: there is no anchor in it.")
    return anchors, copies


def _anchor_in_backup(file: Path, key: str) -> Anchor:
    try:
        with open_archive(file) as archive:
            manifest = archive.manifest
            manifest.refuse_a_stranger(key)
    except BackupRefused as reason:
        raise NoAnchor(f"{file.name}: {reason}") from reason
    return Anchor.signed(key, manifest.trail_seq, manifest.trail_hash, at=clock.now())


def _record_in(said: bytes) -> bytes | None:
    """The frozen text of a review: as the page gives it, or in what the API says of the record."""
    try:
        found = json.loads(said)
        if "body" in found:
            said, found = found["body"].encode(), json.loads(found["body"])
        return said if found["kind"] == "tandem.review" else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _key(key: str) -> str:
    if not key:
        raise NoAnchor("Give SECRET_KEY (or TANDEM_ANCHOR_KEY, if you have one): anchors are signed with it.")
    return key


def _refuse_another_schema() -> None:
    with db.engine.connect() as connection:
        now = Snapshot(connection).revision
    if now is None:
        raise click.ClickException("There is no Tandem in this database. Give another TANDEM_DATA_DIR or DATABASE_URL.")
    if now != newest_schema():
        raise click.ClickException(
            f"The database has schema {now}, and this Tandem knows {newest_schema()}. Run: tandem upgrade"
        )


def _read_as_one_moment() -> None:
    """Everything is read as it was when this began, whatever people write meanwhile; SQLite always does so."""
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
