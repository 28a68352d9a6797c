"""Who may do what with people and the organisation's set-up."""

from __future__ import annotations

from portfolio.foundation.authority import permission
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.people.person import Person


@permission("person.administration", _l("People, units, roles and house rules belong to an administrator."))
def may_administer(actor: Person, thing: object) -> bool:  # noqa: ARG001
    """Administrators; the role gives no authority over money."""
    return actor.has("administrator")


@permission("person.reading", _l("The list of people is for everyone in the organisation."))
def may_read_people(actor: Person, thing: object) -> bool:  # noqa: ARG001
    """Everyone but observers."""
    return actor.is_volunteer


@permission("account.change", _l("Only you change your own account."))
def may_change_own_account(actor: Person, thing: Person | None) -> bool:
    """Everyone, for themselves."""
    return thing is None or thing.id == actor.id


@permission("trail.reading", _l("The whole trail is read by leaders, facilitators and administrators."))
def may_read_trail(actor: Person, thing: object) -> bool:  # noqa: ARG001
    """Leaders, facilitators and administrators."""
    return any(actor.has(role) for role in ("leader", "facilitator", "administrator"))
