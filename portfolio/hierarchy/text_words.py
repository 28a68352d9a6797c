"""What an initiative says as questions and answers in words, so that two texts can be laid side by side."""

from __future__ import annotations

from portfolio.foundation.drawing import quantity
from portfolio.foundation.languages import date_words, number_words
from portfolio.foundation.languages import gettext as _
from portfolio.hierarchy.text import InitiativeText


def words_of(text: InitiativeText) -> dict[str, str]:
    """What each question of the text is answered with."""
    text = text.tidy()
    return {
        _("Form of change"): str(text.form.label),
        _("Title"): text.title,
        _("Why"): text.why,
        _("Measure"): text.metric,
        _("Baseline"): "" if text.baseline is None else quantity(text.baseline, text.unit_of_measure),
        _("Target"): "" if text.target is None else quantity(text.target, text.unit_of_measure),
        _("Mandate"): text.mandate,
        _("Starts on"): date_words(text.starts_on) if text.starts_on else "",
        _("Due on"): date_words(text.due_on) if text.due_on else "",
        **{
            _("Milestone %(number)s", number=n): ", ".join(
                filter(None, [milestone.name, date_words(milestone.due_on) if milestone.due_on else ""])
            )
            for n, milestone in enumerate(text.milestones, start=1)
        },
        **{
            _("Person %(number)s", number=n): f"{role.person.name}, {role.letter.label}"
            for n, role in enumerate(text.roles, start=1)
            if role.person is not None
        },
        _("Budget"): str(text.budget) if text.budget.minor else "",
        _("Hours a week"): number_words(text.hours_a_week) if text.hours_a_week else "",
    }
