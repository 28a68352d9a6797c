"""Forms for readings."""

from __future__ import annotations

from wtforms import DateField, HiddenField

from portfolio.foundation.forms import Form, Needed, Number, Text, short
from portfolio.foundation.languages import gettext as _
from portfolio.foundation.languages import lazy_gettext as _l


class Day(DateField):  # type: ignore[misc]
    """A day, as the browser's calendar sends it."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day.

        Raises:
            ValueError: says how to write one.
        """
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(_("Give the day as year, month and day, for example 2026-11-30.")) from error


class ReadingForm(Form):
    """One value on one day, or the right value in place of a wrong one."""

    value = Number(_l("Value"), validators=[Needed(_l("Give the value."))])
    read_on = Day(_l("Read on"), validators=[Needed(_l("Give the day."))])
    note = Text(_l("Note"), validators=[short(300)])
    corrects = HiddenField()

    @property
    def corrected_number(self) -> int | None:
        """The number of the reading that was wrong, if there is one."""
        return number_in(self.corrects.data)


def number_in(text: str | None) -> int | None:
    """A row's number as an address or a hidden field gives it; None for anything else."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) <= 15 else None
