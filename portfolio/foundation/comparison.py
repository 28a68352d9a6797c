"""Two texts side by side, question by question: what was before and would be, or what two people saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Compared:
    """One question with its two answers; an answer that is not there is blank."""

    label: str
    first: str
    second: str

    @property
    def differs(self) -> bool:
        """Whether the answers are not the same."""
        return self.first != self.second


def compared(first: Mapping[str, str], second: Mapping[str, str]) -> list[Compared]:
    """Every question of either text, in the order of the first; what both leave blank is left out."""
    labels = dict.fromkeys([*first, *second])
    rows = (Compared(label, first.get(label, ""), second.get(label, "")) for label in labels)
    return [row for row in rows if row.first or row.second]
