"""Pages at the end of a timebox, and for changing a frozen charter in the open."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portfolio.foundation import rich_text
from portfolio.foundation.acting import acting
from portfolio.foundation.authority import asks, authorize
from portfolio.foundation.comparison import compared
from portfolio.foundation.database import db
from portfolio.foundation.errors import Missing
from portfolio.foundation.languages import gettext as _
from portfolio.foundation.money import Money
from portfolio.network import log_queries, policy, queries
from portfolio.network.amendment import Amendment
from portfolio.network.charter_words import words_of
from portfolio.network.deciding import LearningCard
from portfolio.network.decision import DecisionKind
from portfolio.network.experiment import Experiment
from portfolio.network.findings import Findings, findings_of
from portfolio.network.forms import AmendmentForm, AmendmentReasonForm, DecisionForm, RecommendationForm
from portfolio.organisation.house_rules import house_rules
from portfolio.people.accounts import somebody
from portfolio.people.person import Person

bp = Blueprint("deciding", __name__)


# Recommending and deciding ------------------------------------------------------------------------------------------


@bp.get("/experiments/<ref>/recommendation")
@asks(policy.may_log)
def new_recommendation(ref: str) -> ResponseReturnValue:
    """The team's proposed next step."""
    return _recommendation_page(ref, RecommendationForm(formdata=None))


@bp.post("/experiments/<ref>/recommendation")
@asks(policy.may_log)
def create_recommendation(ref: str) -> ResponseReturnValue:
    """Keep it for whoever decides."""
    form = RecommendationForm()
    form.hold(lambda: _recommendation_page(ref, form))
    with acting() as act:
        experiment = queries.experiment_for_change(ref, viewer=act.person)
        act.authorize(policy.may_log, experiment)
        cost = form.cost.data or Money(0, experiment.currency)
        experiment.recommend(DecisionKind(form.kind.data), cost, form.reason.data, by=act.person, at=act.at)
        return act.done(_at(ref), _("Leadership reads your proposal before it decides."))


@bp.get("/experiments/<ref>/decision")
@asks(policy.may_follow)
def new_decision(ref: str) -> ResponseReturnValue:
    """What the criteria say, what the team proposes, and the four."""
    return _decision_page(ref, None)


@bp.post("/experiments/<ref>/decision")
@asks(policy.may_follow)
def create_decision(ref: str) -> ResponseReturnValue:
    """Decide; persevere and pivot open a follow-up as a draft."""
    form = DecisionForm()
    form.hold(lambda: _decision_page(ref, form))
    with acting() as act:
        experiment, rules = queries.experiment_for_change(ref, viewer=act.person), house_rules()
        act.authorize(policy.may_follow, experiment)
        decision = experiment.decide(
            DecisionKind(form.kind.data),
            form.reason.data,
            LearningCard(form.believed.data, form.observed.data, form.learned.data, form.therefore.data),
            findings_of(experiment),
            not_measured={
                int(row.form.criterion.data): row.form.because.data
                for row in form.why_not
                if (row.form.criterion.data or "").isdecimal()
            },
            rules=rules,
            by=act.person,
            at=act.at,
        )
        words = _("Decided: %(kind)s. %(returned)s returns.", kind=decision.kind.label, returned=_returned(experiment))
        if decision.kind.is_followed_up and experiment.lead is not None:
            lead = db.session.get_one(Person, experiment.lead_id)
            follow_up = experiment.follow_up(rules=rules, lead=lead, at=act.at)
            db.session.flush()
            words = _("%(words)s The follow-up %(ref)s waits as a draft.", words=words, ref=follow_up.ref)
        return act.done(_at(ref), words)


# Amending -----------------------------------------------------------------------------------------------------------


@bp.get("/experiments/<ref>/amendments/new")
@asks(policy.may_write)
def new_amendment(ref: str) -> ResponseReturnValue:
    """The charter, to change."""
    experiment = queries.experiment(ref, viewer=somebody())
    authorize(policy.may_write, somebody(), experiment)
    form = AmendmentForm.showing(experiment.charter, revision=experiment.revision)
    return render_template("network/amendment_form.html", form=form, experiment=experiment)


@bp.post("/experiments/<ref>/amendments")
@asks(policy.may_write)
def create_amendment(ref: str) -> ResponseReturnValue:
    """Put it to leadership."""
    form = AmendmentForm()

    def page() -> str:
        return render_template(
            "network/amendment_form.html", form=form, experiment=queries.experiment(ref, viewer=somebody())
        )

    if form.add_row(request.form.get("add", "")):
        return page()
    form.hold(page)
    with acting() as act:
        experiment = queries.experiment_for_change(ref, viewer=act.person)
        act.authorize(policy.may_write, experiment)
        charter = replace(form.charter(experiment.currency), form=experiment.form, horizon=experiment.horizon)
        experiment.propose_amendment(charter, form.reason.data, rules=house_rules(), by=act.person, at=act.at)
        return act.done(_at(ref), _("Leadership reads the amendment. Until then the charter stays as it is."))


