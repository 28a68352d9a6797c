"""Pages of a running experiment: the check-in, the log, readings, money, people who take over."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from portfolio.budgets.signature import SignedFor
from portfolio.foundation import pictures, rich_text
from portfolio.foundation.acting import Act, acting
from portfolio.foundation.authority import Permission, asks, authorize
from portfolio.foundation.errors import Missing
from portfolio.foundation.languages import gettext as _
from portfolio.network import log_queries, picture_queries, policy, queries
from portfolio.network.experiment import Experiment
from portfolio.network.findings import findings_of
from portfolio.network.forms import (
    CheckInForm,
    EvidenceForm,
    ExpenseForm,
    LearningForm,
    MeasureReadingForm,
    MemberForm,
    StopForm,
    SupplementForm,
)
from portfolio.network.learning import Evidence, Kind, Learning
from portfolio.network.picture import MOST_PICTURES
from portfolio.organisation.house_rules import house_rules
from portfolio.people import queries as people
from portfolio.people.accounts import somebody
from portfolio.people.person import Person

bp = Blueprint("running", __name__)


# The weekly pulse ---------------------------------------------------------------------------------------------------


@bp.get("/experiments/<ref>/check-in")
@asks(policy.may_log)
def new_check_in(ref: str) -> ResponseReturnValue:
    """The pulse, with a field for every measure of the experiment."""
    experiment = _seen(ref, policy.may_log)
    return _check_in_page(experiment, _with_measures(CheckInForm(formdata=None), experiment))


@bp.post("/experiments/<ref>/check-ins")
@asks(policy.may_log)
def create_check_in(ref: str) -> ResponseReturnValue:
    """Keep the pulse and the readings that came with it."""
    form = CheckInForm()
    form.hold(lambda: _check_in_page(_seen(ref, policy.may_log), form))
    with acting() as act:
        experiment, rules = _changed(ref, act, policy.may_log), house_rules()
        experiment.check_in(
            confidence=int(form.confidence.data) if form.confidence.data.isdecimal() else 0,
            hours=form.hours.data or 0,
            next_step=form.next_step.data,
            rules=rules,
            by=act.person,
            at=act.at,
        )
        for row in form.readings:
            if row.form.value.data is not None:
                measure = log_queries.measure(experiment, row.form.measure.data)
                experiment.read(measure, row.form.value.data, rules.today, rules=rules, by=act.person, at=act.at)
        return act.done(_at(ref, "time"), _("Checked in. See you next week."))


@bp.url_value_preprocessor
def let_pictures_in(endpoint: str | None, values: dict[str, Any] | None) -> None:  # noqa: ARG001
    """More can be sent where pictures are, by whoever is signed in; asked before anything of it is read."""
    if endpoint == "running.create_learning" and "sign_in" in session:
        request.max_content_length = MOST_PICTURES * pictures.MOST_BYTES


# The log ------------------------------------------------------------------------------------------------------------


@bp.get("/experiments/<ref>/learnings/new")
@asks(policy.may_log)
def new_learning(ref: str) -> ResponseReturnValue:
    """An entry for the log, or one that corrects another."""
    experiment = _seen(ref, policy.may_log)
    corrected = _corrected(somebody())
    form = LearningForm(formdata=None, obj=corrected)
    if corrected is not None:
        form.kind.data, form.evidence.data = corrected.kind.value, corrected.evidence.value
    else:
        form.learned_on.data = house_rules().today
    return _learning_page(experiment, form)


@bp.post("/experiments/<ref>/learnings")
@asks(policy.may_log)
def create_learning(ref: str) -> ResponseReturnValue:
    """Keep it."""
    _seen(ref, policy.may_log)  # Before anything is unpacked.
    form = LearningForm()
    form.hold(lambda: _learning_page(_seen(ref, policy.may_log), form))
    with acting() as act:
        experiment, rules = _changed(ref, act, policy.may_log), house_rules()
        learning = experiment.learn(
            form.title.data,
            form.body.data,
            kind=Kind(form.kind.data),
            evidence=Evidence(form.evidence.data),
            on=form.learned_on.data or rules.today,
            believed=form.believed.data or "",
            therefore=form.therefore.data or "",
            exploratory=form.exploratory.data,
            corrects=_corrected(act.person),
            rules=rules,
            by=act.person,
            at=act.at,
        )
        experiment.illustrate(learning, form.illustrations, by=act.person, at=act.at)
        return act.done(_at(ref, learning.ref), _("It is in the log."))


@bp.get("/learnings/<ref>")
@asks(policy.may_list)
def show_learning(ref: str) -> ResponseReturnValue:
    """One learning, as a card."""
    learning = log_queries.learning(ref, viewer=somebody())
    experiment = queries.experiment(learning.experiment_ref, viewer=somebody())
    corrected = log_queries.corrected_by(learning)
    return render_template(
        "network/learning.html",
        corrected=corrected,
        learning=learning,
        experiment=experiment,
        correction=log_queries.correction_of(learning),
        pictures=picture_queries.pictures_of([learning, *corrected]),
        may_take_away=policy.may_take_away(somebody(), learning),
        rich=rich_text.shown([learning.believed, learning.body, learning.therefore]),
        may_correct=policy.may_log(somebody(), experiment),
    )


@bp.get("/experiments/<ref>/readings/new")
@asks(policy.may_log)
def new_reading(ref: str) -> ResponseReturnValue:
    """A reading on a day of its own."""
    experiment = _seen(ref, policy.may_log)
    form = _with_choices(MeasureReadingForm(formdata=None), experiment)
    form.read_on.data = house_rules().today
    return _plain_page(experiment, form, "network/reading.html")


@bp.post("/experiments/<ref>/readings")
@asks(policy.may_log)
def create_reading(ref: str) -> ResponseReturnValue:
    """Keep it."""
    form = _with_choices(MeasureReadingForm(), _seen(ref, policy.may_log))
    form.hold(lambda: _plain_page(_seen(ref, policy.may_log), form, "network/reading.html"))
    with acting() as act:
        experiment = _changed(ref, act, policy.may_log)
        measure = log_queries.measure(experiment, form.measure.data)
        experiment.read(
            measure,
            form.value.data,
            form.read_on.data,
            note=form.note.data or "",
            rules=house_rules(),
            by=act.person,
            at=act.at,
        )
        return act.done(_at(ref, "criteria"), _("The reading is kept."))


# Money --------------------------------------------------------------------------------------------------------------


@bp.get("/experiments/<ref>/expenses/new")
@asks(policy.may_log)
def new_expense(ref: str) -> ResponseReturnValue:
    """An expense, or one that takes the place of another."""
    experiment = _seen(ref, policy.may_log)
    form = ExpenseForm(formdata=None)
    corrected = log_queries.expense(experiment, request.args.get("corrects", ""))
    form.spent_on.data = corrected.spent_on if corrected else house_rules().today
    if corrected:
        form.amount.data, form.what.data, form.corrects.data = corrected.money, corrected.what, str(corrected.id)
    return _plain_page(experiment, form, "network/expense.html")


@bp.post("/experiments/<ref>/expenses")
@asks(policy.may_log)
def create_expense(ref: str) -> ResponseReturnValue:
    """Book it."""
    form = ExpenseForm()
    form.hold(lambda: _plain_page(_seen(ref, policy.may_log), form, "network/expense.html"))
    with acting() as act:
        experiment = _changed(ref, act, policy.may_log)
        experiment.spend(
            form.amount.data,
            form.spent_on.data,
            form.what.data,
            corrects=log_queries.expense(experiment, form.corrects.data or ""),
            rules=house_rules(),
            by=act.person,
            at=act.at,
        )
        if experiment.grant.is_nearly_spent:
            words = _("Booked. %(left)s of what is released is left.", left=experiment.grant.left)
            return act.done(_at(ref, "money"), words, "watch")
        return act.done(_at(ref, "money"), _("Booked."))


@bp.get("/experiments/<ref>/tranches/<int:number>/evidence")
@asks(policy.may_log)
def new_evidence(ref: str, number: int) -> ResponseReturnValue:
    """How a milestone was reached."""
    return _evidence_page(_seen(ref, policy.may_log), number, EvidenceForm(formdata=None))


@bp.post("/experiments/<ref>/tranches/<int:number>/evidence")
@asks(policy.may_log)
def create_evidence(ref: str, number: int) -> ResponseReturnValue:
    """Put it to leadership."""
    form = EvidenceForm()
    form.hold(lambda: _evidence_page(_seen(ref, policy.may_log), number, form))
    with acting() as act:
        experiment = _changed(ref, act, policy.may_log)
        experiment.give_evidence(number, form.evidence.data, rules=house_rules(), by=act.person, at=act.at)
        return act.done(_at(ref, "money"), _("A leader reads it and releases the tranche."))


@bp.post("/experiments/<ref>/tranches/<int:number>/release")
@asks(policy.may_follow)
def release_tranche(ref: str, number: int) -> ResponseReturnValue:
    """Accept the evidence and release the money."""
    with acting() as act:
        experiment = _changed(ref, act, policy.may_follow)
        experiment.release(number, rules=house_rules(), by=act.person, at=act.at)
        return act.done(_at(ref, "money"), _("The tranche is released."))


@bp.get("/experiments/<ref>/supplement")
@asks(policy.may_follow)
def new_supplement(ref: str) -> ResponseReturnValue:
    """More money while it runs."""
    experiment, form = _seen(ref, policy.may_follow), SupplementForm(formdata=None)
    first = experiment.grant.waiting_signature
    form.amount.data = first.money if first and first.signed_for is SignedFor.SUPPLEMENT else None
    return _plain_page(experiment, form, "network/supplement.html")


@bp.post("/experiments/<ref>/supplement")
@asks(policy.may_follow)
def create_supplement(ref: str) -> ResponseReturnValue:
    """Grant it, or sign first of two."""
    form = SupplementForm()
    form.hold(lambda: _plain_page(_seen(ref, policy.may_follow), form, "network/supplement.html"))
    with acting() as act:
        experiment = _changed(ref, act, policy.may_follow)
        now = experiment.supplement(form.amount.data, form.reason.data, rules=house_rules(), by=act.person, at=act.at)
        words = _("%(amount)s more is granted and released.", amount=form.amount.data)
        return act.done(_at(ref, "money"), words if now else _("Your signature is the first of two."))


# Who leads, and ending early ----------------------------------------------------------------------------------------


@bp.get("/experiments/<ref>/lead")
@asks(policy.may_hand_over)
def edit_lead(ref: str) -> ResponseReturnValue:
    """Whom to ask to take over."""
    experiment = _seen(ref, policy.may_hand_over)
    return _plain_page(experiment, _with_people(MemberForm(formdata=None), experiment), "network/lead.html")


@bp.post("/experiments/<ref>/lead")
@asks(policy.may_hand_over)
def offer_lead(ref: str) -> ResponseReturnValue:
    """Ask them."""
    form = _with_people(MemberForm(), _seen(ref, policy.may_hand_over))
    form.hold(lambda: _plain_page(_seen(ref, policy.may_hand_over), form, "network/lead.html"))
    with acting() as act:
        experiment = _changed(ref, act, policy.may_hand_over)
        person = people.person_for_change(form.person.data)
        experiment.offer_lead(person, by=act.person)
        return act.done(_at(ref, "people"), _("%(name)s is asked to take over the lead.", name=person.name))


@bp.post("/experiments/<ref>/lead/acceptance")
@asks(policy.may_join)
def take_lead(ref: str) -> ResponseReturnValue:
    """Say yes."""
    with acting() as act:
        experiment = _changed(ref, act, policy.may_join)
        experiment.take_lead(by=act.person, at=act.at)
        return act.done(_at(ref, "people"), _("You lead it from now on."))


@bp.get("/experiments/<ref>/stop")
@asks(policy.may_stop)
def new_stop(ref: str) -> ResponseReturnValue:
    """Why it ends early."""
    return _plain_page(_seen(ref, policy.may_stop), StopForm(formdata=None), "network/stop.html")


@bp.post("/experiments/<ref>/stop")
@asks(policy.may_stop)
def create_stop(ref: str) -> ResponseReturnValue:
    """End it today."""
    form = StopForm()
    form.hold(lambda: _plain_page(_seen(ref, policy.may_stop), form, "network/stop.html"))
    with acting() as act:
        experiment = _changed(ref, act, policy.may_stop)
        experiment.stop_early(form.reason.data, rules=house_rules(), by=act.person, at=act.at)
        return act.done(_at(ref, "decision"), _("It ends today. What comes now is the decision."))


# Inside -------------------------------------------------------------------------------------------------------------


def _seen(ref: str, policy_asked: Permission) -> Experiment:
    experiment = queries.experiment(ref, viewer=somebody())
    authorize(policy_asked, somebody(), experiment)
    return experiment


def _corrected(viewer: Person) -> Learning | None:
    """The learning that this one takes the place of, if any."""
    ref = request.args.get("corrects")
    return log_queries.learning(ref, viewer=viewer) if ref else None


def _changed(ref: str, act: Act, policy_asked: Permission) -> Experiment:
    experiment = queries.experiment_for_change(ref, viewer=act.person)
    act.authorize(policy_asked, experiment)
    return experiment


def _plain_page(experiment: Experiment, form: Any, template: str) -> str:
    return render_template(template, experiment=experiment, form=form, today=house_rules().today)


def _evidence_page(experiment: Experiment, number: int, form: EvidenceForm) -> str:
    tranche = next((tranche for tranche in experiment.grant.tranches if number and tranche.number == number), None)
    if tranche is None:
        raise Missing
    return render_template("network/evidence.html", experiment=experiment, tranche=tranche, number=number, form=form)


def _learning_page(experiment: Experiment, form: LearningForm) -> str:
    corrects = request.args.get("corrects", "")
    return render_template("network/learning_form.html", experiment=experiment, form=form, corrects=corrects)


def _check_in_page(experiment: Experiment, form: CheckInForm) -> str:
    return render_template(
        "network/check_in.html",
        experiment=experiment,
        form=form,
        findings=findings_of(experiment),
        last=log_queries.last_check_in(experiment),
        today=house_rules().today,
    )


def _with_measures(form: CheckInForm, experiment: Experiment) -> CheckInForm:
    for part in experiment.watched:
        form.readings.append_entry({"measure": str(part.measure_id)})
    return form


def _with_choices(form: MeasureReadingForm, experiment: Experiment) -> MeasureReadingForm:
    form.measure.choices = [
        SelectChoice(part.measure_id, f"{part.metric} ({part.unit})" if part.unit else part.metric)
        for part in experiment.watched
    ]
    return form


def _with_people(form: MemberForm, experiment: Experiment) -> MemberForm:
    volunteers = [person for person in people.active_volunteers() if person.id != experiment.lead_id]
    form.person.choices = [
        SelectChoice("", _("Choose somebody")),
        *(SelectChoice(person.handle, person.name) for person in volunteers),
    ]
    return form


def _at(ref: str, anchor: str) -> str:
    return url_for("network.show_experiment", ref=ref, _anchor=anchor)
