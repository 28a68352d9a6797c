"""The commands `tandem backup` and `tandem restore`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import Flask

from config import Settings
from portfolio.exchange import restoring
from portfolio.exchange.backup import back_up
from portfolio.exchange.manifest import BackupRefused, Manifest
from portfolio.foundation.database import db

MEGABYTE = 1024 * 1024


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace a file of that name.")
@click.pass_obj
def backup(ready_app: Callable[..., Flask], file: Path, force: bool) -> None:
    """Write everything Tandem holds to FILE, while people go on working.

    One file for both databases, read back and checked before it gets its name. It is signed when SECRET_KEY is given;
    keep that key somewhere else. docs/operating.md says what is in it and how to restore it.
    """
    app = ready_app(as_it_is=True)
    secret_key = app.config["TANDEM"].secret_key
    with app.app_context(), _refusals_about(file):
        made = back_up(db.engine, file, secret_key=secret_key, overwrite=force, tell=_tell)
    click.echo(f"{file}: {made.size / MEGABYTE:.1f} MB, {_said_of(made.manifest)}")
    if not secret_key:
        click.echo("It is not signed: give SECRET_KEY, so that a changed file is noticed.", err=True)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", "only_check", is_flag=True, help="Only read the file and say whether it is whole.")
@click.option("--unsigned", is_flag=True, help="Take a file whose signature cannot be checked, on your own word.")
@click.pass_obj
def restore(ready_app: Callable[..., Flask], file: Path, only_check: bool, unsigned: bool) -> None:
    """Fill an empty database with what the backup FILE holds.

    The whole file is checked first; then all of it is written, or nothing. It goes to the database of TANDEM_DATA_DIR
    or DATABASE_URL, whichever kind it came from.
    """
    if only_check:
        with _refusals_about(file):
            _check(file, unsigned=unsigned)
        return
    app = ready_app(as_it_is=True)
    with app.app_context(), _refusals_about(file):
        manifest = restoring.restore(
            db.engine, file, secret_key=app.config["TANDEM"].secret_key, unsigned=unsigned, tell=_tell
        )
    click.echo(f"Restored: {_said_of(manifest)}")
    click.echo(
        "Everything reads back as it was. Everybody signs in again. Whoever was deactivated, lost a role or ended a "
        "token after this backup was made has it again: look at that first."
    )


def _check(file: Path, *, unsigned: bool) -> None:
    secret_key = Settings.from_environment().secret_key
    manifest = restoring.check(file, _tell)
    if secret_key and not unsigned:
        manifest.refuse_a_stranger(secret_key)
    click.echo(f"{file} is whole: {_said_of(manifest)}")
    if not secret_key:
        click.echo("Its signature was not checked: there is no SECRET_KEY.", err=True)


def _said_of(manifest: Manifest) -> str:
    rows = sum(table.rows for table in manifest.tables)
    return (
        f"{rows} rows of {len(manifest.tables)} tables\n"
        f"  made      {manifest.made_at} by Tandem {manifest.app}, schema {manifest.schema}, {manifest.database}\n"
        f"  trail     ends at entry {manifest.trail_seq}, {manifest.trail_hash}\n"
        f"  this file {manifest.fingerprint}"
    )


@contextmanager
def _refusals_about(file: Path) -> Iterator[None]:
    try:
        yield
    except BackupRefused as reason:
        raise click.ClickException(f"{file.name}: {reason}") from reason
    except OSError as reason:
        raise click.ClickException(f"{file.name}: {reason.strerror or reason}") from reason


def _tell(words: str) -> None:
    """Progress, beside what the command has to say."""
    click.echo(words, err=True)
