"""What stands around the accounts library's own views: tries are counted, and what failed is on the trail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from flask import Flask, g, render_template, request, session
from sqlalchemy import select
from werkzeug.wrappers import Response

from portfolio.audit.entry import record
from portfolio.foundation import clock
from portfolio.foundation.acting import keep
from portfolio.foundation.database import db, write_tx
from portfolio.foundation.errors import TooMany
from portfolio.foundation.tries import Limit, give_back, look, note, take
from portfolio.people.forms import SignInForm
from portfolio.people.limits import PROOF_OF, SIGN_IN_FROM, SIGN_IN_OF, client
from portfolio.people.person import Person, normalised


def guard_the_ways_in(app: Flask) -> None:
    """Count before the library's views run, and after."""
    app.before_request(_count)
    app.after_request(_note_what_failed)


def refuse_what_is_too_much() -> None:
    """Refuse what was counted too often; once it is known who asks, so that the page can say it in their language.

    Raises:
        TooMany: nothing of it is looked at.
    """
    refused = g.pop("too_many", None)
    if refused is not None:
        if request.endpoint == "security.login":
            form = SignInForm()
            keep(form, lambda: render_template("security/login_user.html", login_user_form=form))
        raise refused


def proved() -> None:
    """It was the right password: give the try back, with whatever is committed next."""
    at_commit(lambda: give_the_try_back(at=clock.now()))


def give_the_try_back(*, at: datetime) -> None:
    """Give the try back, in a write transaction."""
    counted: tuple[Limit, str, datetime] | None = g.pop("counted", None)
    if counted is not None:
        limit, key, taken_at = counted
        give_back(limit, key, taken_at=taken_at, at=at)


def at_commit(change: Callable[[], object]) -> None:
    """Have something changed in the transaction in which the library's own changes are committed."""
    g.setdefault("at_commit", []).append(change)


def spelling(typed: str) -> str:
    """An address as the library looks it up: however it is spelt, it is counted as one."""
    try:
        return normalised(validate_email(typed.strip(), check_deliverability=False).normalized)
    except EmailNotValidError:
        return normalised(typed)


def _count() -> None:
    """Use up a try before a password is looked at. The lock is let go of before hashing begins."""
    if request.method != "POST" or request.endpoint not in ("security.login", "security.change_password"):
        return
    now = clock.now()
    signing_in = request.endpoint == "security.login"
    limit, key = (SIGN_IN_OF, spelling(request.form.get("email", ""))) if signing_in else (PROOF_OF, _account())
    try:
        if signing_in:
            look(SIGN_IN_FROM, client(), at=now)
        look(limit, key, at=now)  # Whoever goes on knocking takes no lock.
        with write_tx() as at:
            take(limit, key, at=at)
            g.counted = (limit, key, at)
    except TooMany as refused:
        db.session.rollback()
        g.too_many = refused


def _account() -> str:
    """Whose cookie it says it is; nobody is loaded for it."""
    return str(session.get("_user_id", ""))


def _note_what_failed(answer: Response) -> Response:
    """Count it for where it came from, and note it on the trail: the same writes for known addresses and others."""
    if "counted" not in g or request.endpoint != "security.login" or answer.status_code >= 400:
        return answer
    db.session.rollback()
    with write_tx() as at:
        note(SIGN_IN_FROM, client(), at=at)
        known = select(Person).where(Person.email == spelling(request.form.get("email", "")))
        record("person.sign_in_refused", db.session.scalars(known).first(), by=None)
    return answer
