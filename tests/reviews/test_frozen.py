"""A closed review reads the same for ever: whatever is renamed, ruled or migrated, its bytes and its page stay."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import Connection, select, text

from config import Settings
from portfolio import create_app
from portfolio.exchange import restoring
from portfolio.exchange.verifying import every_check, problems
from portfolio.foundation.database import WRITING, db
from portfolio.organisation.house_rules import AmountsSeenBy
from portfolio.people.person import Person
from portfolio.reviews.record import ReviewRecord
from portfolio.reviews.review import Review
from tests.browser import Browser
from tests.factories import a_leader, a_person, an_envelope, at, change_house_rules, reading
from tests.reviews.meetings import (
    HELD,
    SignedIn,
    a_closed_review,
    agreed,
    an_ended_experiment,
    an_open_review,
    closed,
    decide,
    frozen,
    text_of,
)

FIRST_WITH_RECORDS = "0001"


@pytest.fixture(autouse=True)
def held(app: Flask) -> Iterator[None]:
    """An afternoon at the end of June."""
    with at(HELD):
        yield


def a_review_with_something_of_everything() -> Review:
    """Money, a decision, an agreement, and a line for some only."""
    an_envelope("140000.55")
    ended, hidden = an_ended_experiment(lead=a_person(name="Noor Claeys")), an_ended_experiment(restricted=True)
    review = an_open_review()
    decide(ended, by=a_leader(name="Hilde Baert"))
    decide(hidden)
    agreed(review, "Ask the care homes", owner=a_person(name="Ilse Goethals"))
    return closed(review)


def everything_else_changes() -> None:
    """Names, titles, roles, rules, time zone and language; what is sealed cannot."""
    change_house_rules(
        organisation="Another Name", time_zone="Pacific/Kiritimati", amounts_seen_by=AmountsSeenBy.INVOLVED
    )
    with db.engine.connect().execution_options(**WRITING) as connection, connection.begin():
        run(connection, "UPDATE person SET name = 'Somebody Else', language = NULL")
        run(connection, "UPDATE experiment SET title = 'Another question?', hypothesis = 'Another.', restricted = true")
        run(connection, "UPDATE unit SET name = name || ' (old)'")
        run(connection, "UPDATE measure SET name = name || ' (old)', unit = 'apples'")
        run(connection, "UPDATE review SET notes = 'Other notes.', quarter = '1999-Q1', minutes = 20")
        run(connection, "UPDATE review_action SET what = 'Something else'")
        run(connection, "UPDATE envelope SET total = total + 1")
        run(connection, "UPDATE rich_text SET html = '<p>Forged.</p>'")
        run(connection, "UPDATE audit_names SET names = '{}'")


def run(connection: Connection, statement: str) -> None:
    """Change rows, wherever there are some."""
    connection.execute(text(statement))


@pytest.mark.parametrize("maker", [a_leader, a_person])
@pytest.mark.parametrize("language", ["en", "nl"])
def test_bytes_and_page_stay_whatever_else_changes(
    signed_in: SignedIn, maker: Callable[..., Person], language: str
) -> None:
    review = a_review_with_something_of_everything()
    browser = signed_in(maker(language=language))
    bytes_before, page_before = frozen(review).bytes, page_of(browser, review)

    everything_else_changes()
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE person SET language = :language"), {"language": language})

    with at("2031-01-01"):
        browser = signed_in(maker(language=language))
        assert frozen(review).bytes == bytes_before
        assert page_of(browser, review) == page_before


def test_a_page_made_of_live_rows_would_have_changed(signed_in: SignedIn) -> None:
    """The page of a review that is still open is, so the changes above are changes that show."""
    an_ended_experiment()
    review, browser = an_open_review(), signed_in(a_leader())
    before = browser.get(f"/reviews/{review.ref}").text

    everything_else_changes()

    assert browser.get(f"/reviews/{review.ref}").text != before


def test_it_is_read_with_nothing_but_the_record(signed_in: SignedIn, count_statements: Callable[..., object]) -> None:
    review = a_review_with_something_of_everything()
    browser = signed_in(a_leader())
    page_of(browser, review)

    with count_statements() as statements:  # type: ignore[attr-defined]
        page_of(browser, review)

    about = (
        "FROM experiment",
        "FROM decision",
        "FROM envelope",
        "FROM review_note",
        "FROM review_action",
        "FROM measure",
    )
    assert [said for said in statements if any(table in said.replace("\n", " ") for table in about)] == []


def test_migrations_down_and_up_leave_every_byte(settings: Settings, another_database: Callable[[str], str]) -> None:
    traveller = create_app(dataclasses.replace(settings, database_url=another_database("frozen_traveller")))
    with traveller.app_context():
        flask_migrate.upgrade(directory=restoring.MIGRATIONS)
        a_review_with_something_of_everything()
        with at("2026-09-25"):
            a_closed_review("2026-Q3")
        before = records()
        db.session.remove()
        flask_migrate.downgrade(directory=restoring.MIGRATIONS, revision=FIRST_WITH_RECORDS)
        with db.engine.connect() as connection:
            bodies = connection.execute(text("SELECT body, sha256 FROM review_record ORDER BY number")).all()
        flask_migrate.upgrade(directory=restoring.MIGRATIONS)
        after = records()
        with reading():
            wrong = [str(problem) for _, problem in problems(every_check([], [], "")) if problem is not None]
        db.session.remove()
        db.engine.dispose()

    assert len(before) == 2
    assert after == before
    assert [(body.encode(), sha) for body, sha in bodies] == [(row[0], row[1]) for row in before]
    assert wrong == []


def records() -> list[tuple[bytes, str, str, object]]:
    """Every record, byte by byte."""
    with reading():
        rows = db.session.scalars(select(ReviewRecord).order_by(ReviewRecord.number)).all()
        return [(row.bytes, row.sha256, row.prev_hash, row.closed_at) for row in rows]


def page_of(browser: Browser, review: Review) -> str:
    """The words of a record on its page."""
    answer = browser.get(f"/reviews/{review.ref}")
    assert answer.status_code == 200
    return text_of(answer.text)


def test_the_page_says_how_far_the_trail_went(signed_in: SignedIn) -> None:
    review = a_closed_review()
    said = frozen(review).minutes["trail"]

    page = page_of(signed_in(a_person()), review)

    assert f"{said['seq']} {said['hash']}" in page
