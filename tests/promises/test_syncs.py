"""What kill -9 cannot show: that an acknowledged write was written through to the disk, counted in calls that do so."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import psycopg
import pytest
import requests
from flask import Flask

from config import Settings
from portfolio.foundation.database import db
from tests.api_client import a_token
from tests.database import Cluster, url_of
from tests.factories import a_person, a_running_experiment
from tests.promises.serving import COMMAND, Served, serving

OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
QUIET = 3  # Countings of nothing; the database at times writes for itself, so that the smallest is what counting costs.
SYNC = re.compile(rb"\b(fsync|fdatasync)\(")
TO_LOSE = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None)\n" + "\n".join(
    [
        "c.execute('PRAGMA journal_mode=WAL'); c.execute('PRAGMA synchronous=OFF'); c.execute('CREATE TABLE t(x)')",
        "for n in range(20): c.execute('INSERT INTO t VALUES (?)', [n])",
    ]
)


def traced(command: list[str], to: Path) -> list[str]:
    """The same command, with a note of every call that writes through."""
    return ["strace", "-f", "-qq", "-e", "trace=fsync,fdatasync", "-o", str(to), *command]


def syncs_in(file: Path) -> int:
    """How often something was written through."""
    return len(SYNC.findall(file.read_bytes()))


@pytest.fixture
def acknowledged(how_many: Callable[[int, int], int]) -> int:
    """How many writes are sent."""
    return how_many(20, 100)


def written(served: Served, number: int, count: Callable[[], int]) -> int:
    """Write so many learnings one after another; gives how often it was written through for them."""
    person = a_person()
    experiment = a_running_experiment(lead=person)
    headers = {"Authorization": f"Bearer {a_token(person, 'write')}"}
    db.session.rollback()
    served.start()
    url = f"{served.api}/experiments/{experiment.ref}/learnings"
    assert requests.post(url, json={"title": "The first", "body": "x"}, headers=headers, timeout=60).status_code == 201
    quiet = [count() for _ in range(QUIET + 1)]
    before, counting_itself = quiet[-1], min(later - earlier for earlier, later in pairwise(quiet))
    held = requests.Session()
    for n in range(number):
        answer = held.post(url, json={"title": f"Number {n}", "body": "x"}, headers=headers, timeout=60)
        assert answer.status_code == 201
    return count() - before - counting_itself


def test_every_acknowledged_write_is_on_the_disk(
    app: Flask, settings: Settings, pytestconfig: pytest.Config, tmp_path: Path, acknowledged: int
) -> None:
    careful = careful_server if pytestconfig.getoption("database") == "postgresql" else a_file
    with careful(settings, tmp_path) as (served, count):
        assert written(served, acknowledged, count) >= acknowledged


def test_a_database_that_may_forget_is_told_apart(tmp_path: Path) -> None:
    note = tmp_path / "calls"

    subprocess.run(traced([sys.executable, "-c", TO_LOSE, str(tmp_path / "t.db")], note), check=True)

    assert syncs_in(note) < 20


Counted = tuple[Served, Callable[[], int]]


@contextmanager
def a_file(settings: Settings, folder: Path) -> Iterator[Counted]:
    """A server on SQLite, whose calls are noted."""
    note = folder / "calls"
    with serving(settings, f"sqlite:///{folder}/tandem.db", folder / "served", empty=True) as (served, _app):
        served.command = traced([sys.executable, "-c", COMMAND, "serve"], note)
        yield served, lambda: syncs_in(note)


@contextmanager
def careful_server(settings: Settings, folder: Path) -> Iterator[Counted]:
    """A server on a PostgreSQL set up as it comes, unlike the one of the other tests; only it does not tidy itself."""
    cluster = Cluster(settings=("autovacuum=off",))
    try:
        url = url_of(cluster.folder, "postgres")
        apart = serving(settings, url, folder / "served", empty=True)
        with apart as (served, _app), psycopg.connect(url, autocommit=True) as own:

            def count() -> int:
                served.kill()  # A process of the database tells what it did when it ends, or else much later.
                db.engine.dispose()
                until = time.monotonic() + 60
                while own.execute(OTHERS).fetchone() != (0,):
                    assert time.monotonic() < until
                    time.sleep(0.01)
                row = own.execute("SELECT wal_sync FROM pg_stat_wal").fetchone()
                served.start()
                return int(row[0]) if row else 0

            yield served, count
    finally:
        cluster.stop()
