"""Comments as JSON, for every resource that people talk about."""

from __future__ import annotations

from typing import Any

from marshmallow.fields import Boolean, Integer, List, Nested, String

from portfolio.audit.entry import Subject
from portfolio.foundation.api.fields import Body, Flag, Moment, Prose, Shown, moment
from portfolio.people.comment import comments_on


class CommentBody(Body):
    """Something to say."""

    body = Prose(required=True)
    is_question = Flag(load_default=False)


class CommentShown(Shown):
    """Something that was said."""

    number = Integer(required=True)
    body = String(required=True)
    is_question = Boolean(required=True)
    by = String(required=True)
    at = Moment(required=True)


class Comments(Shown):
    """What was said, oldest first."""

    items = List(Nested(CommentShown), required=True)


def comments_shown(subject: Subject) -> dict[str, Any]:
    """What was said about a thing."""
    return {
        "items": [
            {"number": c.id, "body": c.body, "is_question": c.is_question, "by": c.by.handle, "at": moment(c.at)}
            for c in comments_on(subject)
        ]
    }
