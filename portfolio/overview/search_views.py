"""Search: whatever somebody may see, by the words in it, a section for each kind of thing."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portfolio.foundation.authority import asks, signed_in
from portfolio.foundation.search import MOST_LETTERS, Hit, Hits, find, words_of
from portfolio.overview.search_kinds import KINDS, Row, SearchKind
from portfolio.people.accounts import somebody
from portfolio.people.person import Person

FEW, MANY = 5, 20  # Hits of each kind side by side, and of one kind alone.


@dataclass(frozen=True)
class Section:
    """What was found of one kind."""

    kind: SearchKind
    found: list[tuple[Row, Hit]]
    next: int | None


@asks(signed_in)
def search() -> ResponseReturnValue:
    """What holds the words asked for, of what this person may see."""
    asked, only, after = (request.args.get(name, "").strip() for name in ("q", "kind", "after"))
    too_long = len(asked) > MOST_LETTERS
    words = [] if too_long else words_of(asked)
    one = next((kind for kind in KINDS if kind.kind == only), None)
    begin = int(after) if one and after.isdecimal() and len(after) < 6 else 0
    return render_template(
        "overview/search.html",
        asked=asked[:MOST_LETTERS],
        too_long=too_long,
        most_letters=MOST_LETTERS,
        words=words,
        one=one,
        begin=begin,
        sections=_sections(asked, one, begin) if words else [],
    )


def _sections(asked: str, one: SearchKind | None, begin: int) -> list[Section]:
    person, limit = somebody(), MANY if one else FEW
    found = (
        _section(kind, find(asked, kind.kind, kind.visible(person), limit=limit, after=begin), person)
        for kind in ([one] if one else KINDS)
    )
    return [section for section in found if section.found]


def _section(kind: SearchKind, hits: Hits, person: Person) -> Section:
    rows = kind.rows([hit.subject_id for hit in hits.rows], person) if hits.rows else {}
    return Section(kind, [(rows[hit.subject_id], hit) for hit in hits.rows if hit.subject_id in rows], hits.next)
