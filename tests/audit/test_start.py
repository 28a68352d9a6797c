"""Tandem does not start on a database in which the past could be changed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from portfolio import commands
from portfolio.exchange.verifying import every_check, problems
from portfolio.foundation.database import db, write_tx
from portfolio.foundation.seal import SEALED, seal_again, unseal
from portfolio.people.departure import pseudonymise
from tests.factories import a_leader, a_running_experiment, an_administrator, deactivated, here, reading
from tests.reviews.meetings import a_closed_review


@pytest.fixture(params=SEALED)
def table(app: Flask, request: pytest.FixtureRequest) -> Iterator[str]:
    """A sealed table; its seal is back afterwards."""
    name: str = request.param
    yield name
    db.session.rollback()
    with db.engine.begin() as connection:
        seal_again(connection, name)


def test_it_starts_when_every_seal_is_in_its_place(app: Flask) -> None:
    commands._refuse_an_unsafe_database()


def test_it_does_not_start_without_a_seal(table: str) -> None:
    with db.engine.begin() as connection:
        unseal(connection, table)

    with pytest.raises(commands.Problem, match=f"{table} is not sealed"):
        commands._refuse_an_unsafe_database()


def test_whoever_leaves_and_is_forgotten_leaves_everything_else_as_it_was(app: Flask) -> None:
    gone = a_leader(name="Wilhelmina Kraaijenbrink")
    a_running_experiment(by=gone)
    a_closed_review(by=gone)
    administrator = an_administrator()
    deactivated(gone)

    with write_tx():
        pseudonymise(here(gone), by=here(administrator))

    with reading():
        assert [str(problem) for _, problem in problems(every_check([], [], "")) if problem is not None] == []
