"""The minutes for a spreadsheet: one row for each thing that is said, whole, and never a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from portfolio.reviews.paper.told import Part, Row, Told

HEADS = ("part", "id", "what", "about", "said")  # As programs call them, whatever the language.
MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"  # By which spreadsheets know UTF-8.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # The last are wide ones.


def as_csv(told: Told) -> bytes:
    """The bytes of the file."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerow(HEADS)
    writer.writerows([plain(said) for said in row] for row in _rows(told))
    return (MARK + file.getvalue()).encode()


def plain(said: str) -> str:
    """Words that no spreadsheet calculates: whatever one would take for a formula begins with an apostrophe."""
    bare = said.strip(" \N{NO-BREAK SPACE}" + MARK)
    return f"'{said}" if bare.startswith(FORMULA) else said


def _rows(told: Told) -> Iterator[Sequence[str]]:
    for term, value in told.facts:
        yield told.title, told.ref, "", term, value
    for part in told.parts:
        yield from _part(part, told.words)
    for entry in told.log:
        yield told.words["log"], entry.ref, entry.title, entry.time, entry.said
    for name, seal in ((told.words["frozen"], told.sealed), *told.seals):
        yield told.title, told.ref, "", name, seal
    for note in told.corrections:
        yield told.corrected, "", "", f"{note.by}, {note.time}", note.words.text


def _part(part: Part, words: dict[str, str]) -> Iterator[Sequence[str]]:
    if not part.rows and part.empty:
        yield part.title, "", "", "", part.empty
    for row in part.rows:
        yield part.title, row.ref, row.title, "", words["undecided"] if row.undecided else ""
        for about, said in _said(row, part.columns):
            yield part.title, row.ref, row.title, about, said
    for note in part.notes:
        yield part.title, "", words["notes"], f"{note.by}, {note.time}", note.words.text


def _said(row: Row, columns: Sequence[str]) -> Iterator[tuple[str, str]]:
    for said in row.sub:
        yield "", said
    for column, cell in zip(columns, row.cells, strict=True):
        for phrase in cell:
            yield column, phrase.text
