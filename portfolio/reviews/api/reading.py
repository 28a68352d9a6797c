"""The reviews' resource: the list, one with its agenda, and its frozen record."""

from __future__ import annotations

from typing import Any

from portfolio.foundation.api.command import Command, fingerprint, quoted
from portfolio.foundation.api.resource import ListQuery, Resource, listed, page_of
from portfolio.foundation.authority import Permission, asks
from portfolio.foundation.database import db
from portfolio.foundation.languages import locale
from portfolio.organisation.house_rules import house_rules
from portfolio.people.accounts import somebody
from portfolio.people.person import Person
from portfolio.reviews import policy, programme_queries, queries
from portfolio.reviews.agenda import agenda_of, noted_on
from portfolio.reviews.api.shapes import (
    RecordShown,
    ReviewRow,
    ReviewShown,
    items_of,
    log_of,
    programme_of,
    record_of,
    row_of,
    turn_of,
)
from portfolio.reviews.reader import Reader
from portfolio.reviews.review import Review
from portfolio.reviews.standing import say
from portfolio.reviews.views import seen

api = Resource("reviews", "The meeting that weighs the portfolio, and what is frozen of it.", letter="Q")


def shown(review: Review, viewer: Person) -> dict[str, Any]:
    """One review with its agenda, as its reader may see it."""
    known = _plan_of(review) | {"items": None, "programme": None, "topics": None, "turn": None, "log": None}
    if review.is_closed:
        return known
    agenda = agenda_of(review, rules=house_rules()).read_by(viewer)
    noted = [entry for entry in noted_on(review, say=say(), now=agenda.now) if entry.is_for(viewer)]
    return known | {
        "items": items_of(agenda, viewer),
        "programme": programme_of(agenda, programme_queries.places_of(review), review.minutes, noted),
        "topics": [{"number": topic.id, "title": topic.title} for topic in agenda.now.topics],
        "turn": turn_of(programme_queries.turn_of(review)),
        "log": log_of(noted, viewer),
    }


def tag_of(review: Review) -> str:
    """The version of its plan and its state; its agenda follows the portfolio and is none of it."""
    return fingerprint(_plan_of(review))


def _plan_of(review: Review) -> dict[str, Any]:
    participants = [person.handle for person in queries.participants_of(review)]
    return row_of(review) | {"participants": participants, "notes": review.notes}


def changed(ref: str, act: Command, permission: Permission) -> Review:
    """One review, locked, which this person may do this to."""
    review = queries.review_for_change(ref)
    act.authorize(policy.may_read, review)
    act.authorize(permission, review)
    return review


def answered(act: Command, review: Review, status: int = 200, **headers: str) -> Any:
    """The review as it is now, with the version of its plan."""
    db.session.flush()
    db.session.expire(review)
    now = queries.review(review.ref)
    return act.answer(shown(now, act.person), status, ETag=quoted(tag_of(now)), **headers)


@api.get("")
@asks(policy.may_read)
@api.takes(ListQuery, "query")
@api.answers(listed(ReviewRow))
def list_reviews(said: dict[str, Any]) -> Any:
    """Every review, the latest first."""
    return page_of(queries.reviews(said["after"], size=said["limit"]), row_of)


@api.get("/<ref>")
@asks(policy.may_read)
@api.answers(ReviewShown)
def show_review(ref: str) -> Any:
    """One review with its agenda, until it is closed. Its `ETag` names the version of its plan."""
    review = seen(ref)
    return shown(review, somebody()), {"ETag": quoted(tag_of(review))}


@api.get("/<ref>/record")
@asks(policy.may_read)
@api.answers(RecordShown)
def show_record(ref: str) -> Any:
    """What was frozen when it was closed, in your language, with each line that is yours to read."""
    review, person = seen(ref), somebody()
    record = queries.record_of(review)
    read = Reader(record.minutes, locale().language, person)
    whole = policy.may_read_record(person, review)
    return record_of(review, record, queries.addenda_of(review), read, whole=whole)
