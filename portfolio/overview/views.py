"""Home, and the whole trail."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portfolio.audit.queries import latest
from portfolio.budgets import policy as budgets_policy
from portfolio.budgets import queries as budgets
from portfolio.foundation.authority import asks, signed_in
from portfolio.network import policy as network_policy
from portfolio.network import queries as network
from portfolio.organisation.house_rules import house_rules
from portfolio.overview.search_views import search
from portfolio.people import policy as people_policy
from portfolio.people.accounts import somebody

bp = Blueprint("overview", __name__)
bp.add_url_rule("/search", view_func=search)


@bp.get("/")
@asks(signed_in)
def home() -> ResponseReturnValue:
    """What concerns this person, and the portfolio at a glance."""
    person, rules = somebody(), house_rules()
    mine = network.ExperimentSearch(mine=True).page(person, None, rules.today)
    flying = network.ExperimentSearch(stage="in-flight").page(person, None, rules.today)
    return render_template(
        "overview/home.html",
        mine=mine,
        flying=flying,
        waiting=network.proposals(person) if network_policy.may_answer(person) else [],
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
    lines = latest(before=int(before) if before.isdecimal() else None)
    return render_template("overview/trail.html", lines=lines)
