"""Small pieces of a page that say the same for the same values: drawn once, and kept by this process.

A list draws a timebox and a face on each of its rows, and most of what drawing them costs goes into joining strings.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portfolio.foundation.languages import locale

MOST_KEPT = 4096  # Pieces; some hundred bytes each.


class Remembered:
    """Calls a macro, or gives what it gave before in this language for these values.

    A macro may be called so when it looks at nothing but its values, and these never change: words, numbers, days.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[Any, ...], Any] = {}

    def __call__(self, macro: Any, *values: Any) -> Any:
        """The piece.

        Args:
            macro: of a template; known by its name and what it takes.
            values: in the macro's order; a list counts as its contents.
        """
        fixed = tuple(tuple(value) if isinstance(value, list) else value for value in values)
        key = (macro.name, macro.arguments, locale().language, fixed)
        try:
            return self._kept[key]
        except KeyError:
            piece = macro(*values)
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[key] = piece
        return piece


remembered: Callable[..., Any] = Remembered()
