"""Taking a name out of the trail. Names lie beside the entries, outside the chain, so that it stays whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from portfolio.audit.entry import AuditEntry, AuditNames, canonical
from portfolio.foundation.database import db

NAMED_BESIDE = ("member", "owner")  # Whoever an entry names beside who did it and what it is about.

AT_ONCE = 500


def forget_name(person_id: int, name: str, instead: str) -> int:
    """Let every entry that names a person say something else instead; gives how many did.

    Args:
        person_id: whose name it is; entries of theirs and about them are found by it.
        name: as it is written now, for entries that name them beside others.
        instead: what they say from now on.
    """
    changed = 0
    for entry, kept in _naming(person_id, name):
        names = json.loads(kept.names)
        for key in _keys(entry, person_id, names, name):
            names[key] = instead
        said = canonical(names)
        changed += said != kept.names
        kept.names = said
    return changed


def _naming(person_id: int, name: str) -> Iterator[tuple[AuditEntry, AuditNames]]:
    """The entries that may name them, some hundreds at a time."""
    both = select(AuditEntry, AuditNames).join(AuditNames, AuditNames.seq == AuditEntry.seq)
    theirs = or_(AuditEntry.actor_id == person_id, _about(person_id), _mentions(name))
    numbers = db.session.scalars(both.with_only_columns(AuditEntry.seq).where(theirs)).all()
    for begin in range(0, len(numbers), AT_ONCE):
        some = db.session.execute(both.where(AuditEntry.seq.in_(numbers[begin : begin + AT_ONCE])))
        yield from ((entry, names) for entry, names in some)
        db.session.flush()


def _about(person_id: int) -> ColumnElement[bool]:
    return and_(AuditEntry.subject_type == "person", AuditEntry.subject_id == person_id)


def _mentions(name: str) -> ColumnElement[bool]:
    """Whether an entry names somebody of this name beside others."""
    written = json.dumps(name, ensure_ascii=False)
    return or_(*(AuditNames.names.contains(f'"{key}":{written}', autoescape=True) for key in NAMED_BESIDE))


def _keys(entry: AuditEntry, person_id: int, names: dict[str, str], name: str) -> list[str]:
    """Which of an entry's names are this person's."""
    details: dict[str, Any] = json.loads(entry.details)
    beside = [
        key
        for key in NAMED_BESIDE
        if key in names and (details[key] == person_id if key in details else names[key] == name)
    ]
    theirs = ["actor"] if entry.actor_id == person_id and "actor" in names else []
    about = entry.subject_type == "person" and entry.subject_id == person_id and "subject" in names
    return [*theirs, *(["subject"] if about else []), *beside]
