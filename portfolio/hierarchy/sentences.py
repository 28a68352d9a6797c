"""How trail entries about initiatives read."""

from __future__ import annotations

from decimal import Decimal

from portfolio.audit.queries import Line
from portfolio.audit.sentences import Sentence
from portfolio.foundation.languages import gettext as _
from portfolio.hierarchy.goal import Goal
from portfolio.hierarchy.state import Colour


def _taken_over(line: Line) -> str:
    if "member" in line.names:
        return str(_("%(actor)s accepted it. %(member)s had promoted it.", **line.said))
    return str(_("%(actor)s accepted it, from the network.", **line.said))


def _status(line: Line) -> str:
    said = line.said | {"colour": str(Colour(line.details["colour"]).label)}
    return str(_("%(actor)s reported: %(colour)s, %(percent)s%% done.", **said))


def _remeasured(line: Line) -> str:
    was, now = _goal(line, "old_"), _goal(line, "")
    return str(
        _("%(actor)s changed what it is measured by. First: %(was)s. Now: %(now)s.", was=was, now=now, **line.said)
    )


def _goal(line: Line, which: str) -> str:
    values = (line.details[which + name] for name in ("baseline", "target"))
    baseline, target = (None if value is None else Decimal(value) for value in values)
    return Goal(line.names.get(f"{which}metric", ""), line.names.get(f"{which}unit", ""), baseline, target).words


SENTENCES: dict[str, Sentence] = {
    "initiative.suggested": lambda line: _("%(actor)s suggested it.", **line.said),
    "initiative.taken_over": _taken_over,
    "initiative.changed": lambda line: _("%(actor)s changed the text.", **line.said),
    "initiative.remeasured": _remeasured,
    "initiative.tied": lambda line: _("%(actor)s said which phase it serves.", **line.said),
    "initiative.handed_over": lambda line: _("%(actor)s made %(member)s accountable.", **line.said),
    "initiative.planned": lambda line: _("%(actor)s planned it.", **line.said),
    "initiative.started": lambda line: _("%(actor)s started it.", **line.said),
    "initiative.status_reported": _status,
    "initiative.milestone_reached": lambda line: _("%(actor)s put down that a milestone was reached.", **line.said),
    "initiative.measured": lambda line: _("%(actor)s read its measure: %(value)s.", **line.said),
    "initiative.embedded": lambda line: _("%(actor)s embedded it in daily work.", **line.said),
    "initiative.cancelled": lambda line: _("%(actor)s called it off.", **line.said),
    "initiative.commented": lambda line: _("%(actor)s commented.", **line.said),
    "initiative.asked": lambda line: _("%(actor)s asked a question.", **line.said),
}
