"""Quarters of the organisation's fiscal year, and its working days."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, order=True)
class Quarter:
    """A quarter, named by the year in which its fiscal year starts: `2026-Q4`.

    Args:
        year: the calendar year in which the fiscal year starts.
        number: 1 to 4.
        starts_in: the month in which the fiscal year starts, 1 to 12.
    """

    year: int
    number: int
    starts_in: int = 1

    @classmethod
    def of(cls, day: date, starts_in: int) -> Quarter:
        """The quarter a day falls in."""
        months = (day.month - starts_in) % 12
        year = day.year if day.month >= starts_in else day.year - 1
        return cls(year, months // 3 + 1, starts_in)

    @classmethod
    def named(cls, name: str, starts_in: int) -> Quarter:
        """The quarter with a name such as `2026-Q4`.

        Raises:
            ValueError: it is no such name.
        """
        found = re.fullmatch(r"([0-9]{4})-Q([1-4])", name)
        if found is None or not "1900" <= found[1] < "2999":
            raise ValueError(name)
        return cls(int(found[1]), int(found[2]), starts_in)

    @property
    def name(self) -> str:
        """Its name, such as `2026-Q4`."""
        return f"{self.year}-Q{self.number}"

    @property
    def first_day(self) -> date:
        """Its first day."""
        month = self.starts_in - 1 + 3 * (self.number - 1)
        return date(self.year + month // 12, month % 12 + 1, 1)

    @property
    def last_day(self) -> date:
        """Its last day."""
        return self.next.first_day - timedelta(days=1)

    @property
    def next(self) -> Quarter:
        """The quarter after it."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1, self.starts_in)

    @property
    def previous(self) -> Quarter:
        """The quarter before it."""
        return Quarter(self.year - (self.number == 1), (self.number - 2) % 4 + 1, self.starts_in)

    @property
    def weeks(self) -> int:
        """How many weeks it has begun by its end."""
        return (self.last_day - self.first_day).days // 7 + 1

    def week_of(self, day: date) -> int:
        """Which of its weeks a day falls in, counted from 1."""
        return (day - self.first_day).days // 7 + 1


def working_days_between(start: date, end: date) -> int:
    """Working days, Monday to Friday, after `start` up to and with `end`; 0 when `end` is not later."""
    if end <= start:
        return 0
    weeks, rest = divmod((end - start).days, 7)
    return weeks * 5 + sum((start + timedelta(days=n)).weekday() < 5 for n in range(1, rest + 1))


def after_working_days(start: date, days: int) -> date:
    """The day on which so many working days have passed after `start`."""
    day = start
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return day
