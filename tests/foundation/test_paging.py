"""Pages begin after the last row of the one before, and a cursor that somebody made up begins at the start."""

from __future__ import annotations

import base64
import json
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from portfolio.foundation.paging import Page
from portfolio.people.person import Person
from tests.factories import a_person, at, reading

ORDERS: dict[str, tuple[InstrumentedAttribute[Any], ...]] = {
    "by moment": (Person.created_at, Person.id),
    "by text": (Person.name, Person.id),
    "by number": (Person.id,),
}


@pytest.fixture
def people(app: Flask) -> list[int]:
    """Three people, who came on three days; the second has the number of none but themselves."""
    numbers = []
    for place in range(3):
        with at(date(2026, 1, 5) + timedelta(days=place)):
            numbers.append(a_person(name=f"Noor {place}").id)
    return numbers


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("descending", [False, True])
def test_every_row_stands_on_one_page(people: list[int], order: str, descending: bool) -> None:
    found, after = [], None
    for _ in people:
        with reading():
            page = Page.of(select(Person), order=ORDERS[order], after=after, size=1, descending=descending)
            found += [person.id for person in page.rows]
        after = page.next

    assert found == (people[::-1] if descending else people)
    assert after is None


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("place", ["2026-01-06", "2026-01-06T00:00:00", "soon", None, 1.5, True, 10**30, "\0", [], {}])
def test_a_cursor_that_was_made_up_begins_at_the_start(people: list[int], order: str, place: Any) -> None:
    if order == "by text" and isinstance(place, str) and "\0" not in place:
        return  # Any text is a place in an order of texts.
    columns = ORDERS[order]
    cursor = base64.urlsafe_b64encode(json.dumps([place, 1][: len(columns)]).encode()).decode()

    with reading():
        page = Page.of(select(Person), order=columns, after=cursor)
        assert [person.id for person in page.rows] == people
