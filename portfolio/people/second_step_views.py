"""The second step when signing in: a code, or a passkey; and signing in with a passkey alone."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from portfolio.audit.entry import record
from portfolio.foundation import clock
from portfolio.foundation.authority import anybody, asks
from portfolio.foundation.database import db, write_tx
from portfolio.foundation.errors import Unprocessable
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.foundation.tries import give_back, look, note, take
from portfolio.people.accounts import sign_in
from portfolio.people.authenticator import app_of
from portfolio.people.forms import CodeForm, PasskeyForm
from portfolio.people.half_way import all_the_way, half_signed_in, remember, remembered_challenge, same_site
from portfolio.people.limits import SECOND_STEP_OF, SIGN_IN_FROM, client
from portfolio.people.passkey import Site, options_to_use, passkeys_of, shown_passkey, use_passkey
from portfolio.people.person import Person
from portfolio.people.second_step import matching, use_typed

bp = Blueprint("second_step", __name__)


def site() -> Site | None:
    """Where passkeys belong to; None where Tandem has a number for a name, to which no browser makes any."""
    address = urlsplit(current_app.config["TANDEM"].base_url)
    host = address.hostname or ""
    if not host or ":" in host or host.replace(".", "").isdecimal():
        return None
    return Site(host, f"{address.scheme}://{address.netloc}")


def offer_a_passkey() -> dict[str, Any]:
    """What the sign-in page needs to ask a browser for a passkey."""
    here = site()
    if here is None:
        return {}
    options, challenge = options_to_use(here, [], alone=True)
    remember(challenge)
    return {"passkey_options": options, "passkey_form": PasskeyForm(formdata=None)}


@bp.get("/sign-in/second-step")
@asks(anybody)
def show() -> ResponseReturnValue:
    """Ask for the second step."""
    person_id = half_signed_in(at=clock.now())
    if person_id is None:
        return redirect(url_for("security.login"))
    return _page(CodeForm(formdata=None), person_id)


@bp.post("/sign-in/second-step")
@asks(anybody)
def take_second_step() -> ResponseReturnValue:
    """Look at it, and sign in."""
    person_id = half_signed_in(at=clock.now())
    if person_id is None:
        return redirect(url_for("security.login"), 303)
    form = CodeForm()
    challenge = remembered_challenge()
    form.hold(lambda: _page(form, person_id))
    key, here = str(person_id), site()
    look(SECOND_STEP_OF, key, at=clock.now())
    with write_tx() as taken_at:
        take(SECOND_STEP_OF, key, at=taken_at)
    at, shown, counter = clock.now(), None, None
    if form.credential.data and here is not None:
        shown = shown_passkey(form.credential.data, challenge=challenge, site=here, alone=False, at=at)
    else:
        counter = matching(person_id, form.code.data, at=at)
    db.session.rollback()
    with write_tx() as at:
        if form.credential.data:
            right = shown is not None and shown.person_id == person_id and use_passkey(shown, at=at)
        else:
            right = use_typed(person_id, form.code.data, counter, at=at) is not None
        if right:
            give_back(SECOND_STEP_OF, key, taken_at=taken_at, at=at)
        else:
            record("person.second_step_refused", db.session.get_one(Person, person_id), by=None)
    if not right:
        raise Unprocessable(_l("This is not right, or it was used already. Type the newest code."))
    return _welcome(person_id, all_the_way())


@bp.post("/sign-in/passkey")
@asks(anybody)
def sign_in_with_passkey() -> ResponseReturnValue:
    """Sign in with a passkey alone: it is both steps, for the device has asked for a finger, a face or a code."""
    here, challenge = site(), remembered_challenge()
    form = PasskeyForm()
    form.hold(lambda: render_template("people/passkey_refused.html", form=form))
    look(SIGN_IN_FROM, client(), at=clock.now())
    shown = None
    if here is not None:
        now = clock.now()
        shown = shown_passkey(form.credential.data, challenge=challenge, site=here, alone=True, at=now)
    db.session.rollback()
    with write_tx() as at:
        person = db.session.get(Person, shown.person_id) if shown is not None else None
        right = shown is not None and person is not None and person.active and use_passkey(shown, at=at)
        if not right:
            note(SIGN_IN_FROM, client(), at=at)
            record("person.sign_in_refused", person, by=None)
    if not right or shown is None:
        raise Unprocessable(_l("This passkey opens no account here. Sign in with your password."))
    all_the_way()
    return _welcome(shown.person_id, same_site(request.args.get("next", "/")))


def _page(form: CodeForm, person_id: int) -> str:
    here, passkeys = site(), passkeys_of(person_id)
    options = None
    if here is not None and passkeys:
        options, challenge = options_to_use(here, passkeys, alone=False)
        remember(challenge)
    has_app = app_of(person_id) is not None
    return render_template("people/second_step.html", form=form, passkey_options=options, has_app=has_app)


def _welcome(person_id: int, wanted: str) -> Response:
    sign_in(person_id, two_steps=True)
    return redirect(wanted, 303)
