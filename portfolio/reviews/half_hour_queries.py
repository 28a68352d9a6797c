"""Reading half hours, and all that the page of one is assembled from; a constant number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, raiseload, selectinload

from portfolio.bridge import barrier_queries
from portfolio.bridge.answer import State as AnswerState
from portfolio.bridge.barrier import Barrier
from portfolio.bridge.promotion import Promotion
from portfolio.bridge.queries import visible_to as promotions_visible_to
from portfolio.foundation.database import db, for_change
from portfolio.foundation.errors import Missing
from portfolio.network.check_in import CheckIn
from portfolio.network.experiment import Experiment
from portfolio.network.queries import visible_to
from portfolio.network.state import State
from portfolio.organisation.house_rules import HouseRules
from portfolio.people.person import Person
from portfolio.reviews import experiment_queries, queries
from portfolio.reviews.action import ReviewAction
from portfolio.reviews.experiment_queries import Bets
from portfolio.reviews.half_hour import HalfHour, HalfHourNote, month_of
from portfolio.reviews.said import Readers

MOST = 100
CHECK_INS = 25
EARLIER = 13  # Half hours that are read at once: this month's and those of a year before.


@dataclass(frozen=True)
class Now:
    """The portfolio as a half hour finds it, as far as one person may see it."""

    viewer: Person
    rules: HouseRules
    bets: Bets
    barriers: Sequence[Barrier]
    promotions: Sequence[Promotion]  # Without an answer.
    proposals: Sequence[Experiment]  # Past the day on which an answer was promised.
    actions: Sequence[ReviewAction]  # Not done yet.
    check_ins: Sequence[tuple[CheckIn, Experiment]]  # The latest of each that runs, the newest first.
    heard_of: int  # How many of these there are in all.

    def readers_of(self, experiment: Experiment) -> Readers | None:  # noqa: ARG002
        """Everyone who looks: nothing is frozen here, and what is not theirs was not read."""
        return None


def now(viewer: Person, rules: HouseRules) -> Now:
    """Look at all of it."""
    found = _experiments(viewer, rules)
    running = [experiment for experiment in found if experiment.state is State.RUNNING]
    check_ins, heard_of = _latest_check_ins(viewer, rules)
    return Now(
        viewer=viewer,
        rules=rules,
        bets=experiment_queries.bets_running(running, rules),
        barriers=barrier_queries.standing_rows(viewer, MOST),
        promotions=_unanswered(viewer),
        proposals=[experiment for experiment in found if experiment.state is State.PROPOSED],
        actions=queries.actions_open(),
        check_ins=check_ins,
        heard_of=heard_of,
    )


def half_hours() -> Sequence[HalfHour]:
    """This month's, if anything was written on it, and those before; the latest first, with their notes."""
    return db.session.scalars(_whole(select(HalfHour)).order_by(HalfHour.month.desc()).limit(EARLIER)).all()


def half_hour(month: str) -> HalfHour:
    """One month's, with what was written on it.

    Raises:
        Missing: nothing was written that month.
    """
    loads = selectinload(HalfHour.actions).joinedload(ReviewAction.owner)
    found: HalfHour | None = db.session.scalars(
        _whole(select(HalfHour)).where(HalfHour.month == month).options(loads)
    ).first()
    if found is None:
        raise Missing
    return found


def half_hour_for_change(today: date, *, at: datetime) -> HalfHour:
    """This month's, locked; begun when nothing was written on it yet."""
    found = db.session.scalars(for_change(select(HalfHour).where(HalfHour.month == month_of(today)))).first()
    return found or HalfHour.begin(today, at=at)


# Inside -------------------------------------------------------------------------------------------------------------


def _whole(statement: Select[Any]) -> Select[Any]:
    return statement.options(selectinload(HalfHour.notes).joinedload(HalfHourNote.by))


def _experiments(viewer: Person, rules: HouseRules) -> Sequence[Experiment]:
    late = and_(Experiment.state == State.PROPOSED, Experiment.answer_due_on < rules.today)
    return db.session.scalars(
        visible_to(viewer, select(Experiment))
        .where(or_(and_(Experiment.state == State.RUNNING, experiment_queries.asks_a_look(rules)), late))
        .options(
            joinedload(Experiment.lead),
            selectinload(Experiment.criteria),
            selectinload(Experiment.guardrails),
            raiseload("*"),
        )
        .order_by(Experiment.id)
    ).all()


def _latest_check_ins(viewer: Person, rules: HouseRules) -> tuple[Sequence[tuple[CheckIn, Experiment]], int]:
    latest = (
        visible_to(viewer, select(func.max(CheckIn.id).label("id")).join(Experiment))
        .where(Experiment.state == State.RUNNING, Experiment.ends_on >= rules.today)
        .group_by(CheckIn.experiment_id)
        .subquery()
    )
    rows = db.session.execute(
        select(CheckIn, Experiment, func.count().over())
        .join(latest, latest.c.id == CheckIn.id)
        .join(Experiment, Experiment.id == CheckIn.experiment_id)
        .options(joinedload(CheckIn.by), raiseload("*"))
        .order_by(CheckIn.id.desc())
        .limit(CHECK_INS)
    ).all()
    return [(check_in, experiment) for check_in, experiment, _ in rows], rows[0][2] if rows else 0


def _unanswered(viewer: Person) -> Sequence[Promotion]:
    return db.session.scalars(
        promotions_visible_to(viewer, select(Promotion))
        .where(Promotion.state == AnswerState.OFFERED)
        .options(joinedload(Promotion.owner), joinedload(Promotion.unit), raiseload("*"))
        .order_by(Promotion.id)
        .limit(MOST)
    ).all()
