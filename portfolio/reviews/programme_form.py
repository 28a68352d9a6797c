"""Forms for the order of a meeting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from wtforms import BooleanField

from portfolio.foundation.forms import Form, InRange, Needed, Text, WholeNumber, short
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.reviews.outcome import Part
from portfolio.reviews.programme import Place, ReviewPlace
from portfolio.reviews.review import LONGEST

PARTS = list(Part)


@dataclass(frozen=True)
class Row:
    """What is asked of one part."""

    part: Part
    place: Any
    minutes: Any
    dropped: Any


class ArrangeForm(Form):
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
        """What was said, in its order; a part that moved to a number stands before the one that has it, going up."""
        order = [place.part for place in standing] or PARTS
        before = {part: number for number, part in enumerate(order, start=1)}

        def at(row: Row) -> tuple[int, int, int]:
            number, was = row.place.data, before.get(row.part, len(PARTS))
            return number, (number > was) - (number < was), was

        return [Place(row.part, row.minutes.data, bool(row.dropped.data)) for row in sorted(self.rows, key=at)]

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


class TopicForm(Form):
    """Something else for the agenda."""

    topic = Text(_l("What else is on the agenda"), validators=[Needed(_l("Say what it is about.")), short(200)])
