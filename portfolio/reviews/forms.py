"""Forms for reviews."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup
from wtforms import SelectMultipleField, TimeField
from wtforms.fields.choices import SelectChoice

from portfolio.foundation.forms import (
    Day,
    Form,
    InRange,
    LongText,
    Needed,
    Options,
    Reading,
    Select,
    Text,
    WholeNumber,
    chosen,
    long,
    optional,
    short,
)
from portfolio.foundation.languages import gettext as _
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.foundation.languages import locale
from portfolio.organisation.house_rules import HouseRules
from portfolio.organisation.quarter import Quarter
from portfolio.people.person import Person
from portfolio.reviews.outcome import Part
from portfolio.reviews.review import LONGEST, SHORTEST, Plan, Review, may_facilitate

WEEKS_BETWEEN = timedelta(weeks=13)


class Time(TimeField):
    """A time of the day, from the browser's own clock."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the time, and say how to write one that cannot be read."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(_("Give the time as hours and minutes, for example 14:00.")) from error


class PlanForm(Reading):
    """When a review is held, and what it looks back on."""

    quarter = Select(_l("Looks back on"), choices=[])
    day = Day(_l("Day"), validators=[Needed(_l("Give the day."))])
    time = Time(_l("Time"), validators=[Needed(_l("Give the time."))])
    minutes = WholeNumber(
        _l("Length in minutes"),
        default=90,
        validators=[
            Needed(_l("Say how many minutes it takes.")),
            InRange(SHORTEST, LONGEST, _l("Choose 15 to 600 minutes.")),
        ],
    )
    facilitator = Select(_l("Facilitator"), coerce=int)
    participants = SelectMultipleField(_l("Who takes part"), coerce=int, choices=[])
    notes = LongText(_l("What to prepare"), validators=[long()])

    @property
    def facilitator_id(self) -> int:
        """Who facilitates."""
        return int(self.facilitator.data)

    def offer(self, quarters: Iterable[Quarter], people: Iterable[Person]) -> None:
        """Let it offer these quarters and these people."""
        self.quarter.choices = [SelectChoice(quarter.name, quarter.name) for quarter in quarters]
        self.facilitator.choices = [SelectChoice(person.id, person.name) for person in people]

    def offer_participants(self, people: Iterable[Person]) -> None:
        """Let it offer to ask these people."""
        self.participants.choices = [
            SelectChoice(person.id, f"{person.name}, {person.unit.name}" if person.unit else person.name)
            for person in people
        ]

    @property
    def participant_ids(self) -> set[int]:
        """Who takes part, beside whoever facilitates."""
        return set(self.participants.data or ())

    def show(self, review: Review, rules: HouseRules) -> None:
        """Fill it with what is planned."""
        there = review.scheduled_for.astimezone(ZoneInfo(rules.time_zone))
        self.quarter.data, self.facilitator.data = review.quarter, review.facilitator_id
        self.day.data, self.time.data = there.date(), there.time()
        self.minutes.data, self.notes.data = review.minutes, review.notes

    def plan(self, people: Mapping[int, Person], rules: HouseRules) -> Plan:
        """What is written.

        Args:
            people: whoever is named in it, by number.
        """
        there = datetime.combine(self.day.data, self.time.data, ZoneInfo(rules.time_zone))
        return Plan(
            quarter=Quarter.named(self.quarter.data, rules.fiscal_year_month),
            scheduled_for=there,
            minutes=self.minutes.data,
            facilitator=people[self.facilitator_id],
            participants=[people[person_id] for person_id in sorted(self.participant_ids)],
            notes=self.notes.data or "",
        )


class NoteForm(Form):
    """What was said about a part of the agenda."""

    part = Select(_l("About"), choices=[SelectChoice(part.value, part.label) for part in Part])
    body = LongText(_l("Note"), validators=[Needed(_l("Write the note.")), long()])


class HalfHourNoteForm(Form):
    """What was said in the half hour."""

    body = LongText(_l("Note"), validators=[Needed(_l("Write the note.")), long()])


