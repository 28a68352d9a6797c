"""The demonstration: one organisation in every state there is, told on any day of a quarter."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import func, select

from portfolio.bridge.barrier import Barrier, BarrierState
from portfolio.bridge.fate import Fate, fates_of
from portfolio.bridge.promotion import Promotion
from portfolio.foundation.database import db
from portfolio.hierarchy.effect import Effect
from portfolio.hierarchy.initiative import Initiative
from portfolio.hierarchy.queries import effects
from portfolio.network.decision import Decision, DecisionKind
from portfolio.network.experiment import Experiment
from portfolio.network.state import State
from portfolio.organisation.house_rules import house_rules
from portfolio.organisation.installation import Installation
from portfolio.overview.demonstration.telling import tell
from portfolio.people.person import Person
from portfolio.reviews import checks
from portfolio.reviews.participant import ReviewParticipant
from portfolio.reviews.review import Review, ReviewState
from tests.factories import at, reading

PEOPLE = ("volunteer", "leader", "leader2", "operations", "facilitator", "admin", "observer")


def test_it_tells_the_whole_job_even_on_the_first_day_of_a_quarter(app: Flask) -> None:
    with at("2026-10-01"):
        tell(lambda _words: None)
        with reading():
            today = house_rules().today
            by_state = _count(select(Experiment.state, func.count()).group_by(Experiment.state))
            assert set(by_state) == set(State) - {State.RECORD}, "experiments in every state"
            ended = [x for x in db.session.scalars(select(Experiment)) if x.has_ended(today)]
            assert len(ended) == 1, "one waits for its decision"
            kinds = _count(select(Decision.kind, func.count()).group_by(Decision.kind))
            assert {DecisionKind.SCALE, DecisionKind.PIVOT, DecisionKind.STOP} <= set(kinds)
            assert db.session.scalars(select(Experiment).where(Experiment.follows_id.is_not(None))).all()

            table = db.session.scalars(
                select(Initiative).where(Initiative.title.startswith("Planner and driver"))
            ).one()
            effect: Effect = effects([table])[table.id]
            assert (effect.from_to.replace("\N{NO-BREAK SPACE}", " "), effect.is_measured) == ("6 days to 1 day", True)
            assert table.phase_id is not None
            fates = set(fates_of(db.session.scalars(select(Promotion)).all()).values())
            assert {Fate.OFFERED, Fate.DECLINED, Fate.ACCEPTED, Fate.EFFECT_MEASURED} <= fates

            barriers = _count(select(Barrier.state, func.count()).group_by(Barrier.state))
            assert set(barriers) == {BarrierState.OPEN, BarrierState.TAKEN, BarrierState.REMOVED}

            told = {review.state: review.quarter for review in db.session.scalars(select(Review))}
            assert told == {ReviewState.CLOSED: "2026-Q2", ReviewState.SCHEDULED: "2026-Q3"}
            assert list(checks.records()) == []
            people = {person.email: person for person in db.session.scalars(select(Person))}
            assert {f"{name}@tandem.example" for name in PEOPLE} <= set(people)
            assert db.session.get_one(Installation, 1).is_demo


def test_nobody_is_mailed_for_what_is_told_but_all_are_for_how_the_coming_review_ends(app: Flask) -> None:
    with at("2026-10-01"):
        tell(lambda _words: None)
        with reading():
            heard = select(Review.state, ReviewParticipant.invited_at, ReviewParticipant.minutes_at)
            rows = db.session.execute(heard.join(Review, Review.id == ReviewParticipant.review_id)).all()

    assert {state for state, _invited, _minutes in rows} == {ReviewState.CLOSED, ReviewState.SCHEDULED}
    assert all(invited for _state, invited, _minutes in rows)
    assert all(bool(minutes) is (state is ReviewState.CLOSED) for state, _invited, minutes in rows)


def _count(statement: object) -> dict[object, int]:
    return dict(db.session.execute(statement).all())  # type: ignore[call-overload, no-any-return]
