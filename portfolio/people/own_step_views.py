"""Pages on which people set up their second step: an app with codes, passkeys, recovery codes."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, g, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import update

from portfolio.audit.entry import record
from portfolio.foundation import one_time_codes
from portfolio.foundation.acting import acting
from portfolio.foundation.authority import asks, fresh
from portfolio.foundation.database import db
from portfolio.foundation.errors import Missing, RuleBroken
from portfolio.foundation.languages import gettext as _
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.people import policy
from portfolio.people.accounts import somebody
from portfolio.people.authenticator import Authenticator, begun_app_of
from portfolio.people.forms import FirstCodeForm, NewPasskeyForm
from portfolio.people.half_way import remember, remembered_challenge
from portfolio.people.passkey import make_passkey, options_to_make, passkey_of, passkeys_of
from portfolio.people.person import Person
from portfolio.people.recovery_code import codes_left, make_codes
from portfolio.people.second_step import (
    has_second_step,
    take_app_away,
    take_passkey_away,
)
from portfolio.people.second_step_views import site
from portfolio.people.sign_in import SignIn, end_devices

bp = Blueprint("own_step", __name__)


@bp.post("/account/app")
@asks(policy.may_change_own_account)
@fresh
def begin_app() -> ResponseReturnValue:
    """Begin to set up an app; its picture is shown."""
    with acting() as act:
        act.authorize(policy.may_change_own_account, act.person)
        Authenticator.begin(act.person, at=act.at)
        act.done(url_for("signing_in.show"))  # Sent twice, it leads back, and is begun anew there.
    return _app_page(FirstCodeForm(formdata=None))


@bp.post("/account/app/confirmation")
@asks(policy.may_change_own_account)
def confirm_app() -> ResponseReturnValue:
    """The app shows the right code: from now on it counts."""
    form = FirstCodeForm()
    form.hold(lambda: _app_page(form))
    with acting() as act:
        act.authorize(policy.may_change_own_account, act.person)
        begun = begun_app_of(act.person.id)
        if begun is None:
            raise RuleBroken(_l("This took too long. Begin once more."))
        first = not has_second_step(act.person.id)
        begun.confirm(form.code.data, at=act.at)
        record("person.app_set_up", act.person, by=act.person)
        codes = _two_steps_from_now_on(act.person, first=first, at=act.at)
        answer = act.done(url_for("signing_in.show"), _("From now on you type a code from the app when you sign in."))
    return _codes_page(codes) if codes else answer


@bp.post("/account/app/removal")
@asks(policy.may_change_own_account)
@fresh
def remove_app() -> ResponseReturnValue:
    """The app counts no more."""
    with acting() as act:
        act.authorize(policy.may_change_own_account, act.person)
        take_app_away(act.person, by=act.person)
        return act.done(url_for("signing_in.show"), _("The app is taken away."))


@bp.post("/account/recovery-codes")
@asks(policy.may_change_own_account)
@fresh
def make_recovery_codes() -> ResponseReturnValue:
    """New recovery codes, shown this once; earlier ones are worth nothing any more."""
    with acting() as act:
        act.authorize(policy.may_change_own_account, act.person)
        if not has_second_step(act.person.id):
            raise RuleBroken(_l("Recovery codes stand in for an app or a passkey. Set up one of them first."))
        codes = make_codes(act.person, at=act.at)
        record("person.recovery_codes_made", act.person, by=act.person)
        act.done(url_for("signing_in.show"), _("New recovery codes are made. They are shown only once."))
    return _codes_page(codes)


@bp.get("/account/passkeys/new")
@asks(policy.may_change_own_account)
def new_passkey() -> ResponseReturnValue:
    """Give a passkey a name, then let the browser make it."""
    return _passkey_page(NewPasskeyForm(formdata=None))


@bp.post("/account/passkeys")
@asks(policy.may_change_own_account)
@fresh
def create_passkey() -> ResponseReturnValue:
    """Keep the passkey the browser made."""
    here, challenge = site(), remembered_challenge()
    form = NewPasskeyForm()
    form.hold(lambda: _passkey_page(form))
    if here is None:
        raise Missing
    with acting() as act:
        act.authorize(policy.may_change_own_account, act.person)
        person = act.person
        first = not has_second_step(person.id)
        make_passkey(person, form.name.data, form.credential.data, challenge=challenge, site=here, at=act.at)
        record("person.passkey_made", person, by=person)
        codes = _two_steps_from_now_on(person, first=first, at=act.at)
        answer = act.done(url_for("signing_in.show"), _("The passkey is kept."))
    return _codes_page(codes) if codes else answer


@bp.post("/account/passkeys/<int:passkey_id>/removal")
@asks(policy.may_change_own_account)
@fresh
def remove_passkey(passkey_id: int) -> ResponseReturnValue:
    """One passkey counts no more."""
    with acting() as act:
        act.authorize(policy.may_change_own_account, act.person)
        take_passkey_away(act.person, passkey_of(act.person.id, passkey_id), by=act.person)
        return act.done(url_for("signing_in.show"), _("The passkey is taken away."))


def _two_steps_from_now_on(person: Person, *, first: bool, at: datetime) -> list[str]:
    """This device has shown it; every other one signs in anew, with both steps. The first time there are codes too."""
    db.session.execute(update(SignIn).where(SignIn.id == g.sign_in_id).values(two_steps=True))
    if not first:
        return []
    end_devices(person, but=g.sign_in_id, by=person, at=at)
    return make_codes(person, at=at) if not codes_left(person.id) else []


def _app_page(form: FirstCodeForm) -> str:
    person = somebody()
    begun = begun_app_of(person.id)
    if begun is None:
        raise RuleBroken(_l("This took too long. Begin once more."))
    picture = one_time_codes.picture_of(begun.secret, person.email)
    return render_template("people/app.html", form=form, picture=picture, key=one_time_codes.key_of(begun.secret))


def _codes_page(codes: list[str]) -> str:
    return render_template("people/recovery_codes.html", codes=codes)


def _passkey_page(form: NewPasskeyForm) -> str:
    here = site()
    if here is None:
        raise Missing
    person = somebody()
    options, challenge = options_to_make(person, here, passkeys_of(person.id))
    remember(challenge)
    return render_template("people/passkey.html", form=form, passkey_options=options)
