"""A charter as questions and answers in words, so that two of them can be laid side by side."""

from __future__ import annotations

from decimal import Decimal

from portfolio.foundation.drawing import quantity
from portfolio.foundation.languages import gettext as _
from portfolio.foundation.languages import ngettext, number_words
from portfolio.foundation.money import Money
from portfolio.network.charter import Charter, CriterionText, GuardrailText, MilestoneText
from portfolio.organisation.change import HORIZON_LABELS
from portfolio.organisation.measure import Direction


def words_of(charter: Charter, *, amounts: bool = True) -> dict[str, str]:
    """What each question of a charter is answered with.

    Args:
        charter: the text.
        amounts: whether the reader may see money.
    """
    charter = charter.tidy()
    said = {
        _("Form of change"): str(charter.form.label),
        _("Question"): charter.title,
        _("Hypothesis"): charter.hypothesis,
        _("Riskiest assumption"): charter.riskiest_assumption,
        **{_("Criterion %(number)s", number=n): _criterion(c) for n, c in enumerate(charter.criteria, start=1)},
        _("Length"): ngettext("One week", "%(num)s weeks", charter.weeks) if charter.weeks else "",
        _("Budget asked"): str(charter.budget) if amounts else "",
        _("First step, Monday at 9:00"): charter.first_step,
        _("What hurts today"): charter.problem,
        _("What it is worth on its own"): charter.standalone_value,
    }
    said |= {_("Milestone %(number)s", number=n): _milestone(m, charter.budget.currency, amounts=amounts)
             for n, m in enumerate(charter.milestones, start=1)}  # fmt: skip
    said |= {_("Guardrail %(number)s", number=n): _guardrail(g) for n, g in enumerate(charter.guardrails, start=1)}
    said[_("Hours a week, all together")] = number_words(charter.hours_a_week) if charter.hours_a_week else ""
    said[_("Horizon")] = str(HORIZON_LABELS[charter.horizon])
    return said


def _criterion(criterion: CriterionText) -> str:
    measured = _(
        "%(metric)s: from %(baseline)s to %(target)s",
        metric=criterion.metric,
        baseline=_figure(criterion.baseline, criterion.unit),
        target=_figure(criterion.target, criterion.unit),
    )
    more = [
        _("stop threshold %(value)s", value=_figure(criterion.stop_threshold, criterion.unit))
        if criterion.stop_threshold is not None
        else "",
        _("read in week %(week)s", week=criterion.due_week) if criterion.due_week else "",
        criterion.how,
        _("this one decides") if criterion.primary else "",
    ]
    return "; ".join(filter(None, [measured, *more]))


def _guardrail(guardrail: GuardrailText) -> str:
    said = {"metric": guardrail.metric, "limit": _figure(guardrail.limit, guardrail.unit)}
    if guardrail.direction is Direction.AT_LEAST:
        return _("%(metric)s: at least %(limit)s", **said)
    return _("%(metric)s: at most %(limit)s", **said)


def _milestone(milestone: MilestoneText, currency: str, *, amounts: bool) -> str:
    parts = [
        milestone.name,
        _("week %(week)s", week=milestone.week) if milestone.week else "",
        str(Money(milestone.amount, currency)) if amounts and milestone.amount else "",
    ]
    return ", ".join(filter(None, parts))


def _figure(value: Decimal | None, unit: str) -> str:
    return "…" if value is None else quantity(value, unit)
