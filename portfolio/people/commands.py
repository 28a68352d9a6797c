"""The command `tandem token`: tokens for programs, from a console."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import click
from flask import Flask

from portfolio.foundation.database import write_tx
from portfolio.people import queries
from portfolio.people.token import Scope, Token, tokens_of


@click.group()
def token() -> None:
    """Make tokens for programs, or end them."""


@token.command("add")
@click.option("--person", "email", required=True, help="E-mail address of whoever it acts for.")
@click.option("--scope", "scopes", required=True, help="What it is for: read,write,fund,admin or some of them.")
@click.option("--name", required=True, help="What uses it.")
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, 365), help="How long it lives.")
@click.pass_obj
def add_token(ready_app: Callable[[], Flask], email: str, scopes: str, name: str, days: int) -> None:
    """Make a token and print it, alone on the last line. It never may more than its person may."""
    wanted = [part.strip() for part in scopes.split(",") if part.strip()]
    unknown = [part for part in wanted if part not in {scope.value for scope in Scope}]
    if unknown or not wanted:
        raise click.BadParameter("name some of read, write, fund and admin, with commas between.", param_hint="--scope")
    with ready_app().app_context(), write_tx() as at:
        person = queries.person_by_email(email)
        if person is None:
            raise click.ClickException(f"Nobody has the address {email}.")
        lives = timedelta(days=days)
        _made, text = Token.make(person, name, [Scope(part) for part in wanted], lives=lives, by=None, at=at)
    click.echo(f"A token of {email} for {', '.join(wanted)}, for {days} days. It is shown only now:", err=True)
    click.echo(text)


@token.command("revoke")
@click.option("--person", "email", required=True, help="E-mail address of whoever it acts for.")
@click.option("--name", help="Which one; all of them, if left out.")
@click.pass_obj
def revoke_token(ready_app: Callable[[], Flask], email: str, name: str | None) -> None:
    """End tokens at once."""
    with ready_app().app_context(), write_tx() as at:
        person = queries.person_by_email(email)
        if person is None:
            raise click.ClickException(f"Nobody has the address {email}.")
        ended = [t for t in tokens_of(person) if t.revoked_at is None and name in (None, t.name)]
        for each in ended:
            each.revoke(by=None, at=at)
    click.echo(f"{len(ended)} ended.")
    if not ended:
        raise click.exceptions.Exit(1)
