"""How long something has waited: silence is visible, with its age."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portfolio.foundation import clock
from portfolio.organisation.house_rules import HouseRules
from portfolio.organisation.quarter import working_days_between


@dataclass(frozen=True)
class Wait:
    """An age in days, and the working days among them."""

    days: int
    working_days: int

    @classmethod
    def since(cls, moment: datetime, rules: HouseRules) -> Wait:
        """From a moment until today, as the organisation's calendar counts."""
        began = clock.day_of(moment, rules.time_zone)
        return cls((rules.today - began).days, working_days_between(began, rules.today))
