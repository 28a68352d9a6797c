"""What requests about reviews say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow.fields import List, Nested
from marshmallow.validate import Length

from portfolio.foundation.api.command import named
from portfolio.foundation.api.fields import Body, Day, Flag, Line, Moment, OneOf, Prose, Whole
from portfolio.foundation.errors import RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.organisation.api.fields import QuarterField
from portfolio.organisation.house_rules import HouseRules
from portfolio.organisation.quarter import Quarter
from portfolio.people import queries as people
from portfolio.people.person import Person
from portfolio.reviews import queries
from portfolio.reviews.outcome import Part
from portfolio.reviews.review import LONGEST, SHORTEST, Plan, Review

HOST = {"description": "A person's id; you, if left out."}
MOST_PARTICIPANTS = 1000
MOST_THINGS = 500  # That one part of an agenda is arranged of.
USUAL = "Ids of people, beside whoever facilitates; leaders, operations owners and leads of what runs, if left out."


class NewReviewBody(Body):
    """When a review is held, and what it looks back on."""

    quarter = QuarterField(required=True)
    scheduled_for = Moment(required=True)
    minutes = Whole(SHORTEST, LONGEST, load_default=90)
    facilitator = Line(40, load_default=None, allow_none=True, metadata=HOST)
    participants = List(Line(40), validate=Length(max=MOST_PARTICIPANTS), metadata={"description": USUAL})
    notes = Prose(load_default="")


class ReviewBody(Body):
    """What changes of the plan; what is left out stays."""

    quarter = QuarterField()
    scheduled_for = Moment()
    minutes = Whole(SHORTEST, LONGEST)
    facilitator = Line(40, filled=True)
    participants = List(Line(40), validate=Length(max=MOST_PARTICIPANTS))
    notes = Prose()


class AgreementBody(Body):
    """What somebody takes on."""

    what = Line(200, required=True)
    owner = Line(40, required=True, metadata={"description": "A person's id."})
    due_on = Day(required=True)


class ChoiceBody(Body):
    """What we will not do."""

    what = Line(200, required=True)
    reason = Prose(required=True)


class ReviewOutcomeBody(Body):
    """What came of a part of the agenda: one or more of these. Decisions are made by their own commands."""

    note = Prose(filled=True)
    action = Nested(AgreementBody)
    choice = Nested(ChoiceBody)


class PlaceBody(Body):
    """Where a part of the agenda comes: after those before it."""

    part = OneOf(Part, required=True)
    minutes = Whole(1, LONGEST, load_default=None, allow_none=True, metadata={"description": "Its share, if left out."})
    left_out = Flag(load_default=False)


class AgendaBody(Body):
    """All parts of the agenda, in their order."""

    parts = List(Nested(PlaceBody), required=True, validate=Length(max=len(Part)))


class ThingBody(Body):
    """Where one thing of a part comes: after those before it."""

    thing = Line(20, required=True, metadata={"examples": ["X-014"]})
    left_out = Flag(load_default=False, metadata={"description": "It waits for another time."})


class PartBody(Body):
    """The things of a part, in their order; those that are not named come after them."""

    things = List(Nested(ThingBody), required=True, validate=Length(max=MOST_THINGS))


class TopicBody(Body):
    """Something else for the agenda."""

    title = Line(200, required=True)


class TurnBody(Body):
    """What the room looks at."""

    part = OneOf(Part, required=True)
    thing = Line(20, load_default="", metadata={"description": "One thing in it.", "examples": ["X-014"]})


class KeepBody(Body):
    """An approved experiment that keeps its money until the next review, and why."""

    experiment = Line(20, required=True, metadata={"examples": ["X-014"]})
    reason = Prose(required=True)


class CorrectionBody(Body):
    """What has to be set right."""

    body = Prose(required=True)


def plan_of(said: dict[str, Any], review: Review | None, *, rules: HouseRules, by: Person) -> Plan:
    """The plan that a request makes, of what was planned before if there is anything.

    Raises:
        RuleBroken: a review does not look back so far, or ahead; or there is no such facilitator.
    """
    before = {name: getattr(review, name) for name in ("scheduled_for", "minutes", "notes")} if review else {}
    own = Quarter.named(review.quarter, rules.fiscal_year_month) if review else rules.quarter
    host = review.facilitator.handle if review else by.handle
    told = before | {name: said[name] for name in ("scheduled_for", "minutes", "notes") if name in said}
    return Plan(
        quarter=_reviewed(said.get("quarter", own), own, rules),
        facilitator=named("facilitator", people.person, said.get("facilitator") or host),
        participants=_taking_part(said, review),
        **told,
    )


def _taking_part(said: dict[str, Any], review: Review | None) -> Sequence[Person] | None:
    if "participants" in said:
        return named("participants", people.by_handles, said["participants"])
    return None if review else queries.usual_participants()


def _reviewed(quarter: Quarter, own: Quarter, rules: HouseRules) -> Quarter:
    if quarter not in (rules.quarter.previous, rules.quarter, rules.quarter.next, own):
        raise RuleBroken(_l("A review looks back on this quarter, the one before or the next."))
    return quarter
