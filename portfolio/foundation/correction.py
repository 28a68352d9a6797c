"""What was written down is corrected by a newer row that names it, and both stay."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

# Conditions are the same for every statement, and making an alias anew costs more than many a statement.


@cache
def is_corrected(model: Any) -> ColumnElement[bool]:
    """Whether a newer row of the same table takes a row's place.

    Args:
        model: a table with a unique column `corrects_id`.
    """
    newer = aliased(model)
    return select(newer.id).where(newer.corrects_id == model.id).correlate(model).exists()


@cache
def holds(model: Any) -> ColumnElement[bool]:
    """Whether a row still stands, with none in its place."""
    return ~is_corrected(model)
