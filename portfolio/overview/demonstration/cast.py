"""Who is in the demonstration: a supplier of care devices, its units and its people."""

from __future__ import annotations

from datetime import timedelta

from flask_security import hash_password

from portfolio.foundation import clock
from portfolio.foundation.database import db, write_tx
from portfolio.organisation.house_rules import house_rules
from portfolio.organisation.unit import Unit
from portfolio.people.offering import DEMO_DOMAIN, DEMO_PASSWORD
from portfolio.people.person import Person, RoleName

ORGANISATION = "Leiezicht Care Supplies"
UNITS = ("Intake and Planning", "Warehouse", "Customer Service", "Care Advice", "Finance", "Sales", "Workshop")

# First part of the address, name, unit, roles, units whose operations they own, hours a week offered.
PEOPLE: tuple[tuple[str, str, str | None, tuple[RoleName, ...], tuple[str, ...], int], ...] = (
    ("volunteer", "Noor Claeys", "Intake and Planning", (), (), 6),
    ("leader", "Hilde Baert", None, (RoleName.LEADER,), (), 2),
    ("leader2", "Dirk Lambrecht", None, (RoleName.LEADER,), (), 1),
    ("operations", "Jonas Vermeulen", "Warehouse", (), ("Warehouse", "Intake and Planning", "Care Advice"), 3),
    ("facilitator", "Karel Vandewalle", "Customer Service", (RoleName.FACILITATOR,), (), 4),
    ("admin", "Ann Devos", "Finance", (RoleName.ADMINISTRATOR,), (), 0),
    ("observer", "Greet Mertens", None, (RoleName.OBSERVER,), (), 0),
    ("bram", "Bram Wouters", "Sales", (), (), 5),
    ("samira", "Samira Benali", "Customer Service", (), (), 4),
    ("eva", "Eva Lammens", "Care Advice", (), (), 4),
    ("fatima", "Fatima El Amrani", "Customer Service", (), ("Customer Service",), 3),
    ("lies", "Lies Maes", "Finance", (), ("Finance", "Sales"), 4),
    ("pieter", "Pieter Dhondt", "Care Advice", (), ("Care Advice",), 5),
    ("ilse", "Ilse Goethals", "Warehouse", (), (), 3),
    ("tom", "Tom Desmet", "Workshop", (), ("Workshop",), 2),
    ("koen", "Koen Segers", "Sales", (), (), 6),
)


def bring_in(days_ago: int) -> None:
    """Open the units and give everyone an account, so many days ago."""
    password = hash_password(DEMO_PASSWORD)
    with clock.set_to(clock.now() - timedelta(days=days_ago)), write_tx() as at:
        house_rules().changed({"organisation": ORGANISATION}, by=None, at=at)
        units = {name: Unit.open(name, by=None) for name in UNITS}
        db.session.flush()
        for address, name, unit, roles, owns, hours in PEOPLE:
            person = Person.add(
                name=name,
                email=address + DEMO_DOMAIN,
                unit=units.get(unit or ""),
                roles=roles,
                owns=[units[owned] for owned in owns],
                by=None,
                at=at,
            )
            person.password, person.hours_a_week = password, hours
