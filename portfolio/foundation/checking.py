"""What `tandem verify` is made of: checks that each room offers, and the problems they find."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """A row that is not as it should be.

    Args:
        table: where it lies.
        key: which one.
        wrong: what is wrong with it, to be read after both.
    """

    table: str
    key: object
    wrong: str

    def __str__(self) -> str:
        return f"{self.table} {self.key} {self.wrong}" if self.key != "" else f"{self.table} {self.wrong}"


@dataclass(frozen=True)
class Check:
    """One thing that holds, or does not.

    Args:
        what: what holds, as a sentence without its full stop.
        find: looks through the database, in the order of its rows; reads only.
    """

    what: str
    find: Callable[[], Iterable[Problem]]

    def first(self) -> Problem | None:
        """The first row for which it does not hold."""
        return next(iter(self.find()), None)
