"""The big opportunity and the visions as JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marshmallow.fields import Integer, List, Nested, String

from portfolio.foundation.api.command import commanding, quoted, refuse_another_version
from portfolio.foundation.api.fields import Body, Day, Flag, Line, Moment, Shown, Whole, day, moment
from portfolio.foundation.api.resource import Resource
from portfolio.foundation.authority import asks
from portfolio.foundation.database import db
from portfolio.foundation.errors import Conflict, Missing
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.organisation.house_rules import house_rules
from portfolio.strategy import policy, queries
from portfolio.strategy.big_opportunity import BigOpportunity
from portfolio.strategy.forms import STATEMENT
from portfolio.strategy.vision import MONTHS, Vision

opportunity_api = Resource(
    "big_opportunity", "One short statement of why change is urgent and what becomes possible.", path="big-opportunity"
)
vision_api = Resource("vision", "What is true in 24 and in 48 months. Each is written anew, never changed.")


class Months(Whole):
    """How far away a vision is."""

    def __init__(self, **options: Any) -> None:
        step = min(MONTHS)
        super().__init__(step, max(MONTHS), **options | {"metadata": {"multipleOf": step}})

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> int:
        months = super()._deserialize(value, attr, data, **more)
        if months not in MONTHS:
            raise self.make_error("invalid")
        return months


class StatementShown(Shown):
    """A statement that holds now."""

    statement = String(required=True)
    at = Moment(required=True)


class VisionShown(StatementShown):
    """A vision that holds now, and the day it is to be true."""

    months = Integer(required=True)
    due_on = Day(required=True)


class Visions(Shown):
    """The visions that hold now, the nearest first."""

    items = List(Nested(VisionShown), required=True)


class StatementBody(Body):
    """One or two sentences."""

    statement = Line(STATEMENT, required=True)


class VisionBody(StatementBody):
    """A vision."""

    count_again = Flag(load_default=False, metadata={"description": "Count the months from today again."})


class NewVisionBody(VisionBody):
    """The first vision at so many months."""

    months = Months(required=True)


def statement_of(written: BigOpportunity | Vision) -> dict[str, Any]:
    """A statement as JSON has it."""
    return {"statement": written.statement, "at": moment(written.at)}


def vision_of(vision: Vision) -> dict[str, Any]:
    """A vision as JSON has it."""
    return statement_of(vision) | {"months": vision.months, "due_on": day(vision.due_on)}


# The big opportunity ------------------------------------------------------------------------------------------------


@opportunity_api.get("")
@asks(policy.may_read_direction)
@opportunity_api.answers(StatementShown)
def show_big_opportunity() -> Any:
    """The statement that holds now. Its `ETag` names the version."""
    written = _there(queries.big_opportunity())
    return statement_of(written), {"ETag": quoted(str(written.id))}


@opportunity_api.post("")
@asks(policy.may_write_direction)
@opportunity_api.takes(StatementBody)
@opportunity_api.answers(StatementShown, 201)
def create_big_opportunity(said: dict[str, Any]) -> Any:
    """Write it, where none is written yet."""
    return _write_big_opportunity(said, _not_there, 201)


@opportunity_api.patch("")
@asks(policy.may_write_direction)
@opportunity_api.takes(StatementBody)
@opportunity_api.answers(StatementShown)
def change_big_opportunity(said: dict[str, Any]) -> Any:
    """Write it anew; the one before stays on record."""
    return _write_big_opportunity(said, _there, 200)


def _write_big_opportunity(said: dict[str, Any], expects: Callable[[Any], Any], status: int) -> Any:
    with commanding() as act:
        act.authorize(policy.may_write_direction)
        before = expects(queries.big_opportunity_for_change())
        number = before.id if before else 0
        if before:
            refuse_another_version(str(number), lambda: statement_of(before))
        written = BigOpportunity.write(said["statement"], before=before, shown=number, by=act.person, at=act.at)
        db.session.flush()
        return act.answer(statement_of(written), status, ETag=quoted(str(written.id)))


# The visions --------------------------------------------------------------------------------------------------------


@vision_api.get("")
@asks(policy.may_read_direction)
@vision_api.answers(Visions)
def list_visions() -> Any:
    """The visions that hold now."""
    return {"items": [vision_of(vision) for _months, vision in sorted(queries.visions().items())]}


@vision_api.get("/<int:months>")
@asks(policy.may_read_direction)
@vision_api.answers(VisionShown)
def show_vision(months: int) -> Any:
    """One vision. Its `ETag` names the version."""
    vision = _there(queries.vision(months))
    return vision_of(vision), {"ETag": quoted(str(vision.id))}


@vision_api.post("")
@asks(policy.may_write_direction)
@vision_api.takes(NewVisionBody)
@vision_api.answers(VisionShown, 201)
def create_vision(said: dict[str, Any]) -> Any:
    """Write a vision, where none is written yet."""
    headers = {"Location": f"{vision_api.url_prefix}/{said['months']}"}
    return _write_vision(said["months"], said, _not_there, 201, **headers)


@vision_api.patch("/<int:months>")
@asks(policy.may_write_direction)
@vision_api.takes(VisionBody)
@vision_api.answers(VisionShown)
def change_vision(said: dict[str, Any], months: int) -> Any:
    """Write it anew, for the same day as before or counted from today."""
    return _write_vision(months, said, _there, 200)


def _write_vision(months: int, said: dict[str, Any], expects: Callable[[Any], Any], status: int, **headers: str) -> Any:
    with commanding() as act:
        act.authorize(policy.may_write_direction)
        before = expects(queries.vision_for_change(months))
        number = before.id if before else 0
        if before:
            refuse_another_version(str(number), lambda: vision_of(before))
        vision = Vision.write(
            months,
            said["statement"],
            before=before,
            shown=number,
            count_again=said["count_again"],
            today=house_rules().today,
            by=act.person,
            at=act.at,
        )
        db.session.flush()
        return act.answer(vision_of(vision), status, ETag=quoted(str(vision.id)), **headers)


# Inside -------------------------------------------------------------------------------------------------------------


def _there(written: Any) -> Any:
    """What is written.

    Raises:
        Missing: nothing is.
    """
    if written is None:
        raise Missing
    return written


def _not_there(written: Any) -> None:
    """Nothing, where nothing is written.

    Raises:
        Conflict: something is.
    """
    if written is not None:
        raise Conflict(_l("This is written already. Read it, then change it with PATCH."))
