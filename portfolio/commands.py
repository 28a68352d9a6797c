"""The command `tandem`: serve, work, and what is done from a console."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any

import click
import psycopg
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from email_validator import EmailNotValidError, validate_email
from flask import Flask
from flask_migrate import upgrade as migrate_to_newest
from sqlalchemy import inspect
from sqlalchemy.exc import DatabaseError, OperationalError
from werkzeug.exceptions import BadRequest

from config import ROOT, SettingMissing, Settings
from portfolio import create_app
from portfolio.budgets import separation as of_money
from portfolio.exchange.backup_commands import backup, restore
from portfolio.exchange.commands import import_file
from portfolio.exchange.verifying import anchor, verify
from portfolio.foundation.database import db, unsafe_pragmas, write_tx
from portfolio.foundation.errors import Refusal
from portfolio.foundation.guard import not_up
from portfolio.foundation.seal import unsealed
from portfolio.foundation.unreadable import LONGEST_LINE, OTHERWISE, write_problem
from portfolio.foundation.word_forms import forms_of
from portfolio.network import separation as of_experiments
from portfolio.organisation import queries as organisation
from portfolio.organisation.installation import is_demo
from portfolio.organisation.unit import Unit
from portfolio.overview.demonstration.telling import tell
from portfolio.people import queries as people
from portfolio.people.commands import token
from portfolio.people.person import Person, RoleName
from portfolio.people.second_step import take_everything_away
from portfolio.people.setup_code import SetupCode, is_empty

SERVER_THREADS = 8
GUARDS = (*of_money.GUARDS, *of_experiments.GUARDS)


class Problem(click.ClickException):
    """Something a person at the console can mend; says how."""


@click.group(context_settings={"obj": lambda **how: _ready_app(Settings.from_environment(), **how)})
def cli() -> None:
    """Tandem: operations and experiments in one picture.

    Settings come from the environment: DATABASE_URL, SECRET_KEY, TANDEM_DATA_DIR, PORT and what config.py lists.
    """
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")


cli.add_command(import_file)
cli.add_command(verify)
cli.add_command(anchor)
cli.add_command(token)
cli.add_command(backup)
cli.add_command(restore)


def main() -> None:
    """Run a command; what goes wrong for a reason is said in a sentence."""
    try:
        cli()
    except (SettingMissing, Refusal) as problem:
        sys.exit(f"tandem: {problem}")
    except OSError as problem:
        where = f": {problem.filename}" if problem.filename else ""
        sys.exit(f"tandem: {problem.strerror or problem}{where}")
    except (DatabaseError, psycopg.OperationalError) as problem:
        # It is not reached, or is none; what else a database can say is a fault of ours, and keeps its traceback.
        if not isinstance(problem, OperationalError | psycopg.OperationalError) and type(problem) is not DatabaseError:
            raise
        sys.exit(f"tandem: the database cannot be used: {getattr(problem, 'orig', problem)}")


@cli.command()
def serve() -> None:
    """Serve Tandem's pages."""
    settings = Settings.from_environment()
    settings.require_secret_key()
    with _ready_app(settings).app_context():
        _refuse_an_unsafe_database()
        demonstration = is_demo()
        code = _setup_code()
    click.echo(f"Tandem is at {settings.base_url}")
    if demonstration:
        click.echo(
            "This is the demonstration. The sign-in page offers its people: volunteer, leader, operations and others."
        )
    if code:
        click.echo(
            f"Nobody has an account yet. Open {settings.base_url}/first-run with this one-time code:\n\n    {code}\n"
        )
    _run_server(settings)


@cli.command()
def work() -> None:
    """Carry out jobs, such as mail, until told to end."""
    settings = Settings.from_environment()
    app = _ready_app(settings)
    app.extensions["jobs"].work()


@cli.command()
def upgrade() -> None:
    """Bring the database to the newest schema."""
    settings = Settings.from_environment()
    app = create_app(settings, serves_pages=False)
    with app.app_context():
        migrate_to_newest(directory=str(ROOT / "migrations"))
    click.echo("The database has the newest schema.")


@cli.command()
def demo() -> None:
    """Fill an empty database with the demonstration, then end."""
    app = _ready_app(Settings.from_environment())
    with app.app_context():
        if not is_empty():
            raise Problem(
                "This database is not empty. Give the demonstration one of its own: TANDEM_DATA_DIR=… tandem demo"
            )
        tell(lambda what: click.echo(f"{what} …"))
    click.echo("The demonstration is told. Its sign-in page offers its people.")


@cli.group()
def person() -> None:
    """Add people, or end their accounts."""


