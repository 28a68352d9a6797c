"""Identifiers for life: a letter per noun and at least three digits, such as X-014."""

from __future__ import annotations

import re

PATTERN = re.compile(r"([A-Z])-(\d{3,15})")


def ref(letter: str, number: int) -> str:
    """The identifier of a thing: its noun's letter and its number."""
    return f"{letter}-{number:03d}"


def number_of(letter: str, identifier: str) -> int | None:
    """The number in an identifier, or None when it is none of this noun's."""
    found = PATTERN.fullmatch(identifier.upper())
    if found is None or found[1] != letter:
        return None
    return int(found[2])
