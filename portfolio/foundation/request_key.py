"""One use per form: the same form sent twice acts once and gets the same answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from portfolio.foundation.database import Base, db
from portfolio.foundation.errors import Unprocessable
from portfolio.foundation.languages import lazy_gettext as _l


class RequestKey(Base):
    """A key that a form or a request carried, claimed in the transaction that carried it out."""

    __tablename__ = "request_key"

    person_id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    route: Mapped[str]
    body_hash: Mapped[str]
    answer: Mapped[str | None]
    claimed_at: Mapped[datetime] = mapped_column(index=True)


def claim(*, person_id: int, key: str, route: str, body_hash: str, at: datetime) -> RequestKey:
    """Claim a key; the row has an answer already when somebody was first. A second claim waits for the first.

    Raises:
        Unprocessable: the key was used for something else.
    """
    values = {"person_id": person_id, "key": key, "route": route, "body_hash": body_hash, "claimed_at": at}
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    db.session.execute(insert(RequestKey).values(**values).on_conflict_do_nothing())
    row = db.session.get_one(RequestKey, (person_id, key), populate_existing=True)
    if (row.route, row.body_hash) != (route, body_hash):
        raise Unprocessable(_l("This form was sent before with other answers. Open it again and send what you mean."))
    return row


def hash_of(fields: Iterable[tuple[str, str]]) -> str:
    """SHA-256 of what a form says, without the fields that differ each time."""
    said = sorted((name, value) for name, value in fields if name not in ("csrf_token", "request_key"))
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()
