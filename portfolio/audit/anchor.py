"""Anchors: how far the trail goes and its hash there, signed, to be kept where nobody of the database can write.

A chain alone proves little to whoever owns the database: they compute it anew, or cut off its end. What was kept
elsewhere says what it was.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, mapped_column

from portfolio.audit.checks import hash_at, head
from portfolio.audit.entry import AuditEntry
from portfolio.foundation.checking import Problem
from portfolio.foundation.database import Base, db

DOMAIN = b"tandem.anchor.v1\0"
FORM = re.compile(r"tandem-anchor\.v1\.(\d{1,18})\.([0-9a-f]{64})\.(\d{8}T\d{6}Z)\.([0-9a-f]{64})")
AT = "%Y%m%dT%H%M%SZ"
LOST_IN_MAIL = re.compile(r"=\r?\n|[\s>]")  # Line ends and marks that mail programs put into a long line.


class AnchorSent(Base):
    """An anchor that left the house, once for each occasion: a day, or the closing of a review."""

    __tablename__ = "anchor_sent"

    occasion: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int]
    hash: Mapped[str]
    at: Mapped[datetime]


@dataclass(frozen=True)
class Anchor:
    """The trail as it was at one moment."""

    seq: int
    hash: str
    at: datetime
    signature: str

    @classmethod
    def drop(cls, key: str, *, at: datetime) -> Anchor:
        """An anchor of the trail as it is, signed with a key that the database does not hold."""
        return cls.signed(key, *head(), at=at)

    @classmethod
    def signed(cls, key: str, seq: int, hash_: str, *, at: datetime) -> Anchor:
        """An anchor of the trail as it was."""
        at = at.astimezone(UTC).replace(microsecond=0)
        return cls(seq, hash_, at, _signature(key, seq, hash_, at))

    @classmethod
    def all_in(cls, words: str) -> Iterator[Anchor]:
        """Every anchor in a text, such as a mail that was saved or a file with a line for each day."""
        for seq, hash_, at, signature in FORM.findall(LOST_IN_MAIL.sub("", words)):
            yield cls(int(seq), hash_, datetime.strptime(at, AT).replace(tzinfo=UTC), signature)

    def __str__(self) -> str:
        return f"tandem-anchor.v1.{self.seq}.{self.hash}.{self.at:{AT}}.{self.signature}"

    def is_signed_with(self, key: str) -> bool:
        """Whether whoever made it had this key."""
        return hmac.compare_digest(self.signature, _signature(key, self.seq, self.hash, self.at))


def strays(anchors: list[Anchor], key: str) -> Iterator[Problem]:
    """Anchors that the trail does not fit, the earliest first.

    Args:
        key: what they were signed with.
    """
    last_that_fits = 0
    for anchor in sorted(anchors, key=lambda anchor: anchor.seq):
        found, day = hash_at(anchor.seq), f"{anchor.at:%Y-%m-%d}"
        if not anchor.is_signed_with(key):
            yield Problem("anchor", anchor.seq, "is not signed with this key: it was made up, or that was another key")
        elif found is None:
            yield Problem("audit_entry", last_entry() + 1, f"is missing: an anchor of {day} knows {anchor.seq}")
        elif found != anchor.hash:
            since = f"the trail was written anew somewhere from entry {last_that_fits + 1} on"
            yield Problem("audit_entry", anchor.seq, f"does not have the hash of its anchor of {day}: {since}")
        else:
            last_that_fits = anchor.seq


def last_entry() -> int:
    """The number of the last entry there is, whatever the head says."""
    return db.session.scalar(select(func.max(AuditEntry.seq))) or 0


def _signature(key: str, seq: int, hash_: str, at: datetime) -> str:
    said = DOMAIN + f"{seq}.{hash_}.{at:{AT}}".encode()
    return hmac.new(key.encode(), said, hashlib.sha256).hexdigest()
