"""What an initiative did to its measure: from the baseline to the latest reading, never turned into money."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from portfolio.foundation.drawing import quantity, unit_beside
from portfolio.foundation.languages import gettext as _
from portfolio.foundation.languages import ngettext, number_words
from portfolio.organisation.measure import Direction, Reading

if TYPE_CHECKING:
    from portfolio.hierarchy.initiative import Initiative


@dataclass(frozen=True)
class Effect:
    """The change of a measure.

    Args:
        latest: the last reading taken since the initiative began, if there is one.
        is_measured: whether it was read on or after the day of embedding.
        is_measured_again: whether it was read on or after the day on which lasting was to be shown.
    """

    baseline: Decimal | None
    target: Decimal | None
    unit: str
    latest: Reading | None
    is_measured: bool
    is_measured_again: bool

    @classmethod
    def of(cls, initiative: Initiative, latest: Reading | None) -> Effect:
        """The effect, given the last reading of its measure; readings from before it began are not its doing."""
        began = initiative.began_on
        if latest is not None and began is not None and latest.read_on < began:
            latest = None
        again = initiative.due_again_on
        return cls(
            baseline=initiative.baseline,
            target=initiative.target,
            unit=initiative.unit_of_measure,
            latest=latest,
            is_measured=initiative.has_measured_effect(latest),
            is_measured_again=latest is not None and again is not None and latest.read_on >= again,
        )

    @property
    def change(self) -> Decimal | None:
        """Latest minus baseline, in the measure's unit."""
        return None if self.latest is None or self.baseline is None else self.latest.value - self.baseline

    @property
    def reaches_target(self) -> bool:
        """Whether the latest reading is as good as the target."""
        if self.latest is None or self.baseline is None or self.target is None:
            return False
        return Direction.towards(self.baseline, self.target).reaches(self.latest.value, self.target)

    @property
    def is_for_the_better(self) -> bool:
        """Whether the measure moved towards its target."""
        if not self.change or self.baseline is None or self.target is None:
            return False
        falls = Direction.towards(self.baseline, self.target) is Direction.AT_MOST
        return self.change < 0 if falls else self.change > 0

    @property
    def from_to(self) -> str:
        """Before and now: 45 to 18 min, 6 days to 1 day."""
        if self.latest is None or self.baseline is None:
            return ""
        was, now = self.baseline, self.latest.value
        differ = unit_beside(was, self.unit) != unit_beside(now, self.unit)
        before = quantity(was, self.unit) if differ else number_words(was)
        return str(_("%(before)s to %(now)s", before=before, now=quantity(now, self.unit)))

    @property
    def words(self) -> str:
        """The change as people say it: 60% less, 15 points more, no change; empty without a reading."""
        if self.change is None:
            return ""
        if not self.change:
            return str(_("no change"))
        size = self._size(abs(self.change))
        return str(_("%(size)s more", size=size) if self.change > 0 else _("%(size)s less", size=size))

    def _size(self, change: Decimal) -> str:
        if self.unit == "%":  # Ten percent more than 50% would be 55%, and nobody hears it so.
            return ngettext("one point", "%(points)s points", 1 if change == 1 else 2, points=number_words(change))
        if not self.baseline:
            return quantity(change, self.unit)
        share = 100 * change / abs(self.baseline)
        return f"{number_words(share.quantize(Decimal('1') if share >= 1 else Decimal('0.1'), ROUND_HALF_UP))}%"
