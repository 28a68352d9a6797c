"""What is left of a review once it is closed: one text, its fingerprint, and the fingerprint of the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from portfolio.audit.entry import TrailHead
from portfolio.foundation.database import Base, db
from portfolio.reviews.canonical import canonical

DOMAIN = b"tandem.review.v1\0"
START = "0" * 64
RENDERER = "1"  # The shape of the text below; a later shape keeps the pages of this one.


class ReviewRecord(Base):
    """The frozen record of a review. The page of a closed review shows this text and nothing else."""

    __tablename__ = "review_record"
    __table_args__ = (CheckConstraint("number > 0", name="number"),)

    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(unique=True)  # Its place in the chain, without gaps.
    body: Mapped[str]
    sha256: Mapped[str] = mapped_column(unique=True)
    prev_hash: Mapped[str] = mapped_column(unique=True)
    renderer: Mapped[str]
    closed_at: Mapped[datetime]

    @classmethod
    def freeze(cls, review_id: int, minutes: Mapping[str, Any], *, at: datetime) -> ReviewRecord:
        """Freeze the minutes of a review, chained to the record before."""
        before = last_record()
        prev_hash = before.sha256 if before else START
        body = canonical({**minutes, "renderer": RENDERER, "previous": prev_hash, "trail": _trail_so_far()})
        record = cls(
            review_id=review_id,
            number=before.number + 1 if before else 1,
            body=body,
            sha256=fingerprint(body, prev_hash),
            prev_hash=prev_hash,
            renderer=RENDERER,
            closed_at=at,
        )
        db.session.add(record)
        db.session.flush()
        return record

    @property
    def is_intact(self) -> bool:
        """Whether the text still has its fingerprint."""
        return self.sha256 == fingerprint(self.body, self.prev_hash)

    @property
    def minutes(self) -> dict[str, Any]:
        """What the text says."""
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def bytes(self) -> bytes:
        """The exact bytes that the fingerprint is of."""
        return self.body.encode()


def fingerprint(body: str, prev_hash: str) -> str:
    """SHA-256 over the domain, the previous record's fingerprint as 64 ASCII letters, and the text in UTF-8.

    Anybody can repeat it: (printf 'tandem.review.v1\\0%s' "$previous"; cat record.json) | sha256sum
    """
    return hashlib.sha256(DOMAIN + prev_hash.encode() + body.encode()).hexdigest()


def _trail_so_far() -> dict[str, Any]:
    """How far the trail goes, and its hash there: whoever keeps the record can tell later whether that past changed."""
    seq, found = db.session.execute(select(TrailHead.seq, TrailHead.hash)).one()
    return {"seq": seq, "hash": found}


def last_record() -> ReviewRecord | None:
    """The latest link of the chain."""
    return db.session.scalars(select(ReviewRecord).order_by(ReviewRecord.number.desc()).limit(1)).first()
