"""A frozen record told to one person, in their language, each line as far as it is theirs: what every paper says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portfolio.foundation.languages import gettext as _
from portfolio.foundation.languages import moment_words
from portfolio.foundation.rich_tree import Tree, tree_of
from portfolio.people.person import Person
from portfolio.reviews.outcome import ReviewAddendum
from portfolio.reviews.reader import Reader
from portfolio.reviews.record import ReviewRecord


@dataclass(frozen=True)
class Phrase:
    """A sentence, or a text that somebody wrote with Markdown."""

    text: str
    rich: bool = False

    @property
    def tree(self) -> Tree:
        """What it says, as a tree of words."""
        return tree_of(self.text) if self.rich else [self.text]


@dataclass(frozen=True)
class Row:
    """One line of a part: what it is, and what is said of it per column."""

    ref: str
    title: str
    sub: Sequence[str]
    cells: Sequence[Sequence[Phrase]]
    undecided: bool = False


@dataclass(frozen=True)
class Note:
    """What was said about a part."""

    words: Phrase
    by: str
    time: str


@dataclass(frozen=True)
class Part:
    """One part of the agenda."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Row]
    empty: str
    notes: Sequence[Note]


@dataclass(frozen=True)
class Entry:
    """Something recorded while the review was open."""

    time: str
    ref: str
    title: str
    said: str


@dataclass(frozen=True)
class Told:
    """All of it."""

    language: str
    organisation: str
    ref: str
    title: str
    facts: Sequence[tuple[str, str]]
    parts: Sequence[Part]
    log: Sequence[Entry]
    sealed: str
    seals: Sequence[tuple[str, str]]
    words: dict[str, str]
    closed_at: datetime
    corrections: Sequence[Note]
    corrected: str  # What stands above the corrections.


def told(
    record: ReviewRecord, language: str, person: Person, *, addenda: Sequence[ReviewAddendum] = (), zone: str = "UTC"
) -> Told:
    """Tell a record to a person.

    Args:
        language: the reader's.
        addenda: the corrections that were added below it since.
        zone: of the moments of these.
    """
    minutes = record.minutes
    read = Reader(minutes, language, person)
    facts = [(read.words(fact["term"]), read.words(fact["value"])) for fact in minutes["facts"]]
    return Told(
        language=read.language,
        organisation=minutes["organisation"] or "",
        ref=minutes["ref"],
        title=read.words(minutes["title"]),
        facts=[(term, value) for term, value in facts if value],
        parts=[_part(section, read) for section in minutes["sections"]],
        log=[_entry(entry, read) for entry in minutes["log"]],
        sealed=read.words(minutes["sealed"]),
        seals=_seals(record, read),
        words={key: read.word(key) for key in minutes["words"]},
        closed_at=datetime.fromisoformat(minutes["closed_at"]),
        corrections=[Note(Phrase(one.body, rich=True), one.name, moment_words(one.at, zone)) for one in addenda],
        corrected=_("Corrections, added after the review was closed; no part of the record"),
    )


def _part(section: dict[str, Any], read: Reader) -> Part:
    columns = [read.words(column) for column in section["columns"]]
    return Part(
        title=read.words(section["title"]),
        columns=columns,
        rows=[_row(line, len(columns), read) for line in section["lines"]],
        empty=read.words(section["empty"]),
        notes=[
            Note(Phrase(note["text"], rich=True), note["by"], read.words(note["time"])) for note in section["notes"]
        ],
    )


def _row(line: dict[str, Any], columns: int, read: Reader) -> Row:
    if not read.sees(line["visible"]):
        restricted = read.word("restricted")
        return Row("", restricted, (), [[Phrase(restricted)]] * columns)
    return Row(
        ref=line["ref"],
        title=read.words(line["title"]),
        sub=[read.says(said) for said in line["sub"]],
        cells=[[Phrase(read.says(said), rich=read.is_rich(said)) for said in cell] for cell in line["cells"]],
        undecided=line["undecided"],
    )


def _entry(entry: dict[str, Any], read: Reader) -> Entry:
    time = read.words(entry["time"])
    if not read.sees(entry["visible"]):
        return Entry(time, "", "", read.word("restricted"))
    return Entry(time, entry["ref"], entry["title"], read.says(entry["said"]))


def _seals(record: ReviewRecord, read: Reader) -> list[tuple[str, str]]:
    minutes = record.minutes
    seals = [(read.word("fingerprint"), record.sha256)]
    if record.number > 1:
        seals.append((read.word("previous"), minutes["previous"]))
    if trail := minutes.get("trail"):
        seals.append((read.word("trail"), f"{trail['seq']} {trail['hash']}"))
    return seals
