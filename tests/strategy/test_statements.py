"""The big opportunity and the visions: written by leaders, read by everyone inside, and never overwritten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portfolio.foundation.database import db
from portfolio.strategy import queries
from portfolio.strategy.big_opportunity import BigOpportunity
from portfolio.strategy.vision import Vision, months_after
from tests.browser import Browser
from tests.factories import (
    a_facilitator,
    a_leader,
    a_person,
    an_administrator,
    an_observer,
    an_operations_owner,
    at,
    last_action,
    last_line,
    reading,
)

OPPORTUNITY = "/direction/big-opportunity"
URGENT = "Who delivers tomorrow instead of next week becomes the partner every region needs."
SignedIn = Callable[..., Browser]


def written() -> list[str]:
    """All statements, the one that holds first."""
    with reading():
        return [said.statement for said in queries.big_opportunities()]


def visions(months: int) -> list[tuple[str, date]]:
    """All visions in so many months, the one that holds first."""
    with reading():
        return [(said.statement, said.due_on) for said in queries.visions_of(months)]


@pytest.mark.parametrize("path", ["/direction", OPPORTUNITY, "/direction/visions/24", "/phases/new", "/phases/1"])
def test_who_is_signed_out_signs_in_first(client: Browser, path: str) -> None:
    assert client.get(path).status_code == 302


@pytest.mark.parametrize("path", ["/direction", "/phases/1"])
def test_observers_do_not_read_the_direction(signed_in: SignedIn, path: str) -> None:
    assert signed_in(an_observer()).get(path).status_code == 403


@pytest.mark.parametrize("path", [OPPORTUNITY, "/direction/visions/48"])
@pytest.mark.parametrize("somebody", [a_person, a_facilitator, an_administrator, an_operations_owner, an_observer])
def test_only_leaders_write_the_direction(signed_in: SignedIn, path: str, somebody: Callable[[], Any]) -> None:
    browser = signed_in(somebody())

    assert browser.get(path).status_code == 403
    assert browser.post(path, data={"shown": "0", "statement": URGENT}).status_code == 403
    assert last_action() == "direction.writing_refused"
    with reading():
        assert db.session.scalar(select(func.count()).select_from(BigOpportunity)) == 0
        assert db.session.scalar(select(func.count()).select_from(Vision)) == 0


def test_everyone_inside_reads_what_a_leader_wrote(signed_in: SignedIn) -> None:
    answer = signed_in(a_leader()).post(OPPORTUNITY, data={"shown": "0", "statement": URGENT})
    assert (answer.status_code, answer.location) == (303, "/direction")
    assert last_action() == "big_opportunity.written"

    page = signed_in(a_person()).get("/direction").text
    assert URGENT in page
    assert OPPORTUNITY not in page, "who may not write it is offered no way to"


def test_a_new_statement_holds_and_the_old_one_stays_readable(signed_in: SignedIn) -> None:
    browser = signed_in(a_leader())
    browser.post(OPPORTUNITY, data={"shown": "0", "statement": "First."})
    with reading():
        shown = queries.big_opportunity()
        assert shown is not None
        number = shown.id
    browser.post(OPPORTUNITY, data={"shown": str(number), "statement": "Second."})

    assert written() == ["Second.", "First."]
    page = browser.get(OPPORTUNITY).text
    assert page.index("Second.") < page.index("First.")


def test_nobody_overwrites_a_statement_they_have_not_seen(signed_in: SignedIn) -> None:
    signed_in(a_leader()).post(OPPORTUNITY, data={"shown": "0", "statement": "First."})
    browser = signed_in(a_leader())
    answer = browser.post(OPPORTUNITY, data={"shown": "0", "statement": "Mine."})

    assert answer.status_code == 409
    assert "Mine." in answer.text
    assert "First." in answer.text, "what the other wrote is there to read"
    assert written() == ["First."]


@pytest.mark.parametrize(
    ("statement", "words"), [("", "one or two sentences"), (" \n", "one or two"), ("x" * 201, "under 200 letters")]
)
def test_a_statement_is_short_and_there(signed_in: SignedIn, statement: str, words: str) -> None:
    answer = signed_in(a_leader()).post(OPPORTUNITY, data={"shown": "0", "statement": statement})

    assert answer.status_code == 422
    assert words in answer.text
    assert written() == []


@pytest.mark.parametrize("shown", ["", "x", "9" * 5000, "-1"])
def test_a_broken_form_is_no_accident(signed_in: SignedIn, shown: str) -> None:
    browser = signed_in(a_leader())
    browser.post(OPPORTUNITY, data={"shown": "0", "statement": "First."})

    assert browser.post(OPPORTUNITY, data={"shown": shown, "statement": "Mine."}).status_code == 409


def test_the_same_words_again_are_no_new_statement(signed_in: SignedIn) -> None:
    browser = signed_in(a_leader())
    browser.post("/direction/visions/24", data={"shown": "0", "statement": URGENT})
    with reading():
        shown = queries.vision(24)
        assert shown is not None
        number = shown.id
    answer = browser.post("/direction/visions/24", data={"shown": str(number), "statement": URGENT})

    assert answer.status_code == 409
    assert len(visions(24)) == 1


@pytest.mark.parametrize("months", [0, 12, 25])
def test_there_are_visions_at_24_and_48_months_only(signed_in: SignedIn, months: int) -> None:
    browser = signed_in(a_leader())

    assert browser.get(f"/direction/visions/{months}").status_code == 404
    answer = browser.post(f"/direction/visions/{months}", data={"shown": "0", "statement": URGENT})
    assert answer.status_code == 404


def test_a_vision_keeps_its_day_when_it_is_put_in_other_words(signed_in: SignedIn) -> None:
    leader = a_leader()
    with at("2026-01-08"):
        signed_in(leader).post("/direction/visions/24", data={"shown": "0", "statement": "Three regions."})
    assert visions(24) == [("Three regions.", date(2028, 1, 8))]
    assert last_line().details["months"] == 24

    with at("2026-06-01"):
        number = _number(24)
        signed_in(leader).post("/direction/visions/24", data={"shown": str(number), "statement": "Four regions."})
    assert visions(24)[0] == ("Four regions.", date(2028, 1, 8))


def test_a_vision_is_counted_from_today_again_when_that_is_asked_or_its_day_has_come(signed_in: SignedIn) -> None:
    leader = a_leader()
    with at("2024-02-29"):
        signed_in(leader).post("/direction/visions/24", data={"shown": "0", "statement": "Three regions."})
    assert visions(24)[0][1] == date(2026, 2, 28)

    with at("2025-03-01"):
        again = {"shown": str(_number(24)), "statement": "Three regions.", "count_again": "y"}
        assert signed_in(leader).post("/direction/visions/24", data=again).status_code == 303
    assert visions(24)[0] == ("Three regions.", date(2027, 3, 1))

    with at("2027-03-01"):
        late = {"shown": str(_number(24)), "statement": "All regions."}
        signed_in(leader).post("/direction/visions/24", data=late)
    assert visions(24)[0] == ("All regions.", date(2029, 3, 1))


def test_the_two_visions_are_written_apart(signed_in: SignedIn) -> None:
    browser = signed_in(a_leader())
    browser.post("/direction/visions/24", data={"shown": "0", "statement": "Three regions."})
    browser.post("/direction/visions/48", data={"shown": "0", "statement": "The whole country."})

    with reading():
        assert {months: said.statement for months, said in queries.visions().items()} == {
            24: "Three regions.",
            48: "The whole country.",
        }
    page = browser.get("/direction").text
    assert page.index("The whole country.") < page.index("Three regions."), "the road begins at its end"


def test_months_are_counted_by_the_calendar(app: Flask) -> None:
    assert months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_after(date(2026, 12, 15), 24) == date(2028, 12, 15)
    assert months_after(date(2028, 2, 29), 48) == date(2032, 2, 29)


def _number(months: int) -> int:
    with reading():
        shown = queries.vision(months)
        assert shown is not None
        return shown.id
