"""What the parts of an initiative count on: each part is a file of verbs, together they are the noun."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

    from sqlalchemy.orm import Mapped

    from portfolio.hierarchy.goal import Goal
    from portfolio.hierarchy.milestone import InitiativeMilestone
    from portfolio.hierarchy.role import InitiativeRole
    from portfolio.hierarchy.state import State
    from portfolio.organisation.measure import Measure
    from portfolio.organisation.unit import Unit
    from portfolio.people.person import Person


class Part:
    """A part of an initiative."""

    if TYPE_CHECKING:
        __tablename__: str
        id: Mapped[int]
        state: Mapped[State]
        title: Mapped[str]
        starts_on: Mapped[date | None]
        due_on: Mapped[date | None]
        first_due_on: Mapped[date | None]
        metric: Mapped[str]
        unit_of_measure: Mapped[str]
        baseline: Mapped[Decimal | None]
        target: Mapped[Decimal | None]
        unit_id: Mapped[int | None]
        owner_id: Mapped[int | None]
        measure_id: Mapped[int | None]
        unit: Mapped[Unit | None]
        owner: Mapped[Person | None]
        measure: Mapped[Measure | None]
        milestones: Mapped[list[InitiativeMilestone]]
        roles: Mapped[list[InitiativeRole]]
        planned_at: Mapped[datetime | None]
        started_on: Mapped[date | None]
        embedded_on: Mapped[date | None]
        due_again_on: Mapped[date | None]
        ended_at: Mapped[datetime | None]
        cancel_reason: Mapped[str]

        @property
        def goal(self) -> Goal: ...
