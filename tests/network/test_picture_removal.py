"""A picture is taken away for good when somebody on it asks: it is gone, and who took it away and why stays."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from config import Settings
from portfolio.exchange.verifying import every_check, problems
from portfolio.foundation import clock
from portfolio.foundation.database import db, write_tx
from portfolio.foundation.errors import RuleBroken
from portfolio.foundation.seal import seal_again, unseal, unsealed
from portfolio.network import policy
from portfolio.network.experiment import Experiment
from portfolio.network.learning import Learning
from portfolio.people.person import Person
from portfolio.people.personal_data import held_about
from tests.api_client import Program, a_token
from tests.bridge.crossings import a_learning
from tests.browser import Browser
from tests.exchange.backups import backed_up, living_at, prepared, restored, sums
from tests.factories import (
    a_facilitator,
    a_leader,
    a_person,
    a_running_experiment,
    an_observer,
    last_action,
    last_line,
    reading,
    reloaded,
)
from tests.network.pictures import an_illustration, taken_away

SignedIn = Callable[[Person], Browser]
WHY = {"reason": "Somebody on it would rather not be."}
SHOWN = "Wilhelmina at the table"


@pytest.fixture
def lead(app: Flask) -> Person:
    """Leads the experiment."""
    return a_person(name="Lea")


@pytest.fixture
def author(app: Flask) -> Person:
    """Of its team; wrote the learning."""
    return a_person(name="Tom")


@pytest.fixture
def experiment(lead: Person, author: Person) -> Experiment:
    """One that runs."""
    return a_running_experiment(lead=lead, team=[author, a_person(name="Mate")])


@pytest.fixture
def learning(experiment: Experiment, author: Person) -> Learning:
    """With two pictures."""
    return a_learning(experiment, by=author, pictures=[an_illustration(SHOWN), an_illustration("The route")])


def address(learning: Learning, number: int = 1) -> str:
    """Of one of its pictures."""
    return f"/learnings/{learning.ref}/pictures/{number}"


def contents() -> int:
    """How many pictures can be seen."""
    with db.engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM picture_content")).scalar_one())


def wrong() -> list[str]:
    """What `tandem verify` finds."""
    with reading():
        return [str(problem) for _, problem in problems(every_check([], [], "")) if problem is not None]


# Refusals -----------------------------------------------------------------------------------------------------------


def outsiders(experiment: Experiment) -> list[Person]:
    """Whoever may read it and has no say in its pictures."""
    with reading():
        mate = db.session.query(Person).filter_by(name="Mate").one()
    assert experiment.lead_id != mate.id
    return [a_person(), a_facilitator(), mate]


def test_others_may_not_and_are_told_who_may(signed_in: SignedIn, experiment: Experiment, learning: Learning) -> None:
    for person in outsiders(experiment):
        browser = signed_in(person)
        assert "Take it away" not in browser.get(f"/learnings/{learning.ref}").text
        assert browser.get(f"{address(learning)}/removal").status_code == 403
        answer = browser.post(f"{address(learning)}/removal", data=WHY)
        assert answer.status_code == 403
        assert "whoever wrote the learning, the experiment’s lead, or a leader" in answer.text
        assert last_action() == "picture.removal_refused"
    assert contents() == 2


def test_programs_of_others_may_not_either(app: Flask, experiment: Experiment, learning: Learning) -> None:
    for person in outsiders(experiment):
        answer = Program(app, a_token(person)).post(f"{address(learning)}/removal", WHY)
        assert answer.status_code == 403
    assert Program(app, a_token(a_leader(), "read")).post(f"{address(learning)}/removal", WHY).status_code == 403
    assert contents() == 2


def test_who_may_not_read_it_finds_nothing_there(signed_in: SignedIn, lead: Person) -> None:
    hidden = a_learning(a_running_experiment(lead=lead, restricted=True), pictures=[an_illustration()])

    for number in (1, 2):
        assert signed_in(a_person()).post(f"{address(hidden, number)}/removal", data=WHY).status_code == 404
    assert signed_in(an_observer()).post(f"{address(hidden)}/removal", data=WHY).status_code == 403
    assert contents() == 1


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_a_reason_is_needed(app: Flask, signed_in: SignedIn, lead: Person, learning: Learning, reason: str) -> None:
    answer = signed_in(lead).post(f"{address(learning)}/removal", data={"reason": reason})

    assert answer.status_code == 422
    assert "Write the reason in one sentence" in answer.text
    assert Program(app, a_token(lead)).post(f"{address(learning)}/removal", {"reason": reason}).status_code == 422
    with pytest.raises(RuleBroken, match="Write the reason"):
        taken_away(learning, by=lead, reason=reason)
    assert contents() == 2


def test_it_goes_once(app: Flask, signed_in: SignedIn, lead: Person, learning: Learning) -> None:
    taken_away(learning, by=lead)
    browser = signed_in(a_leader())

    answer = browser.post(f"{address(learning)}/removal", data=WHY)
    assert answer.status_code == 409
    assert "taken away already" in answer.text
    assert Program(app, a_token(lead)).post(f"{address(learning)}/removal", WHY).status_code == 409
    assert browser.get(f"{address(learning)}/removal").headers["Location"] == f"/learnings/{learning.ref}"
    assert contents() == 1


def test_a_picture_of_another_experiment_is_none_of_its_own(learning: Learning, lead: Person) -> None:
    other = a_learning(a_running_experiment(lead=lead), pictures=[an_illustration()])
    learning_id, other.experiment_id = other.experiment_id, learning.experiment_id
    assert learning_id != other.experiment_id

    with pytest.raises(RuleBroken, match="not one of the experiment’s"):
        taken_away(other, by=lead)


@pytest.mark.parametrize("number", ["0", "3"])
def test_there_is_no_other(app: Flask, signed_in: SignedIn, lead: Person, learning: Learning, number: str) -> None:
    path = f"/learnings/{learning.ref}/pictures/{number}/removal"

    assert signed_in(lead).get(path).status_code == 404
    assert signed_in(lead).post(path, data=WHY).status_code == 404
    assert Program(app, a_token(lead)).post(path, WHY).status_code == 404


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM picture_content",
        "DELETE FROM picture_removal",
        "UPDATE picture_removal SET reason = 'Nothing'",
        "UPDATE picture_content SET content = content",
    ],
)
def test_nobody_else_deletes_one_and_nobody_takes_back_what_was_said(
    learning: Learning, lead: Person, statement: str
) -> None:
    taken_away(learning, by=lead)

    with pytest.raises(DBAPIError, match="sealed"), write_tx():
        db.session.execute(text(statement))


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (["DELETE FROM picture_content WHERE picture_id = 2"], "learning_picture 2 is gone, and nobody took it away"),
        (
            [
                "INSERT INTO picture_content SELECT 1, content FROM picture_content",
            ],
            "learning_picture 1 was taken away, and can be seen all the same",
        ),
        (
            [
                "INSERT INTO picture_removal SELECT 2, reason, by_id, at FROM picture_removal",
                "DELETE FROM picture_content",
            ],
            "picture_removal 2 is on no entry of the trail",
        ),
        (["DELETE FROM picture_removal"], "learning_picture 1 is gone, and nobody took it away"),
        (["UPDATE picture_removal SET by_id = by_id + 1"], "picture_removal 1 is not what entry"),
    ],
)
def test_whoever_gets_past_the_seal_is_found_out(
    learning: Learning, lead: Person, statements: list[str], said: str
) -> None:
    taken_away(learning, by=lead)
    assert wrong() == []
    db.session.rollback()
    with write_tx():
        connection = db.session.connection()
        for table in ("picture_content", "picture_removal"):
            unseal(connection, table)
        for statement in statements:
            connection.execute(text(statement))
        for table in ("picture_content", "picture_removal"):
            seal_again(connection, table)

    assert [problem for problem in wrong() if said in problem], wrong()


# Taking it away -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["author", "lead", "leader"])
def test_it_is_gone_and_the_page_says_who_took_it_away_and_why(
    signed_in: SignedIn, learning: Learning, author: Person, lead: Person, experiment: Experiment, who: str
) -> None:
    person = {"author": author, "lead": lead, "leader": a_leader(name="Dora")}[who]
    browser, reader = signed_in(person), signed_in(a_person())
    tag = {"If-None-Match": reader.get(address(learning)).headers["ETag"]}
    page = browser.get(f"/learnings/{learning.ref}").text
    assert f'href="{address(learning)}/removal"' in page
    asked = browser.get(f"{address(learning)}/removal").text
    assert "cannot be taken back" in asked
    assert "Look whether they name somebody" in asked

    answer = browser.post(f"{address(learning)}/removal", data=WHY)

    assert answer.headers["Location"] == f"/learnings/{learning.ref}"
    for headers in ({}, tag):
        assert reader.get(address(learning), headers=headers).status_code == 404, "what a browser kept is not shown"
    assert reader.get(address(learning, 2)).status_code == 200
    for path in (f"/learnings/{learning.ref}", f"/experiments/{experiment.ref}"):
        shown = reader.get(path).text
        assert WHY["reason"] in shown
        assert f"{person.name} took this picture away for good on" in shown
        assert len(re.findall(r"<img [^>]*/pictures/", shown)) == 1
        assert SHOWN not in shown, "it may name who is on it"
    assert contents() == 1


def test_the_trail_tells_of_it_in_the_same_transaction_and_without_the_reason(
    signed_in: SignedIn, learning: Learning, lead: Person, experiment: Experiment
) -> None:
    taken_away(learning, by=lead, reason="Wilhelmina asked.")

    line = last_line()
    assert (line.action, line.subject_type, line.subject_id) == (
        "learning.picture_removed",
        "experiment",
        experiment.id,
    )
    assert line.details["learning"] == learning.id
    assert line.details["sealed"].keys() == {"picture_removal"}
    assert "Wilhelmina" not in str(line.details)
    page = signed_in(lead).get(f"/experiments/{experiment.ref}").text
    assert "Lea took a picture of a learning away for good." in page


def test_a_form_sent_twice_acts_once(signed_in: SignedIn, lead: Person, learning: Learning) -> None:
    browser, form = signed_in(lead), WHY | {"request_key": "a" * 32}

    first, second = (browser.post(f"{address(learning)}/removal", data=form) for _ in range(2))

    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["Location"] == second.headers["Location"]


def test_programs_do_it_too_and_are_told_what_is_left(app: Flask, lead: Person, learning: Learning) -> None:
    program = Program(app, a_token(lead))

    first, again = (
        program.post(f"{address(learning)}/removal", WHY, **{"Idempotency-Key": "once"}).json for _ in range(2)
    )

    assert first == again == program.get(f"/learnings/{learning.ref}").json
    gone, left = first["pictures"]
    assert gone["removed"] is True
    assert (gone["address"], gone["shows"]) == (None, None)
    assert gone["removal"].items() >= {"reason": WHY["reason"], "by": lead.handle}.items()
    assert (left["removed"], left["removal"], left["address"]) == (False, None, address(learning, 2))


def test_a_log_in_which_pictures_were_taken_away_asks_no_more(
    signed_in: SignedIn, lead: Person, learning: Learning, experiment: Experiment, count_statements: Callable[[], Any]
) -> None:
    browser = signed_in(lead)
    browser.get(f"/experiments/{experiment.ref}")
    with count_statements() as before:
        browser.get(f"/experiments/{experiment.ref}")
    taken_away(learning, by=lead)
    taken_away(learning, 2, by=lead)
    with count_statements() as after:
        browser.get(f"/experiments/{experiment.ref}")

    assert len(after) <= len(before)


def test_without_asking_who_somebody_else_could(
    signed_in: SignedIn, learning: Learning, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: nothing but the permission stands in their way."""
    monkeypatch.setattr(type(policy.may_take_away), "__call__", lambda *_: True)

    assert signed_in(a_person()).post(f"{address(learning)}/removal", data=WHY).status_code == 303
    assert contents() == 1


