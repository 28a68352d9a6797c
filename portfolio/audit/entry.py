"""Trail entries, and how they come about: queued by `record()`, written last in the same transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Index, event, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portfolio.audit.noted import noted_meanwhile
from portfolio.audit.spelling import canonical
from portfolio.foundation import clock
from portfolio.foundation.authority import Actor
from portfolio.foundation.database import Base, db, for_change

__all__ = ["AuditEntry", "AuditNames", "TrailHead", "canonical", "record"]

DOMAIN = b"tandem.audit.v1\0"
START = "0" * 64


class Subject(Protocol):
    """What an entry is about: a row with a number, known by its table."""

    @property
    def __tablename__(self) -> str: ...

    @property
    def id(self) -> int: ...


class AuditEntry(Base):
    """One line of the trail. Holds numbers and codes only; names lie beside it in `AuditNames`."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_subject", "subject_type", "subject_id", "seq"),)

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(index=True)
    action: Mapped[str]
    subject_type: Mapped[str | None]
    subject_id: Mapped[int | None]
    details: Mapped[str]
    prev_hash: Mapped[str]
    hash: Mapped[str]

    def computed_hash(self) -> str:
        """The hash it should have."""
        return hash_of(
            seq=self.seq,
            at=self.at,
            actor_id=self.actor_id,
            action=self.action,
            subject_type=self.subject_type,
            subject_id=self.subject_id,
            details=self.details,
            prev_hash=self.prev_hash,
        )


def hash_of(
    *,
    seq: int,
    at: datetime,
    actor_id: int | None,
    action: str,
    subject_type: str | None,
    subject_id: int | None,
    details: str,
    prev_hash: str,
) -> str:
    """SHA-256 over the canonical JSON of everything an entry says, and the hash of the one before."""
    said = {
        "action": action,
        "actor": actor_id,
        "at": at.isoformat(),
        "details": json.loads(details),
        "prev": prev_hash,
        "seq": seq,
        "subject": [subject_type, subject_id],
    }
    return hashlib.sha256(DOMAIN + canonical(said).encode()).hexdigest()


class AuditNames(Base):
    """The names an entry's sentence needs, outside the hash so that they can be taken away."""

    __tablename__ = "audit_names"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    names: Mapped[str]


class TrailHead(Base):
    """The last entry's number and hash; one row, locked last and for a moment."""

    __tablename__ = "trail_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int]
    hash: Mapped[str]


@dataclass
class Queued:
    """An entry on its way; the subject is kept as an object, for a new row has no number yet."""

    action: str
    subject: Subject | None
    by: Actor | None
    at: datetime
    names: Mapping[str, str]
    details: dict[str, Any] = field(default_factory=dict)

    def as_entry(self, *, seq: int, prev_hash: str) -> AuditEntry:
        """The row, chained to the one before."""
        entry = AuditEntry(
            seq=seq,
            at=self.at,
            actor_id=self.by.id if self.by else None,
            action=self.action,
            subject_type=self.subject.__tablename__ if self.subject is not None else None,
            subject_id=self.subject.id if self.subject is not None else None,
            details=canonical(self.details),
            prev_hash=prev_hash,
        )
        entry.hash = entry.computed_hash()
        return entry


def record(
    action: str, subject: Subject | None, *, by: Actor | None, names: Mapping[str, str] | None = None, **details: Any
) -> None:
    """Put a line on the trail of the running write transaction.

    Args:
        action: noun and past participle, such as `experiment.proposed`.
        subject: the row it is about.
        by: who did it; None for a command or the clock.
        names: names its sentence needs beside those of actor and subject; never part of the hash.
        details: numbers and codes its sentence needs; no names and no free text.
    """
    said = {"actor": by.name} if by is not None else {}
    title = getattr(subject, "title", None) or getattr(subject, "name", None)
    if title:
        said["subject"] = str(title)
    queued = Queued(action, subject, by, clock.now(), said | dict(names or {}), details)
    db.session().info["trail"].append(queued)


@event.listens_for(Session, "before_commit")
def _write_the_trail_last(session: Session) -> None:
    if session.in_nested_transaction() or not session.info.get("trail"):
        return
    session.flush()  # Everything else first; the head is locked only for a moment.
    if noted := noted_meanwhile(session):
        session.info["trail"][-1].details["sealed"] = noted
    head = session.scalars(for_change(select(TrailHead))).one()
    for queued in session.info["trail"]:
        head.seq += 1
        entry = queued.as_entry(seq=head.seq, prev_hash=head.hash)
        session.add_all([entry, AuditNames(seq=entry.seq, names=canonical(queued.names))])
        head.hash = entry.hash
    session.info["trail"].clear()
