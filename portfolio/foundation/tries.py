"""How often something may be tried: counted in the database, so that every process counts along and a restart too.

A window slides: nobody gets twice the number by trying at its end and again at its beginning.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from portfolio.foundation.columns import EPOCH, MICROSECOND
from portfolio.foundation.database import Base, db, for_change
from portfolio.foundation.errors import TooMany


@dataclass(frozen=True)
class Limit:
    """So many tries within so long a time.

    Args:
        name: of what is tried, and by what it is counted, such as `sign_in.address`.
    """

    name: str
    times: int
    within: timedelta


class Tries(Base):
    """When something was tried lately. Whose it was is kept as a keyed hash: no address can be read from it."""

    __tablename__ = "tries"

    limit_name: Mapped[str] = mapped_column(primary_key=True)
    key_hash: Mapped[str] = mapped_column(primary_key=True)
    moments: Mapped[str] = mapped_column(default="[]")  # JSON: microseconds since 1970, the oldest first.
    over_at: Mapped[datetime] = mapped_column(index=True)  # From then on the row says nothing any more.

    def within(self, limit: Limit, at: datetime) -> list[datetime]:
        """The moments that still count."""
        moments = (EPOCH + number * MICROSECOND for number in json.loads(self.moments))
        return [moment for moment in moments if moment > at - limit.within]

    def keep(self, moments: list[datetime], limit: Limit) -> None:
        """Keep these moments."""
        self.moments = json.dumps([(moment - EPOCH) // MICROSECOND for moment in moments])
        self.over_at = (moments[-1] if moments else EPOCH) + limit.within


def look(limit: Limit, key: str, *, at: datetime) -> None:
    """Go on only while there is a try left; counts nothing and locks nothing.

    Raises:
        TooMany: says when there is one again.
    """
    row = db.session.get(Tries, (limit.name, hash_of(limit, key)))
    if row is not None:
        _refuse_the_next(limit, row.within(limit, at))


def take(limit: Limit, key: str, *, at: datetime) -> None:
    """Use up one try, in a write transaction; those who try at once wait for each other.

    Raises:
        TooMany: none is left; says when there is one again. It is not counted.
    """
    row = _row(limit, key, at=at)
    counting = row.within(limit, at)
    _refuse_the_next(limit, counting)
    row.keep([*counting, at], limit)


def note(limit: Limit, key: str, *, at: datetime) -> None:
    """Count something that happened, in a write transaction; only the next one is refused."""
    row = _row(limit, key, at=at)
    row.keep([*row.within(limit, at), at][-limit.times :], limit)


def give_back(limit: Limit, key: str, *, taken_at: datetime, at: datetime) -> None:
    """Take one try out of the count again, for it was right."""
    row = _row(limit, key, at=at)
    counting = row.within(limit, at)
    if taken_at in counting:
        counting.remove(taken_at)
        row.keep(counting, limit)


def forget(*, at: datetime) -> None:
    """Delete what says nothing any more."""
    db.session.execute(delete(Tries).where(Tries.over_at <= at))


def hash_of(limit: Limit, key: str) -> str:
    """How a key is kept: only whoever has the app's own key can tell whether it is a certain address."""
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(secret, f"tries|{limit.name}|{key}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def _row(limit: Limit, key: str, *, at: datetime) -> Tries:
    """The row, locked; made when there is none."""
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    key_hash = hash_of(limit, key)
    values = {"limit_name": limit.name, "key_hash": key_hash, "moments": "[]", "over_at": at}
    db.session.execute(insert(Tries).values(**values).on_conflict_do_nothing())
    return db.session.scalars(
        for_change(select(Tries).where(Tries.limit_name == limit.name, Tries.key_hash == key_hash))
    ).one()


def _refuse_the_next(limit: Limit, counting: list[datetime]) -> None:
    if len(counting) >= limit.times:
        raise TooMany(counting[-limit.times] + limit.within)
