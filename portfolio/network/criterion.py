"""Success criteria and guardrails: the measures an experiment is judged by and must not harm."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portfolio.foundation.columns import choice
from portfolio.foundation.database import Base
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.network.charter import CriterionText, GuardrailText
from portfolio.organisation.measure import Direction, Reading


class Verdict(enum.Enum):
    """What the frozen criteria say. Computed, never argued."""

    MET = "met"
    NOT_MET = "not_met"
    INCONCLUSIVE = "inconclusive"

    @property
    def label(self) -> object:
        """The verdict for a reader."""
        return VERDICT_LABELS[self]


VERDICT_LABELS = {
    Verdict.MET: _l("Met"),
    Verdict.NOT_MET: _l("Not met"),
    Verdict.INCONCLUSIVE: _l("Inconclusive"),
}


def better_of(direction: Direction | None, baseline: Decimal | None, target: Decimal | None) -> Direction:
    """Which way is better: as written, else from baseline to target."""
    if direction is not None:
        return direction
    assert baseline is not None
    assert target is not None
    return Direction.towards(baseline, target)


class SuccessCriterion(Base):
    """A measure with baseline, target, stop threshold and the week in which it is read."""

    __tablename__ = "success_criterion"

    id: Mapped[int] = mapped_column(primary_key=True)
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiment.id"), index=True)
    position: Mapped[int]
    measure_id: Mapped[int | None] = mapped_column(ForeignKey("measure.id"), index=True)
    metric: Mapped[str]
    unit: Mapped[str]
    direction: Mapped[Direction | None] = mapped_column(choice(Direction))
    baseline: Mapped[Decimal | None]
    target: Mapped[Decimal | None]
    stop_threshold: Mapped[Decimal | None]
    how: Mapped[str]
    due_week: Mapped[int | None]
    primary: Mapped[bool]
    not_measured_because: Mapped[str] = mapped_column(default="")

    def text(self) -> CriterionText:
        """What is written."""
        return CriterionText(
            metric=self.metric,
            unit=self.unit,
            direction=self.direction,
            baseline=self.baseline,
            target=self.target,
            stop_threshold=self.stop_threshold,
            how=self.how,
            due_week=self.due_week,
            primary=self.primary,
        )

    @property
    def better(self) -> Direction:
        """Which way is better: as written, else from baseline to target."""
        return better_of(self.direction, self.baseline, self.target)

    def reading_that_counts(
        self, readings: Sequence[Reading], *, starts_on: date, ends_on: date, weeks: int
    ) -> Reading | None:
        """The last reading in the timebox, in or after the criterion's week."""
        due = starts_on + timedelta(weeks=(self.due_week or weeks) - 1)
        counted = [reading for reading in readings if due <= reading.read_on <= ends_on]
        return counted[-1] if counted else None

    def verdict(self, readings: Sequence[Reading], *, starts_on: date, ends_on: date, weeks: int) -> Verdict:
        """Met when the reading that counts reaches the target, not met when it does not, else inconclusive."""
        reading = self.reading_that_counts(readings, starts_on=starts_on, ends_on=ends_on, weeks=weeks)
        if reading is None or self.target is None:
            return Verdict.INCONCLUSIVE
        return Verdict.MET if self.better.reaches(reading.value, self.target) else Verdict.NOT_MET

    def is_past_stop(self, latest: Decimal | None) -> bool:
        """Whether the latest value is worse than the threshold at which the team agreed to stop."""
        if latest is None or self.stop_threshold is None:
            return False
        return not self.better.reaches(latest, self.stop_threshold)


class Guardrail(Base):
    """An operational measure with a limit that must hold while the experiment runs."""

    __tablename__ = "guardrail"

    id: Mapped[int] = mapped_column(primary_key=True)
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiment.id"), index=True)
    position: Mapped[int]
    measure_id: Mapped[int | None] = mapped_column(ForeignKey("measure.id"), index=True)
    metric: Mapped[str]
    unit: Mapped[str]
    direction: Mapped[Direction] = mapped_column(choice(Direction))
    limit: Mapped[Decimal | None]

    def text(self) -> GuardrailText:
        """What is written."""
        return GuardrailText(metric=self.metric, unit=self.unit, direction=self.direction, limit=self.limit)

    def is_breached(self, readings: Sequence[Reading], *, starts_on: date, ends_on: date) -> bool:
        """Whether any reading in the timebox was past the limit."""
        return self.limit is not None and any(
            not self.direction.reaches(reading.value, self.limit)
            for reading in readings
            if starts_on <= reading.read_on <= ends_on
        )
