"""What happens to a plan that runs: the weekly status, milestones, readings, and the day it becomes daily work."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from portfolio.audit.entry import record
from portfolio.foundation import rich_text
from portfolio.foundation.database import db
from portfolio.foundation.errors import Missing, RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.hierarchy.milestone import InitiativeMilestone
from portfolio.hierarchy.part import Part
from portfolio.hierarchy.state import Colour, State
from portfolio.hierarchy.status import RHYTHM, InitiativeStatus
from portfolio.organisation.house_rules import HouseRules
from portfolio.organisation.measure import Reading
from portfolio.people.person import Person


class Delivering(Part):
    """How a plan becomes daily work with a measured effect."""

    @property
    def began_on(self) -> date | None:
        """The first day it could have had an effect: planned or real, whichever came first."""
        return min((day for day in (self.starts_on, self.started_on) if day is not None), default=None)

    def has_measured_effect(self, latest: Reading | None) -> bool:
        """Whether its measure was read on or after the day it was embedded, given the last reading."""
        return latest is not None and self.embedded_on is not None and latest.read_on >= self.embedded_on

    def percent_done(self, latest: InitiativeStatus | None) -> int | None:
        """How much is done as it was reported last; None where it ended and nobody ever said."""
        if latest is not None:
            return latest.percent
        return None if self.ended_at is not None else 0

    def days_late(self, today: date) -> int:
        """How many days an open plan is past its due day; 0 when it is not."""
        if self.state not in (State.PLANNED, State.ACTIVE) or self.due_on is None:
            return 0
        return max((today - self.due_on).days, 0)

    def is_silent(self, latest: InitiativeStatus | None, today: date) -> bool:
        """Whether the weekly status is overdue, given the last one."""
        if self.state is not State.ACTIVE or self.started_on is None:
            return False
        return today - (latest.reported_on if latest else self.started_on) > RHYTHM

    def report_status(
        self, colour: Colour, reason: str, percent: int, *, rules: HouseRules, by: Person, at: datetime
    ) -> InitiativeStatus:
        """Say how it goes and how much is done; the rows before stay as they were.

        Raises:
            RuleBroken: it is not active, or the reason or the percentage is not there.
        """
        self._refuse_unless_active()
        if not reason.strip():
            raise RuleBroken(_l("Write the reason, for green as well."))
        if not 0 <= percent <= 100:
            raise RuleBroken(_l("Give how much is done as 0 to 100 percent."))
        status = InitiativeStatus(
            initiative_id=self.id,
            colour=colour,
            reason=reason,
            percent=percent,
            reported_on=rules.today,
            by_id=by.id,
            at=at,
        )
        db.session.add(status)
        rich_text.keep(reason)
        record("initiative.status_reported", self, by=by, colour=colour.value, percent=percent)
        return status

    def milestone(self, number: int) -> InitiativeMilestone:
        """One of its milestones.

        Raises:
            Missing: it has none of this number.
        """
        found = next((milestone for milestone in self.milestones if milestone.id == number), None)
        if found is None:
            raise Missing
        return found

    def reach_milestone(self, milestone: InitiativeMilestone, on: date, *, rules: HouseRules, by: Person) -> None:
        """Put down that a milestone was reached.

        Raises:
            RuleBroken: it is not active, the milestone was reached before, or the day is still to come.
        """
        self._refuse_unless_active()
        if milestone.is_reached:
            raise RuleBroken(_l("This milestone was reached already."))
        if on > rules.today:
            raise RuleBroken(_l("A milestone is reached today or earlier."))
        milestone.reached_on = on
        record("initiative.milestone_reached", self, by=by, milestone=milestone.id, on=on.isoformat())

    def read(
        self,
        value: Decimal,
        on: date,
        *,
        note: str = "",
        corrects: Reading | None = None,
        rules: HouseRules,
        by: Person,
        at: datetime,
    ) -> Reading:
        """Read its measure; also after it was embedded, to see whether the effect lasts.

        Raises:
            RuleBroken: it is not planned, is cancelled, the day is still to come, or it corrects another's reading.
        """
        if self.state not in (State.PLANNED, State.ACTIVE, State.EMBEDDED) or self.measure is None:
            raise RuleBroken(_l("Its measure is read from the day it is planned until it is cancelled."))
        if corrects is not None and (corrects.source_type, corrects.source_id) != (self.__tablename__, self.id):
            raise RuleBroken(_l("Only a reading taken for this initiative is corrected here."))
        reading = self.measure.read(
            value, on, by=by, at=at, today=rules.today, source=self, note=note, corrects=corrects
        )
        record("initiative.measured", self, by=by, value=format(value, "f"), on=on.isoformat())
        return reading

    def embed(
        self, value: Decimal, on: date, note: str = "", *, rules: HouseRules, by: Person, at: datetime
    ) -> Reading:
        """Make it daily work, and read its measure on that day; the effect is read again after some weeks.

        Raises:
            RuleBroken: it is not active, or the day is still to come or lies before its start.
        """
        self._refuse_unless_active()
        if self.began_on is not None and on < self.began_on:
            raise RuleBroken(_l("It cannot be embedded before it began."))
        reading = self.read(value, on, note=note, rules=rules, by=by, at=at)
        self.state, self.embedded_on, self.ended_at = State.EMBEDDED, on, at
        self.due_again_on = on + timedelta(weeks=rules.effect_weeks)
        record("initiative.embedded", self, by=by, on=on.isoformat(), again=self.due_again_on.isoformat())
        return reading

    def _refuse_unless_active(self) -> None:
        if self.state is not State.ACTIVE:
            raise RuleBroken(_l("This is for an initiative that is active."))
