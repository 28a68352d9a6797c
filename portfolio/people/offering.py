"""The demonstration's sign-in page offers its people; only in a marked database, served on loopback."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from config import Settings
from portfolio.foundation.database import db
from portfolio.organisation.installation import is_demo
from portfolio.people.person import ROLE_LABELS, Person

DEMO_PASSWORD = "tandem for a look around"  # noqa: S105 (of accounts that exist in demonstrations only)
DEMO_DOMAIN = "@tandem.example"
OFFERED = ("volunteer", "leader", "leader2", "operations", "facilitator", "admin", "observer")


def offer_people(settings: Settings) -> Callable[[], dict[str, Any]]:
    """What the sign-in page is given: nothing, but in a demonstration on this very machine."""

    def offered() -> dict[str, Any]:
        if settings.proxies or not _is_loopback(settings.host) or not _is_loopback(request.remote_addr or ""):
            return {}
        if not is_demo():
            return {}
        return {"demo_people": _people(), "demo_password": DEMO_PASSWORD}

    return offered


def _people() -> list[dict[str, str]]:
    addresses = [name + DEMO_DOMAIN for name in OFFERED]
    found = db.session.scalars(
        select(Person)
        .where(Person.email.in_(addresses), Person.active)
        .options(selectinload(Person.roles), joinedload(Person.unit))
    )
    by_address = {person.email: person for person in found}
    return [
        {"name": person.name, "email": person.email, "says": _says(person)}
        for person in (by_address.get(address) for address in addresses)
        if person is not None
    ]


def _says(person: Person) -> str:
    roles = [str(ROLE_LABELS[role]) for role in dict.fromkeys(held.role for held in person.roles)]
    return ", ".join(roles) or (person.unit.name if person.unit else "")


def _is_loopback(address: str) -> bool:
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
