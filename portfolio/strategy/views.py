"""Pages for the direction: the road, the statements it leads to, and its phases."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from portfolio.audit.queries import history
from portfolio.foundation import rich_text
from portfolio.foundation.acting import acting
from portfolio.foundation.authority import asks
from portfolio.foundation.languages import gettext as _
from portfolio.organisation.house_rules import house_rules
from portfolio.people.accounts import somebody
from portfolio.strategy import policy, queries
from portfolio.strategy.big_opportunity import BigOpportunity
from portfolio.strategy.forms import ClosingForm, PhaseForm, StatementForm, VisionForm
from portfolio.strategy.phase import MOST_WEEKS, Phase
from portfolio.strategy.vision import MONTHS, Vision

bp = Blueprint("strategy", __name__)


# Reading ------------------------------------------------------------------------------------------------------------


@bp.get("/direction")
@asks(policy.may_read_direction)
def show_direction() -> ResponseReturnValue:
    """The big opportunity, the visions, and the road worked backwards from them."""
    phases = queries.road()
    return render_template(
        "strategy/direction.html",
        opportunity=queries.big_opportunity(),
        visions=queries.visions(),
        months=sorted(MONTHS, reverse=True),
        phases=phases,
        rich=rich_text.shown(text for phase in phases for text in (phase.brings, phase.closed_because)),
        today=house_rules().today,
        may_write=policy.may_write_direction(somebody()),
        most_weeks=MOST_WEEKS,
    )


@bp.get("/phases/<int:phase_id>")
@asks(policy.may_read_direction)
def show_phase(phase_id: int) -> ResponseReturnValue:
    """One phase, and what hangs on it."""
    return _phase_page(phase_id, ClosingForm(formdata=None))


# The statements -----------------------------------------------------------------------------------------------------


@bp.get("/direction/big-opportunity")
@asks(policy.may_write_direction)
def edit_big_opportunity() -> ResponseReturnValue:
    """The statement that holds, to write anew."""
    form, before = StatementForm(formdata=None), queries.big_opportunity()
    if before:
        form.statement.data, form.shown.data = before.statement, str(before.id)
    return _opportunity_page(form)


@bp.post("/direction/big-opportunity")
@asks(policy.may_write_direction)
def write_big_opportunity() -> ResponseReturnValue:
    """Write the big opportunity."""
    form = StatementForm()
    form.hold(lambda: _opportunity_page(form))
    with acting() as act:
        act.authorize(policy.may_write_direction)
        BigOpportunity.write(
            form.statement.data,
            before=queries.big_opportunity_for_change(),
            shown=form.shown_id,
            by=act.person,
            at=act.at,
        )
        return act.done(url_for(".show_direction"), _("The big opportunity is written. Everyone reads it from now on."))


@bp.get("/direction/visions/<int:months>")
@asks(policy.may_write_direction)
def edit_vision(months: int) -> ResponseReturnValue:
    """The vision that holds, to write anew."""
    form, before = VisionForm(formdata=None), queries.vision(months)
    if before:
        form.statement.data, form.shown.data = before.statement, str(before.id)
    return _vision_page(months, form)


@bp.post("/direction/visions/<int:months>")
@asks(policy.may_write_direction)
def write_vision(months: int) -> ResponseReturnValue:
    """Write a vision."""
    form = VisionForm()
    form.hold(lambda: _vision_page(months, form))
    with acting() as act:
        act.authorize(policy.may_write_direction)
        Vision.write(
            months,
            form.statement.data,
            before=queries.vision_for_change(months),
            shown=form.shown_id,
            count_again=form.count_again.data,
            today=house_rules().today,
            by=act.person,
            at=act.at,
        )
        return act.done(url_for(".show_direction"), _("The vision at %(months)s months is written.", months=months))


# Phases -------------------------------------------------------------------------------------------------------------


@bp.get("/phases/new")
@asks(policy.may_write_direction)
def new_phase() -> ResponseReturnValue:
    """An empty phase."""
    return _phase_form_page(PhaseForm(formdata=None), None)


@bp.post("/phases")
@asks(policy.may_write_direction)
def create_phase() -> ResponseReturnValue:
    """Put a phase on the road."""
    form = PhaseForm()
    form.hold(lambda: _phase_form_page(form, None))
    with acting() as act:
        act.authorize(policy.may_write_direction)
        phase = Phase.add(form.text(), by=act.person, at=act.at)
        return act.done(_at(phase.id), _("The phase is on the road. Experiments and initiatives can hang on it."))


@bp.get("/phases/<int:phase_id>/text")
@asks(policy.may_write_direction)
def edit_phase(phase_id: int) -> ResponseReturnValue:
    """What a phase says, to change."""
    return _phase_form_page(PhaseForm.showing(queries.phase(phase_id)), phase_id)


@bp.post("/phases/<int:phase_id>/text")
@asks(policy.may_write_direction)
def change_phase(phase_id: int) -> ResponseReturnValue:
    """Change what a phase says."""
    form = PhaseForm()
    form.hold(lambda: _phase_form_page(form, phase_id))
    with acting() as act:
        phase = queries.phase_for_change(phase_id)
        act.authorize(policy.may_write_direction, phase)
        phase.change(form.text(), revision=form.shown_revision, by=act.person)
        return act.done(_at(phase_id), _("The phase is changed."))


@bp.post("/phases/<int:phase_id>/closure")
@asks(policy.may_write_direction)
def close_phase(phase_id: int) -> ResponseReturnValue:
    """End a phase, with the reason."""
    form = ClosingForm()
    form.hold(lambda: _phase_page(phase_id, form))
    with acting() as act:
        phase = queries.phase_for_change(phase_id)
        act.authorize(policy.may_write_direction, phase)
        phase.close(form.because.data, by=act.person, at=act.at)
        return act.done(_at(phase_id), _("The phase is closed. What it says stays readable."))


# Pages --------------------------------------------------------------------------------------------------------------


def _opportunity_page(form: StatementForm) -> str:
    return render_template("strategy/big_opportunity_form.html", form=form, written=queries.big_opportunities())


def _vision_page(months: int, form: VisionForm) -> str:
    return render_template("strategy/vision_form.html", form=form, months=months, written=queries.visions_of(months))


def _phase_form_page(form: PhaseForm, phase_id: int | None) -> str:
    return render_template(
        "strategy/phase_form.html",
        form=form,
        phase=queries.phase(phase_id) if phase_id is not None else None,
        visions=queries.visions(),
        most_weeks=MOST_WEEKS,
    )


def _phase_page(phase_id: int, closing: ClosingForm) -> str:
    phase = queries.phase(phase_id)
    return render_template(
        "strategy/phase.html",
        phase=phase,
        vision=queries.vision(phase.serves),
        rich=rich_text.shown([phase.brings, phase.worth, phase.closed_because]),
        history=history(phase),
        closing=closing,
        today=house_rules().today,
        may_write=policy.may_write_direction(somebody(), phase),
    )


def _at(phase_id: int) -> str:
    return url_for(".show_phase", phase_id=phase_id)