class Owners(Options):
    """Who can take something on, first those who are here; hundreds, and the same ones for all who follow a meeting.

    As long as nobody is chosen the list is made once in each language.
    """

    def __init__(self, people: Iterable[Person], *, here: Iterable[Person] = ()) -> None:
        super().__init__()
        self._near = {person.id for person in here}
        self._people = sorted(((one.id, one.name) for one in people), key=lambda one: one[0] not in self._near)
        self._choices: dict[str, list[SelectChoice]] = {}
        self._drawn: dict[tuple[object, ...], Markup] = {}

    @property
    def choices(self) -> list[SelectChoice]:
        """They, after nobody: whoever would come first took nothing on by that."""
        language = locale().language
        if language not in self._choices:
            groups = (_("In the room"), _("Everyone else")) if self._near else (None, None)
            people = (SelectChoice(id_, name, optgroup=groups[id_ not in self._near]) for id_, name in self._people)
            self._choices[language] = [SelectChoice("", _("Choose who")), *people]
        return self._choices[language]

    def __call__(self, field: Any, **attributes: Any) -> Markup:
        """The list as HTML."""
        if field.data is not None or field.raw_data:
            return Markup(super().__call__(field, **attributes))  # Escaped there.  # noqa: S704
        key = (locale().language, *sorted(attributes.items()))
        if key not in self._drawn:
            self._drawn[key] = Markup(super().__call__(field, **attributes))  # Escaped there.  # noqa: S704
        return self._drawn[key]


class ActionForm(Form):
    """What somebody takes on."""

    what = Text(_l("What"), validators=[Needed(_l("Say what is done.")), short(200)])
    owner = Select(_l("Who"), coerce=chosen, validators=[Needed(_l("Choose who does it."))])
    due_on = Day(_l("By"), validators=[Needed(_l("Give the day."))])

    def offer(self, owners: Owners) -> None:
        """Let it offer these people."""
        self.owner.choices, self.owner.widget = owners.choices, owners


class ChoiceForm(Form):
    """What we will not do."""

    choice = Text(_l("We will not"), validators=[Needed(_l("Say what we will not do.")), short(200)])
    reason = LongText(_l("Reason"), validators=[Needed(_l("Write the reason.")), long()])


class KeepForm(Form):
    """Why an approved experiment keeps its money."""

    reason = LongText(_l("Reason"), validators=[Needed(_l("Write the reason.")), long()])


class ReopeningForm(Form):
    """Why something we chose not to do is taken up again."""

    reopening = LongText(_l("Why now"), validators=[Needed(_l("Write the reason.")), long()])


class AddendumForm(Form):
    """A correction below a frozen record."""

    body = LongText(_l("Correction"), validators=[Needed(_l("Write what has to be set right.")), long()])


class CloseForm(Form):
    """The button; and the day of the next review, if it is known."""

    next_day = Day(_l("Day of the next review"), validators=[optional()])
    next_time = Time(_l("Time"), validators=[optional()])

    def suggest(self, review: Review, rules: HouseRules) -> None:
        """Offer the same weekday and hour, thirteen weeks on, or as soon as that is."""
        there = review.scheduled_for.astimezone(ZoneInfo(rules.time_zone))
        day = there.date() + WEEKS_BETWEEN
        while day <= rules.today:
            day += WEEKS_BETWEEN
        self.next_day.data, self.next_time.data = day, there.time()

    def next(self, review: Review, people: Mapping[int, Person], rules: HouseRules, *, by: Person) -> Plan | None:
        """The plan for it: as this one, for the quarter after; none without a day.

        Args:
            people: who took part, and whoever facilitated, with roles.
            by: closes this one, and facilitates the next when whoever did cannot any more.
        """
        if self.next_day.data is None:
            return None
        before = people[review.facilitator_id]
        at = self.next_time.data or review.scheduled_for.astimezone(ZoneInfo(rules.time_zone)).time()
        return Plan(
            quarter=Quarter.named(review.quarter, rules.fiscal_year_month).next,
            scheduled_for=datetime.combine(self.next_day.data, at, ZoneInfo(rules.time_zone)),
            minutes=review.minutes,
            facilitator=before if may_facilitate(before) else by,
            participants=[person for person in people.values() if person.is_volunteer],
        )
