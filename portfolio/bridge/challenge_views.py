"""Pages of challenges: what operations asks of the network, who took it up, and what changed."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from portfolio.audit.queries import history
from portfolio.bridge import barrier_queries, policy, queries
from portfolio.bridge import challenge_queries as challenges
from portfolio.bridge.challenge import Challenge, ChallengeState
from portfolio.bridge.fate import Fate
from portfolio.bridge.forms import ChallengeForm, ClosingForm, CommentForm, OutcomeForm, UptakeForm
from portfolio.bridge.promoting_views import bp
from portfolio.bridge.wait import Wait
from portfolio.foundation import rich_text
from portfolio.foundation.acting import acting
from portfolio.foundation.authority import asks
from portfolio.foundation.database import db
from portfolio.foundation.languages import gettext as _
from portfolio.network.experiment import Experiment
from portfolio.network.policy import may_draft
from portfolio.organisation import measure_queries as measures
from portfolio.organisation import queries as organisation
from portfolio.organisation.house_rules import house_rules
from portfolio.people.accounts import somebody
from portfolio.people.comment import Comment, comments_on
from portfolio.people.forms import offer_units

__all__ = ["bp"]


# Reading ------------------------------------------------------------------------------------------------------------


@bp.get("/challenges")
@asks(policy.may_read)
def list_challenges() -> ResponseReturnValue:
    """What operations asks; what nobody works on first."""
    person, rules, said = somebody(), house_rules(), request.args
    asked = said.get("state", ChallengeState.OPEN.value)
    state = next((state for state in ChallengeState if state.value == asked), None)
    page = challenges.challenges(state, said.get("after"))
    return render_template(
        "bridge/challenges.html",
        state=state,
        states=list(ChallengeState),
        page_of=page,
        takers=challenges.takers_of(page.rows, viewer=person),
        ages={challenge.id: Wait.since(challenge.raised_at, rules) for challenge in page.rows},
        counts=challenges.counts(),
        waiting=queries.counts(person).get(Fate.OFFERED, 0),
        barriers=barrier_queries.count_standing(person),
    )


@bp.get("/challenges/<ref>")
@asks(policy.may_read)
def show_challenge(ref: str) -> ResponseReturnValue:
    """One challenge, whole."""
    return challenge_page(ref)


def challenge_page(
    ref: str,
    *,
    uptake: UptakeForm | None = None,
    outcome: OutcomeForm | None = None,
    closing: ClosingForm | None = None,
    comment: CommentForm | None = None,
) -> str:
    """The page of one challenge, with a form as it was sent."""
    person, rules = somebody(), house_rules()
    challenge = challenges.challenge(ref)
    comments = comments_on(challenge)
    measure = measures.measure_named(challenge.metric, challenge.unit_of_measure, viewer=person)
    return render_template(
        "bridge/challenge.html",
        challenge=challenge,
        takers=challenges.takers_of([challenge], viewer=person),
        measure=measure,
        latest=measures.latest_readings([measure.id]).get(measure.id) if measure else None,
        age=Wait.since(challenge.raised_at, rules),
        uptake=uptake or _with_work(UptakeForm(formdata=None)),
        outcome=outcome or OutcomeForm(formdata=None),
        closing=closing or ClosingForm(formdata=None),
        comment_form=comment or CommentForm(formdata=None),
        comments=comments,
        rich=rich_text.shown([challenge.tension, challenge.outcome, *(said.body for said in comments)]),
        history=history(challenge),
        may_end=policy.may_end(person, challenge),
        may_comment=policy.may_comment(person, challenge),
    )


# Raising ------------------------------------------------------------------------------------------------------------


@bp.get("/challenges/new")
@asks(policy.may_raise)
def new_challenge() -> ResponseReturnValue:
    """The form, with one's own unit."""
    form = _with_units(ChallengeForm(formdata=None))
    form.unit.data = somebody().unit_id or 0
    return _challenge_form_page(form)


