"""Pages for the quarter's money."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portfolio.budgets import policy, queries
from portfolio.budgets.envelope import Envelope, envelope_for_change
from portfolio.budgets.forms import EnvelopeForm
from portfolio.foundation.acting import acting
from portfolio.foundation.authority import asks
from portfolio.foundation.errors import Missing
from portfolio.foundation.languages import gettext as _
from portfolio.organisation.house_rules import house_rules
from portfolio.organisation.quarter import Quarter
from portfolio.people.accounts import somebody

bp = Blueprint("budgets", __name__)


@bp.get("/envelopes")
@asks(policy.may_read_envelopes)
def list_envelopes() -> ResponseReturnValue:
    """The envelopes of this quarter, the next and the ones before."""
    rules = house_rules()
    return render_template(
        "budgets/envelopes.html",
        envelopes=queries.envelopes(),
        quarters=[rules.quarter, rules.quarter.next],
        sees_totals=policy.sees_totals(somebody(), rules),
    )


@bp.get("/envelopes/<quarter>")
@asks(policy.may_read_envelopes)
def show_envelope(quarter: str) -> ResponseReturnValue:
    """One quarter's envelope, its ledger, and for leaders a form to set it."""
    named = _quarter(quarter)
    envelope = queries.envelope_of(named)
    form = EnvelopeForm(formdata=None)
    form.total.data = envelope.total_money if envelope else None
    return _page(named, form)


@bp.post("/envelopes/<quarter>")
@asks(policy.may_set_envelope)
def set_envelope(quarter: str) -> ResponseReturnValue:
    """Say what the envelope holds; never less than is committed."""
    named, form = _quarter(quarter), EnvelopeForm()
    form.hold(lambda: _page(named, form))
    with acting() as act:
        act.authorize(policy.may_set_envelope)
        envelope = envelope_for_change(named) or Envelope.open(named, by=act.person, at=act.at)
        envelope.set_to(
            form.total.data,
            read=form.read.data or "",
            reason=form.reason.data,
            by=act.person,
            at=act.at,
            today=house_rules().today,
        )
        return act.done(
            url_for(".show_envelope", quarter=quarter),
            _("The envelope of %(quarter)s holds %(total)s.", quarter=quarter, total=envelope.total_money),
        )


def _page(quarter: Quarter, form: EnvelopeForm) -> str:
    rules, envelope = house_rules(), queries.envelope_of(quarter)
    form.shows(envelope.version if envelope else "")
    sees = policy.sees_totals(somebody(), rules)
    return render_template(
        "budgets/envelope.html",
        quarter=quarter,
        envelope=envelope,
        form=form,
        ledger=queries.ledger(envelope, request.args.get("after")) if envelope and sees else None,
        sees_totals=sees,
        may_set=policy.may_set_envelope(somebody()) and quarter.last_day >= rules.today,
    )


def _quarter(name: str) -> Quarter:
    try:
        return Quarter.named(name, house_rules().fiscal_year_month)
    except ValueError as error:
        raise Missing from error
