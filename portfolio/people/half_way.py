"""Between the password and the second step: who has typed the one and not yet shown the other.

Kept in the signed cookie for ten minutes, and bound to the account's key: a new password or the end of the account ends
it like any other session. It opens nothing but the page that asks for the second step.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import redirect, request, session, url_for
from flask_security.tf_plugin import TfPlugin
from sqlalchemy import select
from werkzeug.wrappers import Response

from portfolio.foundation import clock
from portfolio.foundation.database import db, write_tx
from portfolio.people.guarding import give_the_try_back
from portfolio.people.passkey import Challenge
from portfolio.people.person import Person
from portfolio.people.second_step import has_second_step

GOOD_FOR = timedelta(minutes=10)


class SecondStep(TfPlugin):
    """Stands where the accounts library asks whether a password is enough."""

    def tf_enter(self, user: Any, remember_me: object, primary_authn_via: str, next_loc: str | None) -> Any:  # noqa: ARG002
        """The way to the second step, or None when this person takes none."""
        if not has_second_step(user.id):
            return None
        wanted = request.form.get("next") or request.args.get("next") or "/"
        account_key = user.fs_uniquifier
        db.session.rollback()
        with write_tx() as at:
            give_the_try_back(at=at)
        return ask_for_the_second_step(account_key, wanted)


def ask_for_the_second_step(account_key: str, wanted: str = "/") -> Response:
    """Go on to the page that asks for it."""
    session["half"] = {"key": account_key, "at": int(clock.now().timestamp()), "next": same_site(wanted)}
    return redirect(url_for("second_step.show"))


def half_signed_in(*, at: datetime) -> int | None:
    """The number of whoever has typed their password here and may now show the second step."""
    half = session.get("half")
    if not half or int(at.timestamp()) - half["at"] > GOOD_FOR.total_seconds():
        return None
    return db.session.scalar(select(Person.id).where(Person.fs_uniquifier == half["key"], Person.active))


def all_the_way() -> str:
    """It is done: forget the half way, and tell where they wanted to go."""
    return str((session.pop("half", None) or {}).get("next", "/"))


def remember(challenge: str) -> None:
    """Note what a device is asked to sign."""
    session["challenge"] = [challenge, clock.now().timestamp()]


def remembered_challenge() -> Challenge | None:
    """What the device was asked to sign, once."""
    kept = session.pop("challenge", None)
    if kept is None:
        return None
    return Challenge(kept[0], datetime.fromtimestamp(kept[1], clock.now().tzinfo))


def same_site(url: str) -> str:
    """An address of this site, else the front page."""
    plain = url.startswith("/") and not url.startswith(("//", "/\\")) and url.isprintable()
    return url if plain else "/"
