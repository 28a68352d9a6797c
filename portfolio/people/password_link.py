"""One-time links by which somebody chooses a password: an invitation, or a reset they asked for."""

from __future__ import annotations

import enum
import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, select, update
from sqlalchemy.orm import Mapped, mapped_column

from portfolio.audit.entry import record
from portfolio.foundation import clock
from portfolio.foundation.columns import choice
from portfolio.foundation.database import Base, db
from portfolio.foundation.errors import RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.people.person import DOORS, Person


class LinkKind(enum.Enum):
    """Why the link was sent, and how long it lives."""

    INVITATION = "invitation"
    RESET = "reset"

    @property
    def lives(self) -> timedelta:
        """How long it can be used."""
        return timedelta(days=14) if self is LinkKind.INVITATION else timedelta(hours=2)


class PasswordLink(Base):
    """A link; only the hash of its token is kept."""

    __tablename__ = "password_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[LinkKind] = mapped_column(choice(LinkKind))
    token_hash: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]

    @classmethod
    def make(cls, person: Person, kind: LinkKind, *, at: datetime) -> tuple[PasswordLink, str]:
        """Make a link for a person; earlier ones of the same kind end. Gives it and its token."""
        db.session.execute(
            update(cls).where(cls.person_id == person.id, cls.kind == kind, cls.used_at.is_(None)).values(used_at=at)
        )
        token = secrets.token_urlsafe(32)
        link = cls(person_id=person.id, kind=kind, token_hash=_hash(token), made_at=at)
        db.session.add(link)
        record("person.link_made", person, by=None, kind=kind.value)
        return link, token

    @classmethod
    def live(cls, token: str, *, at: datetime) -> PasswordLink:
        """The link with a token, as long as it can be used.

        Raises:
            RuleBroken: it was used, is too old, or never was one.
        """
        link = db.session.scalars(select(cls).where(cls.token_hash == _hash(token))).first()
        if link is None or link.used_at is not None or at >= link.made_at + link.kind.lives:
            raise RuleBroken(_l("This link was used or is too old. Ask for a new one on the sign-in page."))
        return link

    def use(self, person: Person, password_hash: str, *, at: datetime) -> None:
        """Set the person's password, once; every session they had ends.

        Raises:
            RuleBroken: it was used meanwhile, or the account is not active.
        """
        won = db.session.execute(
            update(PasswordLink)
            .where(PasswordLink.id == self.id, PasswordLink.used_at.is_(None))
            .values(used_at=at)
            .returning(PasswordLink.id)
        ).first()
        if won is None or not person.active:
            raise RuleBroken(_l("This link was used or is too old. Ask for a new one on the sign-in page."))
        person.password = password_hash
        person.end_sessions()
        _close(person, *LinkKind)
        record("person.password_set", person, by=person, how=self.kind.value)


def close_links(person: Person) -> None:
    """End the links that would give somebody a new password. An invitation stays, as long as the account does."""
    _close(person, *(LinkKind if not person.active else (LinkKind.RESET,)))


def _close(person: Person, *kinds: LinkKind) -> None:
    still = (PasswordLink.person_id == person.id, PasswordLink.kind.in_(kinds), PasswordLink.used_at.is_(None))
    db.session.execute(update(PasswordLink).where(*still).values(used_at=clock.now()))


DOORS.append(close_links)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