@bp.get("/experiments/<ref>/amendments/<int:number>")
@asks(policy.may_list)
def show_amendment(ref: str, number: int) -> ResponseReturnValue:
    """The old text beside the new one."""
    return _amendment_page(ref, number, AmendmentReasonForm(formdata=None))


@bp.post("/experiments/<ref>/amendments/<int:number>/approval")
@asks(policy.may_follow)
def answer_amendment(ref: str, number: int) -> ResponseReturnValue:
    """Approve it, or leave the charter as it is."""
    form = AmendmentReasonForm()
    form.hold(lambda: _amendment_page(ref, number, form))
    with acting() as act:
        experiment = queries.experiment_for_change(ref, viewer=act.person)
        act.authorize(policy.may_follow, experiment)
        amendment = _amendment(experiment, number)
        rules = house_rules()
        if form.answer.data == "approve":
            experiment.approve_amendment(amendment, form.reason.data, rules=rules, by=act.person, at=act.at)
            return act.done(
                _at(ref), _("The charter is amended; it is version %(version)s.", version=experiment.version)
            )
        experiment.decline_amendment(amendment, form.reason.data, rules=rules, by=act.person, at=act.at)
        return act.done(_at(ref), _("The charter stays as it is."))


@bp.get("/experiments/<ref>/versions")
@asks(policy.may_list)
def list_versions(ref: str) -> ResponseReturnValue:
    """Every version of the text, word for word."""
    experiment = queries.experiment(ref, viewer=somebody())
    kept = queries.versions(experiment)
    charters = {version.id: version.charter for version in kept}
    texts = [
        text
        for charter in charters.values()
        for text in (charter.hypothesis, charter.riskiest_assumption, charter.problem, charter.standalone_value)
    ]
    return render_template(
        "network/versions.html",
        experiment=experiment,
        versions=kept,
        charters=charters,
        rich=rich_text.shown(texts),
        sees_amounts=policy.sees_amounts(somebody(), experiment, house_rules()),
    )


# Inside -------------------------------------------------------------------------------------------------------------


def _recommendation_page(ref: str, form: RecommendationForm) -> str:
    experiment = queries.experiment(ref, viewer=somebody())
    authorize(policy.may_log, somebody(), experiment)
    return render_template(
        "network/recommendation.html", experiment=experiment, form=form, findings=findings_of(experiment)
    )


def _decision_page(ref: str, sent: DecisionForm | None) -> str:
    experiment = queries.experiment(ref, viewer=somebody())
    authorize(policy.may_follow, somebody(), experiment)
    findings = findings_of(experiment)
    recommended = log_queries.last_recommendation(experiment)
    return render_template(
        "network/decision.html",
        experiment=experiment,
        form=sent or _decision_form(experiment, findings),
        findings=findings,
        recommended=recommended,
        obstacles=experiment.obstacles_to_decide(house_rules()),
        learnings=log_queries.learnings_of(experiment, None).rows,
        rich=rich_text.shown([recommended.reason if recommended else None]),
        alone=experiment.grant.is_decided_alone_by(somebody()),
        today=house_rules().today,
    )


def _decision_form(experiment: Experiment, findings: Findings) -> DecisionForm:
    form = DecisionForm(formdata=None)
    form.believed.data = experiment.hypothesis
    for finding in findings.criteria:
        if finding.verdict.value == "inconclusive":
            form.why_not.append_entry({"criterion": str(finding.criterion.id)})
    return form


def _amendment_page(ref: str, number: int, form: AmendmentReasonForm) -> str:
    experiment = queries.experiment(ref, viewer=somebody())
    amendment = _amendment(experiment, number)
    amounts = policy.sees_amounts(somebody(), experiment, house_rules())
    return render_template(
        "network/amendment.html",
        experiment=experiment,
        amendment=amendment,
        rows=compared(
            words_of(log_queries.version_numbered(experiment, amendment.changes_version).charter, amounts=amounts),
            words_of(amendment.charter, amounts=amounts),
        ),
        form=form,
        rich=rich_text.shown([amendment.reason, amendment.answer_reason]),
        may_answer=amendment.waits and policy.may_follow(somebody(), experiment),
    )


def _amendment(experiment: Experiment, number: int) -> Amendment:
    found = next((amendment for amendment in experiment.amendments if amendment.number == number), None)
    if found is None:
        raise Missing
    return found


def _returned(experiment: Experiment) -> Money:
    return experiment.grant.returned_money


def _at(ref: str) -> str:
    return url_for("network.show_experiment", ref=ref, _anchor="decision")
