"""An app on somebody's telephone that shows codes: set up, confirmed with a first code, each code used once."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, delete, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column, undefer

from portfolio.foundation import one_time_codes
from portfolio.foundation.database import Base, db
from portfolio.foundation.errors import RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.people.person import DOORS, Person

PATIENCE = timedelta(minutes=15)  # How long setting up may take.


class Authenticator(Base):
    """The app of one person. It counts for nothing until a first code has confirmed it."""

    __tablename__ = "authenticator"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    secret: Mapped[str] = mapped_column(deferred=True)
    made_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_counter: Mapped[int | None]

    @classmethod
    def begin(cls, person: Person, *, at: datetime) -> Authenticator:
        """Begin to set one up; what was begun before ends.

        Raises:
            RuleBroken: there is one already.
        """
        if app_of(person.id) is not None:
            raise RuleBroken(_l("You have set up an app already. Take it away first."))
        db.session.execute(delete(cls).where(cls.person_id == person.id))
        begun = cls(person_id=person.id, secret=one_time_codes.new_secret(), made_at=at)
        db.session.add(begun)
        return begun

    def confirm(self, code: str, *, at: datetime) -> None:
        """It shows the right code: from now on it counts.

        Raises:
            RuleBroken: the code is not the one it shows now, or setting up took too long.
        """
        counter = one_time_codes.number_of(code, self.secret, at=at)
        if self.confirmed_at is not None or at > self.made_at + PATIENCE:
            raise RuleBroken(_l("This took too long. Begin once more."))
        if counter is None:
            raise RuleBroken(_l("This is not the code the app shows now. Type the newest one."))
        self.confirmed_at, self.last_counter = at, counter


def app_of(person_id: int) -> Authenticator | None:
    """Somebody's app, when it is confirmed."""
    statement = select(Authenticator).where(Authenticator.person_id == person_id)
    return db.session.scalars(statement.where(Authenticator.confirmed_at.is_not(None))).first()


def begun_app_of(person_id: int) -> Authenticator | None:
    """The app somebody is setting up, with its secret."""
    statement = select(Authenticator).where(Authenticator.person_id == person_id)
    return db.session.scalars(
        statement.where(Authenticator.confirmed_at.is_(None)).options(undefer(Authenticator.secret))
    ).first()


def secret_of(person_id: int) -> str | None:
    """The encrypted secret of somebody's confirmed app."""
    statement = select(Authenticator.secret).where(Authenticator.person_id == person_id)
    return db.session.scalar(statement.where(Authenticator.confirmed_at.is_not(None)))


def use_code(person_id: int, counter: int) -> bool:
    """Use a code up, in a write transaction; says whether nobody did before. Older ones are used up along with it."""
    won = db.session.execute(
        update(Authenticator)
        .where(
            Authenticator.person_id == person_id,
            Authenticator.confirmed_at.is_not(None),
            or_(Authenticator.last_counter.is_(None), Authenticator.last_counter < counter),
        )
        .values(last_counter=counter)
        .returning(Authenticator.person_id)
    ).first()
    return won is not None


def _drop_what_was_begun(person: Person) -> None:
    begun = (Authenticator.person_id == person.id, Authenticator.confirmed_at.is_(None))
    db.session.execute(delete(Authenticator).where(*begun))


DOORS.append(_drop_what_was_begun)
