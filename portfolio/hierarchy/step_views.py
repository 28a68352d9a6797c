"""The steps of an initiative: plan, start, weekly status, milestones, readings, embedding, calling it off."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portfolio.foundation.acting import Act, acting
from portfolio.foundation.authority import Permission, asks
from portfolio.foundation.errors import Obstacle, Unprocessable
from portfolio.foundation.languages import gettext as _
from portfolio.foundation.languages import ngettext
from portfolio.hierarchy import policy, queries
from portfolio.hierarchy.forms import CancellationForm, CommentForm, EmbeddingForm, StatusForm
from portfolio.hierarchy.initiative import Initiative
from portfolio.hierarchy.views import at, bp, initiative_page, planned, seen
from portfolio.organisation import measure_queries
from portfolio.organisation.house_rules import house_rules
from portfolio.organisation.measure_forms import ReadingForm, number_in
from portfolio.people.comment import Comment

__all__ = ["bp"]  # The room has one; its pages lie in two files.

NUMBER = "<int(max=999999999999999):number>"


@bp.post("/initiatives/<ref>/planning")
@asks(policy.may_plan)
def create_planning(ref: str) -> ResponseReturnValue:
    """Make the draft a commitment of its unit."""
    with acting() as act:
        return planned(act, _changed(ref, act, policy.may_plan))


@bp.post("/initiatives/<ref>/start")
@asks(policy.may_deliver)
def create_start(ref: str) -> ResponseReturnValue:
    """Begin today."""
    with acting() as act:
        initiative = _changed(ref, act, policy.may_deliver)
        initiative.start(rules=house_rules(), by=act.person)
        return act.done(at(ref), _("It is active. Report its status every week."))


@bp.post(f"/initiatives/<ref>/milestones/{NUMBER}/reaching")
@asks(policy.may_deliver)
def reach_milestone(ref: str, number: int) -> ResponseReturnValue:
    """Put down that a milestone was reached today."""
    with acting() as act:
        initiative, rules = _changed(ref, act, policy.may_deliver), house_rules()
        milestone = initiative.milestone(number)
        initiative.reach_milestone(milestone, rules.today, rules=rules, by=act.person)
        return act.done(at(ref, "plan"), _("Reached: %(name)s.", name=milestone.name))


# How it goes --------------------------------------------------------------------------------------------------------


@bp.get("/initiatives/<ref>/status")
@asks(policy.may_deliver)
def new_status(ref: str) -> ResponseReturnValue:
    """The weekly status, beginning with what was done last time."""
    initiative, form = _open(ref, policy.may_deliver), StatusForm(formdata=None)
    latest = queries.latest_statuses([initiative]).get(initiative.id)
    form.percent.data = latest.percent if latest else 0
    return _step_page("status", initiative, form)


@bp.post("/initiatives/<ref>/statuses")
@asks(policy.may_deliver)
def create_status(ref: str) -> ResponseReturnValue:
    """Report it."""
    form = StatusForm()
    form.hold(lambda: _step_page("status", seen(ref, policy.may_deliver), form))
    colour = form.chosen()
    if colour is None:
        raise Unprocessable(_("Choose one of the three."), [Obstacle(_("Say how it goes."), "colour")])
    with acting() as act:
        initiative = _changed(ref, act, policy.may_deliver)
        initiative.report_status(
            colour, form.reason.data, form.percent.data, rules=house_rules(), by=act.person, at=act.at
        )
        return act.done(at(ref, "status"), _("Reported. Everyone who reads this initiative sees it."))


# Its effect ---------------------------------------------------------------------------------------------------------


@bp.get("/initiatives/<ref>/readings/new")
@asks(policy.may_deliver)
def new_reading(ref: str) -> ResponseReturnValue:
    """A reading of its measure, or the right one in place of a wrong one."""
    initiative, form = seen(ref, policy.may_deliver), ReadingForm(formdata=None)
    form.read_on.data = house_rules().today
    wrong = number_in(request.args.get("corrects"))
    if wrong and initiative.measure:
        reading = measure_queries.reading(wrong, initiative.measure)
        form.corrects.data = str(reading.id)
        form.value.data, form.read_on.data, form.note.data = reading.value, reading.read_on, reading.note
    return _step_page("reading", initiative, form)


@bp.post("/initiatives/<ref>/readings")
@asks(policy.may_deliver)
def create_reading(ref: str) -> ResponseReturnValue:
    """Keep it; what it corrects stays readable."""
    form = ReadingForm()
    form.hold(lambda: _step_page("reading", seen(ref, policy.may_deliver), form))
    with acting() as act:
        initiative, wrong = _changed(ref, act, policy.may_deliver), form.corrected_number
        measure = (
            measure_queries.measure_for_change(initiative.measure_id, viewer=act.person)
            if initiative.measure_id
            else None
        )
        initiative.read(
            form.value.data,
            form.read_on.data,
            note=form.note.data or "",
            corrects=measure_queries.reading(wrong, measure) if wrong and measure else None,
            rules=house_rules(),
            by=act.person,
            at=act.at,
        )
        words = _("Corrected. The earlier reading stays readable.") if wrong else _("The reading is added.")
        return act.done(at(ref, "effect"), words)


@bp.get("/initiatives/<ref>/embedding")
@asks(policy.may_deliver)
def new_embedding(ref: str) -> ResponseReturnValue:
    """The day it became daily work, and what its measure says."""
    form = EmbeddingForm(formdata=None)
    form.embedded_on.data = house_rules().today
    return _step_page("embedding", _open(ref, policy.may_deliver), form)


@bp.post("/initiatives/<ref>/embedding")
@asks(policy.may_deliver)
def create_embedding(ref: str) -> ResponseReturnValue:
    """Make it daily work."""
    form = EmbeddingForm()
    form.hold(lambda: _step_page("embedding", seen(ref, policy.may_deliver), form))
    with acting() as act:
        initiative, rules = _changed(ref, act, policy.may_deliver), house_rules()
        initiative.embed(
            form.value.data, form.embedded_on.data, form.note.data or "", rules=rules, by=act.person, at=act.at
        )
        words = ngettext(
            "It is daily work now. Its measure is read again after one week.",
            "It is daily work now. Its measure is read again after %(num)s weeks.",
            rules.effect_weeks,
        )
        return act.done(at(ref, "effect"), words)


# Ending and talking -------------------------------------------------------------------------------------------------


@bp.get("/initiatives/<ref>/cancellation")
@asks(policy.may_cancel)
def new_cancellation(ref: str) -> ResponseReturnValue:
    """Why it is called off."""
    return _step_page("cancellation", _open(ref, policy.may_cancel), CancellationForm(formdata=None))


@bp.post("/initiatives/<ref>/cancellation")
@asks(policy.may_cancel)
def create_cancellation(ref: str) -> ResponseReturnValue:
    """Call it off."""
    form = CancellationForm()
    form.hold(lambda: _step_page("cancellation", seen(ref, policy.may_cancel), form))
    with acting() as act:
        initiative = _changed(ref, act, policy.may_cancel)
        initiative.cancel(form.reason.data, by=act.person, at=act.at)
        return act.done(at(ref), _("It is called off, with your reason. It stays readable."))


@bp.post("/initiatives/<ref>/comments")
@asks(policy.may_comment)
def create_comment(ref: str) -> ResponseReturnValue:
    """Say or ask something."""
    form = CommentForm()
    form.hold(lambda: initiative_page(ref, form))
    with acting() as act:
        initiative = _changed(ref, act, policy.may_comment)
        Comment.write(initiative, form.body.data, is_question=form.is_question.data, by=act.person, at=act.at)
        return act.done(at(ref, "comments"), _("Said, for everyone who reads this initiative."))


def _open(ref: str, permission: Permission) -> Initiative:
    """One initiative that can still be changed, for whoever may.

    Raises:
        RuleBroken: it is embedded or cancelled.
    """
    initiative = seen(ref, permission)
    initiative.refuse_when_over()
    return initiative


def _changed(ref: str, act: Act, permission: Permission) -> Initiative:
    initiative = queries.initiative_for_change(ref, viewer=act.person)
    act.authorize(permission, initiative)
    return initiative


def _step_page(step: str, initiative: Initiative, form: Any) -> str:
    return render_template(f"hierarchy/{step}.html", initiative=initiative, form=form, today=house_rules().today)
