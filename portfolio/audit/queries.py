"""Reading the trail: the history of one thing, and the chain from its first link."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portfolio.audit.entry import START, AuditEntry, AuditNames, Subject
from portfolio.foundation.database import db
from portfolio.foundation.languages import gettext as _


@dataclass(frozen=True)
class Line:
    """A trail entry with the names its sentence needs."""

    seq: int
    at: datetime
    action: str
    subject_type: str | None
    subject_id: int | None
    details: dict[str, Any]
    names: dict[str, str]
    shows_amounts: bool = True

    @property
    def said(self) -> dict[str, str]:
        """What a sentence may name; whoever did it is always there."""
        # A name is said before the number that is kept under the same word.
        return {"actor": _("Tandem"), "subject": ""} | {key: str(v) for key, v in self.details.items()} | self.names


def history(subject: Subject, *, size: int = 12) -> Sequence[Line]:
    """What happened to one thing, newest first; refusals are not part of its history."""
    about = (AuditEntry.subject_type == subject.__tablename__, AuditEntry.subject_id == subject.id)
    return _lines(*about, AuditEntry.action.not_like("%\\_refused", escape="\\"), size=size)


def last_of(subject: Subject, *actions: str) -> Line | None:
    """The newest of these actions on one thing."""
    about = (AuditEntry.subject_type == subject.__tablename__, AuditEntry.subject_id == subject.id)
    return next(iter(_lines(*about, AuditEntry.action.in_(actions), size=1)), None)


def latest(*, before: int | None = None, size: int = 50) -> Sequence[Line]:
    """The whole trail, newest first, from before a position."""
    return _lines(*([AuditEntry.seq < before] if before else []), size=size)


def lines_at(positions: Any, *, size: int) -> Sequence[Line]:
    """The newest of the entries whose positions a statement finds.

    Args:
        positions: in one column.
    """
    newest = select(positions.subquery()).subquery()
    seq = newest.c[0]
    few = select(seq.label("seq")).order_by(seq.desc()).limit(size).subquery()
    return _lines(AuditEntry.seq.in_(select(few.c.seq)), size=size)


def last_action() -> str | None:
    """The action recorded last."""
    return db.session.scalar(select(AuditEntry.action).order_by(AuditEntry.seq.desc()).limit(1))


def first_broken_link() -> int | None:
    """The position of the first entry that does not fit the chain, or None when all do."""
    expected_seq, expected_prev = 1, START
    for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq).execution_options(yield_per=1000)):
        fits = entry.seq == expected_seq and entry.prev_hash == expected_prev and entry.hash == entry.computed_hash()
        if not fits:
            return expected_seq
        expected_seq, expected_prev = entry.seq + 1, entry.hash
    return None


def _lines(*conditions: Any, size: int) -> Sequence[Line]:
    rows = db.session.execute(
        select(AuditEntry, AuditNames.names)
        .join(AuditNames, AuditNames.seq == AuditEntry.seq)
        .where(*conditions)
        .order_by(AuditEntry.seq.desc())
        .limit(size)
    )
    return [
        Line(e.seq, e.at, e.action, e.subject_type, e.subject_id, json.loads(e.details), json.loads(names))
        for e, names in rows
    ]
