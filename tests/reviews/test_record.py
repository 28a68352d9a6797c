"""The frozen record: one text whose fingerprint holds, that nobody alters, and that says the same for ever."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from portfolio.foundation import seal
from portfolio.foundation.database import WRITING, db, write_tx
from portfolio.network.decision import DecisionKind
from portfolio.organisation.house_rules import AmountsSeenBy
from portfolio.people.person import Person, RoleName
from portfolio.reviews import checks, queries
from portfolio.reviews.canonical import canonical
from portfolio.reviews.record import START
from portfolio.reviews.review import Review
from tests.factories import (
    a_facilitator,
    a_leader,
    a_person,
    an_administrator,
    an_approved_experiment,
    an_envelope,
    at,
    change_house_rules,
    changing,
    deactivated,
    last_action,
    reading,
    with_roles,
)
from tests.reviews.meetings import (
    HELD,
    SignedIn,
    a_closed_review,
    a_plan_form,
    agreed,
    an_ended_experiment,
    an_open_review,
    closed,
    decide,
    frozen,
    text_of,
)


@pytest.fixture(autouse=True)
def held(app: Flask) -> Iterator[None]:
    """An afternoon at the end of June."""
    with at(HELD):
        yield


def a_full_review() -> Review:
    """A closed review in which something of everything happened."""
    an_envelope("140000.55")
    host = a_facilitator(name="Karel Vandewalle")
    decided = an_ended_experiment(title="When does a delivery go right?", lead=a_person(name="Noor Claeys"))
    an_ended_experiment(title="Will they order in one place?")
    review = an_open_review(by=host)
    decide(decided, DecisionKind.SCALE, by=a_leader(name="Hilde Baert"), reason="It **held** for four weeks.")
    agreed(review, "Ask the care homes", owner=a_person(name="Ilse Goethals"), by=host)
    return closed(review, by=host)


# Nobody alters it ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [RoleName.LEADER, RoleName.FACILITATOR])
def test_no_command_alters_a_closed_review(signed_in: SignedIn, role: RoleName) -> None:
    review = a_closed_review()
    before = frozen(review)
    host, experiment = a_person(roles=[role]), an_approved_experiment()
    browser, path = signed_in(host), f"/reviews/{review.ref}"
    commands: list[tuple[str, dict[str, str]]] = [
        ("plan", a_plan_form(host, quarter=review.quarter)),
        ("opening", {}),
        ("notes", {"part": "wins", "body": "Too late."}),
        ("actions", {"what": "Too late", "owner": str(host.id), "due_on": "2026-07-13"}),
        ("closing", {}),
    ]
    if role is RoleName.LEADER:
        commands.append(("choices", {"choice": "Too late", "reason": "It is closed."}))
        commands.append((f"keeps/{experiment.ref}", {"reason": "Too late."}))

    assert {name: browser.post(f"{path}/{name}", data=data).status_code for name, data in commands} == {
        name: 409 for name, _data in commands
    }
    assert [browser.get(f"{path}/{page}").status_code for page in ("plan", "closing")] == [409, 409]
    after = frozen(review)
    assert (after.body, after.sha256) == (before.body, before.sha256)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE review_record SET body = '{}'",
        "DELETE FROM review_record",
        "UPDATE review_addendum SET body = 'No.'",
        "DELETE FROM review_addendum",
    ],
)
def test_the_database_itself_refuses_to_change_a_record(statement: str) -> None:
    review = a_closed_review()
    with changing(review, by=a_facilitator()) as (found, by, moment):
        found.correct("It was the 26th.", by=by, at=moment)

    with pytest.raises(DBAPIError, match="is sealed"), write_tx():
        db.session.execute(text(statement))


def test_the_page_of_a_record_asks_for_nothing_but_the_record(signed_in: SignedIn) -> None:
    review = a_full_review()
    english, other = a_leader(language="en"), a_leader(language="nl")
    before = text_of(signed_in(english).get(f"/reviews/{review.ref}").text)
    dutch = text_of(signed_in(other).get(f"/reviews/{review.ref}").text)
    assert "Noor" not in before  # She is no part of what it says; those who decided and agreed are.

    rename_everybody()
    change_house_rules(
        organisation="Another Name Ltd", time_zone="Pacific/Kiritimati", amounts_seen_by=AmountsSeenBy.INVOLVED
    )
    with at("2031-01-01"):
        assert text_of(signed_in(english).get(f"/reviews/{review.ref}").text) == before
        assert text_of(signed_in(other).get(f"/reviews/{review.ref}").text) == dutch
    assert "Hilde Baert" in before
    assert "€140,000.55" in before
    assert "Thu 25 June 2026, 13:00 to 13:00" in before
    assert "€ 140.000,55" in dutch
    assert "do 25 juni 2026" in dutch


def rename_everybody() -> None:
    """Give every person and every experiment another name."""
    with write_tx():
        db.session.execute(text("UPDATE person SET name = 'Somebody Else'"))
        db.session.execute(text("UPDATE experiment SET title = 'Another question?', hypothesis = 'Another.'"))
        db.session.execute(text("UPDATE review SET notes = 'Other notes.'"))
        db.session.execute(text("UPDATE review_action SET what = 'Something else'"))
        db.session.execute(text("UPDATE rich_text SET html = '<p>Forged.</p>'"))


# Its bytes ----------------------------------------------------------------------------------------------------------


def test_the_fingerprint_can_be_repeated_from_the_bytes_alone(signed_in: SignedIn) -> None:
    first = a_full_review()
    with at("2026-09-25"):
        second = a_closed_review("2026-Q3")
    browser = signed_in(a_facilitator())

    previous = START
    for review in (first, second):
        answer = browser.get(f"/reviews/{review.ref}/record")
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{review.ref}.json"'
        assert json.loads(answer.data)["previous"] == previous
        previous = hashlib.sha256(b"tandem.review.v1\0" + previous.encode() + answer.data).hexdigest()
        assert frozen(review).sha256 == previous
        assert previous in browser.get(f"/reviews/{review.ref}").text


@pytest.mark.parametrize("somebody", [a_person, an_administrator])
def test_the_bytes_are_for_who_may_see_every_line(signed_in: SignedIn, somebody: Callable[[], Person]) -> None:
    review, browser = a_closed_review(), signed_in(somebody())

    assert browser.get(f"/reviews/{review.ref}/record").status_code == 403
    assert last_action() == "review.record_reading_refused"
    assert browser.get(f"/reviews/{review.ref}").status_code == 200


def test_a_review_that_is_not_closed_has_no_bytes(signed_in: SignedIn) -> None:
    assert signed_in(a_leader()).get(f"/reviews/{an_open_review().ref}/record").status_code == 404


def test_the_text_is_canonical_and_says_everything_in_both_languages() -> None:
    body = frozen(a_full_review()).body
    said = json.loads(body)

    assert body == json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert unicodedata.is_normalized("NFC", body)
    assert said["closed_at"] == "2026-06-25T11:00:00.000000Z"
    assert {0, 15_000_00, 140_000_55} <= numbers_in(said)
    for section in said["sections"]:
        assert set(section["title"]) == {"en", "nl"}
        for line in section["lines"]:
            assert line["visible"]
            for cell in line["cells"]:
                assert all(set(sentence["words"]) == {"en", "nl"} for sentence in cell)


def numbers_in(said: Any) -> set[int]:
    """Every number of a record; booleans are none."""
    if isinstance(said, dict):
        return {number for part in said.values() for number in numbers_in(part)}
    if isinstance(said, list):
        return {number for part in said for number in numbers_in(part)}
    assert not isinstance(said, float)
    return {said} if isinstance(said, int) and not isinstance(said, bool) else set()


@pytest.mark.parametrize("value", [1.5, {"a": {1: "b"}}, {"naïve": 1}, {"when": object()}, float("nan"), b"x"])
def test_what_has_no_one_spelling_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        canonical(value)


def test_the_same_words_are_the_same_bytes() -> None:
    assert canonical({"b": "Esme\u0301e", "a": [1, True, None]}) == '{"a":[1,true,null],"b":"Esmée"}'
    assert canonical({"half": "\ud800"}).encode() == '{"half":"\N{REPLACEMENT CHARACTER}"}'.encode()


# The chain ----------------------------------------------------------------------------------------------------------


def three_reviews() -> list[Review]:
    """Three closed reviews, one after another."""
    found = []
    for day, quarter in (("2026-03-26", "2026-Q1"), ("2026-06-25", "2026-Q2"), ("2026-09-25", "2026-Q3")):
        with at(day):
            found.append(a_closed_review(quarter))
    return found


def verified() -> str | None:
    """The first review whose record does not hold."""
    with reading():
        return next((str(problem.key) for problem in checks.records()), None)


def test_an_untouched_chain_holds() -> None:
    assert verified() is None
    three_reviews()
    assert verified() is None


@pytest.mark.parametrize("position", [0, 1, 2])
@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE review_record SET body = replace(body, 'Envelope', 'envelope') WHERE review_id = :id",
        "UPDATE review_record SET sha256 = replace(sha256, substr(sha256, 1, 1), 'x') WHERE review_id = :id",
        "UPDATE review_record SET closed_at = closed_at + 1 WHERE review_id = :id",
        "DELETE FROM review_record WHERE review_id = :id",
    ],
)
def test_whoever_gets_past_the_seal_is_found_out(
    signed_in: SignedIn, unsealed: Callable[[str], None], position: int, tampering: str
) -> None:
    review = three_reviews()[position]

    unsealed(tampering.replace(":id", str(review.id)))

    assert verified() == review.ref


def test_a_changed_text_says_so_on_its_page(signed_in: SignedIn, unsealed: Callable[[str], None]) -> None:
    review = a_closed_review()
    unsealed("UPDATE review_record SET body = replace(body, 'Envelope', 'envelope')")

    assert "tampered with" in signed_in(a_person()).get(f"/reviews/{review.ref}").text


@pytest.fixture
def unsealed(app: Flask) -> Iterator[Callable[[str], None]]:
    """Gives what changes a sealed table all the same, as whoever owns the database could."""

    def tamper(statement: str) -> None:
        db.session.rollback()
        with as_its_owner() as connection:
            seal.unseal(connection, "review_record")
            connection.execute(text(statement))

    yield tamper
    db.session.rollback()
    with as_its_owner() as connection:
        seal.seal(connection, "review_record", "review_id")


@contextmanager
def as_its_owner() -> Iterator[Connection]:
    """A connection on which nothing holds but the database's own rules."""
    with db.engine.connect().execution_options(**WRITING) as connection, connection.begin():
        yield connection


