"""Sends anchors of the trail out of the house: each day on which something happened, and whenever a review closes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from config import Settings
from portfolio.audit.anchor import Anchor, AnchorSent
from portfolio.audit.checks import head
from portfolio.foundation import mail
from portfolio.foundation.database import db, write_tx
from portfolio.foundation.jobs import Jobs
from portfolio.foundation.languages import force_locale
from portfolio.foundation.languages import gettext as _
from portfolio.organisation.house_rules import house_rules
from portfolio.people import queries as people
from portfolio.people.person import RoleName
from portfolio.reviews.review import Review, ReviewState


def install_anchoring(jobs: Jobs, settings: Settings) -> None:
    """Make the jobs known."""
    jobs.job("exchange.anchor", lambda: anchor_when_due(jobs, settings), chore=True)
    jobs.job("exchange.mail_anchor", lambda occasion, person_id: mail_anchor(settings, occasion, person_id))


def anchor_when_due(jobs: Jobs, settings: Settings) -> None:
    """Drop an anchor for each occasion that has none yet, once, however many look after it."""
    if not settings.anchor_key:
        return  # An anchor that anybody could have made says nothing.
    for occasion in _due():
        with write_tx() as at:
            seq, hash_ = head()
            is_first = _claim(occasion, seq, hash_, at)
            leaders = [leader.id for leader in people.holders(RoleName.LEADER)]
        if is_first:
            _append(settings.anchors, Anchor.signed(settings.anchor_key, seq, hash_, at=at))
            for leader_id in leaders:
                jobs.put("exchange.mail_anchor", occasion, leader_id)


def mail_anchor(settings: Settings, occasion: str, person_id: int) -> None:
    """Send one leader an anchor to keep."""
    sent = db.session.get_one(AnchorSent, occasion)
    anchor = Anchor.signed(settings.anchor_key, sent.seq, sent.hash, at=sent.at)
    leader = people.by_ids([person_id])[person_id]
    name, email, language = leader.name, leader.email, leader.language
    organisation = house_rules().organisation
    db.session.rollback()
    if not leader_is_there(person_id):
        return
    with force_locale(language or "en"):
        mail.send(
            settings,
            to=email,
            name=name,
            subject=_("Keep this: where the trail of %(organisation)s stands", organisation=organisation),
            body=_(
                "Hello %(name)s,\n\nTandem writes down every decision, in order. This is how far that goes today, as a "
                "line that fits nothing else:\n\n%(anchor)s\n\nThere is nothing to do. Keep this mail: should anybody "
                "ever change the past in the database, this line shows it. Whoever runs Tandem saves the mail as a "
                "file and types:\n\ntandem verify --anchor FILE\n",
                name=name,
                anchor=str(anchor),
            ),
        )


def leader_is_there(person_id: int) -> bool:
    """Whether this person still is an active leader."""
    found = any(leader.id == person_id for leader in people.holders(RoleName.LEADER))
    db.session.rollback()
    return found


def _due() -> list[str]:
    """The occasions without an anchor: closed reviews, and today when the trail has gone on since the last one."""
    sent = set(db.session.scalars(select(AnchorSent.occasion)))
    last = db.session.scalar(select(AnchorSent.seq).order_by(AnchorSent.seq.desc()).limit(1)) or 0
    closed = db.session.scalars(select(Review).where(Review.state == ReviewState.CLOSED).order_by(Review.id))
    due = [f"review {review.ref}" for review in closed]
    if head()[0] > last:
        due.append(f"day {house_rules().today.isoformat()}")
    db.session.rollback()
    return [occasion for occasion in due if occasion not in sent]


def _claim(occasion: str, seq: int, hash_: str, at: datetime) -> bool:
    """Take an occasion on; False when somebody else did."""
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    statement = insert(AnchorSent).values(occasion=occasion, seq=seq, hash=hash_, at=at).on_conflict_do_nothing()
    return db.session.execute(statement.returning(AnchorSent.occasion)).first() is not None


def _append(file: Path, anchor: Anchor) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as kept:
        kept.write(f"{anchor}\n")
