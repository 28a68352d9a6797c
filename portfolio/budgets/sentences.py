"""How trail entries about the quarter's money read."""

from __future__ import annotations

from portfolio.audit.sentences import Sentence, amount
from portfolio.foundation.languages import gettext as _

SENTENCES: dict[str, Sentence] = {
    "envelope.set": lambda line: _(
        "%(actor)s set the envelope of %(subject)s to %(holds)s.", holds=amount(line, "total"), **line.said
    ),
}
