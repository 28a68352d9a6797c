"""The hierarchy at a glance: how many commitments there are, how they go, and what came of them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import case, func, select

from portfolio.foundation.correction import holds
from portfolio.foundation.database import db
from portfolio.foundation.money import Money
from portfolio.hierarchy.initiative import Initiative
from portfolio.hierarchy.queries import STAGES, is_newest_status, visible_to
from portfolio.hierarchy.state import Colour, State
from portfolio.hierarchy.status import InitiativeStatus
from portfolio.organisation.house_rules import HouseRules
from portfolio.organisation.measure import Reading
from portfolio.people.person import Person

COMMITTED = (State.PLANNED, State.ACTIVE)


@dataclass(frozen=True)
class Figures:
    """Counts over all initiatives that somebody sees; money and hours of what is planned or active."""

    counts: dict[State, int]
    on_plan: int
    effect_measured: int
    committed: Money
    hours: int

    @property
    def active(self) -> int:
        """How many are under way."""
        return self.counts.get(State.ACTIVE, 0)

    @property
    def embedded(self) -> int:
        """How many became daily work."""
        return self.counts.get(State.EMBEDDED, 0)

    @property
    def commitments(self) -> int:
        """How many are planned or active."""
        return sum(self.counts.get(state, 0) for state in COMMITTED)

    def in_stage(self, stage: str) -> int:
        """How many the list shows at one of its stages, without further filters."""
        return sum(self.counts.get(state, 0) for state in STAGES.get(stage, tuple(State)))


def figures(viewer: Person, rules: HouseRules) -> Figures:
    """Count them; three queries. Amounts in another currency than today's are not added up."""
    amount = case((Initiative.currency == rules.currency, Initiative.budget), else_=0)
    asked = select(Initiative.state, func.count(), func.sum(amount), func.sum(Initiative.hours_a_week))
    rows = db.session.execute(visible_to(viewer, asked.select_from(Initiative)).group_by(Initiative.state)).all()
    committed = [row for row in rows if row[0] in COMMITTED]
    return Figures(
        counts={row[0]: int(row[1]) for row in rows},
        on_plan=_on_plan(),
        effect_measured=_effect_measured(),
        committed=Money(sum(int(row[2]) for row in committed), rules.currency),
        hours=sum(int(row[3]) for row in committed),
    )


def _on_plan() -> int:
    statement = (
        select(func.count())
        .select_from(InitiativeStatus)
        .join(Initiative, Initiative.id == InitiativeStatus.initiative_id)
        .where(
            Initiative.state == State.ACTIVE,
            InitiativeStatus.colour == Colour.GREEN,
            is_newest_status(),
        )
    )
    return db.session.scalar(statement) or 0


def _effect_measured() -> int:
    since = (
        select(Reading.id)
        .where(
            Reading.measure_id == Initiative.measure_id,
            Reading.read_on >= Initiative.embedded_on,
            holds(Reading),
        )
        .exists()
    )
    return db.session.scalar(select(func.count(Initiative.id)).where(Initiative.state == State.EMBEDDED, since)) or 0
