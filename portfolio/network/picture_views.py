"""Pages of pictures: one as it looks, and taking it away for good."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as Conditional

from portfolio.foundation import pictures
from portfolio.foundation.acting import acting
from portfolio.foundation.authority import asks, authorize
from portfolio.foundation.headers import ASKED_EACH_TIME
from portfolio.foundation.languages import gettext as _
from portfolio.network import log_queries, picture_queries, policy, queries
from portfolio.network.learning import Learning
from portfolio.network.picture_forms import PictureRemovalForm
from portfolio.people.accounts import somebody

bp = Blueprint("pictures", __name__)


@bp.get("/learnings/<ref>/pictures/<int:number>")
@asks(policy.may_list)
def show_picture(ref: str, number: int) -> ResponseReturnValue:
    """What a picture of a learning looks like, for whoever may read the learning."""
    return served(log_queries.learning(ref, viewer=somebody()), number)


def served(learning: Learning, number: int) -> Conditional:
    """A picture of a learning that its reader may read; the same at its address until it is taken away.

    Raises:
        Missing: it has no such picture, or it was taken away.
    """
    answer = Response(picture_queries.content_of(learning, number), mimetype=pictures.MIMETYPE)
    answer.headers["Cache-Control"] = ASKED_EACH_TIME
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    answer.set_etag(f"{learning.ref}-{number}")
    return answer.make_conditional(request)


@bp.get("/learnings/<ref>/pictures/<int:number>/removal")
@asks(policy.may_take_away)
def new_picture_removal(ref: str, number: int) -> ResponseReturnValue:
    """What is lost, and why it goes."""
    return _removal_page(ref, number, PictureRemovalForm(formdata=None))


@bp.post("/learnings/<ref>/pictures/<int:number>/removal")
@asks(policy.may_take_away)
def create_picture_removal(ref: str, number: int) -> ResponseReturnValue:
    """Delete it."""
    form = PictureRemovalForm()
    form.hold(lambda: _removal_page(ref, number, form))
    with acting() as act:
        learning = log_queries.learning(ref, viewer=act.person)
        experiment = queries.experiment_for_change(learning.experiment_ref, viewer=act.person)
        act.authorize(policy.may_take_away, learning)
        picture = picture_queries.picture(learning, number)
        experiment.take_away(picture, form.reason.data, of=learning, by=act.person, at=act.at)
        return act.done(url_for("running.show_learning", ref=ref), _("The picture is taken away for good."))


def _removal_page(ref: str, number: int, form: PictureRemovalForm) -> ResponseReturnValue:
    learning = log_queries.learning(ref, viewer=somebody())
    experiment = queries.experiment(learning.experiment_ref, viewer=somebody())
    authorize(policy.may_take_away, somebody(), learning)
    picture = picture_queries.picture(learning, number)
    if picture.removal is not None and form.refusal is None:
        return redirect(url_for("running.show_learning", ref=ref), 303)
    return render_template(
        "network/picture_removal.html", learning=learning, experiment=experiment, picture=picture, form=form
    )
