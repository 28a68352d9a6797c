"""What an initiative says, as a value: written by a form or by the bridge, taken over by the initiative."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from portfolio.foundation.money import Money
from portfolio.hierarchy.state import Letter
from portfolio.organisation.change import FormOfChange
from portfolio.people.person import Person


@dataclass(frozen=True)
class MilestoneText:
    """A milestone as written.

    Args:
        number: of the milestone it was before, so that one already reached stays reached; None for a new one.
    """

    name: str = ""
    due_on: date | None = None
    number: int | None = None

    @property
    def is_blank(self) -> bool:
        """Whether nothing was written."""
        return not self.name and self.due_on is None


@dataclass(frozen=True)
class RoleText:
    """Who does what, as written."""

    person: Person | None = None
    letter: Letter = Letter.RESPONSIBLE


@dataclass(frozen=True)
class InitiativeText:
    """Everything an initiative says but its unit and its owner; a blank horizon is the form's own."""

    title: str = ""
    form: FormOfChange = FormOfChange.IMPROVE
    why: str = ""
    mandate: str = ""
    starts_on: date | None = None
    due_on: date | None = None
    budget: Money = field(default_factory=lambda: Money(0))
    hours_a_week: int = 0
    horizon: int = 0
    metric: str = ""
    unit_of_measure: str = ""
    baseline: Decimal | None = None
    target: Decimal | None = None
    milestones: tuple[MilestoneText, ...] = ()
    roles: tuple[RoleText, ...] = ()

    def tidy(self) -> InitiativeText:
        """Without blank rows, with the horizon the form has by default."""
        return replace(
            self,
            horizon=self.horizon or self.form.default_horizon,
            milestones=tuple(milestone for milestone in self.milestones if not milestone.is_blank),
            roles=tuple(role for role in self.roles if role.person is not None),
        )
