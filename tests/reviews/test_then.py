"""Beside a closed review: what the one before agreed and chose, and what became of it, as it stands today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask

from portfolio.network.decision import DecisionKind
from portfolio.organisation.house_rules import AmountsSeenBy, house_rules
from portfolio.people.person import Person
from portfolio.reviews import queries
from portfolio.reviews.outcome import ReviewChoice
from portfolio.reviews.review import Review
from tests.bridge.crossings import a_barrier, a_learning, a_promotion, answering, give
from tests.browser import Browser
from tests.factories import (
    a_leader,
    a_person,
    an_envelope,
    an_operations_owner,
    at,
    change_house_rules,
    changing,
    reading,
)
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


@pytest.fixture(autouse=True)
def held(app: Flask) -> Iterator[None]:
    """An afternoon at the end of June."""
    with at(HELD):
        yield


def two_reviews() -> tuple[Person, Review, Review]:
    """One in which things were agreed and chosen, and the one after it, a quarter later."""
    leader, first = a_leader(name="Hilde"), an_open_review()
    done = agreed(first, "Ask the care homes", owner=a_person(name="Ilse"))
    agreed(first, "Call the bank", owner=a_person(name="Noor"), due="2026-07-01")
    agreed(first, "Count the beds", owner=a_person(name="Wim"), due="2027-07-01")
    for what in ("Tablets at every bed", "A second counter"):
        with changing(first, by=leader) as (room, by, moment):
            room.choose_not(what, "Not now.", by=by, at=moment)
    closed(first)
    with at("2026-07-02"), changing(done, by=leader) as (action, by, moment):
        action.review = first  # type: ignore[assignment]
        action.finish(by=by, at=moment)
    with at("2026-09-25"):
        second = an_open_review("2026-Q3")
        with changing(second, by=leader) as (room, by, moment):
            room.choose_not("A second counter", "Still not.", by=by, at=moment)
        return leader, first, closed(second)


def beside(browser: Browser, review: Review) -> str:
    """What stands below the record about the review before."""
    page = browser.get(f"/reviews/{review.ref}").text
    below = page[page.index("</article>") :]
    return below[: below.index('id="addenda"')]


def test_each_thing_says_what_became_of_it(signed_in: SignedIn) -> None:
    leader, _first, second = two_reviews()

    with at("2026-09-26"):
        said = beside(signed_in(leader), second)

    rows = {row[: row.index("</th>")]: row for row in said.split('<th scope="row">')[1:]}
    assert "Done" in rows["Ask the care homes"]
    assert "Late" in rows["Call the bank"]
    assert "Under way" in rows["Count the beds"]
    assert "Chosen once more in 2026-Q3" in rows["We will not: A second counter"]
    assert "Holds" in rows["We will not: Tablets at every bed"]
    assert "2026-Q2" in said


def test_a_choice_that_was_reopened_does_not_hold(signed_in: SignedIn) -> None:
    leader, _first, second = two_reviews()
    choice = next(one for one in choices_in("Q-001") if one.what == "Tablets at every bed")
    with at("2026-09-26"):
        why = {"reopening": "They cost half by now."}
        assert signed_in(leader).post(f"/reviews/choices/{choice.id}/reopening", data=why).status_code == 303
        rows = beside(signed_in(leader), second).split('<th scope="row">')

    assert "Reopened" in next(row for row in rows if row.startswith("We will not: Tablets"))


def choices_in(ref: str) -> list[ReviewChoice]:
    """What was chosen in a review."""
    with reading():
        return list(queries.choices_of(queries.review(ref)))


def test_it_follows_what_happens_and_the_record_does_not(signed_in: SignedIn) -> None:
    leader, _first, second = two_reviews()
    with at("2026-09-26"):
        before, text = frozen(second).bytes, text_of(signed_in(leader).get(f"/reviews/{second.ref}").text)
        assert beside(signed_in(leader), second).count("Done") == 1

    with at("2027-08-01"):
        later = beside(signed_in(leader), second)
        assert later.count("Late") == 2
        assert text_of(signed_in(leader).get(f"/reviews/{second.ref}").text) == text
    assert frozen(second).bytes == before


def test_a_first_review_has_nothing_beside_it(signed_in: SignedIn) -> None:
    review = a_closed_review()

    assert "what became of it" not in signed_in(a_leader()).get(f"/reviews/{review.ref}").text


# What was decided -----------------------------------------------------------------------------------------------------


def test_a_decision_and_an_answer_say_what_followed(signed_in: SignedIn) -> None:
    leader, owner = a_leader(name="Hilde"), an_operations_owner()
    going_on, stopped, scaled = (an_ended_experiment() for _ in range(3))
    waiting = a_promotion(a_learning(scaled), owner=owner, title="Both see the same route")
    first = an_open_review()
    decide(going_on, DecisionKind.PERSEVERE, by=leader)
    with changing(going_on, by=going_on.lead) as (decided, lead, moment):  # type: ignore[arg-type]
        decided.follow_up(rules=house_rules(), lead=lead, at=moment)
    decide(stopped, by=leader)
    decide(scaled, DecisionKind.SCALE, by=leader)
    with answering(waiting) as (promotion, by, moment):
        promotion.defer("2026-Q3", "After the summer.", by=by, at=moment)
    closed(first)
    with at("2026-09-25"):
        with answering(waiting) as (promotion, by, moment):
            days = {"starts_on": date(2026, 10, 1), "due_on": date(2026, 12, 1)}
            promotion.accept(accountable=by, reason="It saves a day.", by=by, at=moment, **days)
        second = closed(an_open_review("2026-Q3"))
        assert "Goes on as" not in beside(signed_in(a_person()), second)  # A draft is for its team.
        below = beside(signed_in(going_on.lead), second)  # type: ignore[arg-type]

    said = {one.ref: next(row for row in below.split("<tr>") if f">{one.ref}: " in row) for one in (going_on, stopped)}
    assert "Goes on as" in said[going_on.ref]
    assert "nothing of it goes on" in said[stopped.ref]
    assert f"Promoted as {waiting.ref}: Accepted as I-" in below
    answered = next(row for row in below.split("<tr>") if f">{waiting.ref}: Deferred to 2026-Q3" in row)
    assert f"Accepted as I-001 of {owner.name}" in answered
    assert "After the summer." in answered


def test_an_answer_that_still_stands_is_not_told_twice(signed_in: SignedIn) -> None:
    waiting, first = a_promotion(), an_open_review()
    with answering(waiting) as (promotion, by, moment):
        promotion.decline("We have no table.", by=by, at=moment)
    closed(first)

    with at("2026-09-25"):
        below = beside(signed_in(a_person()), closed(an_open_review("2026-Q3")))

    row = next(row for row in below.split("<tr>") if f">{waiting.ref}: Declined" in row)
    assert "Nothing changed since" in row
    assert "We have no table." in row


def test_a_named_owner_and_the_envelope_say_what_came_of_them(signed_in: SignedIn) -> None:
    leader, barrier, first = a_leader(name="Hilde"), a_barrier(), an_open_review()
    give(barrier, leader, due=date(2026, 7, 15))
    an_envelope("90000", house_rules().quarter.next)
    closed(first)

    with at("2026-09-25"):
        own = signed_in(leader).get(f"/reviews/{first.ref}").text
        below = beside(signed_in(leader), closed(an_open_review("2026-Q3")))

    for said in (own, below):
        rows = {row[: row.index("</th>")]: row for row in said.split('<th scope="row">')[1:]}
        removing = next(row for name, row in rows.items() if f"{barrier.ref}: Somebody removes it" in name)
        assert "Late, due Wed 15 July" in removing
        assert "Hilde" in removing
        money = next(row for name, row in rows.items() if "Envelope 2026-Q3" in name and "Set aside" in name)
        assert "€90,000 set aside" in money


def test_amounts_beside_a_review_are_for_those_the_house_rules_name(signed_in: SignedIn) -> None:
    change_house_rules(amounts_seen_by=AmountsSeenBy.INVOLVED)
    first = an_open_review()
    an_envelope("90000")
    closed(first)

    with at("2026-09-25"):
        second = closed(an_open_review("2026-Q3"))
        assert "€90,000" not in beside(signed_in(a_person()), second)
        assert "€90,000" in beside(signed_in(a_leader()), second)


def test_what_was_decided_on_a_restricted_experiment_is_not_beside_it_for_others(signed_in: SignedIn) -> None:
    hidden, first = an_ended_experiment(restricted=True), an_open_review()
    decide(hidden)
    closed(first)
    with at("2026-09-25"):
        second = closed(an_open_review("2026-Q3"))
        assert hidden.title not in signed_in(a_person()).get(f"/reviews/{second.ref}").text
        assert hidden.title in beside(signed_in(a_leader()), second)
