"""Scheduling and opening a review: who may, when, and only one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from portfolio.foundation.errors import RuleBroken
from portfolio.people.person import Person
from portfolio.reviews import queries
from portfolio.reviews.review import Review, ReviewState
from tests.factories import (
    a_facilitator,
    a_leader,
    a_person,
    an_administrator,
    an_observer,
    an_operations_owner,
    at,
    changing,
    last_action,
    last_line,
    reading,
    reloaded,
)
from tests.reviews.meetings import (
    HELD,
    SignedIn,
    a_closed_review,
    a_plan_form,
    a_scheduled_review,
    an_open_review,
)


@pytest.fixture(autouse=True)
def held(app: Flask) -> Iterator[None]:
    """An afternoon at the end of June."""
    with at(HELD):
        yield


def all_reviews() -> list[Review]:
    """Every review."""
    with reading():
        return list(queries.reviews(None).rows)


@pytest.mark.parametrize("somebody", [a_person, an_operations_owner, an_administrator])
def test_only_facilitators_and_leaders_schedule_and_open_reviews(
    signed_in: SignedIn, somebody: Callable[[], Person]
) -> None:
    host, review = a_facilitator(), a_scheduled_review()
    browser = signed_in(somebody())

    assert browser.get("/reviews/new").status_code == 403
    assert browser.post("/reviews", data=a_plan_form(host, quarter="2026-Q3")).status_code == 403
    assert browser.get(f"/reviews/{review.ref}/plan").status_code == 403
    assert browser.post(f"/reviews/{review.ref}/plan", data=a_plan_form(host)).status_code == 403
    assert browser.post(f"/reviews/{review.ref}/opening").status_code == 403
    assert last_action() == "review.running_refused"
    assert [found.state for found in all_reviews()] == [ReviewState.SCHEDULED]


def test_observers_read_no_review(signed_in: SignedIn) -> None:
    review, browser = a_closed_review(), signed_in(an_observer())

    assert browser.get("/reviews").status_code == 403
    assert browser.get(f"/reviews/{review.ref}").status_code == 403
    assert browser.get(f"/reviews/{review.ref}/record").status_code == 403


def test_signed_out_nobody_reads_a_review(client: object) -> None:
    review = a_closed_review()

    assert client.get(f"/reviews/{review.ref}").status_code == 302  # type: ignore[attr-defined]
    assert client.get(f"/reviews/{review.ref}/record").status_code == 302  # type: ignore[attr-defined]


@pytest.mark.parametrize("ref", ["Q-999", "X-001", "q", "Q-" + "9" * 15])
def test_a_review_that_is_not_there_is_missing(signed_in: SignedIn, ref: str) -> None:
    browser = signed_in(a_leader())

    assert browser.get(f"/reviews/{ref}").status_code == 404
    assert browser.get(f"/reviews/{ref}/record").status_code == 404
    assert browser.post(f"/reviews/{ref}/opening").status_code == 404
    assert browser.post(f"/reviews/{ref}/closing").status_code == 404


@pytest.mark.parametrize(
    ("answers", "status", "words"),
    [
        ({"quarter": "2031-Q1"}, 422, "Choose one of these"),
        ({"day": ""}, 422, "Give the day"),
        ({"day": "tomorrow"}, 422, "for example 2026-09-25"),
        ({"time": ""}, 422, "Give the time"),
        ({"time": "two"}, 422, "for example 14:00"),
        ({"minutes": "14"}, 422, "15 to 600"),
        ({"minutes": "a while"}, 422, "whole number"),
        ({"facilitator": "0"}, 422, "Choose one of these"),
        ({"day": "2026-06-24"}, 409, "today or later"),
    ],
)
def test_a_plan_that_does_not_fit_is_sent_back_with_what_was_typed(
    signed_in: SignedIn, answers: dict[str, str], status: int, words: str
) -> None:
    host = a_facilitator()

    answer = signed_in(host).post("/reviews", data=a_plan_form(host, **answers))

    assert answer.status_code == status
    assert words in answer.text
    assert "Read the **charters** that ended." in answer.text
    assert all_reviews() == []


def test_there_is_always_a_quarter_to_schedule_for(signed_in: SignedIn) -> None:
    host = a_facilitator()
    for quarter in ("2026-Q1", "2026-Q2", "2026-Q3"):
        a_scheduled_review(quarter)
    browser = signed_in(host)

    assert '<option selected value="2026-Q4">' in browser.get("/reviews/new").text

    assert browser.post("/reviews", data=a_plan_form(host, quarter="2026-Q4")).status_code == 303


def test_a_plan_is_not_changed_over_one_that_nobody_read(signed_in: SignedIn) -> None:
    host = a_facilitator()
    review = a_scheduled_review(by=host)
    first, second = signed_in(a_leader(name="Hilde Baert")), signed_in(host)
    plan = f"/reviews/{review.ref}/plan"
    assert first.post(plan, data=a_plan_form(host, minutes="45", read="")).status_code == 303

    late = second.post(plan, data=a_plan_form(host, minutes="30", read=""))

    assert late.status_code == 409
    assert "Hilde Baert changed this after you opened it" in late.text
    assert [found.minutes for found in all_reviews()] == [45]


def test_a_quarter_has_one_review() -> None:
    a_scheduled_review("2026-Q2")

    with pytest.raises(RuleBroken, match="2026-Q2 has its review already"):
        a_scheduled_review("2026-Q2")


def test_a_review_is_run_by_a_facilitator_or_a_leader_only() -> None:
    with pytest.raises(RuleBroken, match="facilitator or a leader"):
        a_scheduled_review(by=a_person())


def test_two_reviews_are_never_open_at_once(signed_in: SignedIn) -> None:
    an_open_review("2026-Q1")
    second = a_scheduled_review("2026-Q2")

    answer = signed_in(a_leader()).post(f"/reviews/{second.ref}/opening")

    assert answer.status_code == 409
    assert "The review of 2026-Q1 is still open" in answer.text
    assert reloaded(second).state is ReviewState.SCHEDULED


def test_an_open_review_is_not_opened_or_planned_again(signed_in: SignedIn) -> None:
    host = a_facilitator()
    review = an_open_review(by=host)
    browser = signed_in(host)

    assert browser.post(f"/reviews/{review.ref}/opening").status_code == 409
    assert browser.get(f"/reviews/{review.ref}/plan").status_code == 409
    assert browser.post(f"/reviews/{review.ref}/plan", data=a_plan_form(host)).status_code == 409


def test_a_facilitator_schedules_a_review_and_everyone_inside_reads_its_agenda(signed_in: SignedIn) -> None:
    host = a_facilitator(name="Karel Vandewalle")

    answer = signed_in(host).post("/reviews", data=a_plan_form(host))

    assert answer.status_code == 303
    assert last_action() == "review.scheduled"
    (review,) = all_reviews()
    assert review.scheduled_for.isoformat() == "2026-06-25T12:00:00+00:00"
    page = signed_in(a_person()).get(answer.location).text
    assert "<strong>charters</strong>" in page
    assert "Karel Vandewalle facilitates" in page
    assert "/opening" not in page


def test_a_scheduled_review_can_be_held_at_another_moment(signed_in: SignedIn) -> None:
    host = a_facilitator()
    review, browser = a_scheduled_review(by=host), signed_in(host)
    assert 'value="14:00"' in browser.get(f"/reviews/{review.ref}/plan").text

    answer = browser.post(f"/reviews/{review.ref}/plan", data=a_plan_form(host, day="2026-07-02", time="09:30"))

    assert answer.status_code == 303
    assert reloaded(review).scheduled_for.isoformat() == "2026-07-02T07:30:00+00:00"
    assert last_action() == "review.rescheduled"


def test_opening_says_who_and_when_on_the_trail(signed_in: SignedIn) -> None:
    host, review = a_facilitator(name="Karel Vandewalle"), a_scheduled_review()

    assert signed_in(host).post(f"/reviews/{review.ref}/opening").status_code == 303

    opened = reloaded(review)
    assert opened.is_open
    assert opened.opened_by_id == host.id
    assert last_line().names == {"actor": "Karel Vandewalle", "subject": "2026-Q2"}


def test_the_next_review_is_the_open_one_else_the_one_that_comes_first() -> None:
    with reading():
        assert queries.next_review() is None
    later = a_scheduled_review("2026-Q3", scheduled_for=a_scheduled_review("2026-Q2").scheduled_for.replace(month=9))
    with reading():
        found = queries.next_review()
        assert found is not None
        assert found.quarter == "2026-Q2"
    with changing(later, by=a_facilitator()) as (review, by, moment):
        review.open(by=by, at=moment)
    with reading():
        found = queries.next_review()
        assert found is not None
        assert found.quarter == "2026-Q3"
