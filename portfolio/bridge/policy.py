"""Who may do what on the bridge."""

from __future__ import annotations

from portfolio.foundation.authority import permission
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.people.person import Person


@permission("change.finding", _l("Starting a change is for everyone in the organisation but observers."))
def may_find_form(actor: Person, thing: object) -> bool:  # noqa: ARG001
    """Every volunteer."""
    return actor.is_volunteer
