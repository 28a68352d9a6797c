"""How trail entries about promotions and challenges read."""

from __future__ import annotations

from portfolio.audit.sentences import Sentence
from portfolio.foundation.languages import gettext as _

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
}
