"""Pages for people: who is here, one's own account, and the ways in."""

from __future__ import annotations

from typing import TypeVar

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security import hash_password
from sqlalchemy import select
from werkzeug.wrappers import Response

from portfolio.foundation import clock
from portfolio.foundation.acting import acting
from portfolio.foundation.authority import anybody, asks, fresh
from portfolio.foundation.database import db, for_change, write_tx
from portfolio.foundation.errors import Missing
from portfolio.foundation.jobs import put
from portfolio.foundation.languages import LANGUAGES
from portfolio.foundation.languages import gettext as _
from portfolio.foundation.tries import take
from portfolio.organisation import queries as organisation
from portfolio.organisation.house_rules import HouseRules, house_rules
from portfolio.organisation.unit import Unit
from portfolio.people import policy, queries
from portfolio.people.accounts import sign_in, somebody
from portfolio.people.forms import (
    AccountForm,
    AskForResetForm,
    FirstRunForm,
    PasswordForm,
    PersonForm,
    RolesForm,
    offer_units,
)
from portfolio.people.guarding import spelling
from portfolio.people.half_way import ask_for_the_second_step, same_site
from portfolio.people.limits import (
    FIRST_RUN_FROM,
    INVITATION_BY,
    INVITATION_TO,
    LINK_FROM,
    RESET_FROM,
    RESET_OF,
    client,
)
from portfolio.people.password_link import PasswordLink
from portfolio.people.person import Person, RoleName
from portfolio.people.second_step import has_second_step, take_everything_away
from portfolio.people.setup_code import SetupCode, is_empty
from portfolio.people.sign_in import end_devices
from portfolio.people.signing_in_views import signed_out_words

FormWithRoles = TypeVar("FormWithRoles", bound=RolesForm)
bp = Blueprint("people", __name__)


# People -------------------------------------------------------------------------------------------------------------


@bp.get("/people")
@asks(policy.may_read_people)
def list_people() -> ResponseReturnValue:
    """Who is here."""
    page = queries.people(request.args.get("after"), text=request.args.get("q", "")[:120])
    return render_template("people/people.html", people=page, q=request.args.get("q", "")[:120])


@bp.get("/people/new")
@asks(policy.may_administer)
def new_person() -> ResponseReturnValue:
    """A form for somebody new."""
    return _person_form(_with_units(PersonForm(formdata=None)))


@bp.post("/people")
@asks(policy.may_administer)
@fresh
def create_person() -> ResponseReturnValue:
    """Add somebody, who gets an invitation by mail."""
    form = _with_units(PersonForm())
    form.hold(lambda: _person_form(form))
    with acting() as act:
        act.authorize(policy.may_administer)
        take(INVITATION_BY, str(act.person.id), at=act.at)
        person = Person.add(
            name=form.name.data,
            email=form.email.data,
            unit=organisation.unit_by_id(form.unit.data),
            roles=form.role_names(),
            owns=_units_of(form),
            by=act.person,
            at=act.at,
        )
        db.session.flush()
        person_id = person.id
        answer = act.done(
            url_for(".show_person", handle=person.handle), _("%(name)s gets an invitation by mail.", name=person.name)
        )
    put("people.invite", person_id)
    return answer


@bp.get("/people/<handle>")
@asks(policy.may_read_people)
def show_person(handle: str) -> ResponseReturnValue:
    """One person, and for administrators their roles."""
    person = queries.person(handle)
    form = _with_units(RolesForm(formdata=None))
    form.roles.data = [role.name for role in person.roles if role.unit_id is None]
    form.owns.data = sorted(person.owned_unit_ids)
    return _show(person, form)


@bp.post("/people/<handle>/roles")
@asks(policy.may_administer)
@fresh
def change_roles(handle: str) -> ResponseReturnValue:
    """Give somebody exactly these roles."""
    form = _with_units(RolesForm())
    form.hold(lambda: _show(queries.person(handle), form))
    with acting() as act:
        person = queries.person_for_change(handle)
        act.authorize(policy.may_administer, person)
        person.appoint(form.role_names(), _units_of(form), by=act.person)
        return act.done(
            url_for(".show_person", handle=handle), _("The roles of %(name)s are changed.", name=person.name)
        )


