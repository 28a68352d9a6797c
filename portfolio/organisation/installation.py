"""What this database is: an organisation's own, or the demonstration."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from portfolio.foundation.database import Base, db


class Installation(Base):
    """One row. Only a database that `tandem demo` filled is marked as a demonstration."""

    __tablename__ = "installation"

    id: Mapped[int] = mapped_column(primary_key=True)
    is_demo: Mapped[bool] = mapped_column(default=False)


def is_demo() -> bool:
    """Whether the database holds the demonstration."""
    return db.session.get_one(Installation, 1).is_demo
