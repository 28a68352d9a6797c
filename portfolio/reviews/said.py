"""What an agenda is made of: words that follow the reader's language, and who may read them.

The same lines stand on the page of an open review and, worded in both languages, in the record of a closed one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from portfolio.foundation.drawing import quantity
from portfolio.foundation.languages import date_words, locale, moment_words, number_words
from portfolio.foundation.money import Money
from portfolio.network.experiment import Experiment
from portfolio.network.findings import Findings
from portfolio.people.person import Person
from portfolio.reviews.outcome import Part, ReviewNote

OVERSEERS = ("facilitator", "leader")  # The roles that read every line.


class Worded:
    """Words that are made when they are first read in a language; everybody in the room reads the same ones.

    Args:
        make: makes them, of nothing that changes.
    """

    def __init__(self, make: Callable[[], str]) -> None:
        self._make = make
        self._made: dict[str, str] = {}

    def __str__(self) -> str:
        language = locale().language
        if language not in self._made:
            self._made[language] = str(self._make())
        return self._made[language]


def day(when: date, *, year: bool = False) -> Worded:
    """A day, such as Fri 12 June."""
    return Worded(lambda: date_words(when, year=year))


def moment(when: datetime, zone: str) -> Worded:
    """A moment in a time zone."""
    return Worded(lambda: moment_words(when, zone))


def number(value: Decimal | int) -> Worded:
    """A number with the reader's separators."""
    return Worded(lambda: number_words(value))


def measured(value: Decimal | None, unit: str) -> object:
    """A number with its unit, such as 45 min; dots where it is not known yet."""
    return "…" if value is None else Worded(lambda: quantity(value, unit))


def joined(parts: Iterable[Any], between: str = " ") -> Worded:
    """Several words as one text."""
    kept = list(parts)
    return Worded(lambda: between.join(str(part) for part in kept))


@dataclass(frozen=True)
class Readers:
    """Who may read what is not for everyone: some people, and whoever holds one of some roles."""

    people: frozenset[int]
    roles: tuple[str, ...] = OVERSEERS

    def include(self, person: Person) -> bool:
        """Whether this person is one of them."""
        return person.id in self.people or any(person.has(role) for role in self.roles)


def involved(experiment: Experiment) -> Readers:
    """Who reads a restricted experiment: its team, its sponsor, leaders and facilitators."""
    team = {member.person_id for member in experiment.members if member.is_on_it}
    return Readers(frozenset(team | ({experiment.sponsor_id} if experiment.sponsor_id else set())))


@dataclass(frozen=True)
class Said:
    """One sentence, or one text that somebody wrote.

    Args:
        words: what it says; a str stays as it was written, all else follows the reader's language.
        readers: who may read it; None for everyone who may read reviews.
        amounts: the money it names, whole minor units.
        without: what others read instead; "restricted" when there is nothing.
        markdown: whether a person wrote it, with Markdown.
        drawn: whether the page of an open review says it with a picture instead.
    """

    words: Any
    readers: Readers | None = None
    amounts: tuple[Money, ...] = ()
    without: Any = None
    markdown: bool = False
    drawn: bool = False

    def for_reader(self, person: Person, restricted: Any) -> Any:
        """What this person reads."""
        if self.readers is None or self.readers.include(person):
            return self.words
        return self.without if self.without is not None else restricted


@dataclass(frozen=True)
class Way:
    """Where the command is that a line asks for."""

    label: Any
    endpoint: str
    values: dict[str, Any]
    acts: bool = True  # Whether something can be done there now.
    posts: bool = False  # Whether it is a command of one button.
    may: Callable[[Person], bool] | None = None  # Who goes this way; None for everyone.
    whose: Any = ""  # For all others: who that is.

    def is_for(self, person: Person) -> bool:
        """Whether this person goes this way."""
        return self.may is None or self.may(person)


@dataclass(frozen=True)
class Line:
    """One thing on the agenda.

    Args:
        ref: its identifier for life, if it has one.
        cells: what is said of it, per column of its section.
        waits: whether the review still has something to decide about it.
        comes_up: whether it is looked at every time, whatever there is to decide in its part.
        left_out: whether the facilitator left it for another time.
        ways: where to go from a review that is open, the first that is theirs; no part of the record.
        experiment: what a page can draw of it; no part of the record.
    """

    ref: str
    title: Any
    sub: tuple[Said, ...] = ()
    cells: tuple[tuple[Said, ...], ...] = ()
    readers: Readers | None = None
    waits: bool = False
    comes_up: bool = False
    left_out: bool = False
    ways: tuple[Way, ...] = ()
    experiment: Experiment | None = None
    findings: Findings | None = None

    def way_for(self, person: Person) -> Way | None:
        """Where this person goes from here."""
        return next((way for way in self.ways if way.is_for(person)), None)

    def is_for(self, person: Person) -> bool:
        """Whether this person may read it."""
        return self.readers is None or self.readers.include(person)


@dataclass(frozen=True)
class Section:
    """One part of the agenda."""

    part: Part
    columns: tuple[Any, ...]
    lines: Sequence[Line]
    empty: Any  # What stands there when nothing does.
    notes: list[ReviewNote] = field(default_factory=list)

    @cached_property
    def waiting(self) -> list[Line]:
        """What still has to be decided."""
        return [line for line in self.lines if line.waits]

    @cached_property
    def asking(self) -> Sequence[Line]:
        """What is looked at: what waits or always comes up; where nothing does, all that is gone through this time."""
        ours = [line for line in self.lines if line.waits or (line.comes_up and not line.left_out)]
        return ours or [line for line in self.lines if not line.left_out]

    def read_by(self, person: Person) -> Section:
        """What this person may read of it."""
        return replace(self, lines=[line for line in self.lines if line.is_for(person)])
