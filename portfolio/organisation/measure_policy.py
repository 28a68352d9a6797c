"""Who may read measures, and who may add to them."""

from __future__ import annotations

from portfolio.foundation.authority import Actor, permission
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.organisation.measure import Measure


@permission("measure.reading", _l("Measures are for everyone in the organisation."))
def may_read_measures(actor: Actor, thing: object) -> bool:  # noqa: ARG001
    """Everyone but observers."""
    return not actor.has("observer")


@permission("measure.making", _l("Measures are for everyone in the organisation."))
def may_make_measure(actor: Actor, thing: object) -> bool:  # noqa: ARG001
    """Everyone but observers; whoever makes one owns it."""
    return not actor.has("observer")


@permission("measure.adding", _l("The owner of a measure adds its readings, so that it is counted the same way."))
def may_add_reading(actor: Actor, measure: Measure | None) -> bool:
    """The measure's owner."""
    return not actor.has("observer") and (measure is None or measure.owner_id == actor.id)
