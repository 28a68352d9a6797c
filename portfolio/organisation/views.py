"""Pages for units and house rules."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from portfolio.foundation.acting import acting
from portfolio.foundation.authority import asks, fresh, signed_in
from portfolio.foundation.jobs import put
from portfolio.foundation.languages import gettext as _
from portfolio.foundation.money import Money
from portfolio.organisation import policy, queries
from portfolio.organisation.forms import HouseRulesForm, UnitForm
from portfolio.organisation.house_rules import HouseRules, house_rules, house_rules_for_change
from portfolio.organisation.unit import Unit

bp = Blueprint("organisation", __name__)


@bp.get("/units")
@asks(policy.may_set_up)
def list_units() -> ResponseReturnValue:
    """All units, and a form for one more."""
    return _units_page(UnitForm(formdata=None))


@bp.post("/units")
@asks(policy.may_set_up)
def create_unit() -> ResponseReturnValue:
    """Add a unit."""
    form = UnitForm()
    form.hold(lambda: _units_page(form))
    with acting() as act:
        act.authorize(policy.may_set_up)
        Unit.open(form.name.data, by=act.person)
        return act.done(url_for(".list_units"), _("%(name)s is added.", name=form.name.data))


@bp.get("/units/<handle>")
@asks(policy.may_set_up)
def edit_unit(handle: str) -> ResponseReturnValue:
    """A unit's name, to change."""
    unit = queries.unit(handle)
    return render_template("organisation/unit.html", form=UnitForm(formdata=None, obj=unit), unit=unit)


@bp.post("/units/<handle>")
@asks(policy.may_set_up)
def change_unit(handle: str) -> ResponseReturnValue:
    """Give a unit another name."""
    form = UnitForm()
    form.hold(lambda: render_template("organisation/unit.html", form=form, unit=queries.unit(handle)))
    with acting() as act:
        unit = queries.unit_for_change(handle)
        act.authorize(policy.may_set_up, unit)
        unit.rename(form.name.data, by=act.person)
        return act.done(url_for(".list_units"), _("The unit is now called %(name)s.", name=form.name.data))


@bp.get("/house-rules")
@asks(signed_in)
def show_house_rules() -> ResponseReturnValue:
    """The rules in force, for everyone to read."""
    return render_template("organisation/house_rules.html", house=house_rules())


@bp.get("/house-rules/change")
@asks(policy.may_set_up)
def edit_house_rules() -> ResponseReturnValue:
    """The rules in force, to change."""
    rules = house_rules()
    form = _form(rules, filled=True)
    return render_template("organisation/house_rules_form.html", form=form, house=rules)


@bp.post("/house-rules")
@asks(policy.may_set_up)
@fresh
def change_house_rules() -> ResponseReturnValue:
    """New rules from now on."""
    form = _form(house_rules(), filled=False)
    form.hold(lambda: render_template("organisation/house_rules_form.html", form=form, house=house_rules()))
    with acting() as act:
        act.authorize(policy.may_set_up)
        house_rules_for_change().changed(form.changes(), by=act.person, at=act.at)
        answer = act.done(
            url_for(".show_house_rules"), _("The house rules are changed. Proposals under way keep the rules they had.")
        )
    put("people.tell_leaders")
    return answer


def _units_page(form: UnitForm) -> str:
    return render_template("organisation/units.html", form=form, units=queries.units())


def _form(rules: HouseRules, *, filled: bool) -> HouseRulesForm:
    form = HouseRulesForm(formdata=None, obj=rules) if filled else HouseRulesForm()
    for name in ("grant_from", "grant_to", "single_approver_limit"):
        if filled:
            form[name].data = Money(getattr(rules, name), rules.currency)
    if filled:
        form.amounts_seen_by.data = rules.amounts_seen_by.value
    return form
