"""The demonstration's meetings: a review that was closed, one that comes, and half hours between them."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import update

from portfolio.foundation.database import db
from portfolio.organisation.house_rules import house_rules
from portfolio.organisation.quarter import Quarter
from portfolio.overview.demonstration.stage import Stage, Story
from portfolio.reviews import queries
from portfolio.reviews.closing import close
from portfolio.reviews.half_hour_queries import half_hour_for_change
from portfolio.reviews.opening import open_review
from portfolio.reviews.outcome import Part
from portfolio.reviews.participant import ReviewParticipant
from portfolio.reviews.review import Plan, Review


def stories(stage: Stage) -> list[Story]:
    """Everything that is told here."""
    return [_closed_review(stage), _coming_review(stage), _half_hour(stage)]


def _closed_review(stage: Stage) -> Story:
    """The review of the quarter behind, held in its first days after."""
    held, looks_back_on = _held(stage)
    yield held - 21, 11
    _schedule(stage, "review", held - 21, looks_back_on, held)
    yield held, 13
    with stage.act("facilitator", held, 13) as act:
        review = queries.review_for_change(stage.refs["review"])
        open_review(review, rules=act.rules, by=act.person, at=act.at)
    yield held, 14
    with stage.act("facilitator", held, 14) as act:
        review = queries.review_for_change(stage.refs["review"])
        review.note(
            Part.DECIDED,
            "The table at 15:00 goes to every region. Everybody who was in the room asked when **theirs** is.",
            by=act.person,
            at=act.at,
        )
        review.agree(
            "Show Roeselare how the table works, with Noor.",
            act.somebody("operations"),
            act.rules.today + timedelta(days=21),
            rules=act.rules,
            by=act.person,
            at=act.at,
        )
    yield held, 15
    with stage.act("leader", held, 15) as act:
        queries.review_for_change(stage.refs["review"]).choose_not(
            "A second customer file at the counter",
            "The first one has to earn its place. We look again in half a year.",
            by=act.person,
            at=act.at,
        )
    yield held, 16
    with stage.act("facilitator", held, 16) as act:
        say: Any = current_app.jinja_env.globals["sentence"]
        review = queries.review_for_change(stage.refs["review"])
        close(review, rules=act.rules, say=say, by=act.person, at=act.at)
        ReviewParticipant.has_heard(review.id, at=act.at)  # Nobody is mailed the minutes of what was only told.


def _coming_review(stage: Stage) -> Story:
    """The review of the quarter after that, in its last days."""
    quarter = _held(stage)[1].next
    days = max(3, (quarter.last_day - timedelta(days=6) - stage.today).days)
    yield -8, 11
    _schedule(stage, "next-review", -8, quarter, days)


def _half_hour(stage: Stage) -> Story:
    """Two half hours: what was said in the one, what was agreed in the other."""
    yield -40, 9
    with stage.act("facilitator", -40, 9) as act:
        half_hour_for_change(act.rules.today, at=act.at).note(
            "Five experiments ask for the same two planners. **Nobody minds**; somebody should.",
            today=act.rules.today, by=act.person, at=act.at,
        )  # fmt: skip
    yield -9, 9
    with stage.act("facilitator", -9, 9) as act:
        half_hour = half_hour_for_change(act.rules.today, at=act.at)
        told: Any = {"by": act.person, "at": act.at}
        half_hour.note("Eva’s drafts cost more time than they save. She says so herself; we wait for her week.",
                       today=act.rules.today, **told)  # fmt: skip
        due = act.rules.today + timedelta(days=16)
        half_hour.agree("Ask the planners which two experiments they have time for.", act.somebody("operations"), due,
                        rules=act.rules, **told)  # fmt: skip


def _held(stage: Stage) -> tuple[int, Quarter]:
    """On which day the closed review was held, and the quarter it looked back on; yesterday at the latest."""
    current = house_rules().quarter_of(stage.today)
    held = min(-1, (current.first_day + timedelta(days=5) - stage.today).days)
    return held, house_rules().quarter_of(stage.today + timedelta(days=held)).previous


def _schedule(stage: Stage, name: str, day: int, quarter: Quarter, days: int) -> None:
    on = stage.today + timedelta(days=days)
    with stage.act("facilitator", day, 11) as act:
        plan = Plan(
            quarter=quarter,
            scheduled_for=datetime.combine(on, time(14), ZoneInfo(stage.zone)),
            minutes=90,
            facilitator=act.person,
            notes="Read what your experiments learned, and bring one number.",
            participants=queries.usual_participants(),
        )
        review = Review.schedule(plan, rules=act.rules, by=act.person)
        # Nobody is mailed for a demonstration; of what its people do there they hear, so also how this one ends.
        invited = update(ReviewParticipant).where(ReviewParticipant.review_id == review.id)
        db.session.execute(invited.values(invited_at=act.at))
        stage.remember(name, review)
