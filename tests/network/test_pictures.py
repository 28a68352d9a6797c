"""Pictures of learnings: who adds and who sees them, what is refused and what stays of it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from werkzeug.test import TestResponse

from config import Settings
from portfolio.exchange.verifying import every_check, problems
from portfolio.foundation import pictures
from portfolio.foundation.database import db, write_tx
from portfolio.foundation.seal import seal_again, unseal
from portfolio.network import forms, log_queries, picture_queries
from portfolio.network.experiment import Experiment
from portfolio.network.learning import Learning
from portfolio.network.picture import MOST_PICTURES, LearningPicture
from portfolio.people.person import Person
from tests.api_client import Program, a_token
from tests.browser import Browser
from tests.exchange.backups import backed_up, living_at, restored, sums
from tests.factories import (
    a_leader,
    a_person,
    a_running_experiment,
    an_observer,
    last_action,
    reading,
)
from tests.network.pictures import a_bomb, a_moving_picture, a_photo, a_picture, a_polyglot

SignedIn = Callable[[Person], Browser]
LEARNED = {"title": "It goes right at one table", "body": "We built it.", "kind": "insight", "evidence": "behaviour"}


def sent(browser: Browser, experiment: Experiment, *files: bytes, shows: str = "A table full of LEGO") -> TestResponse:
    """Send a learning with pictures as its page does."""
    files_sent = [(io.BytesIO(data), f"table{number}.jpg") for number, data in enumerate(files, start=1)]
    form: dict[str, Any] = LEARNED | {"shows": shows, "pictures": files_sent or [(io.BytesIO(), "")]}
    return browser.post(f"/experiments/{experiment.ref}/learnings", data=form, content_type="multipart/form-data")


def a_pictured_learning(browser: Browser, experiment: Experiment) -> str:
    """The address of the picture of a learning."""
    answer = sent(browser, experiment, a_photo())
    assert answer.status_code == 303, answer.text
    return f"/learnings/{answer.headers['Location'].rsplit('#', 1)[1]}/pictures/1"


def all_pictures() -> list[LearningPicture]:
    """Every picture there is."""
    with reading():
        return list(db.session.query(LearningPicture).order_by(LearningPicture.id))


def learnings() -> list[Learning]:
    """Every learning there is."""
    with reading():
        return list(db.session.query(Learning))


# Refusals -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"no picture at all", "is no picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is no picture"),
        (a_moving_picture(), "moves"),
        (a_bomb(), "has too many pixels"),
        (b"\xff" * (12 * 1024 * 1024 + 1), "is larger than 12 MB"),
    ],
)
def test_a_file_that_is_refused_leaves_what_was_typed_and_nothing_else(
    signed_in: SignedIn, data: bytes, words: str
) -> None:
    lead = a_person()
    experiment = a_running_experiment(lead=lead)

    answer = sent(signed_in(lead), experiment, a_picture(), data, shows="One table\nAnother table")

    assert answer.status_code == 422
    assert f"table2.jpg {words}" in answer.text
    assert all(typed in answer.text for typed in (*list(LEARNED.values())[:2], "One table\nAnother table"))
    assert "Choose the pictures again" in answer.text
    assert learnings() == []
    assert all_pictures() == []


@pytest.mark.parametrize(
    ("shows", "words"),
    [
        ("", "Say what picture 1 shows."),
        ("One\nTwo", "on a line of its own: one picture, 2 lines."),
        (" \n ", "on a line of its own: one picture, 0 lines."),
    ],
)
def test_each_picture_says_what_it_shows(signed_in: SignedIn, shows: str, words: str) -> None:
    lead = a_person()

    answer = sent(signed_in(lead), a_running_experiment(lead=lead), a_picture(), shows=shows)

    assert answer.status_code == 422
    assert words in answer.text
    assert all_pictures() == []


def test_the_picture_that_says_nothing_is_named(signed_in: SignedIn) -> None:
    lead = a_person()
    browser, experiment = signed_in(lead), a_running_experiment(lead=lead)

    answer = sent(browser, experiment, a_photo(), a_photo(), shows="\r\nThe route they built")

    assert answer.status_code == 422
    assert "Say what picture 1 shows." in answer.text


def test_words_without_their_picture_are_asked_about(signed_in: SignedIn) -> None:
    lead = a_person()

    answer = sent(signed_in(lead), a_running_experiment(lead=lead))

    assert answer.status_code == 422
    assert "Choose the picture that this is about" in answer.text


def test_there_are_only_so_many(signed_in: SignedIn) -> None:
    lead, many = a_person(), MOST_PICTURES + 1

    answer = sent(
        signed_in(lead), a_running_experiment(lead=lead), *[a_picture()] * many, shows="\n".join(["A table"] * many)
    )

    assert answer.status_code == 422
    assert f"Choose at most {MOST_PICTURES} pictures" in answer.text


@pytest.mark.parametrize("somebody", [a_person, a_leader, an_observer])
def test_who_may_not_write_in_the_log_adds_none(
    signed_in: SignedIn, somebody: Callable[[], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = a_running_experiment()
    monkeypatch.setattr(forms, "developed", None)  # Nothing is unpacked for them.

    assert sent(signed_in(somebody()), experiment, a_picture()).status_code == 403
    assert all_pictures() == []


def test_what_is_sent_by_nobody_is_not_even_read(client: Browser) -> None:
    experiment = a_running_experiment()

    answer = client.post(
        f"/experiments/{experiment.ref}/learnings",
        data={"pictures": [(io.BytesIO(b"\0" * 5_000_000), "a.jpg")]},
        content_type="multipart/form-data",
    )

    assert answer.status_code == 413


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE learning_picture SET shows = 'Nothing'",
        "DELETE FROM learning_picture",
        "UPDATE picture_content SET picture_id = picture_id",
        "DELETE FROM picture_content",
    ],
)
def test_nobody_changes_one(signed_in: SignedIn, statement: str) -> None:
    lead = a_person()
    a_pictured_learning(signed_in(lead), a_running_experiment(lead=lead))

    with pytest.raises(DBAPIError, match="sealed"), write_tx():
        db.session.execute(text(statement))


def test_whoever_gets_past_the_seal_is_found_out(signed_in: SignedIn) -> None:
    lead = a_person()
    a_pictured_learning(signed_in(lead), a_running_experiment(lead=lead))
    assert wrong() == []
    db.session.rollback()
    with write_tx() as _:
        connection = db.session.connection()
        unseal(connection, "picture_content")
        connection.execute(text("UPDATE picture_content SET content = :content"), {"content": a_picture()})
        seal_again(connection, "picture_content")

    assert [said for said in wrong() if "looks like another one" in said]


def wrong() -> list[str]:
    """What does not hold."""
    with reading():
        return [str(problem) for _, problem in problems(every_check([], [], "")) if problem is not None]


# Seeing -------------------------------------------------------------------------------------------------------------


def test_whoever_may_not_see_the_learning_does_not_see_its_picture(signed_in: SignedIn, client: Browser) -> None:
    lead, member = a_person(), a_person()
    experiment = a_running_experiment(lead=lead, team=[member], restricted=True)
    address = a_pictured_learning(signed_in(lead), experiment)

    assert signed_in(member).get(address).status_code == 200
    assert signed_in(a_leader()).get(address).status_code == 200
    for outsider in (a_person(), an_observer()):
        assert signed_in(outsider).get(address).status_code == 404
    assert client.get(address).status_code == 302


def test_it_is_asked_anew_each_time(signed_in: SignedIn) -> None:
    lead, outsider = a_person(), a_person()
    experiment = a_running_experiment(lead=lead)
    address, browser = a_pictured_learning(signed_in(lead), experiment), signed_in(outsider)
    assert browser.get(address).status_code == 200

    kept = {"If-None-Match": browser.get(address).headers["ETag"]}
    assert browser.get(address, headers=kept).status_code == 304

    with write_tx():
        db.session.execute(text("UPDATE experiment SET restricted = true"))

    assert browser.get(address).status_code == 404
    assert browser.get(address, headers=kept).status_code == 404, "what a browser kept is not shown any more"


def test_it_is_served_as_nothing_but_a_picture_that_never_changes(signed_in: SignedIn) -> None:
    lead = a_person()
    browser = signed_in(lead)
    answer = browser.get(a_pictured_learning(browser, a_running_experiment(lead=lead)))

    assert answer.data.startswith(b"\xff\xd8\xff")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert b"Acme" not in answer.data
    assert b"GPS" not in answer.data
    assert b"A hidden comment" not in answer.data


def test_control_what_is_kept_as_it_was_sent_tells_where_and_with_what(
    signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "_drawn", lambda data, _name: pictures.Picture(data, 60, 40))
    lead = a_person()
    browser = signed_in(lead)

    answer = browser.get(a_pictured_learning(browser, a_running_experiment(lead=lead)))

    assert b"Acme" in answer.data
    assert b"A hidden comment" in answer.data


def test_control_without_asking_who_sees_the_learning_anybody_sees_its_picture(
    signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = a_person()
    address = a_pictured_learning(signed_in(lead), a_running_experiment(lead=lead, restricted=True))
    monkeypatch.setattr(log_queries, "visible_to", lambda _viewer, statement: statement)

    assert signed_in(a_person()).get(address).status_code == 200


@pytest.mark.parametrize("number", ["0", "2", "99999999999999999999", "one"])
def test_there_is_no_other(signed_in: SignedIn, number: str) -> None:
    lead = a_person()
    browser = signed_in(lead)
    address = a_pictured_learning(browser, a_running_experiment(lead=lead))

    assert browser.get(address.replace("pictures/1", f"pictures/{number}")).status_code == 404


def test_a_learning_says_what_was_learned_once(signed_in: SignedIn) -> None:
    lead = a_person()
    browser = signed_in(lead)
    address = a_pictured_learning(browser, a_running_experiment(lead=lead))
    _head, _body, page = browser.get(address.removesuffix("/pictures/1")).text.partition("<body")

    assert page.count(LEARNED["title"]) == 1
    assert LEARNED["body"] in page


def test_it_stands_with_its_words_on_the_learning_and_in_the_log(signed_in: SignedIn) -> None:
    lead = a_person()
    browser, experiment = signed_in(lead), a_running_experiment(lead=lead)
    answer = sent(browser, experiment, a_photo(), a_polyglot(), shows='A "table" <full>\r\n\r\nThe route they built')
    ref = answer.headers["Location"].rsplit("#", 1)[1]

    for page in (f"/learnings/{ref}", f"/experiments/{experiment.ref}"):
        images = re.findall(r"<img [^>]*>", browser.get(page).text)
        assert ['loading="lazy"' in image for image in images] == [True, True]
        assert 'alt="A &#34;table&#34; &lt;full&gt;"' in images[0]
        assert 'alt="The route they built"' in images[1]
        assert f'src="/learnings/{ref}/pictures/2"' in images[1]
    assert last_action() == "experiment.pictured"
    assert "added pictures to a learning" in browser.get(f"/experiments/{experiment.ref}").text


def test_a_learning_that_is_corrected_keeps_its_pictures_and_its_name(signed_in: SignedIn) -> None:
    lead = a_person()
    browser, experiment = signed_in(lead), a_running_experiment(lead=lead)
    (old,) = {sent(browser, experiment, a_photo(), shows="The route they built").headers["Location"].rsplit("#", 1)[1]}
    path = f"/experiments/{experiment.ref}/learnings"
    said = {"title": "It takes an hour", "body": "Not two.", "kind": "insight", "evidence": "measured"}

    answer = browser.post(f"{path}?corrects={old}", data=said)

    page = browser.get(f"/learnings/{answer.headers['Location'].rsplit('#', 1)[1]}").text
    assert 'alt="The route they built"' in page
    assert f'<a href="/learnings/{old}">{old}</a>' in page


def test_a_log_with_pictures_asks_no_more_than_one_without(
    signed_in: SignedIn, count_statements: Callable[[], Any]
) -> None:
    lead = a_person()
    browser, experiment = signed_in(lead), a_running_experiment(lead=lead)
    sent(browser, experiment, shows="")
    browser.get(f"/experiments/{experiment.ref}")
    with count_statements() as bare:
        browser.get(f"/experiments/{experiment.ref}")
    for _ in range(3):
        sent(browser, experiment, a_picture(), a_picture(), shows="One\nTwo")

    with count_statements() as pictured:
        browser.get(f"/experiments/{experiment.ref}")

    assert len(pictured) == len(bare)
    assert not any("content" in statement.split("FROM")[0] for statement in pictured if "learning_picture" in statement)


def test_programs_find_its_address_and_its_words(app: Flask, signed_in: SignedIn) -> None:
    lead = a_person()
    address = a_pictured_learning(signed_in(lead), a_running_experiment(lead=lead))

    said = Program(app, a_token(lead, "read")).get(f"/learnings/{address.split('/')[2]}").json

    seen = {"address": address, "shows": "A table full of LEGO", "width": 60, "height": 40}
    assert said["pictures"] == [seen | {"number": 1, "removed": False, "removal": None}]


# Keeping ------------------------------------------------------------------------------------------------------------


def test_a_backup_brings_it_back(
    signed_in: SignedIn, tmp_path: Path, another_database: Callable[[str], str], settings: Settings
) -> None:
    lead = a_person()
    browser, experiment = signed_in(lead), a_running_experiment(lead=lead)
    address = a_pictured_learning(browser, experiment)
    looks, before = browser.get(address).data, sums()
    backed_up(tmp_path / "a.backup")
    with living_at(settings, another_database("pictured")):
        restored(tmp_path / "a.backup")

        assert sums()["picture_content"] == before["picture_content"]
        with reading():
            learning = db.session.query(Learning).one()
            assert picture_queries.content_of(learning, 1) == looks
