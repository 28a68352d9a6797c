"""What the trail promises, looked at from its first entry to its last; and the seals that guard it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import BigInteger, Connection, Row, func, select, text, type_coerce

from portfolio.audit.entry import START, AuditEntry, AuditNames, TrailHead, hash_of
from portfolio.audit.noted import NOTED, rows_of
from portfolio.audit.spelling import canonical
from portfolio.foundation.checking import Check, Problem
from portfolio.foundation.columns import EPOCH, MICROSECOND
from portfolio.foundation.database import db, unsafe_pragmas
from portfolio.foundation.seal import unsealed

Noted = dict[str, dict[str, tuple[int, str]]]


def checks() -> list[Check]:
    """All of this room."""
    noted: Noted = {}
    return [
        Check("The database is set up as it must be", settings),
        Check("Every sealed table has its seal", seals),
        Check("The trail is chained without a gap, from its first entry to its head", chain),
        Check("Every entry of the trail has its names beside it", names),
        *(Check(f"{table} holds what the trail noted, and nothing else", _rows(table, noted)) for table in NOTED),
    ]


def settings() -> Iterator[Problem]:
    """The database as a whole: how it is opened, and whether its pages and references are sound."""
    connection = db.session.connection()
    for problem in unsafe_pragmas(connection):
        yield Problem("PRAGMA", problem, "weakens what is promised")
    if connection.dialect.name == "sqlite":
        for said in connection.execute(text("PRAGMA integrity_check(1)")).scalars():
            if said != "ok":
                yield Problem("database", "", f"is damaged: {said}")
        for table, row, parent, _ in connection.execute(text("PRAGMA foreign_key_check")):
            yield Problem(table, row, f"points at a row of {parent} that is not there")


def seals() -> Iterator[Problem]:
    """Tables whose rows could be changed."""
    for table in unsealed(db.session.connection()):
        yield Problem(table, "", "is not sealed: its rows can be changed without a trace")


def chain() -> Iterator[Problem]:
    """Follow the chain from its first link, then look whether the head is its last."""
    seq, last = 0, START
    columns = [getattr(AuditEntry, name) for name in ("seq", "actor_id", "action", "subject_type", "subject_id")]
    columns += [AuditEntry.details, AuditEntry.prev_hash, AuditEntry.hash]
    statement = select(type_coerce(AuditEntry.at, BigInteger).label("at"), *columns).order_by(AuditEntry.seq)
    for entry in db.session.execute(statement, execution_options={"yield_per": 2000}):
        if entry.seq != seq + 1:
            yield Problem("audit_entry", min(seq + 1, entry.seq), "is missing" if entry.seq > seq else "was put before")
        elif wrong := _wrong_with(entry, last):
            yield Problem("audit_entry", entry.seq, wrong)
        seq, last = entry.seq, entry.hash
    heads = db.session.execute(select(TrailHead.seq, TrailHead.hash)).all()
    if len(heads) != 1:
        yield Problem("trail_head", "", f"has {len(heads)} rows and should have one")
    elif heads[0].seq > seq:
        yield Problem("audit_entry", seq + 1, f"is missing: the head says that the trail goes on to {heads[0].seq}")
    elif tuple(heads[0]) != (seq, last):
        yield Problem("trail_head", "", f"does not name the last entry, which is {seq}")


def names() -> Iterator[Problem]:
    """An entry without a row of names shows on no page; the names themselves may be taken away."""
    without = select(AuditEntry.seq).where(~select(AuditNames.seq).where(AuditNames.seq == AuditEntry.seq).exists())
    lost = db.session.scalar(without.order_by(AuditEntry.seq).limit(1))
    if lost is not None:
        yield Problem("audit_names", lost, "is missing, so that entry of the trail shows on no page")


def head() -> tuple[int, str]:
    """Number and hash of the last entry; (0, zeros) before the first."""
    found = db.session.execute(select(TrailHead.seq, TrailHead.hash)).first()
    return (found.seq, found.hash) if found else (0, START)


def hash_at(seq: int) -> str | None:
    """The hash that the trail has at a position, if it goes that far."""
    return START if seq == 0 else db.session.scalar(select(AuditEntry.hash).where(AuditEntry.seq == seq))


def count() -> int:
    """How many entries there are."""
    return db.session.scalar(select(func.count()).select_from(AuditEntry)) or 0


def _wrong_with(entry: Row[Any], last: str) -> str | None:
    if entry.prev_hash != last:
        return "does not follow the entry before it: one of the two was changed, or put in the other's place"
    try:
        said = canonical(json.loads(entry.details))
        found = hash_of(
            seq=entry.seq,
            at=EPOCH + entry.at * MICROSECOND,
            actor_id=entry.actor_id,
            action=entry.action,
            subject_type=entry.subject_type,
            subject_id=entry.subject_id,
            details=entry.details,
            prev_hash=entry.prev_hash,
        )
    except (ValueError, TypeError, OverflowError, RecursionError):
        return "cannot be read: it was changed after it was written"
    return None if found == entry.hash and said == entry.details else "was changed after it was written"


def _rows(table: str, noted: Noted) -> Any:
    """Compares the rows of one table with what the trail noted; the trail is read once for all tables."""

    def find() -> Iterator[Problem]:
        if not noted:
            noted.update(_noted(db.session.connection()))
        left = dict(noted[table])
        for key, found in rows_of(db.session.connection(), table):
            seq, wanted = left.pop(key, (0, ""))
            if not seq:
                yield Problem(table, key, "is on no entry of the trail: it was not written by Tandem")
            elif found != wanted:
                yield Problem(table, key, f"is not what entry {seq} of the trail noted: it was changed")
        for key, (seq, _) in left.items():
            yield Problem(table, key, f"is gone; entry {seq} of the trail noted it")

    return find


def _noted(connection: Connection) -> Noted:
    """What the trail notes: table, key, and the entry with the hash; the first word on a row counts."""
    found: Noted = {table: {} for table in NOTED}
    statement = select(AuditEntry.seq, AuditEntry.details).where(AuditEntry.details.contains('"sealed":{'))
    for seq, details in connection.execute(statement.order_by(AuditEntry.seq), execution_options={"yield_per": 2000}):
        for table, rows in _sealed_in(details).items():
            for key, hashed in rows.items():
                found.setdefault(table, {}).setdefault(key, (seq, hashed))
    return found


def _sealed_in(details: str) -> dict[str, dict[str, str]]:
    try:
        said = json.loads(details)["sealed"]
        return {str(table): dict(rows) for table, rows in said.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}  # The chain says what is wrong with it.
