"""Two at once, over HTTP against the server as it is shipped: a key acts once, money resolves once, a yes binds."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from config import Settings
from portfolio.budgets.grant import Grant
from portfolio.budgets.signature import Signature
from portfolio.foundation.database import db
from portfolio.network.experiment import Experiment
from portfolio.network.state import State
from tests.api_client import a_token
from tests.factories import (
    a_leader,
    a_milestone,
    a_person,
    a_proposed_experiment,
    a_running_experiment,
    an_approved_experiment,
    an_envelope,
    changing,
    enough_money,
    envelope_now,
    money,
    reading,
)
from tests.promises.serving import Served, serving
from tests.promises.test_parallel_approvals import booked

HowMany = Callable[[int, int], int]
Told = Callable[[int, int], None]


@pytest.fixture(scope="module")
def served(
    settings: Settings, migrated_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """One server for all races, on a database of its own."""
    folder = tmp_path_factory.mktemp("races")
    with serving(settings, migrated_database("races"), folder) as (server, _app):
        server.start()
        yield server


class Caller:
    """A program of one person."""

    def __init__(self, served: Served, token: str) -> None:
        self.served, self.token = served, token

    def post(self, path: str, body: Any = None, **headers: str) -> requests.Response:
        """Command."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return requests.post(
            f"{self.served.api}{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.token}"} | named,
            timeout=120,
        )

    def patch(self, path: str, body: Any) -> requests.Response:
        """Change."""
        head = {"Authorization": f"Bearer {self.token}"}
        return requests.patch(f"{self.served.api}{path}", json=body, headers=head, timeout=120)


def test_a_key_acts_once_however_often_it_is_sent(served: Served, how_many: HowMany, progress: Told) -> None:
    keys, sends = how_many(4, 50), how_many(10, 20)
    person = a_person()
    experiment = a_running_experiment(lead=person)
    caller = Caller(served, a_token(person, "write"))
    path = f"/experiments/{experiment.ref}/expenses"

    with ThreadPoolExecutor(sends) as pool:
        for done in range(keys):
            bill = {"amount": {"amount": "1.00", "currency": "EUR"}, "what": f"Sheet {done}"}

            def send(bill: dict[str, Any], key: str) -> requests.Response:
                return caller.post(path, bill, Idempotency_Key=key)

            answers = list(pool.map(lambda _n, b=bill, k=f"key {done}": send(b, k), range(sends)))
            other = send(bill | {"what": "Something else"}, f"key {done}")
            assert {answer.status_code for answer in answers} == {200}
            assert len({answer.text for answer in answers}) == 1
            assert other.status_code == 422
            progress(done + 1, keys)
    with reading():
        assert db.session.scalar(select(Grant.spent).where(Grant.id == experiment.grant_id)) == keys * 100


def test_a_part_of_the_money_is_released_once(served: Served, how_many: HowMany, progress: Told) -> None:
    """Four compete for each grant: two who release the same tranche, one who stops it, and one who books on it."""
    grants = how_many(4, 100)
    lead = a_person()
    leaders = [Caller(served, a_token(a_leader(), "fund", "write")) for _ in range(2)]
    team = Caller(served, a_token(lead, "write"))
    an_envelope(str(grants * 50_000))
    running = [_with_evidence(lead) for _ in range(grants)]

    with ThreadPoolExecutor(4) as pool:
        for done, experiment in enumerate(running):
            path = f"/experiments/{experiment.ref}"
            bill = {"amount": {"amount": "5500.00", "currency": "EUR"}, "what": "More than the start holds"}
            tries = [
                lambda p=path: leaders[0].post(f"{p}/tranches/1/release"),
                lambda p=path: leaders[1].post(f"{p}/tranches/1/release"),
                lambda p=path: team.post(f"{p}/stop", {"reason": "Enough."}),
                lambda p=path, b=bill: team.post(f"{p}/expenses", b),
            ]
            statuses = [answer.status_code for answer in pool.map(lambda call: call(), tries)]
            assert set(statuses) <= {200, 409}, statuses
            assert statuses[:2].count(200) <= 1
            assert statuses[2] == 200
            progress(done + 1, grants)
            with reading():
                grant = db.session.get_one(
                    Grant, experiment.grant_id, options=[selectinload(Grant.sources), selectinload(Grant.tranches)]
                )
                released = sum(t.amount for t in grant.tranches if t.released_at is not None)
                assert released == grant.released == sum(source.released for source in grant.sources)
                assert grant.spent <= grant.released <= grant.amount
    now = envelope_now()
    assert now.committed == booked(now)


