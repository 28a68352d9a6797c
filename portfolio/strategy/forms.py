"""Forms for the direction."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import BooleanField, HiddenField
from wtforms.fields.choices import SelectChoice

from portfolio.foundation.forms import Day, Form, LongText, Needed, Pick, Select, Text, long, short
from portfolio.foundation.languages import date_words
from portfolio.foundation.languages import gettext as _
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.foundation.numbering import number_in
from portfolio.strategy.phase import Phase, PhaseText

STATEMENT = 200  # Letters. What needs more is not one statement yet.


class StatementForm(Form):
    """One short statement, instead of the one that was shown."""

    shown = HiddenField(default="0")
    statement = LongText(
        _l("Statement"), validators=[Needed(_l("Write it in one or two sentences.")), short(STATEMENT)]
    )

    @property
    def shown_id(self) -> int:
        """The number of the statement that was shown, 0 for none."""
        return number_in(self.shown.data) or 0


class VisionForm(StatementForm):
    """A vision."""

    count_again = BooleanField(_l("Count the months from today again"))


class PhaseForm(Form):
    """A phase."""

    revision = HiddenField(default="0")
    name = Text(_l("Name"), validators=[Needed(_l("Give it a name of a few words.")), short(80)])
    brings = LongText(_l("What it brings"), validators=[Needed(_l("Say what is different when it is done.")), long()])
    worth = LongText(
        _l("What it is worth on its own"),
        validators=[Needed(_l("Say what we have if nothing comes after it.")), long()],
    )
    serves = Pick(
        _l("Which vision it serves"),
        choices=[SelectChoice("24", _l("24 months")), SelectChoice("48", _l("48 months"))],
        default="24",
    )
    starts_on = Day(_l("First day"), validators=[Needed(_l("Give the first day."))])
    ends_on = Day(_l("Last day"), validators=[Needed(_l("Give the last day."))])

    def text(self) -> PhaseText:
        """What is written."""
        return PhaseText(
            name=self.name.data,
            brings=self.brings.data,
            worth=self.worth.data,
            serves=int(self.serves.data),
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
        )

    @property
    def shown_revision(self) -> int:
        """The revision that was shown."""
        return number_in(self.revision.data) or 0

    @classmethod
    def showing(cls, phase: Phase) -> PhaseForm:
        """The form filled with what a phase says."""
        return cls(formdata=None, obj=phase)


class ClosingForm(Form):
    """Why a phase ends."""

    because = LongText(_l("Reason"), validators=[Needed(_l("Write what came of it, or why it is not done.")), long()])


def phase_choice() -> Select:
    """A field for the phase that something hangs on; `offer_phases()` fills it."""
    return Select(_l("Phase it is a step in"), coerce=int, default=0, choices=[SelectChoice(0, _l("None yet"))])


def offer_phases(field: Select, phases: Sequence[Phase]) -> None:
    """Let a choice offer these phases, after the empty one."""
    said = [
        SelectChoice(
            phase.id,
            _(
                "%(name)s, %(first)s to %(last)s",
                name=phase.name,
                first=date_words(phase.starts_on),
                last=date_words(phase.ends_on, year=True),
            ),
        )
        for phase in phases
    ]
    field.choices = [field.choices[0], *said]
