"""Slots: places on a page that a lower room leaves open and a higher one fills, one query for all rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from markupsafe import Markup

Provider = Callable[[list[int]], Mapping[int, Markup]]


class Slots:
    """Who fills which slot of an app."""

    def __init__(self) -> None:
        self._providers: dict[str, list[Provider]] = {}

    def fill(self, name: str, provider: Provider) -> None:
        """Let a provider answer for all things a page shows in this slot."""
        self._providers.setdefault(name, []).append(provider)

    def __call__(self, name: str, things: Iterable[Any]) -> Callable[[Any], list[Markup]]:
        """Open a slot for the things on a page; set it once, outside the loop."""
        ids = [thing.id for thing in things]
        answers: list[Mapping[int, Markup]] | None = None

        def pieces(thing: Any) -> list[Markup]:
            nonlocal answers
            if answers is None:
                answers = [provider(ids) for provider in self._providers.get(name, ())] if ids else []
            return [answer[thing.id] for answer in answers if thing.id in answer]

        return pieces
