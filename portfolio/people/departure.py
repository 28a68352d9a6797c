"""What becomes of somebody's name after they left: history stays, and no longer says who."""

from __future__ import annotations

from sqlalchemy import delete

from portfolio.audit.entry import record
from portfolio.audit.forgetting import forget_name
from portfolio.foundation.authority import Actor
from portfolio.foundation.database import db
from portfolio.foundation.errors import RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.people.authenticator import Authenticator
from portfolio.people.passkey import Passkey
from portfolio.people.password_link import PasswordLink
from portfolio.people.person import FORMER_ADDRESS, Person
from portfolio.people.recovery_code import RecoveryCode
from portfolio.people.sign_in import SignIn
from portfolio.people.token import Token

NAME = "Former colleague %s"  # As it is written in the trail for good, so in one language.


def pseudonymise(person: Person, *, by: Actor | None) -> None:
    """Take away the name, the address and everything else that says who it was. What they did stays, and adds up.

    Closed reviews keep the names that stand in them, and texts keep what people wrote.

    Raises:
        RuleBroken: the account is still active, or the name was taken away already.
    """
    if person.active:
        raise RuleBroken(_l("End the account first."))
    if person.is_pseudonymised:
        raise RuleBroken(_l("This name was taken away already."))
    before, person.name = person.name, NAME % person.handle[:6]
    person.email = FORMER_ADDRESS % person.handle
    person.unit_id, person.language, person.theme, person.hours_a_week = None, None, None, 0
    person.password, person.roles = None, []
    for table in (SignIn, Token, PasswordLink, Authenticator, Passkey, RecoveryCode):
        db.session.execute(delete(table).where(table.person_id == person.id))
    forget_name(person.id, before, person.name)
    record("person.pseudonymised", person, by=by)
