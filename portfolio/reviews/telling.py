"""Mail to who takes part in a review: the plan and what there is to read, and the minutes once it is closed.

A job takes a mail on for a while before it is sent, so that no two send it; what breaks off is taken on again later.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import joinedload

from config import Settings
from portfolio.foundation import clock, mail
from portfolio.foundation.database import db, write_tx
from portfolio.foundation.jobs import Jobs
from portfolio.foundation.languages import force_locale, moment_words
from portfolio.foundation.languages import gettext as _
from portfolio.organisation.house_rules import house_rules
from portfolio.people.person import Person
from portfolio.reviews import policy
from portfolio.reviews.agenda import agenda_of
from portfolio.reviews.paper import PAPERS
from portfolio.reviews.paper.told import told
from portfolio.reviews.participant import ReviewParticipant
from portfolio.reviews.record import ReviewRecord
from portfolio.reviews.review import Review, ReviewState

TELL = "reviews.tell"
PATIENCE = timedelta(minutes=10)  # How long a mail may take before it is taken on again.
OLD_NEWS = timedelta(days=7)  # What was closed longer ago is mailed to nobody, such as after a restore.
A_DAY = timedelta(days=1)  # It can be scheduled for an hour of today that has passed, and is opened then.
MOST_LINES = 12  # Of one part of the agenda in a mail.


def install_telling(jobs: Jobs, settings: Settings) -> None:
    """Make the jobs known."""
    jobs.job(TELL, lambda: tell(jobs), chore=True)
    jobs.job("reviews.mail", lambda review_id, person_id: mail_one(settings, review_id, person_id))


def tell(jobs: Jobs) -> None:
    """Have everybody mailed who takes part and has not heard yet."""
    for review_id, person_id in _waiting():
        with write_tx() as at:
            taken = _take(review_id, person_id, at)
        if taken:
            jobs.put("reviews.mail", review_id, person_id)


def mail_one(settings: Settings, review_id: int, person_id: int) -> None:
    """Mail one of them what they have not heard; done twice, the second time does nothing."""
    found = db.session.scalars(
        select(ReviewParticipant)
        .where(ReviewParticipant.review_id == review_id, ReviewParticipant.person_id == person_id, _unheard())
        .join(Review, Review.id == ReviewParticipant.review_id)
        .options(joinedload(ReviewParticipant.person).selectinload(Person.roles))
    ).first()
    if found is None:
        db.session.rollback()
        return
    people = (joinedload(Review.facilitator), joinedload(Review.opened_by), joinedload(Review.closed_by))
    review = db.session.scalars(select(Review).where(Review.id == review_id).options(*people)).one()
    taken_at, closed, person = found.taken_at, review.is_closed, found.person
    letter = _letter(settings, review, person) if policy.may_read(person, review) else None
    db.session.rollback()  # No transaction waits for a mail server.
    if letter is not None:
        mail.send(settings, **letter)
    _heard(review_id, person_id, taken_at, closed=closed)


# What they hear -----------------------------------------------------------------------------------------------------


def _letter(settings: Settings, review: Review, person: Person) -> dict[str, Any]:
    with force_locale(person.language or "en"):
        said = _minutes(settings, review, person) if review.is_closed else _plan(settings, review, person)
    return {"to": person.email, "name": person.name} | said


def _plan(settings: Settings, review: Review, person: Person) -> dict[str, Any]:
    rules = house_rules()
    when = moment_words(review.scheduled_for, rules.time_zone)
    greeting = _(
        "Hello %(name)s,\n\nYou are asked to the quarterly review of %(quarter)s: %(when)s (%(zone)s), %(minutes)s "
        "minutes. %(facilitator)s facilitates.",
        name=person.name,
        quarter=review.quarter,
        when=when,
        zone=rules.time_zone,
        minutes=review.minutes,
        facilitator=review.facilitator.name,
    )
    prepare = [_("To prepare:\n%(notes)s", notes=review.notes)] if review.notes else []
    link = _(
        "The agenda fills itself until then. Read it here:\n%(link)s\n",
        link=mail.address(settings, "reviews.show_review", ref=review.ref),
    )
    subject = _("Quarterly review %(quarter)s: %(when)s", quarter=review.quarter, when=when)
    body = "\n\n".join([greeting, *prepare, *_to_read(review, person), link])
    return {"subject": subject, "body": body}


def _to_read(review: Review, person: Person) -> list[str]:
    """What waits for a decision, as far as this person may see it."""
    agenda = agenda_of(review, rules=house_rules()).read_by(person)
    found = []
    for section in agenda.undecided:
        lines = [f"- {line.ref} {line.title}" if line.ref else f"- {line.title}" for line in section.waiting]
        more = [_("- and %(count)s more", count=len(lines) - MOST_LINES)] if len(lines) > MOST_LINES else []
        found.append("\n".join([str(section.part.label), *lines[:MOST_LINES], *more]))
    return found


def _minutes(settings: Settings, review: Review, person: Person) -> dict[str, Any]:
    record = db.session.get_one(ReviewRecord, review.id)
    said = told(record, person.language or "en", person)
    pdf = mail.Attachment(f"{review.ref}.pdf", PAPERS["pdf"].mimetype, PAPERS["pdf"].make(said))
    body = _(
        "Hello %(name)s,\n\nThe quarterly review of %(quarter)s is closed. Its minutes are attached, as far as "
        "they are yours to read. They stand here as well, with any correction added later:\n%(link)s\n",
        name=person.name,
        quarter=review.quarter,
        link=mail.address(settings, "reviews.show_review", ref=review.ref),
    )
    return {"subject": _("Minutes: %(title)s", title=said.title), "body": body, "attachments": [pdf]}


# Who has heard ------------------------------------------------------------------------------------------------------


def _unheard() -> Any:
    """Asked of a review that comes, or whose minutes are news; beside a join with it."""
    now = clock.now()
    comes = and_(
        Review.state == ReviewState.SCHEDULED,
        Review.scheduled_for > now - A_DAY,
        ReviewParticipant.invited_at.is_(None),
    )
    is_over = and_(
        Review.state == ReviewState.CLOSED, Review.closed_at > now - OLD_NEWS, ReviewParticipant.minutes_at.is_(None)
    )
    return or_(comes, is_over)


def _free(now: datetime) -> Any:
    """Nobody is at it, or whoever was broke off."""
    return or_(ReviewParticipant.taken_at.is_(None), ReviewParticipant.taken_at < now - PATIENCE)


def _waiting() -> list[tuple[int, int]]:
    rows = db.session.execute(
        select(ReviewParticipant.review_id, ReviewParticipant.person_id)
        .join(Review, Review.id == ReviewParticipant.review_id)
        .join(Person, Person.id == ReviewParticipant.person_id)
        .where(Person.active, _unheard(), _free(clock.now()))
        .order_by(ReviewParticipant.review_id, ReviewParticipant.person_id)
    ).all()
    db.session.rollback()
    return [(review_id, person_id) for review_id, person_id in rows]


def _take(review_id: int, person_id: int, at: datetime) -> bool:
    """Take a mail on; False when another job did."""
    statement = _of(review_id, person_id).where(_free(at)).values(taken_at=at)
    return db.session.execute(statement.returning(ReviewParticipant.person_id)).first() is not None


def _heard(review_id: int, person_id: int, taken_at: datetime | None, *, closed: bool) -> None:
    """Note that they have; not when the plan was changed meanwhile, for then they have not."""
    with write_tx() as at:
        same = ReviewParticipant.taken_at == taken_at if taken_at else ReviewParticipant.taken_at.is_(None)
        heard = {"minutes_at": at} if closed else {"invited_at": at}
        db.session.execute(_of(review_id, person_id).where(same).values(taken_at=None, **heard))


def _of(review_id: int, person_id: int) -> Any:
    theirs = (ReviewParticipant.review_id == review_id, ReviewParticipant.person_id == person_id)
    return update(ReviewParticipant).where(*theirs)
