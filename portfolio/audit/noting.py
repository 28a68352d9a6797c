"""Noting on the trail the rows that were there before their table was sealed; for the migration that seals it."""

from __future__ import annotations

from itertools import islice
from typing import Any

from sqlalchemy import Connection, text

from portfolio.audit.entry import hash_of
from portfolio.audit.noted import rows_of
from portfolio.audit.spelling import canonical
from portfolio.foundation import clock
from portfolio.foundation.columns import EPOCH, MICROSECOND

AT_ONCE = 500  # Rows that one entry notes.


def note_what_is_there(connection: Connection, *tables: str) -> None:
    """Put entries on the trail that note every row of these tables."""
    for table in tables:
        rows = rows_of(connection, table)
        while some := dict(islice(rows, AT_ONCE)):
            _append(connection, "trail.rows_noted", {"sealed": {table: some}})


def _append(connection: Connection, action: str, details: dict[str, Any]) -> None:
    seq, before = connection.execute(text("SELECT seq + 1, hash FROM trail_head")).one()
    at, said = clock.now(), canonical(details)
    found = hash_of(
        seq=seq,
        at=at,
        actor_id=None,
        action=action,
        subject_type=None,
        subject_id=None,
        details=said,
        prev_hash=before,
    )
    row = {"seq": seq, "at": (at - EPOCH) // MICROSECOND, "action": action, "details": said}
    connection.execute(
        text(
            "INSERT INTO audit_entry (seq, at, action, details, prev_hash, hash)"
            " VALUES (:seq, :at, :action, :details, :prev_hash, :hash)"
        ),
        row | {"prev_hash": before, "hash": found},
    )
    connection.execute(text("INSERT INTO audit_names (seq, names) VALUES (:seq, '{}')"), {"seq": seq})
    connection.execute(text("UPDATE trail_head SET seq = :seq, hash = :hash"), {"seq": seq, "hash": found})
