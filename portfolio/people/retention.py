"""What is kept no longer than it serves: devices nobody uses, links nobody can use, keys of forms long sent."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete

from portfolio.foundation.database import db, write_tx
from portfolio.foundation.jobs import Jobs
from portfolio.foundation.request_key import RequestKey
from portfolio.people.password_link import PasswordLink
from portfolio.people.sign_in import SignIn
from portfolio.people.token import Token

QUARTER = timedelta(days=90)
KEYS = timedelta(days=7)  # A form or a program that tries again later than that asks for something new.


def install_retention(jobs: Jobs) -> None:
    """Look after it from time to time."""
    jobs.job("people.keep_no_longer", keep_no_longer, chore=True)


def keep_no_longer() -> None:
    """Delete what is past its time. None of it is history: the trail says what was done with it."""
    with write_tx() as at:
        for table, moment, kept in (
            (SignIn, SignIn.seen_at, QUARTER),
            (PasswordLink, PasswordLink.made_at, QUARTER),
            (Token, Token.ends_at, QUARTER),
            (RequestKey, RequestKey.claimed_at, KEYS),
        ):
            db.session.execute(delete(table).where(moment < at - kept))
