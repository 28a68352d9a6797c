"""How trail entries about the quarter's money read."""

from __future__ import annotations

from portfolio.audit.queries import Line
from portfolio.audit.sentences import Sentence, amount
from portfolio.foundation.languages import gettext as _
from portfolio.foundation.money import Money


def _set(line: Line) -> str:
    total, change = line.details["total"], line.details["change"]
    if total == change or not line.shows_amounts:
        return _("%(actor)s set the envelope of %(subject)s to %(holds)s.", holds=amount(line, "total"), **line.said)
    return _(
        "%(actor)s set the envelope of %(subject)s to %(holds)s; it held %(held)s.",
        holds=amount(line, "total"),
        held=Money(total - change, line.details["currency"]),
        **line.said,
    )


SENTENCES: dict[str, Sentence] = {"envelope.set": _set}
