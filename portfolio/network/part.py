"""What the parts of an experiment count on: each part is a file of verbs, together they are the noun."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.orm import Mapped

    from portfolio.budgets.grant import Grant
    from portfolio.foundation.errors import Obstacle
    from portfolio.network.amendment import Amendment
    from portfolio.network.charter import Charter
    from portfolio.network.criterion import Guardrail, SuccessCriterion
    from portfolio.network.milestone import Milestone
    from portfolio.network.state import State
    from portfolio.network.team import Hand, Member
    from portfolio.network.version import VersionKind
    from portfolio.organisation.house_rules import HouseRules
    from portfolio.people.person import Person


class Part:
    """A part of an experiment."""

    if TYPE_CHECKING:
        __tablename__: str
        id: Mapped[int]
        state: Mapped[State]
        title: Mapped[str]
        hypothesis: Mapped[str]
        riskiest_assumption: Mapped[str]
        first_step: Mapped[str]
        weeks: Mapped[int | None]
        version: Mapped[int]
        restricted: Mapped[bool]
        version_hash: Mapped[str | None]
        rules_id: Mapped[int]
        rules: Mapped[HouseRules]
        grant: Mapped[Grant]
        lead_id: Mapped[int | None]
        next_lead_id: Mapped[int | None]
        sponsor_id: Mapped[int | None]
        lead: Mapped[Person | None]
        members: Mapped[list[Member]]
        hands: Mapped[list[Hand]]
        criteria: Mapped[list[SuccessCriterion]]
        guardrails: Mapped[list[Guardrail]]
        milestones: Mapped[list[Milestone]]
        proposed_at: Mapped[datetime | None]
        answer_due_on: Mapped[date | None]
        return_reason: Mapped[str]
        answered_at: Mapped[datetime | None]
        answer_reason: Mapped[str]
        answered_by_id: Mapped[int | None]
        starts_on: Mapped[date | None]
        ends_on: Mapped[date | None]
        stopped_at: Mapped[datetime | None]
        stop_reason: Mapped[str]
        amendments: Mapped[list[Amendment]]
        closed_at: Mapped[datetime | None]

        @property
        def charter(self) -> Charter: ...

        @property
        def currency(self) -> str: ...

        @property
        def watched(self) -> list[SuccessCriterion | Guardrail]: ...

        @property
        def _missing_answers(self) -> list[Obstacle]: ...

        def has_ended(self, today: date) -> bool: ...

        def week_on(self, day: date) -> int: ...

        def _write(self, charter: Charter, *, by: Person, at: datetime) -> None: ...

        def _tie_measures(self) -> None: ...

        def _keep_version(self, kind: VersionKind, *, by: Person, at: datetime) -> None: ...
