"""Any history obeys the rules: what people try, in any order and through either door, ends as a small model says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from sqlalchemy.exc import DBAPIError

from config import Settings
from portfolio import create_app
from portfolio.budgets.party import Parties
from portfolio.budgets.signature import Signed
from portfolio.budgets.source import Source
from portfolio.foundation.database import db
from portfolio.network.answering import Answering
from portfolio.network.running import Running
from tests.browser import Browser
from tests.database import Database, SqliteDatabase
from tests.promises import moves
from tests.promises.real import RealThing

HowMany = Callable[[int, int], int]
Told = Callable[[int, int], None]
chances = st.randoms(use_true_random=False)


class History(RuleBasedStateMachine):
    """The model and the real thing beside each other, from the first person on."""

    app: Flask
    begin: Callable[[], None]
    told: Callable[[], None]

    def __init__(self) -> None:
        super().__init__()
        self.begin()
        self.model = moves.cast()
        self.real = RealThing(self.app, self.model)
        opening = {"by": 3, "quarter": (2026, 1), "total": 120_000_00}
        self.take(moves.Move("rules", "set_envelope", opening))

    def take(self, move: moves.Move) -> None:
        """Try one step in both; both say the same, and stand the same afterwards."""
        note(str(move))
        take(self.model, self.real, move)

    @precondition(lambda self: self.model.experiments)
    @rule(chance=chances, verb=st.sampled_from(sorted(moves.KINDS)))
    def anything(self, chance: Random, verb: str) -> None:
        """Something that may make no sense at all."""
        self.take(moves.move(verb, self.model, chance, anywhere=True))

    def teardown(self) -> None:
        """At the end everything that `tandem verify` looks at holds as well."""
        assert self.real.problems() == []
        self.told()


def _rule(verb: str) -> Any:
    def step(self: History, chance: Random) -> None:
        self.take(moves.move(verb, self.model, chance))

    step.__name__ = verb
    return precondition(lambda self: moves.makes_sense(verb, self.model))(rule(chance=chances)(step))


for _verb in moves.KINDS:
    setattr(History, _verb, _rule(_verb))


def take(model: Any, real: RealThing, move: moves.Move) -> bool:
    """Try one step in the model and in the real thing.

    Raises:
        AssertionError: they do not agree.
    """
    expected = model.do(move.door, move.verb, move.said)
    done = real.do(move)
    assert done == expected, f"{move} is {'carried out' if done else 'refused'}, which the model does not do"
    assert real.state() == model.state(), str(move)
    return done


Machine = Callable[..., type[History]]


@pytest.fixture
def history(the_app: Flask, the_database: Database, app: Flask) -> Machine:
    """Gives a machine whose every history starts on a database as new."""

    def begin() -> None:
        db.session.remove()
        the_database.reset(the_app)

    def machine(told: Callable[[], None] = lambda: None) -> type[History]:
        return type("History", (History,), {"app": app, "begin": staticmethod(begin), "told": staticmethod(told)})

    return machine


def how(histories: int, steps: int, **more: Any) -> settings:
    """So many histories of so many steps."""
    return settings(
        max_examples=histories,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        **more,
    )


def test_any_history_ends_as_the_model_says(history: Machine, how_many: HowMany, progress: Told) -> None:
    histories, steps = how_many(8, 500), how_many(25, 50)
    done = iter(range(1, 10**6))
    machine = history(lambda: progress(min(next(done), histories), histories))

    run_state_machine_as_test(machine, settings=how(histories, steps, derandomize=histories < 50, print_blob=True))


# Without a guard -----------------------------------------------------------------------------------------------------

GUARDS: list[tuple[type, str, int]] = [
    (Source, "refuse_more_than_free", 5),
    (Parties, "_refuse_a_party", 5),
    (Running, "_refuse_unless_running", 12),
    (Answering, "_refuse_unless_shown", 2),
    (Signed, "_still_counts", 4),
]


@pytest.mark.parametrize(("owner", "guard", "seed"), GUARDS, ids=[guard for _owner, guard, _seed in GUARDS])
def test_without_a_guard_some_history_does_not(
    app: Flask, the_database: Database, monkeypatch: pytest.MonkeyPatch, owner: type, guard: str, seed: int
) -> None:
    """The seed is where a search that finds one soon begins."""
    monkeypatch.setattr(owner, guard, lambda *_told, **_more: True)

    for more in range(30):
        db.session.remove()
        the_database.reset(app)
        try:
            told(app, 40, seed=seed + more)
        except (AssertionError, DBAPIError):  # The model sees it, or the database refuses what nobody asked.
            return
    pytest.fail(f"Nobody missed {guard}.")


# On both databases ---------------------------------------------------------------------------------------------------


@pytest.fixture
def on_sqlite(settings: Settings, tmp_path: Path) -> Iterator[Flask]:
    """Another app, on SQLite."""
    database = SqliteDatabase(tmp_path)
    app = create_app(replace(settings, database_url=database.url, data_dir=tmp_path))
    app.test_client_class = Browser
    database.migrate(app)
    database.reset(app)
    yield app
    with app.app_context():
        db.engine.dispose()


def test_the_same_steps_end_the_same_on_both_databases(app: Flask, on_sqlite: Flask, how_many: HowMany) -> None:
    """SQLite with SQLite when that is what the tests run on: then it says that a seed gives one history."""
    steps = how_many(60, 600)
    here = told(app, steps, seed=23)
    with on_sqlite.app_context():
        there = told(on_sqlite, steps, seed=23)

    assert here == there
    assert fingerprint(here) == fingerprint(there)


def told(app: Flask, steps: int, *, seed: int) -> list[Any]:
    """Tell one history; gives how it ended, trail and all, without numbers and moments."""
    chance, model = Random(seed), moves.cast()
    real = RealThing(app, model)
    for _ in range(steps):
        take(model, real, moves.by_weights(model, chance))
    assert real.problems() == []
    return [real.state(), *real.actions()]


def fingerprint(ended: list[Any]) -> str:
    """What a history ended as, in short."""
    return hashlib.sha256(json.dumps(ended, sort_keys=True).encode()).hexdigest()
