"""What a review looks like in JSON: the same parts and lines for an agenda and for a frozen record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow.fields import Boolean, Integer, List, Nested, String

from portfolio.foundation.api.fields import Day, Moment, OneOf, Shown, day, moment
from portfolio.foundation.languages import gettext as _
from portfolio.people.person import Person
from portfolio.reviews import room
from portfolio.reviews.action import ReviewAction
from portfolio.reviews.agenda import Agenda, Noted
from portfolio.reviews.outcome import Part, ReviewAddendum
from portfolio.reviews.programme import ReviewPlace, ReviewTurn
from portfolio.reviews.reader import Reader
from portfolio.reviews.record import ReviewRecord
from portfolio.reviews.review import Review, ReviewState
from portfolio.reviews.said import Line, Section


class NoteShown(Shown):
    """What was said about a part of the agenda, in Markdown."""

    body = String(required=True)
    by = String(required=True, metadata={"description": "The name of whoever wrote it down."})
    at = Moment(required=True)


class LineShown(Shown):
    """One thing on the agenda. What is not yours to read says so in its place."""

    id = String(required=True, allow_none=True, metadata={"examples": ["X-014"]})
    title = String(required=True)
    sub = List(String(), required=True)
    cells = List(List(String()), required=True, metadata={"description": "What is said of it, per column."})
    undecided = Boolean(required=True)
    left_out = Boolean(required=True, metadata={"description": "It waits for another time."})
    restricted = Boolean(required=True, metadata={"description": "Whether the whole line is not yours to read."})


class ItemShown(Shown):
    """One part of the agenda."""

    number = Integer(required=True)
    part = OneOf(Part, required=True)
    title = String(required=True)
    columns = List(String(), required=True)
    lines = List(Nested(LineShown), required=True)
    notes = List(Nested(NoteShown), required=True)


class LogShown(Shown):
    """Something recorded anywhere while the review was open."""

    at = Moment(required=True)
    id = String(required=True, allow_none=True)
    title = String(required=True)
    said = String(required=True)


class AddendumShown(Shown):
    """A correction below a frozen record."""

    body = String(required=True)
    by = String(required=True)
    at = Moment(required=True)


class ActionShown(Shown):
    """What somebody took on, in a review or in a monthly half hour."""

    id = Integer(required=True)
    review = String(required=True, allow_none=True, metadata={"examples": ["Q-002"]})
    half_hour = String(required=True, allow_none=True, metadata={"examples": ["2026-11"]})
    what = String(required=True)
    owner = String(required=True, metadata={"description": "A person's id."})
    due_on = Day(required=True)
    done_at = Moment(required=True, allow_none=True)


class Actions(Shown):
    """What was agreed and is not done yet, soonest first."""

    items = List(Nested(ActionShown), required=True)


class ReviewRow(Shown):
    """A review on a list."""

    id = String(required=True, metadata={"examples": ["Q-002"]})
    quarter = String(required=True, metadata={"examples": ["2026-Q4"]})
    state = OneOf(ReviewState, required=True)
    scheduled_for = Moment(required=True)
    minutes = Integer(required=True)
    facilitator = String(required=True, metadata={"description": "A person's id."})
    opened_at = Moment(required=True, allow_none=True)
    closed_at = Moment(required=True, allow_none=True)


class PartShown(Shown):
    """Where a part of the agenda comes, and how long it takes."""

    number = Integer(required=True, metadata={"description": "Of the item it is."})
    part = OneOf(Part, required=True)
    minutes = Integer(required=True, metadata={"description": "0 for what asks none."})
    left_out = Boolean(required=True)


class TopicShown(Shown):
    """Something that was put on the agenda by hand."""

    number = Integer(required=True)
    title = String(required=True)


class TurnShown(Shown):
    """What the room looks at."""

    part = OneOf(Part, required=True)
    thing = String(required=True, allow_none=True, metadata={"examples": ["X-014"]})
    at = Moment(required=True)


class ReviewShown(ReviewRow):
    """One review. Its agenda follows the portfolio until it is closed; from then on there is its record."""

    participants = List(String(), required=True, metadata={"description": "Ids of people, by name."})
    notes = String(required=True)
    items = List(Nested(ItemShown), required=True, allow_none=True)
    programme = List(
        Nested(PartShown), required=True, allow_none=True, metadata={"description": "The items in their order."}
    )
    topics = List(
        Nested(TopicShown),
        required=True,
        allow_none=True,
        metadata={"description": "What was put on the agenda by hand."},
    )
    turn = Nested(TurnShown, required=True, allow_none=True)
    log = List(Nested(LogShown), required=True, allow_none=True)


class FactShown(Shown):
    """Something about the meeting."""

    term = String(required=True)
    value = String(required=True)


class RecordShown(Shown):
    """A frozen record as you may read it, and the exact text if every line of it is yours to read.

    The fingerprint is SHA-256 over `tandem.review.v1`, a zero byte, `previous` and the bytes of `body` in UTF-8.
    """

    id = String(required=True)
    number = Integer(required=True, metadata={"description": "Its place in the chain."})
    sha256 = String(required=True)
    previous = String(required=True)
    intact = Boolean(required=True)
    closed_at = Moment(required=True)
    title = String(required=True)
    sealed = String(required=True)
    facts = List(Nested(FactShown), required=True)
    items = List(Nested(ItemShown), required=True)
    log = List(Nested(LogShown), required=True)
    addenda = List(Nested(AddendumShown), required=True)
    body = String(required=True, allow_none=True)


def row_of(review: Review) -> dict[str, Any]:
    """A review on a list."""
    return {
        "id": review.ref,
        "quarter": review.quarter,
        "state": review.state.value,
        "scheduled_for": moment(review.scheduled_for),
        "minutes": review.minutes,
        "facilitator": review.facilitator.handle,
        "opened_at": moment(review.opened_at),
        "closed_at": moment(review.closed_at),
    }


def action_of(action: ReviewAction) -> dict[str, Any]:
    """What somebody took on."""
    return {
        "id": action.id,
        "review": action.review.ref if action.review else None,
        "half_hour": action.half_hour.month if action.half_hour else None,
        "what": action.what,
        "owner": action.owner.handle,
        "due_on": day(action.due_on),
        "done_at": moment(action.done_at),
    }


# An agenda ----------------------------------------------------------------------------------------------------------


def items_of(agenda: Agenda, viewer: Person) -> list[dict[str, Any]]:
    """An agenda as its reader may see it."""
    return [_item(number, section, viewer) for number, section in enumerate(agenda.sections, start=1)]


def log_of(noted: Sequence[Noted], viewer: Person) -> list[dict[str, Any]]:
    """What was recorded while it is open, as its reader may see it."""
    return [
        {
            "at": moment(entry.at),
            "id": entry.ref or None,
            "title": entry.title,
            "said": str(entry.said.for_reader(viewer, _("restricted"))),
        }
        for entry in noted
    ]


def programme_of(
    agenda: Agenda, places: Sequence[ReviewPlace], length: int, noted: Sequence[Noted]
) -> list[dict[str, Any]]:
    """The parts in their order with their minutes, then what is left out.

    Args:
        length: of the meeting, in minutes.
        noted: what was recorded so far.
    """
    numbers = {section.part: number for number, section in enumerate(agenda.sections, start=1)}
    items, dropped = room.items_of(agenda, places, length, noted)
    rows = [(item.part, item.minutes, False) for item in items] + [(section.part, 0, True) for section in dropped]
    return [
        {"number": numbers[part], "part": part.value, "minutes": minutes, "left_out": out}
        for part, minutes, out in rows
    ]


def turn_of(turn: ReviewTurn | None) -> dict[str, Any] | None:
    """What the room looks at, once somebody said so."""
    return None if turn is None else {"part": turn.part.value, "thing": turn.ref or None, "at": moment(turn.at)}


def _item(number: int, section: Section, viewer: Person) -> dict[str, Any]:
    return {
        "number": number,
        "part": section.part.value,
        "title": str(section.part.label),
        "columns": [str(column) for column in section.columns],
        "lines": [_line(line, viewer) for line in section.lines],
        "notes": [{"body": note.body, "by": note.by.name, "at": moment(note.at)} for note in section.notes],
    }


def _line(line: Line, viewer: Person) -> dict[str, Any]:
    restricted = _("restricted")
    return {
        "id": line.ref or None,
        "title": str(line.title),
        "sub": [str(said.for_reader(viewer, restricted)) for said in line.sub],
        "cells": [[str(said.for_reader(viewer, restricted)) for said in cell] for cell in line.cells],
        "undecided": line.waits,
        "left_out": line.left_out,
        "restricted": False,
    }


# A record -----------------------------------------------------------------------------------------------------------


def record_of(
    review: Review, record: ReviewRecord, addenda: Sequence[ReviewAddendum], read: Reader, *, whole: bool
) -> dict[str, Any]:
    """A frozen record as its reader may see it, from the record alone.

    Args:
        whole: whether every line of it is theirs, so that they get the very text that was frozen.
    """
    minutes = record.minutes
    facts = [(read.words(fact["term"]), read.words(fact["value"])) for fact in minutes["facts"]]
    return {
        "id": review.ref,
        "number": record.number,
        "sha256": record.sha256,
        "previous": record.prev_hash,
        "intact": record.is_intact,
        "closed_at": minutes["closed_at"],
        "title": read.words(minutes["title"]),
        "sealed": read.words(minutes["sealed"]),
        "facts": [{"term": term, "value": value} for term, value in facts if value],
        "items": [_frozen_item(number, part, read) for number, part in enumerate(minutes["sections"], start=1)],
        "log": [_frozen_entry(entry, read) for entry in minutes["log"]],
        "addenda": [{"body": each.body, "by": each.name, "at": moment(each.at)} for each in addenda],
        "body": record.body if whole else None,
    }


def _frozen_item(number: int, section: dict[str, Any], read: Reader) -> dict[str, Any]:
    return {
        "number": number,
        "part": section["part"],
        "title": read.words(section["title"]),
        "columns": [read.words(column) for column in section["columns"]],
        "lines": [_frozen_line(line, len(section["columns"]), read) for line in section["lines"]],
        "notes": [{"body": note["text"], "by": note["by"], "at": note["at"]} for note in section["notes"]],
    }


def _frozen_line(line: dict[str, Any], columns: int, read: Reader) -> dict[str, Any]:
    if not read.sees(line["visible"]):
        restricted = read.word("restricted")
        cells = [[restricted]] * columns
        said = {"id": None, "title": restricted, "sub": [], "cells": cells}
        return said | {"undecided": False, "left_out": False, "restricted": True}
    return {
        "id": line["ref"] or None,
        "title": read.words(line["title"]),
        "sub": [read.says(said) for said in line["sub"]],
        "cells": [[read.says(said) for said in cell] for cell in line["cells"]],
        "undecided": line["undecided"],
        "left_out": line.get("left_out", False),
        "restricted": False,
    }


def _frozen_entry(entry: dict[str, Any], read: Reader) -> dict[str, Any]:
    if not read.sees(entry["visible"]):
        return {"at": entry["at"], "id": None, "title": "", "said": read.word("restricted")}
    said = read.says(entry["said"])
    return {"at": entry["at"], "id": entry["ref"] or None, "title": entry["title"], "said": said}
