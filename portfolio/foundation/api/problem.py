"""How the API says no: `application/problem+json`, as RFC 9457 has it."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import marshmallow as ma
from flask import current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from portfolio.foundation.api import DOCS, ROOT
from portfolio.foundation.api.fields import Shown
from portfolio.foundation.errors import Refusal
from portfolio.foundation.languages import gettext as _
from portfolio.foundation.unreadable import MIMETYPE


class FieldProblem(Shown):
    """What is wrong with one field."""

    field = ma.fields.String(required=True)
    detail = ma.fields.String(required=True)


class Difference(Shown):
    """One field that is another one now."""

    field = ma.fields.String(required=True)
    sent = ma.fields.Raw(
        required=True,
        allow_none=True,
        metadata={"description": "As the version that was sent has it, or the change; null where that is not known."},
    )
    now = ma.fields.Raw(required=True, allow_none=True, metadata={"description": "As it is now."})


class Versions(Shown):
    """The version that was sent in `If-Match` beside the one there is now."""

    sent = ma.fields.String(required=True)
    now = ma.fields.String(required=True, metadata={"description": "The ETag to send after reading this."})
    differ = ma.fields.List(ma.fields.Nested(Difference), required=True)


class Problem(Shown):
    """Why something was not done, and what to do."""

    type = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    status = ma.fields.Integer(required=True)
    detail = ma.fields.String(required=True)
    errors = ma.fields.List(ma.fields.Nested(FieldProblem))
    obstacles = ma.fields.List(ma.fields.String())
    versions = ma.fields.Nested(Versions)


def is_for_the_api() -> bool:
    """Whether the running request came through the second door; its description is a page like any other."""
    return request.path.startswith(f"{ROOT}/") and request.path != DOCS


def problem(status: int, detail: str, **more: Any) -> Response:
    """The answer that says so.

    Args:
        more: `errors` per field, `obstacles`, or both `versions` of what was changed meanwhile.
    """
    said = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    answer: Response = current_app.response_class(
        current_app.json.dumps(said | {key: part for key, part in more.items() if part}), status, mimetype=MIMETYPE
    )
    return answer


def problem_of_refusal(refusal: Refusal) -> Response:
    """A refusal of a rule, with what stands in the way."""
    words = str(refusal.words) or str(_("It is not there, or not yours to see."))
    obstacles = [str(obstacle) for obstacle in refusal.obstacles]
    return problem(refusal.status, words, obstacles=obstacles, versions=getattr(refusal, "versions", None))


def problem_of_http(error: HTTPException) -> Response:
    """A request that no view could read."""
    said = getattr(error, "data", None) or {}
    errors = list(_flat(said.get("messages", {})))
    words = _("Some of it cannot be read. Mend what is named and send it again.") if errors else error.description
    answer = problem(error.code or 500, str(words or ""), errors=errors)
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            answer.headers[name] = value
    return answer


def _flat(messages: Any, path: str = "") -> Iterator[dict[str, str]]:
    """Messages of the shape library as one list: `criteria.0.baseline` and what is wrong with it."""
    if isinstance(messages, dict):
        for key, part in messages.items():
            inside = path if key in ("json", "query", "_schema") else f"{path}.{key}" if path else str(key)
            yield from _flat(part, inside)
        return
    for words in messages if isinstance(messages, list) else [messages]:
        yield {"field": path, "detail": str(words)}
