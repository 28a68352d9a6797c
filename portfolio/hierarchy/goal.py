"""What a change should do to its measure: from a baseline to a target, as it was promised or as the plan has it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from portfolio.foundation.drawing import quantity, unit_beside
from portfolio.foundation.languages import gettext as _
from portfolio.foundation.languages import number_words
from portfolio.organisation.measure import key_of


@dataclass(frozen=True)
class Goal:
    """A measure with the value it had and the value it should have; a draft may leave either open."""

    metric: str
    unit: str
    baseline: Decimal | None
    target: Decimal | None

    @property
    def is_complete(self) -> bool:
        """Whether it can be told one day whether it was reached."""
        return bool(self.metric) and self.baseline is not None and self.target is not None

    def is_of_the_measure_of(self, other: Goal) -> bool:
        """Whether both are counted in the same way."""
        return (key_of(self.metric), self.unit) == (key_of(other.metric), other.unit)

    def is_that_of(self, other: Goal) -> bool:
        """Whether both ask the same of the same measure."""
        return self.is_of_the_measure_of(other) and (self.baseline, self.target) == (other.baseline, other.target)

    @property
    def words(self) -> str:
        """All of it: Days to payment, 30 to 12.5 days; the measure alone while its values are open."""
        if self.baseline is None or self.target is None:
            return self.metric or str(_("no measure yet"))
        return str(_("%(metric)s, %(from_to)s", metric=self.metric, from_to=self.way_to(self.target)))

    def way_to(self, value: Decimal) -> str:
        """From the baseline to a value: 45 to 18 min, 6 days to 1 day."""
        if self.baseline is None:
            return ""
        differ = unit_beside(self.baseline, self.unit) != unit_beside(value, self.unit)
        before = quantity(self.baseline, self.unit) if differ else number_words(self.baseline)
        return str(_("%(before)s to %(now)s", before=before, now=quantity(value, self.unit)))

    def gain(self, value: Decimal) -> Decimal:
        """How far a value is from the baseline in the direction of the target; below zero on the other side of it."""
        if self.baseline is None or self.target is None:
            return Decimal(0)
        change = value - self.baseline
        return -change if self.target < self.baseline else change
