"""Home, and the whole trail."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portfolio.audit.queries import latest
from portfolio.budgets import policy as budgets_policy
from portfolio.budgets import queries as budgets
from portfolio.foundation.authority import asks, signed_in
from portfolio.foundation.numbering import number_in
from portfolio.network import log_queries
from portfolio.organisation.house_rules import house_rules
from portfolio.overview import setting_up
from portfolio.overview.actions import what_waits
from portfolio.overview.lanes import lanes
from portfolio.overview.me_views import my_page
from portfolio.overview.search_views import search
from portfolio.people import policy as people_policy
from portfolio.people.accounts import somebody
from portfolio.reviews import queries as reviews
from portfolio.strategy import queries as strategy

bp = Blueprint("overview", __name__)
bp.add_url_rule("/search", view_func=search)
bp.add_url_rule("/me", view_func=my_page)


@bp.get("/")
@asks(signed_in)
def home() -> ResponseReturnValue:
    """What this person does next, and the whole in one picture."""
    person, rules = somebody(), house_rules()
    next_review = reviews.next_review() if person.is_volunteer else None
    return render_template(
        "overview/home.html",
        waits=what_waits(person, rules, next_review),
        steps=setting_up.steps(person, rules),
        lanes=lanes(person, rules),
        quick_win=log_queries.latest_quick_win(viewer=person),
        vision=strategy.vision(48) if person.is_volunteer else None,
        next_review=next_review,
        envelope=budgets.envelope_of(rules.quarter),
        sees_totals=budgets_policy.sees_totals(person, rules),
        quarter=rules.quarter,
        today=rules.today,
    )


@bp.get("/trail")
@asks(people_policy.may_read_trail)
def show_trail() -> ResponseReturnValue:
    """Everything that happened, newest first."""
    before = request.args.get("before", "")
    lines = latest(before=number_in(before))
    return render_template("overview/trail.html", lines=lines)
