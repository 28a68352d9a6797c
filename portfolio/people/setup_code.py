"""The one-time code, printed on the console, with which the first administrator begins."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Mapped, mapped_column

from portfolio.foundation.database import Base, db
from portfolio.foundation.errors import RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.people.person import Person

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class SetupCode(Base):
    """A code that makes the first administrator, once."""

    __tablename__ = "setup_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    code_hash: Mapped[str]
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    @classmethod
    def make(cls, *, at: datetime) -> str:
        """Make a code; earlier ones end."""
        db.session.execute(update(cls).where(cls.used_at.is_(None)).values(used_at=at))
        code = "-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(5))
        db.session.add(cls(code_hash=_hash(code), made_at=at))
        return code

    @classmethod
    def use(cls, code: str, *, at: datetime) -> None:
        """Use the code up.

        Raises:
            RuleBroken: it is not the code, it was used, or somebody administers already.
        """
        won = db.session.execute(
            update(cls).where(cls.used_at.is_(None), cls.code_hash == _hash(code)).values(used_at=at).returning(cls.id)
        ).first()
        if won is None or not is_empty():
            raise RuleBroken(_l("This is not the code that the console shows, or it was used already."))


def is_empty() -> bool:
    """Whether nobody has an account yet."""
    return db.session.scalar(select(Person.id).limit(1)) is None


def _hash(code: str) -> str:
    return hashlib.sha256("".join(c for c in code.upper() if c in LETTERS).encode()).hexdigest()