@bp.post("/people/<handle>/deactivation")
@asks(policy.may_administer)
@fresh
def deactivate(handle: str) -> ResponseReturnValue:
    """End somebody's account, at once."""
    with acting() as act:
        person = queries.person_for_change(handle)
        act.authorize(policy.may_administer, person)
        person.deactivate(by=act.person)
        return act.done(
            url_for(".show_person", handle=handle), _("%(name)s cannot sign in any more.", name=person.name)
        )


@bp.post("/people/<handle>/reactivation")
@asks(policy.may_administer)
@fresh
def reactivate(handle: str) -> ResponseReturnValue:
    """Open somebody's account again."""
    with acting() as act:
        person = queries.person_for_change(handle)
        act.authorize(policy.may_administer, person)
        person.reactivate(by=act.person)
        return act.done(url_for(".show_person", handle=handle), _("%(name)s can sign in again.", name=person.name))


@bp.post("/people/<handle>/devices/ending")
@asks(policy.may_administer)
@fresh
def end_devices_of(handle: str) -> ResponseReturnValue:
    """Sign somebody out everywhere, such as when their laptop is lost."""
    with acting() as act:
        person = queries.person_for_change(handle)
        act.authorize(policy.may_administer, person)
        ended = end_devices(person, but=None, by=act.person, at=act.at)
        return act.done(url_for(".show_person", handle=handle), signed_out_words(ended))


@bp.post("/people/<handle>/second-step/removal")
@asks(policy.may_administer)
@fresh
def remove_second_step_of(handle: str) -> ResponseReturnValue:
    """Help somebody who has lost their telephone, and their recovery codes too."""
    with acting() as act:
        person = queries.person_for_change(handle)
        act.authorize(policy.may_administer, person)
        take_everything_away(person, by=act.person)
        words = _("%(name)s signs in with their password alone, until they set up a new second step.", name=person.name)
        return act.done(url_for(".show_person", handle=handle), words)


@bp.post("/people/<handle>/invitation")
@asks(policy.may_administer)
def invite_again(handle: str) -> ResponseReturnValue:
    """Send somebody another invitation."""
    with acting() as act:
        person = queries.person_for_change(handle)
        act.authorize(policy.may_administer, person)
        take(INVITATION_BY, str(act.person.id), at=act.at)
        take(INVITATION_TO, str(person.id), at=act.at)
        person_id = person.id
        answer = act.done(url_for(".show_person", handle=handle), _("The invitation is on its way."))
    put("people.invite", person_id)
    return answer


# One's own account --------------------------------------------------------------------------------------------------


@bp.get("/account")
@asks(policy.may_change_own_account)
def show_account() -> ResponseReturnValue:
    """What the person says about themselves, to change."""
    person = queries.person(somebody().handle)
    form = AccountForm(formdata=None, obj=person)
    offer_units(form.unit, list(organisation.units()))
    form.unit.data = person.unit_id or 0
    form.language.data, form.theme.data = person.language or "", person.theme or ""
    return render_template("people/account.html", form=form)


@bp.post("/account")
@asks(policy.may_change_own_account)
def change_account() -> ResponseReturnValue:
    """Change it."""
    form = AccountForm()
    offer_units(form.unit, list(organisation.units()))
    form.hold(lambda: render_template("people/account.html", form=form))
    with acting() as act:
        person = queries.person_for_change(act.person.handle)
        act.authorize(policy.may_change_own_account, person)
        person.change_details(
            name=form.name.data,
            unit=organisation.unit_by_id(form.unit.data),
            language=form.language.data or None,
            theme=form.theme.data or None,
            hours_a_week=form.hours_a_week.data,
            by=act.person,
        )
        return act.done(url_for(".show_account"), _("Your account is changed."))


@bp.post("/language")
@asks(anybody)
def choose_language() -> ResponseReturnValue:
    """Read on in another language; kept with the account, or in this browser."""
    wanted = request.form.get("language", "")
    if wanted not in LANGUAGES:
        raise Missing
    session["language"] = wanted
    back = same_site(request.form.get("next", ""))
    with acting() as act:
        if act.person is not None and act.person.language != wanted:
            person = queries.person_for_change(act.person.handle)
            person.change_details(
                name=person.name,
                unit=organisation.unit_by_id(person.unit_id),
                language=wanted,
                theme=person.theme,
                hours_a_week=person.hours_a_week,
                by=person,
            )
        return act.done(back)


# Ways in ------------------------------------------------------------------------------------------------------------


