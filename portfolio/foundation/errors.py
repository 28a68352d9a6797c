"""How Tandem says no. Each refusal carries words for the person it refuses."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portfolio.foundation import clock
from portfolio.foundation.languages import Lazy, gettext, ngettext

Words = Any  # A str, or a lazy translation that becomes one when it is shown.


@dataclass(frozen=True)
class Obstacle:
    """One thing that stands in the way, in words a page shows beside the button it disables."""

    words: Words
    field: str = ""

    def __str__(self) -> str:
        return str(self.words)


class Refusal(Exception):
    """Something was asked that is not done; says what the case is and what to do.

    Args:
        words: one sentence for the person who asked.
        obstacles: what stands in the way, each on its own.
    """

    status = 409

    def __init__(self, words: Words, obstacles: Sequence[Obstacle] = ()) -> None:
        super().__init__(words)
        self.words = words
        self.obstacles = tuple(obstacles)

    def __str__(self) -> str:
        return " ".join([str(self.words), *map(str, self.obstacles)])


class RuleBroken(Refusal):
    """A rule of the house forbids it in this state."""


class Conflict(Refusal):
    """Someone changed it since it was shown.

    Args:
        versions: the version that was sent beside the one there is now, as plain values for the API.
    """

    def __init__(
        self, words: Words, obstacles: Sequence[Obstacle] = (), versions: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(words, obstacles)
        self.versions = versions


class NotAllowed(Refusal):
    """This person may not do it."""

    status = 403


class Missing(Refusal):
    """It is not there, or not theirs to see; the answer is the same."""

    status = 404

    def __init__(self, words: Words = "") -> None:
        super().__init__(words)


class Unprocessable(Refusal):
    """What was sent does not have the shape that was asked for."""

    status = 422

    def __init__(self, words: Words = "", obstacles: Sequence[Obstacle] = ()) -> None:
        super().__init__(words, obstacles)


class PreconditionMissing(Refusal):
    """A decision binds to what was read, and what that was is not said."""

    status = 428


class TooMany(Refusal):
    """It was tried too often; says when it can be tried again."""

    status = 429

    def __init__(self, again_at: datetime) -> None:
        super().__init__(_again(again_at))
        self.again_at = again_at

    @property
    def seconds(self) -> int:
        """How long to wait."""
        return max(1, math.ceil((self.again_at - clock.now()).total_seconds()))


def _again(moment: datetime) -> Words:
    minutes = max(1, math.ceil((moment - clock.now()).total_seconds() / 60))
    hours = math.ceil(minutes / 60)
    if minutes < 120:
        return Lazy(
            lambda: ngettext(
                "That was tried too often. Try again in a minute.",
                "That was tried too often. Try again in %(num)s minutes.",
                minutes,
            )
        )
    return Lazy(lambda: gettext("That was tried too often. Try again in %(hours)s hours.", hours=hours))
