"""Proof of who it is, asked for again before what matters most: the password, typed once more within ten minutes.

A view says so with `@fresh`. Whoever has to prove it gets a page that carries along everything they sent, so that the
same form goes through with the proof beside it, and nothing is typed twice.
"""

from __future__ import annotations

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from flask_security.utils import verify_password
from sqlalchemy import select, update

from portfolio.audit.entry import record
from portfolio.foundation import clock
from portfolio.foundation.database import db, write_tx
from portfolio.foundation.errors import Unprocessable
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.foundation.tries import give_back, look, take
from portfolio.people.forms import ProofForm
from portfolio.people.limits import PROOF_OF
from portfolio.people.person import Person
from portfolio.people.sign_in import FRESH, SignIn

LEFT_BEHIND = ("csrf_token", "proof_password")  # Not carried along: the page has a token of its own.


def ask_for_proof() -> ResponseReturnValue | None:
    """Go on when this device proved who it is lately, or proves it now.

    Raises:
        Unprocessable: the proof is none.
        TooMany: it was tried too often.
    """
    if g.proved_at > clock.now() - FRESH:
        return None
    if "proof_password" not in request.form:
        return _page(ProofForm(formdata=None)), 403
    form = ProofForm()
    form.hold(lambda: _page(form))
    _prove(g.person_id, form)
    g.pop("kept", None)
    return None


def _prove(person_id: int, form: ProofForm) -> None:
    """Look at the password without holding a lock, then note that it was right."""
    key = str(person_id)
    look(PROOF_OF, key, at=clock.now())
    with write_tx() as taken_at:
        take(PROOF_OF, key, at=taken_at)
    hashed = db.session.scalar(select(Person.password).where(Person.id == person_id))
    right = hashed is not None and verify_password(form.proof_password.data, hashed)
    db.session.rollback()
    with write_tx() as at:
        person = db.session.get_one(Person, person_id)
        if right:
            give_back(PROOF_OF, key, taken_at=taken_at, at=at)
            db.session.execute(update(SignIn).where(SignIn.id == g.sign_in_id).values(proved_at=at))
            g.proved_at = at
        else:
            record("person.proof_refused", person, by=person)
    if not right:
        raise Unprocessable(_l("This is not your password. Try once more."))


def _page(form: ProofForm) -> str:
    sent = [(name, value) for name, value in request.form.items(multi=True) if name not in LEFT_BEHIND]
    return render_template("people/proof.html", form=form, sent=sent, where=request.full_path.rstrip("?"))
