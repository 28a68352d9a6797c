"""Pages about how one signs in: the password, and the devices one is signed in on."""

from __future__ import annotations

from flask import Blueprint, g, render_template, url_for
from flask.typing import ResponseReturnValue

from portfolio.foundation import clock
from portfolio.foundation.acting import acting
from portfolio.foundation.authority import asks
from portfolio.foundation.languages import gettext as _
from portfolio.foundation.languages import ngettext
from portfolio.people import policy
from portfolio.people.accounts import somebody
from portfolio.people.authenticator import app_of
from portfolio.people.passkey import passkeys_of
from portfolio.people.recovery_code import codes_left
from portfolio.people.second_step_views import site
from portfolio.people.sign_in import device_of, devices_of, end_devices

bp = Blueprint("signing_in", __name__)


@bp.get("/account/signing-in")
@asks(policy.may_change_own_account)
def show() -> ResponseReturnValue:
    """How this person signs in, and where they are signed in."""
    person = somebody()
    return render_template(
        "people/signing_in.html",
        devices=devices_of(person, at=clock.now()),
        this=g.sign_in_id,
        has_app=app_of(person.id) is not None,
        passkeys=passkeys_of(person.id),
        codes_left=codes_left(person.id),
        offers_passkeys=site() is not None,
        lacks_it=g.lacks_second_step,
    )


@bp.post("/account/devices/<int:sign_in_id>/ending")
@asks(policy.may_change_own_account)
def end_device(sign_in_id: int) -> ResponseReturnValue:
    """Sign one device out."""
    with acting() as act:
        act.authorize(policy.may_change_own_account, act.person)
        device_of(act.person, sign_in_id).end(of=act.person, by=act.person, at=act.at)
        return act.done(url_for(".show"), _("That device is signed out."))


@bp.post("/account/devices/ending")
@asks(policy.may_change_own_account)
def end_other_devices() -> ResponseReturnValue:
    """Sign every device out but this one."""
    with acting() as act:
        act.authorize(policy.may_change_own_account, act.person)
        ended = end_devices(act.person, but=g.sign_in_id, by=act.person, at=act.at)
        return act.done(url_for(".show"), signed_out_words(ended))


def signed_out_words(count: int) -> str:
    """From how many devices somebody was signed out, in words."""
    if not count:
        return _("No other device was signed in.")
    return ngettext("One device is signed out.", "%(num)s devices are signed out.", count)
