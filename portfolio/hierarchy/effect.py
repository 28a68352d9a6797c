"""What an initiative did to its measure: from the baseline to the latest reading, never turned into money."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from portfolio.foundation.drawing import quantity
from portfolio.foundation.languages import date_words, ngettext, number_words
from portfolio.foundation.languages import gettext as _
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.hierarchy.goal import Goal
from portfolio.organisation.measure import Direction, Reading

if TYPE_CHECKING:
    from portfolio.hierarchy.initiative import Initiative


class Lasting(enum.Enum):
    """Whether what was gained was still there when the measure was read again."""

    LASTED = "lasted"
    PARTLY = "partly"
    LOST = "lost"
    NEVER = "never"

    @property
    def label(self) -> object:
        """The answer for a reader."""
        return LASTING_LABELS[self]

    @property
    def holds(self) -> bool:
        """Whether something of it is there."""
        return self in (Lasting.LASTED, Lasting.PARTLY)


LASTING_LABELS = {
    Lasting.LASTED: _l("It lasted"),
    Lasting.PARTLY: _l("It lasted in part"),
    Lasting.LOST: _l("It did not last"),
    Lasting.NEVER: _l("There was no effect to last"),
}


@dataclass(frozen=True)
class Effect:
    """The change of a measure.

    Args:
        goal: what the plan wants of the measure.
        latest: the last reading taken since the initiative began, if there is one.
        is_measured: whether it was read on or after the day of embedding.
        is_measured_again: whether it was read on or after the day on which lasting was to be shown.
        at_embedding: what it said when it became daily work, before that day.
    """

    goal: Goal
    latest: Reading | None
    is_measured: bool
    is_measured_again: bool
    at_embedding: Reading | None = None

    @classmethod
    def of(cls, initiative: Initiative, latest: Reading | None, at_embedding: Reading | None = None) -> Effect:
        """The effect, given two readings of its measure; those from before it began are not its doing.

        Args:
            latest: the last one.
            at_embedding: the one taken when it was embedded.
        """
        began = initiative.began_on
        if latest is not None and began is not None and latest.read_on < began:
            latest = None
        again = initiative.due_again_on
        if at_embedding is not None and again is not None and at_embedding.read_on >= again:
            at_embedding = None
        return cls(
            goal=initiative.goal,
            latest=latest,
            is_measured=initiative.has_measured_effect(latest),
            is_measured_again=latest is not None and again is not None and latest.read_on >= again,
            at_embedding=at_embedding,
        )

    @property
    def change(self) -> Decimal | None:
        """Latest minus baseline, in the measure's unit."""
        return None if self.latest is None else self._change_to(self.latest)

    @property
    def reaches_target(self) -> bool:
        """Whether the latest reading is as good as the target."""
        if self.latest is None or self.goal.baseline is None or self.goal.target is None:
            return False
        return Direction.towards(self.goal.baseline, self.goal.target).reaches(self.latest.value, self.goal.target)

    @property
    def is_for_the_better(self) -> bool:
        """Whether the measure moved towards its target."""
        return self.latest is not None and self.goal.gain(self.latest.value) > 0

    @property
    def is_a_win(self) -> bool:
        """Whether it is in daily work, for the better, and was not lost since."""
        return self.is_measured and self.is_for_the_better and (self.lasting is None or self.lasting.holds)

    # Did it last? ---------------------------------------------------------------------------------------------------

    @property
    def lasting(self) -> Lasting | None:
        """Whether it lasted, once that can be told.

        It did when the measure is still as good as at embedding, or as good as the target; in part when at least half
        of what was gained is still there. Where nothing was read at embedding, the target stands in its place.
        """
        if not self.is_measured_again or self.latest is None or self.goal.target is None:
            return None
        then = self.goal.gain(self.at_embedding.value if self.at_embedding else self.goal.target)
        now = self.goal.gain(self.latest.value)
        if now <= 0:
            return Lasting.LOST if then > 0 else Lasting.NEVER
        if self.reaches_target or now >= then:
            return Lasting.LASTED
        return Lasting.PARTLY if 2 * now >= then else Lasting.LOST

    @property
    def lasting_words(self) -> str:
        """The answer with both readings: It lasted: 9 at embedding, 8 on Fri 12 June; empty before it can be told."""
        if self.lasting is None or self.latest is None:
            return ""
        now, on = quantity(self.latest.value, self.goal.unit), date_words(self.latest.read_on)
        if self.at_embedding is None:
            return str(_("%(lasting)s: %(now)s on %(day)s", lasting=self.lasting.label, now=now, day=on))
        then = number_words(self.at_embedding.value)
        said = {"lasting": self.lasting.label, "then": then, "now": now, "day": on}
        return str(_("%(lasting)s: %(then)s at embedding, %(now)s on %(day)s", **said))

    # In words -------------------------------------------------------------------------------------------------------

    @property
    def from_to(self) -> str:
        """Before and now: 45 to 18 min, 6 days to 1 day."""
        return self.goal.way_to(self.latest.value) if self.latest else ""

    @property
    def words(self) -> str:
        """The change as people say it: 60% less, 15 points more, no change; empty without a reading."""
        return self._words_of(self.latest)

    @property
    def words_at_embedding(self) -> str:
        """What it did by the day it became daily work: 45 to 18 min, 60% less; empty where nothing was read then."""
        if self.at_embedding is None or self.goal.baseline is None:
            return ""
        return f"{self.goal.way_to(self.at_embedding.value)}, {self._words_of(self.at_embedding)}"

    def _change_to(self, reading: Reading) -> Decimal | None:
        return None if self.goal.baseline is None else reading.value - self.goal.baseline

    def _words_of(self, reading: Reading | None) -> str:
        change = self._change_to(reading) if reading else None
        if change is None:
            return ""
        if not change:
            return str(_("no change"))
        size = self._size(abs(change))
        return str(_("%(size)s more", size=size) if change > 0 else _("%(size)s less", size=size))

    def _size(self, change: Decimal) -> str:
        if self.goal.unit == "%":  # Ten percent more than 50% would be 55%, and nobody hears it so.
            return ngettext("one point", "%(points)s points", 1 if change == 1 else 2, points=number_words(change))
        if not self.goal.baseline:
            return quantity(change, self.goal.unit)
        share = 100 * change / abs(self.goal.baseline)
        return f"{number_words(share.quantize(Decimal('1') if share >= 1 else Decimal('0.1'), ROUND_HALF_UP))}%"
