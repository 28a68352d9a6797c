"""What a proposal says, as a value: written by a form, kept word for word in a version, frozen at approval."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from typing import Any

from portfolio.audit.entry import canonical
from portfolio.foundation.money import Money
from portfolio.organisation.change import FormOfChange
from portfolio.organisation.measure import Direction


@dataclass(frozen=True)
class CriterionText:
    """A success criterion as written."""

    metric: str = ""
    unit: str = ""
    direction: Direction | None = None
    baseline: Decimal | None = None
    target: Decimal | None = None
    stop_threshold: Decimal | None = None
    how: str = ""
    due_week: int | None = None
    primary: bool = False

    @property
    def is_blank(self) -> bool:
        """Whether nothing was written."""
        return not self.metric and self.baseline is None and self.target is None

    @property
    def is_measurable(self) -> bool:
        """Whether it can be met or missed: a metric, and a baseline and a target that differ."""
        return (
            bool(self.metric)
            and self.baseline is not None
            and self.target is not None
            and (self.direction is not None or self.baseline != self.target)
        )

    def settled(self) -> CriterionText:
        """With the way that is better, as baseline and target tell it where nobody said."""
        if self.direction is not None or self.baseline is None or self.target is None:
            return self
        return replace(self, direction=Direction.towards(self.baseline, self.target))


@dataclass(frozen=True)
class GuardrailText:
    """A guardrail as written."""

    metric: str = ""
    unit: str = ""
    direction: Direction = Direction.AT_LEAST
    limit: Decimal | None = None

    @property
    def is_blank(self) -> bool:
        """Whether nothing was written."""
        return not self.metric and self.limit is None


@dataclass(frozen=True)
class MilestoneText:
    """A milestone with the part of the money that waits for it, as written."""

    name: str = ""
    week: int | None = None
    amount: int = 0  # Minor units.

    @property
    def is_blank(self) -> bool:
        """Whether nothing was written."""
        return not self.name and not self.amount


@dataclass(frozen=True)
class Charter:
    """Everything a proposal says."""

    title: str = ""
    form: FormOfChange = FormOfChange.TRANSITION
    problem: str = ""
    hypothesis: str = ""
    riskiest_assumption: str = ""
    standalone_value: str = ""
    weeks: int | None = None
    budget: Money = field(default_factory=lambda: Money(0))
    horizon: int = 2
    hours_a_week: int = 0
    first_step: str = ""
    criteria: tuple[CriterionText, ...] = ()
    guardrails: tuple[GuardrailText, ...] = ()
    milestones: tuple[MilestoneText, ...] = ()

    def tidy(self) -> Charter:
        """Without blank rows; the first criterion is primary when none is marked."""
        criteria = tuple(c for c in self.criteria if not c.is_blank)
        if criteria and not any(c.primary for c in criteria):
            criteria = (replace(criteria[0], primary=True), *criteria[1:])
        return replace(
            self,
            criteria=criteria,
            guardrails=tuple(g for g in self.guardrails if not g.is_blank),
            milestones=tuple(m for m in self.milestones if not m.is_blank),
        )

    def as_json(self) -> str:
        """Canonical JSON: the same words give the same bytes."""
        return canonical(_plain(asdict(self)))

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON."""
        return hashlib.sha256(self.as_json().encode()).hexdigest()

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> Charter:
        """Read what `as_json` wrote."""
        rows = {
            "criteria": tuple(
                CriterionText(
                    **criterion
                    | {key: _number(criterion[key]) for key in ("baseline", "target", "stop_threshold")}
                    | {"direction": Direction(criterion["direction"]) if criterion["direction"] else None}
                )
                for criterion in said["criteria"]
            ),
            "guardrails": tuple(
                GuardrailText(
                    **guardrail | {"limit": _number(guardrail["limit"]), "direction": Direction(guardrail["direction"])}
                )
                for guardrail in said["guardrails"]
            ),
            "milestones": tuple(MilestoneText(**milestone) for milestone in said["milestones"]),
        }
        return cls(**said | rows | {"form": FormOfChange(said["form"]), "budget": Money(**said["budget"])})


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.value if isinstance(value, FormOfChange | Direction) else value


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
