"""What the readings say of an experiment's criteria and guardrails, computed in one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from portfolio.network.criterion import Guardrail, SuccessCriterion, Verdict
from portfolio.organisation.measure import Reading, readings_of

if TYPE_CHECKING:
    from portfolio.network.experiment import Experiment


@dataclass(frozen=True)
class CriterionFinding:
    """A criterion, its latest reading in the timebox and its verdict."""

    criterion: SuccessCriterion
    latest: Reading | None
    verdict: Verdict
    past_stop: bool
    reaches_target: bool


@dataclass(frozen=True)
class GuardrailFinding:
    """A guardrail, its latest reading in the timebox and whether it ever broke."""

    guardrail: Guardrail
    latest: Reading | None
    breached: bool

    @property
    def is_past_now(self) -> bool:
        """Whether the latest reading is past the limit; what came back within it stays breached all the same."""
        limit, latest = self.guardrail.limit, self.latest
        return limit is not None and latest is not None and not self.guardrail.direction.reaches(latest.value, limit)


@dataclass(frozen=True)
class Findings:
    """What the frozen criteria say. Computed, never argued."""

    criteria: tuple[CriterionFinding, ...]
    guardrails: tuple[GuardrailFinding, ...]

    @property
    def verdict(self) -> Verdict:
        """The primary criterion's verdict, the first's if none is marked; a breached guardrail spoils a met one."""
        primary = next((f for f in self.criteria if f.criterion.primary), None) or next(iter(self.criteria), None)
        if primary is None:
            return Verdict.INCONCLUSIVE
        if primary.verdict is Verdict.MET and any(guardrail.breached for guardrail in self.guardrails):
            return Verdict.INCONCLUSIVE
        return primary.verdict


def findings_of(experiment: Experiment) -> Findings:
    """Compute them from the readings; one query."""
    return findings_of_each([experiment])[experiment.id]


def findings_of_each(experiments: Sequence[Experiment]) -> dict[int, Findings]:
    """The same for several experiments, by number; one query, however many."""
    watched = {part.measure_id for experiment in experiments for part in experiment.watched}
    readings = readings_of(sorted(number for number in watched if number is not None))
    return {experiment.id: _of_one(experiment, readings) for experiment in experiments}


def findings_of_guardrails(experiments: Sequence[Experiment]) -> list[tuple[Experiment, GuardrailFinding]]:
    """Each guardrail of several experiments that run, with its experiment; one query, however many."""
    watched = {guardrail.measure_id for experiment in experiments for guardrail in experiment.guardrails}
    readings = readings_of(sorted(number for number in watched if number is not None))
    return [
        (one, _of_guardrail(g, readings.get(g.measure_id or 0, []), starts_on=one.starts_on, ends_on=one.ends_on))
        for one in experiments
        for g in one.guardrails
        if one.starts_on is not None and one.ends_on is not None
    ]


def _of_one(experiment: Experiment, readings: dict[int, list[Reading]]) -> Findings:
    if experiment.starts_on is None or experiment.ends_on is None or experiment.weeks is None:
        return Findings((), ())
    starts_on, ends_on, weeks = experiment.starts_on, experiment.ends_on, experiment.weeks
    return Findings(
        criteria=tuple(
            _of_criterion(c, readings.get(c.measure_id or 0, []), starts_on=starts_on, ends_on=ends_on, weeks=weeks)
            for c in experiment.criteria
        ),
        guardrails=tuple(
            _of_guardrail(g, readings.get(g.measure_id or 0, []), starts_on=starts_on, ends_on=ends_on)
            for g in experiment.guardrails
        ),
    )


def _of_criterion(
    criterion: SuccessCriterion, readings: Sequence[Reading], *, starts_on: date, ends_on: date, weeks: int
) -> CriterionFinding:
    latest = _last(readings, starts_on, ends_on)
    value: Decimal | None = latest.value if latest else None
    return CriterionFinding(
        criterion=criterion,
        latest=latest,
        verdict=criterion.verdict(readings, starts_on=starts_on, ends_on=ends_on, weeks=weeks),
        past_stop=criterion.is_past_stop(value),
        reaches_target=value is not None
        and criterion.target is not None
        and criterion.better.reaches(value, criterion.target),
    )


def _of_guardrail(
    guardrail: Guardrail, readings: Sequence[Reading], *, starts_on: date, ends_on: date
) -> GuardrailFinding:
    return GuardrailFinding(
        guardrail=guardrail,
        latest=_last(readings, starts_on, ends_on),
        breached=guardrail.is_breached(readings, starts_on=starts_on, ends_on=ends_on),
    )


def _last(readings: Sequence[Reading], starts_on: date, ends_on: date) -> Reading | None:
    within = [reading for reading in readings if starts_on <= reading.read_on <= ends_on]
    return within[-1] if within else None
