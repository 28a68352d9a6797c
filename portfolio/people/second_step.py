"""The second step: what somebody shows beside their password, and who has to.

An app with codes and passkeys are one; recovery codes stand in for them when they are not at hand.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, not_, select
from sqlalchemy.orm import InstrumentedAttribute

from portfolio.audit.entry import record
from portfolio.foundation import one_time_codes
from portfolio.foundation.authority import Actor
from portfolio.foundation.database import db
from portfolio.foundation.errors import RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.organisation.house_rules import HouseRules, house_rules
from portfolio.people.authenticator import Authenticator, app_of, secret_of, use_code
from portfolio.people.passkey import Passkey, passkeys_of
from portfolio.people.person import Person, Role, RoleName
from portfolio.people.recovery_code import drop_codes, use_recovery_code

WHO_NEEDS_IT = (RoleName.LEADER, RoleName.ADMINISTRATOR)


def lacks_it(person_id: ColumnElement[int] | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Whether somebody has to take a second step by the house rules, and cannot: part of a statement about them."""
    asked = select(HouseRules.two_steps_needed).order_by(HouseRules.id.desc()).limit(1).scalar_subquery()
    return and_(
        asked,
        exists().where(Role.person_id == person_id, Role.role.in_(WHO_NEEDS_IT)),
        not_(exists().where(Authenticator.person_id == person_id, Authenticator.confirmed_at.is_not(None))),
        not_(exists().where(Passkey.person_id == person_id)),
    )


def has_second_step(person_id: int) -> bool:
    """Whether somebody shows more than their password when they sign in."""
    return app_of(person_id) is not None or bool(passkeys_of(person_id))


def has_to_take_it(person: Person) -> bool:
    """Whether the house rules ask it of somebody."""
    return house_rules().two_steps_needed and any(person.has(role.value) for role in WHO_NEEDS_IT)


def matching(person_id: int, typed: str, *, at: datetime) -> int | None:
    """The number of the code somebody typed, looked at without a lock, for it takes a while; None when it is none."""
    secret = secret_of(person_id)
    return one_time_codes.number_of(typed, secret, at=at) if secret else None


def use_typed(person_id: int, typed: str, counter: int | None, *, at: datetime) -> str | None:
    """Use a code up, in a write transaction: the app's, else a recovery code. Says which it was; None when neither."""
    if counter is not None and use_code(person_id, counter):
        return "app"
    return "recovery" if use_recovery_code(person_id, typed, at=at) else None


def take_app_away(person: Person, *, by: Person) -> None:
    """The app counts no more.

    Raises:
        RuleBroken: the house rules ask for a second step, and this is the last.
    """
    if app_of(person.id) is None:
        raise RuleBroken(_l("There is no app to take away."))
    if not passkeys_of(person.id):
        _may_do_without(person)
    db.session.execute(delete(Authenticator).where(Authenticator.person_id == person.id))
    _drop_codes_of_nothing(person)
    record("person.app_taken_away", person, by=by)


def take_passkey_away(person: Person, passkey: Passkey, *, by: Person) -> None:
    """One passkey counts no more.

    Raises:
        RuleBroken: the house rules ask for a second step, and this is the last.
    """
    if app_of(person.id) is None and len(passkeys_of(person.id)) == 1:
        _may_do_without(person)
    db.session.delete(passkey)
    record("person.passkey_taken_away", person, by=by)
    db.session.flush()
    _drop_codes_of_nothing(person)


def take_everything_away(person: Person, *, by: Actor | None) -> None:
    """Somebody has lost what they showed: from now on their password alone will do, and whoever is signed in is out.

    Raises:
        RuleBroken: there is nothing to take away.
    """
    if not has_second_step(person.id):
        raise RuleBroken(_l("There is no second step to take away."))
    for kind in (Authenticator, Passkey):
        db.session.execute(delete(kind).where(kind.person_id == person.id))
    drop_codes(person.id)
    person.end_sessions()
    record("person.second_step_taken_away", person, by=by)


def _may_do_without(person: Person) -> None:
    if has_to_take_it(person):
        raise RuleBroken(_l("Leaders and administrators need a second step here. Set up another one first."))


def _drop_codes_of_nothing(person: Person) -> None:
    """Recovery codes stand in for something; without it they open nothing."""
    if not has_second_step(person.id):
        drop_codes(person.id)
