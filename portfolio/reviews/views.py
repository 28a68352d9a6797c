"""Pages of reviews: the list, the plan, one review as it stands, and its frozen record."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portfolio.audit.overtaken import refuse_overtaken, version_of
from portfolio.foundation import clock, rich_text
from portfolio.foundation.acting import acting
from portfolio.foundation.authority import asks, authorize
from portfolio.foundation.errors import RuleBroken
from portfolio.foundation.jobs import put
from portfolio.foundation.languages import gettext as _
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.foundation.languages import locale
from portfolio.organisation.house_rules import HouseRules, house_rules
from portfolio.organisation.quarter import Quarter
from portfolio.people import queries as people
from portfolio.people.accounts import somebody
from portfolio.people.person import Person, RoleName
from portfolio.reviews import policy, queries
from portfolio.reviews.forms import AddendumForm, NoteForm, PlanForm, ReopeningForm
from portfolio.reviews.outcome import Part
from portfolio.reviews.paper import PAPERS
from portfolio.reviews.paper.told import told
from portfolio.reviews.reader import Reader
from portfolio.reviews.review import CLOSED, Review, ReviewState
from portfolio.reviews.room import items_of, room_of
from portfolio.reviews.room_forms import RoomForms, Sent
from portfolio.reviews.standing import Standing, standing
from portfolio.reviews.telling import TELL
from portfolio.reviews.then import Then

bp = Blueprint("reviews", __name__)
QUARTERS_OFFERED = 4
PLANNED = ("review.rescheduled", "review.participants_changed")  # What changes a plan.


# The list and the plan ----------------------------------------------------------------------------------------------


@bp.get("/reviews")
@asks(policy.may_read)
def list_reviews() -> ResponseReturnValue:
    """Every review, what was agreed and is not done yet, and what we will not do this quarter."""
    return list_page(ReopeningForm(formdata=None))


def list_page(form: ReopeningForm, choice_id: int | None = None) -> str:
    """The list.

    Args:
        form: why a choice is reopened.
        choice_id: which, when it comes back.
    """
    coming, choices = queries.next_review(), queries.choices_standing(house_rules().quarter)
    reasons = [choice.reason for choice, _quarter, _reopening in choices]
    return render_template(
        "reviews/reviews.html",
        page_of=queries.reviews(request.args.get("after")),
        coming=coming,
        actions=queries.actions_open(),
        choices=choices,
        form=form,
        reopened=choice_id,
        policy=policy,
        today=house_rules().today,
        rich=rich_text.shown([coming.notes if coming else "", *reasons]),
    )


@bp.get("/reviews/new")
@asks(policy.may_schedule)
def new_review() -> ResponseReturnValue:
    """An empty plan, for the first quarter from now that has no review, and for whoever makes it."""
    form, free = PlanForm(formdata=None), _quarters(None, house_rules())
    form.quarter.data = next(quarter.name for quarter in free if quarter >= house_rules().quarter)
    form.facilitator.data = somebody().id
    form.participants.data = [person.id for person in queries.usual_participants()]
    return _plan_page(form, None)


@bp.post("/reviews")
@asks(policy.may_schedule)
def create_review() -> ResponseReturnValue:
    """Schedule a review."""
    form = _offered(PlanForm(), None)
    form.hold(lambda: _plan_page(form, None))
    with acting() as act:
        act.authorize(policy.may_schedule)
        rules = house_rules()
        plan = form.plan(_named_in(form), rules)
        review = Review.schedule(plan, rules=rules, by=act.person)
        told = _("The review is scheduled; whoever takes part gets a mail. Its agenda fills itself until then.")
        answer = act.done(at(review.ref), told)
    put(TELL)
    return answer


@bp.get("/reviews/<ref>/plan")
@asks(policy.may_schedule)
def edit_review(ref: str) -> ResponseReturnValue:
    """The plan of a review, to change."""
    form = PlanForm(formdata=None)
    review = seen(ref)
    form.show(review, house_rules())
    form.participants.data = [person.id for person in queries.participants_of(review)]
    return _plan_page(form, ref)


@bp.post("/reviews/<ref>/plan")
@asks(policy.may_schedule)
def reschedule_review(ref: str) -> ResponseReturnValue:
    """Change the plan of a review that has not been opened."""
    form = _offered(PlanForm(), seen(ref))
    form.hold(lambda: _plan_page(form, ref))
    with acting() as act:
        review, rules = queries.review_for_change(ref), house_rules()
        act.authorize(policy.may_schedule, review)
        refuse_overtaken(form.read.data, review, *PLANNED)
        plan = form.plan(_named_in(form), rules)
        review.reschedule(plan, rules=rules, by=act.person)
        answer = act.done(at(ref), _("The plan is changed; whoever takes part and has not heard of it gets a mail."))
    put(TELL)
    return answer


# One review ---------------------------------------------------------------------------------------------------------


@bp.get("/reviews/<ref>")
@asks(policy.may_read)
def show_review(ref: str) -> ResponseReturnValue:
    """What comes, what goes on, or what was frozen."""
    if queries.state_of(ref) is ReviewState.CLOSED:
        return record_page(seen(ref), AddendumForm(formdata=None))
    return room_page(ref)


@bp.get("/reviews/<ref>/record")
@asks(policy.may_read_record)
def download_record(ref: str) -> ResponseReturnValue:
    """The exact bytes that the fingerprint is of."""
    review = seen(ref)
    authorize(policy.may_read_record, somebody(), review)
    record = queries.record_of(review)
    answer = Response(record.bytes, mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{review.ref}.json"'
    return answer


@bp.get("/reviews/<ref>/minutes.<any(pdf, md, csv):kind>")
@asks(policy.may_read)
def download_minutes(ref: str, kind: str) -> ResponseReturnValue:
    """The record on paper, as this person may read it."""
    review = seen(ref)
    paper = PAPERS[kind]
    addenda, zone = queries.addenda_of(review), house_rules().time_zone
    said = told(queries.record_of(review), locale().language, somebody(), addenda=addenda, zone=zone)
    answer = Response(paper.make(said), content_type=paper.mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{review.ref}.{kind}"'
    return answer


def seen(ref: str) -> Review:
    """A review, for whoever may read it.

    Raises:
        Missing: there is none.
    """
    review = queries.review(ref)
    authorize(policy.may_read, somebody(), review)
    return review


def room_page(ref: str, sent: Sent | None = None) -> str:
    """A review that is not closed: its agenda and what was recorded so far.

    Args:
        sent: a form that comes back, from somebody who may not know that it was closed meanwhile.

    Raises:
        RuleBroken: it is closed by now, so nothing can be written on it.
    """
    person, rules = somebody(), house_rules()
    if sent is not None and queries.state_of(ref) is ReviewState.CLOSED:
        raise RuleBroken(CLOSED)
    now = standing(ref).read_by(person)
    review = now.agenda.now.review
    authorize(policy.may_read, person, review)
    if not review.is_open:
        return _coming_page(review, now)
    room = room_of(now, person, asked=_asked(sent))
    return render_template(
        "reviews/room.html",
        review=review,
        standing=now,
        room=room,
        forms_of=RoomForms(sent, room.here.item.part, now) if policy.may_run(person, review) else None,
        policy=policy,
        today=rules.today,
    )


def record_page(review: Review, form: AddendumForm) -> str:
    """A closed review: its record, read from the record alone, and the corrections below it.

    Raises:
        RuleBroken: it is not closed.
    """
    person = somebody()
    if not review.is_closed:
        raise RuleBroken(_l("A correction is added to a closed review. This one can still be written on."))
    record, addenda = queries.record_of(review), queries.addenda_of(review)
    minutes = record.minutes
    before = queries.review_before(review) if minutes["before"] else None
    today = house_rules().today
    own = [review] if clock.day_of(record.closed_at, house_rules().time_zone) < today else []
    thens = [Then.of(one, viewer=person) for one in (*own, *([before] if before else []))]
    return render_template(
        "reviews/record.html",
        thens=thens,
        rich_then=rich_text.shown(text for then in thens for text in then.texts),
        today=today,
        review=review,
        record=record,
        read=Reader(minutes, locale().language, person),
        minutes=minutes,
        rich=rich_text.shown(()),  # Made of the record's own text, whatever is kept of it elsewhere.
        addenda=addenda,
        rich_addenda=rich_text.shown(addendum.body for addendum in addenda),
        form=form,
        policy=policy,
    )


def at(ref: str, anchor: str | None = None) -> str:
    """The address of a review."""
    return url_for("reviews.show_review", ref=ref, _anchor=anchor)


# Inside -------------------------------------------------------------------------------------------------------------


def _coming_page(review: Review, now: Standing) -> str:
    """A review that has not been opened: the whole agenda as it stands today."""
    rules = house_rules()
    items, dropped = items_of(now.agenda, now.places, review.minutes)
    return render_template(
        "reviews/coming.html",
        review=review,
        agenda=now.agenda,
        items=items,
        dropped=dropped,
        participants=now.participants,
        news=now.news,
        rich=now.rich,
        policy=policy,
        today=rules.today,
        is_early=clock.day_of(review.scheduled_for, rules.time_zone) > rules.today,
    )


def _asked(sent: Sent | None) -> tuple[str, str] | None:
    """What somebody wants to look at by themselves; None to go along with the room."""
    if isinstance(sent, NoteForm):
        return str(sent.part.data), ""
    part = request.args.get("part", "")
    return (part, request.args.get("thing", "")) if part in {each.value for each in Part} else None


def _plan_page(form: PlanForm, ref: str | None) -> str:
    review = seen(ref) if ref else None
    if review is not None:
        review.refuse_unless_scheduled()
        form.shows(version_of(review, *PLANNED))
    usual = {person.id for person in queries.usual_participants()}
    return render_template("reviews/plan.html", form=_offered(form, review), review=review, usual=usual)


def _offered(form: PlanForm, review: Review | None) -> PlanForm:
    form.offer(_quarters(review, house_rules()), _hosts(review))
    form.offer_participants(people.active_volunteers())
    return form


def _named_in(form: PlanForm) -> dict[int, Person]:
    return people.by_ids({form.facilitator_id} | form.participant_ids)


def _quarters(review: Review | None, rules: HouseRules) -> Sequence[Quarter]:
    """The last quarter, this one and the coming ones, as far as they have no other review."""
    taken, coming = queries.reviewed_quarters(), rules.quarter.previous
    free = {Quarter.named(review.quarter, rules.fiscal_year_month)} if review else set()
    while len(free) < QUARTERS_OFFERED:
        free |= set() if coming.name in taken else {coming}
        coming = coming.next
    return sorted(free)


def _hosts(review: Review | None) -> Sequence[Person]:
    able = {person.id: person for role in (RoleName.FACILITATOR, RoleName.LEADER) for person in people.holders(role)}
    if review is not None:
        able[review.facilitator_id] = review.facilitator
    return sorted(able.values(), key=lambda person: (person.name, person.id))
