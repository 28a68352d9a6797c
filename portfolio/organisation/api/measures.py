"""Measures and their readings as JSON."""

from __future__ import annotations

from typing import Any

from marshmallow.fields import Boolean, Integer, Nested, String

from portfolio.foundation.api.command import Command, commanding, named
from portfolio.foundation.api.fields import Body, Day, Exact, Line, OneOf, RowId, Shown, day, number
from portfolio.foundation.api.resource import ListQuery, Resource, listed, page_of
from portfolio.foundation.authority import asks, reader
from portfolio.foundation.database import db
from portfolio.foundation.paging import Page
from portfolio.organisation import measure_policy as policy
from portfolio.organisation import measure_queries as queries
from portfolio.organisation.house_rules import house_rules
from portfolio.organisation.measure import Direction, Measure, Reading

api = Resource("measures", "What is counted the same way each time, and what was read.")


class MeasureQuery(ListQuery):
    """What the list may be asked."""

    q = Line(120, load_default="")


class ReadingShown(Shown):
    """One value on one day. `corrected_by` is the reading that replaced it."""

    id = Integer(required=True)
    value = Exact(required=True)
    on = Day(required=True)
    note = String(required=True)
    corrects = Integer(required=True, allow_none=True)
    corrected_by = Integer(required=True, allow_none=True)


READINGS = listed(ReadingShown)


class MeasureRow(Shown):
    """A measure on a list, with its last reading."""

    id = Integer(required=True)
    name = String(required=True)
    unit = String(required=True)
    direction = OneOf(Direction, required=True)
    latest = Exact(required=True, allow_none=True)
    latest_on = Day(required=True, allow_none=True)
    yours = Boolean(required=True, metadata={"description": "Whether you add its readings."})


class MeasureShown(MeasureRow):
    """One measure, with what was put down last."""

    readings = Nested(READINGS, required=True)


class MeasureBody(Body):
    """Something to count; whoever makes it owns it."""

    name = Line(required=True)
    unit = Line(30, load_default="")
    direction = OneOf(Direction, required=True)


class MeasureReadingBody(Body):
    """One value on one day, or the right value in place of a wrong one."""

    value = Exact(required=True)
    on = Day(load_default=None, allow_none=True, metadata={"description": "Today, if left out."})
    note = Line(300, load_default="")
    corrects = RowId(load_default=None, allow_none=True, metadata={"description": "The reading it replaces."})


def row_of(measure: Measure, latest: Reading | None) -> dict[str, Any]:
    """A measure on a list."""
    return {
        "id": measure.id,
        "name": measure.name,
        "unit": measure.unit,
        "direction": measure.direction.value,
        "latest": number(latest.value) if latest else None,
        "latest_on": day(latest.read_on) if latest else None,
        "yours": measure.owner_id == reader().id,
    }


def _whole(measure: Measure) -> dict[str, Any]:
    latest = queries.latest_readings([measure.id]).get(measure.id)
    return row_of(measure, latest) | {"readings": _readings(queries.readings(measure, None))}


def _readings(page: Page[Reading]) -> dict[str, Any]:
    replaced = queries.corrections(page.rows)
    return page_of(
        page,
        lambda reading: {
            "id": reading.id,
            "value": number(reading.value),
            "on": day(reading.read_on),
            "note": reading.note,
            "corrects": reading.corrects_id,
            "corrected_by": replaced[reading.id].id if reading.id in replaced else None,
        },
    )


def _answered(act: Command, measure: Measure, status: int = 200, **headers: str) -> Any:
    db.session.flush()
    return act.answer(_whole(measure), status, **headers)


@api.get("")
@asks(policy.may_read_measures)
@api.takes(MeasureQuery, "query")
@api.answers(listed(MeasureRow))
def list_measures(said: dict[str, Any]) -> Any:
    """What the organisation counts, with the last value of each."""
    page = queries.measures(said["after"], viewer=reader(), text=said["q"], size=said["limit"])
    latest = queries.latest_readings([measure.id for measure in page.rows])
    return page_of(page, lambda measure: row_of(measure, latest.get(measure.id)))


@api.get("/<int:number>")
@asks(policy.may_read_measures)
@api.answers(MeasureShown)
def show_measure(number: int) -> Any:
    """One measure with what was put down last."""
    return _whole(queries.measure(number, viewer=reader()))


@api.get("/<int:number>/readings")
@asks(policy.may_read_measures)
@api.takes(ListQuery, "query")
@api.answers(READINGS)
def list_readings(said: dict[str, Any], number: int) -> Any:
    """Everything read of it, corrected readings too, the last one put down first."""
    measure = queries.measure(number, viewer=reader())
    return _readings(queries.readings(measure, said["after"], said["limit"]))


@api.post("")
@asks(policy.may_make_measure)
@api.takes(MeasureBody)
@api.answers(MeasureShown, 201)
def create_measure(said: dict[str, Any]) -> Any:
    """Begin to count something."""
    with commanding() as act:
        act.authorize(policy.may_make_measure)
        measure = Measure.make(said["name"], said["unit"], said["direction"], owner=act.person)
        return _answered(act, measure, 201, Location=f"{api.url_prefix}/{measure.id}")


@api.post("/<int:number>/readings")
@asks(policy.may_add_reading)
@api.takes(MeasureReadingBody)
@api.answers(MeasureShown, 201)
def create_reading(said: dict[str, Any], number: int) -> Any:
    """Add a reading, or put the right one in place of a wrong one; the wrong one stays readable."""
    with commanding() as act:
        measure, today = queries.measure_for_change(number, viewer=act.person), house_rules().today
        act.authorize(policy.may_add_reading, measure)
        wrong = named("corrects", queries.reading, said["corrects"], measure) if said["corrects"] else None
        measure.read(
            said["value"],
            said["on"] or today,
            by=act.person,
            at=act.at,
            today=today,
            note=said["note"],
            corrects=wrong,
        )
        return _answered(act, measure, 201)
