"""The approvals queue: what waits for leadership, beside what is left in the envelope."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from portfolio.budgets import policy as budgets_policy
from portfolio.budgets import queries as budgets
from portfolio.foundation import clock, rich_text
from portfolio.foundation.acting import Act, acting
from portfolio.foundation.authority import asks
from portfolio.foundation.comparison import Compared, compared
from portfolio.foundation.errors import Missing, Obstacle, Unprocessable
from portfolio.foundation.languages import gettext as _
from portfolio.network import policy, queries
from portfolio.network.charter_words import words_of
from portfolio.network.experiment import Experiment
from portfolio.network.forms import AnswerForm
from portfolio.organisation.house_rules import HouseRules, house_rules
from portfolio.organisation.quarter import working_days_between
from portfolio.people import queries as people
from portfolio.people.accounts import somebody
from portfolio.people.comment import comments_on
from portfolio.people.person import Person, RoleName

bp = Blueprint("answers", __name__)


@bp.get("/approvals")
@asks(policy.may_answer)
def list_proposals() -> ResponseReturnValue:
    """The longest wait first, with the one in focus to answer."""
    waiting = queries.proposals(somebody())
    wanted = request.args.get("proposal", "")
    focus = next((proposal for proposal in waiting if proposal.ref == wanted), waiting[0] if waiting else None)
    if focus is None:
        return render_template("network/approvals.html", waiting=[], focus=None, **_money())
    return _page(focus.ref, None)


@bp.post("/experiments/<ref>/approval")
@asks(policy.may_answer)
def answer_proposal(ref: str) -> ResponseReturnValue:
    """Grant all or less, return it, or decline it; each with a reason."""
    form = _with_sponsors(AnswerForm())
    form.hold(lambda: _page(ref, form))
    if form.answer.data == "part" and form.amount.data is None:
        raise Unprocessable(_("Say how much you grant."), [Obstacle(_("Give the amount granted."), "amount")])
    with acting() as act:
        experiment = queries.experiment_for_change(ref, viewer=act.person)
        act.authorize(policy.may_answer, experiment)
        words = _answer(act, experiment, form)
        return act.done(url_for(".list_proposals"), words)


def _answer(act: Act, experiment: Experiment, form: AnswerForm) -> str:
    version, reason = form.version.data, form.reason.data
    if form.answer.data == "return":
        experiment.give_back_to_team(reason, version_hash=version, by=act.person, at=act.at)
        return _("It is back with the team, with your reason.")
    if form.answer.data == "decline":
        experiment.decline(reason, version_hash=version, by=act.person, at=act.at)
        return _("Declined, with your reason. It stays readable.")
    amount = form.amount.data if form.answer.data == "part" else experiment.grant.asked_money
    complete = experiment.approve(
        amount,
        version_hash=version,
        reason=reason,
        conditions=form.conditions.data or "",
        sponsor=_sponsor(form, act.person),
        confidence=form.confidence.data,
        rules=house_rules(),
        by=act.person,
        at=act.at,
    )
    if complete:
        return _("%(amount)s is granted.", amount=amount)
    return _("Your signature is the first of two. Another leader confirms it; until then nothing is reserved.")


def _page(ref: str, sent: AnswerForm | None) -> str:
    person = somebody()
    waiting = queries.proposals(person)
    focus = queries.experiment(ref, viewer=person)
    form = sent or _with_sponsors(AnswerForm(formdata=None))
    revised = _revised_since(form.version.data, focus, person) if sent else []
    form.version.data = focus.version_hash
    first = focus.grant.waiting_signature
    if sent is None:
        form.answer.data = "part" if first and first.money != focus.grant.asked_money else None
        if first:
            form.amount.data, form.conditions.data = first.money, first.conditions
            form.sponsor.data = first.sponsor_id or 0
    rules = house_rules()
    comments = comments_on(focus)
    texts = [focus.problem, focus.hypothesis, focus.riskiest_assumption, focus.standalone_value]
    return render_template(
        "network/approvals.html",
        waiting=waiting,
        focus=focus,
        form=form,
        revised=revised,
        first=first,
        signer=people.by_ids([first.person_id]).get(first.person_id) if first else None,
        may_answer=policy.may_answer(person, focus),
        days={p.id: _days_waited(p, rules) for p in waiting},
        needs_two=focus.grant.asked > focus.rules.single_approver_limit,
        signers=focus.grant.signers_left(),
        comments=comments,
        rich=rich_text.shown([*texts, *(said.body for said in comments)]),
        rules_now=rules,
        **_money(),
    )


def _revised_since(shown: str | None, focus: Experiment, person: Person) -> list[Compared]:
    """Where the version that was on the screen differs from the one there is now."""
    if shown == focus.version_hash:
        return []
    read = next((version for version in queries.versions(focus) if version.hash == shown), None)
    if read is None:
        return []
    amounts = policy.sees_amounts(person, focus, house_rules())
    both = compared(words_of(read.charter, amounts=amounts), words_of(focus.charter, amounts=amounts))
    return [row for row in both if row.differs]


def _money() -> dict[str, object]:
    rules = house_rules()
    return {
        "envelope": budgets.envelope_of(rules.quarter),
        "quarter": rules.quarter,
        "sees_totals": budgets_policy.sees_totals(somebody(), rules),
    }


def _days_waited(experiment: Experiment, rules: HouseRules) -> int:
    if experiment.proposed_at is None:
        return 0
    return working_days_between(clock.day_of(experiment.proposed_at, rules.time_zone), rules.today)


def _with_sponsors(form: AnswerForm) -> AnswerForm:
    leaders = people.holders(RoleName.LEADER)
    form.sponsor.choices = [
        SelectChoice(0, _("Myself")),
        *(SelectChoice(leader.id, leader.name) for leader in leaders if leader.id != somebody().id),
    ]
    return form


def _sponsor(form: AnswerForm, myself: Person) -> Person:
    if not form.sponsor.data:
        return myself
    found = people.by_ids([form.sponsor.data]).get(form.sponsor.data)
    if found is None:
        raise Missing
    return found