def test_it_was_on_the_day_of_the_organisation(signed_in: SignedIn, learning: Learning, lead: Person) -> None:
    with clock.set_to(datetime(2126, 6, 12, 22, 30, tzinfo=UTC)):  # Half past midnight in Amsterdam.
        taken_away(learning, by=lead)
        assert "for good on Thu 13 June" in signed_in(lead).get(f"/learnings/{learning.ref}").text


# What is left of it -------------------------------------------------------------------------------------------------


@pytest.mark.once  # PostgreSQL gives the place away by itself, with VACUUM.
def test_nothing_of_it_is_left_in_the_file(app: Flask, learning: Learning, lead: Person) -> None:
    file = Path(str(db.engine.url.database))
    with write_tx():  # Unlike the other one, so that it is found by what it looks like.
        connection = db.session.connection()
        unseal(connection, "picture_content")
        connection.execute(text("UPDATE picture_content SET content = :c WHERE picture_id = 1"), {"c": MARK * 500})
        seal_again(connection, "picture_content")
    written(file)
    assert MARK * 3 in file.read_bytes(), "the control: it can be found there"

    taken_away(learning, by=lead)

    written(file)
    assert MARK * 3 not in file.read_bytes()


MARK = b"what it looks like, "


def written(file: Path) -> None:
    """Bring what is in the log of the database to its file."""
    db.session.remove()
    with db.engine.connect() as connection:
        connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert file.exists()


