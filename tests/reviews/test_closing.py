"""Closing a review: what is undecided is said first, what never started returns, then it is frozen."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from portfolio.network.state import State
from portfolio.people.person import Person
from portfolio.reviews import queries
from portfolio.reviews.review import ReviewState
from tests.factories import (
    a_facilitator,
    a_leader,
    a_person,
    an_administrator,
    an_approved_experiment,
    an_envelope,
    an_observer,
    at,
    changing,
    deactivated,
    envelope_now,
    here,
    last_action,
    money,
    reading,
    reloaded,
)
from tests.reviews.meetings import (
    HELD,
    SignedIn,
    a_plan_form,
    an_ended_experiment,
    an_open_review,
    closed,
    frozen,
    text_of,
)


@pytest.fixture(autouse=True)
def held(app: Flask) -> Iterator[None]:
    """An afternoon at the end of June."""
    with at(HELD):
        yield


@pytest.mark.parametrize("somebody", [a_person, an_administrator, an_observer])
def test_only_facilitators_and_leaders_close_a_review(signed_in: SignedIn, somebody: Callable[[], Person]) -> None:
    review, browser = an_open_review(), signed_in(somebody())

    assert browser.get(f"/reviews/{review.ref}/closing").status_code == 403
    assert browser.post(f"/reviews/{review.ref}/closing").status_code == 403
    assert reloaded(review).is_open


def test_closing_twice_closes_once(signed_in: SignedIn) -> None:
    review, browser = an_open_review(), signed_in(a_facilitator())

    assert browser.post(f"/reviews/{review.ref}/closing").status_code == 303
    before = frozen(review).sha256
    assert browser.get(f"/reviews/{review.ref}/closing").status_code == 409
    assert browser.post(f"/reviews/{review.ref}/closing").status_code == 409
    assert frozen(review).sha256 == before


def test_what_is_still_undecided_is_said_first_and_stands_in_the_record(signed_in: SignedIn) -> None:
    ended, review = an_ended_experiment(title="Will they order in one place?"), an_open_review()
    browser = signed_in(a_facilitator())

    page = browser.get(f"/reviews/{review.ref}/closing").text
    assert "Still undecided" in page
    assert "Will they order in one place?" in page
    assert "Envelope 2026-Q3" in page

    assert browser.post(f"/reviews/{review.ref}/closing").status_code == 303
    assert reloaded(review).state is ReviewState.CLOSED
    assert last_action() == "review.closed"
    said = text_of(browser.get(f"/reviews/{review.ref}").text)
    assert f"{ended.ref} Will they order in one place? Not decided" in said


def test_what_was_approved_and_never_started_returns_when_its_quarter_is_over(signed_in: SignedIn) -> None:
    with at("2026-03-20"):
        an_envelope("100000")
        old = an_approved_experiment(budget="20000", title="Never begun?")
    an_envelope("50000")
    new = an_approved_experiment(budget="10000")
    review, browser = an_open_review(), signed_in(a_facilitator())
    page = browser.get(f"/reviews/{review.ref}/closing").text
    assert f"returns to the envelope: {old.ref}." in page

    assert browser.post(f"/reviews/{review.ref}/closing").status_code == 303

    assert reloaded(old).state is State.WITHDRAWN
    assert reloaded(new).state is State.APPROVED
    envelope = envelope_now()
    assert envelope is not None
    assert envelope.total_money == money("70000")
    assert envelope.committed_money == money("10000")
    assert "Never begun?" in text_of(browser.get(f"/reviews/{review.ref}").text)
    assert "€20,000 returned when this review closed" in text_of(browser.get(f"/reviews/{review.ref}").text)


def test_what_a_leader_keeps_does_not_return_and_is_asked_for_again_next_time() -> None:
    with at("2026-03-20"):
        waiting = an_approved_experiment()
    review = an_open_review("2026-Q2")
    with changing(review, by=a_leader()) as (room, leader, moment):
        room.keep(here(waiting), "The new colleague starts in July.", by=leader, at=moment)
    closed(review)
    assert reloaded(waiting).state is State.APPROVED

    with at("2026-09-25"):
        closed(an_open_review("2026-Q3"))
    assert reloaded(waiting).state is State.WITHDRAWN


def test_the_next_is_scheduled_with_the_same_people(signed_in: SignedIn) -> None:
    karel, noor = a_facilitator(), a_person(name="Noor Claeys")
    browser = signed_in(karel)
    browser.post("/reviews", data=a_plan_form(karel, participants=str(noor.id)))
    with reading():
        review = queries.next_review()
        assert review is not None
    browser.post(f"/reviews/{review.ref}/opening")
    browser = signed_in(a_leader())
    assert 'value="2026-09-24"' in browser.get(f"/reviews/{review.ref}/closing").text, "thirteen weeks on"

    answer = browser.post(f"/reviews/{review.ref}/closing", data={"next_day": "2026-09-25", "next_time": "10:00"})

    assert answer.status_code == 303
    with reading():
        following = queries.next_review()
        assert following is not None
        assert (following.quarter, following.minutes) == ("2026-Q3", review.minutes)
        assert following.facilitator_id == review.facilitator_id
        assert queries.participants_of(following) == queries.participants_of(review)


def test_whoever_closes_it_facilitates_the_next_when_the_facilitator_has_left(signed_in: SignedIn) -> None:
    host, leader = a_facilitator(), a_leader(name="Hilde Baert")
    review = an_open_review(by=host)
    deactivated(host)

    answer = signed_in(leader).post(
        f"/reviews/{review.ref}/closing", data={"next_day": "2026-09-25", "next_time": "10:00"}
    )

    assert answer.status_code == 303
    with reading():
        following = queries.next_review()
        assert following is not None
        assert following.facilitator.name == "Hilde Baert"


def test_a_next_one_that_cannot_be_held_closes_nothing(signed_in: SignedIn) -> None:
    review, browser = an_open_review("2026-Q2"), signed_in(a_facilitator())

    answer = browser.post(f"/reviews/{review.ref}/closing", data={"next_day": "2026-06-01", "next_time": "10:00"})

    assert answer.status_code == 409
    assert "Schedule it for today or later." in answer.text
    assert 'value="2026-06-01"' in answer.text
    assert reloaded(review).is_open
