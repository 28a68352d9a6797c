"""The envelope is never overdrawn: many leaders at once, over HTTP, against the server as it is shipped."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path

import pytest
import requests
from flask import Flask
from flask_security import hash_password
from sqlalchemy import Select, func, select, update
from sqlalchemy.exc import DBAPIError

from config import Settings
from portfolio.audit.entry import AuditEntry
from portfolio.audit.queries import first_broken_link
from portfolio.budgets.envelope import Envelope
from portfolio.budgets.ledger import Account, LedgerEntry
from portfolio.budgets.source import Source
from portfolio.foundation import database
from portfolio.foundation.database import db
from portfolio.foundation.errors import RuleBroken
from portfolio.network.experiment import Experiment
from portfolio.network.state import State
from portfolio.organisation.house_rules import house_rules
from portfolio.people.person import Person
from tests.api_client import a_token
from tests.conftest import PASSWORD
from tests.factories import (
    a_leader,
    a_person,
    a_proposed_experiment,
    an_envelope,
    approve,
    changing,
    envelope_now,
    money,
    reading,
)
from tests.promises.serving import Served, serving

FITS, EACH, AT_ONCE = 10, "1000", 16
Answer = Callable[[Experiment], int]


@pytest.fixture
def served(settings: Settings, migrated_database: Callable[[str], str], tmp_path: Path) -> Iterator[Served]:
    """A server on a database of its own."""
    with serving(settings, migrated_database("parallel"), tmp_path / "served") as (server, _app):
        yield server


def by_token(served: Served, token: str) -> Answer:
    """A program that grants."""
    held = requests.Session()
    held.headers.update({"Authorization": f"Bearer {token}", "Connection": "close"})

    def grant(experiment: Experiment) -> int:
        return held.post(
            f"{served.api}/experiments/{experiment.ref}/approval",
            json={"amount": {"amount": f"{EACH}.00", "currency": "EUR"}, "reason": "Worth knowing."},
            headers={"If-Match": f'"{experiment.revision}.{experiment.version_hash}"'},
            timeout=120,
        ).status_code

    return grant


def by_page(served: Served, email: str) -> Answer:
    """A leader in a browser who grants."""
    held = requests.Session()
    held.headers["Connection"] = "close"  # Else the server may hang up on a line just as it is used again.
    form = {"csrf_token": _hidden(held.get(f"{served.url}/sign-in", timeout=60).text)}
    held.post(f"{served.url}/sign-in", data=form | {"email": email, "password": PASSWORD}, timeout=60)
    token = _hidden(held.get(f"{served.url}/account", timeout=60).text)

    def grant(experiment: Experiment) -> int:
        said = {"csrf_token": token, "version": experiment.version_hash, "answer": "all", "reason": "Worth knowing."}
        answer = held.post(
            f"{served.url}/experiments/{experiment.ref}/approval", data=said, allow_redirects=False, timeout=120
        )
        return 200 if answer.status_code == 303 else answer.status_code

    return grant


def _hidden(page: str) -> str:
    """The token that guards a page's forms."""
    return page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]


def proposals(number: int) -> list[Experiment]:
    """Proposals that ask for the same each."""
    lead = a_person()
    return [a_proposed_experiment(lead=lead, budget=money(EACH), milestones=()) for _ in range(number)]


def with_password(person: Person) -> Person:
    """The same person, who can sign in."""
    with db.engine.begin() as connection:
        who = Person.__table__
        connection.execute(update(who).where(who.c.id == person.id).values(password=hash_password(PASSWORD)))
    return person


