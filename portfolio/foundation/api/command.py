"""One command of one person through the API: the write transaction, the `Idempotency-Key`, the answer.

with commanding() as act:
    experiment = queries.experiment_for_change(ref, viewer=act.person)
    act.authorize(policy.may_propose, experiment)
    experiment.propose(rules=house_rules(), by=act.person, at=act.at)
    return act.answer(shown(experiment))
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from flask import current_app, request

from portfolio.foundation import request_key
from portfolio.foundation.acting import Act, AlreadyDone
from portfolio.foundation.database import write_tx
from portfolio.foundation.errors import Conflict, Missing, Obstacle, PreconditionMissing, RuleBroken, Unprocessable
from portfolio.foundation.languages import lazy_gettext as _l

Found = TypeVar("Found")

LONGEST_KEY = 255


class Command(Act):
    """What one person's token asks for now."""

    def answer(self, body: dict[str, Any], status: int = 200, **headers: str) -> tuple[Any, int, dict[str, str]]:
        """The answer, kept beside the request's key so that a repetition gets the same one.

        Args:
            headers: with `_` for `-`.
        """
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self._claimed is not None:
            self._claimed.answer = json.dumps({"body": body, "status": status, "headers": named})
        return body, status, named


@contextmanager
def commanding() -> Iterator[Command]:
    """Open the write transaction, claim the request's key when it has one, and commit at the end.

    Raises:
        AlreadyDone: this very request was carried out before.
        Unprocessable: its key was used for something else, or cannot be one.
    """
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > LONGEST_KEY or not key.isprintable():
        raise Unprocessable(_l("An Idempotency-Key has at most 255 plain characters."))
    with write_tx() as at:
        person = current_app.extensions["gate"].current()
        claimed = None
        if person is not None and key and request.method == "POST":
            claimed = request_key.claim(
                person_id=person.id,
                key=f"api:{key}",
                route=request.path,
                body_hash=request_key.hash_of([("body", _canonical_body()), ("if-match", _matched())]),
                at=at,
            )
            if claimed.answer is not None:
                raise AlreadyDone(json.loads(claimed.answer))
        yield Command(person, at, claimed)


def version_read() -> str:
    """The version that the caller read, as `If-Match` names it.

    Raises:
        PreconditionMissing: a decision binds to a version, and none was named.
    """
    if not _matched():
        words = _l("Name the version you read in If-Match: it is the ETag of the answer you read it in.")
        raise PreconditionMissing(words)
    return _matched()


def refuse_another_version(now: str, shown: Callable[[], dict[str, Any]]) -> None:
    """Go on only when the caller names no version, or the one that is there now.

    Args:
        shown: gives what the caller would read now.

    Raises:
        Conflict: somebody changed it since; lays what was sent beside what there is.
    """
    if _matched() not in ("", "*", now):
        words = _l("Somebody changed this after you read it. Read it again, then send what you mean.")
        raise Conflict(words, versions=both_versions(_matched(), now, request.get_json(silent=True) or {}, shown()))


def both_versions(sent: str, now: str, first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """The version that was sent beside the one there is now, for a `Conflict`.

    Args:
        sent: its tag, without quotes.
        now: the tag of the one there is, without quotes.
        first: what was sent, or read.
        second: what there is.
    """
    names = [name for name in first if name in second and first[name] != second[name]]
    differ = [{"field": name, "sent": first[name], "now": second[name]} for name in names]
    return {"sent": quoted(sent), "now": quoted(now), "differ": differ}


def fingerprint(shown: dict[str, Any]) -> str:
    """The version of something that counts none itself: what is said of it, in short."""
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:16]


def named(field: str, find: Callable[..., Found], *asked: Any, **how: Any) -> Found:
    """What a body names, found by a query. That it is not there is no 404: the address was right.

    Raises:
        RuleBroken: it is not there, or not theirs to see.
    """
    try:
        return find(*asked, **how)
    except Missing as error:
        words = _l("What is named here is not there, or not yours to see.")
        raise RuleBroken(words, [Obstacle(_l("Name another one."), field)]) from error


def quoted(tag: str) -> str:
    """A version as the header `ETag` carries it."""
    return f'"{tag}"'


def _matched() -> str:
    return request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')


def _canonical_body() -> str:
    raw = request.get_data(cache=True)
    try:
        return json.dumps(json.loads(raw), sort_keys=True)
    except (ValueError, RecursionError):
        return raw.hex()
