"""The order of a meeting and what the room looks at: arranged beforehand, followed while it goes on."""

from __future__ import annotations

from collections.abc import Sequence

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portfolio.audit.overtaken import refuse_overtaken, version_of
from portfolio.foundation.acting import acting
from portfolio.foundation.authority import asks, authorize
from portfolio.foundation.errors import Missing, RuleBroken
from portfolio.foundation.languages import gettext as _
from portfolio.organisation.house_rules import house_rules
from portfolio.people.accounts import somebody
from portfolio.reviews import policy, programme_queries, queries
from portfolio.reviews.half_hour_views import bp
from portfolio.reviews.outcome import Part
from portfolio.reviews.programme import Place, ReviewPlace, ReviewTopic, ReviewTurn, arranged, planned
from portfolio.reviews.programme_form import ArrangeForm, ThingsForm, TopicForm
from portfolio.reviews.review import CLOSED, Review, ReviewState
from portfolio.reviews.room import is_told_of, items_of, room_of
from portfolio.reviews.said import Section
from portfolio.reviews.standing import standing
from portfolio.reviews.thing import ReviewThing
from portfolio.reviews.views import at, seen

ARRANGED = ("review.arranged", "review.part_arranged", "review.opened")  # What an agenda as it was shown ends with.

__all__ = ["bp"]  # The room has one; its pages lie in several files.


@bp.get("/reviews/<ref>/agenda")
@asks(policy.may_run)
def edit_agenda(ref: str) -> ResponseReturnValue:
    """The parts in their order, with their minutes."""
    review = seen(ref)
    form = ArrangeForm(formdata=None)
    form.show(programme_queries.places_of(review))
    return _agenda_page(ref, form, TopicForm(formdata=None))


@bp.post("/reviews/<ref>/agenda")
@asks(policy.may_run)
def arrange_agenda(ref: str) -> ResponseReturnValue:
    """Put the parts in another order, give them other minutes, leave some out."""
    form = ArrangeForm()
    form.hold(lambda: _agenda_page(ref, form, TopicForm(formdata=None)))
    with acting() as act:
        review = queries.review_for_change(ref)
        act.authorize(policy.may_run, review)
        refuse_overtaken(form.read.data, review, *ARRANGED)
        places = form.places(programme_queries.places_of(review))
        ReviewPlace.arrange(review, places, by=act.person)
        if form.is_moving:
            return act.done(url_for("reviews.edit_agenda", ref=ref, moved=form.move.data))
        return act.done(at(ref), *_arranged_so(review, places))


@bp.post("/reviews/<ref>/topics")
@asks(policy.may_run)
def create_topic(ref: str) -> ResponseReturnValue:
    """Put something on the agenda that the portfolio does not bring by itself."""
    form = TopicForm()
    form.hold(lambda: _agenda_page(ref, _standing(ref), form))
    with acting() as act:
        review = queries.review_for_change(ref)
        act.authorize(policy.may_run, review)
        topic = ReviewTopic.add(review, form.topic.data, by=act.person, at=act.at)
        return act.done(url_for("reviews.edit_agenda", ref=ref), _("On the agenda: %(what)s", what=topic.title))


@bp.post("/reviews/<ref>/topics/<int:number>/removal")
@asks(policy.may_run)
def remove_topic(ref: str, number: int) -> ResponseReturnValue:
    """Take something off the agenda that was added by hand."""
    with acting() as act:
        review = queries.review_for_change(ref)
        act.authorize(policy.may_run, review)
        topic = programme_queries.topic_for_change(review, number)
        topic.take_off(review, by=act.person)
        return act.done(at(ref), _("Off the agenda: %(what)s", what=topic.title))


@bp.get("/reviews/<ref>/agenda/<part>")
@asks(policy.may_run)
def edit_part(ref: str, part: str) -> ResponseReturnValue:
    """The things of a part in their order."""
    review = seen(ref)
    form = ThingsForm(formdata=None)
    form.show(_section(ref, part))
    return _part_page(review, part, form)


