"""Reading people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from portfolio.foundation.database import db, for_change
from portfolio.foundation.errors import Missing
from portfolio.foundation.paging import Page
from portfolio.people.person import Person, Role, RoleName, normalised


def people(after: str | None, *, text: str = "", size: int = 50) -> Page[Person]:
    """People, the newest last, with unit and roles."""
    statement = select(Person).options(joinedload(Person.unit), selectinload(Person.roles))
    if text:
        stem = text.casefold().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        statement = statement.where(func.lower(Person.name).like(f"%{stem}%", escape="\\"))
    return Page.of(statement, order=(Person.id,), after=after, size=size)


def person(handle: str) -> Person:
    """One person, with unit and roles.

    Raises:
        Missing: there is none.
    """
    return _one(select(Person).where(Person.handle == handle).options(joinedload(Person.unit)))


def person_for_change(handle: str) -> Person:
    """One person, locked, with roles.

    Raises:
        Missing: there is none.
    """
    return _one(for_change(select(Person).where(Person.handle == handle)))


def person_by_email(email: str) -> Person | None:
    """The person with an address, if any."""
    return db.session.scalars(
        select(Person).where(Person.email == normalised(email)).options(selectinload(Person.roles))
    ).first()


def active_volunteers() -> Sequence[Person]:
    """Everyone who can lead or join, by name."""
    observers = select(Role.person_id).where(Role.role == RoleName.OBSERVER)
    return db.session.scalars(
        select(Person)
        .where(Person.active, Person.id.not_in(observers))
        .options(joinedload(Person.unit))
        .order_by(Person.name, Person.id)
    ).all()


def count_volunteers() -> int:
    """How many can lead or join."""
    observers = select(Role.person_id).where(Role.role == RoleName.OBSERVER)
    counted = db.session.scalar(select(func.count(Person.id)).where(Person.active, Person.id.not_in(observers)))
    return counted or 0


def holders(role: RoleName) -> Sequence[Person]:
    """Active people who hold a role, by name."""
    held = select(Role.person_id).where(Role.role == role)
    return db.session.scalars(
        select(Person).where(Person.active, Person.id.in_(held)).options(joinedload(Person.unit)).order_by(Person.name)
    ).all()


def by_ids(ids: Iterable[int]) -> dict[int, Person]:
    """People by number, with roles."""
    rows = db.session.scalars(select(Person).where(Person.id.in_(set(ids))).options(selectinload(Person.roles)))
    return {found.id: found for found in rows}


def by_handles(handles: Iterable[str]) -> Sequence[Person]:
    """People by their handles, with roles, each once.

    Raises:
        Missing: one of them is not there.
    """
    wanted = set(handles)
    rows = db.session.scalars(select(Person).where(Person.handle.in_(wanted)).options(selectinload(Person.roles))).all()
    if len(rows) < len(wanted):
        raise Missing
    return rows


def _one(statement: Select[Person]) -> Person:
    found = db.session.scalars(statement.options(selectinload(Person.roles))).first()
    if found is None:
        raise Missing
    return found
