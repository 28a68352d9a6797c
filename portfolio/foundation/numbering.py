"""Identifiers for life: a letter per noun and at least three digits, such as X-014."""

from __future__ import annotations

import re
from typing import Any

from werkzeug.routing import IntegerConverter, Map

LARGEST = 2**63 - 1  # What a database holds in a column of numbers.
PATTERN = re.compile(r"([A-Z])-(\d{3,15})")


def ref(letter: str, number: int) -> str:
    """The identifier of a thing: its noun's letter and its number."""
    return f"{letter}-{number:03d}"


def parts_of(identifier: str) -> tuple[str, int] | None:
    """The letter and the number of an identifier, or None when it is none."""
    found = PATTERN.fullmatch(identifier.upper())
    return (found[1], int(found[2])) if found else None


def number_of(letter: str, identifier: str) -> int | None:
    """The number in an identifier, or None when it is none of this noun's."""
    found = parts_of(identifier)
    return found[1] if found and found[0] == letter else None


def number_in(text: str) -> int | None:
    """The number that an address or a hidden field carries, or None when it is none that a row can have."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 15 else None


class RowNumber(IntegerConverter):
    """A number in an address; one that no row can have leads nowhere, instead of to the database."""

    def __init__(self, map: Map, **bounds: Any) -> None:
        super().__init__(map, **{"max": LARGEST} | bounds)
