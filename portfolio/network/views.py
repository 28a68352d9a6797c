"""Pages of the network: the list, one experiment, the proposal, and what people do with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from portfolio.audit.overtaken import Overtaken
from portfolio.audit.queries import history, last_of
from portfolio.budgets import queries as budgets
from portfolio.foundation import rich_text
from portfolio.foundation.acting import Act, acting
from portfolio.foundation.authority import asks, authorize
from portfolio.foundation.database import db
from portfolio.foundation.errors import Conflict
from portfolio.foundation.languages import gettext as _
from portfolio.foundation.languages import ngettext
from portfolio.network import log_queries, picture_queries, policy, queries
from portfolio.network.charter_words import words_of
from portfolio.network.decision import Recommendation
from portfolio.network.experiment import Experiment
from portfolio.network.findings import findings_of
from portfolio.network.forms import CommentForm, HandForm, ProposalForm
from portfolio.network.learning import Learning
from portfolio.network.record_queries import records_among
from portfolio.network.record_views import record_page
from portfolio.network.state import State
from portfolio.organisation import queries as organisation
from portfolio.organisation.change import FormOfChange
from portfolio.organisation.house_rules import house_rules
from portfolio.people import queries as people
from portfolio.people.accounts import somebody
from portfolio.people.comment import Comment, comments_on
from portfolio.people.forms import offer_units
from portfolio.strategy import queries as strategy
from portfolio.strategy.phase import Phase

bp = Blueprint("network", __name__)


# Reading ------------------------------------------------------------------------------------------------------------


@bp.get("/experiments")
@asks(policy.may_list)
def list_experiments() -> ResponseReturnValue:
    """The portfolio as a list."""
    person, rules = somebody(), house_rules()
    said = request.args
    form = next((form for form in FormOfChange if form.value == said.get("form")), None)
    search = queries.ExperimentSearch(
        stage=said.get("stage", ""),
        form=form,
        unit_id=_small_number(said.get("unit")),
        phase_id=_small_number(said.get("phase")),
        text=said.get("q", "").strip()[:120],
        mine=said.get("mine") == "1",
    )
    experiments = search.page(person, said.get("after"), rules.today)
    return render_template(
        "network/experiments.html",
        experiments=experiments,
        records=records_among(experiments.rows),
        confidences=log_queries.confidences_of([row.id for row in experiments.rows]),
        search=search,
        counts=queries.counts(person, rules.today),
        units=organisation.units(),
        running_limit=rules.running_limit(people.count_volunteers()),
        today=rules.today,
        may_see_amounts=queries.amounts_seen_by(person, rules),
    )


@bp.get("/experiments/<ref>")
@asks(policy.may_list)
def show_experiment(ref: str) -> ResponseReturnValue:
    """One experiment, whole."""
    return experiment_page(ref, CommentForm(formdata=None), HandForm(formdata=None))


def experiment_page(ref: str, comment: CommentForm, hand: HandForm) -> str:
    """The page of one experiment, with forms as they were sent."""
    person, rules = somebody(), house_rules()
    experiment = queries.experiment(ref, viewer=person)
    if experiment.state is State.RECORD:
        return record_page(experiment, comment)
    comments = comments_on(experiment)
    pulses = log_queries.check_ins_of(experiment) if experiment.starts_on else []
    learnings = log_queries.learnings_of(experiment, request.args.get("after")) if experiment.starts_on else None
    recommended = log_queries.last_recommendation(experiment) if experiment.starts_on else None
    return render_template(
        "network/experiment.html",
        experiment=experiment,
        comments=comments,
        rich=rich_text.shown(_texts(experiment, comments, learnings.rows if learnings else [], recommended)),
        findings=findings_of(experiment),
        pulses=pulses,
        confidences=log_queries.confidences(pulses, _weeks_gone(experiment, rules.today)),
        learnings=learnings,
        pictures=picture_queries.pictures_of(learnings.rows) if learnings and learnings.rows else {},
        learning_count=log_queries.count_learnings(experiment) if learnings and learnings.next else None,
        expenses=budgets.expenses_of(experiment.grant_id) if experiment.starts_on else [],
        recommended=recommended,
        follow_ups=log_queries.follow_ups_of(experiment, viewer=person) if experiment.decision else [],
        history=history(experiment),
        withdrawn=last_of(experiment, "experiment.withdrawn") if experiment.state is State.WITHDRAWN else None,
        comment_form=comment,
        hand_form=hand,
        policy=policy,
        sees_amounts=policy.sees_amounts(person, experiment, rules),
        today=rules.today,
    )


# Proposing ----------------------------------------------------------------------------------------------------------


@bp.get("/experiments/new")
@asks(policy.may_draft)
def new_experiment() -> ResponseReturnValue:
    """The proposal, empty but for the form of change that was found before."""
    form = _with_choices(ProposalForm(formdata=None))
    for name in ("configuration", "paradigm"):
        if request.args.get(name) in ("0", "1"):
            form[name].data = request.args[name]
    return _proposal_page(form, None)


@bp.post("/experiments")
@asks(policy.may_draft)
def create_experiment() -> ResponseReturnValue:
    """Keep it as a draft, and put it to leadership when that was asked."""
    form = _with_choices(ProposalForm())
    if form.add_row(request.form.get("add", "")):
        return _proposal_page(form, None)
    form.hold(lambda: _proposal_page(form, None))
    with acting() as act:
        act.authorize(policy.may_draft)
        rules = house_rules()
        experiment = Experiment.draft(
            form.charter(rules.currency),
            rules=rules,
            unit=organisation.unit_by_id(form.unit.data),
            restricted=form.visibility.data == "restricted",
            shared=form.visibility.data == "shared",
            confidence=int(form.confidence.data) if form.confidence.data else None,
            by=act.person,
            at=act.at,
        )
        experiment.tie_to(_phase(form), by=act.person)
        db.session.flush()
        return _proposed_or_kept(act, queries.experiment_for_change(experiment.ref, viewer=act.person))


@bp.get("/experiments/<ref>/text")
@asks(policy.may_write)
def edit_experiment(ref: str) -> ResponseReturnValue:
    """What a draft or proposal says, to change."""
    experiment = _to_write(ref)
    form = _with_choices(ProposalForm.showing(experiment.charter, revision=experiment.revision), experiment.phase_id)
    form.phase.data = experiment.phase_id or 0
    form.unit.data = experiment.unit_id or 0
    form.confidence.data = "" if experiment.confidence is None else str(experiment.confidence)
    form.visibility.data = "restricted" if experiment.restricted else "shared" if experiment.shared else "open"
    return _proposal_page(form, experiment)


@bp.post("/experiments/<ref>/text")
@asks(policy.may_write)
def change_experiment(ref: str) -> ResponseReturnValue:
    """Change it; a proposal under way becomes a new version."""
    form = _with_choices(ProposalForm())
    if form.add_row(request.form.get("add", "")):
        return _proposal_page(form, _to_write(ref))
    form.hold(lambda: _proposal_page(form, _to_write(ref)))
    with acting() as act:
        experiment = queries.experiment_for_change(ref, viewer=act.person)
        act.authorize(policy.may_write, experiment)
        experiment.write(
            form.charter(experiment.currency),
            revision=int(form.revision.data) if form.revision.data.isdecimal() else 0,
            by=act.person,
            at=act.at,
        )
        experiment.unit_id = form.unit.data or experiment.unit_id
        experiment.tie_to(_phase(form), by=act.person)
        experiment.confidence = int(form.confidence.data) if form.confidence.data else None
        experiment.set_visibility(
            restricted=form.visibility.data == "restricted", shared=form.visibility.data == "shared", by=act.person
        )
        if experiment.state is State.PROPOSED:
            return act.done(_at(ref), _("The proposal is revised. Leadership reads the new version."))
        return _proposed_or_kept(act, experiment)


@bp.post("/experiments/<ref>/proposal")
@asks(policy.may_propose)
def create_proposal(ref: str) -> ResponseReturnValue:
    """Put a draft to leadership."""
    with acting() as act:
        experiment = queries.experiment_for_change(ref, viewer=act.person)
        act.authorize(policy.may_propose, experiment)
        return _proposed(act, experiment)


@bp.post("/experiments/<ref>/withdrawal")
@asks(policy.may_withdraw)
def create_withdrawal(ref: str) -> ResponseReturnValue:
    """Take it back."""
    with acting() as act:
        experiment = queries.experiment_for_change(ref, viewer=act.person)
        act.authorize(policy.may_withdraw, experiment)
        experiment.withdraw(rules=house_rules(), by=act.person, at=act.at)
        return act.done(_at(ref), _("It is withdrawn. What you wrote stays readable."))


@bp.post("/experiments/<ref>/start")
@asks(policy.may_start)
def create_start(ref: str) -> ResponseReturnValue:
    """Begin today."""
    with acting() as act:
        experiment = queries.experiment_for_change(ref, viewer=act.person)
        act.authorize(policy.may_start, experiment)
        experiment.start(rules=house_rules(), by=act.person, at=act.at)
        return act.done(_at(ref), _("It runs. The first check-in is within a week."))


# Taking part --------------------------------------------------------------------------------------------------------


@bp.post("/experiments/<ref>/comments")
@asks(policy.may_comment)
def create_comment(ref: str) -> ResponseReturnValue:
    """Say or ask something."""
    form = CommentForm()
    form.hold(lambda: experiment_page(ref, form, HandForm(formdata=None)))
    with acting() as act:
        experiment = queries.experiment_for_change(ref, viewer=act.person)
        act.authorize(policy.may_comment, experiment)
        Comment.write(experiment, form.body.data, is_question=form.is_question.data, by=act.person, at=act.at)
        return act.done(_at(ref, "comments"), _("Said, for everyone who reads this experiment."))


@bp.post("/experiments/<ref>/hands")
@asks(policy.may_join)
def create_hand(ref: str) -> ResponseReturnValue:
    """Offer to join."""
    form = HandForm()
    form.hold(lambda: experiment_page(ref, CommentForm(formdata=None), form))
    with acting() as act:
        experiment = queries.experiment_for_change(ref, viewer=act.person)
        act.authorize(policy.may_join, experiment)
        experiment.raise_hand(hours_a_week=form.hours_a_week.data, note=form.note.data or "", by=act.person, at=act.at)
        return act.done(_at(ref, "people"), _("Your hand is up. The lead sees it."))


@bp.post("/experiments/<ref>/hands/mine/lowering")
@asks(policy.may_join)
def lower_hand(ref: str) -> ResponseReturnValue:
    """Take it down again; no reason is asked."""
    with acting() as act:
        experiment = queries.experiment_for_change(ref, viewer=act.person)
        act.authorize(policy.may_join, experiment)
        experiment.lower_hand(by=act.person, at=act.at)
        return act.done(_at(ref, "people"), _("Your hand is down."))


@bp.post("/experiments/<ref>/hands/<int:hand_id>/acceptance")
@asks(policy.may_lead)
def accept_hand(ref: str, hand_id: int) -> ResponseReturnValue:
    """Take somebody on the team."""
    with acting() as act:
        experiment = queries.experiment_for_change(ref, viewer=act.person)
        act.authorize(policy.may_lead, experiment)
        hand, person = queries.hand_for_change(experiment, hand_id)
        experiment.accept_hand(hand, person, by=act.person, at=act.at)
        return act.done(_at(ref, "people"), _("%(name)s is on the team.", name=person.name))


@bp.post("/experiments/<ref>/leaving")
@asks(policy.may_join)
def leave_team(ref: str) -> ResponseReturnValue:
    """Leave the team; no reason is asked."""
    with acting() as act:
        experiment = queries.experiment_for_change(ref, viewer=act.person)
        act.authorize(policy.may_join, experiment)
        experiment.leave(by=act.person, at=act.at)
        seen = queries.is_seen_by(act.person, experiment)  # What is its team's alone is theirs no more.
        to = _at(ref, "people") if seen else url_for(".list_experiments")
        return act.done(to, _("You left the team. Thank you for what you brought."))


def _proposed_or_kept(act: Act, experiment: Experiment) -> Response:
    if request.form.get("then") == "propose":
        return _proposed(act, experiment)
    return act.done(_at(experiment.ref), _("Kept as a draft. You and your team can see it."))


def _proposed(act: Act, experiment: Experiment) -> Response:
    act.authorize(policy.may_propose, experiment)
    rules = house_rules()
    experiment.propose(rules=rules, by=act.person, at=act.at)
    words = ngettext(
        "Leadership has your proposal. You hear within one working day.",
        "Leadership has your proposal. You hear within %(num)s working days.",
        rules.answer_days,
    )
    return act.done(_at(experiment.ref), words)


def _texts(
    experiment: Experiment,
    comments: Sequence[Comment],
    learnings: Sequence[Learning],
    recommended: Recommendation | None,
) -> list[str]:
    """Every text of the page that is Markdown."""
    decision = experiment.decision
    return [
        *(experiment.problem, experiment.hypothesis, experiment.riskiest_assumption, experiment.standalone_value),
        *(experiment.answer_reason, experiment.return_reason, experiment.stop_reason),
        *((recommended.reason,) if recommended else ()),
        *(said.body for said in comments),
        *(learning.body for learning in learnings),
        *(tranche.evidence for tranche in experiment.grant.tranches),
        *(
            (decision.reason, decision.believed, decision.observed, decision.learned, decision.therefore)
            if decision
            else ()
        ),
    ]


def _weeks_gone(experiment: Experiment, today: date) -> int:
    """How many weeks of the timebox have passed whole."""
    if experiment.starts_on is None or experiment.ends_on is None:
        return 0
    return (min(today, experiment.ends_on + timedelta(days=1)) - experiment.starts_on).days // 7


def _to_write(ref: str) -> Experiment:
    experiment = queries.experiment(ref, viewer=somebody())
    authorize(policy.may_write, somebody(), experiment)
    return experiment


def _with_choices(form: ProposalForm, phase_id: int | None = None) -> ProposalForm:
    offer_units(form.unit, list(organisation.units()))
    phases = strategy.phases_to_choose(house_rules().today, keep=phase_id)
    form.phase.choices = [form.phase.choices[0], *(SelectChoice(phase.id, phase.name) for phase in phases)]
    return form


def _small_number(text: str | None) -> int | None:
    """A number as a filter gives it; anything else is no filter."""
    return int(text) if text and text.isdecimal() and len(text) < 16 else None


def _phase(form: ProposalForm) -> Phase | None:
    return strategy.phase(form.phase.data) if form.phase.data else None


def _proposal_page(form: ProposalForm, experiment: Experiment | None) -> str:
    return render_template(
        "network/proposal.html",
        form=form,
        experiment=experiment,
        form_of_change=form.form_of_change(),
        overtaken=_overtaken(form, experiment) if experiment and isinstance(form.refusal, Conflict) else None,
    )


def _overtaken(form: ProposalForm, experiment: Experiment) -> Overtaken:
    """What somebody saved meanwhile beside what was typed; saving once more is then on purpose."""
    form.revision.data = str(experiment.revision)
    amounts = policy.sees_amounts(somebody(), experiment, house_rules())
    return Overtaken.by(
        last_of(experiment, "experiment.changed", "experiment.revised"),
        words_of(form.charter(experiment.currency), amounts=amounts),
        words_of(experiment.charter, amounts=amounts),
    )


def _at(ref: str, anchor: str | None = None) -> str:
    return url_for(".show_experiment", ref=ref, _anchor=anchor)
