"""Recovery codes: ten, shown once, each good for one sign-in without the telephone."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import ForeignKey, delete, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from portfolio.foundation.database import Base, db
from portfolio.people.person import Person
from portfolio.people.setup_code import LETTERS

HOW_MANY = 10


class RecoveryCode(Base):
    """A code; only its hash is kept. With 80 bits it is not guessed, and outlives a change of SECRET_KEY."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    code_hash: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


def make_codes(person: Person, *, at: datetime) -> list[str]:
    """Make new ones; earlier ones are worth nothing any more."""
    drop_codes(person.id)
    codes = ["-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4)) for _ in range(HOW_MANY)]
    db.session.add_all(RecoveryCode(person_id=person.id, code_hash=_hash(code), made_at=at) for code in codes)
    return codes


def use_recovery_code(person_id: int, typed: str, *, at: datetime) -> bool:
    """Use one up, in a write transaction; says whether it was one that nobody used before."""
    won = db.session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.person_id == person_id, RecoveryCode.code_hash == _hash(typed), RecoveryCode.used_at.is_(None)
        )
        .values(used_at=at)
        .returning(RecoveryCode.id)
    ).first()
    return won is not None


def codes_left(person_id: int) -> int:
    """How many are still good."""
    still = (RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(select(func.count(RecoveryCode.id)).where(*still)) or 0


def drop_codes(person_id: int) -> None:
    """Take all of them away."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))


def _hash(code: str) -> str:
    return hashlib.sha256("".join(c for c in code.upper() if c in LETTERS).encode()).hexdigest()
