"""The trail as programs follow it: from a position on, with who did it as the API names people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from portfolio.audit.entry import AuditEntry, TrailHead
from portfolio.foundation.database import db
from portfolio.people.person import Person


def entries_after(position: int, *, size: int) -> Sequence[tuple[AuditEntry, str | None]]:
    """Entries in their order, each with the id of whoever did it."""
    rows: Any = db.session.execute(
        select(AuditEntry, Person.handle)
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .where(AuditEntry.seq > position)
        .order_by(AuditEntry.seq)
        .limit(size)
    )
    return [(entry, handle) for entry, handle in rows]


def head() -> TrailHead:
    """The last position and its hash."""
    return db.session.scalars(select(TrailHead)).one()
