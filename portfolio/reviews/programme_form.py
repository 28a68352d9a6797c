"""Forms for the order of a meeting."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from wtforms import BooleanField, FieldList, FormField, HiddenField
from wtforms import Form as PlainForm

from portfolio.foundation.forms import Form, InRange, Needed, Reading, Text, WholeNumber, short
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.reviews.outcome import Part
from portfolio.reviews.programme import Place, ReviewPlace
from portfolio.reviews.review import LONGEST
from portfolio.reviews.said import Section
from portfolio.reviews.thing import Thing

PARTS = list(Part)
T = TypeVar("T")


@dataclass(frozen=True)
class Row:
    """What is asked of one part."""

    part: Part
    place: Any
    minutes: Any
    dropped: Any


def _moved(number: int, was: int) -> tuple[int, int, int]:
    """Where something comes that was given a number: before the one that has it, or after it when it goes down."""
    return number, (number > was) - (number < was), was


class InOrder(Reading):
    """Things in an order: each has the number of its place, and buttons that move it by one."""

    move = HiddenField()  # What the button says: which of them, a colon, 1 for down or -1 for up.

    @property
    def is_moving(self) -> bool:
        """Whether one was moved, and more may follow."""
        return bool(self.move.data)

    def moved(self, rows: list[T], name: Callable[[T], str]) -> list[T]:
        """These in their order, with the one that is moved on its new place; it stays where there is none further."""
        which, _colon, step = (self.move.data or "").rpartition(":")
        at = next((number for number, row in enumerate(rows) if name(row) == which), None)
        to = None if at is None else at + (1 if step == "1" else -1)
        if at is not None and to is not None and 0 <= to < len(rows):
            rows[at], rows[to] = rows[to], rows[at]
        return rows


class ArrangeForm(InOrder):
    """Where each part comes, and how long it takes."""

    @property
    def rows(self) -> Iterator[Row]:
        """The parts as they were placed last."""
        found = [
            Row(part, self[f"{part.value}_place"], self[f"{part.value}_minutes"], self[f"{part.value}_dropped"])
            for part in PARTS
        ]
        yield from sorted(found, key=lambda row: (row.place.data or len(PARTS), PARTS.index(row.part)))

    def places(self, standing: Sequence[ReviewPlace]) -> list[Place]:
        """What was said, in its order."""
        order = [place.part for place in standing] or PARTS
        before = {part: number for number, part in enumerate(order, start=1)}
        rows = sorted(self.rows, key=lambda row: _moved(row.place.data, before.get(row.part, len(PARTS))))
        rows = self.moved(rows, lambda row: row.part.value)
        return [Place(row.part, row.minutes.data, bool(row.dropped.data)) for row in rows]

    def show(self, places: Sequence[ReviewPlace]) -> None:
        """Fill it with how they stand."""
        known = {place.part: place for place in places}
        for number, part in enumerate(PARTS, start=1):
            stands = known.get(part)
            self[f"{part.value}_place"].data = stands.place if stands else number
            self[f"{part.value}_minutes"].data = stands.minutes if stands else None
            self[f"{part.value}_dropped"].data = bool(stands and stands.dropped)


for _part in PARTS:
    _number = [Needed(_l("Say where it comes.")), InRange(1, 99, _l("Choose 1 to 99."))]
    _length = [InRange(1, LONGEST, _l("A part takes 1 to %(longest)s minutes.", longest=LONGEST))]
    setattr(
        ArrangeForm, f"{_part.value}_place", WholeNumber(_l("Place of %(part)s", part=_part.label), validators=_number)
    )
    _words = _l("Minutes for %(part)s", part=_part.label)
    setattr(ArrangeForm, f"{_part.value}_minutes", WholeNumber(_words, validators=_length))
    setattr(ArrangeForm, f"{_part.value}_dropped", BooleanField(_l("Leave it out")))


class ThingForm(PlainForm):  # type: ignore[misc]
    """Where one thing of a part comes."""

    thing = HiddenField()
    place = WholeNumber(
        _l("Place"), validators=[Needed(_l("Say where it comes.")), InRange(1, 999, _l("Choose 1 to 999."))]
    )
    left_out = BooleanField(_l("Leave it out"))


class ThingsForm(InOrder):
    """The things of a part, in their order."""

    things = FieldList(FormField(ThingForm))

    def show(self, section: Section) -> None:
        """Fill it with how they stand."""
        for number, line in enumerate((line for line in section.lines if line.ref), start=1):
            self.things.append_entry({"thing": line.ref, "place": number, "left_out": line.left_out})

    def arranged(self, section: Section) -> list[Thing]:
        """What was said, in its order; what left the part meanwhile has no place in it."""
        before = {line.ref: number for number, line in enumerate((n for n in section.lines if n.ref), start=1)}
        rows = [entry.form for entry in self.things if entry.form.thing.data in before]
        rows = sorted(rows, key=lambda row: _moved(row.place.data, before[row.thing.data]))
        rows = self.moved(rows, lambda row: str(row.thing.data))
        return [Thing(row.thing.data, bool(row.left_out.data)) for row in rows]


class TopicForm(Form):
    """Something else for the agenda."""

    topic = Text(_l("What else is on the agenda"), validators=[Needed(_l("Say what it is about.")), short(200)])
