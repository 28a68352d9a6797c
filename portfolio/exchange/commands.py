"""The command `tandem import`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import click
from flask import Flask

from portfolio.exchange.importing import Plan, plan, render, write
from portfolio.exchange.reader import Unreadable
from portfolio.exchange.reading import Answers, NotReadable, read_rate
from portfolio.network.record import ImportedAs
from portfolio.organisation.house_rules import house_rules
from portfolio.people import queries as people
from portfolio.people.person import RoleName

MOST_NAMED = 100  # Problems named one by one; a file with more is of another kind.
KINDS = {"records": ImportedAs.RECORD, "drafts": ImportedAs.DRAFT}


def _rates(context: click.Context, option: click.Parameter, given: tuple[str, ...]) -> dict[str, Decimal]:  # noqa: ARG001
    rates: dict[str, Decimal] = {}
    for text in given:
        try:
            code, rate = read_rate(text)
        except NotReadable as reason:
            raise click.BadParameter(f"“{text}” {reason}.") from reason
        if rates.setdefault(code, rate) != rate:
            raise click.BadParameter(f"two rates are given for {code}.")
    return rates


@click.command("import", short_help="Bring in FILE as records of the past, or as drafts.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--as", "kind", required=True, type=click.Choice(list(KINDS)), help="History, or proposals to go on with."
)
@click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing.")
@click.option("--skip-bad", is_flag=True, help="Leave out rows that cannot be read; without it they stop the import.")
@click.option(
    "--rate",
    "rates",
    multiple=True,
    callback=_rates,
    metavar="USD=0.92",
    help="The organisation's money for one unit of another currency; can be given more than once.",
)
@click.option("--date-order", type=click.Choice(["dmy", "mdy"]), help="How to read a date such as 05/07/2022.")
@click.option("--decimal", type=click.Choice(["point", "comma"]), help="How to read a number such as 1,234.")
@click.option("--lead", metavar="E-MAIL", help="Who leads the drafts; without it the first administrator.")
@click.pass_obj
def import_file(
    ready_app: Callable[[], Flask],
    file: Path,
    kind: str,
    dry_run: bool,
    skip_bad: bool,
    rates: dict[str, Decimal],
    date_order: str | None,
    decimal: str | None,
    lead: str | None,
) -> None:
    """Import FILE (.json, .jsonl or .csv, each also as .gz) as records of the past, or as drafts.

    Everything is read and checked first; then all of it is written, or nothing. docs/import.md says what a file holds.
    """
    with ready_app().app_context():
        lead = _who_leads(lead) if kind == "drafts" else None
        answers = Answers(house_rules().currency, rates, date_order, decimal)
        try:
            found = plan(file, answers, KINDS[kind], _tell)
        except Unreadable as reason:
            raise click.ClickException(f"{file.name}: {reason}") from reason
        _name_problems(found)
        stopped = bool(found.problems) and not skip_bad
        if stopped:
            click.echo("Nothing was imported. Mend these rows, or leave them out with --skip-bad.")
        elif dry_run:
            click.echo("Nothing was written; this is what would be.")
        elif found.new:
            rendered = render(found, _tell)
            _tell(f"{len(found.new)} rows to write")
            write(found, rendered, lead_email=lead)
        else:
            click.echo("This file adds nothing." if found.already or found.skipped else "This file has no rows.")
    added = 0 if stopped else len(found.new)
    click.echo(f"{added} added, {found.already} already there, {found.skipped} skipped")
    if stopped:
        sys.exit(1)


def _who_leads(email: str | None) -> str:
    """The address of whoever leads the drafts: a draft is read by its lead only, so it has to be somebody who knows."""
    if email is None:
        first = min(people.holders(RoleName.ADMINISTRATOR), key=lambda person: person.id, default=None)
        if first is None:
            raise click.UsageError("Drafts need somebody to lead them: give --lead and the address of a volunteer.")
        click.echo(f"{first.name} leads these drafts; --lead E-MAIL names somebody else.")
        return first.email
    person = people.person_by_email(email)
    if person is None or not person.is_volunteer:
        raise click.UsageError(f"Nobody who can lead has the address {email}.")
    return person.email


def _name_problems(found: Plan) -> None:
    for problem in found.problems[:MOST_NAMED]:
        click.echo(str(problem))
    if len(found.problems) > MOST_NAMED:
        click.echo(f"… and {len(found.problems) - MOST_NAMED} more")
    for words in found.changed[:MOST_NAMED]:
        click.echo(words)


def _tell(words: str) -> None:
    """Progress, beside what the command has to say."""
    click.echo(words, err=True)
