"""People as JSON: who is here for everyone inside, and their accounts for administrators."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from email_validator import EmailNotValidError, validate_email
from marshmallow.fields import Boolean, Integer, List, String
from marshmallow.validate import Length

from portfolio.foundation.api.command import Command, commanding, fingerprint, named, quoted, refuse_another_version
from portfolio.foundation.api.fields import Body, Line, OneOf, Shown
from portfolio.foundation.api.resource import ListQuery, Resource, listed, page_of
from portfolio.foundation.authority import asks
from portfolio.foundation.database import db
from portfolio.foundation.errors import RuleBroken
from portfolio.foundation.jobs import put
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.foundation.tries import take
from portfolio.organisation import queries as organisation
from portfolio.organisation.unit import Unit
from portfolio.people import policy, queries
from portfolio.people.forms import PLAIN_ROLES
from portfolio.people.limits import INVITATION_BY, INVITATION_TO
from portfolio.people.person import Person, RoleName

ADMIN = "admin"
MOST = Length(max=200)
api = Resource("people", "Everyone with an account, their unit and their roles.")


class PeopleQuery(ListQuery):
    """What the list may be asked."""

    q = Line(120, load_default="")


class PersonRow(Shown):
    """Somebody on a list."""

    id = String(required=True)
    name = String(required=True)
    email = String(required=True)
    unit = String(required=True, allow_none=True, metadata={"description": "A unit's id."})
    roles = List(OneOf(RoleName), required=True)
    hours_a_week = Integer(required=True, metadata={"description": "Offered to experiments."})
    active = Boolean(required=True)


class PersonShown(PersonRow):
    """Somebody, whole."""

    owns = List(String(), required=True, metadata={"description": "Ids of units whose operations this person owns."})


class _Roles(Body):
    """Which roles somebody holds beside volunteer."""

    roles = List(OneOf(RoleName, only=PLAIN_ROLES), validate=MOST)
    owns = List(Line(40), validate=MOST, metadata={"description": "Ids of units."})
    unit = Line(40, allow_none=True, metadata={"description": "A unit's id."})


class NewPersonBody(_Roles):
    """Somebody new, who gets an invitation by mail."""

    name = Line(required=True)
    email = Line(254, required=True)


class PersonBody(_Roles):
    """What changes; what is left out stays."""

    name = Line(filled=True)


def row_of(person: Person) -> dict[str, Any]:
    """Somebody on a list."""
    return {
        "id": person.handle,
        "name": person.name,
        "email": person.email,
        "unit": person.unit.handle if person.unit else None,
        "roles": sorted({role.name for role in person.roles}),
        "hours_a_week": person.hours_a_week,
        "active": person.active,
    }


def shown(handle: str) -> dict[str, Any]:
    """Somebody as they are now, whole."""
    person = queries.person(handle)
    owned = {unit.handle for unit in organisation.units() if unit.id in person.owned_unit_ids}
    return row_of(person) | {"owns": sorted(owned)}


def answered(act: Command, person: Person, status: int = 200, **headers: str) -> Any:
    """Somebody as they are now, with the version."""
    db.session.flush()
    db.session.expire(person)
    now = shown(person.handle)
    return act.answer(now, status, ETag=quoted(fingerprint(now)), **headers)


def changed(handle: str, act: Command) -> Person:
    """Somebody, locked, whom this administrator may change."""
    person = queries.person_for_change(handle)
    act.authorize(policy.may_administer, person)
    return person


# Reading ------------------------------------------------------------------------------------------------------------


@api.get("")
@asks(policy.may_read_people)
@api.takes(PeopleQuery, "query")
@api.answers(listed(PersonRow))
def list_people(said: dict[str, Any]) -> Any:
    """Who is here, in the order in which they came."""
    return page_of(queries.people(said["after"], text=said["q"], size=said["limit"]), row_of)


@api.get("/<handle>")
@asks(policy.may_read_people)
@api.answers(PersonShown)
def show_person(handle: str) -> Any:
    """One person. Their `ETag` names the version."""
    now = shown(handle)
    return now, {"ETag": quoted(fingerprint(now))}


# Administering ------------------------------------------------------------------------------------------------------


@api.post("")
@asks(policy.may_administer, ADMIN)
@api.takes(NewPersonBody)
@api.answers(PersonShown, 201)
def create_person(said: dict[str, Any]) -> Any:
    """Add somebody, who gets an invitation by mail."""
    with commanding() as act:
        act.authorize(policy.may_administer)
        take(INVITATION_BY, str(act.person.id), at=act.at)
        person = Person.add(
            name=said["name"],
            email=_address(said["email"]),
            unit=_unit(said.get("unit")),
            roles=said.get("roles", []),
            owns=_units(said.get("owns", [])),
            by=act.person,
            at=act.at,
        )
        db.session.flush()
        person_id = person.id
        answer = answered(act, person, 201, Location=f"{api.url_prefix}/{person.handle}")
    put("people.invite", person_id)
    return answer


@api.patch("/<handle>")
@asks(policy.may_administer, ADMIN)
@api.takes(PersonBody)
@api.answers(PersonShown)
def change_person(said: dict[str, Any], handle: str) -> Any:
    """Change name, unit or roles. Whoever loses a role is signed out everywhere, and their tokens end."""
    with commanding() as act:
        person = changed(handle, act)
        refuse_another_version(fingerprint(shown(handle)), lambda: shown(handle))
        if {"name", "unit"} & said.keys():
            person.change_details(
                name=said.get("name", person.name),
                unit=_unit(said["unit"]) if "unit" in said else organisation.unit_by_id(person.unit_id),
                language=person.language,
                theme=person.theme,
                hours_a_week=person.hours_a_week,
                by=act.person,
            )
        if {"roles", "owns"} & said.keys():
            held = {role.role for role in person.roles if role.unit_id is None}
            owned = [unit for unit in organisation.units() if unit.id in person.owned_unit_ids]
            person.appoint(
                set(said.get("roles", held)), _units(said["owns"]) if "owns" in said else owned, by=act.person
            )
        return answered(act, person)


@api.post("/<handle>/invitation")
@asks(policy.may_administer, ADMIN)
@api.answers(PersonShown)
def invite_again(handle: str) -> Any:
    """Send somebody who has no password yet another invitation."""
    with commanding() as act:
        person = changed(handle, act)
        take(INVITATION_BY, str(act.person.id), at=act.at)
        take(INVITATION_TO, str(person.id), at=act.at)
        person_id, answer = person.id, answered(act, person)
    put("people.invite", person_id)
    return answer


@api.post("/<handle>/deactivation")
@asks(policy.may_administer, ADMIN)
@api.answers(PersonShown)
def deactivate(handle: str) -> Any:
    """End somebody's account, at once: sessions and tokens too. Their history stays."""
    with commanding() as act:
        person = changed(handle, act)
        person.deactivate(by=act.person)
        return answered(act, person)


@api.post("/<handle>/reactivation")
@asks(policy.may_administer, ADMIN)
@api.answers(PersonShown)
def reactivate(handle: str) -> Any:
    """Open somebody's account again."""
    with commanding() as act:
        person = changed(handle, act)
        person.reactivate(by=act.person)
        return answered(act, person)


# Inside -------------------------------------------------------------------------------------------------------------


def _address(email: str) -> str:
    try:
        return validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise RuleBroken(_l("Give the whole address, for example noor@company.example.")) from error


def _unit(handle: str | None) -> Unit | None:
    return named("unit", organisation.unit, handle) if handle else None


def _units(handles: Iterable[str]) -> list[Unit]:
    return [named("owns", organisation.unit, handle) for handle in dict.fromkeys(handles)]
