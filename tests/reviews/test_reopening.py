"""What we chose not to do stands for the quarter, and is taken up again only on purpose."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from portfolio.people.person import Person
from tests.factories import a_facilitator, a_leader, a_person, an_administrator, at, last_action, last_line
from tests.reviews.meetings import HELD, SignedIn, an_open_review, chosen_not, closed, frozen

WHY = {"reopening": "The first one earned its place."}


@pytest.fixture(autouse=True)
def held(app: Flask) -> Iterator[None]:
    """An afternoon at the end of June."""
    with at(HELD):
        yield


@pytest.mark.parametrize("somebody", [a_person, a_facilitator, an_administrator])
def test_only_a_leader_reopens_it(signed_in: SignedIn, somebody: Callable[[], Person]) -> None:
    review = an_open_review()
    choice = chosen_not(review)
    closed(review)

    answer = signed_in(somebody()).post(f"/reviews/choices/{choice.id}/reopening", data=WHY)

    assert answer.status_code == 403
    assert last_action().endswith("_refused")


def test_it_is_not_reopened_while_the_review_goes_on_nor_without_a_reason_nor_twice(signed_in: SignedIn) -> None:
    review, browser = an_open_review(), signed_in(a_leader())
    choice = chosen_not(review)
    path = f"/reviews/choices/{choice.id}/reopening"

    assert browser.post(path, data=WHY).status_code == 409
    closed(review)
    empty = browser.post(path, data={"reopening": ""})
    assert empty.status_code == 422
    assert "Write the reason." in empty.text
    assert browser.post(path, data=WHY).status_code == 303
    assert browser.post(path, data=WHY).status_code == 409
    assert browser.post("/reviews/choices/999/reopening", data=WHY).status_code == 404


def test_everyone_sees_it_stand_and_reopened_and_the_record_stays(signed_in: SignedIn) -> None:
    review, leader, reader = an_open_review(), signed_in(a_leader(name="Hilde Baert")), signed_in(a_person())
    choice = chosen_not(review)
    before = frozen(closed(review)).sha256
    assert choice.what in reader.get("/reviews").text
    assert "Reopen it" not in reader.get("/reviews").text

    leader.post(f"/reviews/choices/{choice.id}/reopening", data=WHY)

    assert last_line().action == "review.choice_reopened"
    assert "by Hilde Baert: The first one earned its place." in reader.get("/reviews").text
    assert frozen(review).sha256 == before


def test_the_next_review_goes_through_what_stands_and_what_was_reopened(signed_in: SignedIn) -> None:
    first, leader = an_open_review("2026-Q1"), a_leader(name="Hilde Baert")
    choice = chosen_not(first, "A new logo", by=leader)
    closed(first)
    review = an_open_review("2026-Q2")
    reader = signed_in(a_person())
    page = f"/reviews/{review.ref}?part=not_doing"

    assert "Chosen in the review of 2026-Q1, by Hilde Baert" in reader.get(page).text
    assert "It stands" in reader.get(page).text
    signed_in(leader).post(f"/reviews/choices/{choice.id}/reopening", data=WHY)

    assert "Reopened by Hilde Baert" in reader.get(page).text
    assert "The first one earned its place." in reader.get(page).text


def test_it_stands_the_whole_quarter_after_whatever_other_review_is_closed(signed_in: SignedIn) -> None:
    first, reader = an_open_review("2026-Q1"), signed_in(a_person())
    chosen_not(first, "A new logo")
    closed(first)
    closed(an_open_review("2026-Q2"))

    assert "A new logo" in reader.get("/reviews").text
    with at("2026-07-01"):
        assert "A new logo" not in reader.get("/reviews").text
