"""What a review reads of the network: a constant number of queries, however many experiments there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload, raiseload, selectinload

from portfolio.budgets.envelope import Envelope
from portfolio.budgets.grant import Grant
from portfolio.budgets.source import Source
from portfolio.foundation.correction import holds
from portfolio.foundation.database import db
from portfolio.foundation.money import Money
from portfolio.network.check_in import CheckIn
from portfolio.network.decision import Decision, Recommendation
from portfolio.network.experiment import Experiment
from portfolio.network.findings import Findings, findings_of_each
from portfolio.network.learning import Kind, Learning, strongest_first
from portfolio.network.state import State
from portfolio.network.watching import past_a_limit
from portfolio.organisation.house_rules import HouseRules

OVER = (State.CLOSED, State.DECLINED, State.WITHDRAWN)


@dataclass(frozen=True)
class Bets:
    """The experiments a review looks at, and what is known of them."""

    ended: Sequence[Experiment]
    running: Sequence[Experiment]
    waiting_to_start: Sequence[Experiment]
    over: Sequence[Experiment]  # Decided, declined or withdrawn since.
    findings: dict[int, Findings]
    pulses: dict[int, CheckIn]
    steps: dict[int, Recommendation]
    evidence: dict[int, Sequence[Learning]]  # The strongest first.


@dataclass(frozen=True)
class Underway:
    """The money of what runs or may start: what was granted before goes on being spent.

    Args:
        number: of experiments.
    """

    number: int
    granted: Money
    spent: Money
    locked: Money  # Waits for a milestone.

    @property
    def unspent(self) -> Money:
        """What they may still spend."""
        return Money(self.granted.minor - self.spent.minor, self.granted.currency)


def underway(currency: str) -> Underway:
    """What everything that runs or may start was granted, whoever may read of it; one query."""
    sums = (func.coalesce(func.sum(column), 0) for column in (Grant.amount, Grant.spent, Grant.released))
    sums_of_all = db.session.execute(
        select(func.count(), *sums)
        .join(Experiment, Experiment.grant_id == Grant.id)
        .where(Experiment.state.in_((State.APPROVED, State.RUNNING)))
    ).one()
    number, granted, spent, released = (int(value) for value in sums_of_all)  # PostgreSQL sums to a decimal.
    return Underway(number, Money(granted, currency), Money(spent, currency), Money(granted - released, currency))


def bets_since(since: datetime, *, rules: HouseRules) -> Bets:
    """What ended, ran or was over since a moment, and of what runs whatever may be off track."""
    found = _experiments(since, rules)
    running = [e for e in found if e.state is State.RUNNING]
    ended = sorted((e for e in running if e.has_ended(rules.today)), key=lambda e: (e.ends_on or rules.today, e.id))
    ids = [experiment.id for experiment in running]
    return Bets(
        ended=ended,
        running=[experiment for experiment in running if not experiment.has_ended(rules.today)],
        waiting_to_start=[experiment for experiment in found if experiment.state is State.APPROVED],
        over=sorted((e for e in found if e.state in OVER), key=lambda e: (e.closed_at or since, e.id)),
        findings=findings_of_each([experiment for experiment in found if experiment.starts_on]),
        pulses=_pulses(ids),
        steps=_steps([experiment.id for experiment in ended]),
        evidence=_strongest([experiment.id for experiment in ended]),
    )


def bets_running(running: Sequence[Experiment], rules: HouseRules) -> Bets:
    """What is known of those that run, as far as a half hour asks; two queries."""
    ended = sorted((e for e in running if e.has_ended(rules.today)), key=lambda e: (e.ends_on or rules.today, e.id))
    return Bets(
        ended=ended,
        running=[experiment for experiment in running if not experiment.has_ended(rules.today)],
        waiting_to_start=(),
        over=(),
        findings=findings_of_each(running),
        pulses=_pulses([experiment.id for experiment in running]),
        steps={},
        evidence={},
    )


def quick_wins(since: datetime) -> Sequence[tuple[Learning, Experiment]]:
    """Quick wins written since a moment, oldest first, each with its experiment."""
    rows = db.session.execute(
        select(Learning, Experiment)
        .join(Experiment, Experiment.id == Learning.experiment_id)
        .where(Learning.kind == Kind.QUICK_WIN, Learning.at > since, holds(Learning))
        .options(joinedload(Learning.by), selectinload(Experiment.members))
        .order_by(Learning.id)
    )
    return [(learning, experiment) for learning, experiment in rows]


def envelopes_of(grant_ids: Sequence[int]) -> dict[int, Envelope]:
    """Which quarter's envelope pays each of these grants; the latest, where several do."""
    rows = db.session.execute(
        select(Source.grant_id, Envelope)
        .join(Envelope, Envelope.id == Source.envelope_id)
        .where(Source.grant_id.in_(grant_ids))
        .order_by(Envelope.first_day)
    )
    return {grant_id: envelope for grant_id, envelope in rows}


