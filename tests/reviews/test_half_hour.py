"""The monthly half hour: made ready from the portfolio, written on by few, and its agreements come back until done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from flask import Flask

from portfolio.foundation.database import db, write_tx
from portfolio.foundation.errors import RuleBroken
from portfolio.network.experiment import Experiment
from portfolio.organisation.house_rules import house_rules
from portfolio.people.person import Person
from portfolio.reviews import half_hour_lines, half_hour_queries
from portfolio.reviews import queries as review_queries
from portfolio.reviews.action import ReviewAction
from portfolio.reviews.half_hour import HalfHour
from portfolio.reviews.half_hour_lines import Piece, pieces_of
from portfolio.reviews.outcome import Part
from portfolio.reviews.policy import may_write_down
from tests.bridge.crossings import a_barrier, a_learning, a_promotion, give
from tests.browser import Browser
from tests.factories import (
    a_facilitator,
    a_leader,
    a_person,
    a_proposed_experiment,
    a_running_experiment,
    an_administrator,
    an_observer,
    at,
    changing,
    deactivated,
    here,
    last_action,
    reading,
    reloaded,
    rules_now,
)
from tests.reviews.meetings import (
    HELD,
    SignedIn,
    a_scheduled_review,
    an_ended_experiment,
    an_open_review,
    closed,
    here_to_read,
    part,
    said_in,
)

Counting = Callable[[], AbstractContextManager[list[str]]]
MONTHLY = "/reviews/monthly"


@pytest.fixture(autouse=True)
def held(app: Flask) -> Iterator[None]:
    """An afternoon at the end of June."""
    with at(HELD):
        yield


# Who may ------------------------------------------------------------------------------------------------------------


def test_observers_see_no_half_hour_and_strangers_sign_in_first(client: Browser, signed_in: SignedIn) -> None:
    assert signed_in(an_observer()).get(MONTHLY).status_code == 403
    assert client.get(MONTHLY).status_code == 302


def test_everybody_reads_it_and_only_facilitators_and_leaders_write(signed_in: SignedIn) -> None:
    for person in (a_person(), an_administrator()):
        browser = signed_in(person)
        assert "Write it down" not in browser.get(MONTHLY).text
        assert browser.post(f"{MONTHLY}/notes", data={"body": "We are fine."}).status_code == 403
        assert browser.post(f"{MONTHLY}/actions", data=an_action(person)).status_code == 403
    for person in (a_facilitator(), a_leader()):
        assert may_write_down(person, None)
        assert "Write it down" in signed_in(person).get(MONTHLY).text


def test_a_month_on_which_nothing_was_written_is_not_there(signed_in: SignedIn) -> None:
    browser = signed_in(a_person())

    for month in ("2026-06", "2026-13", "nonsense"):
        assert browser.get(f"{MONTHLY}/{month}").status_code == 404, month


# What is on it ------------------------------------------------------------------------------------------------------


def test_it_is_ready_without_anything(signed_in: SignedIn) -> None:
    page = signed_in(a_person()).get(MONTHLY).text

    assert "Everything that runs is on track" in page
    assert "Nothing waits for longer than was promised" in page
    assert "Everything that was agreed is done" in page


def test_it_shows_what_is_off_track_in_the_way_and_stuck_and_the_latest_check_ins() -> None:
    with at("2026-06-01"):
        silent = a_running_experiment(title="Silent?")
        a_proposed_experiment(title="Waiting?")
        promotion = a_promotion(a_learning(silent))
    ended = an_ended_experiment()
    heard = a_running_experiment(title="Heard?")
    with changing(heard, by=heard.lead) as (found, lead, moment):  # type: ignore[arg-type]
        found.check_in(confidence=70, hours=4, next_step="Ask three more.", rules=house_rules(), by=lead, at=moment)
    barrier = a_barrier(heard)

    pieces = pieces_for(a_person())

    assert refs(pieces["off_track"]) == [silent.ref]
    assert refs(pieces["barriers"]) == [barrier.ref]
    assert refs(pieces["check_ins"]) == [heard.ref]
    assert "70% sure" in said(pieces["check_ins"])
    assert "Ask three more." in said(pieces["check_ins"])
    stuck = said(pieces["stuck"])
    assert ended.ref in refs(pieces["stuck"])
    assert "waits for 19 working days" in stuck
    assert promotion.ref in refs(pieces["stuck"])
    assert "A promotion without an answer for" in stuck
    assert "an answer was promised by Mon 15 June" in stuck


def test_what_is_restricted_is_on_it_for_those_involved_and_nobody_else(signed_in: SignedIn) -> None:
    ended = an_ended_experiment(restricted=True, title="Who hides the keys?")
    barrier = a_barrier(a_running_experiment(restricted=True), title="The board keeps the keys")
    give(barrier, a_leader())

    assert "the keys" not in signed_in(a_person()).get(MONTHLY).text
    assert "Who hides the keys?" in signed_in(ended.lead).get(MONTHLY).text  # type: ignore[arg-type]
    page = signed_in(a_facilitator()).get(MONTHLY).text
    assert "Who hides the keys?" in page
    assert "The board keeps the keys" in page


def test_it_costs_the_same_for_few_and_for_many_and_little(signed_in: SignedIn, count_statements: Counting) -> None:
    browser = signed_in(a_facilitator())
    a_barrier(an_experiment_that_was_heard())
    an_ended_experiment()
    browser.post(f"{MONTHLY}/notes", data={"body": "We are fine."})
    browser.get(MONTHLY)
    with count_statements() as few:
        browser.get(MONTHLY)
    for _ in range(4):
        a_barrier(an_experiment_that_was_heard())
        an_ended_experiment()
        browser.post(f"{MONTHLY}/notes", data={"body": "Still fine."})
    with count_statements() as many:
        assert browser.get(MONTHLY).text.count("Still fine.") == 4
    with count_statements() as bare:
        browser.get("/reviews/new")

    assert len(many) == len(few)
    assert len(many) - len(bare) <= 15


def test_a_part_shows_no_more_than_half_an_hour_can_hold_and_says_so(
    signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(half_hour_lines, "SHOWN", 2)
    experiment = a_running_experiment()
    for number in range(4):
        a_barrier(experiment, title=f"The board keeps key {number}")

    page = signed_in(a_person()).get(MONTHLY).text

    assert page.count("The board keeps key") == 2 * page.count("The board keeps key 0")
    assert "2 more are not shown here." in page
    assert "4 to look at" in page


# What is written on it ----------------------------------------------------------------------------------------------


def test_a_note_stands_on_it_with_its_day_and_on_the_trail(signed_in: SignedIn) -> None:
    host = a_facilitator()
    browser = signed_in(host)

    assert browser.post(f"{MONTHLY}/notes", data={"body": " "}).status_code == 422
    assert browser.post(f"{MONTHLY}/notes", data={"body": "We look at **X** again."}).status_code == 303
    assert last_action() == "half_hour.noted"

    page = signed_in(a_person()).get(MONTHLY).text
    assert "<strong>X</strong>" in page
    assert f"{host.name}, Thu 25 June" in page


def test_next_month_it_is_empty_and_the_last_one_stays_readable(signed_in: SignedIn) -> None:
    signed_in(a_facilitator()).post(f"{MONTHLY}/notes", data={"body": "We look at it again."})

    with at("2026-07-28T10:00"):
        browser = signed_in(a_person())
        page = browser.get(MONTHLY).text
        assert "We look at it again." not in page
        assert f"{MONTHLY}/2026-06" in page
        assert "We look at it again." in browser.get(f"{MONTHLY}/2026-06").text


def test_what_is_agreed_has_somebody_and_a_day_that_lies_ahead() -> None:
    host, today = a_facilitator(), rules_now().today

    with pytest.raises(RuleBroken, match="today or later"):
        agree("Call them.", a_person(), today - timedelta(days=1), by=host)
    with pytest.raises(RuleBroken, match="somebody of the organisation"):
        agree("Call them.", deactivated(a_person()), today, by=host)


def test_nothing_is_added_to_a_month_that_is_over() -> None:
    host = a_facilitator()
    with write_tx() as moment:
        half_hour = half_hour_queries.half_hour_for_change(house_rules().today, at=moment)
        number = half_hour.id

    with at("2026-07-01"), write_tx() as moment:
        found, today, writer = db.session.get_one(HalfHour, number), house_rules().today, here(host)
        with pytest.raises(RuleBroken, match="month is over"):
            found.note("Too late.", today=today, by=writer, at=moment)


def test_an_agreement_waits_for_its_owner_comes_back_next_month_and_is_done(signed_in: SignedIn) -> None:
    owner = a_person()
    answer = signed_in(a_facilitator()).post(f"{MONTHLY}/actions", data=an_action(owner))
    assert answer.status_code == 303
    assert last_action() == "half_hour.agreed"

    assert "Call the board." in signed_in(owner).get("/").text
    assert "Agreed in the half hour of June 2026, due" in signed_in(owner).get("/").text
    with at("2026-07-28T10:00"):
        page = signed_in(owner).get(MONTHLY).text
        assert "Call the board." in page
        assert "Late" in page
        path = page.split('action="/reviews/actions/')[1].split('"')[0]
        assert signed_in(a_person()).post(f"/reviews/actions/{path}").status_code == 403
        assert signed_in(owner).post(f"/reviews/actions/{path}").status_code == 303
        assert last_action() == "half_hour.action_done"
        assert "Call the board." not in signed_in(owner).get(MONTHLY).text
        assert "Done" in signed_in(owner).get(f"{MONTHLY}/2026-06").text


def test_an_agreement_comes_up_in_the_review_among_what_was_agreed_and_stands_in_its_record(
    signed_in: SignedIn,
) -> None:
    host, owner = a_facilitator(), a_person()
    done = agree("Buy a screen.", owner, rules_now().today, by=host)
    agree("Call the board.", owner, rules_now().today + timedelta(days=60), by=host)
    with write_tx() as moment:
        review_queries.action_for_change(done.id).finish(by=here(owner), at=moment)

    review = a_scheduled_review()
    section = part(review, Part.ACTIONS, viewer=owner)
    assert sorted(str(line.title) for line in section.lines) == ["Buy a screen.", "Call the board."]
    assert "Agreed in the half hour of June 2026" in said_in(section)
    with changing(review, by=host) as (found, person, moment):
        found.open(by=person, at=moment)
    closed(review)

    assert "Agreed in the half hour of June 2026" in signed_in(owner).get(f"/reviews/{review.ref}").text
    with at("2026-09-20T10:00"):
        later = part(an_open_review("2026-Q3"), Part.ACTIONS, viewer=owner)
        assert [str(line.title) for line in later.lines] == ["Call the board."]


# Inside -------------------------------------------------------------------------------------------------------------


def an_action(owner: Person) -> dict[str, str]:
    """An action as its form sends it."""
    return {
        "what": "Call the board.",
        "owner": str(owner.id),
        "due_on": (rules_now().today + timedelta(days=7)).isoformat(),
    }


def agree(what: str, owner: Person, due: date, *, by: Person) -> ReviewAction:
    """Agree on something in this month's half hour."""
    with write_tx() as moment:
        half_hour = half_hour_queries.half_hour_for_change(house_rules().today, at=moment)
        action = half_hour.agree(what, here(owner), due, rules=house_rules(), by=here(by), at=moment)
    return reloaded(action)


def an_experiment_that_was_heard() -> Experiment:
    """One that runs, with a check-in."""
    heard = a_running_experiment()
    with changing(heard, by=heard.lead) as (found, lead, moment):  # type: ignore[arg-type]
        found.check_in(confidence=70, hours=4, next_step="Ask.", rules=house_rules(), by=lead, at=moment)
    return heard


def pieces_for(viewer: Person) -> dict[str, Piece]:
    """What somebody sees on it, by part."""
    with reading():
        now = half_hour_queries.now(here_to_read(viewer), house_rules())
        return {piece.key: piece for piece in pieces_of(now)}


def refs(piece: Piece) -> list[str]:
    """The identifiers on a part."""
    return [line.ref for line in piece.lines]


def said(piece: Piece) -> str:
    """All that a part says, in English."""
    return "\n".join(str(said.words) for line in piece.lines for cell in line.cells for said in (*line.sub, *cell))
