"""Tells the demonstration: who did what on which day, through the same commands that people use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from portfolio.budgets.envelope import Envelope, envelope_for_change
from portfolio.foundation.database import db, write_tx
from portfolio.foundation.money import Money
from portfolio.network.deciding import LearningCard
from portfolio.network.decision import DecisionKind
from portfolio.network.experiment import Experiment
from portfolio.network.findings import findings_of
from portfolio.network.learning import Evidence, Kind
from portfolio.organisation.house_rules import house_rules
from portfolio.organisation.installation import Installation
from portfolio.organisation.measure import Measure
from portfolio.overview.demonstration import bets, cast, crossing
from portfolio.overview.demonstration.bets import EURO, Bet
from portfolio.overview.demonstration.stage import Stage
from portfolio.people.comment import Comment

FIRST_DAY = 165  # Days ago.
Say = Callable[[str], None]


@dataclass(frozen=True)
class Ending:
    """How an experiment was decided."""

    kind: DecisionKind
    by: str
    reason: str
    card: LearningCard
    not_measured: str = ""


def tell(say: Say) -> None:
    """Fill an empty database with the demonstration, and mark it as one.

    Args:
        say: is told what is being told.
    """
    stage = Stage(house_rules().today)
    db.session.rollback()
    say("People and units")
    cast.bring_in(FIRST_DAY)
    _set_envelopes(stage)
    say("Last quarter")
    _last_quarter(stage)
    say("This quarter")
    _this_quarter(stage)
    say("Direction, operations and the bridge")
    crossing.set_direction(stage)
    crossing.tie_phases(stage)
    crossing.deliver(stage)
    crossing.cross(stage)
    with write_tx():
        db.session.get_one(Installation, 1).is_demo = True


def _set_envelopes(stage: Stage) -> None:
    first, today = stage.today - timedelta(days=FIRST_DAY - 3), stage.today
    quarter = house_rules().quarter_of(first)
    current = house_rules().quarter_of(today)
    while quarter <= current:
        days = (max(quarter.first_day, first) - today).days
        amount = 160_000 if quarter == current else 120_000
        with stage.act("leader", days, 9) as act:
            envelope = envelope_for_change(quarter) or Envelope.open(quarter, by=act.person, at=act.at)
            envelope.adjust(
                Money(amount * EURO),
                reason="Three to five experiments of the usual size, and room for one surprise.",
                by=act.person,
                at=act.at,
                today=act.rules.today,
            )
        quarter = quarter.next


def _last_quarter(stage: Stage) -> None:
    _run(stage, "lego", bets.LEGO, proposed=-140, start=-130, releases={3: 1}, sponsor="leader")
    _decide(
        stage, "lego", -68,
        Ending(
            DecisionKind.SCALE, "leader2",
            "One day instead of six, held for two weeks, with happier customers. Make it the way we work.",
            LearningCard(
                bets.LEGO.charter.hypothesis,
                "Lead time 6 days to 1. First time right 71% to 91%. Customers rate us 8.1.",
                "It goes right when driver and planner see the same route before it is fixed.",
                "Planner and driver at one table at 15:00, in every region.",
            ),
        ),
        recommended=(DecisionKind.SCALE, 4_000, "The table costs an hour a day and saves a visit a day."),
    )  # fmt: skip
    _run(stage, "quotes", bets.QUOTES, proposed=-142, start=-134, releases={4: 1}, sponsor="leader2")
    _decide(
        stage, "quotes", -74,
        Ending(
            DecisionKind.SCALE, "leader",
            "60% less time per quote, over 412 quotes. Ordering is the next step.",
            LearningCard(
                bets.QUOTES.charter.hypothesis,
                "Time per quote fell from 45 to 17.5 minutes.",
                "A quote linked to the accounts needs no retyping on the invoice.",
                "Renew the quote tool for all of Sales; then try ordering.",
            ),
        ),
    )  # fmt: skip
    _run(stage, "night", bets.NIGHT, proposed=-138, start=-128, sponsor="leader")
    _decide(
        stage, "night", -83,
        Ending(
            DecisionKind.STOP, "leader2",
            "Well tried and clearly answered. Two openings in four weeks is an answer.",
            LearningCard(
                bets.NIGHT.charter.hypothesis,
                "Urgent trips went from 14 to 13 a week. Two openings at night in four weeks.",
                "At night nobody leaves the ward: one nurse is alone with thirty people.",
                "Look at what is fetched urgently, not at when.",
            ),
        ),
    )  # fmt: skip
    _draft(stage, "tablet", bets.TABLET, -120)
    _propose(stage, "tablet", "koen", -119)
    with stage.act("leader", -112) as act:
        experiment = act.experiment(stage.refs["tablet"])
        experiment.decline(
            "It sells devices; it does not help anyone to be at home sooner. Come back with a customer who asks for it.",
            version_hash=experiment.version_hash or "",
            by=act.person,
            at=act.at,
        )


def _this_quarter(stage: Stage) -> None:
    _run(stage, "orders", bets.ORDERS, proposed=-66, start=-53, releases={3: 1}, sponsor="leader")
    with stage.act("bram", -3) as act:
        act.experiment(stage.refs["orders"]).recommend(
            DecisionKind.SCALE,
            Money(6_000 * EURO),
            "40% less administration. Open the page for all regular customers; invoicing is the next step.",
            by=act.person,
            at=act.at,
        )
    _run(stage, "stock", bets.STOCK, proposed=-45, start=-31, sponsor="leader", shared=True)
    _run(stage, "drafts", bets.DRAFTS, proposed=-50, start=-39, sponsor="leader2")
    _run(stage, "counter", bets.COUNTER, proposed=-20, start=-9, sponsor="leader")
    _approved(stage, "returns", bets.RETURNS, proposed=-12, approved=-2)
    _draft(stage, "mattress", bets.MATTRESS, -20)
    _propose(stage, "mattress", "tom", -17)
    with stage.act("leader", -1) as act:
        experiment = act.experiment(stage.refs["mattress"])
        experiment.approve(
            experiment.grant.asked_money,
            version_hash=experiment.version_hash or "",
            reason="If one home in ten asks for it, it pays. Show me that home by week 4.",
            conditions="A care home signs up before the second month.",
            confidence=40,
            rules=act.rules,
            by=act.person,
            at=act.at,
        )
    _draft(stage, "invoices", bets.INVOICES, -9)
    _propose(stage, "invoices", "lies", -7)
    with stage.act("leader", -5) as act:
        Comment.write(
            act.experiment(stage.refs["invoices"]),
            "Which customers get the reminder first? I would not begin with the hospitals.",
            is_question=True,
            by=act.person,
            at=act.at,
        )
    with stage.act("lies", -4) as act:
        Comment.write(
            act.experiment(stage.refs["invoices"]),
            "Regular customers only. Hospitals pay on their own calendar.",
            by=act.person,
            at=act.at,
        )
    with stage.act("koen", -3) as act:
        act.experiment(stage.refs["invoices"]).raise_hand(
            hours_a_week=2, note="I know the accountants of our ten largest customers.", by=act.person, at=act.at
        )
    _draft(stage, "wheelchairs", bets.WHEELCHAIRS, -1)


# What every experiment goes through ---------------------------------------------------------------------------------


def _run(
    stage: Stage,
    name: str,
    bet: Bet,
    *,
    proposed: int,
    start: int,
    sponsor: str,
    releases: dict[int, int] | None = None,
    shared: bool = False,
) -> None:
    _approved(stage, name, bet, proposed=proposed, approved=start - 3, sponsor=sponsor, shared=shared)
    with stage.act(bet.lead, start, 9) as act:
        act.experiment(stage.refs[name]).start(rules=act.rules, by=act.person, at=act.at)
    for week in range(1, (bet.charter.weeks or 0) + 1):
        _week(stage, name, bet, week, start + 7 * (week - 1))
        if releases and week in releases:
            _release(stage, name, bet, releases[week], start + 7 * (week - 1) + 5, sponsor)


def _approved(
    stage: Stage, name: str, bet: Bet, *, proposed: int, approved: int, sponsor: str = "leader", shared: bool = False
) -> None:
    _draft(stage, name, bet, proposed - 3, shared=shared)
    _propose(stage, name, bet.lead, proposed)
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


def _draft(stage: Stage, name: str, bet: Bet, day: int, *, shared: bool = False) -> None:
    """A draft and its team."""
    with stage.act(bet.lead, day) as act:
        experiment = Experiment.draft(
            bet.charter, rules=act.rules, unit=None, shared=shared, confidence=50, by=act.person, at=act.at
        )
        stage.remember(name, experiment)
    with stage.act(bet.lead, day, 15) as act:
        experiment = act.experiment(stage.refs[name])
        for member in bet.team:
            experiment.add_member(act.somebody(member), hours_a_week=2, by=act.person, at=act.at)


def _propose(stage: Stage, name: str, lead: str, day: int) -> None:
    with stage.act(lead, day) as act:
        act.experiment(stage.refs[name]).propose(rules=act.rules, by=act.person, at=act.at)


def _week(stage: Stage, name: str, bet: Bet, week: int, first: int) -> None:
    """One week of the timebox, as far as it has come."""
    if first + 4 > 0:
        return
    sure = bet.confidence[week - 1] if week <= len(bet.confidence) else None
    if sure is not None:
        _check_in(stage, name, bet, week, sure, first + 2)
    for learning in (learning for learning in bet.learnings if learning[0] == week):
        _learn(stage, name, learning, first + 3)
    for metric, value in bet.read_in(week):
        _read(stage, name, bet.lead, metric, value, first + 4)
    for expense in (expense for expense in bet.expenses if expense[0] == week):
        _spend(stage, name, expense, first + 4)


def _check_in(stage: Stage, name: str, bet: Bet, week: int, sure: int, day: int) -> None:
    with stage.act(bet.lead, day, 9) as act:
        act.experiment(stage.refs[name]).check_in(
            confidence=sure,
            hours=bet.charter.hours_a_week,
            next_step=bet.charter.first_step if week == 1 else "Show last week’s numbers and pick one case to rebuild.",
            rules=act.rules,
            by=act.person,
            at=act.at,
        )


def _learn(stage: Stage, name: str, learning: tuple[int, str, str, str, str, str], day: int) -> None:
    _, author, kind, evidence, title, body = learning
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


def _spend(stage: Stage, name: str, expense: tuple[int, str, int, str], day: int) -> None:
    _, author, euro, what = expense
    with stage.act(author, day, 17) as act:
        experiment = act.experiment(stage.refs[name])
        amount = min(Money(euro * EURO), experiment.grant.left)
        experiment.spend(amount, act.rules.today, what, rules=act.rules, by=act.person, at=act.at)


def _read(stage: Stage, name: str, by: str, metric: str, value: str, day: int) -> None:
    with stage.act(by, day, 11) as act:
        experiment = act.experiment(stage.refs[name])
        part = next(part for part in experiment.watched if part.metric == metric)
        measure = db.session.get_one(Measure, part.measure_id)
        experiment.read(measure, Decimal(value), act.rules.today, rules=act.rules, by=act.person, at=act.at)


def _release(stage: Stage, name: str, bet: Bet, number: int, day: int, sponsor: str) -> None:
    if day > 0:
        return
    with stage.act(bet.lead, day, 10) as act:
        act.experiment(stage.refs[name]).give_evidence(
            number, "Done and shown on Thursday; everyone was in the room.", rules=act.rules, by=act.person, at=act.at
        )
    with stage.act("leader2" if sponsor == "leader" else "leader", day, 14) as act:
        act.experiment(stage.refs[name]).release(number, rules=act.rules, by=act.person, at=act.at)


def _decide(
    stage: Stage, name: str, day: int, ending: Ending, recommended: tuple[DecisionKind, int, str] | None = None
) -> None:
    if recommended:
        kind, euro, why = recommended
        with stage.act("volunteer", day - 3) as act:
            act.experiment(stage.refs[name]).recommend(kind, Money(euro * EURO), why, by=act.person, at=act.at)
    with stage.act(ending.by, day) as act:
        experiment = act.experiment(stage.refs[name])
        experiment.decide(
            ending.kind, ending.reason, ending.card, findings_of(experiment), not_measured={}, rules=act.rules,
            by=act.person, at=act.at,
        )  # fmt: skip
