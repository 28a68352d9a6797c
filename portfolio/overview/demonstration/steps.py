"""What every experiment of the demonstration goes through, week by week; each step says first when it happens."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from portfolio.foundation.database import db
from portfolio.foundation.money import Money
from portfolio.network.deciding import LearningCard
from portfolio.network.decision import DecisionKind
from portfolio.network.experiment import Experiment
from portfolio.network.findings import findings_of
from portfolio.network.learning import Evidence, Kind
from portfolio.organisation.measure import Measure
from portfolio.overview.demonstration.bets import EURO, Bet
from portfolio.overview.demonstration.stage import Stage, Story


@dataclass(frozen=True)
class Ending:
    """How an experiment was decided."""

    kind: DecisionKind
    by: str
    reason: str
    card: LearningCard
    not_measured: str = ""


def run(
    stage: Stage,
    name: str,
    bet: Bet,
    *,
    proposed: int,
    start: int,
    sponsor: str,
    releases: dict[int, int] | None = None,
    shared: bool = False,
) -> Story:
    yield from approved(stage, name, bet, proposed=proposed, approved=start - 3, sponsor=sponsor, shared=shared)
    yield start, 9
    with stage.act(bet.lead, start, 9) as act:
        act.experiment(stage.refs[name]).start(rules=act.rules, by=act.person, at=act.at)
    for week in range(1, (bet.charter.weeks or 0) + 1):
        yield from _week(stage, name, bet, week, start + 7 * (week - 1))
        if releases and week in releases:
            yield from _release(stage, name, bet, releases[week], start + 7 * (week - 1) + 5, sponsor)


def approved(
    stage: Stage, name: str, bet: Bet, *, proposed: int, approved: int, sponsor: str = "leader", shared: bool = False
) -> Story:
    yield from draft(stage, name, bet, proposed - 3, shared=shared)
    yield from propose(stage, name, bet.lead, proposed)
    yield approved, 10
    with stage.act(sponsor, approved) as act:
        experiment = act.experiment(stage.refs[name])
        experiment.approve(
            experiment.grant.asked_money,
            version_hash=experiment.version_hash or "",
            reason="A clear question, a number that can say no, and a team that crosses units. Go.",
            confidence=55,
            rules=act.rules,
            by=act.person,
            at=act.at,
        )


def draft(stage: Stage, name: str, bet: Bet, day: int, *, shared: bool = False) -> Story:
    """A draft and its team."""
    yield day, 10
    with stage.act(bet.lead, day) as act:
        experiment = Experiment.draft(
            bet.charter, rules=act.rules, unit=None, shared=shared, confidence=50, by=act.person, at=act.at
        )
        stage.remember(name, experiment)
    yield day, 15
    with stage.act(bet.lead, day, 15) as act:
        experiment = act.experiment(stage.refs[name])
        for member in bet.team:
            experiment.add_member(act.somebody(member), hours_a_week=2, by=act.person, at=act.at)


def propose(stage: Stage, name: str, lead: str, day: int) -> Story:
    yield day, 10
    with stage.act(lead, day) as act:
        act.experiment(stage.refs[name]).propose(rules=act.rules, by=act.person, at=act.at)


def _week(stage: Stage, name: str, bet: Bet, week: int, first: int) -> Story:
    """One week of the timebox, as far as it has come."""
    if first + 4 > 0:
        return
    sure = bet.confidence[week - 1] if week <= len(bet.confidence) else None
    if sure is not None:
        yield from _check_in(stage, name, bet, week, sure, first + 2)
    for learning in (learning for learning in bet.learnings if learning[0] == week):
        yield from _learn(stage, name, learning, first + 3)
    for metric, value in bet.read_in(week):
        yield from _read(stage, name, bet.lead, metric, value, first + 4)
    for expense in (expense for expense in bet.expenses if expense[0] == week):
        yield from _spend(stage, name, expense, first + 4)


def _check_in(stage: Stage, name: str, bet: Bet, week: int, sure: int, day: int) -> Story:
    yield day, 9
    with stage.act(bet.lead, day, 9) as act:
        act.experiment(stage.refs[name]).check_in(
            confidence=sure,
            hours=bet.charter.hours_a_week,
            next_step=bet.charter.first_step if week == 1 else "Show last week’s numbers and pick one case to rebuild.",
            rules=act.rules,
            by=act.person,
            at=act.at,
        )


def _learn(stage: Stage, name: str, learning: tuple[int, str, str, str, str, str], day: int) -> Story:
    _, author, kind, evidence, title, body = learning
    yield day, 16
    with stage.act(author, day, 16) as act:
        act.experiment(stage.refs[name]).learn(
            title,
            body,
            kind=Kind(kind),
            evidence=Evidence(evidence),
            on=act.rules.today,
            rules=act.rules,
            by=act.person,
            at=act.at,
        )


def _spend(stage: Stage, name: str, expense: tuple[int, str, int, str], day: int) -> Story:
    _, author, euro, what = expense
    yield day, 17
    with stage.act(author, day, 17) as act:
        experiment = act.experiment(stage.refs[name])
        amount = min(Money(euro * EURO), experiment.grant.left)
        experiment.spend(amount, act.rules.today, what, rules=act.rules, by=act.person, at=act.at)


def _read(stage: Stage, name: str, by: str, metric: str, value: str, day: int) -> Story:
    yield day, 11
    with stage.act(by, day, 11) as act:
        experiment = act.experiment(stage.refs[name])
        part = next(part for part in experiment.watched if part.metric == metric)
        measure = db.session.get_one(Measure, part.measure_id)
        experiment.read(measure, Decimal(value), act.rules.today, rules=act.rules, by=act.person, at=act.at)


def _release(stage: Stage, name: str, bet: Bet, number: int, day: int, sponsor: str) -> Story:
    if day > 0:
        return
    yield day, 10
    with stage.act(bet.lead, day, 10) as act:
        act.experiment(stage.refs[name]).give_evidence(
            number, "Done and shown on Thursday; everyone was in the room.", rules=act.rules, by=act.person, at=act.at
        )
    yield day, 14
    with stage.act("leader2" if sponsor == "leader" else "leader", day, 14) as act:
        act.experiment(stage.refs[name]).release(number, rules=act.rules, by=act.person, at=act.at)


def decide(
    stage: Stage, name: str, day: int, ending: Ending, recommended: tuple[DecisionKind, int, str] | None = None
) -> Story:
    if recommended:
        kind, euro, why = recommended
        yield day - 3, 10
        with stage.act("volunteer", day - 3) as act:
            act.experiment(stage.refs[name]).recommend(kind, Money(euro * EURO), why, by=act.person, at=act.at)
    yield day, 10
    with stage.act(ending.by, day) as act:
        experiment = act.experiment(stage.refs[name])
        experiment.decide(
            ending.kind, ending.reason, ending.card, findings_of(experiment), not_measured={}, rules=act.rules,
            by=act.person, at=act.at,
        )  # fmt: skip
        if ending.kind.is_followed_up and experiment.lead is not None:
            lead = act.somebody(experiment.lead.email.split("@")[0])
            stage.remember(f"{name}-again", experiment.follow_up(rules=act.rules, lead=lead, at=act.at))
