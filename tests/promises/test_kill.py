"""An acknowledged write survives, and half a write never shows: the server killed while eight people write."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import func, select

from config import Settings
from portfolio.foundation.database import db
from portfolio.network.learning import Learning
from tests.api_client import a_token
from tests.factories import a_person, a_running_experiment, reading
from tests.promises.serving import Served, serving

WRITERS = 8
Told = Callable[[int, int], None]


@pytest.fixture
def served(settings: Settings, migrated_database: Callable[[str], str], tmp_path: Path) -> Iterator[Served]:
    """A server on a database of its own."""
    with serving(settings, migrated_database("killed"), tmp_path / "served") as (server, _app):
        yield server


class Writer(threading.Thread):
    """Somebody who writes learnings and expenses until nobody answers any more, and remembers what was acknowledged."""

    def __init__(self, served: Served, token: str, ref: str, names: Iterator[int]) -> None:
        super().__init__(daemon=True)
        self.served, self.ref, self.names = served, ref, names
        self.headers = {"Authorization": f"Bearer {token}"}
        self.acknowledged: list[str] = []

    def run(self) -> None:
        """Write on."""
        held = requests.Session()
        while True:
            said = {"title": f"Learned {next(self.names)}", "body": "Seen.", "evidence": "behaviour"}
            try:
                answer = self._send(held, "learnings", said)
                if answer.status_code == 201:
                    self.acknowledged.append(answer.json()["id"])
                bill = {"amount": {"amount": "0.01", "currency": "EUR"}, "what": "A sheet"}
                self._send(held, "expenses", bill)
            except requests.RequestException:
                return

    def _send(self, held: requests.Session, what: str, body: Any) -> requests.Response:
        url = f"{self.served.api}/experiments/{self.ref}/{what}"
        return held.post(url, json=body, headers=self.headers, timeout=30)


def test_nothing_that_was_acknowledged_is_lost(
    served: Served, how_many: Callable[[int, int], int], progress: Told
) -> None:
    kills, chance = how_many(2, 50), random.Random(7)
    people = [a_person() for _ in range(WRITERS)]
    refs = [a_running_experiment(lead=person).ref for person in people]
    tokens = [a_token(person, "write") for person in people]
    names, acknowledged = itertools.count(1), list[str]()

    for done in range(kills):
        served.start()
        writers = [Writer(served, *pair, names) for pair in zip(tokens, refs, strict=True)]
        for writer in writers:
            writer.start()
        while sum(len(writer.acknowledged) for writer in writers) < WRITERS:
            time.sleep(0.01)  # However slow the machine, something was acknowledged before.
        time.sleep(chance.uniform(0, 0.5))
        served.kill()
        for writer in writers:
            writer.join(60)
            acknowledged += writer.acknowledged
        progress(done + 1, kills)

        checked = served.tandem("verify")
        assert checked.returncode == 0, checked.stdout + checked.stderr
    with reading():
        kept = set(db.session.scalars(select(Learning.id)))
        assert {int(ref.removeprefix("L-")) for ref in acknowledged} <= kept
    assert len(acknowledged) >= kills * WRITERS


def test_a_key_sent_again_after_the_power_came_back_acts_once(served: Served) -> None:
    person = a_person()
    experiment = a_running_experiment(lead=person)
    headers = {"Authorization": f"Bearer {a_token(person, 'write')}", "Idempotency-Key": "the same"}
    url = f"{served.api}/experiments/{experiment.ref}/learnings"
    body = {"title": "Learned once", "body": "Seen."}

    served.start()
    first = requests.post(url, json=body, headers=headers, timeout=30)
    served.kill()
    served.start()
    again = requests.post(url, json=body, headers=headers, timeout=30)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    with reading():
        assert db.session.scalar(select(func.count(Learning.id))) == 1