# Who reads which line -----------------------------------------------------------------------------------------------


def test_a_restricted_line_reads_restricted_for_who_may_not_see_it(signed_in: SignedIn) -> None:
    member, lead = a_person(), a_person()
    secret = an_ended_experiment(title="Which wing closes first?", restricted=True, lead=lead, team=[member])
    review = an_open_review()
    decide(secret, reason="It is too early.")
    closed(review)

    outsider = text_of(signed_in(a_person()).get(f"/reviews/{review.ref}").text)
    assert "Which wing" not in outsider
    assert "too early" not in outsider
    assert secret.ref not in outsider
    assert "restricted" in outsider
    for insider in (lead, member, a_leader(), a_facilitator()):
        assert "Which wing closes first?" in text_of(signed_in(insider).get(f"/reviews/{review.ref}").text)


def test_a_role_that_was_taken_away_shows_no_restricted_line_any_more(signed_in: SignedIn) -> None:
    an_ended_experiment(title="Which wing closes first?", restricted=True)
    leader, review = a_leader(), a_closed_review()
    a_leader()
    assert "Which wing" in signed_in(leader).get(f"/reviews/{review.ref}").text

    with_roles(leader)

    assert "Which wing" not in signed_in(leader).get(f"/reviews/{review.ref}").text


