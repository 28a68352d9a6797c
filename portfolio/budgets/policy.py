"""Who may do what with the quarter's money. What a grant may be decided by is asked by whoever it funds."""

from __future__ import annotations

from portfolio.foundation.authority import permission
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.organisation.house_rules import AmountsSeenBy, HouseRules
from portfolio.people.person import Person


@permission("envelope.setting", _l("Setting the envelope is for leaders."))
def may_set_envelope(actor: Person, thing: object) -> bool:  # noqa: ARG001
    """Leaders."""
    return actor.is_leader


@permission("envelope.reading", _l("The envelope is for everyone in the organisation."))
def may_read_envelopes(actor: Person, thing: object) -> bool:  # noqa: ARG001
    """Everyone but observers; amounts follow the house rules."""
    return actor.is_volunteer


def sees_totals(actor: Person | None, rules: HouseRules) -> bool:
    """Whether the house rules show this person what the envelope holds."""
    if actor is None or not actor.is_volunteer:
        return False
    return rules.amounts_seen_by is AmountsSeenBy.EVERYONE or actor.has("leader") or actor.has("facilitator")
