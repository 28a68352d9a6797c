"""Whoever owns the database can change the past; `tandem verify` with an anchor kept elsewhere says where.

The forger takes the seals off, changes one thing or many that agree with one another, and puts the seals back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

import pytest
from flask import Flask
from sqlalchemy import text

from config import Settings
from portfolio.audit.anchor import Anchor
from portfolio.exchange.verifying import every_check, problems
from portfolio.foundation import clock
from portfolio.foundation.checking import Problem
from portfolio.overview.demonstration.telling import tell
from tests.exchange.backups import living_at
from tests.factories import a_draft, a_facilitator, a_proposed_experiment, a_running_experiment, at, changing, reading
from tests.promises.forger import FORGERIES, Forger, forging
from tests.reviews.meetings import a_closed_review

pytestmark = pytest.mark.promise

KEY = "kept elsewhere: 0123456789 abcdefghijklmnop"
HowMany = Callable[[int, int], int]
Progress = Callable[[int, int], None]


@pytest.fixture(scope="module")
def told(settings: Settings, migrated_database: Callable[[str], str]) -> Iterator[Flask]:
    """An organisation with half a year behind it, several closed reviews, and a correction."""
    with living_at(settings, migrated_database("tampering")) as organisation:
        with at("2026-10-01"):
            tell(lambda _words: None)
        with at("2027-06-25"):
            review = a_closed_review("2027-Q2")
            with changing(review, by=a_facilitator()) as (closed, host, moment):
                closed.correct("It was the 24th.", by=host, at=moment)
        yield organisation


@pytest.fixture
def anchor(told: Flask) -> Anchor:
    """The last anchor that was kept."""
    with reading():
        return Anchor.drop(KEY, at=clock.now())


def found(*anchors: Anchor) -> list[Problem]:
    """What `verify` finds: the first bad row of each kind."""
    return [problem for _, problem in problems(every_check(list(anchors), [], KEY)) if problem is not None]


def named(problem: Problem) -> tuple[str, str]:
    """The row that a problem names; the kept counts have no short key."""
    return problem.table, "" if problem.table == "experiment_tally" else str(problem.key).removeprefix("Q-").lstrip("0")


def test_every_tampering_is_found_and_its_row_is_named(
    told: Flask, anchor: Anchor, how_many: HowMany, progress: Progress
) -> None:
    of = how_many(len(FORGERIES), 200)
    for number in range(of):
        chance, forgery = Random(number), FORGERIES[number % len(FORGERIES)]
        with forging() as forger:
            wanted = forgery(forger, chance)
            forger.cover_up()
            rows = [named(problem) for problem in found(anchor)]
        assert rows, (number, forgery.__name__)
        assert set(rows) & set(wanted), (number, forgery.__name__, wanted[:3], rows)
        progress(number + 1, of)


def test_what_nobody_tampered_with_raises_no_alarm(told: Flask, how_many: HowMany, progress: Progress) -> None:
    of, anchors = how_many(2, 50), []
    for number in range(of):
        with at("2027-07-01"):
            [a_draft, a_proposed_experiment, a_running_experiment][number % 3]()
        with reading():
            anchors.append(Anchor.drop(KEY, at=clock.now()))
            assert found(*anchors) == []
        progress(number + 1, of)


# Without the guards -------------------------------------------------------------------------------------------------


def test_without_an_anchor_a_trail_written_anew_passes_for_true(told: Flask) -> None:
    with forging() as forger:
        last = forger.last
        forger.run("UPDATE audit_entry SET actor_id = coalesce(actor_id, 0) + 1 WHERE seq = :seq", seq=last)
        forger.chain_anew()
        forger.cover_up()
        assert found() == []


def test_without_the_notes_money_and_ledger_changed_together_pass_for_true(told: Flask, anchor: Anchor) -> None:
    with forging() as forger:
        entry = forger.one_of(Random(1), "ledger_entry", "kind = 'set'")
        forger.run("UPDATE ledger_entry SET amount = amount + 500 WHERE id = :id", id=entry["id"])
        forger.run("UPDATE envelope SET total = total + 500 WHERE id = :id", id=entry["envelope_id"])
        forger.cover_up()
        assert {problem.table for problem in found(anchor)} == {"ledger_entry"}
        noted = [check for check in every_check([anchor], [], KEY) if "noted" not in check.what]
        assert [problem for _, problem in problems(noted) if problem] == []


def test_an_anchor_of_somebody_without_the_key_is_told_from_ours(told: Flask) -> None:
    with reading():
        theirs = Anchor.drop("another key", at=clock.now())
        assert [problem.table for problem in found(theirs)] == ["anchor"]


def test_a_seal_that_was_not_put_back_is_found(told: Flask, anchor: Anchor) -> None:
    with forging():
        first = found(anchor)[0]
    assert first.table == "audit_entry"
    assert "not sealed" in first.wrong


def test_a_seal_that_lets_changes_pass_is_found(told: Flask, anchor: Anchor) -> None:
    with forging() as forger:
        forger.cover_up()
        make_the_seals_harmless(forger)
        assert "not sealed" in found(anchor)[0].wrong
    with reading():
        assert found(anchor) == []  # Nothing of it was committed.


def make_the_seals_harmless(forger: Forger) -> None:
    """Under the names they had."""
    if forger.connection.dialect.name == "postgresql":
        body = "BEGIN RETURN NULL; END"
        create = f"CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$"
        forger.connection.execute(text(create))
        return
    forger.connection.execute(text("DROP TRIGGER audit_entry_no_update"))
    forger.connection.execute(
        text("CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry BEGIN SELECT 1; END")
    )
