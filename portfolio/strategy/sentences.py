"""How trail entries about the direction read."""

from __future__ import annotations

from portfolio.audit.sentences import Sentence
from portfolio.foundation.languages import gettext as _

SENTENCES: dict[str, Sentence] = {
    "big_opportunity.written": lambda line: _("%(actor)s wrote the big opportunity.", **line.said),
    "vision.written": lambda line: _("%(actor)s wrote the vision at %(months)s months.", **line.said),
    "phase.added": lambda line: _("%(actor)s added the phase %(subject)s.", **line.said),
    "phase.changed": lambda line: _("%(actor)s changed the phase %(subject)s.", **line.said),
    "phase.closed": lambda line: _("%(actor)s closed the phase %(subject)s.", **line.said),
}
