"""What the fields of a file may be called. `docs/import.md` lists these names for people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

NAMES = {
    "title": ("title", "question", "name", "project"),
    "external_id": ("external_id", "id", "identifier", "reference"),
    "summary": ("summary_md", "summary", "description"),
    "hypothesis": ("hypothesis_md", "hypothesis"),
    "success_criteria": ("success_criteria_md", "success_criteria"),
    "owner": ("owner", "lead", "team_name"),
    "team": ("team", "members"),
    "approvers": ("sponsor_or_approvers", "approvers", "sponsor"),
    "unit": ("unit", "department", "level"),
    "budget": ("budget", "budget_amount", "amount"),
    "currency": ("budget_currency", "currency"),
    "duration": ("duration_weeks", "weeks", "duration"),
    "start": ("start_date", "start", "starts_on"),
    "state": ("status_source", "status", "state"),
    "outcome": ("outcome", "result"),
    "milestones": ("milestones",),
    "log": ("log",),
    "raw": ("raw",),
}
FIELD_OF = {name: field for field, names in NAMES.items() for name in names}


def field_of(name: str) -> str | None:
    """Which field a file's own name for it means: "Budget amount" is the budget."""
    return FIELD_OF.get(re.sub(r"[\s-]+", "_", name.strip().casefold()))


def sorted_out(values: Mapping[str, Any]) -> tuple[dict[str, tuple[str, Any]], dict[str, Any], list[str]]:
    """Divide a row's values into what Tandem has a place for and what it keeps beside.

    Returns:
        known fields, each with the file's own name for it; the others; fields the row gives twice.
    """
    known: dict[str, tuple[str, Any]] = {}
    others: dict[str, Any] = {}
    twice = []
    for name, value in values.items():
        field = field_of(name)
        if field is None:
            others[name] = value
        elif field in known:
            twice.append(name)
        else:
            known[field] = (name, value)
    return known, others, twice