def is_silent(experiment: Experiment, pulse: CheckIn | None, rules: HouseRules) -> bool:
    """Whether nobody checked in for longer than the house rules allow."""
    last = pulse.at.astimezone(ZoneInfo(rules.time_zone)).date() if pulse else experiment.starts_on
    return last is not None and rules.today - last > timedelta(days=rules.silent_days)


def with_teams(ids: Iterable[int | None]) -> dict[int, Experiment]:
    """Experiments by number, with their teams: who may read what is said of them, whoever asks."""
    rows = db.session.scalars(
        select(Experiment)
        .where(Experiment.id.in_({number for number in ids if number}))
        .options(selectinload(Experiment.members), raiseload("*"))
    )
    return {experiment.id: experiment for experiment in rows}


def asks_a_look(rules: HouseRules) -> ColumnElement[bool]:
    """Of what runs, whatever ended or may be off track; its findings say whether it is."""
    ended = or_(Experiment.stopped_at.is_not(None), Experiment.ends_on < rules.today)
    return or_(ended, _was_silent(rules), Experiment.id.in_(past_a_limit()))


def _experiments(since: datetime, rules: HouseRules) -> Sequence[Experiment]:
    running = and_(Experiment.state == State.RUNNING, asks_a_look(rules))
    over = and_(Experiment.state.in_(OVER), Experiment.closed_at > since, Experiment.proposed_at.is_not(None))
    return db.session.scalars(
        select(Experiment)
        .where(or_(running, Experiment.state == State.APPROVED, over))
        .options(
            joinedload(Experiment.lead),
            joinedload(Experiment.answered_by),
            joinedload(Experiment.grant).selectinload(Grant.parties),
            joinedload(Experiment.decision).joinedload(Decision.by),
            selectinload(Experiment.members),
            selectinload(Experiment.criteria),
            selectinload(Experiment.guardrails),
            raiseload("*"),
        )
        .order_by(Experiment.id)
    ).all()


def _was_silent(rules: HouseRules) -> ColumnElement[bool]:
    """Whether nobody checked in lately, as `is_silent` has it."""
    since = rules.today - timedelta(days=rules.silent_days)
    midnight = datetime.combine(since, time(), ZoneInfo(rules.time_zone))
    heard = select(CheckIn.id).where(CheckIn.experiment_id == Experiment.id, CheckIn.at >= midnight)
    return and_(Experiment.starts_on < since, ~heard.exists())


def _pulses(ids: Sequence[int]) -> dict[int, CheckIn]:
    latest = select(func.max(CheckIn.id)).where(CheckIn.experiment_id.in_(ids)).group_by(CheckIn.experiment_id)
    rows = db.session.scalars(select(CheckIn).where(CheckIn.id.in_(latest)).options(joinedload(CheckIn.by)))
    return {pulse.experiment_id: pulse for pulse in rows}


def _steps(ids: Sequence[int]) -> dict[int, Recommendation]:
    of = Recommendation.experiment_id
    latest = select(func.max(Recommendation.id)).where(of.in_(ids)).group_by(of)
    rows = db.session.scalars(
        select(Recommendation).where(Recommendation.id.in_(latest)).options(joinedload(Recommendation.by))
    )
    return {step.experiment_id: step for step in rows}


def _strongest(ids: Sequence[int]) -> dict[int, Sequence[Learning]]:
    """The learnings of each, those with the strongest evidence first, the newest of several."""
    rows = db.session.scalars(
        select(Learning).where(Learning.experiment_id.in_(ids), holds(Learning)).order_by(Learning.id)
    )
    found: dict[int, list[Learning]] = defaultdict(list)
    for learning in rows:
        found[learning.experiment_id].append(learning)
    return {number: strongest_first(of) for number, of in found.items()}
