"""How a meeting is run, through the API: the order of its parts, what is added to them, and what the room looks at."""

from __future__ import annotations

from typing import Any

from portfolio.foundation.api.command import commanding
from portfolio.foundation.authority import asks
from portfolio.foundation.errors import Missing, RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.organisation.house_rules import house_rules
from portfolio.reviews import policy, programme_queries
from portfolio.reviews.agenda import Agenda, agenda_of
from portfolio.reviews.api.bodies import AgendaBody, PartBody, TopicBody, TurnBody
from portfolio.reviews.api.reading import answered, api, changed
from portfolio.reviews.api.shapes import ReviewShown
from portfolio.reviews.programme import Place, ReviewPlace, ReviewTopic, ReviewTurn
from portfolio.reviews.review import Review
from portfolio.reviews.room import is_told_of
from portfolio.reviews.said import Section
from portfolio.reviews.thing import ReviewThing, Thing


@api.post("/<ref>/agenda")
@asks(policy.may_run)
@api.takes(AgendaBody)
@api.answers(ReviewShown)
def arrange_agenda(said: dict[str, Any], ref: str) -> Any:
    """Put all parts in this order, with the minutes some were given; what is left out is not gone through."""
    with commanding() as act:
        review = changed(ref, act, policy.may_run)
        places = [Place(part["part"], part["minutes"], part["left_out"]) for part in said["parts"]]
        ReviewPlace.arrange(review, places, by=act.person)
        return answered(act, review)


@api.post("/<ref>/agenda/<part>")
@asks(policy.may_run)
@api.takes(PartBody)
@api.answers(ReviewShown)
def arrange_part(said: dict[str, Any], ref: str, part: str) -> Any:
    """Put the things of a part in this order; what is left out waits for another time."""
    with commanding() as act:
        review = changed(ref, act, policy.may_run)
        things = [Thing(each["thing"], each["left_out"]) for each in said["things"]]
        ReviewThing.arrange(review, _section(review, part), things, by=act.person)
        return answered(act, review)


@api.post("/<ref>/topics")
@asks(policy.may_run)
@api.takes(TopicBody)
@api.answers(ReviewShown, 201)
def create_topic(said: dict[str, Any], ref: str) -> Any:
    """Put something on the agenda that the portfolio does not bring by itself."""
    with commanding() as act:
        review = changed(ref, act, policy.may_run)
        ReviewTopic.add(review, said["title"], by=act.person, at=act.at)
        return answered(act, review, 201)


@api.post("/<ref>/topics/<int:number>/removal")
@asks(policy.may_run)
@api.answers(ReviewShown)
def remove_topic(ref: str, number: int) -> Any:
    """Take something off the agenda that was added by hand."""
    with commanding() as act:
        review = changed(ref, act, policy.may_run)
        programme_queries.topic_for_change(review, number).take_off(review, by=act.person)
        return answered(act, review)


@api.post("/<ref>/turns")
@asks(policy.may_run)
@api.takes(TurnBody)
@api.answers(ReviewShown)
def take_turn(said: dict[str, Any], ref: str) -> Any:
    """Let the room look at a part, or at one thing in it."""
    with commanding() as act:
        review, part, thing = changed(ref, act, policy.may_run), said["part"], said["thing"]
        review.refuse_unless_open()
        agenda = agenda_of(review, rules=house_rules())
        if thing and not is_told_of(agenda, _section_in(agenda, part.value), thing):
            raise RuleBroken(_l("%(thing)s is not in that part of the agenda.", thing=thing))
        ReviewTurn.take(review, part, thing, by=act.person, at=act.at)
        return answered(act, review)


def _section(review: Review, part: str) -> Section:
    return _section_in(agenda_of(review, rules=house_rules()), part)


def _section_in(agenda: Agenda, part: str) -> Section:
    """A part of the agenda as it stands.

    Raises:
        Missing: there is no such part.
    """
    section = next((one for one in agenda.sections if one.part.value == part), None)
    if section is None:
        raise Missing
    return section
