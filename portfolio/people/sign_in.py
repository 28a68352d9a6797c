"""One row per device that is signed in, so that signing out ends a copied cookie too."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, ForeignKey, bindparam, select, update
from sqlalchemy.orm import Mapped, mapped_column

from portfolio.audit.entry import record
from portfolio.foundation import clock
from portfolio.foundation.database import Base, db
from portfolio.foundation.errors import Missing
from portfolio.people.person import DOORS, Person

IDLE = timedelta(days=7)
ABSOLUTE = timedelta(days=30)
SEEN_AGAIN = timedelta(hours=1)  # How exactly "last seen" is kept.
FRESH = timedelta(minutes=10)  # How long a proof of who it is holds for what matters most.

# What a browser says of itself, and the plain word for it. The first that fits: many name others along.
BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrom", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    *(("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "Mac")),
    *(("CrOS", "ChromeOS"), ("Linux", "Linux")),
)


class SignIn(Base):
    """A device on which somebody is signed in. Where it is, is not kept."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    key_hash: Mapped[str] = mapped_column(unique=True)
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    browser: Mapped[str] = mapped_column(default="")
    proved_at: Mapped[datetime]  # When they last typed their password, or took their second step.
    two_steps: Mapped[bool] = mapped_column(default=False)  # Whether they have taken the second step here.

    @classmethod
    def begin(cls, person_id: int, *, browser: str = "", two_steps: bool = False, at: datetime) -> str:
        """Begin one; gives the key that the session cookie carries."""
        key = secrets.token_urlsafe(32)
        db.session.add(
            cls(
                person_id=person_id,
                key_hash=hash_of(key),
                began_at=at,
                seen_at=at,
                proved_at=at,
                browser=browser,
                two_steps=two_steps,
            )
        )
        return key

    def end(self, *, of: Person, by: Person, at: datetime) -> None:
        """Sign this device out."""
        if self.ended_at is None:
            self.ended_at = at
            record("person.device_ended", of, by=by)


# What holds of a device that is still signed in, when it is asked with `living_at`.
LIVING: tuple[ColumnElement[bool], ...] = (
    SignIn.ended_at.is_(None),
    SignIn.seen_at > bindparam("seen_after"),
    SignIn.began_at > bindparam("began_after"),
)


def living_at(at: datetime) -> dict[str, datetime]:
    """The parameters of `LIVING` at a moment."""
    return {"seen_after": at - IDLE, "began_after": at - ABSOLUTE}


def devices_of(person: Person, *, at: datetime) -> Sequence[SignIn]:
    """Where somebody is signed in, the one seen last first."""
    return db.session.scalars(
        select(SignIn)
        .where(SignIn.person_id == person.id, *LIVING)
        .order_by(SignIn.seen_at.desc(), SignIn.id.desc())
        .limit(50),
        living_at(at),
    ).all()


def device_of(person: Person, sign_in_id: int) -> SignIn:
    """One of somebody's devices.

    Raises:
        Missing: it is not there, or somebody else's.
    """
    found = db.session.scalars(select(SignIn).where(SignIn.id == sign_in_id, SignIn.person_id == person.id)).first()
    if found is None:
        raise Missing
    return found


def end_devices(person: Person, *, but: int | None, by: Person, at: datetime) -> int:
    """Sign somebody out everywhere; gives from how many devices.

    Args:
        but: the number of the one that stays.
    """
    ended = [device for device in devices_of(person, at=at) if device.id != but]
    for device in ended:
        device.ended_at = at
    if ended:
        record("person.devices_ended", person, by=by, devices=len(ended))
    return len(ended)


def browser_words(user_agent: str) -> str:
    """Which browser it is, in a plain word or two: “Firefox, Windows”. Nothing finer is kept."""
    kinds = (next((word for sign, word in signs if sign in user_agent), "") for signs in (BROWSERS, SYSTEMS))
    return ", ".join(kind for kind in kinds if kind)


def hash_of(key: str) -> str:
    """How a key is kept."""
    return hashlib.sha256(key.encode()).hexdigest()


def _end_all(person: Person) -> None:
    still = (SignIn.person_id == person.id, SignIn.ended_at.is_(None))
    db.session.execute(update(SignIn).where(*still).values(ended_at=clock.now()))


DOORS.append(_end_all)
