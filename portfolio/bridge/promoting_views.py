"""Promoting: learnings, what they would change, and the operations owner it is put to."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portfolio.bridge import learning_queries, policy, queries
from portfolio.bridge.forms import PromotionForm
from portfolio.bridge.library_views import bp
from portfolio.bridge.promotion import Promotion
from portfolio.bridge.promotion_views import at
from portfolio.foundation.acting import Act, acting
from portfolio.foundation.authority import asks
from portfolio.foundation.database import db
from portfolio.foundation.errors import Missing, Obstacle, Unprocessable
from portfolio.foundation.languages import gettext as _
from portfolio.foundation.numbering import number_of
from portfolio.network.learning import Learning
from portfolio.organisation import queries as organisation
from portfolio.people import queries as people
from portfolio.people.accounts import somebody

__all__ = ["bp"]  # The room has one; its pages lie in several files.

MOST_NAMED = 50  # Learnings or experiments in one address.


@bp.get("/promotions/new")
@asks(policy.may_promote)
def new_promotion() -> ResponseReturnValue:
    """The form, beginning with the learnings that were chosen elsewhere."""
    form, found = PromotionForm(formdata=None), _candidates()
    chosen = [one for one in found.free if one.ref in request.args.getlist("learning")]
    form.learnings.data = [one.id for one in chosen]
    if len(chosen) == 1 and not found.is_restricted(chosen[0]):  # What is put to operations is read by everyone.
        form.change.data = chosen[0].therefore
    return _promotion_form_page(form, found)


@bp.post("/promotions")
@asks(policy.may_promote)
def create_promotion() -> ResponseReturnValue:
    """Put it to its owner."""
    form = PromotionForm()
    form.offer(_candidates().learnings, queries.operations_owners())
    form.hold(lambda: _promotion_form_page(form, _candidates()))
    with acting() as act:
        act.authorize(policy.may_promote)
        learnings = _learnings(form, act)
        unit_id, owner_id = form.chosen
        unit, owner = organisation.unit_by_id(unit_id), people.by_ids([owner_id]).get(owner_id)
        if unit is None or owner is None:
            raise Missing
        promotion = Promotion.offer(
            form.text(),
            learnings,
            standing=learning_queries.standing_of(learnings),
            unit=unit,
            owner=owner,
            by=act.person,
            at=act.at,
        )
        db.session.flush()
        return act.done(at(promotion.ref), _("%(name)s has it. You both see how long it waits.", name=owner.name))


def _learnings(form: PromotionForm, act: Act) -> list[Learning]:
    """The learnings that were ticked, and those that were named.

    Raises:
        Unprocessable: one that was named is not there, or not theirs to see.
    """
    named = {ref: number_of("L", ref) or 0 for ref in form.other_refs}
    wanted = {*form.learnings.data, *named.values()}
    learnings = list(learning_queries.learnings_for_change(wanted, viewer=act.person))
    found = {learning.id for learning in learnings}
    if unknown := [ref for ref, number in named.items() if number not in found]:
        words = _("%(refs)s: there is no such learning, or you cannot see it.", refs=", ".join(unknown))
        raise Unprocessable(_("One of the numbers needs another look."), [Obstacle(words, "others")])
    return learnings


def _candidates() -> learning_queries.Candidates:
    said = request.args
    return learning_queries.candidates(
        said.getlist("learning")[:50], said.getlist("experiment")[:50], viewer=somebody()
    )


def _promotion_form_page(form: PromotionForm, found: learning_queries.Candidates) -> str:
    owners = queries.operations_owners()
    form.offer(found.free, owners)
    owned = {unit.id for unit, _owner in owners}
    chosen = set(form.learnings.data or [])
    return render_template(
        "bridge/promotion_form.html",
        form=form,
        found=found,
        strongest=max((one.evidence.level for one in found.free if one.id in chosen), default=0),
        without_owner=[unit for unit in organisation.units() if unit.id not in owned],
        has_owners=bool(owners),
        said=request.args,
    )
