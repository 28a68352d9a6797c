"""One row per device that is signed in, so that signing out ends a copied cookie too."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portfolio.foundation.database import Base, db

IDLE = timedelta(days=7)
ABSOLUTE = timedelta(days=30)
SEEN_AGAIN = timedelta(hours=1)  # How exactly "last seen" is kept.


class SignIn(Base):
    """A device on which somebody is signed in."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    key_hash: Mapped[str] = mapped_column(unique=True)
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    @classmethod
    def begin(cls, person_id: int, *, at: datetime) -> str:
        """Begin one; gives the key that the session cookie carries."""
        key = secrets.token_urlsafe(32)
        db.session.add(cls(person_id=person_id, key_hash=hash_of(key), began_at=at, seen_at=at))
        return key


def hash_of(key: str) -> str:
    """How a key is kept."""
    return hashlib.sha256(key.encode()).hexdigest()
