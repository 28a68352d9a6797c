"""Accounts on flask-security: how its views commit through our door, and who is signed in."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from functools import cache
from typing import Any

from flask import Flask, current_app, g, redirect, request, session, url_for
from flask_login import current_user, user_logged_out
from flask_security import Security, SQLAlchemyUserDatastore, login_user, password_changed, user_authenticated
from sqlalchemy import Select, bindparam, select, update
from sqlalchemy.orm import joinedload, undefer
from werkzeug.wrappers import Response

from portfolio.audit.entry import record
from portfolio.foundation import clock
from portfolio.foundation.api.problem import is_for_the_api
from portfolio.foundation.authority import Gate, anybody, signed_in
from portfolio.foundation.database import db, write_tx
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.people.bearing import ask_for_a_token, know_the_bearer
from portfolio.people.guarding import at_commit, guard_the_ways_in, proved, refuse_what_is_too_much
from portfolio.people.half_way import SecondStep
from portfolio.people.password_link import close_links
from portfolio.people.person import Person, Role
from portfolio.people.proof import ask_for_proof
from portfolio.people.second_step import lacks_it
from portfolio.people.setup_code import is_empty
from portfolio.people.sign_in import LIVING, SEEN_AGAIN, SignIn, browser_words, hash_of, living_at

# Texts of the accounts library in our own voice; looked up in our own catalogue.
MESSAGES = {
    "UNAUTHENTICATED": _l("Sign in to read this."),
    "GENERIC_AUTHN_FAILED": _l("This address and password do not go together. Try again, or ask for a new password."),
    "PASSWORD_NOT_PROVIDED": _l("Type a password."),
    "PASSWORD_INVALID_LENGTH": _l("Use at least 12 characters; a short sentence works well."),
    "INVALID_PASSWORD": _l("This is not your present password."),
    "RETYPE_PASSWORD_MISMATCH": _l("The two passwords differ. Type the new one twice."),
    "PASSWORD_IS_THE_SAME": _l("This is the password you have. Choose another one."),
    "PASSWORD_CHANGE": _l("Your password is changed. Other devices are signed out."),
}


# What is open to somebody who still has to set up their second step.
STILL_OPEN = ("signing_in", "own_step", "security.logout", "people.choose_language", "static")


def settings_for_accounts(*, secure_cookies: bool) -> dict[str, Any]:
    """How the accounts library is set up."""
    prefix = "__Host-" if secure_cookies else ""
    return {
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SINGLE_HASH": {"argon2"},
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
        "SECURITY_PASSWORD_LENGTH_MIN": 12,
        "SECURITY_PASSWORD_REQUIRED": True,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
        "SECURITY_LOGIN_URL": "/sign-in",
        "SECURITY_LOGOUT_URL": "/sign-out",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_CHANGEABLE": True,
        "SECURITY_CHANGE_URL": "/account/password",
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
        "SECURITY_FRESHNESS": timedelta(minutes=-1),  # Ours asks instead, in `proof.py`.
        "SECURITY_POST_LOGIN_VIEW": "/",
        "SECURITY_POST_LOGOUT_VIEW": "/sign-in",
        "SECURITY_POST_CHANGE_VIEW": "/account",
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_UNAUTHORIZED_VIEW": None,
        "SECURITY_CLI_USERS_NAME": False,
        "SECURITY_CLI_ROLES_NAME": False,
        "SECURITY_I18N_DOMAIN": "messages",
        "SECURITY_I18N_DIRNAME": "portfolio/translations",
        "SESSION_COOKIE_NAME": f"{prefix}tandem",
        "SESSION_COOKIE_SECURE": secure_cookies,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_REFRESH_EACH_REQUEST": False,  # A sign-in lives no longer than the cookie it was given.
        "PERMANENT_SESSION_LIFETIME": timedelta(days=30),
        "WTF_CSRF_TIME_LIMIT": None,
    } | {f"SECURITY_MSG_{key}": (words, "error") for key, words in MESSAGES.items()}


class PersonStore(SQLAlchemyUserDatastore):
    """Finds people by what their cookie says, and commits in a write transaction."""

    def find_user(self, case_insensitive: bool = False, **by: Any) -> Person | None:  # noqa: ARG002
        """The person with an attribute; by cookie only while the device is signed in."""
        ((attribute, value),) = by.items()
        statement = select(Person).options(joinedload(Person.roles))
        if attribute == "fs_uniquifier":
            return _signed_in_here(str(value))
        if attribute == "email":
            statement = statement.where(Person.email == str(value).casefold()).options(undefer(Person.password))
        else:
            statement = statement.where(getattr(Person, attribute) == value)
        return db.session.scalars(statement).unique().first()

    def commit(self) -> None:
        """End the snapshot the password was checked in; commit what is pending in a write transaction."""
        ours = db.session()
        raw: Any = ours.connection().connection.driver_connection
        raw.rollback()
        if isinstance(raw, sqlite3.Connection):
            raw.execute("PRAGMA query_only=OFF")
            raw.execute("BEGIN IMMEDIATE")
        else:
            raw.read_only = False
        ours.info["writing"] = True
        try:
            for change in g.pop("at_commit", ()):
                change()
            ours.commit()
        except BaseException:
            ours.rollback()
            raise
        finally:
            ours.info.pop("writing", None)
            ours.info.pop("trail", None)


def install_accounts(app: Flask) -> Gate:
    """Sign-in, sign-out and passwords for an app; gives the gate that stands before all its views."""
    guard_the_ways_in(app)
    app.before_request(_prepare_the_library)
    library = Security(app, PersonStore(db, Person, Role), register_blueprint=True)
    library.two_factor_plugins = SecondStep()
    app.before_request(_know_the_person)
    app.before_request(refuse_what_is_too_much)
    gate = Gate(app, current=current_person, sign_in=_to_sign_in)
    gate.declare(anybody, "security.login", "security.static", "static")
    gate.declare(signed_in, "security.logout", "security.change_password")
    gate.prove = ask_for_proof
    app.before_request(_lead_to_the_second_step)
    user_authenticated.connect(_begin_sign_in, app)
    user_logged_out.connect(_end_sign_in, app)
    password_changed.connect(_password_changed, app)
    return gate


def current_person() -> Person | None:
    """Who is signed in: read anew inside and after a write transaction."""
    person_id = g.get("person_id")
    if person_id is None:
        return None
    return db.session.get(Person, person_id, options=[joinedload(Person.roles)])


def somebody() -> Person:
    """Who is signed in, on a page that nobody else reaches."""
    person = current_person()
    if person is None:
        raise RuntimeError("This view is reached without signing in.")
    return person


def sign_in(person_id: int, *, two_steps: bool = False) -> None:
    """Sign somebody in who has just proved who they are.

    Args:
        two_steps: whether they have taken the second step as well.
    """
    g.two_steps = two_steps
    ours = db.session()
    ours.autoflush = False
    ours.info["trail"] = []
    login_user(ours.get_one(Person, person_id), authn_via=["password"])
    current_app.extensions["security"].datastore.commit()


def _signed_in_here(uniquifier: str) -> Person | None:
    """Whoever is signed in on this device; what is known of the device is noted along, so that nobody asks again."""
    said = {"uniquifier": uniquifier, "key_hash": hash_of(session.get("sign_in", ""))}
    found = db.session.execute(_who_is_here(), said | living_at(clock.now())).unique().first()
    if found is None:
        return None
    person, device, g.lacks_second_step = found
    g.sign_in_id, g.proved_at = device.id, device.proved_at
    return person


@cache
def _who_is_here() -> Select[Person, SignIn, bool]:
    """Asked of every request, and put together once."""
    return (
        select(Person, SignIn, lacks_it(Person.id))
        .join(SignIn, SignIn.person_id == Person.id)
        .where(
            Person.fs_uniquifier == bindparam("uniquifier"),
            Person.active,
            SignIn.key_hash == bindparam("key_hash"),
            *LIVING,
        )
        .options(joinedload(Person.roles), undefer(Person.fs_uniquifier))
    )


def _prepare_the_library() -> None:
    """Its views load and change before they commit; what they change waits for PersonStore.commit()."""
    if request.blueprint == "security" and request.method == "POST":
        ours = db.session()
        ours.autoflush = False
        ours.info["trail"] = []


def _know_the_person() -> None:
    if is_for_the_api():
        know_the_bearer()
        return
    known: Any = current_user
    g.person_id = known.id if known.is_authenticated else None
    if g.person_id is not None and request.blueprint != "security" and request.endpoint != "static":
        _see()


def _see() -> None:
    """Note that this device was seen, at most once an hour."""
    now = clock.now()
    if session.get("seen", 0) > (now - SEEN_AGAIN).timestamp():
        return
    key_hash = hash_of(session.get("sign_in", ""))
    with write_tx():
        db.session.execute(update(SignIn).where(SignIn.key_hash == key_hash).values(seen_at=now))
    session["seen"] = int(now.timestamp())


def _lead_to_the_second_step() -> Response | None:
    """Whoever needs a second step by the house rules, and has none, sets one up before anything else."""
    if not g.get("lacks_second_step") or request.blueprint in STILL_OPEN or request.endpoint in STILL_OPEN:
        return None
    return redirect(url_for("signing_in.show"), 303)


def _to_sign_in() -> Response:
    if is_for_the_api():
        return ask_for_a_token()
    if is_empty():
        return redirect(url_for("people.first_run"))
    wanted = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return redirect(url_for("security.login", next=wanted if wanted != "/" else None))


def _begin_sign_in(app: Flask, user: Person, **_: Any) -> None:  # noqa: ARG001
    session.permanent = True
    browser = browser_words(request.user_agent.string)
    session["sign_in"] = SignIn.begin(user.id, browser=browser, two_steps=g.get("two_steps", False), at=clock.now())
    session["seen"] = int(clock.now().timestamp())
    proved()
    record("person.signed_in", user, by=user)


def _end_sign_in(app: Flask, user: Person, **_: Any) -> None:  # noqa: ARG001
    with write_tx() as at:
        db.session.execute(
            update(SignIn).where(SignIn.key_hash == hash_of(session.pop("sign_in", ""))).values(ended_at=at)
        )
        person = db.session.get(Person, g.person_id) if g.get("person_id") else None
        record("person.signed_out", person, by=person)


def _password_changed(app: Flask, user: Person, **_: Any) -> None:  # noqa: ARG001
    others = (SignIn.person_id == user.id, SignIn.ended_at.is_(None), SignIn.id != g.sign_in_id)
    at_commit(lambda: db.session.execute(update(SignIn).where(*others).values(ended_at=clock.now())))
    at_commit(lambda: close_links(user))
    proved()
    record("person.password_set", user, by=user, how="changed")