def test_a_reservation_resolves_once(served: Served, how_many: HowMany, progress: Told) -> None:
    grants = how_many(4, 100)
    lead = a_person()
    team = Caller(served, a_token(lead, "write"))
    an_envelope(str(grants * 50_000))
    approved = [an_approved_experiment(lead=lead) for _ in range(grants)]

    with ThreadPoolExecutor(4) as pool:
        for done, experiment in enumerate(approved):
            path = f"/experiments/{experiment.ref}"
            tries = [f"{path}/start", f"{path}/withdrawal"] * 2
            statuses = [answer.status_code for answer in pool.map(team.post, tries)]
            assert sorted(statuses) == [200, 409, 409, 409], statuses
            progress(done + 1, grants)


def test_a_yes_binds_to_what_was_read(served: Served, how_many: HowMany, progress: Told) -> None:
    """The team revises while a leader approves: either the yes came first, or it is refused."""
    races, chance = how_many(6, 100), random.Random(11)
    lead = a_person()
    leader, team = Caller(served, a_token(a_leader(), "fund")), Caller(served, a_token(lead, "write"))
    enough_money()
    proposed = [a_proposed_experiment(lead=lead) for _ in range(races)]
    seen: Counter[tuple[int, int]] = Counter()

    with ThreadPoolExecutor(2) as pool:
        for done, experiment in enumerate(proposed):
            path = f"/experiments/{experiment.ref}"
            tag = f'"{experiment.revision}.{experiment.version_hash}"'
            approval = {"amount": {"amount": "100.00", "currency": "EUR"}, "reason": "Yes."}
            tries = [
                lambda p=path, a=approval, t=tag: leader.post(f"{p}/approval", a, If_Match=t),
                lambda p=path: team.patch(p, {"hypothesis": "Something else, because we looked again."}),
            ]
            if chance.random() < 0.5:
                tries.reverse()
            answers = [answer.status_code for answer in pool.map(lambda call: call(), tries)]
            seen[tuple(sorted(answers))] += 1  # type: ignore[index]
            progress(done + 1, races)
            with reading():
                now = db.session.get_one(Experiment, experiment.id)
                signed = db.session.scalars(
                    select(Signature.version).where(Signature.grant_id == experiment.grant_id)
                ).all()
                if now.state is State.APPROVED:
                    assert list(signed) == [experiment.version_hash] == [now.version_hash]
                else:
                    assert list(signed) == []
                    assert now.version_hash != experiment.version_hash
    assert set(seen) == {(200, 409)}, seen


def test_an_envelope_cut_meanwhile_is_never_overdrawn(served: Served, how_many: HowMany, progress: Told) -> None:
    rounds, chance = how_many(3, 40), random.Random(13)
    leaders = [Caller(served, a_token(a_leader(), "fund")) for _ in range(2)]
    lead = a_person()
    enough_money()
    quarter = envelope_now().quarter

    for done in range(rounds):
        amounts = [chance.randint(1, 3000) for _ in range(8)]
        waiting = [a_proposed_experiment(lead=lead, budget=money(str(n)), milestones=()) for n in amounts]
        free = envelope_now().free.minor // 100
        calls: list[Callable[[], requests.Response]] = [
            lambda e=e, n=n: leaders[0].post(
                f"/experiments/{e.ref}/approval",
                {"amount": {"amount": f"{n}.00", "currency": "EUR"}, "reason": "Yes."},
                If_Match=f'"{e.revision}.{e.version_hash}"',
            )
            for e, n in zip(waiting, amounts, strict=True)
        ]
        cut = {"amount": {"amount": f"-{max(free - 4000, 1)}.00", "currency": "EUR"}, "reason": "Less."}
        calls.insert(
            chance.randrange(len(calls)), lambda c=cut: leaders[1].post(f"/envelopes/{quarter}/adjustments", c)
        )
        with ThreadPoolExecutor(9) as pool:
            assert {answer.status_code for answer in pool.map(lambda call: call(), calls)} <= {200, 409}
        now = envelope_now()
        assert 0 <= now.committed <= now.total
        assert now.committed == booked(now)
        more = {"amount": {"amount": "20000.00", "currency": "EUR"}, "reason": "More again."}
        assert leaders[1].post(f"/envelopes/{quarter}/adjustments", more).status_code == 200
        progress(done + 1, rounds)


def _with_evidence(lead: Any) -> Experiment:
    """An experiment that runs, with evidence given for its one milestone; 5,000 is free and 5,000 waits for it."""
    experiment = a_running_experiment(lead=lead, budget=money("10000"), milestones=(a_milestone(amount="5000"),))
    with changing(experiment, by=lead) as (found, by, at):
        found.give_evidence(1, "Ten quotes.", rules=found.rules, by=by, at=at)
    return experiment
