"""How trail entries about reviews and half hours read."""

from __future__ import annotations

from datetime import date

from portfolio.audit.queries import Line
from portfolio.audit.sentences import Sentence
from portfolio.foundation.languages import gettext as _
from portfolio.foundation.languages import month_words


def _monthly(line: Line) -> dict[str, object]:
    """What is said of a half hour, which the trail calls 2026-11, and a reader November 2026."""
    said = line.said
    try:
        return {**said, "subject": month_words(date.fromisoformat(f"{said['subject']}-01"))}
    except ValueError:  # A trail that was tampered with is told as it is.
        return dict(said)


SENTENCES: dict[str, Sentence] = {
    "review.scheduled": lambda line: _("%(actor)s scheduled the review of %(subject)s.", **line.said),
    "review.rescheduled": lambda line: _("%(actor)s changed the plan for the review of %(subject)s.", **line.said),
    "review.participants_changed": lambda line: _(
        "%(actor)s chose who takes part in the review of %(subject)s.", **line.said
    ),
    "review.opened": lambda line: _("%(actor)s opened the review of %(subject)s.", **line.said),
    "review.arranged": lambda line: _("%(actor)s arranged the agenda of the review of %(subject)s.", **line.said),
    "review.topic_added": lambda line: _("%(actor)s put something on the agenda of %(subject)s.", **line.said),
    "review.topic_taken_off": lambda line: _("%(actor)s took “%(topic)s” off the agenda of %(subject)s.", **line.said),
    "review.part_arranged": lambda line: _("%(actor)s arranged a part of the agenda of %(subject)s.", **line.said),
    "review.turn_taken": lambda line: _("%(actor)s went on with the agenda of %(subject)s.", **line.said),
    "review.noted": lambda line: _("%(actor)s wrote a note in the review of %(subject)s.", **line.said),
    "review.agreed": lambda line: _("%(owner)s took something on in the review of %(subject)s.", **line.said),
    "review.action_done": lambda line: _(
        "%(actor)s said that something agreed in the review of %(subject)s is done.", **line.said
    ),
    "review.choice_made": lambda line: _(
        "%(actor)s chose in the review of %(subject)s what we will not do.", **line.said
    ),
    "review.choice_reopened": lambda line: _(
        "%(actor)s reopened something that the review of %(subject)s chose not to do.", **line.said
    ),
    "review.experiment_kept": lambda line: _(
        "%(actor)s let %(experiment)s keep its money, not started yet.", **line.said
    ),
    "review.closed": lambda line: _("%(actor)s closed the review of %(subject)s; its record is frozen.", **line.said),
    "review.corrected": lambda line: _("%(actor)s added a correction to the review of %(subject)s.", **line.said),
    "half_hour.noted": lambda line: _("%(actor)s wrote a note in the half hour of %(subject)s.", **_monthly(line)),
    "half_hour.agreed": lambda line: _(
        "%(owner)s took something on in the half hour of %(subject)s.", **_monthly(line)
    ),
    "half_hour.action_done": lambda line: _(
        "%(actor)s said that something agreed in the half hour of %(subject)s is done.", **_monthly(line)
    ),
}
