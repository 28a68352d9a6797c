"""A frozen record as one person reads it: their language, and the lines that are theirs to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portfolio.people.person import Person
from portfolio.reviews.said import Readers


@dataclass(frozen=True)
class Reader:
    """Reads a record to a person, from the record alone.

    Args:
        minutes: what the record says.
        language: the reader's; English where the record knows no other.
    """

    minutes: dict[str, Any]
    language: str
    person: Person

    def words(self, both: dict[str, str]) -> str:
        """Words in the reader's language."""
        return both.get(self.language) or both["en"]

    def word(self, key: str) -> str:
        """Something the page says by itself."""
        return self.words(self.minutes["words"][key])

    def sees(self, visible: Any) -> bool:
        """Whether a line is theirs to read."""
        return visible == "all" or Readers(frozenset(visible["people"]), tuple(visible["roles"])).include(self.person)

    def says(self, said: dict[str, Any]) -> str:
        """A sentence, what stands in its place, or that it is restricted."""
        if self.sees(said["visible"]):
            return self.words(said["words"])
        return self.words(said["without"]) if "without" in said else self.word("restricted")

    def is_rich(self, said: dict[str, Any]) -> bool:
        """Whether it is Markdown that this person may read."""
        return bool(said.get("markdown")) and self.sees(said["visible"])