@bp.post("/challenges")
@asks(policy.may_raise)
def create_challenge() -> ResponseReturnValue:
    """Put it to the network."""
    form = _with_units(ChallengeForm())
    form.hold(lambda: _challenge_form_page(form))
    with acting() as act:
        act.authorize(policy.may_raise)
        unit = organisation.unit_by_id(form.unit.data)
        challenge = Challenge.raise_(form.text(), unit=unit, by=act.person, at=act.at)
        db.session.flush()
        return act.done(_at(challenge.ref), _("It is with the network. Everyone can read it and take it up."))


# What comes of it ---------------------------------------------------------------------------------------------------


@bp.post("/challenges/<ref>/uptake")
@asks(policy.may_take_up)
def create_uptake(ref: str) -> ResponseReturnValue:
    """Let an experiment or an initiative of one's own work on it."""
    form = _with_work(UptakeForm())
    form.hold(lambda: challenge_page(ref, uptake=form))
    with acting() as act:
        challenge = challenges.challenge_for_change(ref)
        taker = challenges.taker_for_change(form.taker.data, viewer=act.person)
        act.authorize(policy.may_take_up, taker)
        challenge.take_up(taker, by=act.person, at=act.at)
        return act.done(_at(ref), _("%(ref)s works on it now.", ref=taker.ref))


@bp.post("/challenges/<ref>/experiment")
@asks(policy.may_take_up)
def begin_experiment(ref: str) -> ResponseReturnValue:
    """Begin a draft with its question and its measure, and take it up with that."""
    with acting() as act:
        challenge = challenges.challenge_for_change(ref)
        act.authorize(may_draft)
        rules = house_rules()
        draft = Experiment.draft(
            challenge.first_charter(rules.currency), rules=rules, unit=None, by=act.person, at=act.at
        )
        challenge.take_up(draft, by=act.person, at=act.at)
        return act.done(
            url_for("network.edit_experiment", ref=draft.ref),
            _("A draft has begun, and the challenge has somebody on it: you. Write on."),
        )


@bp.post("/challenges/<ref>/answer")
@asks(policy.may_end)
def create_answer(ref: str) -> ResponseReturnValue:
    """Say what changed."""
    form = OutcomeForm()
    form.hold(lambda: challenge_page(ref, outcome=form))
    with acting() as act:
        challenge = challenges.challenge_for_change(ref)
        act.authorize(policy.may_end, challenge)
        challenge.answer(form.outcome.data, by=act.person, at=act.at)
        return act.done(_at(ref), _("Answered. Thank you for closing the loop."))


@bp.post("/challenges/<ref>/closing")
@asks(policy.may_end)
def create_closing(ref: str) -> ResponseReturnValue:
    """Let it go."""
    form = ClosingForm()
    form.hold(lambda: challenge_page(ref, closing=form))
    with acting() as act:
        challenge = challenges.challenge_for_change(ref)
        act.authorize(policy.may_end, challenge)
        challenge.close(form.reason.data, by=act.person, at=act.at)
        return act.done(_at(ref), _("Closed, with your reason. It stays readable."))


@bp.post("/challenges/<ref>/comments")
@asks(policy.may_comment)
def create_challenge_comment(ref: str) -> ResponseReturnValue:
    """Say or ask something."""
    form = CommentForm()
    form.hold(lambda: challenge_page(ref, comment=form))
    with acting() as act:
        challenge = challenges.challenge_for_change(ref)
        act.authorize(policy.may_comment, challenge)
        Comment.write(challenge, form.body.data, is_question=form.is_question.data, by=act.person, at=act.at)
        return act.done(_at(ref, "comments"), _("Said, for everyone who reads this challenge."))


# Inside -------------------------------------------------------------------------------------------------------------


def _with_units(form: ChallengeForm) -> ChallengeForm:
    offer_units(form.unit, list(organisation.units()))
    return form


def _with_work(form: UptakeForm) -> UptakeForm:
    form.taker.choices = [
        SelectChoice(work.ref, f"{work.ref}, {work.title}") for work in challenges.work_of(somebody())
    ]
    return form


def _challenge_form_page(form: ChallengeForm) -> str:
    return render_template("bridge/challenge_form.html", form=form)


def _at(ref: str, anchor: str | None = None) -> str:
    return url_for("bridge.show_challenge", ref=ref, _anchor=anchor)
