"""Changing what an initiative says: while it is a draft freely, under way only so that the plan stays whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portfolio.audit.entry import record
from portfolio.foundation import rich_text, search
from portfolio.foundation.database import db
from portfolio.foundation.errors import Conflict, RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.hierarchy.goal import Goal
from portfolio.hierarchy.milestone import InitiativeMilestone
from portfolio.hierarchy.planning import Planning
from portfolio.hierarchy.role import InitiativeRole
from portfolio.hierarchy.state import OPEN, Letter, State
from portfolio.hierarchy.text import InitiativeText, MilestoneText, RoleText
from portfolio.organisation.change import FormOfChange, Mode
from portfolio.organisation.unit import Unit
from portfolio.people.person import Person

if TYPE_CHECKING:
    from sqlalchemy.orm import Mapped

WRITTEN = ("title", "form", "why", "mandate", "starts_on", "due_on", "hours_a_week", "horizon", "metric",
           "unit_of_measure", "baseline", "target")  # fmt: skip


class Writing(Planning):
    """How the text of an initiative changes."""

    if TYPE_CHECKING:
        revision: Mapped[int]
        budget: Mapped[int]
        currency: Mapped[str]
        form: Mapped[FormOfChange]

        @property
        def ref(self) -> str: ...

    def refuse_when_over(self) -> None:
        """Go on only while it can be changed.

        Raises:
            RuleBroken: it is embedded or cancelled.
        """
        if self.state not in OPEN:
            raise RuleBroken(_l("What is embedded or cancelled stays as it is."))

    def write(
        self,
        text: InitiativeText,
        *,
        unit: Unit | None,
        owner: Person | None,
        revision: int,
        by: Person,
    ) -> None:
        """Change what it says. A plan under way stays complete, and changes hands and units in the open.

        Args:
            revision: the revision that was shown; somebody may have saved another one since.

        Raises:
            Conflict: somebody saved since it was shown.
            RuleBroken: it is over, the plan would have a gap, or another unit is committed by somebody else.
        """
        self.refuse_when_over()
        if revision != self.revision:
            raise Conflict(_l("Somebody saved this initiative after you opened it. Your text is still below."))
        before, goal_before, owner_before = self._said(), self.goal, self.owner_id
        if self.state is not State.DRAFT and unit is not None and unit.id != self.unit_id:
            self._refuse_unless_owned(unit, by)
        self._write(text, unit=unit, owner=owner)
        if self.state is not State.DRAFT:
            if obstacles := self._missing_answers:
                raise RuleBroken(_l("A plan under way stays complete."), obstacles)
            self._tie_measure(by)
        changed = sorted(name for name, value in self._said().items() if value != before[name])
        record("initiative.changed", self, by=by, changed=changed)
        if goal_before.is_complete and not self.goal.is_that_of(goal_before):
            self._record_another_goal(goal_before, by)
        if owner is not None and owner_before not in (None, owner.id):
            record("initiative.handed_over", self, by=by, names={"member": owner.name}, member=owner.id)

    def _write(self, text: InitiativeText, *, unit: Unit | None, owner: Person | None) -> None:
        if text.form.mode is not Mode.HIERARCHY:
            raise RuleBroken(_l("Transition and innovation belong to the network. Propose an experiment for it."))
        if owner is not None and owner.id != self.owner_id:
            _refuse_unless_volunteer(owner)
        text = text.tidy()
        for name in WRITTEN:
            setattr(self, name, getattr(text, name))
        self.budget, self.currency = text.budget.minor, text.budget.currency
        self.unit, self.unit_id = unit, unit.id if unit else None
        self.owner, self.owner_id = owner, owner.id if owner else None
        self._write_milestones(text.milestones)
        self._write_roles(text.roles)
        self.revision += 1
        rich_text.keep(text.why, text.mandate)
        db.session.flush()  # A new row has no number before.
        search.index("initiative", self.id, f"{self.ref} {self.title}", text.why, text.mandate, text.metric)

    def _write_milestones(self, texts: tuple[MilestoneText, ...]) -> None:
        before = {milestone.id: milestone for milestone in self.milestones}
        rows = []
        for position, text in enumerate(texts):
            row = before.pop(text.number, None) if text.number else None
            row = row or InitiativeMilestone()
            row.position, row.name, row.due_on = position, text.name, text.due_on
            rows.append(row)
        if any(milestone.is_reached for milestone in before.values()):
            raise RuleBroken(_l("A milestone that was reached stays in the plan."))
        self.milestones = rows

    def _write_roles(self, texts: tuple[RoleText, ...]) -> None:
        before = {role.person_id: role for role in self.roles}
        rows: dict[int, InitiativeRole] = {}
        for position, text in enumerate(texts):
            person = text.person
            assert person is not None
            if text.letter is Letter.ACCOUNTABLE:
                if person.id != self.owner_id:
                    raise RuleBroken(_l("One person is accountable: the owner."))
                continue
            if person.id in rows:
                raise RuleBroken(_l("%(name)s is named twice. Give each person one part.", name=person.name))
            if person.id not in before:
                _refuse_unless_volunteer(person)
            row = before.get(person.id) or InitiativeRole(person=person, person_id=person.id)
            row.position, row.letter = position, text.letter
            rows[person.id] = row
        self.roles = list(rows.values())

    def _said(self) -> dict[str, object]:
        plan = {name: getattr(self, name) for name in (*WRITTEN, "budget", "unit_id", "owner_id")}
        milestones = [(milestone.name, milestone.due_on) for milestone in self.milestones]
        return plan | {"milestones": milestones, "roles": [(role.person_id, role.letter) for role in self.roles]}

    def _record_another_goal(self, before: Goal, by: Person) -> None:
        """Say what it was to do to which measure and what it is now: somebody was promised the first."""
        names = {"old_metric": before.metric, "old_unit": before.unit}
        names |= {"metric": self.metric, "unit": self.unit_of_measure}
        values = {"old_baseline": before.baseline, "old_target": before.target}
        values |= {"baseline": self.baseline, "target": self.target}
        written = {name: None if value is None else format(value, "f") for name, value in values.items()}
        record("initiative.remeasured", self, by=by, names=names, **written)

    def _refuse_unless_owned(self, unit: Unit, by: Person) -> None:
        if unit.id not in by.owned_unit_ids:
            raise RuleBroken(_l("Only its own operations owner takes an initiative into %(unit)s.", unit=unit.name))


def _refuse_unless_volunteer(person: Person) -> None:
    if not person.is_volunteer:
        raise RuleBroken(_l("%(name)s cannot take part.", name=person.name))
