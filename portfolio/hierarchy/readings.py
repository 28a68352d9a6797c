"""The two readings that tell the effect of an initiative, as subqueries of a statement that reads initiatives."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import ScalarSelect, Select, select

from portfolio.foundation.correction import holds
from portfolio.hierarchy.initiative import Initiative
from portfolio.organisation.measure import Reading


@cache
def latest_reading() -> ScalarSelect[int]:
    """The number of the last reading of its measure, by day."""
    return _one_of(_readings().order_by(Reading.read_on.desc(), Reading.id.desc()))


@cache
def reading_at_embedding() -> ScalarSelect[int]:
    """The number of what was read when it was embedded, or of the first reading after that where it was taken back."""
    since = _readings().where(Reading.read_on >= Initiative.embedded_on, Reading.at >= Initiative.ended_at)
    return _one_of(since.order_by(Reading.read_on, Reading.id))


def _readings() -> Select[Any]:
    return select(Reading.id).where(Reading.measure_id == Initiative.measure_id, holds(Reading))


def _one_of(statement: Select[Any]) -> ScalarSelect[int]:
    return statement.limit(1).correlate(Initiative).scalar_subquery()
