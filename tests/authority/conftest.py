"""One cast for all these tests: a house that takes long to fill, and that none of them keeps a change to."""

from __future__ import annotations

import pytest
from flask import Flask

from portfolio.foundation.database import db
from tests.authority.cast import Cast
from tests.database import Database


@pytest.fixture(scope="session")
def staged() -> list[tuple[Cast, str]]:
    """The cast of this process, once there is one, and what the database held then."""
    return []


@pytest.fixture
def cast(app: Flask, the_database: Database, staged: list[tuple[Cast, str]]) -> Cast:
    """Everybody, and one of everything, as new for every test."""
    if not staged:
        made = Cast()
        db.session.remove()
        staged.append((made, the_database.state(app)))
    made, state = staged[0]
    the_database.reset(app, state)
    app.extensions["jobs"].huey.flush()
    return made.copied()
