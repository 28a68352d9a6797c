"""Pages for one's own tokens: by which programs act for a person."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from portfolio.foundation import clock
from portfolio.foundation.acting import acting
from portfolio.foundation.authority import asks, fresh
from portfolio.foundation.languages import gettext as _
from portfolio.people import policy
from portfolio.people.accounts import somebody
from portfolio.people.forms import TokenForm
from portfolio.people.token import Scope, Token, token_of, tokens_of

bp = Blueprint("tokens", __name__)


@bp.get("/account/tokens")
@asks(policy.may_change_own_account)
def list_tokens() -> ResponseReturnValue:
    """What opens the API in this person's name."""
    return _page(TokenForm(formdata=None))


@bp.post("/account/tokens")
@asks(policy.may_change_own_account)
@fresh
def make_token() -> ResponseReturnValue:
    """Make one, and show it this once."""
    form = TokenForm()
    form.hold(lambda: _page(form))
    with acting() as act:
        act.authorize(policy.may_change_own_account, act.person)
        token, text = Token.make(
            act.person,
            form.name.data,
            [Scope(value) for value in form.scopes.data],
            lives=timedelta(days=form.days.data),
            by=act.person,
            at=act.at,
        )
        name = token.name
        # Sent twice, it says so: the text of a token is nowhere to be read again.
        act.done(url_for(".list_tokens"))
    return _page(TokenForm(formdata=None), made=(name, text))


@bp.post("/account/tokens/<int:token_id>/revocation")
@asks(policy.may_change_own_account)
def revoke_token(token_id: int) -> ResponseReturnValue:
    """End one, at once."""
    with acting() as act:
        act.authorize(policy.may_change_own_account, act.person)
        token_of(act.person, token_id).revoke(by=act.person, at=act.at)
        return act.done(url_for(".list_tokens"), _("The token is ended."))


def _page(form: TokenForm, made: tuple[str, str] | None = None) -> str:
    return render_template("people/tokens.html", form=form, tokens=tokens_of(somebody()), made=made, now=clock.now())
