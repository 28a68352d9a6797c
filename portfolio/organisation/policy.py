"""Who may change the organisation's set-up."""

from __future__ import annotations

from portfolio.foundation.authority import Actor, permission
from portfolio.foundation.languages import lazy_gettext as _l


@permission("organisation.set_up", _l("Units and house rules belong to an administrator."))
def may_set_up(actor: Actor, thing: object) -> bool:  # noqa: ARG001
    """Administrators."""
    return actor.has("administrator")


@permission("unit.reading", _l("Units are for everyone in the organisation."))
def may_read_units(actor: Actor, thing: object) -> bool:  # noqa: ARG001
    """Everyone but observers."""
    return not actor.has("observer")
