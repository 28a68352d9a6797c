"""The trail as JSON: what every entry holds, so that anybody can follow it and repeat its hashes."""

from __future__ import annotations

import json
from typing import Any

from marshmallow.fields import Dict, Integer, List, Nested, String

from portfolio.audit.entry import AuditEntry
from portfolio.foundation.api.fields import Body, Counted, Moment, Shown, moment
from portfolio.foundation.api.resource import Resource
from portfolio.foundation.authority import asks
from portfolio.foundation.numbering import LARGEST
from portfolio.overview import trail_queries as queries
from portfolio.people.policy import may_read_trail

api = Resource("audit", "Every change and every refusal, chained by hashes. Nothing in it can be changed.")


class TrailQuery(Body):
    """From where on, and how much."""

    after = Counted(0, LARGEST, load_default=0, metadata={"description": "A position; entries after it are given."})
    limit = Counted(1, 500, load_default=100)


class SubjectShown(Shown):
    """What an entry is about, by its table and number."""

    type = String(required=True)
    number = Integer(required=True)


class EntryShown(Shown):
    """One entry. `actor_number` and `subject` are what was hashed; `actor` is a person's id."""

    position = Integer(required=True)
    at = Moment(required=True)
    action = String(required=True, metadata={"examples": ["experiment.approved"]})
    actor = String(required=True, allow_none=True)
    actor_number = Integer(required=True, allow_none=True)
    subject = Nested(SubjectShown, required=True, allow_none=True)
    details = Dict(required=True)
    previous = String(required=True)
    hash = String(required=True)


class Entries(Shown):
    """Entries in their order. `next` is null when these are the last ones for now."""

    items = List(Nested(EntryShown), required=True)
    next = Integer(required=True, allow_none=True)


class HeadShown(Shown):
    """The last position and its hash: note both elsewhere, and nobody rewrites what came before unseen."""

    position = Integer(required=True)
    hash = String(required=True)


def shown(entry: AuditEntry, actor: str | None) -> dict[str, Any]:
    """An entry as JSON has it."""
    about = {"type": entry.subject_type, "number": entry.subject_id} if entry.subject_type else None
    return {
        "position": entry.seq,
        "at": moment(entry.at),
        "action": entry.action,
        "actor": actor,
        "actor_number": entry.actor_id,
        "subject": about,
        "details": json.loads(entry.details),
        "previous": entry.prev_hash,
        "hash": entry.hash,
    }


@api.get("")
@asks(may_read_trail)
@api.takes(TrailQuery, "query")
@api.answers(Entries)
def list_entries(said: dict[str, Any]) -> Any:
    """What was recorded after a position, oldest first."""
    limit = said["limit"]
    found = queries.entries_after(said["after"], size=limit + 1)
    items = [shown(entry, actor) for entry, actor in found[:limit]]
    return {"items": items, "next": items[-1]["position"] if len(found) > limit else None}


@api.get("/head")
@asks(may_read_trail)
@api.answers(HeadShown)
def show_head() -> Any:
    """The last position and its hash."""
    head = queries.head()
    return {"position": head.seq, "hash": head.hash}
