"""Tokens by which a program acts for a person: made and ended by that person, shown once, kept as a hash."""

from __future__ import annotations

import enum
import hashlib
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, not_, select, update
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, undefer

from portfolio.audit.entry import record
from portfolio.foundation.authority import Actor
from portfolio.foundation.database import Base, db
from portfolio.foundation.errors import Missing, RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.people.person import Person
from portfolio.people.second_step import lacks_it

MARK = "tandem_"  # By which a token that leaked is recognised for what it is.
LONGEST = timedelta(days=365)
SEEN_AGAIN = timedelta(hours=1)  # How exactly "last used" is kept.


class Scope(enum.Enum):
    """What a token is for; what its owner may do now stays the limit."""

    READ = "read"
    WRITE = "write"
    FUND = "fund"
    ADMIN = "admin"

    @property
    def label(self) -> object:
        """The scope in words."""
        return SCOPE_LABELS[self]


SCOPE_LABELS = {
    Scope.READ: _l("Read what you can read"),
    Scope.WRITE: _l("Propose, log, promote and comment as you"),
    Scope.FUND: _l("Decide on money as you, where you are a leader"),
    Scope.ADMIN: _l("Administer as you, where you are an administrator"),
}


class Token(Base):
    """A token of one person. It ends with its last day, by hand, or with everything else its owner is signed in by."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    owner_mark: Mapped[str]  # Of the owner's accounts key: it differs once their sessions were ended.
    scopes: Mapped[str]
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise")

    @classmethod
    def make(
        cls, person: Person, name: str, scopes: Iterable[Scope], *, lives: timedelta, by: Actor | None, at: datetime
    ) -> tuple[Token, str]:
        """Make one. Gives it and its text, which nobody sees again.

        Raises:
            RuleBroken: the account is not active, no scope was named, or it would live too long.
        """
        wanted = sorted({scope.value for scope in scopes})
        if not person.active:
            raise RuleBroken(_l("This account is not active."))
        if not wanted:
            raise RuleBroken(_l("Say what the token is for."))
        if not timedelta(0) < lives <= LONGEST:
            raise RuleBroken(_l("A token lives a year at most."))
        text = MARK + secrets.token_urlsafe(32)
        token = cls(
            person_id=person.id,
            name=name,
            token_hash=hash_of(text),
            owner_mark=_mark_of(person.id),
            scopes=" ".join(wanted),
            made_at=at,
            ends_at=at + lives,
        )
        db.session.add(token)
        record("token.made", person, by=by, scopes=wanted, names={"token": name})
        return token, text

    @property
    def carries(self) -> frozenset[str]:
        """The scopes it has."""
        return frozenset(self.scopes.split())

    @property
    def scope_labels(self) -> list[object]:
        """Its scopes in words."""
        return [scope.label for scope in Scope if scope.value in self.carries]

    def is_live(self, at: datetime) -> bool:
        """Whether it opens anything; its owner is loaded with their accounts key."""
        return (
            self.revoked_at is None
            and at < self.ends_at
            and self.person.active
            and self.owner_mark == hash_of(self.person.fs_uniquifier)
        )

    def revoke(self, *, by: Actor | None, at: datetime) -> None:
        """End it now.

        Raises:
            RuleBroken: it is ended already.
        """
        if self.revoked_at is not None:
            raise RuleBroken(_l("This token is ended already."))
        self.revoked_at = at
        record("token.revoked", self.person, by=by, names={"token": self.name})


def bearer(text: str, *, at: datetime) -> Token | None:
    """The live token with this text, with its owner and their roles."""
    found = db.session.scalars(
        select(Token)
        .where(Token.token_hash == hash_of(text), not_(lacks_it(Token.person_id)))
        .options(joinedload(Token.person).options(joinedload(Person.roles), undefer(Person.fs_uniquifier)))
    ).unique().first()  # fmt: skip
    return found if found is not None and found.is_live(at) else None


def seen(token_id: int, *, at: datetime) -> None:
    """Note that a token was used."""
    db.session.execute(update(Token).where(Token.id == token_id).values(seen_at=at))


def tokens_of(person: Person) -> Sequence[Token]:
    """A person's tokens, the newest first."""
    return (
        db.session.scalars(
            select(Token)
            .where(Token.person_id == person.id)
            .options(joinedload(Token.person).undefer(Person.fs_uniquifier))
            .order_by(Token.id.desc())
            .limit(100)
        )
        .unique()
        .all()
    )


def token_of(person: Person, token_id: int) -> Token:
    """One of a person's tokens.

    Raises:
        Missing: it is not there, or somebody else's.
    """
    found = db.session.scalars(
        select(Token).where(Token.id == token_id, Token.person_id == person.id).options(joinedload(Token.person))
    ).first()
    if found is None:
        raise Missing
    return found


def hash_of(text: str) -> str:
    """How a secret is kept."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _mark_of(person_id: int) -> str:
    return hash_of(db.session.scalars(select(Person.fs_uniquifier).where(Person.id == person_id)).one())
