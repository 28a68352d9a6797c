"""Forms of the network: what a browser sends, and how it becomes a charter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, FieldList, FormField, HiddenField
from wtforms import Form as PlainForm
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

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
    clean_line,
    long,
    optional,
    short,
)
from portfolio.foundation.languages import gettext as _
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.foundation.languages import ngettext
from portfolio.foundation.money import LARGEST, Money
from portfolio.foundation.pictures import PictureRefused, developed
from portfolio.network.charter import Charter, CriterionText, GuardrailText, MilestoneText
from portfolio.network.decision import DecisionKind
from portfolio.network.learning import Evidence, Kind
from portfolio.network.picture import MOST_PICTURES, Illustration
from portfolio.organisation.change import HORIZON_LABELS, FormOfChange
from portfolio.organisation.measure import Direction

MOST_ROWS = 12
NETWORK_FORMS = (FormOfChange.TRANSITION, FormOfChange.INNOVATION)


def _weeks(label: object) -> WholeNumber:
    return WholeNumber(label, validators=[optional(), InRange(1, 520, _l("Give a number of weeks, 1 or more."))])


class CriterionForm(PlainForm):
    """One success criterion."""

    metric = Text(_l("Metric"), validators=[short()])
    unit = Text(_l("Counted in"), validators=[short(30)])
    baseline = Number(_l("Baseline"))
    target = Number(_l("Target"))
    stop_threshold = Number(_l("Stop threshold"))
    due_week = _weeks(_l("Read in week"))
    how = Text(_l("How it is counted"), validators=[short(300)])
    primary = BooleanField(_l("This is the one that decides"))

    def text(self) -> CriterionText:
        """What is written."""
        return CriterionText(
            metric=self.metric.data or "",
            unit=self.unit.data or "",
            baseline=self.baseline.data,
            target=self.target.data,
            stop_threshold=self.stop_threshold.data,
            how=self.how.data or "",
            due_week=self.due_week.data,
            primary=self.primary.data,
        )


class GuardrailForm(PlainForm):
    """One guardrail."""

    metric = Text(_l("What must not get worse"), validators=[short()])
    unit = Text(_l("Counted in"), validators=[short(30)])
    direction = Select(
        _l("Stays"),
        choices=[
            SelectChoice(Direction.AT_LEAST.value, _l("at least")),
            SelectChoice(Direction.AT_MOST.value, _l("at most")),
        ],
    )
    limit = Number(_l("Limit"))

    def text(self) -> GuardrailText:
        """What is written."""
        return GuardrailText(
            metric=self.metric.data or "",
            unit=self.unit.data or "",
            direction=Direction(self.direction.data),
            limit=self.limit.data,
        )


class MilestoneForm(PlainForm):
    """One milestone and its part of the money."""

    name = Text(_l("Milestone"), validators=[short()])
    week = _weeks(_l("In week"))
    amount = Amount(
        _l("Released then"), validators=[optional(), InRange(0, LARGEST, _l("Give an amount of 0 or more."))]
    )

    def text(self) -> MilestoneText:
        """What is written."""
        amount = self.amount.data.minor if self.amount.data else 0
        return MilestoneText(name=self.name.data or "", week=self.week.data, amount=amount)


class ProposalForm(Form):
    """A proposal on one page: nine questions, the rest folded. A draft may leave any of them open."""

    revision = HiddenField(default="0")
    configuration = Pick(
        _l("Do systems, processes or roles change?"),
        choices=[SelectChoice("1", _l("Yes")), SelectChoice("0", _l("No, not for now"))],
        default="0",
    )
    paradigm = Pick(
        _l("Does the way we think change?"),
        choices=[SelectChoice("1", _l("Yes")), SelectChoice("0", _l("No"))],
        default="1",
    )
    title = Text(_l("Question"), validators=[Needed(_l("Write the question. A draft needs no more.")), short()])
    hypothesis = LongText(_l("Hypothesis"), validators=[long()])
    riskiest_assumption = LongText(_l("Riskiest assumption"), validators=[long()])
    criteria = FieldList(FormField(CriterionForm), min_entries=1, max_entries=MOST_ROWS)
    weeks = _weeks(_l("Length in weeks"))
    budget = Amount(
        _l("Budget asked"), validators=[optional(), InRange(0, LARGEST, _l("Give an amount of 0 or more."))]
    )
    first_step = LongText(_l("First step, Monday at 9:00"), validators=[long()])

    problem = LongText(_l("What hurts today"), validators=[long()])
    standalone_value = LongText(_l("What it is worth on its own"), validators=[long()])
    guardrails = FieldList(FormField(GuardrailForm), min_entries=1, max_entries=MOST_ROWS)
    milestones = FieldList(FormField(MilestoneForm), min_entries=1, max_entries=MOST_ROWS)
    horizon = Select(
        _l("Horizon"),
        coerce=int,
        default=0,
        choices=[SelectChoice(0, _l("As the form of change says"))]
        + [SelectChoice(number, words) for number, words in HORIZON_LABELS.items()],
    )
    hours_a_week = WholeNumber(
        _l("Hours a week, all together"),
        validators=[optional(), InRange(0, 2000, _l("Give the hours of the whole team together."))],
    )
    confidence = Pick(
        _l("How sure are you that it works?"),
        choices=[SelectChoice("", _l("No answer"))] + [SelectChoice(str(n), f"{n}%") for n in range(0, 101, 10)],
        default="",
    )
    unit = Select(_l("Unit"), coerce=int, default=0, choices=[SelectChoice(0, _l("My own unit"))])
    phase = Select(
        _l("Phase of the vision it serves"), coerce=int, default=0, choices=[SelectChoice(0, _l("None yet"))]
    )
    visibility = Select(
        _l("Who can read it"),
        choices=[
            SelectChoice("open", _l("Everyone in the organisation")),
            SelectChoice("restricted", _l("Only team, sponsor, leaders and facilitators")),
            SelectChoice("shared", _l("Everyone, and the observers we work with")),
        ],
    )

    def form_of_change(self) -> FormOfChange:
        """Where the two answers lead."""
        return FormOfChange.by(
            configuration_changes=self.configuration.data == "1", paradigm_shifts=self.paradigm.data == "1"
        )

    def charter(self, currency: str) -> Charter:
        """What the form says."""
        form = self.form_of_change()
        return Charter(
            title=self.title.data or "",
            form=form,
            problem=self.problem.data or "",
            hypothesis=self.hypothesis.data or "",
            riskiest_assumption=self.riskiest_assumption.data or "",
            standalone_value=self.standalone_value.data or "",
            weeks=self.weeks.data,
            budget=self.budget.data or Money(0, currency),
            horizon=self.horizon.data or form.default_horizon,
            hours_a_week=self.hours_a_week.data or 0,
            first_step=self.first_step.data or "",
            criteria=tuple(row.form.text() for row in self.criteria),
            guardrails=tuple(row.form.text() for row in self.guardrails),
            milestones=tuple(row.form.text() for row in self.milestones),
        )

    def add_row(self, kind: str) -> bool:
        """Add an empty row, as the button without script asks; says whether that was asked."""
        rows = {"criteria": self.criteria, "guardrails": self.guardrails, "milestones": self.milestones}.get(kind)
        if rows is None:
            return False
        if len(rows) < MOST_ROWS:
            rows.append_entry()
        return True

    @classmethod
    def showing(cls, charter: Charter, *, revision: int) -> ProposalForm:
        """The form filled with what a proposal says."""
        said = {
            "title": charter.title,
            "configuration": str(int(charter.form.configuration_changes)),
            "paradigm": str(int(charter.form.paradigm_shifts)),
            "horizon": 0 if charter.horizon == charter.form.default_horizon else charter.horizon,
            "budget": charter.budget,
            "revision": str(revision),
            "criteria": [vars(criterion) for criterion in charter.criteria],
            "guardrails": [vars(g) | {"direction": g.direction.value} for g in charter.guardrails],
            "milestones": [vars(m) | {"amount": Money(m.amount, charter.budget.currency)} for m in charter.milestones],
        }
        return cls(formdata=None, data=vars(charter) | said)


class AnswerForm(Form):
    """Leadership's answer to a proposal."""

    version = HiddenField()
    answer = Pick(
        _l("Your answer"),
        choices=[
            SelectChoice("all", _l("Grant all of it")),
            SelectChoice("part", _l("Grant a part")),
            SelectChoice("return", _l("Return it")),
            SelectChoice("decline", _l("Decline")),
        ],
        validators=[Needed(_l("Choose one of the four answers."))],
    )
    amount = Amount(
        _l("Amount granted"), validators=[optional(), InRange(0, LARGEST, _l("Give an amount of 0 or more."))]
    )
    reason = LongText(
        _l("Reason"), validators=[Needed(_l("Write the reason. The team reads it word for word.")), long()]
    )
    conditions = LongText(_l("Conditions"), validators=[long()])
    sponsor = Select(_l("Sponsor"), coerce=int, default=0, choices=[SelectChoice(0, _l("Myself"))])
    confidence = WholeNumber(
        _l("How sure are you that it works, in percent?"),
        validators=[optional(), InRange(0, 100, _l("Choose 0 to 100."))],
    )


