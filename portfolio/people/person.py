"""A person and the roles they hold."""

from __future__ import annotations

import enum
import secrets
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from flask_security import RoleMixin, UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portfolio.audit.entry import record
from portfolio.foundation.authority import Actor
from portfolio.foundation.columns import choice
from portfolio.foundation.database import Base, db
from portfolio.foundation.errors import RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.organisation.unit import Unit


class RoleName(enum.Enum):
    """What is added to being a volunteer; an observer is none."""

    LEADER = "leader"
    OPERATIONS_OWNER = "operations_owner"
    FACILITATOR = "facilitator"
    ADMINISTRATOR = "administrator"
    OBSERVER = "observer"

    @property
    def label(self) -> object:
        """The role's name for a reader."""
        return ROLE_LABELS[self]


FORMER_ADDRESS = "%s@former.example"  # No mail server has such a name.
ROLE_LABELS = {
    RoleName.LEADER: _l("Leader"),
    RoleName.OPERATIONS_OWNER: _l("Operations owner"),
    RoleName.FACILITATOR: _l("Facilitator"),
    RoleName.ADMINISTRATOR: _l("Administrator"),
    RoleName.OBSERVER: _l("Observer"),
}


class Role(RoleMixin, Base):
    """A role somebody holds; an operations owner holds it for a unit."""

    __tablename__ = "role"
    __table_args__ = (
        Index("uq_role", "person_id", "role", "unit_id", unique=True),
        CheckConstraint("(role = 'operations_owner') = (unit_id IS NOT NULL)", name="unit"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[RoleName] = mapped_column(choice(RoleName))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))

    @property
    def name(self) -> str:  # type: ignore[override]
        """The name by which the accounts library knows it."""
        return self.role.value


# What else lets somebody in beside their password. Each noun that does says here how it is closed to a person.
DOORS: list[Callable[[Person], None]] = []


