"""The geometry of charts that the server draws: pure functions from figures to places in percent.

Pages draw with SVG attributes in percent, so every chart follows the width it is given. Nothing here is styled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portfolio.foundation.languages import number_words
from portfolio.foundation.money import Money

WEEKS_DRAWN = 12
GAP = 0.9  # Between two weeks of a strip, in percent.
AIR = 8.0  # At both ends of a track, in percent.
SEAM = 0.25  # Between two parts of a gauge, in percent.

# Units as people write them, in the languages of the house, and each beside the number one.
OF_ONE = {
    "minutes": "minute",
    "hours": "hour",
    "days": "day",
    "working days": "working day",
    "weeks": "week",
    "months": "month",
    "years": "year",
    "people": "person",
    "times": "time",
    "points": "point",
    "minuten": "minuut",
    "uren": "uur",
    "dagen": "dag",
    "werkdagen": "werkdag",
    "weken": "week",
    "maanden": "maand",
    "jaren": "jaar",
    "mensen": "mens",
    "personen": "persoon",
    "punten": "punt",
}

Figure = Decimal | float | int


@dataclass(frozen=True)
class Week:
    """One cell of a timebox strip.

    Args:
        kind: "gone" (running, begun), "planned" (still to come, or all of an ended timebox), "beyond" the timebox.
        confidence: percent that was given, None without one.
        missed: whether a check-in was due and did not come.
    """

    x: float
    width: float
    kind: str
    confidence: float | None
    missed: bool


@dataclass(frozen=True)
class Mark:
    """A milestone under a strip."""

    x: float
    reached: bool


@dataclass(frozen=True)
class Strip:
    """A timebox as weeks side by side; `end` is where its last week ends."""

    weeks: tuple[Week, ...]
    marks: tuple[Mark, ...]
    today: float | None
    end: float

    @property
    def names_today(self) -> bool:
        """Whether the word "today" fits between the two dates on a wide screen."""
        return self.today is not None and 11 <= self.today <= self.end - 11

    @property
    def names_today_always(self) -> bool:
        """Whether it fits on a telephone, too."""
        return self.today is not None and 26 <= self.today <= self.end - 26

    @property
    def names_limit(self) -> bool:
        """Whether the last week drawn can be named beside the end of the timebox, on a wide screen."""
        return self.end <= 91

    @property
    def names_end(self) -> bool:
        """Whether the end can be named beside the beginning on a telephone, too."""
        return self.end >= 40


@dataclass(frozen=True)
class Track:
    """Where a criterion's numbers lie; the target is always at the right."""

    baseline: float
    target: float
    stop: float | None
    latest: float | None

    @property
    def way(self) -> tuple[float, float]:
        """Where the way from baseline to latest begins, and how long it is."""
        latest = self.baseline if self.latest is None else self.latest
        return min(self.baseline, latest), round(abs(latest - self.baseline), 2)


@dataclass(frozen=True)
class Part:
    """One part of a gauge."""

    css: str
    x: float
    width: float


def strip(
    weeks: int,
    today: Figure | None = None,
    confidences: Iterable[tuple[int, Figure | None]] = (),
    milestones: Iterable[tuple[int, bool]] = (),
) -> Strip:
    """A timebox as weeks side by side.

    Args:
        weeks: how long it is planned.
        today: weeks gone since it began, 6.65 in the seventh week; None when it has not begun or has ended.
        confidences: week and percent of each check-in; None for one that did not come.
        milestones: the week each is due, and whether it is reached.
    """
    drawn = max(WEEKS_DRAWN, weeks)
    pitch = 100 / drawn
    given: Mapping[int, Figure | None] = dict(confidences)
    gone = None if today is None else min(float(today), float(weeks))
    return Strip(
        weeks=tuple(
            Week(
                x=round(index * pitch, 2),
                width=round(pitch - GAP, 2),
                kind=_kind(index, weeks, gone),
                confidence=_percent(given.get(index + 1)),
                missed=index + 1 in given and given[index + 1] is None,
            )
            for index in range(drawn)
        ),
        marks=tuple(Mark(round(week * pitch - GAP / 2, 2), reached) for week, reached in milestones),
        today=None if gone is None else round(gone * pitch, 2),
        end=round(weeks * pitch - GAP, 2),
    )


def _kind(index: int, weeks: int, gone: float | None) -> str:
    if index >= weeks:
        return "beyond"
    return "gone" if gone is not None and index <= gone else "planned"


def _percent(figure: Figure | None) -> float | None:
    return None if figure is None else max(0.0, min(100.0, float(figure)))


def is_lower_better(baseline: Figure, target: Figure, lower: bool | None = None) -> bool:
    """Whether a criterion gets better as it falls; told, or read from its baseline and target."""
    return float(target) < float(baseline) if lower is None else lower


def track(
    baseline: Figure,
    target: Figure,
    stop: Figure | None = None,
    latest: Figure | None = None,
    lower: bool | None = None,
) -> Track:
    """Places for the numbers of one criterion.

    Args:
        lower: whether lower is better; read from baseline and target when it is not told.
    """
    figures = [float(figure) for figure in (baseline, target, stop, latest) if figure is not None]
    falling = is_lower_better(baseline, target, lower)
    worst, best = (max(figures), min(figures)) if falling else (min(figures), max(figures))

    def at(figure: Figure) -> float:
        share = 0.5 if best == worst else (float(figure) - worst) / (best - worst)
        return round(AIR + share * (100 - 2 * AIR), 2)

    return Track(
        baseline=at(baseline),
        target=at(target),
        stop=None if stop is None else at(stop),
        latest=None if latest is None else at(latest),
    )


def quantity(figure: Decimal | int, unit: str = "") -> str:
    """A number with its unit, as it is read: 71%, 6.5 days, 1 day."""
    words = number_words(figure)
    return words + unit if unit in ("", "%") else f"{words}\N{NO-BREAK SPACE}{unit_beside(figure, unit)}"


def unit_beside(figure: Decimal | int, unit: str) -> str:
    """A unit as it is read beside a number; people write it for many, and one day is not one days."""
    first, space, rest = unit.partition(" ")
    if abs(figure) != 1:
        return unit
    return OF_ONE.get(unit) or OF_ONE.get(first, first) + space + rest


def gauge(parts: Iterable[tuple[str, Figure]]) -> list[Part]:
    """Parts side by side, each with its class and its percent of the whole; empty ones are left out."""
    drawn, x = [], 0.0
    for css, percent in parts:
        width = float(percent)
        if width > 0:
            drawn.append(Part(css, round(x, 2), round(max(width - SEAM, 0.1), 2)))
        x += width
    return drawn


def shares(amounts: Sequence[Money | Figure], whole: Money | Figure) -> list[float]:
    """Each amount in percent of the whole; nothing of nothing is nothing."""
    total = _figure(whole)
    return [round(100 * _figure(amount) / total, 2) if total > 0 else 0.0 for amount in amounts]


def _figure(amount: Money | Figure) -> float:
    return float(amount.minor if isinstance(amount, Money) else amount)


def place(day: date, first: date, last: date) -> float:
    """Where a day lies on an axis from the first to the last day, in percent; never outside it."""
    length = max((last - first).days, 1)
    return round(max(0.0, min(100.0, 100 * (day - first).days / length)), 2)
