"""Mail that people get about their account; sent by jobs, so that no request waits and nothing can be timed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from config import Settings
from portfolio.foundation import clock, mail
from portfolio.foundation.database import db, write_tx
from portfolio.foundation.jobs import Jobs
from portfolio.foundation.languages import force_locale
from portfolio.foundation.languages import gettext as _
from portfolio.foundation.tries import forget
from portfolio.organisation.house_rules import HouseRules, house_rules
from portfolio.people import queries
from portfolio.people.password_link import LinkKind, PasswordLink
from portfolio.people.person import Person, RoleName

PATIENCE = timedelta(minutes=5)  # How long an invitation may take before it is looked for again.


def install_mailing(jobs: Jobs, settings: Settings) -> None:
    """Make the jobs known."""
    jobs.job("people.invite", lambda person_id: invite(settings, person_id))
    jobs.job("people.reset", lambda email: send_reset(settings, email))
    jobs.job("people.invite_waiting", lambda: invite_waiting(settings), chore=True)
    jobs.job("people.tell_leaders", lambda: tell_leaders(settings), chore=True)
    jobs.job("people.forget_tries", forget_tries, chore=True)


def invite(settings: Settings, person_id: int) -> None:
    """Send an invitation to somebody who has no password yet."""
    with write_tx() as at:
        person = db.session.get_one(Person, person_id)
        if person.password is not None or not person.active:
            return
        link, token = PasswordLink.make(person, LinkKind.INVITATION, at=at)
        db.session.flush()
        link_id, name, email, language = link.id, person.name, person.email, person.language
        organisation = house_rules().organisation
    with force_locale(language or "en"):
        organisation = organisation or _("your organisation")
        mail.send(
            settings,
            to=email,
            name=name,
            subject=_("Your place in Tandem at %(organisation)s", organisation=organisation),
            body=_(
                "Hello %(name)s,\n\nYou are invited to Tandem, where %(organisation)s keeps its experiments and its "
                "operations in one picture.\n\nChoose a password here, within 14 days:\n%(link)s\n",
                name=name,
                organisation=organisation,
                link=_address(settings, token),
            ),
        )
    _sent(link_id)


def send_reset(settings: Settings, email: str) -> None:
    """Send a link for a new password, if there is an account with this address."""
    with write_tx() as at:
        person = queries.person_by_email(email)
        if person is None or not person.active:
            return
        link, token = PasswordLink.make(person, LinkKind.RESET, at=at)
        db.session.flush()
        link_id, name, address, language = link.id, person.name, person.email, person.language
    with force_locale(language or "en"):
        mail.send(
            settings,
            to=address,
            name=name,
            subject=_("A new password for Tandem"),
            body=_(
                "Hello %(name)s,\n\nSomebody asked for a new password for your account. If that was you, choose it "
                "here within two hours:\n%(link)s\n\nIf it was not you, do nothing; your password stays as it is.\n",
                name=name,
                link=_address(settings, token),
            ),
        )
    _sent(link_id)


def invite_waiting(settings: Settings) -> None:
    """Invite whoever was added and never got a mail, such as after a crash."""
    mailed = select(PasswordLink.person_id).where(PasswordLink.sent_at.is_not(None))
    waiting = select(Person.id).where(
        Person.active,
        Person.password.is_(None),
        Person.created_at < clock.now() - PATIENCE,
        Person.id.not_in(mailed),
    )
    ids = db.session.scalars(waiting.limit(20)).all()
    db.session.rollback()
    for person_id in ids:
        invite(settings, person_id)


def tell_leaders(settings: Settings) -> None:
    """Tell every leader of new rules about who approves; at least once, also when this is broken off half way."""
    untold = select(HouseRules.id).where(HouseRules.told_at.is_(None)).order_by(HouseRules.id)
    for rules_id in db.session.scalars(untold).all():
        rules = db.session.get_one(HouseRules, rules_id)
        earlier = select(HouseRules).where(HouseRules.id < rules_id).order_by(HouseRules.id.desc()).limit(1)
        before = db.session.scalars(earlier).first()
        mails = [_of_new_rules(settings, leader, before, rules) for leader in queries.holders(RoleName.LEADER)]
        db.session.rollback()  # No transaction waits for a mail server.
        for each in mails:
            mail.send(settings, **each)
        with write_tx() as at:
            db.session.execute(update(HouseRules).where(HouseRules.id == rules_id).values(told_at=at))


def _of_new_rules(settings: Settings, to: Person, before: HouseRules | None, now: HouseRules) -> dict[str, Any]:
    """The mail to one leader, in their language."""
    link = mail.address(settings, "organisation.show_house_rules")
    with force_locale(to.language or "en"):
        body = _what_changed(before, now, to.name, link)
        return {"to": to.email, "name": to.name, "subject": _("New rules about who approves"), "body": body}


def _what_changed(before: HouseRules | None, now: HouseRules, name: str, link: str) -> str:
    lines = []
    if before is None or before.single_approver_limit != now.single_approver_limit:
        was = before.limit if before else now.limit
        lines.append(_("One leader alone grants up to %(limit)s; it was %(before)s.", limit=now.limit, before=was))
    if before is None or before.two_steps_needed != now.two_steps_needed:
        lines.append(
            _("Leaders and administrators need a second step to sign in from now on.")
            if now.two_steps_needed
            else _("Leaders and administrators no longer need a second step to sign in.")
        )
    greeting = _("Hello %(name)s,\n\nThe house rules about who approves have changed:", name=name)
    closing = _(
        "Proposals already made keep the rules they had. All rules, and who may change them:\n%(link)s\n", link=link
    )
    return "\n\n".join([greeting, *lines, closing])


def forget_tries() -> None:
    """Delete the counts of tries that say nothing any more."""
    with write_tx() as at:
        forget(at=at)


def _sent(link_id: int) -> None:
    with write_tx() as at:
        db.session.execute(update(PasswordLink).where(PasswordLink.id == link_id).values(sent_at=at))


def _address(settings: Settings, token: str) -> str:
    return mail.address(settings, "people.edit_password", token=token)
