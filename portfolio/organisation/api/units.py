"""Units as JSON: a program that proposes for a unit names it by its id."""

from __future__ import annotations

from typing import Any

from marshmallow.fields import String

from portfolio.foundation.api.command import Command, commanding, fingerprint, quoted, refuse_another_version
from portfolio.foundation.api.fields import Body, Line, Shown
from portfolio.foundation.api.resource import ListQuery, Resource, listed, page_of
from portfolio.foundation.authority import asks
from portfolio.foundation.database import db
from portfolio.organisation import policy, queries
from portfolio.organisation.unit import Unit

ADMIN = "admin"
api = Resource("units", "The places in the hierarchy where people have their work.")


class UnitShown(Shown):
    """A unit."""

    id = String(required=True)
    name = String(required=True)


class UnitBody(Body):
    """A unit's name."""

    name = Line(required=True)


def shown(unit: Unit) -> dict[str, Any]:
    """A unit as JSON has it."""
    return {"id": unit.handle, "name": unit.name}


def answered(act: Command, unit: Unit, status: int = 200, **headers: str) -> Any:
    """The unit as it is now, with its version."""
    return act.answer(shown(unit), status, ETag=quoted(fingerprint(shown(unit))), **headers)


@api.get("")
@asks(policy.may_read_units)
@api.takes(ListQuery, "query")
@api.answers(listed(UnitShown))
def list_units(said: dict[str, Any]) -> Any:
    """All units, by name."""
    return page_of(queries.units_by_name(said["after"], size=said["limit"]), shown)


@api.get("/<handle>")
@asks(policy.may_read_units)
@api.answers(UnitShown)
def show_unit(handle: str) -> Any:
    """One unit. Its `ETag` names the version."""
    unit = queries.unit(handle)
    return shown(unit), {"ETag": quoted(fingerprint(shown(unit)))}


@api.post("")
@asks(policy.may_set_up, ADMIN)
@api.takes(UnitBody)
@api.answers(UnitShown, 201)
def create_unit(said: dict[str, Any]) -> Any:
    """Add a unit."""
    with commanding() as act:
        act.authorize(policy.may_set_up)
        unit = Unit.open(said["name"], by=act.person)
        db.session.flush()
        return answered(act, unit, 201, Location=f"{api.url_prefix}/{unit.handle}")


@api.patch("/<handle>")
@asks(policy.may_set_up, ADMIN)
@api.takes(UnitBody)
@api.answers(UnitShown)
def change_unit(said: dict[str, Any], handle: str) -> Any:
    """Give a unit another name."""
    with commanding() as act:
        unit = queries.unit_for_change(handle)
        act.authorize(policy.may_set_up, unit)
        refuse_another_version(fingerprint(shown(unit)), lambda: shown(unit))
        unit.rename(said["name"], by=act.person)
        return answered(act, unit)
