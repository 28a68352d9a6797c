"""What is backed up while people work comes back as it was, drill after drill; what is damaged does not come back."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from config import Settings
from portfolio.audit import queries as audit
from portfolio.exchange import archive
from portfolio.exchange.manifest import BackupRefused
from portfolio.foundation.database import db
from portfolio.foundation.seal import unsealed
from tests.exchange.backups import backed_up, living_at, restored, rows_there, sums, sums_of
from tests.factories import a_person, a_unit, an_approved_experiment, reading

WRITERS = 4
HowMany = Callable[[int, int], int]
Progress = Callable[[int, int], None]


def test_every_drill_gives_back_what_was_there(
    app: Flask,
    settings: Settings,
    another_database: Callable[[str], str],
    tmp_path: Path,
    how_many: HowMany,
    progress: Progress,
) -> None:
    drills = how_many(2, 20)
    for number in range(drills):
        file = tmp_path / f"{number}.backup"
        with writers(app) as written:
            wait_for(written, (number + 1) * WRITERS)
            at_least = entries()
            manifest = backed_up(file)
            wait_for(written, len(written) + 1)  # They were never kept waiting for long.
            at_most = entries()
        assert at_least <= manifest.trail_seq <= at_most
        # By turns to the same kind of database, and to a file.
        address = another_database("drill") if number % 2 == 0 else f"sqlite:///{tmp_path / f'{number}.db'}"
        with living_at(settings, address):
            restored(file)
            assert sums() == sums_of(manifest)
            assert audit.first_broken_link() is None
            assert books_that_differ() == []
            with db.engine.connect() as connection:
                assert unsealed(connection) == []
        progress(number + 1, drills)


def test_every_damaged_file_is_refused_and_writes_nothing(
    app: Flask,
    settings: Settings,
    another_database: Callable[[str], str],
    tmp_path: Path,
    how_many: HowMany,
    progress: Progress,
) -> None:
    an_approved_experiment()
    file, damaged = tmp_path / "backup", tmp_path / "damaged"
    backed_up(file)
    whole, by_chance, files = file.read_bytes(), random.Random(20), how_many(20, 2_000)
    with living_at(settings, another_database("untouched")):
        for number in range(files):
            damaged.write_bytes(DAMAGES[number % len(DAMAGES)](whole, by_chance))
            with pytest.raises(BackupRefused):
                restored(damaged, unsigned=True)
            progress(number + 1, files)
        assert rows_there() == 0


def test_without_the_seal_some_damage_would_come_through(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_approved_experiment()
    file, damaged = tmp_path / "backup", tmp_path / "damaged"
    backed_up(file)
    whole, by_chance, unseen = file.read_bytes(), random.Random(20), 0
    monkeypatch.setattr(archive, "_refuse_a_broken_seal", lambda _: None)
    for _ in range(300):
        damaged.write_bytes(one_bit(whole, by_chance))
        try:
            with archive.open_archive(damaged) as found:
                found.check(lambda _: None)
            unseen += 1
        except BackupRefused:
            pass

    assert unseen > 0


# People who work meanwhile --------------------------------------------------------------------------------------------


@contextmanager
def writers(app: Flask) -> Iterator[list[int]]:
    """People who write without pause; gives what was acknowledged so far."""
    written: list[int] = []
    errors: list[BaseException] = []
    ended = threading.Event()

    def write(number: int) -> None:
        try:
            while not ended.is_set():
                with app.app_context():
                    if number == 0:
                        an_approved_experiment(amount="100", budget="100")
                    written.append(a_person(unit=a_unit()).id)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=[number]) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    try:
        yield written
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    assert errors == []


def wait_for(written: list[int], number: int) -> None:
    """Let that much be acknowledged."""
    pause = threading.Event()
    for _ in range(6_000):
        if len(written) >= number:
            return
        pause.wait(0.01)
    raise AssertionError(f"Only {len(written)} of {number} were written in a minute.")


def entries() -> int:
    """How long the trail is."""
    with reading():
        return audit.latest(size=1)[0].seq


def books_that_differ() -> list[str]:
    """Envelopes whose balance is not the sum of their ledger."""
    statement = (
        "SELECT quarter FROM envelope WHERE total <> (SELECT coalesce(sum(CASE WHEN credit = 'leadership' THEN amount"
        " ELSE -amount END), 0) FROM ledger_entry WHERE envelope_id = envelope.id"
        " AND 'leadership' IN (credit, debit))"
    )
    with db.engine.connect() as connection:
        return list(connection.execute(text(statement)).scalars())


# Damage ---------------------------------------------------------------------------------------------------------------


def one_bit(whole: bytes, by_chance: random.Random) -> bytes:
    """One bit is another."""
    place = by_chance.randrange(len(whole))
    return whole[:place] + bytes([whole[place] ^ 1 << by_chance.randrange(8)]) + whole[place + 1 :]


def cut_off(whole: bytes, by_chance: random.Random) -> bytes:
    """The end is missing."""
    return whole[: by_chance.randrange(len(whole))]


def a_hole(whole: bytes, by_chance: random.Random) -> bytes:
    """A block was never written."""
    place = by_chance.randrange(len(whole))
    length = min(512, len(whole) - place)
    empty = bytes(length)
    return (
        cut_off(whole, by_chance)
        if whole[place : place + length] == empty
        else (whole[:place] + empty + whole[place + length :])
    )


def a_piece_lost(whole: bytes, by_chance: random.Random) -> bytes:
    """A piece in the middle is gone."""
    place = by_chance.randrange(len(whole) - 1)
    return whole[:place] + whole[place + by_chance.randint(1, 64) :]


def a_piece_twice(whole: bytes, by_chance: random.Random) -> bytes:
    """A piece is there two times."""
    place = by_chance.randrange(len(whole) - 1)
    return whole[: place + 64] + whole[place:]


DAMAGES = (one_bit, cut_off, a_hole, a_piece_lost, a_piece_twice)
