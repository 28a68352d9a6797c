"""Who may read and write the direction."""

from __future__ import annotations

from portfolio.foundation.authority import permission
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.people.person import Person
from portfolio.strategy.phase import Phase


@permission("direction.reading", _l("The direction is for everyone in the organisation."))
def may_read_direction(actor: Person, thing: object) -> bool:  # noqa: ARG001
    """Every volunteer; observers read only what is shared with them."""
    return actor.is_volunteer


@permission("direction.writing", _l("The big opportunity, the visions and the phases are written by leaders."))
def may_write_direction(actor: Person, thing: Phase | None) -> bool:  # noqa: ARG001
    """Leaders."""
    return actor.is_leader
