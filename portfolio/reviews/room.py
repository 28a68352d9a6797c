"""What the room looks at while a review goes on: one thing in focus, the others as a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portfolio.people.person import Person
from portfolio.reviews.agenda import Agenda, Noted, parts_of
from portfolio.reviews.outcome import Part
from portfolio.reviews.programme import ReviewPlace, ReviewTurn, arranged, planned
from portfolio.reviews.said import OVERSEERS, Line, Section
from portfolio.reviews.standing import Standing

# The parts whose things are looked at one by one.
ONE_BY_ONE = (Part.ENDED, Part.OFF_TRACK, Part.BARRIERS, Part.PROMOTIONS)
TELL_WHAT_WAS_DECIDED = (Part.DECIDED, Part.NOT_DOING)


@dataclass(frozen=True)
class Item:
    """A part of the agenda in its place.

    Args:
        minutes: it takes; 0 for what asks none.
        number: of things that share them.
    """

    section: Section
    minutes: int
    number: int

    @property
    def part(self) -> Part:
        """Which it is."""
        return self.section.part

    @property
    def one_by_one(self) -> bool:
        """Whether its things are looked at one after the other."""
        return self.part in ONE_BY_ONE and bool(self.section.lines)

    def line(self, ref: str) -> Line | None:
        """The thing with this identifier."""
        return next((line for line in self.section.lines if line.ref and line.ref == ref), None)

    @property
    def first(self) -> Line | None:
        """What is looked at first: what waits for a decision, else what comes first."""
        if not self.one_by_one:
            return None
        return next(iter(self.section.asking), self.section.lines[0])


@dataclass(frozen=True)
class Focus:
    """What is looked at: one thing, or a part as a whole.

    Args:
        told: the part that tells of it, where it was decided meanwhile and left its own.
    """

    item: Item
    line: Line | None
    told: Section | None = None

    @property
    def section(self) -> Section:
        """The part that tells of what is looked at."""
        return self.told or self.item.section

    @property
    def place(self) -> tuple[Part, str]:
        """Its address."""
        return self.item.part, self.line.ref if self.line else ""

    @property
    def minutes(self) -> int:
        """What it was given: the part's minutes, or one thing's share of them."""
        if self.line is None:
            return self.item.minutes
        return max(1, round(self.item.minutes / max(1, self.item.number)))

    @property
    def others(self) -> list[Line]:
        """What else the part holds."""
        return [line for line in self.item.section.lines if line is not self.line]


@dataclass(frozen=True)
class Room:
    """One review as the people in the room follow it.

    Args:
        here: what this person looks at.
        there: what the facilitator looks at with everybody, as far as this person may see it.
    """

    items: Sequence[Item]
    dropped: Sequence[Section]
    here: Focus
    there: Focus
    turn: ReviewTurn | None
    minutes: int

    @property
    def is_together(self) -> bool:
        """Whether this person looks at what everybody looks at."""
        return self.here.place == self.there.place

    @property
    def next(self) -> Focus | None:
        """What comes after what the room looks at: the next that waits in the same part, else the next part."""
        after = _after(self.there)
        if after is not None:
            return after
        number = self.items.index(self.there.item) if self.there.item in self.items else len(self.items)
        following = [item for item in self.items[number + 1 :] if item.minutes or item.section.asking]
        return Focus(following[0], following[0].first) if following else None

    @property
    def planned(self) -> int:
        """The minutes that all parts take together."""
        return sum(item.minutes for item in self.items)


def items_of(
    agenda: Agenda, places: Sequence[ReviewPlace], length: int, noted: Sequence[Noted] = ()
) -> tuple[list[Item], list[Section]]:
    """The parts in the facilitator's order with their minutes, and those that were left out.

    Args:
        noted: what was recorded so far; the parts that tell of it are there, whatever was planned.
    """
    held, dropped = arranged(agenda.sections, places, parts_of(noted))
    minutes = planned(held, places, length, begun=agenda.now.review.is_open)
    numbers = {place.part: place.number for place in places}
    return [Item(one, minutes[one.part], numbers.get(one.part) or len(one.asking)) for one in held], dropped


def is_told_of(agenda: Agenda, section: Section, ref: str) -> bool:
    """Whether a thing can be looked at in a part: it is there, or was until it was decided in this meeting."""
    telling = (section, *(other for other in agenda.sections if other.part in TELL_WHAT_WAS_DECIDED))
    return any(line.ref == ref for told in telling for line in told.lines)


def room_of(now: Standing, reader: Person, *, asked: tuple[str, str] | None = None) -> Room:
    """The room as one person sees it.

    Args:
        now: what they may read of it.
        asked: the part and the thing in it that this person wants to look at; None to go along with everybody.
    """
    turn, minutes = now.turn, now.agenda.now.review.minutes
    items, dropped = items_of(now.agenda, now.places, minutes, now.noted)
    reached = [*items, *(Item(section, 0, 0) for section in dropped)]
    sees_all = any(reader.has(role) for role in OVERSEERS)
    there = _focus(reached, (turn.part.value, turn.ref), sees_all) if turn else Focus(items[0], items[0].first)
    here = _focus(reached, asked, True) if asked else there
    return Room(items, dropped, here, there, turn, minutes)


def _focus(items: Sequence[Item], asked: tuple[str, str], sees_all: bool) -> Focus:
    """What is asked for, also when it was decided meanwhile; what is not theirs to see makes way for none."""
    part, ref = asked
    item = next((item for item in items if item.part.value == part), items[0])
    if not ref:
        return Focus(item, item.first)
    for told in (item, *(other for other in items if other.part in TELL_WHAT_WAS_DECIDED)):
        if line := told.line(ref):
            return Focus(item, line, None if told is item else told.section)
    return Focus(item, item.first if sees_all else None)


def _after(focus: Focus) -> Focus | None:
    if focus.line is None:
        return None
    lines = focus.item.section.lines
    later = lines[list(lines).index(focus.line) + 1 :] if focus.line in lines else lines
    # In a part that decides, what was decided meanwhile is passed over; so is what waits for another time.
    asking = focus.item.section.asking
    following = next((line for line in later if line in asking), None)
    return Focus(focus.item, following) if following else None
