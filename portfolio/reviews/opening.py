"""Opening a review: from then on what is recorded anywhere is noted on it, and the minutes of its parts stay."""

from __future__ import annotations

from datetime import datetime

from portfolio.organisation.house_rules import HouseRules
from portfolio.people.person import Person
from portfolio.reviews import programme_queries
from portfolio.reviews.agenda import agenda_of
from portfolio.reviews.outcome import Part
from portfolio.reviews.programme import ReviewPlace, arranged, planned
from portfolio.reviews.review import Review


def open_review(review: Review, *, rules: HouseRules, by: Person, at: datetime) -> None:
    """Begin.

    Args:
        review: locked, together with all that are not closed.

    Raises:
        RuleBroken: it was opened before, or another one is open.
    """
    review.open(by=by, at=at)
    places = programme_queries.places_of(review)
    sections = agenda_of(review, rules=rules).sections
    held, _dropped = arranged(sections, places)
    order, _none = arranged(sections, places, list(Part))  # What is left out keeps its place, should it come back.
    minutes = planned(held, places, review.minutes)
    numbers = {section.part: len(section.asking) for section in held}
    ReviewPlace.settle(review, [section.part for section in order], minutes, numbers)