class CommentForm(Form):
    """Something to say about an experiment."""

    body = LongText(_l("Your comment"), validators=[Needed(_l("Write what you want to say.")), long()])
    is_question = BooleanField(_l("This is a question"))


class HandForm(Form):
    """An offer to join."""

    hours_a_week = WholeNumber(
        _l("Hours a week you can give"), validators=[Needed(), InRange(0, 60, _l("Choose 0 to 60 hours."))]
    )
    note = Text(_l("What you bring"), validators=[short(300)])


class MemberForm(Form):
    """Somebody to put on the team or to hand the lead to."""

    person = Select(_l("Who"), validators=[Needed(_l("Choose somebody."))], choices=[])


class StopForm(Form):
    """Why it ends early."""

    reason = LongText(_l("Reason"), validators=[Needed(_l("Write the reason in one sentence.")), long()])


class ReadingForm(PlainForm):
    """One measure, read on the day of the check-in."""

    measure = HiddenField()
    value = Number(_l("Value"))


class CheckInForm(Form):
    """The weekly pulse, in under a minute on a telephone."""

    confidence = Pick(
        _l("How sure are you that it works?"),
        choices=[SelectChoice(str(n), f"{n}%") for n in range(0, 101, 10)],
        validate_choice=False,
        validators=[Needed(_l("Choose how sure you are."))],
    )
    next_step = LongText(_l("What do you do Monday at 9:00?"), validators=[Needed(_l("Write one small step.")), long()])
    hours = WholeNumber(
        _l("Hours the team gave this week"), validators=[optional(), InRange(0, 2000, _l("Give 0 hours or more."))]
    )
    readings = FieldList(FormField(ReadingForm))