def test_amounts_stay_with_who_could_see_them_when_it_was_closed(signed_in: SignedIn) -> None:
    change_house_rules(amounts_seen_by=AmountsSeenBy.INVOLVED)
    an_envelope("140000.55")
    lead = a_person()
    an_ended_experiment(budget="12345", lead=lead)
    review = an_open_review()
    decide(an_ended_experiment(budget="23456"))
    closed(review)
    change_house_rules(amounts_seen_by=AmountsSeenBy.EVERYONE)

    outsider = text_of(signed_in(a_person()).get(f"/reviews/{review.ref}").text)
    assert not any(amount in outsider for amount in ("12,345", "23,456", "140,000.55"))
    assert "12,345" in text_of(signed_in(lead).get(f"/reviews/{review.ref}").text)
    everything = text_of(signed_in(a_facilitator()).get(f"/reviews/{review.ref}").text)
    assert all(amount in everything for amount in ("12,345", "23,456", "140,000.55"))


def test_who_was_deactivated_since_still_stands_in_the_record(signed_in: SignedIn) -> None:
    host = a_facilitator(name="Karel Vandewalle")
    review = a_closed_review(by=host)
    deactivated(host)

    assert "Karel Vandewalle" in text_of(signed_in(a_person()).get(f"/reviews/{review.ref}").text)


# Corrections --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("somebody", [a_person, an_administrator])
def test_only_who_runs_reviews_corrects_one(signed_in: SignedIn, somebody: Callable[[], Person]) -> None:
    review = a_closed_review()

    answer = signed_in(somebody()).post(f"/reviews/{review.ref}/addenda", data={"body": "No."})

    assert answer.status_code == 403
    with reading():
        assert queries.addenda_of(review) == []


def test_a_correction_stands_below_the_record_and_leaves_it_as_it_is(signed_in: SignedIn) -> None:
    review = a_full_review()
    browser = signed_in(a_leader(name="Hilde Baert"))
    before = text_of(browser.get(f"/reviews/{review.ref}").text)
    assert browser.post(f"/reviews/{review.ref}/addenda", data={"body": " "}).status_code == 422

    answer = browser.post(f"/reviews/{review.ref}/addenda", data={"body": "It was **six** weeks, not four."})

    assert answer.status_code == 303
    assert last_action() == "review.corrected"
    page = browser.get(f"/reviews/{review.ref}").text
    assert text_of(page) == before
    below = page[page.index("</article>") :]
    assert "<strong>six</strong>" in below
    assert "Hilde Baert, Thu 25 June, 13:00" in below
    assert verified() is None


def test_the_record_leads_to_the_review_before(signed_in: SignedIn) -> None:
    first, second, _third = three_reviews()

    assert f'href="/reviews/{first.ref}"' in signed_in(a_person()).get(f"/reviews/{second.ref}").text
