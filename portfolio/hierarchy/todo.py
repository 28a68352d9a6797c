"""What waits for a person in the hierarchy, soonest first; one query."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Exists, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload, raiseload

from portfolio.foundation.correction import holds
from portfolio.foundation.database import db
from portfolio.foundation.paging import First
from portfolio.hierarchy.initiative import Initiative
from portfolio.hierarchy.state import State
from portfolio.hierarchy.status import RHYTHM, InitiativeStatus
from portfolio.organisation.house_rules import HouseRules
from portfolio.organisation.measure import Reading
from portfolio.organisation.quarter import after_working_days
from portfolio.people.person import Person

MOST = 20
AHEAD = timedelta(days=2)  # What is due by then is shown already.


class Waiting(enum.Enum):
    """What there is to do."""

    PLAN = "plan"
    START = "start"
    STATUS = "status"
    READ_AGAIN = "read_again"


@dataclass(frozen=True)
class Task:
    """One thing to do, and the day by which."""

    waiting: Waiting
    initiative: Initiative
    due: date


def tasks_for(person: Person, rules: HouseRules) -> First[Task]:
    """What waits for whoever answers for an initiative, and for who owns the operations of its unit.

    Of no more initiatives than are looked through at once.
    """
    if not person.is_volunteer:
        return First([], more=False)
    today = rules.today
    reported = (
        select(func.max(InitiativeStatus.reported_on))
        .where(InitiativeStatus.initiative_id == Initiative.id)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Initiative, reported)
        .where(
            or_(
                and_(Initiative.state == State.DRAFT, Initiative.unit_id.in_(person.owned_unit_ids)),
                and_(Initiative.owner_id == person.id, Initiative.state == State.PLANNED,
                     Initiative.starts_on <= today + AHEAD),
                and_(Initiative.owner_id == person.id, Initiative.state == State.ACTIVE),
                and_(Initiative.owner_id == person.id, Initiative.due_again_on <= today, ~_was_read_again()),
            )
        )
        .options(joinedload(Initiative.unit), raiseload("*"))
        .order_by(Initiative.id.desc())
        .limit(MOST + 1)
    ).all()  # fmt: skip
    looked_at = First.of(rows, MOST)
    found = [task for initiative, last in looked_at.rows for task in _of_one(initiative, last, rules)]
    return First(sorted(found, key=lambda task: (task.due, task.initiative.id)), looked_at.more)


def _of_one(initiative: Initiative, last: date | None, rules: HouseRules) -> Iterator[Task]:
    today = rules.today
    if initiative.state is State.DRAFT:
        suggested = initiative.created_at.date()
        yield Task(Waiting.PLAN, initiative, after_working_days(suggested, rules.answer_days))
    elif initiative.state is State.PLANNED:
        yield Task(Waiting.START, initiative, initiative.starts_on or today)
    elif initiative.state is State.ACTIVE:
        due = (last or initiative.started_on or today) + RHYTHM
        if due <= today + AHEAD:
            yield Task(Waiting.STATUS, initiative, due)
    else:
        yield Task(Waiting.READ_AGAIN, initiative, initiative.due_again_on or today)


def _was_read_again() -> Exists:
    return exists().where(
        Reading.measure_id == Initiative.measure_id, Reading.read_on >= Initiative.due_again_on, holds(Reading)
    )
