"""What requests about learnings, promotions, challenges and barriers say."""

from __future__ import annotations

from typing import Any

from marshmallow.fields import List, Nested
from marshmallow.validate import Length

from portfolio.bridge.barrier import BarrierState, BarrierText
from portfolio.bridge.challenge import ChallengeState, ChallengeText
from portfolio.bridge.fate import Fate
from portfolio.bridge.forms import HIERARCHY_FORMS
from portfolio.bridge.text import PromotionText
from portfolio.foundation.api.fields import Body, Day, Exact, Line, OneOf, Prose, ReasonBody
from portfolio.foundation.api.resource import ListQuery
from portfolio.network.learning import Evidence, Kind
from portfolio.organisation.change import FormOfChange

MOST_LEARNINGS = 50


class LearningQuery(ListQuery):
    """What the library may be asked; `q` finds words, their beginnings and other forms of them."""

    kind = OneOf(Kind, load_default=None)
    evidence = OneOf(Evidence, load_default=None)
    experiment = Line(20, load_default="", metadata={"examples": ["X-014"]})
    q = Line(120, load_default="")


class PromotionQuery(ListQuery):
    """What the list may be asked."""

    fate = OneOf(Fate, load_default=None)


class ChallengeQuery(ListQuery):
    """What the list may be asked; `open` is what nobody works on."""

    state = OneOf(ChallengeState, load_default=None)


class MovedBody(Body):
    """The measure it should move: what is counted, what it says today and what is expected."""

    metric = Line(120, required=True)
    unit = Line(30, load_default="")
    baseline = Exact(required=True)
    target = Exact(required=True)


class PromotionBody(Body):
    """Learnings, what they would change in daily work, and the operations owner it is put to."""

    learnings = List(Line(20), required=True, validate=Length(max=MOST_LEARNINGS), metadata={"examples": [["L-042"]]})
    title = Line(120, required=True)
    change = Prose(required=True)
    form = OneOf(FormOfChange, only=HIERARCHY_FORMS, load_default=FormOfChange.IMPROVE)
    unit = Line(40, required=True, metadata={"description": "A unit's id."})
    owner = Line(40, required=True, metadata={"description": "The id of an operations owner of that unit."})
    measure = Nested(MovedBody, required=True)

    @staticmethod
    def text(said: dict[str, Any]) -> PromotionText:
        """What the promotion says."""
        measure = said["measure"]
        return PromotionText(
            title=said["title"],
            change=said["change"],
            form=said["form"],
            metric=measure["metric"],
            unit_of_measure=measure["unit"],
            baseline=measure["baseline"],
            target=measure["target"],
        )


class AcceptanceBody(ReasonBody):
    """Yes: why, who is accountable and, when it is known already, from when to when."""

    accountable = Line(
        40, load_default=None, allow_none=True, metadata={"description": "A person's id; you, if left out."}
    )
    starts_on = Day(load_default=None, allow_none=True)
    due_on = Day(load_default=None, allow_none=True)


class DeferralBody(ReasonBody):
    """Not now: until which review, and why."""

    until = Line(80, required=True, metadata={"examples": ["2026-Q4"]})


class CountedBody(Body):
    """What is counted, and what it says today."""

    metric = Line(120, required=True)
    unit = Line(30, load_default="")
    value = Exact(load_default=None, allow_none=True)


class ChallengeBody(Body):
    """A tension from operations."""

    title = Line(120, required=True)
    tension = Prose(required=True)
    unit = Line(40, load_default=None, allow_none=True, metadata={"description": "A unit's id."})
    measure = Nested(CountedBody, load_default=None, allow_none=True)

    @staticmethod
    def text(said: dict[str, Any]) -> ChallengeText:
        """What the challenge says."""
        measure = said["measure"] or {"metric": "", "unit": "", "value": None}
        return ChallengeText(
            title=said["title"],
            tension=said["tension"],
            metric=measure["metric"],
            unit_of_measure=measure["unit"],
            value=measure["value"],
        )


class UptakeBody(Body):
    """What is to work on it."""

    taker = Line(20, required=True, metadata={"description": "An experiment you lead or an initiative you own."})


class OutcomeBody(Body):
    """What changed since it was taken up."""

    outcome = Prose(required=True)


class BarrierQuery(ListQuery):
    """What the list may be asked."""

    state = OneOf(BarrierState, load_default=None)
    experiment = Line(20, load_default="", metadata={"examples": ["X-014"]})


class BarrierBody(Body):
    """What stands in the way of an experiment, and what it would take."""

    experiment = Line(20, required=True, metadata={"description": "An experiment you are on the team of."})
    title = Line(120, required=True)
    obstacle = Prose(required=True)

    @staticmethod
    def text(said: dict[str, Any]) -> BarrierText:
        """What the barrier says."""
        return BarrierText(title=said["title"], obstacle=said["obstacle"])


class OwnerBody(Body):
    """Who removes it, and by when."""

    owner = Line(40, load_default=None, allow_none=True, metadata={"description": "A person's id; you, if left out."})
    due_on = Day(required=True)


class RemovalBody(Body):
    """That it is out of the way; what made way, if there is something to say."""

    outcome = Prose(load_default="")
