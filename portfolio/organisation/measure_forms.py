"""Forms for readings."""

from __future__ import annotations

from wtforms import HiddenField

from portfolio.foundation.forms import Day, Form, Needed, Number, Text, short
from portfolio.foundation.languages import lazy_gettext as _l


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
