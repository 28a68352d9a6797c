"""Pages of the bridge: which form of change is it."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portfolio.bridge import policy
from portfolio.foundation.authority import asks
from portfolio.organisation.change import FormOfChange, Mode

bp = Blueprint("bridge", __name__)


@bp.get("/change")
@asks(policy.may_find_form)
def find_form() -> ResponseReturnValue:
    """Two questions tell which form of change is at hand, and where it belongs."""
    answers = (request.args.get("configuration"), request.args.get("paradigm"))
    form = None
    if all(answer in ("0", "1") for answer in answers):
        form = FormOfChange.by(configuration_changes=answers[0] == "1", paradigm_shifts=answers[1] == "1")
    planned = form is not None and form.mode is Mode.HIERARCHY
    return render_template(
        "bridge/change.html",
        form_of_change=form,
        configuration=answers[0],
        paradigm=answers[1],
        initiative_url=url_for("hierarchy.new_initiative", form=form.value) if form and planned else None,
    )