@bp.post("/reviews/<ref>/agenda/<part>")
@asks(policy.may_run)
def arrange_part(ref: str, part: str) -> ResponseReturnValue:
    """Put the things of a part in another order, leave some for another time."""
    form = ThingsForm()
    form.hold(lambda: _part_page(seen(ref), part, form))
    section = _section(ref, part)
    with acting() as act:
        review = queries.review_for_change(ref)
        act.authorize(policy.may_run, review)
        refuse_overtaken(form.read.data, review, *ARRANGED)
        ReviewThing.arrange(review, section, form.arranged(section), by=act.person)
        if form.is_moving:
            return act.done(url_for("reviews.edit_part", ref=ref, part=part, moved=form.move.data))
        return act.done(url_for("reviews.edit_agenda", ref=ref), _("This part is arranged."))


@bp.post("/reviews/<ref>/turns")
@asks(policy.may_run)
def take_turn(ref: str) -> ResponseReturnValue:
    """Let the room look at another part, or at another thing in it."""
    section, thing = _section(ref, request.form.get("part", "")), request.form.get("thing", "")
    if thing and not is_told_of(standing(ref).agenda, section, thing):
        raise Missing
    with acting() as act:
        review = queries.review_for_change(ref)
        act.authorize(policy.may_run, review)
        ReviewTurn.take(review, section.part, thing, by=act.person, at=act.at)
        return act.done(at(ref))


@bp.get("/reviews/<ref>/news")
@asks(policy.may_read)
def show_news(ref: str) -> ResponseReturnValue:
    """A number that grows whenever the room should look again."""
    review = seen(ref)
    answer = jsonify(news=programme_queries.news_of(review), open=review.is_open)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/reviews/<ref>/wall")
@asks(policy.may_read)
def show_wall(ref: str) -> ResponseReturnValue:
    """What the room looks at, large, for a screen that everybody sees: only what everybody may read."""
    person, rules = somebody(), house_rules()
    state = queries.state_of(ref)
    if state is ReviewState.CLOSED:
        return redirect(at(ref))  # What hangs on the wall goes over into the record.
    if state is not ReviewState.OPEN:
        seen(ref).refuse_unless_open()
    now = standing(ref).read_by(person)
    review = now.agenda.now.review
    authorize(policy.may_read, person, review)
    return render_template(
        "reviews/wall.html",
        review=review,
        room=room_of(now, person),
        noted=[entry for entry in now.noted if not entry.readers],
        news=now.news,
        rich=now.rich,
        today=rules.today,
    )


# Inside -------------------------------------------------------------------------------------------------------------


def _agenda_page(ref: str, form: ArrangeForm, topic: TopicForm) -> str:
    review, person = seen(ref), somebody()
    authorize(policy.may_run, person, review)
    if review.is_closed:
        raise RuleBroken(CLOSED)
    form.shows(version_of(review, *ARRANGED))
    now = standing(ref)
    items, _dropped = items_of(now.agenda, now.places, review.minutes)
    sections = {section.part: section for section in now.agenda.sections}
    return render_template(
        "reviews/agenda.html",
        review=review,
        form=form,
        topic=topic,
        minutes={item.part: item.minutes for item in items},
        sections=sections,
        added=sections[Part.OWN].lines,
        planned=sum(item.minutes for item in items),
    )


def _arranged_so(review: Review, places: Sequence[Place]) -> tuple[str, str]:
    """What is said of an agenda that was arranged, and how: whether it fits the meeting."""
    held, _dropped = arranged(standing(review.ref).agenda.sections, places)
    takes, has = sum(planned(held, places, review.minutes, begun=review.is_open).values()), review.minutes
    if takes > has:
        return _("The agenda is arranged, and takes %(takes)s minutes of %(has)s.", takes=takes, has=has), "watch"
    return _("The agenda is arranged."), "good"


def _standing(ref: str) -> ArrangeForm:
    form = ArrangeForm(formdata=None)
    form.show(programme_queries.places_of(seen(ref)))
    return form


def _part_page(review: Review, part: str, form: ThingsForm) -> str:
    authorize(policy.may_run, somebody(), review)
    if review.is_closed:
        raise RuleBroken(CLOSED)
    form.shows(version_of(review, *ARRANGED))
    section = _section(review.ref, part)
    return render_template(
        "reviews/part.html", review=review, section=section, form=form, lines={line.ref: line for line in section.lines}
    )


def _section(ref: str, part: str) -> Section:
    """A part of the agenda as it stands.

    Raises:
        Missing: there is no such part.
    """
    found = next((section for section in standing(ref).agenda.sections if section.part.value == part), None)
    if found is None:
        raise Missing
    return found
