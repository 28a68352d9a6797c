"""Forms of the bridge: what a browser sends."""

from __future__ import annotations

import re
from collections.abc import Iterable

from wtforms import BooleanField, SelectMultipleField
from wtforms.fields.choices import SelectChoice

from portfolio.bridge.barrier import BarrierText
from portfolio.bridge.challenge import ChallengeText
from portfolio.bridge.text import PromotionText
from portfolio.foundation.forms import (
    Day,
    Form,
    LongText,
    Needed,
    Number,
    Pick,
    Reading,
    Select,
    Text,
    chosen,
    long,
    optional,
    short,
)
from portfolio.foundation.languages import gettext as _
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.network.learning import Learning
from portfolio.organisation.change import FormOfChange
from portfolio.organisation.unit import Unit
from portfolio.people.person import Person

HIERARCHY_FORMS = (FormOfChange.IMPROVE, FormOfChange.RENEW)
REF = re.compile(r"[^\s,;]+")


class PromotionForm(Form):
    """Learnings, and what they would change in daily work."""

    learnings = SelectMultipleField(_l("What was learned"), coerce=int, choices=[])
    others = Text(_l("Learnings of other experiments"), validators=[short(200)])
    title = Text(_l("Title"), validators=[Needed(_l("Say in a few words what will be different.")), short()])
    change = LongText(
        _l("What changes in daily work?"), validators=[Needed(_l("Write what changes in daily work.")), long()]
    )
    put_to = Select(_l("Operations owner"), choices=[], validators=[Needed(_l("Choose who answers."))])
    form = Pick(
        _l("It becomes"),
        choices=[SelectChoice(form.value, form.label) for form in HIERARCHY_FORMS],
        default=FormOfChange.IMPROVE.value,
    )
    metric = Text(_l("Measure it should move"), validators=[Needed(_l("Name the measure.")), short()])
    unit_of_measure = Text(_l("Counted in"), validators=[short(30)])
    baseline = Number(_l("Today"), validators=[Needed(_l("Give the value today."))])
    target = Number(_l("Expected"), validators=[Needed(_l("Give the value you expect."))])

    def offer(self, learnings: Iterable[Learning], owners: Iterable[tuple[Unit, Person]]) -> None:
        """Let it offer these learnings, and these people to put it to."""
        self.learnings.choices = [
            SelectChoice(learning.id, f"{learning.title} ({learning.ref}, {learning.evidence.label})")
            for learning in learnings
        ]
        self.put_to.choices = [
            SelectChoice("", _l("Choose who answers")),
            *(SelectChoice(f"{unit.id}-{person.id}", f"{person.name}, {unit.name}") for unit, person in owners),
        ]

    @property
    def other_refs(self) -> list[str]:
        """The identifiers of further learnings, as typed."""
        return [found.upper() for found in REF.findall(self.others.data or "")]

    @property
    def chosen(self) -> tuple[int, int]:
        """The numbers of the unit and of the person it is put to."""
        unit, person = self.put_to.data.split("-")
        return int(unit), int(person)

    def text(self) -> PromotionText:
        """What the form says."""
        return PromotionText(
            title=self.title.data or "",
            change=self.change.data or "",
            form=FormOfChange(self.form.data),
            metric=self.metric.data or "",
            unit_of_measure=self.unit_of_measure.data or "",
            baseline=self.baseline.data,
            target=self.target.data,
        )


class AcceptanceForm(Reading):
    """Yes: why, who is accountable and, when it is known already, from when to when."""

    accountable = Select(_l("Accountable"), coerce=int, choices=[])
    starts_on = Day(_l("Starts on"), validators=[optional()])
    due_on = Day(_l("Due on"), validators=[optional()])
    why = LongText(_l("Why do it?"), validators=[Needed(_l("Write the reason. The team reads it.")), long()])


class DeferralForm(Reading):
    """Not now: to which review, and why."""

    deferred_until = Select(_l("Until which review?"), choices=[])
    why_later = LongText(_l("Why later?"), validators=[Needed(_l("Write the reason. The team reads it.")), long()])


class DeclineForm(Reading):
    """No, and why."""

    why_not = LongText(_l("Why not?"), validators=[Needed(_l("Write the reason. The team reads it.")), long()])


class CommentForm(Form):
    """Something to say."""

    body = LongText(_l("Your comment"), validators=[Needed(_l("Write what you want to say.")), long()])
    is_question = BooleanField(_l("This is a question"))


class ChallengeForm(Form):
    """A tension from operations."""

    title = Text(_l("Question"), validators=[Needed(_l("Ask it in one sentence.")), short()])
    tension = LongText(_l("What hurts?"), validators=[Needed(_l("Write what hurts.")), long()])
    unit = Select(_l("Unit"), coerce=int, default=0, choices=[SelectChoice(0, _l("No unit of its own"))])
    metric = Text(_l("Measure that hurts"), validators=[short()])
    unit_of_measure = Text(_l("Counted in"), validators=[short(30)])
    value = Number(_l("Today"))

    def text(self) -> ChallengeText:
        """What the form says."""
        return ChallengeText(
            title=self.title.data or "",
            tension=self.tension.data or "",
            metric=self.metric.data or "",
            unit_of_measure=self.unit_of_measure.data or "",
            value=self.value.data,
        )


class UptakeForm(Form):
    """What is to work on it."""

    taker = Select(
        _l("With what?"), choices=[], validators=[Needed(_l("Choose an experiment or an initiative of yours."))]
    )


class OutcomeForm(Form):
    """What changed since."""

    outcome = LongText(_l("What changed?"), validators=[Needed(_l("Write what changed.")), long()])


class ClosingForm(Form):
    """Why it is let go."""

    reason = LongText(_l("Why is it closed?"), validators=[Needed(_l("Write the reason.")), long()])


class BarrierForm(Form):
    """What stands in the way of an experiment."""

    title = Text(
        _l("What stands in the way?"), validators=[Needed(_l("Say in one sentence what stands in the way.")), short()]
    )
    obstacle = LongText(
        _l("What would it take?"), validators=[Needed(_l("Write what you tried, and what it would take.")), long()]
    )

    def text(self) -> BarrierText:
        """What the form says."""
        return BarrierText(title=self.title.data or "", obstacle=self.obstacle.data or "")


class OwnerForm(Reading):
    """Who removes it, and by when."""

    owner = Select(_l("Who removes it?"), coerce=chosen, choices=[], validators=[Needed(_l("Choose who removes it."))])
    due_on = Day(_l("By"), validators=[Needed(_l("Give the day."))])

    def offer(self, people: Iterable[Person]) -> None:
        """Let it offer these people, after nobody: whoever would come first took nothing on by that."""
        nobody = SelectChoice("", _("Choose who"))
        self.owner.choices = [nobody, *(SelectChoice(person.id, person.name) for person in people)]


class RemovalForm(Reading):
    """That it is out of the way."""

    outcome = LongText(_l("What made way?"), validators=[long()])


class StaysForm(Reading):
    """Why it cannot be removed."""

    reason = LongText(
        _l("Why can it not be removed?"),
        validators=[Needed(_l("Write why it cannot be removed. The team reads it.")), long()],
    )
