"""`tandem verify`: says in plain sentences whether everything still is what it was, and ends with a status."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import text

from portfolio.audit.anchor import Anchor
from portfolio.exchange.verifying import anchor, verify
from portfolio.foundation.database import db
from portfolio.foundation.seal import SEALED, seal, unseal
from tests.api_client import Program, a_token
from tests.exchange.backups import backed_up
from tests.factories import a_leader, a_running_experiment, an_approved_experiment, an_envelope
from tests.promises.forger import Forger
from tests.reviews.meetings import a_closed_review, frozen

Tamper = Callable[[Callable[[Forger], object]], None]


def verified(app: Flask, *files: Path) -> Result:
    """What the command says."""
    options = [part for file in files for part in ("--anchor", str(file))]
    result = CliRunner().invoke(verify, options, obj=lambda **_: app)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def an_anchor(app: Flask, file: Path) -> Path:
    """An anchor of the trail as it is, kept in a file."""
    file.write_text(CliRunner().invoke(anchor, [], obj=lambda **_: app).output)
    return file


@pytest.fixture
def tamper(app: Flask) -> Tamper:
    """Lets a forger commit; the seals are back afterwards."""

    def tampering(forgery: Callable[[Forger], object]) -> None:
        db.session.rollback()
        with db.engine.begin() as connection:
            for table in ("audit_entry", "ledger_entry"):
                unseal(connection, table)
            forgery(Forger(connection))
            for table in ("audit_entry", "ledger_entry"):
                seal(connection, table, SEALED[table])

    return tampering


def test_it_ends_well_and_says_how_far_the_trail_goes(app: Flask, tmp_path: Path) -> None:
    a_running_experiment()
    a_closed_review()
    kept = an_anchor(app, tmp_path / "anchors.log")

    said = verified(app, kept)

    assert said.exit_code == 0
    assert "PROBLEM" not in said.output
    assert said.output.splitlines()[-1].startswith("Everything holds: the trail to entry ")


def test_on_an_empty_database_everything_holds(app: Flask) -> None:
    assert verified(app).exit_code == 0


def test_it_names_the_first_bad_row_of_each_kind(app: Flask, tamper: Tamper) -> None:
    an_approved_experiment()
    an_envelope()
    tamper(lambda forger: forger.run("UPDATE ledger_entry SET amount = amount + 1 WHERE kind = 'reserve'"))
    tamper(lambda forger: forger.run("UPDATE audit_entry SET actor_id = 4711 WHERE seq IN (2, 3)"))

    said = verified(app)

    assert said.exit_code == 1
    assert "PROBLEM  audit_entry 2 was changed after it was written.\n" in said.output
    assert "audit_entry 3" not in said.output
    assert "is not what entry" in said.output
    assert "says committed 1500000, and what is booked comes to 1500001 (minor units)" in said.output
    assert "problems found" in said.output.splitlines()[-1]


def test_a_trail_written_anew_is_told_by_what_was_kept(app: Flask, tamper: Tamper, tmp_path: Path) -> None:
    a_running_experiment()
    review = a_closed_review()
    record = tmp_path / "record.json"
    record.write_bytes(frozen(review).bytes)
    backup = tmp_path / "tandem.backup"
    backed_up(backup, key=app.config["TANDEM"].anchor_key)
    mail = an_anchor(app, tmp_path / "saved.eml")
    assert [verified(app, file).exit_code for file in (mail, backup, record)] == [0, 0, 0]

    def cut_the_tail(forger: Forger) -> None:
        forger.run("DELETE FROM audit_names WHERE seq = :seq", seq=forger.last)
        forger.run("DELETE FROM audit_entry WHERE seq = :seq", seq=forger.last)
        forger.chain_anew()

    tamper(cut_the_tail)

    for file in (mail, backup):
        said = verified(app, file)
        assert said.exit_code == 1
        assert "is missing: an anchor of" in said.output


def test_a_record_kept_elsewhere_is_compared_byte_by_byte(app: Flask, tmp_path: Path) -> None:
    review = a_closed_review()
    copy = tmp_path / "record.json"
    copy.write_bytes(frozen(review).bytes.replace(b"Frozen", b"Frosen"))

    said = verified(app, copy)

    assert said.exit_code == 1
    assert f"review_record {review.ref} is not the record that was kept elsewhere." in said.output


def test_a_record_that_the_api_gave_is_compared_too(app: Flask, tmp_path: Path) -> None:
    review = a_closed_review()
    said = Program(app, a_token(a_leader())).get(f"/reviews/{review.ref}/record").get_data(as_text=True)
    copy, another = tmp_path / "record.json", tmp_path / "another.json"
    copy.write_text(said)
    another.write_text(said.replace("Frozen", "Frosen"))

    assert verified(app, copy).exit_code == 0
    assert f"review_record {review.ref} is not the record that was kept elsewhere." in verified(app, another).output


def test_an_anchor_survives_what_mail_programs_do_to_a_line(app: Flask, tmp_path: Path) -> None:
    a_running_experiment()
    line = an_anchor(app, tmp_path / "line").read_text().strip()
    wrapped = "> " + "=\r\n> ".join(line[start : start + 70] for start in range(0, len(line), 70))

    assert [str(found) for found in Anchor.all_in(f"Hello,\r\n\r\n{wrapped}\r\n\r\nKeep it.")] == [line]


@pytest.mark.parametrize(
    "said", ["", "no anchor", '{"kind": "else"}', "tandem-anchor.v1.12.abc", '{"body": null}', "[]", "1"]
)
def test_a_file_without_an_anchor_is_no_anchor(app: Flask, tmp_path: Path, said: str) -> None:
    file = tmp_path / "something"
    file.write_text(said)

    assert verified(app, file).exit_code == 1
    assert "there is no anchor in it" in verified(app, file).output


def test_it_only_reads(app: Flask) -> None:
    a_running_experiment()
    with db.engine.connect() as connection:
        before = connection.execute(text("SELECT seq, hash FROM trail_head")).all()

    verified(app)

    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT seq, hash FROM trail_head")).all() == before
