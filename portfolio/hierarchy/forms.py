"""Forms of the hierarchy: what a browser sends, and how it becomes the text of an initiative."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask import g
from wtforms import BooleanField, FieldList, FormField, HiddenField
from wtforms import Form as PlainForm
from wtforms.fields.choices import SelectChoice

from portfolio.foundation.forms import (
    Amount,
    Day,
    Form,
    InRange,
    LongText,
    Needed,
    Number,
    Pick,
    Select,
    Text,
    WholeNumber,
    long,
    optional,
    short,
)
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.foundation.money import LARGEST, Money
from portfolio.hierarchy.state import Colour, Letter
from portfolio.hierarchy.text import InitiativeText, MilestoneText, RoleText
from portfolio.organisation.change import HORIZON_LABELS, FormOfChange
from portfolio.organisation.measure_forms import number_in
from portfolio.people.person import Person
from portfolio.strategy.forms import phase_choice

MOST_ROWS = 20
HIERARCHY_FORMS = (FormOfChange.IMPROVE, FormOfChange.RENEW)


def offer_people(people: Iterable[Person]) -> None:
    """Let every choice of a person on this page offer these people."""
    g.offered_people = [SelectChoice(person.id, person.name) for person in people]


def _people() -> list[SelectChoice]:
    return [SelectChoice(0, _l("Nobody yet")), *g.get("offered_people", [])]


class MilestoneForm(PlainForm):
    """One milestone."""

    number = HiddenField()
    name = Text(_l("Milestone"), validators=[short()])
    due_on = Day(_l("Due on"), validators=[optional()])

    def text(self) -> MilestoneText:
        """What is written."""
        return MilestoneText(self.name.data or "", self.due_on.data, number_in(self.number.data))


class RoleForm(PlainForm):
    """One person and what they do."""

    person = Select(_l("Who"), coerce=int, default=0, choices=_people)
    letter = Select(
        _l("Part"),
        default=Letter.RESPONSIBLE.value,
        choices=[SelectChoice(letter.value, letter.label) for letter in Letter if letter is not Letter.ACCOUNTABLE],
    )

    def text(self, people: Mapping[int, Person]) -> RoleText:
        """What is written."""
        return RoleText(people.get(self.person.data), Letter(self.letter.data))


class InitiativeForm(Form):
    """An initiative on one page. A draft may leave anything but its title open."""

    revision = HiddenField(default="0")
    form = Pick(
        _l("Form of change"),
        choices=[SelectChoice(form.value, form.label) for form in HIERARCHY_FORMS],
        default=FormOfChange.IMPROVE.value,
    )
    title = Text(_l("Title"), validators=[Needed(_l("Write the title. A draft needs no more.")), short()])
    why = LongText(_l("Why"), validators=[long()])
    unit = Select(_l("Unit"), coerce=int, default=0, choices=[SelectChoice(0, _l("Not decided yet"))])
    owner = Select(_l("Accountable owner"), coerce=int, default=0, choices=_people)
    mandate = LongText(_l("Mandate"), validators=[long()])
    phase = phase_choice()
    starts_on = Day(_l("Starts on"), validators=[optional()])
    due_on = Day(_l("Due on"), validators=[optional()])
    metric = Text(_l("Measure"), validators=[short()])
    unit_of_measure = Text(_l("Counted in"), validators=[short(30)])
    baseline = Number(_l("Baseline"))
    target = Number(_l("Target"))
    milestones = FieldList(FormField(MilestoneForm), min_entries=1, max_entries=MOST_ROWS)
    roles = FieldList(FormField(RoleForm), min_entries=1, max_entries=MOST_ROWS)
    budget = Amount(_l("Own budget"), validators=[optional(), InRange(0, LARGEST, _l("Give an amount of 0 or more."))])
    hours_a_week = WholeNumber(
        _l("Hours a week, all together"),
        validators=[optional(), InRange(0, 2000, _l("Give the hours of everybody together."))],
    )
    horizon = Select(
        _l("Horizon"),
        coerce=int,
        default=0,
        choices=[SelectChoice(0, _l("As the form of change says"))]
        + [SelectChoice(number, words) for number, words in HORIZON_LABELS.items()],
    )

    def named_people(self) -> set[int]:
        """The numbers of everybody who is named."""
        return {number for number in (self.owner.data, *(row.form.person.data for row in self.roles)) if number}

    def text(self, currency: str, people: Mapping[int, Person]) -> InitiativeText:
        """What the form says."""
        return InitiativeText(
            title=self.title.data or "",
            form=FormOfChange(self.form.data),
            why=self.why.data or "",
            mandate=self.mandate.data or "",
            starts_on=self.starts_on.data,
            due_on=self.due_on.data,
            budget=self.budget.data or Money(0, currency),
            hours_a_week=self.hours_a_week.data or 0,
            horizon=self.horizon.data,
            metric=self.metric.data or "",
            unit_of_measure=self.unit_of_measure.data or "",
            baseline=self.baseline.data,
            target=self.target.data,
            milestones=tuple(row.form.text() for row in self.milestones),
            roles=tuple(row.form.text(people) for row in self.roles),
        )

    def add_row(self, kind: str) -> bool:
        """Add an empty row, as the button without script asks; says whether that was asked."""
        rows = {"milestones": self.milestones, "roles": self.roles}.get(kind)
        if rows is None:
            return False
        if len(rows) < MOST_ROWS:
            rows.append_entry()
        return True

    @classmethod
    def showing(
        cls, text: InitiativeText, *, unit_id: int | None, owner_id: int | None, phase_id: int | None, revision: int
    ) -> InitiativeForm:
        """The form filled with what an initiative says."""
        said = {
            "form": text.form.value,
            "horizon": 0 if text.horizon == text.form.default_horizon else text.horizon,
            "unit": unit_id or 0,
            "owner": owner_id or 0,
            "phase": phase_id or 0,
            "revision": str(revision),
            "milestones": [{"number": str(m.number), "name": m.name, "due_on": m.due_on} for m in text.milestones],
            "roles": [{"person": r.person.id, "letter": r.letter.value} for r in text.roles if r.person is not None],
        }
        return cls(formdata=None, data=vars(text) | said)


class StatusForm(Form):
    """How it goes this week."""

    colour = Pick(
        _l("How does it go?"),
        choices=[SelectChoice(colour.value, colour.label) for colour in Colour],
        validate_choice=False,
        validators=[Needed(_l("Choose one of the three."))],
    )
    percent = WholeNumber(
        _l("Done, in percent"),
        validators=[
            Needed(_l("Give how much is done, 0 to 100.")),
            InRange(0, 100, _l("Give how much is done, 0 to 100.")),
        ],
    )
    reason = LongText(_l("Reason"), validators=[Needed(_l("Write the reason in one sentence.")), long()])

    def chosen(self) -> Colour | None:
        """The colour, if it is one of ours."""
        return next((colour for colour in Colour if colour.value == self.colour.data), None)


class EmbeddingForm(Form):
    """The day it became daily work, and what its measure said then."""

    value = Number(_l("Value of its measure on that day"), validators=[Needed(_l("Give the value."))])
    embedded_on = Day(_l("Embedded on"), validators=[Needed(_l("Give the day."))])
    note = Text(_l("Note"), validators=[short(300)])


class CancellationForm(Form):
    """Why it is called off."""

    reason = LongText(_l("Reason"), validators=[Needed(_l("Write the reason. It stays readable.")), long()])


class CommentForm(Form):
    """Something to say about an initiative."""

    body = LongText(_l("Your comment"), validators=[Needed(_l("Write what you want to say.")), long()])
    is_question = BooleanField(_l("This is a question"))
