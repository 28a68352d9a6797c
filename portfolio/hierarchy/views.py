"""Pages of the hierarchy: the plan of record, one initiative, and its text."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from portfolio.audit.overtaken import Overtaken
from portfolio.audit.queries import history, last_of
from portfolio.foundation import rich_text
from portfolio.foundation.acting import Act, acting
from portfolio.foundation.authority import Permission, asks, authorize
from portfolio.foundation.database import db
from portfolio.foundation.errors import Conflict
from portfolio.foundation.languages import gettext as _
from portfolio.hierarchy import policy, queries
from portfolio.hierarchy.axis import Axis
from portfolio.hierarchy.figures import figures
from portfolio.hierarchy.forms import HIERARCHY_FORMS, CommentForm, InitiativeForm, offer_people
from portfolio.hierarchy.initiative import Initiative
from portfolio.hierarchy.text_words import words_of
from portfolio.organisation import measure_queries
from portfolio.organisation import queries as organisation
from portfolio.organisation.change import HORIZON_LABELS, FormOfChange
from portfolio.organisation.house_rules import house_rules
from portfolio.organisation.measure_forms import number_in
from portfolio.people import queries as people
from portfolio.people.accounts import somebody
from portfolio.people.comment import comments_on
from portfolio.people.forms import offer_units
from portfolio.people.person import Person
from portfolio.strategy import queries as strategy
from portfolio.strategy.forms import offer_phases
from portfolio.strategy.phase import Phase

bp = Blueprint("hierarchy", __name__)


# Reading ------------------------------------------------------------------------------------------------------------


@bp.get("/initiatives")
@asks(policy.may_list)
def list_initiatives() -> ResponseReturnValue:
    """The plan of record, by form of change."""
    person, rules, said = somebody(), house_rules(), request.args
    search = queries.InitiativeSearch(
        stage=said.get("stage", "open"), form=_form_of(said.get("form")), unit_id=number_in(said.get("unit"))
    )
    page = search.page(person, said.get("after"))
    return render_template(
        "hierarchy/initiatives.html",
        page_of=page,
        groups=[(form, _by_day(row for row in page.rows if row.form is form)) for form in reversed(HIERARCHY_FORMS)],
        search=search,
        figures=figures(person, rules),
        statuses=queries.latest_statuses(page.rows),
        effects=queries.effects(page.rows),
        units=organisation.units(),
        axis=Axis.of_two_quarters(rules),
        today=rules.today,
        quarter=rules.quarter,
        sees_amounts=lambda initiative: policy.sees_amounts(person, initiative, rules),
        sees_all_amounts=policy.sees_all_amounts(person, rules),
    )


@bp.get("/initiatives/<ref>")
@asks(policy.may_list)
def show_initiative(ref: str) -> ResponseReturnValue:
    """One initiative, whole."""
    return initiative_page(ref, CommentForm(formdata=None))


def initiative_page(ref: str, comment: CommentForm) -> str:
    """The page of one initiative, with the comment as it was sent."""
    person, rules = somebody(), house_rules()
    initiative = queries.initiative(ref, viewer=person)
    comments, statuses = comments_on(initiative), queries.statuses(initiative)
    measure, after = initiative.measure, request.args.get("after")
    readings = measure_queries.readings(measure, after, size=12) if measure else None
    texts = [initiative.why, initiative.mandate, initiative.cancel_reason, *(status.reason for status in statuses)]
    return render_template(
        "hierarchy/initiative.html",
        initiative=initiative,
        statuses=statuses,
        effect=queries.effects([initiative])[initiative.id],
        readings=readings,
        corrections=measure_queries.corrections(readings.rows) if readings else {},
        readers=people.by_ids([reading.by_id for reading in readings.rows] if readings else []),
        comments=comments,
        rich=rich_text.shown([*texts, *(said.body for said in comments)]),
        history=history(initiative),
        comment_form=comment,
        planners=queries.operations_owners(initiative.unit_id),
        axis=Axis.around(initiative, rules.today),
        horizon=HORIZON_LABELS[initiative.horizon],
        policy=policy,
        sees_amounts=policy.sees_amounts(person, initiative, rules),
        today=rules.today,
    )


def _by_day(initiatives: Iterable[Initiative]) -> list[Initiative]:
    return sorted(initiatives, key=lambda row: (row.due_on or date.max, row.id))


def _form_of(text: str | None) -> FormOfChange | None:
    return next((form for form in HIERARCHY_FORMS if form.value == text), None)


# Writing ------------------------------------------------------------------------------------------------------------


@bp.get("/initiatives/new")
@asks(policy.may_suggest)
def new_initiative() -> ResponseReturnValue:
    """The form, empty but for what was found out before: the form of change, and a title."""
    form = _offering(InitiativeForm, None)
    if found := _form_of(request.args.get("form")):
        form.form.data = found.value
    form.title.data = request.args.get("title", "").strip()[:120]
    return _text_page(form, None)


@bp.post("/initiatives")
@asks(policy.may_suggest)
def create_initiative() -> ResponseReturnValue:
    """Keep it as a draft, and plan it when that was asked."""
    form = _sent(None)
    if form.add_row(request.form.get("add", "")):
        return _text_page(form, None)
    form.hold(lambda: _text_page(form, None))
    with acting() as act:
        act.authorize(policy.may_suggest)
        named = people.by_ids(form.named_people())
        initiative = Initiative.suggest(
            form.text(house_rules().currency, named),
            unit=organisation.unit_by_id(form.unit.data),
            owner=named.get(form.owner.data),
            by=act.person,
            at=act.at,
        )
        initiative.tie_to(_phase_of(form), by=act.person)
        return _planned_or_kept(act, initiative.ref)


@bp.get("/initiatives/<ref>/text")
@asks(policy.may_write)
def edit_initiative(ref: str) -> ResponseReturnValue:
    """What an initiative says, to change."""
    initiative = _open_to_write(ref)
    _offer(initiative)
    form = InitiativeForm.showing(
        initiative.text,
        unit_id=initiative.unit_id,
        owner_id=initiative.owner_id,
        phase_id=initiative.phase_id,
        revision=initiative.revision,
    )
    return _text_page(_with_places(form, initiative), initiative)


@bp.post("/initiatives/<ref>/text")
@asks(policy.may_write)
def change_initiative(ref: str) -> ResponseReturnValue:
    """Change it; a plan under way stays complete."""
    form = _sent(seen(ref, policy.may_write))
    if form.add_row(request.form.get("add", "")):
        return _text_page(form, _open_to_write(ref))
    form.hold(lambda: _text_page(form, seen(ref, policy.may_write)))
    with acting() as act:
        initiative = queries.initiative_for_change(ref, viewer=act.person)
        act.authorize(policy.may_write, initiative)
        named = people.by_ids(form.named_people())
        initiative.write(
            form.text(house_rules().currency, named),
            unit=organisation.unit_by_id(form.unit.data),
            owner=named.get(form.owner.data),
            revision=number_in(form.revision.data) or 0,
            by=act.person,
        )
        initiative.tie_to(_phase_of(form), by=act.person)
        return _planned_or_kept(act, initiative.ref)


def _planned_or_kept(act: Act, ref: str) -> Response:
    db.session.flush()
    if request.form.get("then") != "plan":
        return act.done(at(ref), _("Kept. Those it concerns can see it."))
    initiative = queries.initiative_for_change(ref, viewer=act.person)
    return planned(act, initiative)


def planned(act: Act, initiative: Initiative) -> Response:
    """Plan it, and say so."""
    act.authorize(policy.may_plan, initiative)
    initiative.plan(by=act.person, at=act.at)
    return act.done(at(initiative.ref), _("It is planned, for everyone to read. Start it when the work begins."))


def seen(ref: str, permission: Permission) -> Initiative:
    """An initiative this person may do something with, for a page that only reads."""
    initiative = queries.initiative(ref, viewer=somebody())
    authorize(permission, somebody(), initiative)
    return initiative


def _open_to_write(ref: str) -> Initiative:
    initiative = seen(ref, policy.may_write)
    initiative.refuse_when_over()
    return initiative


def at(ref: str, anchor: str | None = None) -> str:
    """The address of its page."""
    return url_for("hierarchy.show_initiative", ref=ref, _anchor=anchor)


def _sent(initiative: Initiative | None) -> InitiativeForm:
    _offer(initiative)
    return _with_places(InitiativeForm(), initiative)


def _offering(kind: type[InitiativeForm], initiative: Initiative | None) -> InitiativeForm:
    _offer(initiative)
    return _with_places(kind(formdata=None), initiative)


def _with_places(form: InitiativeForm, initiative: Initiative | None) -> InitiativeForm:
    """Let it offer the units, and the phases that something can hang on; the one it hangs on stays among them."""
    offer_units(form.unit, list(organisation.units()))
    keep = initiative.phase_id if initiative else None
    offer_phases(form.phase, strategy.phases_to_choose(house_rules().today, keep=keep))
    return form


def _phase_of(form: InitiativeForm) -> Phase | None:
    return strategy.phase(form.phase.data) if form.phase.data else None


def _offer(initiative: Initiative | None) -> None:
    """Everybody who can take part, and whoever is named on it already."""
    offered: dict[int, Person] = {person.id: person for person in people.active_volunteers()}
    if initiative is not None:
        offered |= {person.id: person for _letter, person in initiative.raci}
    offer_people(offered.values())


def _text_page(form: InitiativeForm, initiative: Initiative | None) -> str:
    return render_template(
        "hierarchy/text.html",
        form=form,
        initiative=initiative,
        may_plan=policy.may_plan(somebody(), initiative) if initiative else bool(somebody().owned_unit_ids),
        overtaken=_overtaken(form, initiative) if initiative and isinstance(form.refusal, Conflict) else None,
    )


def _overtaken(form: InitiativeForm, initiative: Initiative) -> Overtaken:
    """What somebody saved meanwhile beside what was typed; saving once more is then on purpose."""
    form.revision.data = str(initiative.revision)
    mine = form.text(house_rules().currency, people.by_ids(form.named_people()))
    return Overtaken.by(last_of(initiative, "initiative.changed"), words_of(mine), words_of(initiative.text))
