"""Pictures of a learning: a table full of LEGO says more than a page. They are added with it, and never changed.

One can be taken away for good, when somebody on it asks: what it looks like is deleted, that it was there stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portfolio.foundation import clock
from portfolio.foundation.database import Base
from portfolio.foundation.pictures import Picture
from portfolio.organisation.house_rules import house_rules
from portfolio.people.person import Person

MOST_PICTURES = 6  # Of one learning.


@dataclass(frozen=True)
class Illustration:
    """A picture, and what it shows for whoever does not see it."""

    picture: Picture
    shows: str


class LearningPicture(Base):
    """What is known of a picture; what it looks like lies beside it, so that a list does not carry it along."""

    __tablename__ = "learning_picture"
    __table_args__ = (Index("uq_learning_picture", "learning_id", "position", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    learning_id: Mapped[int] = mapped_column(ForeignKey("learning.id"))
    position: Mapped[int]  # From 1.
    shows: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]  # Bytes.
    sha256: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime]

    removal: Mapped[PictureRemoval | None] = relationship(lazy="raise", viewonly=True)


class PictureContent(Base):
    """What a picture looks like: the bytes of a JPEG, of which the trail knows the hash."""

    __tablename__ = "picture_content"

    picture_id: Mapped[int] = mapped_column(ForeignKey("learning_picture.id"), primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class PictureRemoval(Base):
    """That a picture was taken away; its content may be deleted once this is there."""

    __tablename__ = "picture_removal"

    picture_id: Mapped[int] = mapped_column(ForeignKey("learning_picture.id"), primary_key=True, autoincrement=False)
    reason: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    by: Mapped[Person] = relationship(lazy="raise")

    @property
    def day(self) -> date:
        """The organisation's day on which it was."""
        return clock.day_of(self.at, house_rules().time_zone)
