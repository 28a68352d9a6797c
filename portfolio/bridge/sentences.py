"""How trail entries about promotions, challenges and barriers read."""

from __future__ import annotations

from datetime import date

from portfolio.audit.queries import Line
from portfolio.audit.sentences import Sentence
from portfolio.foundation.languages import date_words
from portfolio.foundation.languages import gettext as _


def _taken(line: Line) -> str:
    said = line.said | {"due": date_words(date.fromisoformat(line.details["due"]))}
    if line.details["own"]:
        return _("%(actor)s took it, to remove it by %(due)s.", **said)
    return _("%(actor)s asked %(owner)s to remove it by %(due)s.", **said)


SENTENCES: dict[str, Sentence] = {
    "promotion.offered": lambda line: _("%(actor)s put it to %(owner)s, %(unit)s.", **line.said),
    "promotion.accepted": lambda line: _("%(actor)s accepted it; %(member)s is accountable for %(ref)s.", **line.said),
    "promotion.deferred": lambda line: _("%(actor)s deferred it to %(review)s.", **line.said),
    "promotion.declined": lambda line: _("%(actor)s declined it.", **line.said),
    "promotion.commented": lambda line: _("%(actor)s commented.", **line.said),
    "promotion.asked": lambda line: _("%(actor)s asked a question.", **line.said),
    "challenge.raised": lambda line: _("%(actor)s raised it.", **line.said),
    "challenge.taken_up": lambda line: _("%(actor)s took it up.", **line.said),
    "challenge.answered": lambda line: _("%(actor)s said what changed.", **line.said),
    "challenge.closed": lambda line: _("%(actor)s closed it.", **line.said),
    "challenge.commented": lambda line: _("%(actor)s commented.", **line.said),
    "challenge.asked": lambda line: _("%(actor)s asked a question.", **line.said),
    "barrier.raised": lambda line: _("%(actor)s put it to leadership, for %(ref)s.", **line.said),
    "barrier.taken": _taken,
    "barrier.removed": lambda line: _("%(actor)s said that it is out of the way.", **line.said),
    "barrier.closed": lambda line: _("%(actor)s said why it cannot be removed.", **line.said),
    "barrier.commented": lambda line: _("%(actor)s commented.", **line.said),
    "barrier.asked": lambda line: _("%(actor)s asked a question.", **line.said),
}