def test_a_backup_made_afterwards_holds_no_more_than_there_is(
    learning: Learning,
    lead: Person,
    tmp_path: Path,
    another_database: Callable[[str], str],
    settings: Settings,
) -> None:
    taken_away(learning, by=lead)
    before = sums()
    backed_up(tmp_path / "a.backup")
    with living_at(settings, another_database("removed")):
        restored(tmp_path / "a.backup")

        assert sums() == before
        assert contents() == 1
        assert wrong() == []


def test_whoever_took_it_away_takes_along_that_they_did(learning: Learning, lead: Person) -> None:
    taken_away(learning, by=lead, reason="Somebody asked.")

    with reading():
        said = "".join(held_about(reloaded(lead)))
    assert '"picture_removal"' in said
    assert "Somebody asked." in said


def test_an_older_tandem_lets_nothing_go_and_a_newer_one_does_again(
    settings: Settings, another_database: Callable[[str], str]
) -> None:
    with living_at(settings, another_database("down_and_up")):
        prepared("0021")
        learning, leader = a_learning(pictures=[an_illustration(), an_illustration()]), a_leader()
        flask_migrate.downgrade(directory="migrations", revision="0020")
        with pytest.raises(DBAPIError, match="is sealed"), db.engine.begin() as connection:
            connection.execute(text("DELETE FROM picture_content"))
        flask_migrate.upgrade(directory="migrations", revision="0021")

        with db.engine.connect() as connection:
            assert unsealed(connection) == []
        taken_away(learning, 2, by=leader)
        assert contents() == 1


def test_what_was_taken_away_is_never_taken_for_stolen_by_going_back(
    settings: Settings, another_database: Callable[[str], str]
) -> None:
    with living_at(settings, another_database("no_way_back")):
        prepared("0021")
        taken_away(a_learning(pictures=[an_illustration()]), by=a_leader())

        with pytest.raises(SystemExit):
            flask_migrate.downgrade(directory="migrations", revision="0020")

        assert wrong() == []
