"""The minutes: an agenda worded in both languages, to be frozen; and a frozen record, for whoever reads it.

Nothing here is asked of the database again: names, words, dates and amounts are copied in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from portfolio.foundation.languages import LANGUAGES, force_locale
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.organisation.house_rules import HouseRules
from portfolio.people.person import Person
from portfolio.reviews.agenda import Agenda, Noted
from portfolio.reviews.outcome import Part, ReviewNote
from portfolio.reviews.review import Review
from portfolio.reviews.said import Line, Readers, Said, Section, Worded, day, joined, moment

Both = dict[str, str]

# What the page of a record says by itself, frozen with it.
WORDS = {
    "restricted": _l("restricted"),
    "frozen": _l("Frozen record"),
    "nothing_changes": _l("Nothing above can change. Corrections are added below with a name and a date."),
    "fingerprint": _l("Fingerprint"),
    "previous": _l("Fingerprint of the review before"),
    "trail": _l("Trail up to here"),
    "what": _l("What"),
    "undecided": _l("Not decided"),
    "notes": _l("Notes"),
    "log": _l("Recorded while the review was open"),
    "nothing_recorded": _l("Nothing was recorded meanwhile."),
}


# What was on the agenda as a task reads as a finding once it is over.
AFTERWARDS = {
    Part.ENDED: _l("Timeboxes ended and not decided"),
    Part.BARRIERS: _l("Barriers"),
    Part.PROMOTIONS: _l("Promotions"),
    Part.AGREED: _l("What we agreed to do"),
}


@dataclass(frozen=True)
class Closing:
    """Who closed a review, and when; who had been invited to it, and what was left out of it."""

    by: Person
    at: datetime
    invited: Sequence[Person] = ()
    left_out: Sequence[Part] = ()


def minutes_of(
    review: Review, agenda: Agenda, noted: Sequence[Noted], closing: Closing, *, rules: HouseRules
) -> dict[str, Any]:
    """All that the record of a review says, as words, whole numbers, lists and maps.

    Args:
        agenda: as whoever closes it sees it; that is all of it, each line with who may read it.
    """
    before = agenda.now.before
    return {
        "kind": "tandem.review",
        "ref": review.ref,
        "quarter": review.quarter,
        "organisation": rules.organisation,
        "time_zone": rules.time_zone,
        "currency": rules.currency,
        "opened_at": _utc(review.opened_at),
        "closed_at": _utc(closing.at),
        "before": before.ref if before else None,
        "title": both(_l("Quarterly review %(quarter)s", quarter=review.quarter)),
        "words": {key: both(words) for key, words in WORDS.items()},
        "sealed": both(_sealed(closing, rules)),
        "facts": [{"term": both(term), "value": both(value)} for term, value in _facts(review, closing, agenda, rules)],
        "sections": [_section(section, rules) for section in agenda.sections],
        "log": [_noted(entry, rules) for entry in noted],
    }


def both(words: Any) -> Both:
    """Words in every language."""
    said = {}
    for language in LANGUAGES:
        with force_locale(language):
            said[language] = str(words)
    return said


def _sealed(closing: Closing, rules: HouseRules) -> Any:
    on = closing.at.astimezone(ZoneInfo(rules.time_zone)).date()
    time = _time(closing.at, rules.time_zone)
    return _l("Frozen on %(day)s at %(time)s by %(name)s.", day=day(on, year=True), time=time, name=closing.by.name)


def _facts(review: Review, closing: Closing, agenda: Agenda, rules: HouseRules) -> Iterable[tuple[Any, Any]]:
    opened = review.opened_at or closing.at
    there, ended = (at.astimezone(ZoneInfo(rules.time_zone)).date() for at in (opened, closing.at))
    last = _time(closing.at, rules.time_zone) if ended == there else moment(closing.at, rules.time_zone)
    said = {"day": day(there, year=True), "opened": _time(opened, rules.time_zone), "closed": last}
    yield _l("Held"), _l("%(day)s, %(opened)s to %(closed)s", **said)
    yield _l("Facilitated by"), review.facilitator.name
    yield _l("Invited"), joined((person.name for person in closing.invited), ", ")
    yield _l("Opened by"), review.opened_by.name if review.opened_by else ""
    yield _l("Closed by"), closing.by.name
    since = agenda.now.since.astimezone(ZoneInfo(rules.time_zone)).date()
    yield _l("Looks back to"), day(since, year=True)
    yield _l("Left out"), joined((part.label for part in closing.left_out), "; ")


# Its parts ----------------------------------------------------------------------------------------------------------


def _section(section: Section, rules: HouseRules) -> dict[str, Any]:
    return {
        "part": section.part.value,
        "title": both(AFTERWARDS.get(section.part, section.part.label)),
        "columns": [both(column) for column in section.columns],
        "empty": both(section.empty),
        "lines": [_line(line) for line in section.lines],
        "notes": [_note(note, rules) for note in section.notes],
    }


def _line(line: Line) -> dict[str, Any]:
    left_out = {"left_out": True} if line.left_out else {}
    return left_out | {
        "ref": line.ref,
        "title": both(line.title),
        "visible": _visible(line.readers),
        "undecided": line.waits,
        "sub": [_said(said) for said in line.sub],
        "cells": [[_said(said) for said in cell] for cell in line.cells],
    }


def _said(said: Said) -> dict[str, Any]:
    frozen: dict[str, Any] = {"words": both(said.words), "visible": _visible(said.readers)}
    if said.amounts:
        frozen["amounts"] = [{"minor": amount.minor, "currency": amount.currency} for amount in said.amounts]
    if said.without is not None:
        frozen["without"] = both(said.without)
    if said.markdown:
        frozen["markdown"] = True
    return frozen


def _noted(noted: Noted, rules: HouseRules) -> dict[str, Any]:
    return {
        "at": _utc(noted.at),
        "time": both(_time(noted.at, rules.time_zone)),
        "ref": noted.ref,
        "title": noted.title,
        "said": _said(noted.said),
        "visible": _visible(noted.readers),
    }


def _note(note: ReviewNote, rules: HouseRules) -> dict[str, Any]:
    return {
        "text": note.body,
        "by": note.by.name,
        "at": _utc(note.at),
        "time": both(moment(note.at, rules.time_zone)),
        "visible": "all",
    }


def _visible(readers: Readers | None) -> Any:
    if readers is None:
        return "all"
    return {"people": sorted(readers.people), "roles": sorted(readers.roles)}


def _time(at: datetime, zone: str) -> Worded:
    return Worded(lambda: at.astimezone(ZoneInfo(zone)).strftime("%H:%M"))


def _utc(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z") if at else None