class Person(UserMixin, Base):
    """Somebody with an account. People are deactivated, never deleted: their history stays."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    handle: Mapped[str] = mapped_column(unique=True, default=lambda: secrets.token_hex(8))
    name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    language: Mapped[str | None]
    theme: Mapped[str | None]
    hours_a_week: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    password: Mapped[str | None] = mapped_column(deferred=True)
    fs_uniquifier: Mapped[str] = mapped_column(unique=True, deferred=True, default=lambda: uuid.uuid4().hex)

    unit: Mapped[Unit | None] = relationship(lazy="raise")
    # Not "raise": whoever acts is often read anew beside a thing they are on, and may do nothing without their roles.
    # Loaded when they are asked for, which is of whoever acts; of the many people a page only names, nobody asks.
    roles: Mapped[list[Role]] = relationship(lazy="select", cascade="all, delete-orphan")  # type: ignore[assignment]

    if TYPE_CHECKING:

        def __init__(self, **values: object) -> None: ...

    @classmethod
    def add(
        cls,
        *,
        name: str,
        email: str,
        unit: Unit | None,
        roles: Iterable[RoleName] = (),
        owns: Iterable[Unit] = (),
        language: str | None = None,
        by: Actor | None,
        at: datetime,
    ) -> Person:
        """Give somebody an account; they choose a password through a link.

        Raises:
            RuleBroken: the address is in use, or an observer would have another role.
        """
        email = normalised(email)
        if db.session.scalar(select(cls.id).where(cls.email == email)):
            raise RuleBroken(_l("Somebody with this e-mail address is here already."))
        person = cls(
            name=name, email=email, unit_id=unit.id if unit else None, language=language, created_at=at, active=True
        )
        person.roles = _roles(set(roles), owns)
        db.session.add(person)
        record("person.added", person, by=by, roles=sorted(role.name for role in person.roles))
        return person

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return object.__hash__(self)

    def has(self, role: str) -> bool:
        """Whether this person holds a role."""
        return any(held.role.value == role for held in self.roles)

    @property
    def is_volunteer(self) -> bool:
        """Everyone with an active account but an observer."""
        return self.active and not self.has("observer")

    @property
    def is_leader(self) -> bool:
        """Whether this person may put the organisation's money and their name to something."""
        return self.active and self.has("leader")

    @property
    def is_pseudonymised(self) -> bool:
        """Whether the name was taken away, after they left."""
        return self.email == FORMER_ADDRESS % self.handle

    @property
    def owned_unit_ids(self) -> set[int]:
        """The units whose operations this person owns."""
        return {held.unit_id for held in self.roles if held.unit_id is not None}

    @property
    def initials(self) -> str:
        """One or two letters for the round mark."""
        words = [word for word in self.name.split() if word[:1].isalnum()]
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"

    def appoint(self, roles: Iterable[RoleName], owns: Iterable[Unit], *, by: Actor | None) -> None:
        """Give this person exactly these roles. Every session they have ends when one is taken away.

        Raises:
            RuleBroken: nobody would be left to administer, or an observer would have another role.
        """
        wanted = _roles(set(roles), owns)
        before = {(held.role, held.unit_id) for held in self.roles}
        after = {(role.role, role.unit_id) for role in wanted}
        if before == after:
            return
        if (RoleName.ADMINISTRATOR, None) in before - after:
            self._somebody_else_administers()
        self.roles = [held for held in self.roles if (held.role, held.unit_id) in after] + [
            role for role in wanted if (role.role, role.unit_id) not in before
        ]
        if before - after:
            self.end_sessions()
        record("person.roles_changed", self, by=by, roles=sorted({role.name for role in wanted}))

    def change_details(
        self, *, name: str, unit: Unit | None, language: str | None, theme: str | None, hours_a_week: int, by: Actor
    ) -> None:
        """Change what is known of this person."""
        before = (self.name, self.unit_id, self.language, self.theme, self.hours_a_week)
        self.name, self.unit_id = name, unit.id if unit else None
        self.language, self.theme, self.hours_a_week = language, theme, hours_a_week
        if before != (self.name, self.unit_id, self.language, self.theme, self.hours_a_week):
            record("person.changed", self, by=by, hours_a_week=hours_a_week)

    def deactivate(self, *, by: Actor | None) -> None:
        """End the account: no more signing in, every session ends now, the history stays.

        Raises:
            RuleBroken: nobody would be left to administer.
        """
        if not self.active:
            raise RuleBroken(_l("This account is not active any more."))
        if self.has("administrator"):
            self._somebody_else_administers()
        self.active = False
        self.end_sessions()
        record("person.deactivated", self, by=by)

    def reactivate(self, *, by: Actor) -> None:
        """Open the account again.

        Raises:
            RuleBroken: it is active, or nobody's any more.
        """
        if self.active:
            raise RuleBroken(_l("This account is active."))
        if self.is_pseudonymised:
            raise RuleBroken(_l("Their name was taken away for good. Add them anew when they come back."))
        self.active = True
        record("person.reactivated", self, by=by)

    def end_sessions(self) -> None:
        """Make every cookie and token this person holds worthless, and close every other way that is open to them."""
        self.fs_uniquifier = uuid.uuid4().hex
        for close in DOORS:
            close(self)

    def _somebody_else_administers(self) -> None:
        others = (
            select(func.count(Role.id))
            .join(Person, Person.id == Role.person_id)
            .where(Role.role == RoleName.ADMINISTRATOR, Person.active, Person.id != self.id)
        )
        if not db.session.scalar(others):
            raise RuleBroken(_l("This is the last administrator. Make somebody else administrator first."))


def normalised(email: str) -> str:
    """An e-mail address as it is kept and compared."""
    return email.strip().casefold()


def _roles(names: set[RoleName], owns: Iterable[Unit]) -> list[Role]:
    owned = list(owns)
    if RoleName.OBSERVER in names and (len(names) > 1 or owned):
        raise RuleBroken(_l("An observer reads what is shared and has no other role."))
    names.discard(RoleName.OPERATIONS_OWNER)
    plain = [Role(role=name, unit_id=None) for name in sorted(names, key=lambda name: name.value)]
    return plain + [Role(role=RoleName.OPERATIONS_OWNER, unit_id=unit.id) for unit in owned]
