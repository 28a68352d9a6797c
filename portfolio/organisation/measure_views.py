"""Pages of measures: what is counted, and what was read."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portfolio.foundation.acting import acting
from portfolio.foundation.authority import asks, reader
from portfolio.foundation.languages import gettext as _
from portfolio.organisation import measure_policy as policy
from portfolio.organisation import measure_queries as queries
from portfolio.organisation.house_rules import house_rules
from portfolio.organisation.measure import Reading
from portfolio.organisation.measure_forms import ReadingForm, number_in
from portfolio.organisation.views import bp

__all__ = ["bp"]  # The room has one; its pages lie in two files.

NUMBER = "<int(max=999999999999999):number>"


@bp.get("/measures")
@asks(policy.may_read_measures)
def list_measures() -> ResponseReturnValue:
    """What the organisation counts, with the last value of each."""
    text = request.args.get("q", "").strip()[:120]
    measures = queries.measures(request.args.get("after"), viewer=reader(), text=text)
    return render_template(
        "organisation/measures.html",
        measures=measures,
        latest=queries.latest_readings([measure.id for measure in measures.rows]),
        text=text,
    )


@bp.get(f"/measures/{NUMBER}")
@asks(policy.may_read_measures)
def show_measure(number: int) -> ResponseReturnValue:
    """One measure with its readings; its owner finds a form, also to correct one."""
    form = ReadingForm(formdata=None)
    form.read_on.data = house_rules().today
    if corrected := _corrected(number, number_in(request.args.get("corrects"))):
        form.corrects.data = str(corrected.id)
        form.value.data, form.read_on.data, form.note.data = corrected.value, corrected.read_on, corrected.note
    return _page(number, form, corrected)


@bp.post(f"/measures/{NUMBER}/readings")
@asks(policy.may_add_reading)
def create_reading(number: int) -> ResponseReturnValue:
    """Add a reading, or put the right one in place of a wrong one; the wrong one stays readable."""
    form = ReadingForm()
    form.hold(lambda: _page(number, form, _corrected(number, form.corrected_number)))
    with acting() as act:
        measure = queries.measure_for_change(number, viewer=act.person)
        act.authorize(policy.may_add_reading, measure)
        wrong = queries.reading(form.corrected_number, measure) if form.corrected_number else None
        measure.read(
            form.value.data,
            form.read_on.data,
            by=act.person,
            at=act.at,
            today=house_rules().today,
            note=form.note.data or "",
            corrects=wrong,
        )
        words = _("Corrected. The earlier reading stays readable.") if wrong else _("The reading is added.")
        return act.done(url_for(".show_measure", number=number), words)


def _corrected(number: int, reading: int | None) -> Reading | None:
    return queries.reading(reading, queries.measure(number, viewer=reader())) if reading else None


def _page(number: int, form: ReadingForm, corrected: Reading | None) -> str:
    measure = queries.measure(number, viewer=reader())
    readings = queries.readings(measure, request.args.get("after"))
    return render_template(
        "organisation/measure.html",
        measure=measure,
        readings=readings,
        corrections=queries.corrections(readings.rows),
        latest=queries.latest_readings([measure.id]).get(measure.id),
        form=form,
        corrected=corrected,
        may_add_reading=policy.may_add_reading,
    )
