"""Who may do what with initiatives.

Committing a unit, and calling a commitment off, is for the operations owner of that unit. What happens in between is
for that person and for the accountable owner alike, whose mandate it is.
"""

from __future__ import annotations

from portfolio.foundation.authority import permission
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.hierarchy.initiative import Initiative
from portfolio.hierarchy.state import State
from portfolio.organisation.house_rules import AmountsSeenBy, HouseRules
from portfolio.people.person import Person


def _owns_unit(actor: Person, initiative: Initiative) -> bool:
    return initiative.unit_id in actor.owned_unit_ids


def _carries(actor: Person, initiative: Initiative) -> bool:
    return initiative.owner_id == actor.id or _owns_unit(actor, initiative)


def is_seen_by(actor: Person | None, initiative: Initiative) -> bool:
    """Whether somebody can open it, as `queries.visible_to` has it; None for what everyone in the organisation sees."""
    if initiative.state is not State.DRAFT:
        return actor is None or actor.is_volunteer
    if actor is None or not actor.is_volunteer:
        return False
    return initiative.suggested_by_id == actor.id or _carries(actor, initiative)


@permission("initiative.listing", _l("Initiatives are for everyone in the organisation."))
def may_list(actor: Person, thing: object) -> bool:  # noqa: ARG001
    """Every volunteer; observers see none."""
    return actor.is_volunteer


@permission("initiative.suggestion", _l("Suggesting is for everyone in the organisation but observers."))
def may_suggest(actor: Person, thing: object) -> bool:  # noqa: ARG001
    """Every volunteer."""
    return actor.is_volunteer


@permission("initiative.writing", _l("A plan is changed by its owner and by the operations owner of its unit."))
def may_write(actor: Person, initiative: Initiative | None) -> bool:
    """Its owner and its unit's operations owner; a draft also whoever suggested it."""
    if not actor.is_volunteer or initiative is None:
        return actor.is_volunteer
    suggested = initiative.state is State.DRAFT and initiative.suggested_by_id == actor.id
    return suggested or _carries(actor, initiative)


@permission("initiative.planning", _l("The operations owner of the unit makes it a commitment."))
def may_plan(actor: Person, initiative: Initiative | None) -> bool:
    """The operations owner of its unit."""
    return actor.is_volunteer and (initiative is None or _owns_unit(actor, initiative))


@permission("initiative.delivery", _l("This is for its owner and for the operations owner of its unit."))
def may_deliver(actor: Person, initiative: Initiative | None) -> bool:
    """Its owner and its unit's operations owner: start, status, milestones, readings, embedding."""
    return actor.is_volunteer and (initiative is None or _carries(actor, initiative))


@permission("initiative.cancellation", _l("The operations owner of the unit calls it off."))
def may_cancel(actor: Person, initiative: Initiative | None) -> bool:
    """The operations owner of its unit; a draft also whoever suggested it."""
    if not actor.is_volunteer or initiative is None:
        return actor.is_volunteer
    suggested = initiative.state is State.DRAFT and initiative.suggested_by_id == actor.id
    return suggested or _owns_unit(actor, initiative)


@permission("initiative.commenting", _l("Commenting is for everyone in the organisation but observers."))
def may_comment(actor: Person, initiative: Initiative | None) -> bool:  # noqa: ARG001
    """Every volunteer who can see it."""
    return actor.is_volunteer


def sees_amounts(actor: Person | None, initiative: Initiative, rules: HouseRules) -> bool:
    """Whether the house rules show this person what it costs."""
    if actor is None or not actor.is_volunteer:
        return False
    return sees_all_amounts(actor, rules) or _carries(actor, initiative)


def sees_all_amounts(actor: Person | None, rules: HouseRules) -> bool:
    """Whether the house rules show this person what every initiative costs."""
    if actor is None or not actor.is_volunteer:
        return False
    return rules.amounts_seen_by is AmountsSeenBy.EVERYONE or actor.has("leader") or actor.has("facilitator")
