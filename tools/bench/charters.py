"""What the seeded experiments say: their charters, the versions kept of them, and the measures they are judged by."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from portfolio.foundation.money import Money
from portfolio.network.charter import Charter, CriterionText, GuardrailText, MilestoneText
from portfolio.network.version import VersionKind
from portfolio.organisation.change import FormOfChange
from portfolio.organisation.measure import Direction
from tools.bench.ground import Ground
from tools.bench.rows import Rows
from tools.bench.words import Words

NEIGHBOURS = 10  # So many experiments in a row count the same measures.


@dataclass(frozen=True)
class Kept:
    """A charter, with its canonical JSON and the hash of that."""

    charter: Charter
    content: str
    hash: str


def write_charter(rows: Rows, words: Words, number: int, *, criteria: int, weeks: int) -> Kept:
    """Write what an experiment says."""
    charter = Charter(
        title=words.question(),
        form=FormOfChange.INNOVATION if number % 3 == 0 else FormOfChange.TRANSITION,
        problem=words.paragraph(),
        hypothesis=words.sentence(),
        riskiest_assumption=words.sentence(),
        standalone_value=words.sentence(),
        weeks=weeks,
        budget=Money(10_000_00 + number % 80 * 250_00, "EUR"),
        first_step="Put last week’s ten quotes into one sheet.",
        criteria=tuple(_criterion(position) for position in range(criteria)),
        guardrails=(GuardrailText(metric="Orders delivered on time", unit="%", limit=Decimal(95)),),
        milestones=(MilestoneText("First ten customers", 3, 2_000_00),),
    )
    rows.show(charter.problem, charter.hypothesis, charter.riskiest_assumption, charter.standalone_value)
    content = charter.as_json()
    return Kept(charter, content, hashlib.sha256(content.encode()).hexdigest())


def add_version(rows: Rows, ground: Ground, experiment: int, kept: Kept, by: int) -> None:
    """Keep the version that was proposed."""
    rows.add(
        "experiment_version",
        id=rows.number("experiment_version"),
        experiment_id=experiment,
        number=1,
        kind=VersionKind.PROPOSED,
        content=kept.content,
        hash=kept.hash,
        by_id=by,
        at=ground.now,
    )


@dataclass
class Measures:
    """What experiments are judged by: measures, criteria and readings."""

    rows: Rows
    ground: Ground
    _shared: list[int] = field(default_factory=list)

    def tie(self, experiment: int, charter: Charter, *, own: bool) -> list[int]:
        """Add criteria, guardrails and milestones; gives the measures of the criteria.

        Args:
            own: whether no other experiment counts these measures.
        """
        measures = self._of(experiment, len(charter.criteria) + 1, own=own)
        for position, criterion in enumerate(charter.criteria):
            self._add("success_criterion", experiment, position, vars(criterion) | {"measure_id": measures[position]})
        for position, guardrail in enumerate(charter.guardrails):
            self._add("guardrail", experiment, position, vars(guardrail) | {"measure_id": measures[-1]})
        for position, milestone in enumerate(charter.milestones):
            self._add("milestone", experiment, position, vars(milestone))
        return measures[:-1]

    def read(self, experiment: int, measures: list[int], starts_on: date) -> None:
        """Add a reading of each in the first two weeks."""
        for measure in measures:
            for week in (1, 2):
                self.rows.add(
                    "reading",
                    id=self.rows.number("reading"),
                    measure_id=measure,
                    value=Decimal(9 - week),
                    read_on=starts_on + timedelta(weeks=week),
                    by_id=self.ground.person(experiment),
                    at=self.ground.now,
                    source_type="experiment",
                    source_id=experiment,
                )

    def _add(self, table: str, experiment: int, position: int, values: dict[str, object]) -> None:
        self.rows.add(table, id=self.rows.number(table), experiment_id=experiment, position=position, **values)

    def _of(self, experiment: int, many: int, *, own: bool) -> list[int]:
        if own:
            return [self._measure(f"of {experiment}, {position}") for position in range(many)]
        if experiment % NEIGHBOURS == 1:
            self._shared.clear()
        while len(self._shared) < many:
            self._shared.append(self._measure(f"from {experiment} on, {len(self._shared)}"))
        return self._shared[:many]

    def _measure(self, name: str) -> int:
        number = self.rows.number("measure")
        said = f"Days from question to answer {name}"
        self.rows.add(
            "measure",
            id=number,
            name=said,
            name_key=said.casefold(),
            unit="days",
            direction=Direction.AT_MOST,
            owner_id=self.ground.person(number),
        )
        return number


def _criterion(position: int) -> CriterionText:
    return CriterionText(
        metric=f"Days from question to answer {position}",
        unit="days",
        direction=Direction.AT_MOST,
        baseline=Decimal(9),
        target=Decimal(4),
        stop_threshold=Decimal(12),
        due_week=6,
        primary=position == 0,
    )
