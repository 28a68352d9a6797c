"""Who asks through the API: whoever's token the request bears; a cookie opens nothing there."""

from __future__ import annotations

from flask import g, request
from werkzeug.wrappers import Response

from portfolio.foundation import clock
from portfolio.foundation.api.problem import problem
from portfolio.foundation.database import write_tx
from portfolio.foundation.languages import gettext as _
from portfolio.people.token import SEEN_AGAIN, bearer, seen


def know_the_bearer() -> None:
    """Note whose token the request bears, and what it is for."""
    g.person_id, g.scopes = None, frozenset()
    kind, _blank, text = request.headers.get("Authorization", "").partition(" ")
    if kind.casefold() != "bearer" or not text:
        return
    now = clock.now()
    token = bearer(text.strip(), at=now)
    if token is None:
        return
    g.bearer = token  # Held, so that whoever asks for the person finds them loaded.
    g.person_id, g.scopes, token_id = token.person_id, token.carries, token.id
    if token.seen_at is None or token.seen_at < now - SEEN_AGAIN:
        with write_tx() as at:
            seen(token_id, at=at)


def ask_for_a_token() -> Response:
    """The answer to a request without a token that lives."""
    answer = problem(401, _("Send a token that lives: Authorization: Bearer … People make one on their account page."))
    answer.headers["WWW-Authenticate"] = "Bearer"
    return answer
