"""Separation of duty as the database sees it: nobody decides or amends what they are party to."""

from __future__ import annotations

from portfolio.budgets.separation import may_not_follow
from portfolio.foundation.guard import Guard

_GRANT = "(SELECT experiment.grant_id FROM experiment WHERE experiment.id = NEW.experiment_id)"

GUARDS = (
    Guard("no_party_decides", "decision", "INSERT", may_not_follow("NEW.by_id", _GRANT)),
    Guard(
        "no_party_answers_an_amendment",
        "amendment",
        "UPDATE OF answered_by_id",
        f"(NEW.answered_by_id IS NOT NULL AND {may_not_follow('NEW.answered_by_id', _GRANT)})",
    ),
)
