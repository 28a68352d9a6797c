"""Operations and the bridge of the seeded portfolio: initiatives, promotions, challenges and barriers."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from portfolio.bridge.answer import State as Answered
from portfolio.bridge.barrier import BarrierState
from portfolio.bridge.challenge import ChallengeState
from portfolio.foundation.numbering import ref
from portfolio.hierarchy.state import Colour, State
from portfolio.organisation.change import FormOfChange
from tools.bench.ground import Ground
from tools.bench.rows import Rows
from tools.bench.words import Words

STATES = [State.ACTIVE, State.PLANNED, State.ACTIVE, State.EMBEDDED, State.ACTIVE, State.CANCELLED]
ANSWERS = [Answered.ACCEPTED, Answered.DECLINED, Answered.ACCEPTED]
WAITING = 20  # So many promotions wait for an answer, and so many barriers stand.


def add_initiative(rows: Rows, words: Words, ground: Ground, position: int) -> int:
    """Add an initiative with a milestone and four statuses; gives its number."""
    number, state = rows.number("initiative"), STATES[position % len(STATES)]
    title, why, mandate = words.sentence(), words.paragraph(), words.sentence()
    rows.show(why, mandate)
    rows.find("initiative", number, f"{ref('I', number)} {title}", why)
    ended = state in (State.EMBEDDED, State.CANCELLED)
    rows.add(
        "initiative",
        id=number,
        state=state,
        title=title,
        form=FormOfChange.RENEW if number % 3 == 0 else FormOfChange.IMPROVE,
        why=why,
        mandate=mandate,
        starts_on=ground.today - timedelta(days=60),
        due_on=ground.today + timedelta(days=90 - position % 120),
        budget=20_000_00,
        currency="EUR",
        hours_a_week=8,
        horizon=1,
        metric="Days from question to answer",
        unit_of_measure="days",
        baseline=Decimal(9),
        target=Decimal(4),
        suggested_by_id=ground.person(number + 5),
        owner_id=ground.person(number),
        unit_id=ground.unit(number),
        measure_id=1,
        created_at=ground.now - timedelta(days=70),
        planned_at=ground.now - timedelta(days=65),
        started_on=ground.today - timedelta(days=60),
        embedded_on=ground.today - timedelta(days=7) if state is State.EMBEDDED else None,
        ended_at=ground.now - timedelta(days=7) if ended else None,
    )
    rows.add(
        "initiative_milestone",
        id=rows.number("initiative_milestone"),
        initiative_id=number,
        position=0,
        name="The first team works with it",
        due_on=ground.today + timedelta(days=10),
    )
    for week in range(4, 0, -1):
        rows.add(
            "initiative_status",
            id=rows.number("initiative_status"),
            initiative_id=number,
            colour=list(Colour)[(number + week) % 3],
            reason=words.sentence(),
            percent=100 - 20 * week,
            reported_on=ground.today - timedelta(weeks=week),
            by_id=ground.person(number),
            at=ground.now - timedelta(weeks=week),
        )
    return number


def add_promotion(rows: Rows, words: Words, ground: Ground, learning: int, initiative: int) -> None:
    """Put a learning to the owner of a unit, who has accepted, declined or not answered it."""
    number = rows.number("promotion")
    state = Answered.OFFERED if number <= WAITING else ANSWERS[number % len(ANSWERS)]
    unit, answered = ground.unit(number), ground.now - timedelta(days=number % 700)
    change = words.paragraph()
    rows.show(change)
    rows.add(
        "promotion",
        id=number,
        state=state,
        title=words.sentence(),
        change=change,
        form=FormOfChange.IMPROVE,
        metric="Days from question to answer",
        unit_of_measure="days",
        baseline=Decimal(9),
        target=Decimal(4),
        promoter_id=ground.person(number * 3),
        unit_id=unit,
        owner_id=ground.person(unit),
        offered_at=answered - timedelta(days=number % 60),
        initiative_id=initiative if state is Answered.ACCEPTED else None,
    )
    rows.add("promotion_learning", promotion_id=number, learning_id=learning)
    if state is not Answered.OFFERED:
        rows.add(
            "promotion_answer",
            id=rows.number("promotion_answer"),
            promotion_id=number,
            state=state,
            reason=words.sentence(),
            deferred_until="",
            by_id=ground.person(unit),
            at=answered,
        )


def add_challenge(rows: Rows, words: Words, ground: Ground, experiment: int) -> None:
    """Let operations ask something; every other one was taken up."""
    number = rows.number("challenge")
    taken = number % 2 == 0
    tension = words.paragraph()
    rows.show(tension)
    rows.add(
        "challenge",
        id=number,
        state=ChallengeState.TAKEN_UP if taken else ChallengeState.OPEN,
        title=words.sentence(),
        tension=tension,
        metric="",
        unit_of_measure="",
        unit_id=ground.unit(number),
        raised_by_id=ground.person(number),
        raised_at=ground.now - timedelta(days=number % 60),
        experiment_id=experiment if taken else None,
        taken_up_by_id=ground.person(number + 1) if taken else None,
        taken_up_at=ground.now if taken else None,
    )


def add_barrier(rows: Rows, words: Words, ground: Ground, experiment: int) -> None:
    """Let a team put something to leadership; every other one of the first has an owner, later ones made way."""
    number = rows.number("barrier")
    taken, removed = number % 2 == 0 or number > WAITING, number > WAITING
    ended = ground.now - timedelta(days=number % 700)
    obstacle = words.paragraph()
    rows.show(obstacle)
    rows.add(
        "barrier",
        id=number,
        state=BarrierState.REMOVED if removed else BarrierState.TAKEN if taken else BarrierState.OPEN,
        title=words.sentence(),
        obstacle=obstacle,
        experiment_id=experiment,
        raised_by_id=ground.person(number),
        raised_at=ended - timedelta(days=number % 60),
        owner_id=ground.person(number + 1) if taken else None,
        due_on=ended.date() + timedelta(days=number % 20) if taken else None,
        named_by_id=ground.person(number + 2) if taken else None,
        named_at=ended if taken else None,
        outcome=words.sentence() if removed else "",
        ended_by_id=ground.person(number + 1) if removed else None,
        ended_at=ended if removed else None,
    )
