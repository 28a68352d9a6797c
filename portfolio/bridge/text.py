"""What a promotion says, and where its learnings stand already, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from portfolio.foundation.errors import Obstacle
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.network.learning import Learning
from portfolio.organisation.change import FormOfChange

if TYPE_CHECKING:
    from portfolio.bridge.promotion import Promotion


@dataclass(frozen=True)
class PromotionText:
    """What a promotion says, as a value."""

    title: str
    change: str
    form: FormOfChange
    metric: str
    unit_of_measure: str
    baseline: Decimal | None
    target: Decimal | None

    @property
    def missing(self) -> list[Obstacle]:
        """What its owner could not do without."""
        return [
            Obstacle(words, field)
            for stands, words, field in (
                (not self.title, _l("Say in a few words what will be different."), "title"),
                (not self.change, _l("Write what changes in daily work."), "change"),
                (not self.metric, _l("Name the measure it should move."), "metric"),
                (self.baseline is None, _l("Give the measure’s value today."), "baseline"),
                (self.target is None, _l("Give the value you expect."), "target"),
                (self.baseline is not None and self.baseline == self.target,
                 _l("Give a target that differs from today’s value."), "target"),
            )
            if stands
        ]  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """Where learnings stand already, read in the transaction that promotes them.

    Args:
        promotions: per learning the promotion that operations may still answer, or said yes to.
        newer: per learning the one that took its place.
    """

    promotions: Mapping[int, Promotion]
    newer: Mapping[int, Learning]

    def obstacles(self, learnings: Sequence[Learning]) -> list[Obstacle]:
        """Why these cannot be promoted now."""
        return [
            *(
                Obstacle(
                    _l(
                        "“%(title)s” is in %(ref)s already. One learning crosses the bridge once.",
                        title=learning.title,
                        ref=self.promotions[learning.id].ref,
                    ),
                    "learnings",
                )
                for learning in learnings
                if learning.id in self.promotions
            ),
            *(
                Obstacle(
                    _l(
                        "“%(title)s” was corrected. Promote %(ref)s, which took its place.",
                        title=learning.title,
                        ref=self.newer[learning.id].ref,
                    ),
                    "learnings",
                )
                for learning in learnings
                if learning.id in self.newer
            ),
        ]
