"""Turns trail entries into sentences, with those each room brings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from portfolio.audit.queries import Line
from portfolio.foundation.authority import BELONGS_TO
from portfolio.foundation.languages import gettext as _
from portfolio.foundation.money import Money

Sentence = Callable[[Line], str]


OWN: dict[str, Sentence] = {
    "trail.rows_noted": lambda line: _("%(actor)s noted what sealed tables held before this.", **line.said),
}


class Sentences:
    """How an app's trail reads: an action to its sentence in the reader's language."""

    def __init__(self, *books: Mapping[str, Sentence]) -> None:
        self._all = OWN | {action: sentence for book in books for action, sentence in book.items()}

    def __contains__(self, action: str) -> bool:
        return action in self._all

    def __call__(self, line: Line, shows_amounts: bool = True) -> str:
        """The sentence of one entry; without its amounts for who may not see them."""
        sentence = self._all.get(line.action)
        if sentence is not None:
            return sentence(replace(line, shows_amounts=shows_amounts))
        who = line.names.get("actor", _("Someone signed out"))
        if line.details.get("status") == 403:
            whose = BELONGS_TO.get(line.action.removesuffix("_refused"), "")
            return str(_("%(who)s was refused. %(whose)s", who=who, whose=whose))
        return str(_("%(who)s asked for what the rules do not allow.", who=who))


def amount(line: Line, key: str = "amount") -> str:
    """An amount of an entry, for who may see it."""
    if not line.shows_amounts:
        return str(_("an amount"))
    return str(Money(line.details[key], line.details["currency"]))
