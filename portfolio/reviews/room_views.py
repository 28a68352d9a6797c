"""Running a review: open it, write down what is said, close it; and the corrections after that."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portfolio.foundation.acting import acting
from portfolio.foundation.authority import asks, authorize
from portfolio.foundation.jobs import put
from portfolio.foundation.languages import gettext as _
from portfolio.network import queries as network
from portfolio.network.policy import may_follow
from portfolio.organisation.house_rules import house_rules
from portfolio.people import queries as people
from portfolio.people.accounts import somebody
from portfolio.reviews import opening, policy, queries
from portfolio.reviews.closing import as_held, close
from portfolio.reviews.forms import (
    ActionForm,
    AddendumForm,
    ChoiceForm,
    CloseForm,
    KeepForm,
    NoteForm,
    Owners,
    ReopeningForm,
)
from portfolio.reviews.outcome import Part
from portfolio.reviews.reopening import ReviewReopening
from portfolio.reviews.review import Review
from portfolio.reviews.standing import say, standing
from portfolio.reviews.telling import TELL
from portfolio.reviews.views import at, bp, list_page, record_page, room_page, seen

__all__ = ["bp"]  # The room has one; its pages lie in two files.

ACTION = "<int(max=999999999999999):action_id>"


@bp.post("/reviews/<ref>/opening")
@asks(policy.may_run)
def open_review(ref: str) -> ResponseReturnValue:
    """Begin."""
    with acting() as act:
        review = queries.review_for_change(ref)
        act.authorize(policy.may_run, review)
        opening.open_review(review, rules=house_rules(), by=act.person, at=act.at)
        return act.done(at(ref), _("The review is open. What you decide from now on is noted on it."))


@bp.post("/reviews/<ref>/notes")
@asks(policy.may_run)
def create_note(ref: str) -> ResponseReturnValue:
    """Note what was said about a part of the agenda."""
    form = NoteForm()
    form.hold(lambda: room_page(ref, form))
    with acting() as act:
        review = queries.review_for_change(ref)
        act.authorize(policy.may_run, review)
        part = Part(form.part.data)
        review.note(part, form.body.data, by=act.person, at=act.at)
        return act.done(at(ref), _("The note is written down."))


@bp.post("/reviews/<ref>/actions")
@asks(policy.may_run)
def create_action(ref: str) -> ResponseReturnValue:
    """Agree that somebody does something by a day."""
    form = ActionForm()
    form.offer(Owners(people.active_volunteers()))
    form.hold(lambda: room_page(ref, form))
    with acting() as act:
        review = queries.review_for_change(ref)
        act.authorize(policy.may_run, review)
        owner = people.by_ids([form.owner.data])[form.owner.data]
        review.agree(form.what.data, owner, form.due_on.data, rules=house_rules(), by=act.person, at=act.at)
        return act.done(at(ref), _("Agreed. %(name)s takes it on.", name=owner.name))


@bp.post(f"/reviews/actions/{ACTION}/completion")
@asks(policy.may_finish)
def finish_action(action_id: int) -> ResponseReturnValue:
    """Say that what was agreed is done; the record of its review stays as it is."""
    with acting() as act:
        action = queries.action_for_change(action_id)
        act.authorize(policy.may_finish, action)
        action.finish(by=act.person, at=act.at)
        return act.done(url_for("reviews.list_reviews"), _("Done: %(what)s", what=action.what))


@bp.post("/reviews/<ref>/choices")
@asks(policy.may_choose)
def create_choice(ref: str) -> ResponseReturnValue:
    """Say what we will not do."""
    form = ChoiceForm()
    form.hold(lambda: room_page(ref, form))
    with acting() as act:
        review = queries.review_for_change(ref)
        act.authorize(policy.may_choose, review)
        review.choose_not(form.choice.data, form.reason.data, by=act.person, at=act.at)
        return act.done(at(ref), _("Chosen. It stands in the record, with its reason."))


@bp.post("/reviews/choices/<int(max=999999999999999):choice_id>/reopening")
@asks(policy.may_choose)
def reopen_choice(choice_id: int) -> ResponseReturnValue:
    """Take up again what we chose not to do."""
    form = ReopeningForm()
    form.hold(lambda: list_page(form, choice_id))
    with acting() as act:
        choice = queries.choice_for_change(choice_id)
        act.authorize(policy.may_choose)
        ReviewReopening.of(choice, form.reopening.data, by=act.person, at=act.at)
        return act.done(url_for("reviews.list_reviews"), _("Reopened: %(what)s", what=choice.what))


# What was granted and never started ---------------------------------------------------------------------------------


@bp.get("/reviews/<ref>/keeps/<experiment>")
@asks(may_follow)
def new_keep(ref: str, experiment: str) -> ResponseReturnValue:
    """Why an experiment that has not started keeps its money."""
    return _keep_page(ref, experiment, KeepForm(formdata=None))


@bp.post("/reviews/<ref>/keeps/<experiment>")
@asks(may_follow)
def create_keep(ref: str, experiment: str) -> ResponseReturnValue:
    """Let it keep its money until the next review."""
    form = KeepForm()
    form.hold(lambda: _keep_page(ref, experiment, form))
    with acting() as act:
        review = queries.review_for_change(ref)
        act.authorize(policy.may_read, review)
        kept = network.experiment_for_change(experiment, viewer=act.person)
        act.authorize(may_follow, kept)
        review.keep(kept, form.reason.data, by=act.person, at=act.at)
        return act.done(at(ref), _("%(ref)s keeps its money until the next review.", ref=kept.ref))


# Closing ------------------------------------------------------------------------------------------------------------


@bp.get("/reviews/<ref>/closing")
@asks(policy.may_close)
def new_closing(ref: str) -> ResponseReturnValue:
    """What is still undecided, before everything is frozen."""
    form = CloseForm(formdata=None)
    form.suggest(seen(ref), house_rules())
    return _closing_page(ref, form)


@bp.post("/reviews/<ref>/closing")
@asks(policy.may_close)
def close_review(ref: str) -> ResponseReturnValue:
    """Freeze it."""
    form = CloseForm()
    form.hold(lambda: _closing_page(ref, form))
    with acting() as act:
        review = queries.review_for_change(ref)
        act.authorize(policy.may_close, review)
        rules, follows = house_rules(), None
        if not queries.is_followed(review, rules):
            same = people.by_ids([review.facilitator_id, *(person.id for person in queries.participants_of(review))])
            follows = form.next(review, same, rules, by=act.person)
        close(review, rules=rules, say=say(), by=act.person, at=act.at)
        if follows is not None:
            Review.schedule(follows, rules=rules, by=act.person)
        told = _("The review is closed. Its record is frozen; whoever was invited gets the minutes by mail.")
        answer = act.done(at(ref), told)
    put(TELL)
    return answer


@bp.post("/reviews/<ref>/addenda")
@asks(policy.may_correct)
def create_addendum(ref: str) -> ResponseReturnValue:
    """Add a correction below the record."""
    form = AddendumForm()
    form.hold(lambda: record_page(seen(ref), form))
    with acting() as act:
        review = queries.review_for_change(ref)
        act.authorize(policy.may_correct, review)
        review.correct(form.body.data, by=act.person, at=act.at)
        return act.done(at(ref, "addenda"), _("The correction stands below the record, with your name."))


# Inside -------------------------------------------------------------------------------------------------------------


def _keep_page(ref: str, experiment: str, form: KeepForm) -> str:
    review, kept = seen(ref), network.experiment(experiment, viewer=somebody())
    authorize(may_follow, somebody(), kept)
    review.refuse_unless_open()
    return render_template("reviews/keep.html", review=review, experiment=kept, form=form)


def _closing_page(ref: str, form: CloseForm) -> str:
    review, rules = seen(ref), house_rules()
    authorize(policy.may_close, somebody(), review)
    review.refuse_unless_open()
    now = standing(ref).read_by(somebody())
    agenda, (_held, dropped) = now.agenda, as_held(now.agenda, now.places, now.noted)
    unstarted = [e for e in agenda.now.unstarted if e.id not in agenda.now.keeps]
    return render_template(
        "reviews/closing.html",
        review=review,
        agenda=agenda,
        dropped=dropped,
        form=form,
        unstarted=unstarted,
        followed=queries.is_followed(review, rules),
    )
