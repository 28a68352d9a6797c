"""Makers of reviews, and of what a review looks at, by the transitions that lead there."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from flask import current_app
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portfolio.foundation.database import db, write_tx
from portfolio.network.deciding import LearningCard
from portfolio.network.decision import DecisionKind
from portfolio.network.experiment import Experiment
from portfolio.network.findings import findings_of
from portfolio.network.learning import Evidence, Kind, Learning
from portfolio.organisation.house_rules import house_rules
from portfolio.organisation.measure import Measure
from portfolio.organisation.quarter import Quarter
from portfolio.people.person import Person
from portfolio.reviews import queries
from portfolio.reviews.action import ReviewAction
from portfolio.reviews.agenda import Agenda, agenda_of
from portfolio.reviews.closing import close
from portfolio.reviews.outcome import Part, ReviewChoice
from portfolio.reviews.record import ReviewRecord
from portfolio.reviews.review import Plan, Review
from portfolio.reviews.said import Section
from tests.browser import Browser
from tests.factories import ZONE, a_facilitator, a_leader, a_running_experiment, at, changing, here, reading, reloaded

SignedIn = Callable[[Person], Browser]
HELD = "2026-06-25T13:00"  # When the reviews of these tests are held.


def a_plan_form(host: Person, **answers: Any) -> dict[str, Any]:
    """A plan as its page sends it."""
    usual = {
        "quarter": "2026-Q2",
        "day": "2026-06-25",
        "time": "14:00",
        "minutes": "90",
        "facilitator": str(host.id),
        "notes": "Read the **charters** that ended.",
    }
    return {
        key: value if isinstance(value, list) else str(value)
        for key, value in (usual | answers).items()
        if value is not None
    }


def an_agenda_form(**answers: Any) -> dict[str, str]:
    """The usual order of the parts as its page sends it; answers such as ended_minutes=20, wins_dropped="y"."""
    usual = {f"{part.value}_place": number for number, part in enumerate(Part, start=1)}
    return {key: str(value) for key, value in (usual | answers).items()}


def a_scheduled_review(quarter: str = "2026-Q2", *, by: Person | None = None, **plan: Any) -> Review:
    """A review in the calendar, for later today."""
    by = by or a_facilitator()
    with write_tx():
        rules = house_rules()
        told = {"scheduled_for": datetime.combine(rules.today, time(14), ZONE), "minutes": 90} | plan
        named = Quarter.named(quarter, rules.fiscal_year_month)
        review = Review.schedule(Plan(quarter=named, facilitator=here(by), **told), rules=rules, by=here(by))
    return reloaded(review)


def an_open_review(quarter: str = "2026-Q2", *, by: Person | None = None) -> Review:
    """A review that goes on."""
    by = by or a_facilitator()
    review = a_scheduled_review(quarter, by=by)
    with changing(review, by=by) as (review, facilitator, moment):
        review.open(by=facilitator, at=moment)
    return reloaded(review)


def a_closed_review(quarter: str = "2026-Q2", *, by: Person | None = None) -> Review:
    """A review that is a record."""
    return closed(an_open_review(quarter, by=by))


def closed(review: Review, *, by: Person | None = None) -> Review:
    """The same review, closed."""
    by = by or a_facilitator()
    with write_tx() as moment:
        found = queries.review_for_change(review.ref)
        close(found, rules=house_rules(), say=_say(), by=here(by), at=moment)
    return reloaded(review)


def agreed(
    review: Review, what: str, *, owner: Person, due: str = "2026-07-13", by: Person | None = None
) -> ReviewAction:
    """Something that somebody took on in an open review."""
    by = by or a_facilitator()
    with changing(review, by=by) as (room, facilitator, moment):
        day = datetime.fromisoformat(due).date()
        action = room.agree(what, here(owner), day, rules=house_rules(), by=facilitator, at=moment)
    return reloaded(action)


def chosen_not(review: Review, what: str = "A second customer file", *, by: Person | None = None) -> ReviewChoice:
    """Something that the open review chose not to do."""
    by = by or a_leader()
    with changing(review, by=by) as (room, leader, moment):
        choice = room.choose_not(what, "The first has to earn its place.", by=leader, at=moment)
    return reloaded(choice)


def frozen(review: Review) -> ReviewRecord:
    """The record of a closed review, settled."""
    with reading():
        return queries.record_of(review)


def agenda(review: Review, *, viewer: Person) -> Agenda:
    """What a person sees on the agenda now."""
    with reading():
        reader = here_to_read(viewer)
        return agenda_of(queries.review(review.ref), rules=house_rules()).read_by(reader)


def part(review: Review, wanted: Part, *, viewer: Person) -> Section:
    """One part of the agenda."""
    return next(section for section in agenda(review, viewer=viewer).sections if section.part is wanted)


def refs(section: Section) -> list[str]:
    """The identifiers on a part of the agenda."""
    return [line.ref for line in section.lines]


def said_in(section: Section) -> str:
    """All that a part of the agenda says, in English."""
    return "\n".join(str(said.words) for line in section.lines for cell in line.cells for said in (*line.sub, *cell))


def here_to_read(person: Person) -> Person:
    """The same person with their roles, outside a write transaction."""
    asked = select(Person).where(Person.id == person.id).options(selectinload(Person.roles))
    return db.session.scalars(asked.execution_options(populate_existing=True)).one()


def an_ended_experiment(**details: Any) -> Experiment:
    """One whose eight weeks ended on 31 May 2026."""
    with at("2026-04-06"):
        return a_running_experiment(**details)


def read(experiment: Experiment, value: str, on: str) -> None:
    """Read its first criterion's measure."""
    with at(on), changing(experiment, by=experiment.lead) as (running, lead, moment):  # type: ignore[arg-type]
        measure = db.session.get_one(Measure, running.criteria[0].measure_id)
        running.read(measure, Decimal(value), house_rules().today, rules=house_rules(), by=lead, at=moment)


def learned(experiment: Experiment, title: str, *, kind: Kind = Kind.INSIGHT, evidence: Evidence = Evidence.ANECDOTE,
            body: str = "We saw it at the counter.") -> Learning:  # fmt: skip
    """A learning of its lead."""
    with changing(experiment, by=experiment.lead) as (running, lead, moment):  # type: ignore[arg-type]
        rules = house_rules()
        learning = running.learn(
            title, body, kind=kind, evidence=evidence, on=rules.today, rules=rules, by=lead, at=moment
        )
    return reloaded(learning)


def decide(experiment: Experiment, kind: DecisionKind = DecisionKind.STOP, *, by: Person | None = None,
           reason: str = "Nobody waited for it.") -> None:  # fmt: skip
    """Let a leader decide on it."""
    with changing(experiment, by=by or a_leader()) as (ended, leader, moment):
        findings = findings_of(ended)
        why_not = {found.criterion.id: "The readings were lost." for found in findings.criteria}
        card = LearningCard("We believed it.", "We observed it.", "We learned it.", "Therefore so.")
        ended.decide(kind, reason, card, findings, not_measured=why_not, rules=house_rules(), by=leader, at=moment)


def text_of(page: str) -> str:
    """The words of a frozen record on its page, without marks and blanks."""
    article = re.search(r"<article.*?</article>", page, re.DOTALL)
    assert article is not None, page
    return Markup(article[0]).striptags()


def _say() -> Any:
    return current_app.jinja_env.globals["sentence"]
