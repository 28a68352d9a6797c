"""A text that somebody else saved first: theirs beside ours, and who it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from portfolio.audit.queries import Line
from portfolio.foundation.comparison import Compared, compared


@dataclass(frozen=True)
class Overtaken:
    """Whoever saved first, when, and where the two texts differ."""

    name: str
    at: datetime | None
    differences: Sequence[Compared]

    @classmethod
    def by(cls, line: Line | None, mine: Mapping[str, str], theirs: Mapping[str, str]) -> Overtaken:
        """Lay what was typed beside what was saved.

        Args:
            line: the trail's entry of the saving, when it is known.
            mine: what was typed, question by question.
            theirs: what is saved.
        """
        rows = [row for row in compared(mine, theirs) if row.differs]
        return cls(line.said["actor"] if line else "", line.at if line else None, rows)
