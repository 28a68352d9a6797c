"""Pages about what is held of people: to take along, and to take away."""

from __future__ import annotations

from tempfile import SpooledTemporaryFile

from flask import Blueprint, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from portfolio.audit.entry import record
from portfolio.foundation.acting import acting
from portfolio.foundation.authority import asks, fresh
from portfolio.foundation.languages import gettext as _
from portfolio.people import policy, queries
from portfolio.people.accounts import somebody
from portfolio.people.departure import pseudonymise
from portfolio.people.personal_data import held_about

bp = Blueprint("personal_data", __name__)
IN_MEMORY = 1024 * 1024  # Bytes; what is larger waits in a file that has no name.


@bp.get("/account/data")
@asks(policy.may_change_own_account)
def show() -> ResponseReturnValue:
    """What is held about you, for how long, and why."""
    return render_template("people/personal_data.html")


@bp.post("/account/data")
@asks(policy.may_change_own_account)
@fresh
def take_along() -> ResponseReturnValue:
    """Everything that is held about whoever asks, as one file."""
    with acting() as act:
        act.authorize(policy.may_change_own_account, act.person)
        record("person.data_taken_along", act.person, by=act.person)
    file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 (closed with the answer)
    for part in held_about(somebody()):
        file.write(part.encode())
    file.seek(0)
    return send_file(file, "application/json", as_attachment=True, download_name="tandem-personal-data.json")


@bp.post("/people/<handle>/pseudonym")
@asks(policy.may_administer)
@fresh
def take_name_away(handle: str) -> ResponseReturnValue:
    """Take away the name of somebody who left, for good."""
    with acting() as act:
        person = queries.person_for_change(handle)
        act.authorize(policy.may_administer, person)
        pseudonymise(person, by=act.person)
        return act.done(url_for("people.show_person", handle=handle), _("The name is taken away."))