def all_at_once(answers: Sequence[Answer], waiting: Sequence[Experiment]) -> Counter[int]:
    """Every proposal granted by somebody, many at a time; gives how often each status was the answer."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return Counter(pool.map(lambda pair: pair[0](pair[1]), zip(cycle(answers), waiting, strict=False)))


def booked(envelope: Envelope) -> int:
    """What the ledger says is granted of an envelope and did not return: locked, released or spent."""
    granted = (Account.LOCKED, Account.RELEASED, Account.SPENT)
    amount = func.coalesce(func.sum(LedgerEntry.amount), 0)
    with reading():
        into, out_of = (
            int(db.session.scalar(select(amount).where(LedgerEntry.envelope_id == envelope.id, side.in_(granted))) or 0)
            for side in (LedgerEntry.debit, LedgerEntry.credit)
        )
        return into - out_of


def test_exactly_what_fits_is_granted(
    served: Served, how_many: Callable[[int, int], int], progress: Callable[[int, int], None]
) -> None:
    rounds, each = how_many(1, 10), how_many(30, 200)
    a_leader()
    envelope = an_envelope("0.01")
    leaders = [with_password(a_leader()) for _ in range(2)]
    tokens = [a_token(leader, "fund") for leader in leaders]
    served.start()
    answers = [by_token(served, token) for token in tokens] + [by_page(served, one.email) for one in leaders]

    for done in range(rounds):
        refused_before = _refusals()
        add_to(envelope, FITS * int(EACH))
        statuses = all_at_once(answers, proposals(each))
        progress(done + 1, rounds)

        assert statuses == Counter({200: FITS, 409: each - FITS}), statuses
        now = envelope_now()
        assert now.committed == (done + 1) * FITS * int(EACH) * 100 == booked(now)
        assert _refusals() - refused_before == each - FITS
    with reading():
        assert first_broken_link() is None
        granted = select(func.count(Experiment.id)).where(Experiment.state == State.APPROVED)
        assert db.session.scalar(granted) == rounds * FITS


def add_to(envelope: Envelope, amount: int) -> None:
    """Put more money into this quarter's envelope."""
    leader = a_leader()
    with changing(envelope, by=leader) as (found, by, at):
        found.adjust(money(str(amount)), reason="More.", by=by, at=at, today=house_rules().today)


def _refusals() -> int:
    with reading():
        counted = select(func.count(AuditEntry.seq)).where(AuditEntry.action == "experiment.approval_refused")
        return db.session.scalar(counted) or 0


# The control: without the lock, two leaders at the same moment grant what is there only once.


@pytest.fixture
def at_the_same_moment(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[object]]:
    """Two leaders grant the last 1,000 at once, both having looked before either writes; gives how it ended."""
    both_looked = threading.Barrier(2)
    look = Source.refuse_more_than_free

    def look_and_wait(self: Source, amount: int) -> None:
        look(self, amount)
        try:
            both_looked.wait(2)
        except threading.BrokenBarrierError:
            return  # The other one waits for the lock, as it should.

    def try_it() -> list[object]:
        an_envelope(EACH)
        leaders, waiting = [a_leader(), a_leader()], proposals(2)
        monkeypatch.setattr(Source, "refuse_more_than_free", look_and_wait)

        def grant(leader: Person, proposal: Experiment) -> object:
            with app.app_context():
                try:
                    return approve(proposal, by=leader)
                except (RuleBroken, DBAPIError) as refused:
                    return type(refused).__name__

        with ThreadPoolExecutor(2) as pool:
            return sorted(pool.map(grant, leaders, waiting), key=str)

    return try_it


def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what makes a write wait for the one before it."""
    unlocked = {"postgresql_readonly": False, "mode": "unlocked"}
    monkeypatch.setattr(database, "WRITING", unlocked)
    monkeypatch.setattr(Select, "with_for_update", lambda self, **_: self)
    monkeypatch.setattr(Source, "_envelope", lambda self: db.session.get_one(Envelope, self.envelope_id))


def test_the_last_money_is_granted_once(at_the_same_moment: Callable[[], list[object]]) -> None:
    assert at_the_same_moment() == ["RuleBroken", True]
    now = envelope_now()
    assert now.committed == now.total == booked(now)


def test_without_the_lock_it_is_granted_twice(
    at_the_same_moment: Callable[[], list[object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    without_locks(monkeypatch)

    ended = at_the_same_moment()

    now = envelope_now()
    if db.engine.dialect.name == "sqlite":  # It lets one of two writers of one snapshot fail, whatever we do.
        assert ended == ["OperationalError", True]
    else:
        assert ended == [True, True]
        assert booked(now) == 2 * now.committed  # The balance looks whole; the ledger tells.