class LearningForm(Form):
    """A learning for the log."""

    title = Text(_l("We learned"), validators=[Needed(_l("Write it in one sentence.")), short(200)])
    kind = Pick(
        _l("What is it?"),
        choices=[SelectChoice(kind.value, kind.label) for kind in Kind],
        default=Kind.OBSERVATION.value,
    )
    evidence = Pick(
        _l("How strong is the evidence?"),
        choices=[SelectChoice(strength.value, strength.label) for strength in Evidence],
        default=Evidence.ANECDOTE.value,
    )
    body = LongText(_l("We observed"), validators=[Needed(_l("Write what you saw.")), long()])
    believed = LongText(_l("We believed"), validators=[long()])
    therefore = LongText(_l("Therefore"), validators=[long()])
    learned_on = Day(_l("Date"), validators=[optional()])
    exploratory = BooleanField(_l("Nobody predicted this"))
    pictures = MultipleFileField(_l("Pictures"))
    shows = LongText(_l("What they show"), validators=[long()])
    illustrations: Sequence[Illustration] = ()

    def validate_pictures(self, field: Any) -> None:
        """Draw them anew, or say which one cannot be.

        Raises:
            ValidationError: there are too many, or one is no picture that is kept.
        """
        sent = field.data or []
        if len(sent) > MOST_PICTURES:
            raise ValidationError(_("Choose at most %(most)s pictures.", most=MOST_PICTURES))
        try:
            pictures = [developed(file.stream, clean_line(file.filename or "")[:80]) for file in sent]
        except PictureRefused as refused:
            raise ValidationError(str(refused)) from refused
        self.illustrations = [Illustration(*pair) for pair in zip(pictures, self._lines(), strict=False)]

    def validate_shows(self, field: Any) -> None:
        """One line for each picture.

        Raises:
            ValidationError: there are more or fewer.
        """
        pictures, lines = len(self.pictures.data or []), len(self._lines())
        if lines > pictures == 0:
            raise ValidationError(_("Choose the picture that this is about, or take these words away."))
        each = field.raw_data[0].replace("\r", "").split("\n") if field.raw_data else []
        if lines < len(each) == pictures:
            silent = next(number for number, line in enumerate(each, start=1) if not line.strip())
            raise ValidationError(_("Say what picture %(number)s shows.", number=silent))
        if lines != pictures:
            raise ValidationError(
                _(
                    "Say of each picture what it shows, on a line of its own: %(pictures)s, %(lines)s.",
                    pictures=ngettext("one picture", "%(num)s pictures", pictures),
                    lines=ngettext("one line", "%(num)s lines", lines),
                )
            )
        if any(len(line) > 300 for line in self._lines()):
            raise ValidationError(_("Keep each line under %(most)s letters.", most=300))

    def _lines(self) -> list[str]:
        return [line for line in map(clean_line, (self.shows.data or "").splitlines()) if line]


