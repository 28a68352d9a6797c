"""One act of one person through a page: the write transaction, the one-use key, the answer.

with acting() as act:
    experiment = queries.experiment_for_change(ref, viewer=act.person)
    act.authorize(policy.may_propose, experiment)
    experiment.propose(by=act.person, at=act.at)
    return act.done(url_for(".show_experiment", ref=ref), _("Leadership has your proposal."))
"""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import quote

from flask import Flask, current_app, flash, g, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError
from werkzeug.wrappers import Response

from portfolio.foundation import request_key
from portfolio.foundation.authority import Permission, authorize
from portfolio.foundation.database import db, write_tx
from portfolio.foundation.errors import Missing, Words

log = logging.getLogger(__name__)
TRIES = 4
LONGEST_WAY = 200  # Letters of an address of ours.
LOST_RACES = {"40001", "40P01", "55P03", "23505"}  # The last: another one of the same name was written meanwhile.


class AlreadyDone(Exception):
    """The same form was carried out before; holds the answer it got."""

    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__()
        self.answer = answer


class Act:
    """What one person does now."""

    def __init__(self, person: Any, at: datetime, claimed: request_key.RequestKey | None) -> None:
        self.person = person
        self.at = at
        self._claimed = claimed
        self._message = ("", "")

    def authorize(self, policy: Permission, thing: Any = None) -> None:
        """Go on only when this person may do it to this thing.

        Raises:
            NotAllowed: they may not.
        """
        authorize(policy, self.person, thing)

    def done(self, url: str, message: Words = "", tone: str = "good") -> Response:
        """The answer: where to go on, unless they came from elsewhere to do this; and a sentence about it."""
        self._message = (str(message), tone)
        url = came_from() or url
        if self._claimed is not None:
            self._claimed.answer = json.dumps({"url": url, "message": str(message), "tone": tone})
        return redirect(url, 303)

    def tell(self) -> None:
        """Show the sentence on the next page; only once it is true."""
        if self._message[0]:
            flash(*self._message)


def came_from() -> str:
    """The page of ours from which somebody went to do this, and where they go on afterwards; else nothing."""
    then = request.values.get("then", "")
    ours = then.startswith("/") and not then.startswith(("//", "/\\"))
    return then if ours and then.isprintable() and len(then) <= LONGEST_WAY else ""


@contextmanager
def acting() -> Iterator[Act]:
    """Open the write transaction, claim the form's key, and commit at the end.

    Raises:
        AlreadyDone: this very form was carried out before.
        Unprocessable: its key was used for something else.
    """
    with write_tx() as at:
        person = current_app.extensions["gate"].current()
        key = request.form.get("request_key", "")
        claimed = None
        if person is not None and key.isalnum():
            claimed = request_key.claim(
                person_id=person.id,
                key=key[:64],
                route=request.path,
                body_hash=request_key.hash_of(request.form.items(multi=True)),
                at=at,
            )
            if claimed.answer is not None:
                raise AlreadyDone(json.loads(claimed.answer))
        act = Act(person, at, claimed)
        yield act
    act.tell()


def keep(form: Any, page: Callable[[], ResponseReturnValue]) -> None:
    """Name the form and its page, shown again with all that was typed should this request be refused."""
    g.kept = (form, page)


class RetryingFlask(Flask):
    """Runs a view again, a few times, when it lost a race for a row; a view does nothing irreversible before."""

    def dispatch_request(self) -> ResponseReturnValue:
        if any("\0" in said for said in (request.path, *(value for _, value in request.args.items(multi=True)))):
            raise Missing  # Nobody types it, and PostgreSQL refuses to look for it.
        for left in reversed(range(TRIES)):
            try:
                return super().dispatch_request()
            except DBAPIError as error:
                db.session.rollback()
                if not left or not lost_a_race(error):
                    raise
                time.sleep(0.005 * 2 ** (TRIES - left) * (0.5 + random.random()))  # noqa: S311
        raise AssertionError  # The last try returned or raised.

    def log_exception(self, exc_info: Any) -> None:
        """One line for what broke, and its traceback; a line break in the address would be a second line."""
        log.error("This request failed: %s %s", request.method, quote(request.path), exc_info=exc_info)


def lost_a_race(error: DBAPIError) -> bool:
    """Whether another transaction was in the way, so that trying again helps."""
    state = getattr(error.orig, "sqlstate", None)
    name = getattr(error.orig, "sqlite_errorname", "") or ""
    return state in LOST_RACES or name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))
