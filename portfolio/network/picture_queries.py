"""Reading the pictures of learnings."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portfolio.foundation.database import db
from portfolio.foundation.errors import Missing
from portfolio.network.learning import Learning
from portfolio.network.picture import LearningPicture, PictureContent, PictureRemoval

REMOVAL = joinedload(LearningPicture.removal).joinedload(PictureRemoval.by)


def pictures_of(learnings: Iterable[Learning]) -> dict[int, list[LearningPicture]]:
    """The pictures of learnings by the learnings' numbers, without what they look like; one query."""
    ids = [learning.id for learning in learnings]
    rows = db.session.scalars(
        select(LearningPicture)
        .where(LearningPicture.learning_id.in_(ids))
        .options(REMOVAL)
        .order_by(LearningPicture.learning_id, LearningPicture.position)
    )
    found: dict[int, list[LearningPicture]] = {}
    for row in rows:
        found.setdefault(row.learning_id, []).append(row)
    return found


def picture(learning: Learning, position: int) -> LearningPicture:
    """What is known of one of its pictures.

    Raises:
        Missing: it has no such picture.
    """
    found = db.session.scalars(
        select(LearningPicture)
        .where(LearningPicture.learning_id == learning.id, LearningPicture.position == position)
        .options(REMOVAL)
    ).one_or_none()
    if found is None:
        raise Missing
    return found


def content_of(learning: Learning, position: int) -> bytes:
    """What one of its pictures looks like.

    Raises:
        Missing: it has no such picture, or it was taken away.
    """
    content = db.session.scalar(
        select(PictureContent.content)
        .join(LearningPicture, LearningPicture.id == PictureContent.picture_id)
        .where(LearningPicture.learning_id == learning.id, LearningPicture.position == position)
    )
    if content is None:
        raise Missing
    return content
