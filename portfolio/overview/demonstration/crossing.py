"""The demonstration's direction, its operations, and what crosses between the two systems."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select

from portfolio.bridge import learning_queries
from portfolio.bridge import queries as bridge
from portfolio.bridge.barrier import Barrier, BarrierText
from portfolio.bridge.barrier_queries import barrier_for_change
from portfolio.bridge.challenge import Challenge, ChallengeText
from portfolio.bridge.challenge_queries import challenge_for_change
from portfolio.bridge.promotion import Promotion
from portfolio.bridge.text import PromotionText
from portfolio.foundation.database import db
from portfolio.foundation.money import Money
from portfolio.hierarchy import queries as hierarchy
from portfolio.hierarchy.initiative import Initiative
from portfolio.hierarchy.state import Colour
from portfolio.hierarchy.text import InitiativeText, MilestoneText
from portfolio.network.learning import Learning
from portfolio.organisation import queries as organisation
from portfolio.organisation.change import FormOfChange
from portfolio.organisation.unit import Unit
from portfolio.overview.demonstration.stage import Act, Stage, Story
from portfolio.strategy.big_opportunity import BigOpportunity
from portfolio.strategy.phase import Phase, PhaseText
from portfolio.strategy.vision import Vision

EURO = 100

# Name, what it brings, what it is worth on its own, the vision it serves, first day from today, weeks; what hangs on it.
PHASES = (
    ("Next-day delivery", "Whatever is ordered before noon is at the door tomorrow.",
     "Fewer second visits, whatever comes after.", 24, -130, 12, ("lego", "night", "table-initiative", "commitment-2")),
    ("Quotes that write themselves", "A quote in minutes, linked to the accounts.",
     "60% less time per quote.", 24, -134, 8, ("quotes", "quote-initiative")),
    ("Ordering in one place", "Regular customers order on one page.",
     "40% less administration.", 24, -53, 10, ("orders",)),
    ("Invoices that follow themselves up", "Invoices leave on delivery and are paid twelve days sooner.",
     "Cash that comes in sooner.", 24, 21, 12, ("invoices",)),
    ("One stock with the care homes", "Beds are shared, not kept twice.",
     "A third of the idle beds back in use.", 48, -31, 12, ("stock", "returns", "commitment-0")),
)  # fmt: skip


@dataclass(frozen=True)
class Commitment:
    """An initiative of operations: who owns it, what it moves, and how it goes."""

    title: str
    form: FormOfChange
    owner: str
    unit: str
    why: str
    metric: str
    of: str
    baseline: str
    target: str
    starts: int
    weeks: int
    euro: int
    milestones: tuple[tuple[str, int], ...]
    statuses: tuple[tuple[int, Colour, int, str], ...]
    readings: tuple[tuple[int, str], ...] = ()
    reached: tuple[tuple[int, int], ...] = ()  # Which milestone, and on which day from today.


COMMITMENTS = (
    Commitment(
        "Returned beds cleaned within 48 hours", FormOfChange.IMPROVE, "tom", "Workshop",
        "Beds wait **81 hours** for the wash. The second line stands still on Fridays.",
        "Hours from return to clean", "hours", "81", "48", -70, 13, 9_000,
        (("Second line on Fridays", 4), ("All beds labelled at pick-up", 9)),
        ((-60, Colour.GREEN, 20, "The Friday line runs."), (-20, Colour.AMBER, 55, "The labels came two weeks late.")),
        ((-40, "70"), (-15, "63")),
        ((0, -44),),
    ),
    Commitment(
        "Scanner upgrade in both warehouses", FormOfChange.RENEW, "operations", "Warehouse",
        "The old scanners lose one order in two hundred.",
        "Orders lost between scan and shelf", "per 1,000", "5", "1", -35, 18, 64_000,
        (("Kortrijk runs on the new ones", 8), ("Roeselare runs on the new ones", 15)),
        ((-12, Colour.GREEN, 30, "Kortrijk is trained; the devices are in."),),
    ),
    Commitment(
        "Urgent orders picked first, 06:30", FormOfChange.IMPROVE, "operations", "Warehouse",
        "Urgent orders leave with the second round.",
        "Urgent orders out before noon", "%", "62", "90", -120, 8, 6_000,
        (("First round at 06:30", 3),),
        ((-100, Colour.GREEN, 60, "The first round runs."),),
        ((-90, "84"),),
        ((0, -101),),
    ),
)  # fmt: skip


def stories(stage: Stage) -> list[Story]:
    """Everything that is told here, side by side."""
    return [
        set_direction(stage),
        tie_phases(stage),
        _commit(stage, "commitment-0", COMMITMENTS[0]),
        _commit(stage, "commitment-1", COMMITMENTS[1]),
        _urgent(stage),
        _table(stage),
        _quote(stage),
        _advice(stage),
        _route(stage),
        _incomplete(stage),
        _twice(stage),
        _cellar(stage),
        _screen(stage),
        _gate(stage),
    ]


def set_direction(stage: Stage) -> Story:
    """Why it is urgent, what is true in two and four years, and the steps worked backwards from there."""
    yield -160, 9
    with stage.act("leader", -160, 9) as act:
        BigOpportunity.write(
            "More people grow old at home every year, and care homes run short of hands. Whoever gets the right device to "
            "the door tomorrow, and back into use the week after, decides whether home stays possible.",
            before=None, shown=0, by=act.person, at=act.at,
        )  # fmt: skip
        for months, statement in (
            (24, "Every order is one order and one invoice, and is at the door the next day."),
            (
                48,
                "Whatever care someone needs at home is there the next day, and comes back into use when it is no longer needed.",
            ),
        ):
            Vision.write(months, statement, before=None, shown=0, today=act.rules.today, by=act.person, at=act.at)


def tie_phases(stage: Stage) -> Story:
    """Put the phases on the road and hang experiments and initiatives on them."""
    yield -159, 9
    with stage.act("leader", -159, 9) as act:
        phases = {}
        for name, brings, worth, serves, first, weeks, _hanging in PHASES:
            starts = stage.today + timedelta(days=first)
            text = PhaseText(name, brings, worth, serves, starts, starts + timedelta(days=7 * weeks - 1))
            phases[name] = Phase.add(text, by=act.person, at=act.at)
        db.session.flush()
        numbers = {name: phase.id for name, phase in phases.items()}
    for name, *_rest, hanging in PHASES:
        for thing in hanging:
            yield -1, 8
            with stage.act("leader", -1, 8) as act:
                phase, ref = db.session.get_one(Phase, numbers[name]), stage.refs[thing]
                found = _initiative(act, ref) if ref.startswith("I") else act.experiment(ref)
                found.tie_to(phase, by=act.person)


def _urgent(stage: Stage) -> Story:
    """An improvement that was embedded."""
    yield from _commit(stage, "commitment-2", COMMITMENTS[2])
    yield -62, 10
    with stage.act("operations", -62) as act:
        initiative = _initiative(act, stage.refs["commitment-2"])
        initiative.embed(Decimal(91), act.rules.today, rules=act.rules, by=act.person, at=act.at)


def _table(stage: Stage) -> Story:
    """The learning that became daily work: lead time six days to one."""
    yield from _offer(
        stage, "table", "volunteer", -66, ("It goes right when driver and planner see the same route before it is fixed",),
        "operations", "Intake and Planning",
        PromotionText(
            "Planner and driver at one table, 15:00",
            "Before a route is fixed, planner and driver look at it together at **15:00**, in every region.",
            FormOfChange.IMPROVE, "Lead time to the door", "days", Decimal(6), Decimal(1),
        ),
    )  # fmt: skip
    starts = stage.today - timedelta(days=58)
    yield from _accept(
        stage, "table", "operations", -63, starts, starts + timedelta(weeks=6),
        "It is proven, and it costs us an hour a day.",
    )  # fmt: skip
    yield from _follow(
        stage, "table-initiative", "operations", ((-58, 10, "The table stands."), (-30, 80, "Two of three regions."))
    )
    yield -18, 10
    with stage.act("operations", -18) as act:
        initiative = _initiative(act, stage.refs["table-initiative"])
        initiative.embed(
            Decimal(1), act.rules.today, "Three weeks in a row, all regions.", rules=act.rules, by=act.person, at=act.at
        )


def _quote(stage: Stage) -> Story:
    """A renewal that came from the network."""
    yield from _offer(
        stage, "quote", "bram", -72, ("A quote linked to the accounts needs no retyping on the invoice",), "lies", "Sales",
        PromotionText(
            "Digital quote tool on the accounts",
            "All of Sales makes quotes in the tool; prices come from the accounts.",
            FormOfChange.RENEW, "Time per quote", "minutes", Decimal(45), Decimal(18),
        ),
    )  # fmt: skip
    starts = stage.today - timedelta(days=55)
    yield from _accept(
        stage, "quote", "lies", -65, starts, starts + timedelta(weeks=12),
        "Counted over 412 quotes. Nobody in Sales wants to go back.",
    )  # fmt: skip
    yield from _follow(
        stage,
        "quote-initiative",
        "lies",
        ((-50, 25, "Half of Sales works in it."), (-9, 80, "All but the trade fairs.")),
    )


def _advice(stage: Stage) -> Story:
    """Waits for its answer."""
    yield from _offer(
        stage, "advice", "lies", -8, ("Invoicing knows before anyone when a delivery will go wrong",), "pieter", "Care Advice",
        PromotionText(
            "No planning without a signed advice",
            "Invoicing marks an order without a signed advice at intake; it is not planned before.",
            FormOfChange.IMPROVE, "Second visits", "a week", Decimal(14), Decimal(6),
        ),
    )  # fmt: skip


def _route(stage: Stage) -> Story:
    """Declined, with a reason."""
    yield from _offer(
        stage, "route", "fatima", -40, ("The route taped on the floor",), "operations", "Warehouse",
        PromotionText(
            "A map of the routes on the warehouse floor", "Tape the five routes on the floor beside dock 2.",
            FormOfChange.IMPROVE, "Second visits", "a week", Decimal(14), Decimal(12),
        ),
    )  # fmt: skip
    yield -36, 10
    with stage.act("operations", -36) as act:
        promotion = bridge.promotion_for_change(stage.refs["route"], viewer=act.person)
        promotion.decline(
            "Forklifts wear tape off in a week. The table at 15:00 does the same.", by=act.person, at=act.at
        )


def _incomplete(stage: Stage) -> Story:
    """A challenge that an experiment took up."""
    yield from _raise(stage, "incomplete", "tom", -16, "Why do one in five returns come back incomplete?",
           "A rail is missing, or the remote. We order it again, and the bed **waits nine days**.", "20")  # fmt: skip
    yield -2, 10
    with stage.act("ilse", -2) as act:
        challenge = challenge_for_change(stage.refs["incomplete"])
        challenge.take_up(act.experiment(stage.refs["returns"]), by=act.person, at=act.at)


def _twice(stage: Stage) -> Story:
    """A challenge that nobody works on yet."""
    yield from _raise(stage, "twice", "operations", -6, "Why does a van drive to the same street twice a day?",
           "Two orders, two units, two vans. Neighbours ask whether we are lost.", None)  # fmt: skip


def _cellar(stage: Stage) -> Story:
    """A barrier that its owner has, and that is late by now."""
    yield from _put(
        stage, "cellar", "samira", "stock", -19, "The care home’s board keeps its stock figures to itself",
        "The caretaker counts with us, and his board says no to the figures. **One conversation** between directors "
        "opens it; we are not the ones to have it.",
    )  # fmt: skip
    yield from _give(stage, "cellar", "leader", -17, "leader", -3)


def _screen(stage: Stage) -> Story:
    """A barrier that waits for an owner."""
    yield from _put(
        stage, "screen", "koen", "counter", -2, "The counter has no screen that shows an order’s history",
        "IT plans a screen for next year. A spare one stands in the meeting room on the second floor; nobody dares to "
        "move it.",
    )  # fmt: skip


def _gate(stage: Stage) -> Story:
    """A barrier that was removed."""
    yield from _put(
        stage, "gate", "eva", "drafts", -32, "Advisers may not take a laptop on a visit",
        "The rule is from before laptops were encrypted. Whoever wrote it has left.",
    )  # fmt: skip
    yield from _give(stage, "gate", "leader2", -30, "lies", -20)
    yield -24, 10
    with stage.act("lies", -24) as act:
        barrier = barrier_for_change(stage.refs["gate"], viewer=act.person)
        barrier.remove("The rule is gone; Finance read why it was there.", by=act.person, at=act.at)


def _put(stage: Stage, name: str, by: str, experiment: str, day: int, title: str, obstacle: str) -> Story:
    yield day, 11
    with stage.act(by, day, 11) as act:
        found, text = act.experiment(stage.refs[experiment]), BarrierText(title, obstacle)
        stage.remember(name, Barrier.raise_(text, experiment=found, by=act.person, at=act.at))


def _give(stage: Stage, name: str, by: str, day: int, owner: str, due: int) -> Story:
    yield day, 9
    with stage.act(by, day, 9) as act:
        barrier, due_on = barrier_for_change(stage.refs[name], viewer=act.person), stage.today + timedelta(days=due)
        barrier.give_to(act.somebody(owner), due_on, today=act.rules.today, by=act.person, at=act.at)


def _commit(stage: Stage, name: str, said: Commitment) -> Story:
    starts = stage.today + timedelta(days=said.starts)
    yield said.starts - 12, 10
    with stage.act(said.owner, said.starts - 12) as act:
        text = InitiativeText(
            title=said.title,
            form=said.form,
            why=said.why,
            starts_on=starts,
            due_on=starts + timedelta(weeks=said.weeks),
            budget=Money(said.euro * EURO),
            hours_a_week=6,
            metric=said.metric,
            unit_of_measure=said.of,
            baseline=Decimal(said.baseline),
            target=Decimal(said.target),
            milestones=tuple(MilestoneText(words, starts + timedelta(weeks=week)) for words, week in said.milestones),
        )
        initiative = Initiative.suggest(text, unit=_unit(said.unit), owner=act.person, by=act.person, at=act.at)
        stage.remember(name, initiative)
    yield said.starts - 10, 10
    with stage.act(said.owner, said.starts - 10) as act:
        _initiative(act, stage.refs[name]).plan(by=act.person, at=act.at)
    yield said.starts, 10
    with stage.act(said.owner, said.starts) as act:
        _initiative(act, stage.refs[name]).start(rules=act.rules, by=act.person)
    for day, colour, percent, reason in said.statuses:
        yield day, 10
        with stage.act(said.owner, day) as act:
            _initiative(act, stage.refs[name]).report_status(
                colour, reason, percent, rules=act.rules, by=act.person, at=act.at
            )
    for place, day in said.reached:
        yield day, 12
        with stage.act(said.owner, day, 12) as act:
            initiative = _initiative(act, stage.refs[name])
            initiative.reach_milestone(initiative.milestones[place], act.rules.today, rules=act.rules, by=act.person)
    for day, value in said.readings:
        yield day, 15
        with stage.act(said.owner, day, 15) as act:
            _initiative(act, stage.refs[name]).read(
                Decimal(value), act.rules.today, rules=act.rules, by=act.person, at=act.at
            )


def _offer(
    stage: Stage, name: str, by: str, day: int, titles: tuple[str, ...], owner: str, unit: str, text: PromotionText
) -> Story:
    yield day, 10
    with stage.act(by, day) as act:
        ids = db.session.scalars(select(Learning.id).where(Learning.title.in_(titles))).all()
        learnings = learning_queries.learnings_for_change(ids, viewer=act.person)
        promotion = Promotion.offer(
            text,
            learnings,
            standing=learning_queries.standing_of(learnings),
            unit=_unit(unit),
            owner=act.somebody(owner),
            by=act.person,
            at=act.at,
        )
        stage.remember(name, promotion)


def _accept(stage: Stage, name: str, by: str, day: int, starts_on: date, due_on: date, reason: str) -> Story:
    yield day, 10
    with stage.act(by, day) as act:
        promotion = bridge.promotion_for_change(stage.refs[name], viewer=act.person)
        initiative = promotion.accept(
            accountable=act.person,
            starts_on=starts_on,
            due_on=due_on,
            reason=reason,
            by=act.person,
            at=act.at,
        )
        stage.remember(f"{name}-initiative", initiative)


def _follow(stage: Stage, name: str, owner: str, statuses: tuple[tuple[int, int, str], ...]) -> Story:
    yield statuses[0][0], 8
    with stage.act(owner, statuses[0][0], 8) as act:
        _initiative(act, stage.refs[name]).start(rules=act.rules, by=act.person)
    for day, percent, reason in statuses:
        yield day, 10
        with stage.act(owner, day) as act:
            _initiative(act, stage.refs[name]).report_status(
                Colour.GREEN, reason, percent, rules=act.rules, by=act.person, at=act.at
            )


def _raise(stage: Stage, name: str, by: str, day: int, title: str, tension: str, percent: str | None) -> Story:
    text = (
        ChallengeText(title, tension, "Returns that come back incomplete", "%", Decimal(percent))
        if percent
        else ChallengeText(title, tension)
    )
    yield day, 10
    with stage.act(by, day) as act:
        challenge = Challenge.raise_(text, unit=_unit("Workshop" if percent else "Warehouse"), by=act.person, at=act.at)
        stage.remember(name, challenge)


def _unit(name: str) -> Unit:
    return next(unit for unit in organisation.units() if unit.name == name)


def _initiative(act: Act, ref: str) -> Initiative:
    return hierarchy.initiative_for_change(ref, viewer=act.person)