class MeasureReadingForm(Form):
    """A reading of one of the experiment's measures."""

    measure = Select(_l("Measure"), coerce=int, choices=[])
    value = Number(_l("Value"), validators=[Needed(_l("Give the value."))])
    read_on = Day(_l("Read on"), validators=[Needed(_l("Give the day."))])
    note = Text(_l("Note"), validators=[short(300)])


class ExpenseForm(Form):
    """Something paid."""

    amount = Amount(
        _l("Amount"),
        validators=[Needed(_l("Give the amount.")), InRange(0, LARGEST, _l("Give an amount of 0 or more."))],
    )
    what = Text(_l("What for"), validators=[Needed(_l("Write what it was for.")), short(200)])
    spent_on = Day(_l("Paid on"), validators=[Needed(_l("Give the day."))])
    corrects = HiddenField()


class EvidenceForm(Form):
    """How a milestone was reached."""

    evidence = LongText(
        _l("How it was reached"), validators=[Needed(_l("Write how the milestone was reached.")), long()]
    )


class SupplementForm(Form):
    """More money while it runs."""

    amount = Amount(
        _l("Supplement"), validators=[Needed(_l("Give the amount.")), InRange(1, LARGEST, _l("Give more than 0."))]
    )
    reason = LongText(_l("Reason"), validators=[Needed(_l("Write the reason in one sentence.")), long()])


class RecommendationForm(Form):
    """The team's proposed next step."""

    kind = Pick(
        _l("The team proposes to"),
        choices=[SelectChoice(kind.value, kind.label) for kind in DecisionKind],
        validate_choice=False,
        validators=[Needed(_l("Choose one of the four."))],
    )
    cost = Amount(
        _l("What it would cost"), validators=[optional(), InRange(0, LARGEST, _l("Give an amount of 0 or more."))]
    )
    reason = LongText(_l("Why"), validators=[Needed(_l("Write why, in a few sentences.")), long()])


class WhyNotForm(PlainForm):
    """Why a criterion has no result."""

    criterion = HiddenField()
    because = Text(_l("Not measured, because"), validators=[short(300)])


class DecisionForm(Form):
    """Scale, persevere, pivot or stop."""

    kind = Pick(
        _l("Decision"),
        choices=[SelectChoice(kind.value, kind.label) for kind in DecisionKind],
        validate_choice=False,
        validators=[Needed(_l("Choose one of the four. There is no maybe."))],
    )
    reason = LongText(_l("Reason"), validators=[Needed(_l("Write the reason. It stays on record.")), long()])
    believed = LongText(_l("We believed"), validators=[Needed(_l("Write what was believed.")), long()])
    observed = LongText(_l("We observed"), validators=[Needed(_l("Write what was observed.")), long()])
    learned = LongText(_l("We learned"), validators=[Needed(_l("Write what was learned.")), long()])
    therefore = LongText(_l("Therefore"), validators=[Needed(_l("Write what follows from it.")), long()])
    why_not = FieldList(FormField(WhyNotForm))


class AmendmentReasonForm(Form):
    """Leadership's answer to an amendment."""

    answer = Pick(
        _l("Your answer"),
        choices=[SelectChoice("approve", _l("Approve it")), SelectChoice("decline", _l("Leave the charter as it is"))],
        validate_choice=False,
        validators=[Needed(_l("Choose one of the two."))],
    )
    reason = LongText(_l("Reason"), validators=[Needed(_l("Write the reason in one sentence.")), long()])


class AmendmentForm(ProposalForm):
    """The charter as it would be, with the reason."""

    reason = LongText(
        _l("Why it has to change"), validators=[Needed(_l("Write why the charter has to change.")), long()]
    )
