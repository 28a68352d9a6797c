"""What waits for a person in the network, soonest first; two queries, three for leaders."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import joinedload, raiseload, selectinload

from portfolio.budgets.grant import Grant
from portfolio.budgets.party import Party
from portfolio.budgets.tranche import Tranche
from portfolio.foundation.database import db
from portfolio.foundation.paging import First
from portfolio.network.amendment import Amendment
from portfolio.network.check_in import CheckIn
from portfolio.network.decision import Recommendation
from portfolio.network.experiment import Experiment
from portfolio.network.state import UNDER_WAY, State
from portfolio.network.team import Member
from portfolio.organisation.house_rules import HouseRules
from portfolio.people.person import Person

MOST = 20


class Waiting(enum.Enum):
    """What there is to do."""

    ANSWER = "answer"
    DECIDE = "decide"
    RELEASE = "release"
    AMENDMENT = "amendment"
    TAKE_LEAD = "take_lead"
    WELCOME = "welcome"
    CHECK_IN = "check_in"
    RECOMMEND = "recommend"
    START = "start"
    FINISH = "finish"


@dataclass(frozen=True)
class Task:
    """One thing to do, and the day by which."""

    waiting: Waiting
    experiment: Experiment
    due: date


def tasks_for(person: Person, rules: HouseRules) -> First[Task]:
    """What waits for this person, soonest first; of no more experiments than are looked through at once."""
    own = First.of(_own(person), MOST)
    found = [task for one, last, has_proposed in own.rows for task in _of_one(one, last, has_proposed, person, rules)]
    more = own.more
    if person.is_leader:
        led = First.of(_led(person, rules), MOST)
        found += [task for one, *asked in led.rows for task in _of_leadership(one, *asked, rules=rules)]
        more = more or led.more
    return First(sorted(found, key=lambda task: (task.due, task.experiment.id)), more)


def _own(person: Person) -> Sequence[Any]:
    mine = select(Member.experiment_id).where(Member.person_id == person.id, Member.until.is_(None))
    last_pulse = select(func.max(CheckIn.at)).where(CheckIn.experiment_id == Experiment.id).scalar_subquery()
    proposed_step = exists().where(Recommendation.experiment_id == Experiment.id)
    return db.session.execute(
        select(Experiment, last_pulse, proposed_step)
        .where(Experiment.state.in_(UNDER_WAY), or_(Experiment.id.in_(mine), Experiment.next_lead_id == person.id))
        .options(selectinload(Experiment.hands), raiseload("*"))
        .order_by(Experiment.id.desc())
        .limit(MOST + 1)
    ).all()


def _of_one(
    experiment: Experiment, last: datetime | None, has_proposed: bool, person: Person, rules: HouseRules
) -> Iterator[Task]:
    today = rules.today
    if experiment.next_lead_id == person.id:
        yield Task(Waiting.TAKE_LEAD, experiment, today)
    if experiment.lead_id != person.id:
        return
    if any(hand.is_up for hand in experiment.hands):
        yield Task(Waiting.WELCOME, experiment, today)
    if experiment.has_ended(today):
        yield from () if has_proposed else (Task(Waiting.RECOMMEND, experiment, experiment.ends_on or today),)
    else:
        yield from _of_state(experiment, last, rules)


def _of_state(experiment: Experiment, last: datetime | None, rules: HouseRules) -> Iterator[Task]:
    today = rules.today
    if experiment.state is State.RUNNING:
        since = last.date() if last else experiment.starts_on or today
        due = since + timedelta(days=rules.checkin_days)
        if due <= today + timedelta(days=2):
            yield Task(Waiting.CHECK_IN, experiment, due)
    elif experiment.state is State.APPROVED:
        yield Task(Waiting.START, experiment, today)
    elif experiment.state is State.DRAFT:
        yield Task(Waiting.FINISH, experiment, today + timedelta(days=7))


def _led(person: Person, rules: HouseRules) -> Sequence[Any]:
    party = exists().where(Party.grant_id == Experiment.grant_id, Party.person_id == person.id)
    today = rules.today
    ended = and_(Experiment.state == State.RUNNING, or_(Experiment.stopped_at.is_not(None), Experiment.ends_on < today))
    evidence = exists().where(
        Tranche.grant_id == Experiment.grant_id, Tranche.evidence_at.is_not(None), Tranche.released_at.is_(None)
    )
    amendment = exists().where(Amendment.experiment_id == Experiment.id, Amendment.answered_at.is_(None))
    return db.session.execute(
        select(Experiment, evidence, amendment)
        .where(~party, or_(Experiment.state == State.PROPOSED, ended, and_(Experiment.state == State.RUNNING, evidence),
                           and_(Experiment.state.in_((State.APPROVED, State.RUNNING)), amendment)))
        .options(joinedload(Experiment.grant).raiseload(Grant.parties), raiseload("*"))
        .order_by(Experiment.answer_due_on, Experiment.id)
        .limit(MOST + 1)
    ).all()  # fmt: skip


def _of_leadership(
    experiment: Experiment, has_evidence: bool, has_amendment: bool, *, rules: HouseRules
) -> Iterator[Task]:
    today = rules.today
    if experiment.state is State.PROPOSED:
        yield Task(Waiting.ANSWER, experiment, experiment.answer_due_on or today)
    elif experiment.has_ended(today):
        yield Task(Waiting.DECIDE, experiment, experiment.ends_on or today)
    else:
        if has_evidence:
            yield Task(Waiting.RELEASE, experiment, today)
        if has_amendment:
            yield Task(Waiting.AMENDMENT, experiment, today)
