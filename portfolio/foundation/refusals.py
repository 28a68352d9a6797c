"""How refusals reach the person: as the form they sent, with everything they typed, or as a page that says why."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, current_app, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from portfolio.foundation.acting import AlreadyDone
from portfolio.foundation.api.problem import is_for_the_api, problem, problem_of_http, problem_of_refusal
from portfolio.foundation.authority import Permission
from portfolio.foundation.database import db
from portfolio.foundation.errors import Missing, Refusal, RuleBroken, TooMany, Unprocessable
from portfolio.foundation.languages import gettext as _
from portfolio.foundation.languages import lazy_gettext as _l

log = logging.getLogger(__name__)
WHY = b'id="errors-heading"'  # Where a page says why it refused a form.
LIVES_AT = re.compile(r"/[a-z]+/(?P<ref>[A-Z]{1,2}-[0-9]+)")  # The address of one thing, by its identifier for life.
Recorder = Callable[[Permission, Any, int], None]


def answer_refusals(app: Flask, *, remember: Recorder) -> None:
    """Turn what is raised into answers.

    Args:
        remember: puts a refusal on the trail, in a transaction of its own.
    """

    def put_on_the_trail(refusal: Refusal) -> None:
        if "asked" in g and _is_worth_remembering(refusal) and "remembered" not in g:
            db.session.rollback()
            policy, thing = g.asked
            remember(policy, thing, refusal.status)
            g.remembered = True  # Once for a request, whatever its page says after that.

    def refused(refusal: Refusal) -> ResponseReturnValue:
        db.session.rollback()
        put_on_the_trail(refusal)
        answer = app.make_response(_answer(app, refusal, or_else=put_on_the_trail))
        if isinstance(refusal, TooMany):
            answer.headers["Retry-After"] = str(refusal.seconds)
        return answer

    app.register_error_handler(Refusal, refused)
    app.register_error_handler(AlreadyDone, _done_before)
    app.register_error_handler(CSRFError, _form_too_old)
    app.register_error_handler(404, _not_found)
    app.register_error_handler(HTTPException, _other)
    if not app.testing:
        app.register_error_handler(500, _broken)


def _answer(app: Flask, refusal: Refusal, *, or_else: Callable[[Refusal], None]) -> ResponseReturnValue:
    if is_for_the_api():
        return problem_of_refusal(refusal)
    if "kept" in g:
        form, page = g.pop("kept")
        form.refusal = None if isinstance(refusal, Unprocessable) and not refusal.words else refusal
        tried = g.get("asked")
        try:
            return _shown_again(app, form, page), refusal.status
        except Refusal as another:  # The page is not there either, or not theirs.
            refusal = another
            if tried and refusal.status != 403:  # What was tried is refused, not reading its page.
                g.asked = (tried[0], tried[1] or g.asked[1])
            or_else(refusal)
            form.refusal, g.displaced = None, form  # Its words go with the page's own refusal.
    above = _page_above(app) if refusal.status == RuleBroken.status else None
    return render_template(f"errors/{refusal.status}.html", refusal=refusal, above=above), refusal.status


def _shown_again(app: Flask, form: Any, page: Callable[[], ResponseReturnValue]) -> Response:
    """The page with the form as it was sent, or on top of it what was typed when it has no such form any more."""
    shown = app.make_response(page())
    if WHY in shown.get_data():
        return shown
    g.displaced = form
    return app.make_response(page())


def _page_above(app: Flask) -> tuple[str, str] | None:
    """The identifier and the address of the thing whose page was asked for something that does not fit."""
    found = LIVES_AT.match(request.path)
    if found is None or found[0] == request.path:
        return None
    try:
        app.create_url_adapter(request).match(found[0], "GET")  # type: ignore[union-attr]
    except HTTPException:
        return None
    return found["ref"], request.script_root + found[0]


def _done_before(done: AlreadyDone) -> ResponseReturnValue:
    db.session.rollback()
    if "url" in done.answer:
        return redirect(done.answer["url"], 303)
    return current_app.make_response((done.answer["body"], done.answer["status"], done.answer["headers"]))


def _form_too_old(error: CSRFError) -> ResponseReturnValue:
    words = _l("This page was open for too long. Go back, where your text still is, reload and send it again.")
    log.info("CSRF: %s", error.description)
    return render_template("errors/422.html", refusal=Refusal(words), status=400), 400


def _not_found(error: HTTPException) -> ResponseReturnValue:  # noqa: ARG001
    if is_for_the_api():
        return problem_of_refusal(Missing())
    return render_template("errors/404.html", refusal=Missing()), 404


def _other(error: HTTPException) -> ResponseReturnValue:
    if is_for_the_api():
        return problem_of_http(error)
    words = _l("The address or the form is not one Tandem knows. Go back and try another way.")
    page = render_template("errors/422.html", refusal=Refusal(words), status=error.code)
    answer = current_app.make_response((page, error.code or 500))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        answer.headers["Allow"] = ", ".join(error.valid_methods)
    return answer


def _broken(error: Exception) -> ResponseReturnValue:  # noqa: ARG001
    db.session.rollback()
    g.broken = True  # The page around the apology asks nothing of the database.
    if is_for_the_api():
        return problem(500, _("Something broke on our side. Nothing was changed."))
    return render_template("errors/500.html"), 500


def _is_worth_remembering(refusal: Refusal) -> bool:
    unsafe = request.method not in ("GET", "HEAD", "OPTIONS")
    return refusal.status == 403 or (unsafe and refusal.status == 409)
