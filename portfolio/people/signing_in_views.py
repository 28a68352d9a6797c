"""Pages about how one signs in: the password, and the devices one is signed in on."""

from __future__ import annotations

from flask import Blueprint, g, render_template, url_for
from flask.typing import ResponseReturnValue

from portfolio.foundation import clock
from portfolio.foundation.acting import acting
from portfolio.foundation.authority import asks, fresh
from portfolio.foundation.languages import gettext as _
from portfolio.foundation.languages import ngettext
from portfolio.people import policy, queries
from portfolio.people.accounts import somebody
from portfolio.people.sign_in import device_of, devices_of, end_devices

bp = Blueprint("signing_in", __name__)


@bp.get("/account/signing-in")
@asks(policy.may_change_own_account)
def show() -> ResponseReturnValue:
    """How this person signs in, and where they are signed in."""
    devices = devices_of(somebody(), at=clock.now())
    return render_template("people/signing_in.html", devices=devices, this=g.sign_in_id)


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
        return act.done(url_for(".show"), _ended(ended))


@bp.post("/people/<handle>/devices/ending")
@asks(policy.may_administer)
@fresh
def end_devices_of(handle: str) -> ResponseReturnValue:
    """Sign somebody out everywhere, such as when their laptop is lost."""
    with acting() as act:
        person = queries.person_for_change(handle)
        act.authorize(policy.may_administer, person)
        ended = end_devices(person, but=None, by=act.person, at=act.at)
        return act.done(url_for("people.show_person", handle=handle), _ended(ended))


def _ended(count: int) -> str:
    if not count:
        return _("No other device was signed in.")
    return ngettext("One device is signed out.", "%(num)s devices are signed out.", count)