@bp.get("/password")
@asks(anybody)
def ask_for_reset() -> ResponseReturnValue:
    """Where to send a link for a new password."""
    return render_template("people/ask_for_reset.html", form=AskForResetForm(formdata=None), sent=False)


@bp.post("/password")
@asks(anybody)
def send_reset() -> ResponseReturnValue:
    """The same answer for everyone, at once; whether there is such an account is looked up later."""
    form = AskForResetForm()
    form.hold(lambda: render_template("people/ask_for_reset.html", form=form, sent=False))
    with write_tx() as at:
        take(RESET_OF, spelling(form.email.data), at=at)
        take(RESET_FROM, client(), at=at)
    put("people.reset", form.email.data)
    return render_template("people/ask_for_reset.html", form=form, sent=True)


@bp.get("/password/<token>")
@asks(anybody)
def edit_password(token: str) -> ResponseReturnValue:
    """Choose a password through a link."""
    link = PasswordLink.live(token, at=clock.now())
    return _password_page(PasswordForm(formdata=None), token, link)


@bp.post("/password/<token>")
@asks(anybody)
def set_password(token: str) -> ResponseReturnValue:
    """Set it, once, and sign in."""
    form = PasswordForm()
    form.hold(lambda: _password_page(form, token, PasswordLink.live(token, at=clock.now())))
    with write_tx() as at:
        take(LINK_FROM, client(), at=at)
    password_hash = hash_password(form.password.data)
    with write_tx() as at:
        link = PasswordLink.live(token, at=at)
        person = db.session.scalars(for_change(select(Person).where(Person.id == link.person_id))).one()
        link.use(person, password_hash, at=at)
    return _welcome(person.id)


@bp.get("/first-run")
@asks(anybody)
def first_run() -> ResponseReturnValue:
    """The first administrator comes in with the code that the console shows."""
    if not is_empty():
        raise Missing
    return render_template("people/first_run.html", form=FirstRunForm(formdata=None))


@bp.post("/first-run")
@asks(anybody)
def make_first_administrator() -> ResponseReturnValue:
    """Make them, once."""
    if not is_empty():
        raise Missing
    form = FirstRunForm()
    form.hold(lambda: render_template("people/first_run.html", form=form))
    with write_tx() as at:
        take(FIRST_RUN_FROM, client(), at=at)
    password_hash = hash_password(form.password.data)
    roles = {RoleName.ADMINISTRATOR} | ({RoleName.LEADER} if form.also_leader.data else set())
    with write_tx() as at:
        SetupCode.use(form.code.data, at=at)
        person = Person.add(name=form.name.data, email=form.email.data, unit=None, roles=roles, by=None, at=at)
        person.password = password_hash
        rules = db.session.scalars(for_change(select(HouseRules).order_by(HouseRules.id.desc()).limit(1))).one()
        rules.changed({"organisation": form.organisation.data}, by=person, at=at)
        db.session.flush()
        person_id = person.id
    return _welcome(person_id)


def _welcome(person_id: int) -> Response:
    """Signed in; but a link by mail stands in for the password only, never for the second step."""
    if has_second_step(person_id):
        account_key = db.session.scalars(select(Person.fs_uniquifier).where(Person.id == person_id)).one()
        return ask_for_the_second_step(account_key)
    sign_in(person_id)
    return redirect(url_for("overview.home"), 303)


def _password_page(form: PasswordForm, token: str, link: PasswordLink) -> str:
    person = db.session.get_one(Person, link.person_id)
    return render_template("people/password.html", form=form, token=token, person_named=person, rules=house_rules())


def _person_form(form: PersonForm) -> str:
    return render_template("people/person_form.html", form=form)


def _show(person: Person, form: RolesForm) -> str:
    units = {unit.id: unit.name for unit in organisation.units()}
    owned = [units[unit_id] for unit_id in sorted(person.owned_unit_ids)]
    two_steps = has_second_step(person.id) if policy.may_administer(somebody()) else False
    return render_template("people/person.html", shown=person, form=form, owned_names=owned, two_steps=two_steps)


def _with_units(form: FormWithRoles) -> FormWithRoles:
    units = list(organisation.units())
    form.owns.choices = [(unit.id, unit.name) for unit in units]
    if isinstance(form, PersonForm):
        offer_units(form.unit, units)
    return form


def _units_of(form: RolesForm) -> list[Unit]:
    return [unit for unit in organisation.units() if unit.id in set(form.owns.data or [])]
