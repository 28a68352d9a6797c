"""An initiative: plan-driven change in the hierarchy, from a suggestion to daily work."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portfolio.audit.entry import record
from portfolio.foundation.columns import choice
from portfolio.foundation.database import Base, db
from portfolio.foundation.money import Money
from portfolio.foundation.numbering import ref
from portfolio.hierarchy.delivering import Delivering
from portfolio.hierarchy.goal import Goal
from portfolio.hierarchy.milestone import InitiativeMilestone
from portfolio.hierarchy.planning import Planning
from portfolio.hierarchy.role import InitiativeRole
from portfolio.hierarchy.state import Letter, State
from portfolio.hierarchy.text import InitiativeText, MilestoneText, RoleText
from portfolio.hierarchy.writing import Writing
from portfolio.organisation.change import FormOfChange
from portfolio.organisation.house_rules import house_rules
from portfolio.organisation.measure import Measure
from portfolio.organisation.unit import Unit
from portfolio.people.person import Person
from portfolio.strategy.phase import Phase


class Initiative(Writing, Planning, Delivering, Base):
    """A change that can be planned: an owner, a date, and a measure that shows the effect."""

    __tablename__ = "initiative"
    __table_args__ = (
        CheckConstraint("form IN ('improve', 'renew')", name="of_the_hierarchy"),
        CheckConstraint("horizon BETWEEN 1 AND 3", name="horizon"),
        CheckConstraint("budget >= 0 AND hours_a_week >= 0", name="means"),
        CheckConstraint("(state = 'embedded') = (embedded_on IS NOT NULL)", name="embedded"),
        Index("ix_initiative_state_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[State] = mapped_column(choice(State), default=State.DRAFT)
    revision: Mapped[int] = mapped_column(default=0)  # Counts every change of the text, so that none is overwritten.

    # What it says.
    title: Mapped[str]
    form: Mapped[FormOfChange] = mapped_column(choice(FormOfChange))
    why: Mapped[str]
    mandate: Mapped[str]  # What the owner may decide alone, and with which means.
    starts_on: Mapped[date | None]
    due_on: Mapped[date | None]
    budget: Mapped[int]  # A stated amount, outside the envelope.
    currency: Mapped[str]
    hours_a_week: Mapped[int]
    horizon: Mapped[int]
    metric: Mapped[str]
    unit_of_measure: Mapped[str]
    baseline: Mapped[Decimal | None]
    target: Mapped[Decimal | None]

    # Whose it is.
    suggested_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    measure_id: Mapped[int | None] = mapped_column(ForeignKey("measure.id"), index=True)
    phase_id: Mapped[int | None] = mapped_column(ForeignKey("phase.id"), index=True)

    # What happened.
    created_at: Mapped[datetime]
    planned_at: Mapped[datetime | None]
    first_due_on: Mapped[date | None]  # The day it was due when it was planned.
    started_on: Mapped[date | None]
    embedded_on: Mapped[date | None]
    due_again_on: Mapped[date | None]  # The day from which a reading shows that the effect lasts.
    ended_at: Mapped[datetime | None]
    cancel_reason: Mapped[str] = mapped_column(default="")

    suggested_by: Mapped[Person] = relationship(lazy="raise", foreign_keys=suggested_by_id)
    owner: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=owner_id)
    unit: Mapped[Unit | None] = relationship(lazy="raise")
    measure: Mapped[Measure | None] = relationship(lazy="raise")
    phase: Mapped[Phase | None] = relationship(lazy="raise")
    milestones: Mapped[list[InitiativeMilestone]] = relationship(
        lazy="raise", order_by=InitiativeMilestone.position, cascade="all, delete-orphan"
    )
    roles: Mapped[list[InitiativeRole]] = relationship(
        lazy="raise", order_by=InitiativeRole.position, cascade="all, delete-orphan"
    )

    @property
    def ref(self) -> str:
        """Its identifier for life, such as I-008."""
        return ref("I", self.id)

    @property
    def budget_money(self) -> Money:
        """What it may cost."""
        return Money(self.budget, self.currency)

    @property
    def was_due_on(self) -> date | None:
        """The day it was first due, when that is another day than now."""
        return self.first_due_on if self.first_due_on != self.due_on else None

    @property
    def raci(self) -> list[tuple[Letter, Person]]:
        """Everybody's part, the one who is accountable first: that is the owner, and nobody else."""
        accountable = [(Letter.ACCOUNTABLE, self.owner)] if self.owner else []
        order = (Letter.RESPONSIBLE, Letter.CONSULTED, Letter.INFORMED)
        others = sorted(self.roles, key=lambda role: order.index(role.letter))
        return [*accountable, *((role.letter, role.person) for role in others)]

    @property
    def goal(self) -> Goal:
        """What it should do to its measure."""
        return Goal(self.metric, self.unit_of_measure, self.baseline, self.target)

    @property
    def text(self) -> InitiativeText:
        """What it says now."""
        return InitiativeText(
            title=self.title,
            form=self.form,
            why=self.why,
            mandate=self.mandate,
            starts_on=self.starts_on,
            due_on=self.due_on,
            budget=self.budget_money,
            hours_a_week=self.hours_a_week,
            horizon=self.horizon,
            metric=self.metric,
            unit_of_measure=self.unit_of_measure,
            baseline=self.baseline,
            target=self.target,
            milestones=tuple(MilestoneText(m.name, m.due_on, m.id) for m in self.milestones),
            roles=tuple(RoleText(role.person, role.letter) for role in self.roles),
        )

    @classmethod
    def suggest(
        cls, text: InitiativeText, *, unit: Unit | None, owner: Person | None, by: Person, at: datetime
    ) -> Initiative:
        """Put down a draft; whoever suggests it, its owner and its unit's operations owner see it.

        Raises:
            RuleBroken: the form of change belongs to the network, or somebody named cannot take part.
        """
        initiative = cls._draft(text, unit, owner, by, at)
        record("initiative.suggested", initiative, by=by)
        return initiative

    @classmethod
    def _draft(
        cls, text: InitiativeText, unit: Unit | None, owner: Person | None, by: Person, at: datetime
    ) -> Initiative:
        initiative = cls(state=State.DRAFT, revision=0, suggested_by_id=by.id, created_at=at, cancel_reason="")
        initiative.milestones, initiative.roles, initiative.measure = [], [], None
        db.session.add(initiative)
        initiative._write(text, unit=unit, owner=owner)
        return initiative

    def tie_to(self, phase: Phase | None, *, by: Person) -> None:
        """Say which phase of the vision it is a step in; no part of the plan, so it needs none and can change."""
        wanted = phase.id if phase else None
        if wanted != self.phase_id:
            self.phase_id = wanted
            record("initiative.tied", self, by=by, names={"phase": phase.name if phase else ""}, phase=wanted)

    @classmethod
    def take_over(
        cls,
        title: str,
        form: FormOfChange,
        why: str,
        unit: Unit,
        owner: Person,
        metric: str,
        unit_of_measure: str,
        baseline: Decimal,
        target: Decimal,
        by: Person,
        at: datetime,
        *,
        starts_on: date | None = None,
        due_on: date | None = None,
        promoter: Person | None = None,
    ) -> Initiative:
        """Make an initiative of what was accepted elsewhere: planned when its days are given, else a draft.

        Args:
            promoter: who put it to its operations, where everyone may know.

        Raises:
            RuleBroken: it could not be planned even with its days.
        """
        text = InitiativeText(
            title=title,
            form=form,
            why=why,
            metric=metric,
            unit_of_measure=unit_of_measure,
            baseline=baseline,
            target=target,
            starts_on=starts_on,
            due_on=due_on,
            budget=Money(0, house_rules().currency),
        )
        initiative = cls._draft(text, unit, owner, by, at)
        initiative._record_acceptance(promoter, by)
        if starts_on is not None and due_on is not None:
            initiative.plan(by=by, at=at)
        return initiative

    def _record_acceptance(self, promoter: Person | None, by: Person) -> None:
        if promoter is None:
            record("initiative.taken_over", self, by=by)
        else:
            record("initiative.taken_over", self, by=by, names={"member": promoter.name}, member=promoter.id)
