"""Shapes of JSON that know the organisation's calendar."""

from __future__ import annotations

import re
from typing import Any

import marshmallow as ma

from portfolio.foundation.errors import RuleBroken
from portfolio.foundation.languages import gettext as _
from portfolio.organisation.house_rules import house_rules
from portfolio.organisation.quarter import Quarter

NAME = r"^[0-9]{4}-Q[1-4]$"


class QuarterField(ma.fields.String):
    """A quarter of the organisation's fiscal year, by its name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"metadata": {"pattern": NAME, "examples": ["2026-Q4"]}})

    def _deserialize(self, value: Any, *rest: Any, **more: Any) -> Any:
        name = super()._deserialize(value, *rest, **more)
        if not re.fullmatch(NAME, name):
            raise ma.ValidationError(_("Name the quarter by its fiscal year and number, for example 2026-Q4."))
        try:
            return Quarter.named(name, house_rules().fiscal_year_month)
        except ValueError as error:
            raise RuleBroken(_("Name a quarter from 1900 to 2998.")) from error
