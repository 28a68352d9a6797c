"""Every refusal is on the trail, in a transaction of its own, whichever door was asked, and changes nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from portfolio.audit import entry
from portfolio.foundation import refusals
from portfolio.foundation.database import db
from portfolio.organisation.unit import Unit
from portfolio.people.person import Person
from portfolio.reviews.review import Review
from tests.api_client import Program, a_token
from tests.browser import Browser
from tests.exchange.backups import an_organisation
from tests.factories import (
    a_facilitator,
    a_leader,
    a_person,
    a_proposed_experiment,
    a_running_experiment,
    a_unit,
    an_administrator,
    an_approval_form,
    an_envelope,
    an_observer,
    an_operations_owner,
    last_line,
    reading,
)
from tests.promises.doors import Knock, everything_but_the_trail
from tests.reviews.meetings import frozen, text_of

pytestmark = pytest.mark.promise

SignIn = Callable[[Person], Browser]
HowMany = Callable[[int, int], int]
Progress = Callable[[int, int], None]
TAKEN = r"sealed|audit_entry"  # What the database says when an entry's number is taken.
ROLES = (a_person, a_leader, an_administrator, a_facilitator, an_operations_owner, an_observer)


def somebody_at_every_door(app: Flask, signed_in: SignIn, person: Person) -> Knock:
    """A person who is signed in and has a token, and whom and what they ask about."""
    return Knock(app, signed_in(person), person, names_for(a_person(), a_unit()))


def names_for(person: Person, unit: Unit) -> dict[str, str]:
    """What stands for parts of addresses."""
    return {"handle": str(person.handle), "unit": str(unit.handle), "quarter": "2026-Q4", "experiment": "X-002"}


def test_every_refusal_at_every_door_is_on_the_trail_and_changes_nothing(
    app: Flask, signed_in: SignIn, how_many: HowMany, progress: Progress
) -> None:
    an_organisation()
    seen: Counter[int] = Counter()
    compared = how_many(8, 1)  # Comparing all rows takes longer than asking.
    makers = ROLES[: how_many(2, len(ROLES))]

    for number, maker in enumerate(makers, start=1):
        person = maker()
        knock = somebody_at_every_door(app, signed_in, person)
        before, rows = last_line().seq, None
        for endpoint, address, answer in knock.everywhere():
            seen[answer.status_code] += 1
            assert answer.status_code < 500, (endpoint, address)
            line = last_line()
            if answer.status_code in (403, 409):
                assert line.seq == before + 1, (endpoint, address, answer.status_code)
                assert line.action.endswith("_refused"), (endpoint, line.action)
                assert line.names["actor"] == person.name
                assert line.details["status"] == answer.status_code
                if (seen[403] + seen[409]) % compared == 0:
                    now = everything_but_the_trail()
                    assert rows in (None, now), (endpoint, address)
                    rows = now
            elif answer.status_code < 400:
                rows = None  # Something was done.
            before = line.seq
        progress(number, len(makers))

    assert seen[403] > 50 * len(makers), seen
    assert seen[409] > 5 * len(makers), seen


def test_no_door_changes_a_closed_review(app: Flask, signed_in: SignIn, how_many: HowMany, progress: Progress) -> None:
    an_organisation()
    with reading():
        review = db.session.query(Review).one()
    before, reader = frozen(review), signed_in(a_leader())
    shown = text_of(reader.get(f"/reviews/{review.ref}").text)
    makers = ROLES[1 : 1 + how_many(1, len(ROLES))] + ROLES[: how_many(0, 1)]

    for number, maker in enumerate(makers, start=1):
        for endpoint, address, answer in somebody_at_every_door(app, signed_in, maker()).everywhere():
            assert answer.status_code < 500, (endpoint, address)
            if "Q-001" in address and "addenda" not in address:
                assert answer.status_code >= 400, (endpoint, address)
        progress(number, len(makers))

    after = frozen(review)
    assert (after.bytes, after.sha256, after.closed_at) == (before.bytes, before.sha256, before.closed_at)
    assert text_of(reader.get(f"/reviews/{review.ref}").text) == shown


# In a transaction of its own ----------------------------------------------------------------------------------------


def a_party_who_approves(app: Flask, signed_in: SignIn, door: str) -> Any:
    """A leader grants money to an experiment they are on; gives the answer."""
    leader = a_leader()
    experiment = a_proposed_experiment(team=[leader])
    an_envelope()
    if door == "page":
        return signed_in(leader).post(f"/experiments/{experiment.ref}/approval", data=an_approval_form(experiment))
    program, body = (
        Program(app, a_token(leader)),
        {"amount": {"amount": "1000.00", "currency": "EUR"}, "reason": "Yes."},
    )
    read = program.get(f"/experiments/{experiment.ref}").headers["ETag"]
    return program.post(f"/experiments/{experiment.ref}/approval", body, If_Match=read)


@pytest.mark.parametrize("door", ["page", "program"])
def test_a_refusal_outlives_the_rollback_of_what_was_refused(app: Flask, signed_in: SignIn, door: str) -> None:
    assert a_party_who_approves(app, signed_in, door).status_code == 403
    assert (last_line().action, last_line().subject_type) == ("experiment.approval_refused", "experiment")


def test_a_form_that_is_wrong_and_not_theirs_either_is_a_refusal(app: Flask, signed_in: SignIn) -> None:
    experiment, stranger = a_running_experiment(), a_person()

    answer = signed_in(stranger).post(f"/experiments/{experiment.ref}/expenses", data={"amount": "a lot"})

    assert answer.status_code == 403
    assert last_line().action.endswith("_refused")
    assert last_line().names["actor"] == stranger.name


def test_without_a_transaction_of_its_own_a_refusal_would_leave_no_trace(
    app: Flask, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusals, "_is_worth_remembering", lambda _refusal: False)

    assert a_party_who_approves(app, signed_in, "page").status_code == 403

    assert not last_line().action.endswith("_refused")


# No change without its entry ----------------------------------------------------------------------------------------


def break_the_trail() -> None:
    """Let the next entry be refused by the database: its number is taken."""
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE trail_head SET seq = seq - 1"))


CHANGES: dict[str, tuple[Callable[[], Person], str, dict[str, str]]] = {
    "a unit": (an_administrator, "/units", {"name": "Shipping"}),
    "an envelope": (a_leader, "/envelopes/{quarter}", {"total": "5000", "reason": "A start."}),
    "an approval": (a_leader, "/experiments/{ref}/approval", {}),
}


@pytest.mark.parametrize("what", CHANGES)
@pytest.mark.parametrize("guarded", [True, False], ids=["as it is", "without the listener"])
def test_what_cannot_be_put_on_the_trail_does_not_happen(
    app: Flask, signed_in: SignIn, what: str, guarded: bool
) -> None:
    maker, path, form = CHANGES[what]
    envelope, experiment = an_envelope(), a_proposed_experiment()
    browser = signed_in(maker())
    form = {"read": envelope.version, **form} if form else an_approval_form(experiment)
    address = path.format(quarter=envelope.quarter, ref=experiment.ref)
    before = everything_but_the_trail()
    break_the_trail()

    if guarded:
        with pytest.raises(Exception, match=TAKEN):
            browser.post(address, data=form)
        assert everything_but_the_trail() == before
        return
    event.remove(Session, "before_commit", entry._write_the_trail_last)
    try:
        assert browser.post(address, data=form).status_code == 303
    finally:
        event.listen(Session, "before_commit", entry._write_the_trail_last)
    assert everything_but_the_trail() != before


def test_whoever_cannot_be_put_on_the_trail_is_not_signed_in(app: Flask, signed_in: SignIn) -> None:
    person = a_person()
    signed_in(person)
    break_the_trail()

    with pytest.raises(Exception, match=TAKEN):
        signed_in(person)

    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM sign_in")).scalar_one() == 1


def test_signing_in_and_out_is_on_the_trail(app: Flask, signed_in: SignIn) -> None:
    browser = signed_in(a_person(name="Noor Claeys"))
    assert (last_line().action, last_line().names["actor"]) == ("person.signed_in", "Noor Claeys")

    browser.post("/sign-out")

    assert (last_line().action, last_line().names["actor"]) == ("person.signed_out", "Noor Claeys")
