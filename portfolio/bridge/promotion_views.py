"""Pages of promotions: what crosses into operations, one of them whole, and the owner's answer."""

from __future__ import annotations

from collections.abc import Mapping

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from portfolio.audit.overtaken import refuse_overtaken, version_of
from portfolio.audit.queries import history
from portfolio.bridge import barrier_queries, challenge_queries, learning_queries, policy, queries
from portfolio.bridge.fate import Fate
from portfolio.bridge.forms import AcceptanceForm, CommentForm, DeclineForm, DeferralForm
from portfolio.bridge.promotion import Promotion
from portfolio.bridge.views import bp
from portfolio.bridge.wait import Wait
from portfolio.foundation import rich_text
from portfolio.foundation.acting import Act, acting
from portfolio.foundation.authority import asks
from portfolio.foundation.errors import Missing
from portfolio.foundation.forms import Reading, show_version
from portfolio.foundation.languages import gettext as _
from portfolio.network.experiment import Experiment
from portfolio.network.learning import strongest_first
from portfolio.network.picture_queries import pictures_of
from portfolio.network.picture_views import served
from portfolio.organisation.house_rules import house_rules
from portfolio.people import queries as people
from portfolio.people.accounts import somebody
from portfolio.people.comment import Comment, comments_on

ANSWERED = ("promotion.accepted", "promotion.deferred", "promotion.declined")
REVIEWS_AHEAD = 5  # That something can be put off to: this quarter's, and a year of them.

# Reading ------------------------------------------------------------------------------------------------------------


@bp.get("/promotions")
@asks(policy.may_read)
def list_promotions() -> ResponseReturnValue:
    """What crosses: what waits for an answer first, then what was answered."""
    person, rules, said = somebody(), house_rules(), request.args
    search = queries.PromotionSearch(next((fate for fate in Fate if fate.value == said.get("fate")), None))
    page = search.page(person, said.get("after"))
    first = search.fate is None and not said.get("after")
    waiting = queries.waiting(person) if first else []
    shown = [*waiting, *page.rows]
    return render_template(
        "bridge/promotions.html",
        search=search,
        fates=list(Fate),
        waiting=waiting,
        page_of=page,
        crossings=queries.crossings(shown, viewer=person),
        experiments=queries.experiments_of(shown, viewer=person),
        ages={promotion.id: Wait.since(promotion.offered_at, rules) for promotion in shown},
        counts=queries.counts(person),
        open_challenges=challenge_queries.count_open(),
        barriers=barrier_queries.count_standing(person),
        policy=policy,
    )


@bp.get("/promotions/<ref>")
@asks(policy.may_read)
def show_promotion(ref: str) -> ResponseReturnValue:
    """One promotion, whole."""
    return promotion_page(ref)


@bp.get("/promotions/<ref>/learnings/<learning>/pictures/<int:number>")
@asks(policy.may_read)
def show_promoted_picture(ref: str, learning: str, number: int) -> ResponseReturnValue:
    """A picture of a learning, for whoever reads it in this promotion; restricted ones are put to its owner."""
    person = somebody()
    promotion = queries.promotion(ref, viewer=person)
    experiments = queries.experiments_of([promotion], viewer=person)
    for one in promotion.learnings:
        if one.ref == learning and policy.reads_learning(person, promotion, one, experiments):
            return served(one, number)
    raise Missing


def promotion_page(
    ref: str,
    *,
    acceptance: AcceptanceForm | None = None,
    deferral: DeferralForm | None = None,
    decline: DeclineForm | None = None,
    comment: CommentForm | None = None,
) -> str:
    """The page of one promotion, with a form as it was sent."""
    person, rules = somebody(), house_rules()
    promotion = queries.promotion(ref, viewer=person)
    experiments = queries.experiments_of([promotion], viewer=person)
    learnings = [
        one
        for one in strongest_first(promotion.learnings)
        if policy.reads_learning(person, promotion, one, experiments)
    ]
    comments = comments_on(promotion)
    texts = [text for one in learnings for text in (one.believed, one.body, one.therefore)]
    if promotion.initiative is not None:
        texts.append(promotion.initiative.cancel_reason)
    answers = policy.may_answer(person, promotion) and promotion.is_open
    if acceptance is None and answers:
        acceptance = _with_people(AcceptanceForm(formdata=None))
    deferral = deferral or _with_reviews(DeferralForm(formdata=None))
    decline = decline or DeclineForm(formdata=None)
    version = version_of(promotion, *ANSWERED) if answers else ""
    show_version(version, acceptance, deferral, decline)
    return render_template(
        "bridge/promotion.html",
        promotion=promotion,
        crossing=queries.crossings([promotion], viewer=person)[promotion.id],
        experiments=experiments,
        is_restricted=_is_restricted(promotion, experiments),
        learnings=learnings,
        pictures=pictures_of(learnings),
        newer=learning_queries.newer_learnings(one.id for one in learnings),
        owners=[owner for unit, owner in queries.operations_owners() if unit.id == promotion.unit_id],
        age=Wait.since(promotion.offered_at, rules),
        answers=answers,
        acceptance=acceptance if answers else None,
        deferral=deferral,
        decline=decline,
        comment_form=comment or CommentForm(formdata=None),
        comments=comments,
        rich=rich_text.shown(
            [promotion.change, *texts, *(a.reason for a in promotion.answers), *(said.body for said in comments)]
        ),
        history=history(promotion),
        policy=policy,
        today=rules.today,
    )


