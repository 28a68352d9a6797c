"""Backups: one moment of a database that people work in, restored to the byte on either kind of database."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import Table, inspect, select, text
from sqlalchemy.types import Boolean, Date, Integer, LargeBinary, String

from config import Settings
from portfolio.audit import queries as audit
from portfolio.exchange import archive, restoring
from portfolio.exchange.backup import _write
from portfolio.exchange.backup_commands import backup, restore
from portfolio.exchange.manifest import BackupRefused
from portfolio.exchange.snapshot import LEFT_OUT, NOT_ROWS, Snapshot, snapshot
from portfolio.foundation import search
from portfolio.foundation.database import Base, db, write_tx
from portfolio.foundation.seal import unsealed
from portfolio.network.experiment import Experiment
from portfolio.people.person import Person
from portfolio.people.setup_code import SetupCode
from portfolio.reviews.record import ReviewRecord
from tests.browser import Browser
from tests.exchange.backups import (
    KEY,
    an_organisation,
    backed_up,
    living_at,
    quiet,
    restored,
    rows_there,
    sums,
    sums_of,
)
from tests.factories import a_person, a_unit, an_approved_experiment, reading
from tools.migration import enter_every_room

AtHome = Callable[[], AbstractContextManager[Flask]]

enter_every_room()


# The same organisation ------------------------------------------------------------------------------------------------


def test_what_is_restored_is_the_same_to_the_byte(file: Path, at_home: AtHome, elsewhere: Flask) -> None:
    with at_home():
        before = sums()
    manifest = restored(file)

    assert sums() == before == sums_of(manifest)
    assert before["audit_entry"][0] > 20
    assert before["review_record"][0] == 1
    assert audit.first_broken_link() is None
    assert all(record.is_intact for record in db.session.scalars(select(ReviewRecord)))


def test_an_organisation_moves_to_another_kind_of_database_and_back(
    file: Path, settings: Settings, another_database: Callable[[str], str], tmp_path: Path
) -> None:
    there, back = tmp_path / "there.backup", tmp_path / "back.backup"
    with living_at(settings, f"sqlite:///{tmp_path / 'moved.db'}"):
        restored(file)
        moved = backed_up(there)
    with living_at(settings, another_database("home")):
        restored(there)
        home = backed_up(back)
        assert audit.first_broken_link() is None

    with archive.open_archive(file) as first:
        assert sums_of(first.manifest) == sums_of(moved) == sums_of(home)
        assert first.manifest.trail_hash == moved.trail_hash == home.trail_hash
    assert moved.database == "sqlite"


def test_passwords_come_along_and_sessions_do_not(
    app: Flask, signed_in: Callable[[Person], Browser], tmp_path: Path, elsewhere: Flask
) -> None:
    with app.app_context():
        somebody = a_person(email="somebody@company.example")
        before = signed_in(somebody)
        cookies = before._cookies
        assert before.get("/account").status_code == 200
        backed_up(tmp_path / "backup")
    restored(tmp_path / "backup")
    elsewhere.test_client_class = Browser

    old_session = elsewhere.test_client()
    old_session._cookies = cookies
    assert old_session.get("/account").status_code == 302  # To the sign-in page.
    new = elsewhere.test_client()
    answer = new.post("/sign-in", data={"email": "somebody@company.example", "password": "a password for tests only"})
    assert answer.status_code == 302
    assert new.get("/account").status_code == 200


def test_without_leaving_sessions_out_an_old_one_would_open(
    app: Flask,
    signed_in: Callable[[Person], Browser],
    tmp_path: Path,
    elsewhere: Flask,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(LEFT_OUT, "sign_in")
    with app.app_context():
        cookies = signed_in(a_person())._cookies
        backed_up(tmp_path / "backup")
    restored(tmp_path / "backup")
    elsewhere.test_client_class = Browser

    old_session = elsewhere.test_client()
    old_session._cookies = cookies
    assert old_session.get("/account").status_code == 200


def test_what_opens_a_door_by_itself_is_left_out_and_all_else_is_in(file: Path) -> None:
    with archive.open_archive(file) as found:
        held = {table.name for table in found.manifest.tables}

    assert held | set(LEFT_OUT) == set(Base.metadata.tables)
    assert held.isdisjoint(LEFT_OUT)


def test_nothing_in_a_backup_points_at_what_is_left_out() -> None:
    pointing = {
        table.name
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if table.name not in LEFT_OUT and key.column.table.name in LEFT_OUT
    }

    assert pointing == set()


def test_every_column_has_a_type_with_one_spelling(app: Flask) -> None:
    with snapshot(db.engine) as seen:
        kinds = {type(column.type) for table in seen.tables for column in table.columns}

    assert all(issubclass(kind, Integer | String | Boolean | Date | LargeBinary) for kind in kinds), kinds


# Life after a restore -------------------------------------------------------------------------------------------------


def test_everything_watches_again_after_a_restore(file: Path, at_home: AtHome, elsewhere: Flask) -> None:
    with at_home():
        watching = triggers()
    restored(file)

    assert triggers() == watching
    with db.engine.connect() as connection:
        assert unsealed(connection) == []
    for table in ("audit_entry", "ledger_entry", "review_record"):
        with pytest.raises(Exception, match="is sealed"), db.engine.begin() as connection:
            connection.execute(text(f"DELETE FROM {table}"))


def test_work_goes_on_with_numbers_that_nothing_has(file: Path, at_home: AtHome, elsewhere: Flask) -> None:
    with at_home(), reading():
        last = db.session.scalars(select(Person.id).order_by(Person.id.desc())).first() or 0
        entries = audit.latest(size=1)[0].seq
    restored(file)

    unit = a_unit("A unit of after")
    assert a_person(unit=unit).id == last + 1
    an_approved_experiment()
    with reading():
        assert audit.latest(size=1)[0].seq > entries
        assert audit.first_broken_link() is None
        counted = db.session.execute(select(Experiment.state, db.func.count()).group_by(Experiment.state)).all()
        kept = db.session.execute(
            text("SELECT state, sum(number) FROM experiment_tally GROUP BY state HAVING sum(number) > 0")
        ).all()
    assert {(state.value, number) for state, number in counted} == {(state, int(number)) for state, number in kept}


def test_what_could_be_found_can_be_found(file: Path, at_home: AtHome, elsewhere: Flask) -> None:
    with at_home():
        wanted = found_by("planners")
    restored(file)

    assert found_by("planners") == wanted != []


def test_without_making_the_index_anew_nothing_would_be_found(
    file: Path, elsewhere: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "rebuild", lambda _: None)
    restored(file)

    assert found_by("planners") == []


# While people write ---------------------------------------------------------------------------------------------------


def test_a_backup_shows_one_moment_whoever_writes_meanwhile(
    app: Flask, tmp_path: Path, elsewhere: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        an_organisation()
        before = sums()
        written = write_during(app, monkeypatch)
        backed_up(tmp_path / "backup")
        assert len(written) > 20
        assert sums() != before
    restored(tmp_path / "backup")

    assert sums() == before


def test_without_one_snapshot_a_backup_would_be_torn(
    app: Flask, tmp_path: Path, elsewhere: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def torn(self: Snapshot, table: Table) -> Iterator[bytes]:
        with db.engine.connect() as connection:
            yield from whole(Snapshot(connection), table)

    whole = Snapshot.lines
    with app.app_context():
        an_organisation()
        written = write_during(app, monkeypatch)
        monkeypatch.setattr(Snapshot, "lines", torn)
        backed_up(tmp_path / "backup")
        monkeypatch.setattr(Snapshot, "lines", whole)
        assert written

    with pytest.raises(BackupRefused, match=r"point at rows that are not there|does not end where|break a rule"):
        restored(tmp_path / "backup")
    assert rows_there() == 0


# The file -------------------------------------------------------------------------------------------------------------


def test_a_file_is_never_overwritten_unless_asked(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "backup"
    path.write_text("something else")

    with pytest.raises(BackupRefused, match="a file of that name already"):
        backed_up(path)
    assert path.read_text() == "something else"

    backed_up(path, overwrite=True)
    restoring.check(path, quiet)


def test_a_file_that_came_meanwhile_is_left_alone(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "backup"

    def slowly(*details: Any) -> Any:
        path.write_text("somebody else's")
        return _write(*details)

    monkeypatch.setattr("portfolio.exchange.backup._write", slowly)
    with pytest.raises(BackupRefused, match="meanwhile"):
        backed_up(path)
    assert path.read_text() == "somebody else's"
    assert list(tmp_path.iterdir()) == [path]


def test_a_backup_that_fails_leaves_nothing_behind(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*details: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("portfolio.exchange.archive.os.fsync", full)
    result = CliRunner().invoke(backup, [str(tmp_path / "backup")], obj=lambda **_: app)

    assert result.exit_code == 1
    assert "backup: No space left on device" in result.output
    assert list(tmp_path.iterdir()) == []


def test_a_backup_that_does_not_read_back_never_gets_its_name(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sealed_wrongly(stream: Any) -> None:
        stream.seek(-1, 2)
        stream.write(b"?")

    monkeypatch.setattr(archive, "_seal", sealed_wrongly)
    with pytest.raises(BackupRefused, match="It is damaged"):
        backed_up(tmp_path / "backup")
    assert list(tmp_path.iterdir()) == []


def test_only_its_owner_may_read_it(file: Path) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_commands_say_what_was_done(
    app: Flask, tmp_path: Path, elsewhere: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, run = tmp_path / "backup", CliRunner()
    with app.app_context():
        an_organisation()
        made = run.invoke(backup, [str(path)], obj=lambda **_: app)
        again = run.invoke(backup, [str(path)], obj=lambda **_: app)
        used = run.invoke(restore, [str(path)], obj=lambda **_: app)
    monkeypatch.setenv("SECRET_KEY", app.config["TANDEM"].secret_key)
    checked = run.invoke(restore, [str(path), "--check"], obj=None)
    monkeypatch.setenv("SECRET_KEY", KEY)
    stranger = run.invoke(restore, [str(path), "--check"], obj=None)
    done = run.invoke(restore, [str(path)], obj=lambda **_: elsewhere)

    assert [made.exit_code, checked.exit_code, done.exit_code] == [0, 0, 0], made.output + checked.output + done.output
    assert [again.exit_code, used.exit_code, stranger.exit_code] == [1, 1, 1]
    assert "is whole" in checked.output
    assert "a file of that name already" in again.output
    assert "The database is not empty" in used.output
    assert "signed with another SECRET_KEY" in stranger.output
    assert "Everything reads back as it was" in done.output


# Where to -------------------------------------------------------------------------------------------------------------


def test_a_database_in_which_nobody_did_anything_yet_is_filled(file: Path, elsewhere: Flask) -> None:
    flask_migrate.upgrade(directory=restoring.MIGRATIONS)
    with write_tx() as moment:
        SetupCode.make(at=moment)
    manifest = restored(file)

    assert sums() == sums_of(manifest)
    with reading():
        assert db.session.scalars(select(SetupCode)).all() == []


def test_a_database_of_something_else_is_refused(file: Path, elsewhere: Flask) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE invoice (id integer)"))

    with pytest.raises(BackupRefused, match="not Tandem's"):
        restored(file)
    with db.engine.connect() as connection:
        assert {"invoice"} == {t for t in inspect(connection).get_table_names() if not t.startswith("huey_")}


def test_a_backup_of_an_older_schema_is_restored_and_brought_up_to_date(
    file: Path, settings: Settings, another_database: Callable[[str], str], elsewhere: Flask, tmp_path: Path
) -> None:
    old = tmp_path / "old.backup"
    with living_at(settings, another_database("older")):
        restored(file)
        texts = records()
        flask_migrate.downgrade(directory=restoring.MIGRATIONS, revision="0003")
        manifest = backed_up(old)
    assert manifest.schema == "0003"

    with elsewhere.app_context():
        restored(old)

        with snapshot(db.engine) as seen:
            assert seen.revision == restoring.newest_schema()
            assert seen.trail[0] >= manifest.trail_seq  # A migration may add to it.
        assert hash_of_entry(manifest.trail_seq) == manifest.trail_hash
        assert records() == texts != []
        assert audit.first_broken_link() is None
        assert found_by("planners") != []


# Words of these tests -------------------------------------------------------------------------------------------------


def found_by(words: str) -> list[int]:
    """The experiments that search finds."""
    with reading():
        return [hit.subject_id for hit in search.find(words, "experiment", select(Experiment.id)).rows]


def records() -> list[tuple[str, str]]:
    """The frozen texts of closed reviews and their fingerprints, whatever the schema."""
    with db.engine.connect() as connection:
        return [
            tuple(row) for row in connection.execute(text("SELECT body, sha256 FROM review_record ORDER BY number"))
        ]


def hash_of_entry(seq: int) -> str:
    """The hash of one entry of the trail."""
    with db.engine.connect() as connection:
        found = connection.execute(text("SELECT hash FROM audit_entry WHERE seq = :seq"), {"seq": seq})
        return str(found.scalar_one())


def triggers() -> list[tuple[Any, ...]]:
    """What the database does by itself."""
    statement = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY 1",
        "postgresql": "SELECT relname, tgname, tgenabled::text, tgdeferrable, tginitdeferred, tgfoid::regproc::text,"
        " regexp_replace(tgname, '[0-9]+$', '') FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
        " WHERE NOT tgisinternal AND NOT relname LIKE 'huey%' ORDER BY 1, 2",
    }[db.engine.dialect.name]
    keys = "SELECT conname, condeferrable, condeferred, convalidated FROM pg_constraint WHERE contype = 'f' ORDER BY 1"
    with db.engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(statement))]
        if db.engine.dialect.name == "postgresql":
            found += [tuple(row) for row in connection.execute(text(keys))]
    return found


def write_during(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Have somebody added before every table that is written from now on."""
    written: list[str] = []
    add = archive.ArchiveWriter.add

    def adding(self: archive.ArchiveWriter, name: str, columns: list[str], lines: Iterator[bytes]) -> Any:
        if not name.startswith(NOT_ROWS):
            with app.app_context():
                written.append(a_person(unit=a_unit()).handle)
        return add(self, name, columns, lines)

    monkeypatch.setattr(archive.ArchiveWriter, "add", adding)
    return written
