"""Pages of barriers: what stands in the way of experiments, who removes it, and what came of it."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portfolio.audit.overtaken import refuse_overtaken, version_of
from portfolio.audit.queries import history
from portfolio.bridge import barrier_queries as barriers
from portfolio.bridge import challenge_queries, policy, queries
from portfolio.bridge.barrier import Barrier, BarrierState
from portfolio.bridge.challenge_views import bp
from portfolio.bridge.fate import Fate
from portfolio.bridge.forms import BarrierForm, CommentForm, OwnerForm, RemovalForm, StaysForm
from portfolio.bridge.wait import Wait
from portfolio.foundation import rich_text
from portfolio.foundation.acting import Act, acting
from portfolio.foundation.authority import Permission, asks, authorize
from portfolio.foundation.database import db
from portfolio.foundation.errors import Missing
from portfolio.foundation.forms import show_version
from portfolio.foundation.languages import gettext as _
from portfolio.network import queries as network
from portfolio.organisation.house_rules import house_rules
from portfolio.people import queries as people
from portfolio.people.accounts import somebody
from portfolio.people.comment import Comment, comments_on

__all__ = ["bp"]

ALL = "all"
MOVED = ("barrier.taken", "barrier.removed", "barrier.closed")  # What changes where it stands.


# Reading ------------------------------------------------------------------------------------------------------------


@bp.get("/barriers")
@asks(policy.may_read)
def list_barriers() -> ResponseReturnValue:
    """What stands in the way, the longest first."""
    person, rules, said = somebody(), house_rules(), request.args
    asked = said.get("state", "")
    state = next((state for state in BarrierState if state.value == asked), None)
    page = barriers.BarrierSearch(state, everything=asked == ALL).page(person, said.get("after"))
    return render_template(
        "bridge/barriers.html",
        asked=state.value if state else ALL if asked == ALL else "",
        states=list(BarrierState),
        page_of=page,
        seen=barriers.experiments_seen(page.rows, viewer=person),
        ages={barrier.id: Wait.since(barrier.raised_at, rules) for barrier in page.rows},
        counts=barriers.counts(person),
        mine=barriers.teams_of(person),
        waiting=queries.counts(person).get(Fate.OFFERED, 0),
        open_challenges=challenge_queries.count_open(),
        today=rules.today,
    )


@bp.get("/barriers/<ref>")
@asks(policy.may_read)
def show_barrier(ref: str) -> ResponseReturnValue:
    """One barrier, whole."""
    return barrier_page(ref)


def barrier_page(
    ref: str,
    *,
    owner: OwnerForm | None = None,
    removal: RemovalForm | None = None,
    stays: StaysForm | None = None,
    comment: CommentForm | None = None,
) -> str:
    """The page of one barrier, with a form as it was sent."""
    person, rules = somebody(), house_rules()
    barrier = barriers.barrier(ref, viewer=person)
    comments = comments_on(barrier)
    gives = barrier.stands and policy.may_give(person, barrier)
    ends = barrier.state is BarrierState.TAKEN and policy.may_end_barrier(person, barrier)
    if gives and owner is None:
        owner = _with_people(OwnerForm(formdata=None), barrier)
    removal, stays = removal or RemovalForm(formdata=None), stays or StaysForm(formdata=None)
    version = version_of(barrier, *MOVED) if gives or ends else ""
    show_version(version, owner, removal, stays)
    return render_template(
        "bridge/barrier.html",
        barrier=barrier,
        seen=barriers.experiments_seen([barrier], viewer=person),
        age=Wait.since(barrier.raised_at, rules),
        owner_form=owner if gives else None,
        removal=removal,
        stays=stays,
        comment_form=comment or CommentForm(formdata=None),
        comments=comments,
        rich=rich_text.shown([barrier.obstacle, barrier.outcome, *(said.body for said in comments)]),
        history=history(barrier),
        ends=ends,
        may_comment=policy.may_comment(person, barrier),
        today=rules.today,
    )


# Raising ------------------------------------------------------------------------------------------------------------


@bp.get("/experiments/<ref>/barriers/new")
@asks(policy.may_put)
def new_barrier(ref: str) -> ResponseReturnValue:
    """The form, for one experiment."""
    return _barrier_form_page(ref, BarrierForm(formdata=None))


@bp.post("/experiments/<ref>/barriers")
@asks(policy.may_put)
def create_barrier(ref: str) -> ResponseReturnValue:
    """Put it to leadership."""
    form = BarrierForm()
    form.hold(lambda: _barrier_form_page(ref, form))
    with acting() as act:
        experiment = network.experiment_for_change(ref, viewer=act.person)
        act.authorize(policy.may_put, experiment)
        barrier = Barrier.raise_(form.text(), experiment=experiment, by=act.person, at=act.at)
        db.session.flush()
        return act.done(
            _at(barrier.ref), _("Leadership has it. It comes up in every review until it is out of the way.")
        )


# What comes of it ---------------------------------------------------------------------------------------------------


@bp.post("/barriers/<ref>/owner")
@asks(policy.may_give)
def create_barrier_owner(ref: str) -> ResponseReturnValue:
    """Take it, or name who removes it; and by when."""
    form = OwnerForm()
    form.offer(people.active_volunteers())
    form.hold(lambda: barrier_page(ref, owner=form))
    with acting() as act:
        barrier = _changed(ref, act, policy.may_give)
        refuse_overtaken(form.read.data, barrier, *MOVED)
        owner = people.by_ids([form.owner.data]).get(form.owner.data)
        if owner is None:
            raise Missing
        today = house_rules().today
        barrier.give_to(owner, form.due_on.data, today=today, by=act.person, at=act.at)
        if owner.id == act.person.id:
            return act.done(_at(ref), _("It is yours now. The team sees by when."))
        return act.done(_at(ref), _("%(name)s has it now. The team sees by when.", name=owner.name))


@bp.post("/barriers/<ref>/removal")
@asks(policy.may_end_barrier)
def create_removal(ref: str) -> ResponseReturnValue:
    """Say that it is out of the way."""
    form = RemovalForm()
    form.hold(lambda: barrier_page(ref, removal=form))
    with acting() as act:
        barrier = _changed(ref, act, policy.may_end_barrier)
        refuse_overtaken(form.read.data, barrier, *MOVED)
        barrier.remove(form.outcome.data or "", by=act.person, at=act.at)
        return act.done(_at(ref), _("Out of the way. Thank you."))


@bp.post("/barriers/<ref>/closing")
@asks(policy.may_end_barrier)
def create_barrier_closing(ref: str) -> ResponseReturnValue:
    """Say why it cannot be removed."""
    form = StaysForm()
    form.hold(lambda: barrier_page(ref, stays=form))
    with acting() as act:
        barrier = _changed(ref, act, policy.may_end_barrier)
        refuse_overtaken(form.read.data, barrier, *MOVED)
        barrier.close(form.reason.data, by=act.person, at=act.at)
        return act.done(_at(ref), _("Said, with your reason. The team knows where it stands."))


@bp.post("/barriers/<ref>/comments")
@asks(policy.may_comment)
def create_barrier_comment(ref: str) -> ResponseReturnValue:
    """Say or ask something."""
    form = CommentForm()
    form.hold(lambda: barrier_page(ref, comment=form))
    with acting() as act:
        barrier = _changed(ref, act, policy.may_comment)
        Comment.write(barrier, form.body.data, is_question=form.is_question.data, by=act.person, at=act.at)
        return act.done(_at(ref, "comments"), _("Said, for everyone who reads this barrier."))


# Inside -------------------------------------------------------------------------------------------------------------


def _changed(ref: str, act: Act, permission: Permission) -> Barrier:
    barrier = barriers.barrier_for_change(ref, viewer=act.person)
    act.authorize(permission, barrier)
    return barrier


def _with_people(form: OwnerForm, barrier: Barrier) -> OwnerForm:
    """Everybody who can remove it, and who was named before."""
    form.offer(people.active_volunteers())
    form.owner.data = barrier.owner_id if not barrier.needs_owner else None
    form.due_on.data = barrier.due_on
    return form


def _barrier_form_page(ref: str, form: BarrierForm) -> str:
    experiment = network.experiment(ref, viewer=somebody())
    authorize(policy.may_put, somebody(), experiment)
    return render_template("bridge/barrier_form.html", form=form, experiment=experiment)


def _at(ref: str, anchor: str | None = None) -> str:
    return url_for("bridge.show_barrier", ref=ref, _anchor=anchor)
