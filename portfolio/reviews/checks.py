"""Whether every closed review has the record it was closed with, and the trail agrees."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import or_, select

from portfolio.audit.checks import hash_at
from portfolio.audit.entry import AuditEntry
from portfolio.foundation.checking import Check, Problem
from portfolio.foundation.database import db
from portfolio.reviews.record import START, ReviewRecord
from portfolio.reviews.review import Review, ReviewState


def checks() -> list[Check]:
    """All of this room."""
    return [
        Check("Every closed review has the record it was closed with, chained to the one before", records),
        Check("The trail closed every review with the fingerprint of its record", closings),
        Check("The trail still is what it was when each review was closed", trails),
    ]


def records() -> Iterator[Problem]:
    """Records that are missing, were changed, or do not follow the one before."""
    expected, place = START, 1
    for review, record in _closed():
        if record is None:
            yield Problem("review_record", review.ref, "is missing, and the review is closed")
            continue
        if wrong := _wrong_with(review, record, place, expected):
            yield Problem("review_record", review.ref, wrong)
        expected, place = record.sha256, place + 1


def closings() -> Iterator[Problem]:
    """Records whose fingerprint is not the one that the trail noted when they were closed."""
    entries = select(AuditEntry.seq, AuditEntry.subject_id, AuditEntry.details)
    closed = db.session.execute(entries.where(AuditEntry.action == "review.closed").order_by(AuditEntry.seq))
    noted = {row.subject_id: (row.seq, _hash_in(row.details)) for row in closed}
    for review, record in _closed():
        seq, wanted = noted.pop(review.id, (0, None))
        if not seq:
            yield Problem("review_record", review.ref, "is on no entry of the trail: nobody closed this review")
        elif record is not None and record.sha256 != wanted:
            yield Problem(
                "review_record", review.ref, f"does not have the fingerprint that entry {seq} of the trail names"
            )
    for review_id, (seq, _) in noted.items():
        yield Problem("review", review_id, f"is not closed, and entry {seq} of the trail closed it")


def trails() -> Iterator[Problem]:
    """Records that name another past of the trail than the one there is."""
    for review, record in _closed():
        said = _trail_in(record.body) if record is not None else None
        if said is not None and hash_at(said[0]) != said[1]:
            yield Problem(
                "audit_entry",
                said[0],
                f"does not have the hash that the record of {review.ref} names: the trail up to there was written anew",
            )


def unlike(copies: Sequence[bytes]) -> Iterator[Problem]:
    """Records that are not, byte by byte, what somebody kept of them."""
    here = {record.minutes["ref"]: record.bytes for _, record in _closed() if record is not None and record.is_intact}
    for copy in copies:
        ref = str(_said_in(copy.decode("utf-8", "replace")).get("ref"))
        if here.get(ref) != copy:
            yield Problem("review_record", ref, "is not the record that was kept elsewhere")


def _closed() -> Iterator[tuple[Review, ReviewRecord | None]]:
    rows = db.session.execute(
        select(Review, ReviewRecord)
        .outerjoin(ReviewRecord, ReviewRecord.review_id == Review.id)
        .where(or_(Review.state == ReviewState.CLOSED, ReviewRecord.review_id.is_not(None)))
        .order_by(Review.closed_at, ReviewRecord.number, Review.id)
        .execution_options(yield_per=100, populate_existing=True)
    )
    for row in rows:
        yield row[0], row[1]


def _wrong_with(review: Review, record: ReviewRecord, place: int, expected: str) -> str | None:
    if not record.is_intact:
        return "does not have the fingerprint of its text: one of the two was changed"
    if (record.number, record.prev_hash) != (place, expected) or _said_in(record.body).get("previous") != expected:
        return "does not follow the record before it: one is missing, or was put in another's place"
    if not review.is_closed or review.closed_at != record.closed_at:
        return "does not belong to this review as it is: it says another time of closing, or that it goes on"
    return None


def _said_in(body: str) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _trail_in(body: str) -> tuple[int, str] | None:
    """How far the trail went when a record was frozen, and its hash there; None in records of before this was kept."""
    said = _said_in(body).get("trail")
    return (int(said["seq"]), str(said["hash"])) if isinstance(said, dict) else None


def _hash_in(details: str) -> str | None:
    return _said_in(details).get("hash")