@person.command("add")
@click.option("--name", required=True)
@click.option("--email", required=True)
@click.option("--unit", "unit_name", help="Made when there is none of this name.")
@click.option("--role", "roles", multiple=True, type=click.Choice([r.value for r in RoleName]))
def add_person(name: str, email: str, unit_name: str | None, roles: tuple[str, ...]) -> None:
    """Add somebody, who gets an invitation by mail. An operations owner owns the unit they are added to."""
    app = _ready_app(Settings.from_environment())
    name, email = _stated(name), _address(email)
    with app.app_context():
        with write_tx() as at:
            unit = _unit(unit_name)
            owns = [unit] if unit and RoleName.OPERATIONS_OWNER.value in roles else []
            added = Person.add(
                name=name, email=email, unit=unit, roles=[RoleName(r) for r in roles], owns=owns, by=None, at=at
            )
            db.session.flush()
            person_id = added.id
        app.extensions["jobs"].put("people.invite", person_id)
    click.echo(f"{name} is added; the invitation goes out with the next job.")


@person.command("deactivate")
@click.option("--email", required=True)
def deactivate_person(email: str) -> None:
    """End somebody's account at once."""
    with _ready_app(Settings.from_environment()).app_context(), write_tx():
        found = people.person_by_email(email)
        if found is None:
            raise Problem(f"Nobody has the address {email}.")
        found.deactivate(by=None)
    click.echo(f"{email} cannot sign in any more.")


def _stated(name: str) -> str:
    if not name.strip():
        raise click.UsageError("Give the name of the person.")
    return " ".join(name.split())


def _address(email: str) -> str:
    try:
        return validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise click.UsageError(f"{email} is not an e-mail address: {error}") from error


@person.command("second-step-off")
@click.option("--email", required=True)
def take_second_step_away(email: str) -> None:
    """Let somebody who has lost their telephone and their recovery codes sign in with their password alone."""
    with _ready_app(Settings.from_environment()).app_context(), write_tx():
        found = people.person_by_email(email)
        if found is None:
            raise Problem(f"Nobody has the address {email}.")
        take_everything_away(found, by=None)
    click.echo(f"{email} signs in with the password alone, until they set up a new second step.")


def _unit(name: str | None) -> Unit | None:
    if name is None:
        return None
    found = next((unit for unit in organisation.units() if unit.name == name), None) or Unit.open(name, by=None)
    db.session.flush()
    return found


def _ready_app(settings: Settings, *, as_it_is: bool = False) -> Flask:
    """An app whose database has the newest schema: an embedded one is brought there, another has to be.

    Args:
        as_it_is: leave the database alone, whatever its schema.
    """
    app = create_app(settings, serves_pages=False)
    if as_it_is:
        return app
    with app.app_context():
        if not _is_newest():
            if not settings.is_embedded:
                raise Problem("The database does not have the newest schema. Run: tandem upgrade")
            migrate_to_newest(directory=str(ROOT / "migrations"))
    return app


def _is_newest() -> bool:
    scripts = ScriptDirectory(str(ROOT / "migrations"))
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == scripts.get_current_head()


def _refuse_an_unsafe_database() -> None:
    with db.engine.connect() as connection:
        problems = unsafe_pragmas(connection)
        if inspect(connection).has_table("audit_entry"):
            problems += [f"{table} is not sealed" for table in unsealed(connection)]
            problems += [f"the guard {name} is not up" for name in not_up(connection, GUARDS)]
    if problems:
        raise Problem("The database is not set up as it must be: " + "; ".join(problems))


def _setup_code() -> str | None:
    """A code for the first administrator, while there is nobody."""
    if not is_empty():
        return None
    db.session.rollback()
    with write_tx() as at:
        return SetupCode.make(at=at)


def _run_server(settings: Settings) -> None:
    from gunicorn import util  # Needs a system that can fork; only this command does.
    from gunicorn.app.base import BaseApplication
    from gunicorn.http.errors import ParseException

    class Server(BaseApplication):
        cfg: Any

        def load_config(self) -> None:
            options: dict[str, Any] = {
                "bind": f"{settings.host}:{settings.port}",
                "workers": settings.web_workers,
                "worker_class": "gthread",
                "threads": SERVER_THREADS,
                "limit_request_line": LONGEST_LINE,
                "loglevel": "warning",
                "proc_name": "tandem",
                "control_socket_disable": True,
                "post_worker_init": _start_jobs(settings),
            }
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            app = create_app(settings)
            app.register_error_handler(ParseException, lambda _: app.handle_user_exception(BadRequest(OTHERWISE)))
            return app

    util.write_error = write_problem
    forms_of("tandem")  # Reads the dictionaries once for all workers, or the first who searches would wait for them.
    Server().run()


def _start_jobs(settings: Settings) -> Callable[[Any], None]:
    def start(worker: Any) -> None:
        if settings.jobs == "embedded":
            worker.app.wsgi().extensions["jobs"].start_embedded()

    return start
