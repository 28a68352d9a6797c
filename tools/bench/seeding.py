"""Fills an empty database with a portfolio of a given size, written in bulk in the shape that the app gives it."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import timedelta

from portfolio.foundation.database import db, write_tx
from portfolio.network.state import State
from portfolio.organisation.house_rules import house_rules
from portfolio.people.person import Person
from portfolio.people.token import Scope, Token
from portfolio.reviews.review import Plan, Review
from tools.bench import ground as grounds
from tools.bench import trail
from tools.bench.experiments import Experiments, Wanted
from tools.bench.ground import LEADER, VOLUNTEER, Ground
from tools.bench.operations import add_barrier, add_challenge, add_initiative, add_promotion
from tools.bench.rows import Rows, progress, settle
from tools.bench.words import Words

FOLLOWING = 12  # People in the room.
PROPOSALS = 200  # The queue shows 50; the others are approved while that is measured.
ENTRIES = 50  # Of the trail, for each experiment.
AT_ONCE = 500
DEEP = 300 * 50  # Rows before the deep page of the list, where there are so many.


@dataclass(frozen=True)
class Seeded:
    """What pages are asked for."""

    experiment: str
    deep: str
    quarter: str
    token: str
    review: str
    proposals: list[tuple[str, str]] = field(default_factory=list)


def seed(experiments: int) -> Seeded:
    """Write it; takes a minute for 20,000 experiments with 200,000 learnings and a million entries of the trail."""
    rows, words = Rows(), Words()
    ground = grounds.lay(rows, words, experiments)
    maker = Experiments(rows, words, ground)
    for position in range(PROPOSALS):
        maker.proposal(position)
    rows.write()
    _add_experiments(rows, maker, experiments)
    one = maker.detailed(VOLUNTEER)
    for state in (State.RUNNING, State.APPROVED, State.DRAFT):
        maker.make(Wanted(state, VOLUNTEER, [], starts_on=ground.today if state is State.RUNNING else None))
    rows.write()
    _add_operations(rows, words, ground, maker)
    ground.settle()
    trail.lay(rows, words, ground, maker.titles, ENTRIES)
    settle()
    token, review = _token(), _open_review(ground)
    db.session.remove()
    last = max(PROPOSALS + 65, len(maker.titles) - DEEP)
    return Seeded(one, _cursor(last), ground.purses[0].name, token, review, maker.proposals)


def _token() -> str:
    with write_tx() as at:
        volunteer = db.session.get_one(Person, VOLUNTEER)
        _, text = Token.make(volunteer, "measuring", [Scope.READ], lives=timedelta(days=1), by=None, at=at)
    return text


def _open_review(ground: Ground) -> str:
    """Let a review go on, with twelve who follow it; gives its name."""
    with write_tx() as at:
        rules, leader = house_rules(), db.session.get_one(Person, LEADER)
        following = [db.session.get_one(Person, ground.person(number)) for number in range(FOLLOWING)]
        plan = Plan(rules.quarter, at + timedelta(hours=1), 90, leader, participants=following)
        review = Review.schedule(plan, rules=rules, by=leader)
        db.session.flush()
        review.open(by=leader, at=at)
        return review.ref


def _add_experiments(rows: Rows, maker: Experiments, many: int) -> None:
    for position in range(many):
        maker.mixed(position)
        if position % AT_ONCE == AT_ONCE - 1 or position == many - 1:
            rows.write()
            progress("experiments", position + 1, many)


def _add_operations(rows: Rows, words: Words, ground: Ground, maker: Experiments) -> None:
    many = max(60, len(maker.titles) // 10)
    promoted = maker.learnings[: many // 2]
    initiatives = [add_initiative(rows, words, ground, position) for position in range(many)]
    for (learning, experiment), initiative in zip(promoted, initiatives, strict=False):
        add_promotion(rows, words, ground, learning, initiative)
        add_challenge(rows, words, ground, experiment)
        add_barrier(rows, words, ground, experiment)
    rows.write()
    progress("initiatives", many, many)


def _cursor(number: int) -> str:
    """Where a page of the list begins: after this number."""
    return base64.urlsafe_b64encode(json.dumps([number]).encode()).decode().rstrip("=")
