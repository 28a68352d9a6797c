"""What people say about a thing: comments, and questions that can be answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from portfolio.audit.entry import Subject, record
from portfolio.foundation import rich_text
from portfolio.foundation.database import Base, db
from portfolio.people.person import Person


class Comment(Base):
    """A remark or a question, in Markdown."""

    __tablename__ = "comment"
    __table_args__ = (Index("ix_comment_subject", "subject_type", "subject_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_type: Mapped[str]
    subject_id: Mapped[int]
    body: Mapped[str]
    is_question: Mapped[bool] = mapped_column(default=False)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    by: Mapped[Person] = relationship(lazy="raise")

    @classmethod
    def write(cls, subject: Subject, body: str, *, is_question: bool = False, by: Person, at: datetime) -> Comment:
        """Say something about a thing."""
        rich_text.keep(body)
        comment = cls(
            subject_type=subject.__tablename__,
            subject_id=subject.id,
            body=body,
            is_question=is_question,
            by_id=by.id,
            at=at,
        )
        db.session.add(comment)
        record(f"{subject.__tablename__}.{'asked' if is_question else 'commented'}", subject, by=by)
        return comment


def comments_on(subject: Subject, most: int = 100) -> Sequence[Comment]:
    """What was said about a thing, oldest first."""
    return db.session.scalars(
        select(Comment)
        .where(Comment.subject_type == subject.__tablename__, Comment.subject_id == subject.id)
        .options(joinedload(Comment.by).joinedload(Person.unit))
        .order_by(Comment.id)
        .limit(most)
    ).all()
