"""Writing records: thousands at once, in as few statements as will do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from portfolio.audit.entry import record
from portfolio.budgets.grant import Grant
from portfolio.foundation import search
from portfolio.foundation.database import db
from portfolio.foundation.numbering import ref
from portfolio.network.experiment import Experiment
from portfolio.network.record import ImportedAs, ImportedRecord, Origin, RecordEntry, RecordMilestone
from portfolio.network.record_text import RecordText
from portfolio.network.state import State
from portfolio.organisation.house_rules import HouseRules

AT_ONCE = 1_000  # Rows written by one statement.


@dataclass(frozen=True)
class Kept:
    """A record that was just written, as the trail names it."""

    id: int
    title: str
    __tablename__ = Experiment.__tablename__


def keep_records(texts: Sequence[RecordText], *, rules: HouseRules, at: datetime) -> list[int]:
    """Write records, in as few statements as will do; their Markdown is rendered and kept by the caller.

    Returns:
        the number of each experiment, in the order of the texts.
    """
    ids = []
    for start in range(0, len(texts), AT_ONCE):
        some = texts[start : start + AT_ONCE]
        ids += _keep(some, rules=rules, at=at)
    return ids


def _keep(texts: Sequence[RecordText], *, rules: HouseRules, at: datetime) -> list[int]:
    grants = db.session.scalars(
        insert(Grant).returning(Grant.id, sort_by_parameter_order=True),
        [_no_money(rules.currency) for _ in texts],
    ).all()
    ids = db.session.scalars(
        insert(Experiment).returning(Experiment.id, sort_by_parameter_order=True),
        [_row(text, grant_id, rules, at) for text, grant_id in zip(texts, grants, strict=True)],
    ).all()
    pairs = list(zip(ids, texts, strict=True))
    db.session.execute(insert(ImportedRecord), [_said(number, text, rules.currency) for number, text in pairs])
    db.session.execute(insert(Origin), [origin_of(number, text, ImportedAs.RECORD) for number, text in pairs])
    for table, rows in ((RecordMilestone, _milestones(pairs)), (RecordEntry, _entries(pairs))):
        if rows:
            db.session.execute(insert(table), rows)
    search.index_new("experiment", {number: _found_by(number, text) for number, text in pairs})
    for number, text in pairs:
        record("experiment.recorded", Kept(number, text.title), by=None)
    return list(ids)


def _found_by(number: int, text: RecordText) -> list[str]:
    """What search finds it by; the log, which is mostly correspondence, is left out."""
    milestones = [f"{milestone.name}\n{milestone.deliverables}" for milestone in text.milestones]
    said = [f"{ref('X', number)} {text.title}", text.external_id or "", text.owner, *text.team, text.state, text.unit]
    return [*said, text.hypothesis, text.summary, text.success_criteria, *milestones]


def origin_of(number: int, text: RecordText, imported_as: ImportedAs) -> dict[str, Any]:
    """The row that remembers where an experiment came from."""
    return {
        "experiment_id": number,
        "imported_as": imported_as,
        "source": text.source,
        "external_id": text.external_id,
        "fingerprint": text.fingerprint,
    }


def _no_money(currency: str) -> dict[str, Any]:
    nothing = dict.fromkeys(("asked", "amount", "released", "spent", "returned"), 0)
    return {"currency": currency, "conditions": "", **nothing}


def _row(text: RecordText, grant_id: int, rules: HouseRules, at: datetime) -> dict[str, Any]:
    return {"state": State.RECORD, "title": text.title, "grant_id": grant_id, "rules_id": rules.id, "created_at": at}


def _said(number: int, text: RecordText, currency: str) -> dict[str, Any]:
    same = ("source", "external_id", "state", "outcome", "owner", "unit", "starts", "starts_on", "duration", "weeks")
    long = ("summary", "hypothesis", "success_criteria", "raw")
    return {name: getattr(text, name) for name in (*same, *long)} | {
        "experiment_id": number,
        "team": "\n".join(text.team),
        "approvers": "\n".join(text.approvers),
        "amount_words": text.budget.words,
        "amount": text.budget.amount,
        "currency": text.budget.currency,
        "rate": text.budget.rate,
        "converted": text.budget.converted,
        "converted_currency": None if text.budget.converted is None else currency,
    }


def _milestones(pairs: Sequence[tuple[int, RecordText]]) -> list[dict[str, Any]]:
    return [
        {
            "experiment_id": number,
            "position": position,
            "name": milestone.name,
            "weeks": milestone.weeks,
            "amount_words": milestone.amount.words,
            "amount": milestone.amount.amount,
            "currency": milestone.amount.currency,
            "converted": milestone.amount.converted,
            "deliverables": milestone.deliverables,
        }
        for number, text in pairs
        for position, milestone in enumerate(text.milestones, 1)
    ]


def _entries(pairs: Sequence[tuple[int, RecordText]]) -> list[dict[str, Any]]:
    return [
        {"experiment_id": number, "position": position, **vars(entry)}
        for number, text in pairs
        for position, entry in enumerate(text.log, 1)
    ]
