"""Tells the demonstration: who did what on which day, through the same commands that people use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from portfolio.budgets.envelope import Envelope, envelope_for_change
from portfolio.foundation.database import db, write_tx
from portfolio.foundation.money import Money
from portfolio.network.deciding import LearningCard
from portfolio.network.decision import DecisionKind
from portfolio.organisation.house_rules import house_rules
from portfolio.organisation.installation import Installation
from portfolio.overview.demonstration import bets, cast, crossing, meeting
from portfolio.overview.demonstration.bets import EURO
from portfolio.overview.demonstration.stage import Stage, Story
from portfolio.overview.demonstration.steps import Ending, approved, decide, draft, propose, run
from portfolio.people.comment import Comment

FIRST_DAY = 165  # Days ago.
Say = Callable[[str], None]


def tell(say: Say) -> None:
    """Fill an empty database with the demonstration, and mark it as one.

    Args:
        say: is told what is being told.
    """
    stage = Stage(house_rules().today)
    db.session.rollback()
    say("People and units")
    cast.bring_in(FIRST_DAY)
    say("Half a year, day by day")
    stage.play(
        _set_envelopes(stage),
        _lego(stage),
        _quotes(stage),
        _night(stage),
        _message(stage),
        _tablet(stage),
        _rounds(stage),
        _orders(stage),
        run(stage, "stock", bets.STOCK, proposed=-45, start=-31, sponsor="leader", shared=True),
        run(stage, "drafts", bets.DRAFTS, proposed=-50, start=-39, sponsor="leader2"),
        run(stage, "counter", bets.COUNTER, proposed=-20, start=-9, sponsor="leader"),
        approved(stage, "returns", bets.RETURNS, proposed=-12, approved=-3),
        _mattress(stage),
        _invoices(stage),
        draft(stage, "wheelchairs", bets.WHEELCHAIRS, -1),
        *crossing.stories(stage),
        *meeting.stories(stage),
    )
    with write_tx():
        db.session.get_one(Installation, 1).is_demo = True


def _set_envelopes(stage: Stage) -> Story:
    first, today = stage.today - timedelta(days=FIRST_DAY - 3), stage.today
    quarter = house_rules().quarter_of(first)
    current = house_rules().quarter_of(today)
    while quarter <= current:
        days = (max(quarter.first_day, first) - today).days
        amount = 160_000 if quarter == current else 120_000
        yield days, 9
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


def _lego(stage: Stage) -> Story:
    """Six days become one; it is scaled."""
    yield from run(stage, "lego", bets.LEGO, proposed=-140, start=-130, releases={3: 1}, sponsor="leader")
    yield from decide(
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


def _quotes(stage: Stage) -> Story:
    """The first phase of order-to-cash; scaled."""
    yield from run(stage, "quotes", bets.QUOTES, proposed=-142, start=-134, releases={4: 1}, sponsor="leader2")
    yield from decide(
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


def _night(stage: Stage) -> Story:
    """Clearly answered, and stopped."""
    yield from run(stage, "night", bets.NIGHT, proposed=-138, start=-128, sponsor="leader")
    yield from decide(
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


def _message(stage: Stage) -> Story:
    """Half an answer, and a better question: its follow-up is proposed."""
    yield from run(stage, "message", bets.MESSAGE, proposed=-137, start=-127, sponsor="leader2")
    yield from decide(
        stage, "message", -80,
        Ending(
            DecisionKind.PIVOT, "leader",
            "The message is read and the door stays shut. Ask who opens it, not whether they remember.",
            LearningCard(
                bets.MESSAGE.charter.hypothesis,
                "Visits with nobody home went from 24 to 19 a week; 12 was the target.",
                "The customer often cannot open the door. A neighbour or a daughter can.",
                "Ask at intake who opens, and send the message there.",
            ),
        ),
    )  # fmt: skip
    yield -9, 10
    with stage.act("fatima", -9) as act:
        again = act.experiment(stage.refs["message-again"])
        again.write(bets.DOOR.charter, revision=again.revision, by=act.person, at=act.at)
    yield from propose(stage, "message-again", "fatima", -6)


def _rounds(stage: Stage) -> Story:
    """Taken back by who proposed it."""
    yield from draft(stage, "rounds", bets.ROUNDS, -29)
    yield from propose(stage, "rounds", "ilse", -28)
    yield -24, 10
    with stage.act("ilse", -24) as act:
        experiment = act.experiment(stage.refs["rounds"])
        Comment.write(
            experiment,
            "Two drivers retire before spring. I ask again when the rounds are settled.",
            by=act.person,
            at=act.at,
        )
        experiment.withdraw(rules=act.rules, by=act.person, at=act.at)


def _tablet(stage: Stage) -> Story:
    """Declined."""
    yield from draft(stage, "tablet", bets.TABLET, -120)
    yield from propose(stage, "tablet", "koen", -119)
    yield -112, 10
    with stage.act("leader", -112) as act:
        experiment = act.experiment(stage.refs["tablet"])
        experiment.decline(
            "It sells devices; it does not help anyone to be at home sooner. Come back with a customer who asks for it.",
            version_hash=experiment.version_hash or "",
            by=act.person,
            at=act.at,
        )


def _orders(stage: Stage) -> Story:
    """The second phase of order-to-cash; its timebox has ended."""
    yield from run(stage, "orders", bets.ORDERS, proposed=-66, start=-53, releases={3: 1}, sponsor="leader")
    yield -3, 10
    with stage.act("bram", -3) as act:
        act.experiment(stage.refs["orders"]).recommend(
            DecisionKind.SCALE,
            Money(6_000 * EURO),
            "40% less administration. Open the page for all regular customers; invoicing is the next step.",
            by=act.person,
            at=act.at,
        )


def _mattress(stage: Stage) -> Story:
    """Above what one leader grants: signed by the first of two."""
    yield from draft(stage, "mattress", bets.MATTRESS, -20)
    yield from propose(stage, "mattress", "tom", -17)
    yield -1, 10
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


def _invoices(stage: Stage) -> Story:
    """The third phase of order-to-cash; waits for an answer."""
    yield from draft(stage, "invoices", bets.INVOICES, -9)
    yield from propose(stage, "invoices", "lies", -7)
    yield -5, 10
    with stage.act("leader", -5) as act:
        Comment.write(
            act.experiment(stage.refs["invoices"]),
            "Which customers get the reminder first? I would not begin with the hospitals.",
            is_question=True,
            by=act.person,
            at=act.at,
        )
    yield -4, 10
    with stage.act("lies", -4) as act:
        Comment.write(
            act.experiment(stage.refs["invoices"]),
            "Regular customers only. Hospitals pay on their own calendar.",
            by=act.person,
            at=act.at,
        )
    yield -3, 10
    with stage.act("koen", -3) as act:
        act.experiment(stage.refs["invoices"]).raise_hand(
            hours_a_week=2, note="I know the accountants of our ten largest customers.", by=act.person, at=act.at
        )
