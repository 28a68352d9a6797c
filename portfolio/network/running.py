"""Running an experiment: the timebox, its tranches and its expenses."""

from __future__ import annotations

from datetime import datetime, timedelta

from portfolio.audit.entry import record
from portfolio.foundation.errors import RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.network.part import Part
from portfolio.network.state import State
from portfolio.organisation.house_rules import HouseRules
from portfolio.people.person import Person


class Running(Part):
    """What happens between the start and the end of the timebox."""

    def start(self, *, rules: HouseRules, by: Person, at: datetime) -> None:
        """Begin today: sets the dates and releases what no milestone names.

        Raises:
            RuleBroken: it is not approved.
        """
        if self.state is not State.APPROVED or self.weeks is None:
            raise RuleBroken(_l("Only an approved experiment can start."))
        self.state, self.starts_on = State.RUNNING, rules.today
        self.ends_on = rules.today + timedelta(days=7 * self.weeks - 1)
        self.grant.release_start(by=by, at=at)
        record("experiment.started", self, by=by, starts=self.starts_on.isoformat(), ends=self.ends_on.isoformat())