# The owner's answer -------------------------------------------------------------------------------------------------


@bp.post("/promotions/<ref>/acceptance")
@asks(policy.may_answer)
def create_acceptance(ref: str) -> ResponseReturnValue:
    """Yes: it becomes an initiative."""
    form = _with_people(AcceptanceForm())
    form.hold(lambda: promotion_page(ref, acceptance=form))
    with acting() as act:
        promotion = _changed(ref, form, act)
        accountable = people.by_ids([form.accountable.data]).get(form.accountable.data)
        if accountable is None:
            raise Missing
        initiative = promotion.accept(
            accountable=accountable,
            starts_on=form.starts_on.data,
            due_on=form.due_on.data,
            reason=form.why.data,
            by=act.person,
            at=act.at,
        )
        url = url_for("hierarchy.show_initiative", ref=initiative.ref)
        if initiative.due_on is not None:
            return act.done(url, _("Accepted. It is planned, for everyone to read."))
        return act.done(url, _("Accepted. Give it a start and a due day, then plan it."))


@bp.post("/promotions/<ref>/deferral")
@asks(policy.may_answer)
def create_deferral(ref: str) -> ResponseReturnValue:
    """Not now."""
    form = _with_reviews(DeferralForm())
    form.hold(lambda: promotion_page(ref, deferral=form))
    with acting() as act:
        until, why, begun = form.deferred_until.data, form.why_later.data, queries.reviews_begun()
        _changed(ref, form, act).defer(until, why, begun=begun, by=act.person, at=act.at)
        return act.done(at(ref), _("Deferred, with your reason. You can answer it earlier."))


@bp.post("/promotions/<ref>/decline")
@asks(policy.may_answer)
def create_decline(ref: str) -> ResponseReturnValue:
    """No."""
    form = DeclineForm()
    form.hold(lambda: promotion_page(ref, decline=form))
    with acting() as act:
        _changed(ref, form, act).decline(form.why_not.data, by=act.person, at=act.at)
        return act.done(at(ref), _("Declined, with your reason. It stays readable."))


@bp.post("/promotions/<ref>/comments")
@asks(policy.may_comment)
def create_promotion_comment(ref: str) -> ResponseReturnValue:
    """Say or ask something."""
    form = CommentForm()
    form.hold(lambda: promotion_page(ref, comment=form))
    with acting() as act:
        promotion = queries.promotion_for_change(ref, viewer=act.person)
        act.authorize(policy.may_comment, promotion)
        Comment.write(promotion, form.body.data, is_question=form.is_question.data, by=act.person, at=act.at)
        return act.done(at(ref, "comments"), _("Said, for everyone who reads this promotion."))


# Inside -------------------------------------------------------------------------------------------------------------


def _is_restricted(promotion: Promotion, seen: Mapping[int, Experiment]) -> bool:
    """Whether it was learned where not everyone may read; what its reader does not see is restricted."""
    return any(number not in seen or seen[number].restricted for number in promotion.experiment_ids)


def _changed(ref: str, form: Reading, act: Act) -> Promotion:
    promotion = queries.promotion_for_change(ref, viewer=act.person)
    act.authorize(policy.may_answer, promotion)
    if promotion.is_open:  # Of what is answered for good the model says so.
        refuse_overtaken(form.read.data, promotion, *ANSWERED)
    return promotion


def _with_people(form: AcceptanceForm) -> AcceptanceForm:
    """Everybody who can be accountable; whoever answers is meant unless they name somebody else."""
    form.accountable.choices = [SelectChoice(person.id, person.name) for person in people.active_volunteers()]
    if form.accountable.data is None:
        form.accountable.data = somebody().id
    return form


def _with_reviews(form: DeferralForm) -> DeferralForm:
    """The reviews it can be put off to: one a quarter, named by it, as long as it has not begun."""
    quarters, begun = [house_rules().quarter], queries.reviews_begun()
    while len(quarters) < REVIEWS_AHEAD:
        quarters.append(quarters[-1].next)
    names = [quarter.name for quarter in quarters if quarter.name not in begun]
    form.deferred_until.choices = [SelectChoice(name, name) for name in names]
    return form


def at(ref: str, anchor: str | None = None) -> str:
    """The address of its page."""
    return url_for("bridge.show_promotion", ref=ref, _anchor=anchor)
