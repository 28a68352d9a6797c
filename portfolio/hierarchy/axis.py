"""The line of time that plans are drawn on: two quarters in the list, one plan on its own page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_date

from portfolio.foundation.drawing import place
from portfolio.foundation.languages import locale
from portfolio.hierarchy.initiative import Initiative
from portfolio.organisation.house_rules import HouseRules


@dataclass(frozen=True)
class Bar:
    """One plan on the axis, all in percent; milestones with whether they are reached."""

    begin: float
    end: float
    milestones: Sequence[tuple[float, bool]]


@dataclass(frozen=True)
class Axis:
    """From the first to the last day that is drawn."""

    first: date
    last: date
    today: date

    @classmethod
    def of_two_quarters(cls, rules: HouseRules) -> Axis:
        """This quarter and the next: six months."""
        return cls(rules.quarter.first_day, rules.quarter.next.last_day, rules.today)

    @classmethod
    def around(cls, initiative: Initiative, today: date) -> Axis | None:
        """One plan, with today on it as far as it lies near; None when it has no days yet."""
        days = [initiative.starts_on, initiative.due_on, initiative.first_due_on, initiative.embedded_on]
        known = [day for day in days if day is not None]
        if initiative.starts_on is None or initiative.due_on is None:
            return None
        air = timedelta(days=max((max(known) - min(known)).days // 10, 3))
        return cls(min(known) - air, max(known) + air, today)

    @property
    def months(self) -> list[str]:
        """The months it covers, as they are called."""
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        days = (date(self.first.year + month // 12, month % 12 + 1, 1)
                for month in range(self.first.month - 1, self.first.month - 1 + months))  # fmt: skip
        return [format_date(day, "LLL", locale()).replace(".", "") for day in days]

    @property
    def now(self) -> float | None:
        """Where today is; None when it lies outside."""
        return place(self.today, self.first, self.last) if self.first <= self.today <= self.last else None

    def bar(self, initiative: Initiative) -> Bar | None:
        """Where a plan lies; None when it has no days yet, or lies outside what is drawn."""
        starts, due = initiative.starts_on, initiative.due_on
        if starts is None or due is None or due < self.first or starts > self.last:
            return None
        return Bar(
            begin=place(starts, self.first, self.last),
            end=place(due, self.first, self.last),
            milestones=[
                (place(m.due_on, self.first, self.last), m.is_reached)
                for m in initiative.milestones
                if m.due_on is not None and self.first <= m.due_on <= self.last
            ],
        )
